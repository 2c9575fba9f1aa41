/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every copy goes through, inlined into its hooks: an attempt begins, its
 * copy is installed; the plain case by itself, last. The rare outcomes are in account.c.
 */
#ifndef CWS_ACCOUNT_HOT_H
#define CWS_ACCOUNT_HOT_H

#include <linux/sched.h>

#include "account.h"
#include "classify.h"
#include "compat.h"
#include "latency.h"
#include "record.h"
#include "trace_cow.h"

extern struct cws_slots cws_attempts;

static __always_inline enum cws_outcome cws_cause_outcome(enum cws_cause cause)
{
	switch (cause) {
	case CWS_CNT_FILE:
		return CWS_OUTCOME_FILE;
	case CWS_CNT_KSM:
		return CWS_OUTCOME_KSM;
	case CWS_CNT_ZERO:
		return CWS_OUTCOME_ZERO;
	case CWS_CNT_UNSHARED:
		return CWS_OUTCOME_UNSHARED;
	default:
		return CWS_OUTCOME_COPIED;
	}
}

static __always_inline void cws_account_add(struct cws_record *rec, unsigned long addr,
					    enum cws_region region,
					    enum cws_cause cause)
{
	if (unlikely(!rec))
		cws_record_untracked(cause);
	else if (unlikely(rcu_access_pointer(rec->sites)))
		cws_sites_count(rec, addr, region, cause);
	else
		cws_matrix_add(&rec->matrix, region, cause);
}

/* The slot for a new attempt of current; what was still open is lost. */
static __always_inline struct cws_attempt *cws_attempt_begin(void)
{
	union cws_slot_data *data;
	bool stale;

	data = cws_slot_open(&cws_attempts, current, &stale);
	if (unlikely(!data)) {
		this_cpu_inc(cws_cpu_counts.slots_dropped);
		return NULL;
	}
	if (unlikely(stale))
		cws_account_lost(&data->attempt);
	this_cpu_inc(cws_cpu_counts.attempts);
	return &data->attempt;
}

static __always_inline void cws_attempt_end(struct cws_attempt *attempt, enum cws_outcome outcome)
{
	this_cpu_inc(cws_cpu_counts.outcome[outcome]);
	cws_slot_close(current, container_of(attempt, union cws_slot_data, attempt));
}

/* The open attempt of current on this page, or NULL. */
static __always_inline struct cws_attempt *
cws_attempt_find(const struct vm_area_struct *vma, unsigned long addr)
{
	union cws_slot_data *data = cws_slot_find(&cws_attempts, current);

	if (unlikely(!data) || data->attempt.mm != vma->vm_mm ||
	    data->attempt.address != (addr & PAGE_MASK))
		return NULL;
	return &data->attempt;
}

/**
 * cws_account_attempt() - do_wp_page was entered
 * @vma: of the owner
 * @addr: faulting address
 * @source: page that would be copied, NULL when there is none
 * @cause: what a copy of it counts as
 * @exclusive: the page belongs to this address space alone already
 * @unshare: for a read-only pin, not for a write
 *
 * Context: probe, page-table lock held, which keeps @source.
 */
static inline void
cws_account_attempt(const struct vm_area_struct *vma, unsigned long addr,
		    struct page *source, enum cws_cause cause, bool exclusive,
		    bool unshare)
{
	struct cws_attempt *attempt = cws_attempt_begin();

	if (unlikely(!attempt))
		return;
	attempt->mm = vma->vm_mm;
	attempt->address = addr & PAGE_MASK;
	attempt->source = source;
	attempt->before_serial = cws_record_next_serial();
	attempt->cause = unlikely(unshare) ? CWS_CNT_UNSHARED : cause;
	attempt->region = cws_region(vma, addr);
	attempt->unshare = unshare;
	attempt->plain = false;
	attempt->exclusive = exclusive;
	cws_latency_begin(&attempt->start_ns);
}

