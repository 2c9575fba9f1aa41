// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots of tasks: the table, and the paths that are not hot.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "slot.h"

/**
 * cws_slots_init() - make a table
 * @slots: memory of the caller's
 * @bits: buckets, as a power of two
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cws_slots_init(struct cws_slots *slots, unsigned int bits)
{
	slots->bits = bits;
	slots->bucket = vzalloc(sizeof(*slots->bucket) << bits);
	return slots->bucket ? 0 : -ENOMEM;
}

/**
 * cws_slots_exit() - free a table
 * @slots: no probe looks at it any more
 */
void cws_slots_exit(struct cws_slots *slots)
{
	vfree(slots->bucket);
}

/**
 * cws_slots_bytes() - memory of a table
 * @slots: the table
 *
 * Return: bytes.
 */
size_t cws_slots_bytes(struct cws_slots *slots)
{
	return sizeof(*slots->bucket) << slots->bits;
}

/**
 * cws_slots_open() - slots that are open at this moment
 * @slots: the table
 *
 * Context: any; racy by nature, exact when nothing moves.
 * Return: their number.
 */
unsigned int cws_slots_open(struct cws_slots *slots)
{
	unsigned int open = 0;
	size_t b;
	int i;

	for (b = 0; b < 1UL << slots->bits; b++)
		for (i = 0; i < CWS_SLOT_WAYS; i++)
			open += atomic_long_read(&slots->bucket[b].word[i]) & CWS_SLOT_OPEN;
	return open;
}

/*
 * A task's first slot, or one after another task took its closed one over. A
 * way lost to another task is not tried again: one pass, so that a probe never
 * loops; giving up early shows as a dropped slot.
 */
union cws_slot_data *cws_slot_take_free(struct cws_slot_bucket *bucket, long task)
{
	int i;

	for (i = 0; i < CWS_SLOT_WAYS; i++) {
		long word = atomic_long_read(&bucket->word[i]);

		if (word & CWS_SLOT_OPEN)
			continue;
		if (atomic_long_try_cmpxchg_acquire(&bucket->word[i], &word,
						    task | CWS_SLOT_OPEN))
			return &bucket->data[i];
	}
	return NULL;
}

/**
 * cws_slot_drop() - an exiting task gives its slot up
 * @slots: the table
 * @task: current, which takes no probed path any more
 * @out: where the data of an open slot goes
 *
 * Races only with cws_slots_sweep(); the one that clears the word has the data.
 *
 * Return: whether a slot was open.
 */
bool cws_slot_drop(struct cws_slots *slots, struct task_struct *task,
		   union cws_slot_data *out)
{
	struct cws_slot_bucket *bucket = cws_slot_bucket(slots, task);
	long key = (long)task;
	int i;

	for (i = 0; i < CWS_SLOT_WAYS; i++) {
		long word = atomic_long_read(&bucket->word[i]);

		if ((word & ~CWS_SLOT_OPEN) != key)
			continue;
		*out = bucket->data[i];
		if (atomic_long_cmpxchg(&bucket->word[i], word, 0) == word)
			return word & CWS_SLOT_OPEN;
		return false;
	}
	return false;
}

/**
 * cws_slots_sweep() - close whatever is open
 * @slots: a table whose opening hooks are detached and drained
 * @lost: called for each slot that was open
 *
 * Context: process context; races only with cws_slot_drop().
 */
void cws_slots_sweep(struct cws_slots *slots,
		     void (*lost)(union cws_slot_data *data))
{
	size_t b;
	int i;

	for (b = 0; b < 1UL << slots->bits; b++) {
		struct cws_slot_bucket *bucket = &slots->bucket[b];

		for (i = 0; i < CWS_SLOT_WAYS; i++) {
			long word = atomic_long_read(&bucket->word[i]);
			union cws_slot_data data = bucket->data[i];

			if ((word & CWS_SLOT_OPEN) &&
			    atomic_long_cmpxchg(&bucket->word[i], word, 0) == word)
				lost(&data);
		}
	}
}
