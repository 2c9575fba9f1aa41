/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an event means: attempts and their outcomes, causes, owners. Hooks decode
 * arguments and call in here; views read the sums.
 */
#ifndef CWS_ACCOUNT_H
#define CWS_ACCOUNT_H

#include <linux/mm_types.h>
#include <linux/percpu.h>

#include "counts.h"
#include "slot.h"

/*
 * Counted by the CPU that saw it, added up when read. Single increments on the
 * own CPU, so preemption-safe without a lock.
 */
struct cws_cpu_counts {
	u64 attempts;
	u64 outcome[CWS_NR_OUTCOMES];
	u64 unclassified;	/* attempts ended by a caller that is not known */
	u64 unknown_callers;	/* commits from callers that are not known, all */
	u64 orphans;		/* outcomes without an open attempt */
	u64 slots_dropped;	/* attempts that found no slot: not counted at all */
};

DECLARE_PER_CPU(struct cws_cpu_counts, cws_cpu_counts);

int cws_account_init(void);
void cws_account_exit(void);
void cws_account_lost(const struct cws_attempt *attempt);
void cws_account_orphan(void);
void cws_account_settled(void);
void cws_account_unsettled(void);
void cws_account_gap(void);
unsigned int cws_account_open(void);
size_t cws_account_bytes(void);

void cws_account_attempt_kept(const struct vm_area_struct *vma, unsigned long addr);
void cws_account_commit_told(const struct vm_area_struct *vma, unsigned long addr);
void cws_account_taken_over(const struct vm_area_struct *vma, unsigned long addr);
void cws_account_kept(const struct vm_area_struct *vma);
void cws_account_userfault(const struct vm_area_struct *vma, unsigned long addr);
void cws_account_unknown(const struct vm_area_struct *vma, unsigned long addr);
void cws_account_event(const struct vm_area_struct *vma, unsigned long addr,
		       enum cws_cause cause);
void cws_account_fault_copy(const struct vm_area_struct *vma, unsigned long addr,
			    enum cws_cause cause);
void cws_account_count(struct mm_struct *mm, unsigned long addr, enum cws_region region,
		       enum cws_cause cause);
void cws_account_mm_exit(struct mm_struct *mm);
void cws_account_task_exit(struct task_struct *task);

#endif /* CWS_ACCOUNT_H */
