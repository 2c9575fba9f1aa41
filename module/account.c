// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attempts, outcomes and the rest of the causes.
 *
 * An attempt opens a slot of its task; the outcome closes it. Every outcome is
 * counted where it happens, and a slot that is still open at the task's next
 * attempt, at its exit, or when accounting is switched off, is lost.
 *
 * Context of everything that counts: probes, preemption disabled, page-table
 * locks held; nothing sleeps, allocates or prints.
 */
#include <linux/sched.h>

#include "account.h"
#include "classify.h"
#include "compat.h"
#include "record.h"

/* Open attempts live as long as a fault; lost ones until the task's next. */
#define CWS_ATTEMPT_BITS	12

DEFINE_PER_CPU(struct cws_cpu_counts, cws_cpu_counts);

static struct cws_slots attempts;
/* Set while every attempt under way has begun with the hooks attached. */
static bool settled;

/* The causes whose copies a fault makes; "remote" is a subset of these. */
static bool cause_is_copy(enum cws_cause cause)
{
	return cause == CWS_CNT_COPIED || cause == CWS_CNT_FILE ||
	       cause == CWS_CNT_KSM || cause == CWS_CNT_UNSHARED ||
	       cause == CWS_CNT_HUGETLB;
}

static enum cws_outcome cause_outcome(enum cws_cause cause)
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

static void count(struct cws_record *rec, enum cws_region region, enum cws_cause cause)
{
	if (likely(rec))
		cws_matrix_add(&rec->matrix, region, cause);
	else
		cws_record_untracked(cause);
}

static void count_for_owner(const struct vm_area_struct *vma, unsigned long addr,
			    enum cws_cause cause)
{
	count(cws_record_find_or_create(vma->vm_mm), cws_region(vma, addr), cause);
}

/* The owner is looked up late: its mm may be gone, even be in use again. */
static void count_lost(const struct cws_attempt *attempt)
{
	this_cpu_inc(cws_cpu_counts.outcome[CWS_OUTCOME_LOST]);
	cws_record_count_late(attempt->mm, attempt->before_serial, attempt->region,
			      CWS_CNT_LOST);
}

/* An outcome without an attempt: expected only of what began before accounting. */
static void count_orphan(void)
{
	if (READ_ONCE(settled))
		this_cpu_inc(cws_cpu_counts.orphans);
}

/* The slot for a new attempt of current; what was still open is lost. */
static struct cws_attempt *attempt_begin(void)
{
	union cws_slot_data *data;
	bool stale;

	data = cws_slot_open(&attempts, current, &stale);
	if (unlikely(!data)) {
		this_cpu_inc(cws_cpu_counts.slots_dropped);
		return NULL;
	}
	if (unlikely(stale))
		count_lost(&data->attempt);
	this_cpu_inc(cws_cpu_counts.attempts);
	return &data->attempt;
}

static void attempt_end(struct cws_attempt *attempt, enum cws_outcome outcome)
{
	this_cpu_inc(cws_cpu_counts.outcome[outcome]);
	cws_slot_close(&attempts, current,
		       container_of(attempt, union cws_slot_data, attempt));
}

