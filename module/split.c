// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge mappings that a write splits. The request and the split are two functions
 * of the kernel, and a request that comes second splits nothing: a slot of the
 * task ties the one to the other.
 */
#include <linux/sched.h>

#include "account.h"
#include "classify.h"
#include "split.h"

#define CWS_SPLIT_BITS	9

static struct cws_slots splits;
static atomic64_t splits_dropped;

/**
 * cws_split_begin() - a write fault asks for a huge mapping's split
 * @vma: of the owner
 * @addr: its address
 * @pmd: the huge entry
 *
 * Two threads may ask at once; only the one that splits gets to
 * cws_split_done().
 *
 * Context: probe, preemption disabled.
 */
void cws_split_begin(const struct vm_area_struct *vma, unsigned long addr, pmd_t *pmd)
{
	union cws_slot_data *data;
	bool stale;

	data = cws_slot_open(&splits, current, &stale);
	if (!data) {
		atomic64_inc(&splits_dropped);
		return;
	}
	data->split.pmd = pmd;
	data->split.mm = vma->vm_mm;
	data->split.address = addr;
	data->split.region = cws_region(vma, addr);
}

/**
 * cws_split_none() - a split for another reason begins
 *
 * What was asked for before and not done is forgotten.
 *
 * Context: probe, preemption disabled.
 */
void cws_split_none(void)
{
	union cws_slot_data *data = cws_slot_find(&splits, current);

	if (data)
		cws_slot_close(current, data);
}

/**
 * cws_split_done() - a huge mapping is split
 * @mm: the owner
 * @pmd: the huge entry
 *
 * Context: probe, page-table lock held.
 */
void cws_split_done(struct mm_struct *mm, pmd_t *pmd)
{
	union cws_slot_data *data = cws_slot_find(&splits, current);

	if (!data || data->split.pmd != pmd || data->split.mm != mm)
		return;
	cws_account_count(mm, data->split.address, data->split.region, CWS_CNT_THP_SPLIT);
	cws_slot_close(current, data);
}

/**
 * cws_split_task_exit() - a task faults no more
 * @task: current
 */
void cws_split_task_exit(struct task_struct *task)
{
	union cws_slot_data data;

	cws_slot_drop(&splits, task, &data);
}

/**
 * cws_split_init() - make the slots
 *
 * Return: 0 or -ENOMEM.
 */
int cws_split_init(void)
{
	return cws_slots_init(&splits, CWS_SPLIT_BITS);
}

/**
 * cws_split_exit() - free them
 *
 * Context: no hook is attached.
 */
void cws_split_exit(void)
{
	cws_slots_exit(&splits);
}

/**
 * cws_splits_dropped() - splits that found no slot and are not counted
 *
 * Return: how many, at most.
 */
u64 cws_splits_dropped(void)
{
	return atomic64_read(&splits_dropped);
}

/**
 * cws_split_bytes() - memory of the slots
 *
 * Return: bytes.
 */
size_t cws_split_bytes(void)
{
	return cws_slots_bytes(&splits);
}
