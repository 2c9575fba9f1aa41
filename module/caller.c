// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caller names and their classes, and how an address finds its name.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "caller.h"

struct caller_name {
	const char *name;
	enum cws_caller class;
};

/*
 * Names of 6.1, 6.12 and 7.3; which of them is the caller depends on what the
 * compiler inlined, so all stand here. Most frequent first: the first of the first
 * three that a kernel has is where its first touches come from.
 */
static const struct caller_name caller_names[] = {
	{ "map_anon_folio_pte_nopf",	CWS_CALLER_FIRST_TOUCH },
	{ "do_anonymous_page",		CWS_CALLER_FIRST_TOUCH },
	{ "__handle_mm_fault",		CWS_CALLER_FIRST_TOUCH },
	{ "wp_page_copy",		CWS_CALLER_WP },
	{ "do_wp_page",			CWS_CALLER_WP },
	{ "wp_page_reuse",		CWS_CALLER_WP },
	{ "do_set_pte",			CWS_CALLER_FILE_FAULT },
	{ "set_pte_range",		CWS_CALLER_FILE_FAULT },
	{ "copy_page_range",		CWS_CALLER_FORK },
	{ "copy_pte_range",		CWS_CALLER_FORK },
	{ "copy_present_page",		CWS_CALLER_FORK },
	{ "do_swap_page",		CWS_CALLER_SWAP },
	{ "unuse_pte_range",		CWS_CALLER_SWAPOFF },
	{ "unuse_pte",			CWS_CALLER_SWAPOFF },
	{ "collapse_huge_page",		CWS_CALLER_COLLAPSE },
	{ "__replace_page",		CWS_CALLER_UPROBE },
	{ "hugetlb_wp",			CWS_CALLER_HUGETLB_WP },
	{ "copy_hugetlb_page_range",	CWS_CALLER_HUGETLB_FORK },
	{ "hugetlb_install_page",	CWS_CALLER_HUGETLB_FORK },
	{ "hugetlb_install_folio",	CWS_CALLER_HUGETLB_FORK },
	{ "hugetlb_fault",		CWS_CALLER_FIRST_TOUCH },
	{ "hugetlb_no_page",		CWS_CALLER_FIRST_TOUCH },
	{ "do_huge_pmd_wp_page",	CWS_CALLER_HUGE_WP },
	{ "__split_huge_pmd",		CWS_CALLER_HUGE_SPLIT },
	{ "split_huge_pmd_locked",	CWS_CALLER_HUGE_SPLIT },
	{ "__split_huge_pmd_locked",	CWS_CALLER_HUGE_SPLIT },
	{ "__split_huge_zero_page_pmd",	CWS_CALLER_HUGE_SPLIT },
	{ "do_huge_zero_wp_pmd",	CWS_CALLER_HUGE_WP },
	{ "map_anon_folio_pmd_nopf",	CWS_CALLER_OTHER },
	{ "map_anon_folio_pmd_pf",	CWS_CALLER_OTHER },
	{ "do_huge_pmd_anonymous_page",	CWS_CALLER_FIRST_TOUCH },
	{ "__do_huge_pmd_anonymous_page", CWS_CALLER_FIRST_TOUCH },
	{ "mfill_atomic_install_pte",	CWS_CALLER_OTHER },
	{ "hugetlb_mcopy_atomic_pte",	CWS_CALLER_OTHER },
	{ "hugetlb_mfill_atomic_pte",	CWS_CALLER_OTHER },
	{ "__migrate_device_pages",	CWS_CALLER_OTHER },
	{ "migrate_vma_insert_page",	CWS_CALLER_OTHER },
	{ "migrate_vma_pages",		CWS_CALLER_OTHER },
};

struct cws_caller_range cws_caller_range[CWS_CALLERS_MAX] __read_mostly;
unsigned int cws_nr_callers __read_mostly;
/* The first of them whose class is CWS_CALLER_WP; set at load, before any hook is attached. */
struct cws_caller_range cws_caller_of_copies __read_mostly;

