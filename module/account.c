// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attempts, outcomes and the rest of the causes.
 *
 * An attempt opens a slot of its task; the outcome closes it. Every outcome is
 * counted where it happens, and a slot that is still open at the task's next
 * attempt, at its exit, or when accounting is switched off, is lost. The two
 * functions that every copy goes through stand in account_hot.h.
 *
 * Context of everything that counts: probes, preemption disabled, page-table
 * locks held; nothing sleeps, allocates or prints.
 */
#include <linux/sched.h>

#include "account_hot.h"

/* Open attempts live as long as a fault; lost ones until the task's next. */
#define CWS_ATTEMPT_BITS	12

DEFINE_PER_CPU(struct cws_cpu_counts, cws_cpu_counts);

struct cws_slots cws_attempts __read_mostly;
/* Set while every attempt under way has begun with the hooks attached. */
static bool settled;

static void count_for_owner(const struct vm_area_struct *vma, unsigned long addr,
			    enum cws_cause cause)
{
	cws_account_count(vma->vm_mm, addr, cws_region(vma, addr), cause);
}

/**
 * cws_account_lost() - an attempt came to nothing
 * @attempt: not closed by an outcome
 *
 * The owner is looked up late: its mm may be gone, even be in use again.
 */
void cws_account_lost(const struct cws_attempt *attempt)
{
	struct cws_record *rec;

	this_cpu_inc(cws_cpu_counts.outcome[CWS_OUTCOME_LOST]);
	cws_record_count_late(attempt->mm, attempt->before_serial, attempt->region,
			      CWS_CNT_LOST);
	if (!trace_cow_enabled())
		return;
	rec = cws_record_find(attempt->mm);
	if (rec && rec->serial > attempt->before_serial)
		rec = NULL;
	cws_trace_cow(rec, attempt->mm, attempt->address, attempt->region, CWS_CNT_LOST,
		      false, false);
}

/**
 * cws_account_orphan() - an outcome without an attempt
 *
 * Expected only of what began before accounting, which is not counted.
 */
void cws_account_orphan(void)
{
	if (READ_ONCE(settled))
		this_cpu_inc(cws_cpu_counts.orphans);
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
	struct cws_attempt *attempt = cws_attempt_begin();

	if (!attempt)
		return;
	count_for_owner(vma, addr, CWS_CNT_KEPT);
	cws_attempt_end(attempt, CWS_OUTCOME_KEPT);
}

/**
 * cws_account_commit_told() - cws_account_commit() while somebody listens to cow
 * @vma: of the owner
 * @addr: its address
 */
void cws_account_commit_told(const struct vm_area_struct *vma, unsigned long addr)
{
	cws_attempt_commit(vma, addr, true);
}

/**
 * cws_account_taken_over() - a write ended without a copy
 * @vma: of the owner
 * @addr: its address
 */
void cws_account_taken_over(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = cws_attempt_find(vma, addr);
	bool exclusive;

	if (!attempt) {
		cws_account_orphan();
		return;
	}
	exclusive = attempt->exclusive;
	count_for_owner(vma, addr, exclusive ? CWS_CNT_NOTIFIED : CWS_CNT_REUSED);
	cws_attempt_end(attempt, exclusive ? CWS_OUTCOME_NOTIFIED : CWS_OUTCOME_REUSED);
}

/**
 * cws_account_kept() - a page was taken over, perhaps for an unshare request
 * @vma: of the owner
 *
 * A write goes on to change the entry and is counted there.
 */
void cws_account_kept(const struct vm_area_struct *vma)
{
	union cws_slot_data *data = cws_slot_find(&cws_attempts, current);

	if (!data || !data->attempt.unshare || data->attempt.mm != vma->vm_mm)
		return;
	count_for_owner(vma, data->attempt.address, CWS_CNT_KEPT);
	cws_attempt_end(&data->attempt, CWS_OUTCOME_KEPT);
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
	struct cws_attempt *attempt = cws_attempt_find(vma, addr);

	if (!attempt)
		return;
	count_for_owner(vma, addr, CWS_CNT_USERFAULT);
	cws_attempt_end(attempt, CWS_OUTCOME_USERFAULT);
}

