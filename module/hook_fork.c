// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hook of each mapping that fork copies. Attached only while something is
 * watched: every mapping of every fork goes through it.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "classify.h"
#include "compat.h"
#include "hook.h"
#include "inherit.h"
#include "record.h"
#include "watch.h"

/* The child's record, with books if its parent is watched. */
static struct cws_record *books_of(struct mm_struct *child)
{
	struct cws_record *parent = cws_record_find(current->mm);
	struct cws_record *rec = cws_record_find(child);

	if (rec && rec->inherited)
		return rec;
	if (!parent || !cws_watchlist_has(task_tgid(current), false))
		return NULL;
	rec = cws_record_find_or_create(child);
	if (rec)
		rec->inherited = cws_inherit_begin(&parent->matrix);
	return rec && rec->inherited ? rec : NULL;
}

/* copy_page_range(dst_vma, src_vma): the mappings before this one are done. */
void notrace cws_ftrace_fork(unsigned long ip, unsigned long parent,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *to = (void *)cws_compat_arg(fregs, 0);
	const struct vm_area_struct *from = (void *)cws_compat_arg(fregs, 1);
	struct cws_record *rec;

	preempt_disable_notrace();
	cws_hook_hit(CWS_HOOK_COPY_PAGE_RANGE);
	cws_hook_check(CWS_HOOK_COPY_PAGE_RANGE, to->vm_start == from->vm_start &&
		       from->vm_mm == current->mm);
	rec = books_of(to->vm_mm);
	if (rec) {
		cws_inherit_book(rec->inherited, to->vm_mm);
		rec->inherited->region = cws_region(from, from->vm_start);
		rec->inherited->mixed |= cws_region_end(from, from->vm_start) < from->vm_end;
	}
	preempt_enable_notrace();
}
