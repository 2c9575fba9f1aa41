// SPDX-License-Identifier: GPL-2.0-only
/*
 * forecast: what a fork of a process would copy, share and put at risk, by the
 * rules of dup_mmap() and copy_page_range(): mappings are copied, skipped or wiped
 * by their flags, and page tables are copied only where memory could differ from a
 * file, that is, where there is an anon_vma, a PFN map or userfaultfd's write protection.
 */
#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <linux/userfaultfd_k.h>

#include "headroom.h"
#include "roster.h"
#include "view.h"
#include "view_reader.h"
#include "walk.h"

/**
 * struct forecast - one reading of the view
 * @rec: whose; the reader holds it
 * @mm: its address space; its struct is referenced. NULL it has ended
 * @next: address to go on at
 * @done: all of it was read
 * @copied: the mapping that is being read is copied with its tables
 * @end: of that mapping
 * @last: by level, the number of the last table that the child would get, plus one
 * @tables: page-table pages of the child
 * @mappings: it would have
 * @skipped: mappings it would not have
 * @wiped: mappings it would have empty
 * @shared: pages it would map at once
 * @at_risk: new pages if both wrote all they may
 * @at_risk_hugetlb: the same of hugetlb, in bytes
 * @swap: swap entries it would have
 */
struct forecast {
	struct cws_record *rec;
	struct mm_struct *mm;
	unsigned long next;
	bool done;
	bool copied;
	unsigned long end;
	unsigned long last[CWS_TABLE_P4D];
	u64 tables;
	u64 mappings;
	u64 skipped;
	u64 wiped;
	u64 shared;
	u64 at_risk;
	u64 at_risk_hugetlb;
	u64 swap;
};

static bool copies_tables(const struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WIPEONFORK)
		return false;
	return vma->anon_vma || (vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) ||
	       userfaultfd_wp((struct vm_area_struct *)vma);
}

/* Called for each part of a mapping, which counts once. */
static void forecast_mapping(struct vm_area_struct *vma, unsigned long addr, void *data)
{
	struct forecast *forecast = data;
	bool skipped = vma->vm_flags & VM_DONTCOPY;

	forecast->copied = !skipped && copies_tables(vma);
	if (addr < forecast->end)
		return;
	forecast->end = vma->vm_end;
	forecast->mappings += !skipped;
	forecast->skipped += skipped;
	forecast->wiped += !skipped && (vma->vm_flags & VM_WIPEONFORK);
}

/* Addresses only go up, so a table that was counted is the last of its level. */
static void count_table(struct forecast *forecast, unsigned int level, unsigned long nr)
{
	if (forecast->last[level] == nr + 1)
		return;
	forecast->last[level] = nr + 1;
	forecast->tables++;
}

/* The tables that lead to a part, from the one that was looked at upwards. */
static void count_tables(struct forecast *forecast, const struct cws_part *part,
			 unsigned int lowest)
{
	unsigned long addr = part->addr;

	if (lowest <= CWS_TABLE_PTE)
		count_table(forecast, CWS_TABLE_PTE, addr >> PMD_SHIFT);
	if (lowest <= CWS_TABLE_PMD)
		count_table(forecast, CWS_TABLE_PMD, addr >> PUD_SHIFT);
	if (lowest <= CWS_TABLE_PUD)
		count_table(forecast, CWS_TABLE_PUD, addr >> P4D_SHIFT);
}

static void count_page(struct forecast *forecast, const struct cws_part *part, u8 state,
		       unsigned int copies)
{
	bool risk = part->writable && !(part->vma->vm_flags & VM_MAYSHARE);

	switch (state & CWS_PAGE_STATE) {
	case CWS_STATE_NONE:
	case CWS_STATE_SPECIAL:
		return;
	case CWS_STATE_SWAP:
		forecast->swap++;
		return;
	case CWS_STATE_ZERO:
		break;
	default:
		if (is_vm_hugetlb_page(part->vma)) {
			forecast->at_risk_hugetlb += risk ? PAGE_SIZE : 0;
			return;
		}
		forecast->shared++;
	}
	forecast->at_risk += risk ? copies : 0;
}

/*
 * New pages for a page that is its owner's alone: the first writer's, and if it is a
 * piece of a larger page the second one's as well, see count_worst() in compare.c.
 */
static unsigned int copies_of(pte_t pte, u8 state)
{
	return (state & CWS_PAGE_STATE) == CWS_STATE_OWN && pte_present(pte) &&
	       PageCompound(pte_page(pte)) ? 2 : 1;
}

/* A page that is the kernel's own, yet counted in RSS and copied: [vvar] on 7.3. */
static bool is_kernel_page(pte_t pte, u8 state)
{
	return (state & CWS_PAGE_STATE) == CWS_STATE_SPECIAL && pte_present(pte) &&
	       !pte_special(pte);
}