/* The open attempt of current on this page, or NULL. */
static struct cws_attempt *attempt_find(const struct vm_area_struct *vma,
					unsigned long addr)
{
	union cws_slot_data *data = cws_slot_find(&attempts, current);

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
 * Context: as all of this file; the page-table lock keeps @source.
 */
void cws_account_attempt(const struct vm_area_struct *vma, unsigned long addr,
			 struct page *source, enum cws_cause cause, bool exclusive,
			 bool unshare)
{
	struct cws_attempt *attempt = attempt_begin();

	if (unlikely(!attempt))
		return;
	attempt->mm = vma->vm_mm;
	attempt->address = addr & PAGE_MASK;
	attempt->source = source;
	attempt->before_serial = cws_record_next_serial();
	attempt->cause = unlikely(unshare) ? CWS_CNT_UNSHARED : cause;
	attempt->region = cws_region(vma, addr);
	attempt->unshare = unshare;
	attempt->exclusive = exclusive;
}

/**
 * cws_account_attempt_kept() - an unshare request that needs no copy
 * @vma: of the owner
 * @addr: faulting address
 *
 * do_wp_page returns at once for these, so the attempt begins and ends here.
 */
void cws_account_attempt_kept(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = attempt_begin();

	if (!attempt)
		return;
	count_for_owner(vma, addr, CWS_CNT_KEPT);
	attempt_end(attempt, CWS_OUTCOME_KEPT);
}

/**
 * cws_account_commit() - the copy that an attempt made is being installed
 * @vma: of the owner
 * @addr: its address
 *
 * "sole" is asked at this moment: the source still counts this mapping of it,
 * which goes away right after.
 */
void cws_account_commit(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = attempt_find(vma, addr);
	struct mm_struct *mm = vma->vm_mm;
	struct cws_record *rec;
	enum cws_cause cause;

	if (unlikely(!attempt)) {
		count_orphan();
		return;
	}
	cause = attempt->cause;
	rec = cws_record_find_or_create(mm);
	count(rec, attempt->region, cause);
	if (cause == CWS_CNT_COPIED && cws_compat_page_mapcount(attempt->source) == 1)
		count(rec, attempt->region, CWS_CNT_SOLE);
	if (unlikely(current->mm != mm) && cause_is_copy(cause))
		count(rec, attempt->region, CWS_CNT_REMOTE);
	attempt_end(attempt, cause_outcome(cause));
}

/**
 * cws_account_taken_over() - a write ended without a copy
 * @vma: of the owner
 * @addr: its address
 */
void cws_account_taken_over(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = attempt_find(vma, addr);
	bool exclusive;

	if (!attempt) {
		count_orphan();
		return;
	}
	exclusive = attempt->exclusive;
	count_for_owner(vma, addr, exclusive ? CWS_CNT_NOTIFIED : CWS_CNT_REUSED);
	attempt_end(attempt, exclusive ? CWS_OUTCOME_NOTIFIED : CWS_OUTCOME_REUSED);
}

/**
 * cws_account_kept() - a page was taken over, perhaps for an unshare request
 * @vma: of the owner
 *
 * A write goes on to change the entry and is counted there.
 */
void cws_account_kept(const struct vm_area_struct *vma)
{
	union cws_slot_data *data = cws_slot_find(&attempts, current);

	if (!data || !data->attempt.unshare || data->attempt.mm != vma->vm_mm)
		return;
	count_for_owner(vma, data->attempt.address, CWS_CNT_KEPT);
	attempt_end(&data->attempt, CWS_OUTCOME_KEPT);
}

/**
 * cws_account_userfault() - a write fault is handed to userfaultfd
 * @vma: of the owner
 * @addr: its address
 *
 * Not every such fault comes through do_wp_page; only an open attempt counts.
 */
void cws_account_userfault(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = attempt_find(vma, addr);

	if (!attempt)
		return;
	count_for_owner(vma, addr, CWS_CNT_USERFAULT);
	attempt_end(attempt, CWS_OUTCOME_USERFAULT);
}

/**
 * cws_account_unknown() - new memory was installed by a caller not known
 * @vma: of the owner
 * @addr: its address
 */
void cws_account_unknown(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = attempt_find(vma, addr);

	this_cpu_inc(cws_cpu_counts.unknown_callers);
	if (!attempt)
		return;
	this_cpu_inc(cws_cpu_counts.unclassified);
	cws_slot_close(&attempts, current,
		       container_of(attempt, union cws_slot_data, attempt));
}

/**
 * cws_account_count() - count one thing whose region is known
 * @mm: the owner, alive
 * @region: where
 * @cause: what
 */
void cws_account_count(struct mm_struct *mm, enum cws_region region,
		       enum cws_cause cause)
{
	count(cws_record_find_or_create(mm), region, cause);
}

/**
 * cws_account_event() - something outside the attempts
 * @vma: of the owner
 * @addr: its address
 * @cause: what
 */
void cws_account_event(const struct vm_area_struct *vma, unsigned long addr,
		       enum cws_cause cause)
{
	count_for_owner(vma, addr, cause);
}

/**
 * cws_account_fault_copy() - a copy by a fault that was no attempt
 * @vma: of the owner
 * @addr: its address
 * @cause: what
 */
void cws_account_fault_copy(const struct vm_area_struct *vma, unsigned long addr,
			    enum cws_cause cause)
{
	struct cws_record *rec = cws_record_find_or_create(vma->vm_mm);
	enum cws_region region = cws_region(vma, addr);

	count(rec, region, cause);
	if (unlikely(current->mm != vma->vm_mm))
		count(rec, region, CWS_CNT_REMOTE);
}

/**
 * cws_account_mm_exit() - current was the last to use an address space
 * @mm: about to be torn down, its record still there
 *
 * Before the record goes: later the owner of a lost attempt could not be found.
 */
void cws_account_mm_exit(struct mm_struct *mm)
{
	union cws_slot_data *data = cws_slot_find(&attempts, current);

	if (!data || data->attempt.mm != mm)
		return;
	count_lost(&data->attempt);
	cws_slot_close(&attempts, current, data);
}

/**
 * cws_account_task_exit() - a task faults no more
 * @task: current
 */
void cws_account_task_exit(struct task_struct *task)
{
	union cws_slot_data data;

	if (cws_slot_drop(&attempts, task, &data))
		count_lost(&data.attempt);
}

static void gap_lost(union cws_slot_data *data)
{
	preempt_disable();
	count_lost(&data->attempt);
	preempt_enable();
}

/**
 * cws_account_gap() - accounting stops: what is under way cannot be followed
 *
 * Context: process context, fault hooks detached and drained.
 */
void cws_account_gap(void)
{
	WRITE_ONCE(settled, false);
	cws_slots_sweep(&attempts, gap_lost);
}

/**
 * cws_account_settled() - faults that began before the hooks were attached are over
 *
 * Context: process context, all hooks attached. A fault that still sleeps ends
 * as an orphan, which status shows.
 */
void cws_account_settled(void)
{
	WRITE_ONCE(settled, true);
}

/**
 * cws_account_open() - attempts under way, or lost and not closed yet
 *
 * Return: how many slots are open.
 */
unsigned int cws_account_open(void)
{
	return cws_slots_open(&attempts);
}

/**
 * cws_account_bytes() - memory of the slots
 *
 * Return: bytes.
 */
size_t cws_account_bytes(void)
{
	return cws_slots_bytes(&attempts);
}

/**
 * cws_account_init() - make the slots
 *
 * Return: 0 or -ENOMEM, with nothing left behind.
 */
int cws_account_init(void)
{
	cws_counts_init();
	return cws_slots_init(&attempts, CWS_ATTEMPT_BITS);
}

/**
 * cws_account_exit() - free them
 *
 * Context: no hook is attached.
 */
void cws_account_exit(void)
{
	cws_slots_exit(&attempts);
}