/**
 * cws_account_unknown() - new memory was installed by a caller not known
 * @vma: of the owner
 * @addr: its address
 */
void cws_account_unknown(const struct vm_area_struct *vma, unsigned long addr)
{
	struct cws_attempt *attempt = cws_attempt_find(vma, addr);

	this_cpu_inc(cws_cpu_counts.unknown_callers);
	if (!attempt)
		return;
	this_cpu_inc(cws_cpu_counts.unclassified);
	cws_slot_close(current, container_of(attempt, union cws_slot_data, attempt));
}

/**
 * cws_account_count() - count one thing whose region is known
 * @mm: the owner, alive
 * @addr: its address
 * @region: of @addr
 * @cause: what
 */
void cws_account_count(struct mm_struct *mm, unsigned long addr, enum cws_region region,
		       enum cws_cause cause)
{
	struct cws_record *rec = cws_record_find_or_create(mm);

	cws_account_add(rec, addr, region, cause);
	cws_trace_cow(rec, mm, addr, region, cause, false, false);
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
	bool remote = current->mm != vma->vm_mm;

	cws_account_add(rec, addr, region, cause);
	if (unlikely(remote))
		cws_account_add(rec, addr, region, CWS_CNT_REMOTE);
	cws_trace_cow(rec, vma->vm_mm, addr, region, cause, false, remote);
}

/**
 * cws_account_mm_exit() - current was the last to use an address space
 * @mm: about to be torn down, its record still there
 *
 * Before the record goes: later the owner of a lost attempt could not be found.
 */
void cws_account_mm_exit(struct mm_struct *mm)
{
	union cws_slot_data *data = cws_slot_find(&cws_attempts, current);

	if (!data || data->attempt.mm != mm)
		return;
	cws_account_lost(&data->attempt);
	cws_slot_close(current, data);
}

/**
 * cws_account_task_exit() - a task faults no more
 * @task: current
 */
void cws_account_task_exit(struct task_struct *task)
{
	union cws_slot_data data;

	if (cws_slot_drop(&cws_attempts, task, &data))
		cws_account_lost(&data.attempt);
}

static void gap_lost(union cws_slot_data *data)
{
	preempt_disable();
	cws_account_lost(&data->attempt);
	preempt_enable();
}

/**
 * cws_account_gap() - accounting stops: what is under way cannot be followed
 *
 * Context: process context, fault hooks detached and drained.
 */
void cws_account_gap(void)
{
	cws_slots_sweep(&cws_attempts, gap_lost);
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
 * cws_account_unsettled() - outcomes may come without their attempts from now on
 *
 * Context: process context, before the hooks of attempts are detached.
 */
void cws_account_unsettled(void)
{
	WRITE_ONCE(settled, false);
}

/**
 * cws_account_open() - attempts under way, or lost and not closed yet
 *
 * Return: how many slots are open.
 */
unsigned int cws_account_open(void)
{
	return cws_slots_open(&cws_attempts);
}

/**
 * cws_account_bytes() - memory of the slots
 *
 * Return: bytes.
 */
size_t cws_account_bytes(void)
{
	return cws_slots_bytes(&cws_attempts);
}

/**
 * cws_account_init() - make the slots
 *
 * Return: 0 or -ENOMEM, with nothing left behind.
 */
int cws_account_init(void)
{
	cws_counts_init();
	return cws_slots_init(&cws_attempts, CWS_ATTEMPT_BITS);
}

/**
 * cws_account_exit() - free them
 *
 * Context: no hook is attached.
 */
void cws_account_exit(void)
{
	cws_slots_exit(&cws_attempts);
}