static void forecast_table(const struct cws_part *part, const pte_t *ptes, void *data)
{
	unsigned int i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	struct forecast *forecast = data;

	if (!forecast->copied)
		return;
	count_tables(forecast, part, CWS_TABLE_PTE);
	for (i = 0; i < nr; i++) {
		pte_t pte = READ_ONCE(ptes[i]);
		u8 state = cws_pte_state(part, pte);

		count_page(forecast, part, state, copies_of(pte, state));
		forecast->shared += is_kernel_page(pte, state);
	}
}

static void forecast_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	unsigned long i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	struct forecast *forecast = data;

	if (!forecast->copied)
		return;
	/* A transparent huge page keeps a table in store for its split. */
	count_tables(forecast, part, part->table == CWS_TABLE_PMD &&
		     !is_vm_hugetlb_page(part->vma) ? CWS_TABLE_PTE : part->table);
	for (i = 0; i < nr; i++) {
		u8 state = cws_huge_state(huge, i);

		count_page(forecast, part, state,
			   (state & CWS_PAGE_STATE) == CWS_STATE_OWN ? 2 : 1);
	}
}

static void forecast_hole(const struct cws_part *part, void *data)
{
	struct forecast *forecast = data;

	if (forecast->copied)
		count_tables(forecast, part, part->table);
}

static const struct cws_walk_ops forecast_ops = {
	.mapping = forecast_mapping,
	.table = forecast_table,
	.huge = forecast_huge,
	.hole = forecast_hole,
};

static void *forecast_begin(struct cws_record *rec, unsigned long arg)
{
	struct forecast *forecast = kzalloc(sizeof(*forecast), GFP_KERNEL);

	if (!forecast)
		return ERR_PTR(-ENOMEM);
	forecast->rec = rec;
	forecast->mm = cws_roster_mm(rec);
	return forecast;
}

static int forecast_step(void *state)
{
	struct forecast *forecast = state;
	int more = 0;

	if (forecast->done)
		return 0;
	if (forecast->mm)
		more = cws_walk_step(forecast->mm, &forecast->next, &forecast_ops, forecast);
	if (more < 0)
		return more;
	forecast->done = !more;
	return 1;
}

static void put_who(struct seq_file *m, struct cws_record *rec)
{
	struct cws_users users;
	struct cws_view_who who;

	cws_roster_users(rec, &users);
	cws_view_who(rec, &users, &who);
	cws_view_put_number(m, "abi", COWSCOPE_ABI);
	seq_puts(m, "pid ");
	cws_view_put_pid(m, who.pid);
	seq_puts(m, "\ncomm ");
	cws_view_put_name(m, who.comm);
	seq_putc(m, '\n');
	cws_view_put_number(m, "threads", who.tasks);
	cws_view_who_put(&who);
}

/**
 * cws_view_put_headroom() - how much memory there is, two lines
 * @m: output
 * @room: of the process
 */
void cws_view_put_headroom(struct seq_file *m, const struct cws_headroom *room)
{
	if (room->limited)
		cws_view_put_number(m, "memory_max_pages", room->max_pages);
	else
		cws_view_put_word(m, "memory_max_pages", "-");
	cws_view_put_number(m, "memory_available_pages", room->available_pages);
}

static void forecast_print(struct seq_file *m, void *state)
{
	const struct forecast *forecast = state;
	struct cws_headroom room;
	u64 need;

	if (!forecast->done)
		return;
	if (!forecast->mm) {
		seq_puts(m, COWSCOPE_GONE "\n");
		return;
	}
	cws_headroom(forecast->mm, &room);
	need = forecast->at_risk + forecast->tables;
	put_who(m, forecast->rec);
	cws_view_put_number(m, "mappings", forecast->mappings);
	cws_view_put_number(m, "skipped_mappings", forecast->skipped);
	cws_view_put_number(m, "wiped_mappings", forecast->wiped);
	cws_view_put_number(m, "shared_pages", forecast->shared);
	cws_view_put_number(m, "at_risk_pages", forecast->at_risk);
	cws_view_put_number(m, "at_risk_hugetlb_bytes", forecast->at_risk_hugetlb);
	cws_view_put_number(m, "swap_pages", forecast->swap);
	cws_view_put_number(m, "pgtable_bytes", forecast->tables * PAGE_SIZE);
	cws_view_put_headroom(m, &room);
	cws_view_put_word(m, "fits",
			  str_yes_no(need <= min(room.max_pages, room.available_pages)));
}

static void forecast_end(void *state)
{
	struct forecast *forecast = state;

	if (forecast->mm)
		mmdrop(forecast->mm);
	kfree(forecast);
}

const struct cws_process_view cws_process_view_forecast = {
	.begin = forecast_begin,
	.step = forecast_step,
	.print = forecast_print,
	.end = forecast_end,
};
