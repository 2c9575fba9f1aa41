/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who called a hooked function: return addresses to classes. Ranges of the known
 * callers are learnt at load; an address outside them is looked up by name once.
 */
#ifndef CWS_CALLER_H
#define CWS_CALLER_H

#include <linux/compiler.h>
#include <linux/types.h>

enum cws_caller {
	CWS_CALLER_UNKNOWN,	/* a name the module does not know */
	CWS_CALLER_FIRST_TOUCH,	/* new memory, nothing was shared */
	CWS_CALLER_WP,		/* write-protect fault: do_wp_page and its parts */
	CWS_CALLER_FILE_FAULT,	/* write to a private file page not mapped yet */
	CWS_CALLER_FORK,	/* page copied at fork because it may be pinned */
	CWS_CALLER_SWAP,	/* swap-in by a fault, perhaps of a copy made for KSM */
	CWS_CALLER_SWAPOFF,	/* the same by swapoff */
	CWS_CALLER_COLLAPSE,
	CWS_CALLER_UPROBE,
	CWS_CALLER_HUGETLB_WP,
	CWS_CALLER_HUGETLB_FORK,
	CWS_CALLER_HUGE_WP,	/* do_huge_pmd_wp_page */
	CWS_CALLER_HUGE_SPLIT,	/* __split_huge_pmd and its parts */
	CWS_CALLER_OTHER,	/* known, and nothing to count */
};

#define CWS_CALLERS_MAX	64

/* [start, start + size): a function's text; class does not change once set. */
struct cws_caller_range {
	unsigned long start;
	unsigned long size;
	enum cws_caller class;
};

extern struct cws_caller_range cws_caller_range[CWS_CALLERS_MAX];
extern unsigned int cws_nr_callers;
extern struct cws_caller_range cws_caller_of_copies;

int cws_callers_init(void);
unsigned long cws_symbol_address(const char *symbol);
enum cws_caller cws_caller_learn(unsigned long ip);

/**
 * cws_caller_is_first_touch() - the most frequent answer, at the least cost
 * @ip: return address as ftrace hands it over
 *
 * Context: probes.
 * Return: false when cws_caller() has to be asked.
 */
static __always_inline bool cws_caller_is_first_touch(unsigned long ip)
{
	/* Learnt at load, before any hook is attached. */
	return ip - 1 - cws_caller_range[0].start < cws_caller_range[0].size;
}

/**
 * cws_caller_is_copy() - the next most frequent one: a write fault installs its copy
 * @ip: return address as ftrace hands it over
 *
 * Context: probes.
 * Return: false when cws_caller() has to be asked.
 */
static __always_inline bool cws_caller_is_copy(unsigned long ip)
{
	return ip - 1 - cws_caller_of_copies.start < cws_caller_of_copies.size;
}

/**
 * cws_caller() - class of a return address
 * @ip: return address as ftrace hands it over
 *
 * A call may be the last instruction of its function, so the byte before the
 * return address decides. Ranges stand in the order of how often they are met.
 *
 * Context: probes.
 */
static __always_inline enum cws_caller cws_caller(unsigned long ip)
{
	/* Pairs with the release in caller_add_locked(). */
	unsigned int i, nr = smp_load_acquire(&cws_nr_callers);

	for (i = 0; i < nr; i++)
		if (ip - 1 - cws_caller_range[i].start < cws_caller_range[i].size)
			return cws_caller_range[i].class;
	return cws_caller_learn(ip - 1);
}

#endif /* CWS_CALLER_H */