/* Protects appending to the table and the name buffer; a leaf, taken from probes. */
static DEFINE_RAW_SPINLOCK(learn_lock);
static char name_buffer[KSYM_SYMBOL_LEN];

static void caller_add_locked(unsigned long start, unsigned long size,
			      enum cws_caller class)
{
	struct cws_caller_range *range = &cws_caller_range[cws_nr_callers];
	unsigned int i;

	lockdep_assert_held(&learn_lock);
	for (i = 0; i < cws_nr_callers; i++)
		if (cws_caller_range[i].start == start)
			return;	/* another CPU was first */
	if (cws_nr_callers == CWS_CALLERS_MAX)
		return;
	range->start = start;
	range->size = size;
	range->class = class;
	/* Pairs with the acquire in cws_caller(): the range is complete first. */
	smp_store_release(&cws_nr_callers, cws_nr_callers + 1);
}

/*
 * "name.suffix+0xoffset/0xsize [module]" to its parts. A compiler's or live
 * patch's suffix does not change who it is.
 */
static bool parse_symbol(char *text, unsigned long *offset, unsigned long *size)
{
	char *plus = strrchr(text, '+');
	char *slash = plus ? strchr(plus, '/') : NULL;
	char *end;

	if (!slash)
		return false;
	*plus++ = '\0';
	*slash++ = '\0';
	end = strchr(slash, ' ');
	if (end)
		*end = '\0';
	text[strcspn(text, ". ")] = '\0';
	return !kstrtoul(plus, 16, offset) && !kstrtoul(slash, 16, size);
}

static enum cws_caller class_of_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caller_names); i++)
		if (!strcmp(name, caller_names[i].name))
			return caller_names[i].class;
	return CWS_CALLER_UNKNOWN;
}

/**
 * cws_caller_learn() - look an address up by name and remember its function
 * @ip: inside the caller
 *
 * Costs a symbol look-up, once per function until the table is full.
 *
 * Context: probes.
 * Return: the class, CWS_CALLER_UNKNOWN for a name that is not in the table.
 */
enum cws_caller cws_caller_learn(unsigned long ip)
{
	enum cws_caller class = CWS_CALLER_UNKNOWN;
	unsigned long flags, offset, size;

	raw_spin_lock_irqsave(&learn_lock, flags);
	sprint_symbol(name_buffer, ip);
	if (parse_symbol(name_buffer, &offset, &size)) {
		class = class_of_name(name_buffer);
		caller_add_locked(ip - offset, size, class);
	}
	raw_spin_unlock_irqrestore(&learn_lock, flags);
	return class;
}

/**
 * cws_symbol_address() - where a traceable kernel function can be probed
 * @symbol: its name
 *
 * kallsyms is not exported; registering a kprobe that never fires resolves a
 * name, and gives the ftrace site where the function has one. The address is
 * compared and probed, never called.
 *
 * Context: may sleep.
 * Return: the address, 0 when there is none.
 */
unsigned long cws_symbol_address(const char *symbol)
{
	struct kprobe kp = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long addr;

	if (register_kprobe(&kp))
		return 0;
	addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return addr;
}

/**
 * cws_callers_init() - learn the ranges of the known callers
 *
 * A name that this kernel does not have is simply not a caller here.
 *
 * Context: may sleep; before any hook is attached.
 * Return: 0, -ENOENT when not even the place of first touches is known.
 */
int cws_callers_init(void)
{
	unsigned long addr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caller_names); i++) {
		addr = cws_symbol_address(caller_names[i].name);
		if (addr)
			cws_caller_learn(addr);
	}
	for (i = cws_nr_callers; i-- > 0;)
		if (cws_caller_range[i].class == CWS_CALLER_WP)
			cws_caller_of_copies = cws_caller_range[i];
	if (cws_nr_callers && cws_caller_range[0].class == CWS_CALLER_FIRST_TOUCH)
		return 0;
	pr_err("cowscope: this kernel has no __handle_mm_fault, which is required\n");
	return -ENOENT;
}