/* The rest of cws_account_commit(); @told, a constant: somebody listens to cow. */
static __always_inline void
cws_attempt_commit(const struct vm_area_struct *vma, unsigned long addr, bool told)
{
	struct cws_attempt *attempt = cws_attempt_find(vma, addr);
	struct mm_struct *mm = vma->vm_mm;
	bool sole = false, remote = false;
	struct cws_record *rec;
	enum cws_cause cause;

	if (unlikely(!attempt)) {
		cws_account_orphan();
		return;
	}
	cause = attempt->cause;
	rec = cws_record_find(mm);
	if (unlikely(!rec))
		rec = cws_record_find_or_create(mm);
	cws_account_add(rec, addr, attempt->region, cause);
	if (cause == CWS_CNT_COPIED && cws_compat_page_mapcount(attempt->source) == 1) {
		cws_account_add(rec, addr, attempt->region, CWS_CNT_SOLE);
		sole = true;
	}
	if (unlikely(current->mm != mm) && cause != CWS_CNT_ZERO) {
		cws_account_add(rec, addr, attempt->region, CWS_CNT_REMOTE);
		remote = true;
	}
	if (unlikely(cws_latency_wanted()) && rec)
		cws_latency_count(rec, attempt->start_ns, cause);
	if (told)
		cws_trace_cow(rec, mm, addr, attempt->region, cause, sole, remote);
	cws_attempt_end(attempt, cws_cause_outcome(cause));
}

/**
 * cws_account_commit() - the copy that an attempt made is being installed
 * @vma: of the owner
 * @addr: its address
 *
 * "sole" is asked at this moment: the source still counts this mapping of it,
 * which goes away right after. While nobody listens to the tracepoint, nothing
 * is kept for it: one patched jump is all that it adds.
 *
 * Context: probe, page-table lock held.
 */
static __always_inline void
cws_account_commit(const struct vm_area_struct *vma, unsigned long addr)
{
	if (trace_cow_enabled())
		cws_account_commit_told(vma, addr);
	else
		cws_attempt_commit(vma, addr, false);
}

/*
 * The plain case, by far the most frequent: a small anonymous page is copied for a write
 * of its owner, whose record is there; nobody listens, nothing is watched. The two
 * functions decide by looking, and do nothing when the case is another one: then the
 * ones above have to do it all. They call nothing, so their hooks save no registers.
 */

/**
 * cws_account_plain_attempt() - cws_account_attempt() of a plain case
 * @vma: of the owner
 * @addr: faulting address
 * @source: anonymous, small, not of KSM
 * @exclusive: as there
 *
 * Context: as there.
 * Return: false nothing is done.
 */
static __always_inline bool
cws_account_plain_attempt(const struct vm_area_struct *vma, unsigned long addr,
			  struct page *source, bool exclusive)
{
	struct task_struct *task = current;
	struct cws_slot *slot = cws_slot_home(&cws_attempts, task);
	struct cws_attempt *attempt = &slot->data.attempt;

	if (unlikely(cws_latency_wanted() || !cws_slot_try_open(slot, task)))
		return false;
	this_cpu_inc(cws_cpu_counts.attempts);
	attempt->mm = vma->vm_mm;
	attempt->address = addr & PAGE_MASK;
	attempt->source = source;
	attempt->before_serial = cws_record_next_serial();
	attempt->cause = CWS_CNT_COPIED;
	attempt->unshare = false;
	attempt->plain = true;
	attempt->exclusive = exclusive;
	attempt->region = cws_region(vma, addr);
	return true;
}

/**
 * cws_account_plain_commit() - cws_account_commit() of a plain case
 * @vma: of the owner
 * @addr: its address
 *
 * Context: as there.
 * Return: false nothing is done.
 */
static __always_inline bool
cws_account_plain_commit(const struct vm_area_struct *vma, unsigned long addr)
{
	struct task_struct *task = current;
	struct cws_slot *slot = cws_slot_home(&cws_attempts, task);
	const struct cws_attempt *attempt = &slot->data.attempt;
	const struct mm_struct *mm = vma->vm_mm;
	struct cws_record *rec;

	if (trace_cow_enabled() || unlikely(!cws_slot_is_open(slot, task)))
		return false;
	if (unlikely(!attempt->plain || attempt->mm != mm || task->mm != mm ||
		     attempt->address != (addr & PAGE_MASK)))
		return false;
	rec = cws_record_find(mm);
	if (unlikely(!rec || rcu_access_pointer(rec->sites)))
		return false;
	cws_matrix_add(&rec->matrix, attempt->region, CWS_CNT_COPIED);
	if (cws_compat_small_mapcount(attempt->source) == 1)
		cws_matrix_add(&rec->matrix, attempt->region, CWS_CNT_SOLE);
	this_cpu_inc(cws_cpu_counts.outcome[CWS_OUTCOME_COPIED]);
	cws_slot_close(task, &slot->data);
	return true;
}

#endif /* CWS_ACCOUNT_HOT_H */
