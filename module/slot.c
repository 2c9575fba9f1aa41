// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots of tasks: the table, and the paths that are not hot.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "slot.h"

static size_t nr_slots(const struct cws_slots *slots)
{
	return (size_t)CWS_SLOT_WAYS << slots->bits;
}

/* The first of the set that a task's slot is in. */
static struct cws_slot *set_of(struct cws_slots *slots, const struct task_struct *task)
{
	return &slots->slot[(cws_slot_home(slots, task) - slots->slot) & ~(CWS_SLOT_WAYS - 1L)];
}

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
	slots->shift = 64 - bits - ilog2(CWS_SLOT_WAYS);
	slots->slot = vzalloc(cws_slots_bytes(slots));
	return slots->slot ? 0 : -ENOMEM;
}

/**
 * cws_slots_exit() - free a table
 * @slots: no probe looks at it any more
 */
void cws_slots_exit(struct cws_slots *slots)
{
	vfree(slots->slot);
}

/**
 * cws_slots_bytes() - memory of a table
 * @slots: the table
 *
 * Return: bytes.
 */
size_t cws_slots_bytes(struct cws_slots *slots)
{
	return nr_slots(slots) * sizeof(*slots->slot);
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
	size_t i;

	for (i = 0; i < nr_slots(slots); i++)
		open += atomic_long_read(&slots->slot[i].word) & CWS_SLOT_OPEN;
	return open;
}

/* The slot of a task, open or closed, or NULL. */
static struct cws_slot *find_own(struct cws_slots *slots, const struct task_struct *task)
{
	struct cws_slot *slot = set_of(slots, task);
	int i;

	for (i = 0; i < CWS_SLOT_WAYS; i++, slot++)
		if ((atomic_long_read(&slot->word) & ~CWS_SLOT_OPEN) == (long)task)
			return slot;
	return NULL;
}

/**
 * cws_slot_find_in_set() - the rest of cws_slot_find()
 * @slots: the table
 * @task: current, or a task that runs no probe any more
 *
 * Return: the data of its open slot, or NULL.
 */
union cws_slot_data *cws_slot_find_in_set(struct cws_slots *slots, struct task_struct *task)
{
	struct cws_slot *slot = find_own(slots, task);

	return slot && (atomic_long_read(&slot->word) & CWS_SLOT_OPEN) ? &slot->data : NULL;
}

static struct cws_slot *take(struct cws_slot *slot, long task, bool unused)
{
	long word = atomic_long_read(&slot->word);

	if (unused ? word : word & CWS_SLOT_OPEN)
		return NULL;
	return atomic_long_try_cmpxchg_acquire(&slot->word, &word, task | CWS_SLOT_OPEN) ?
	       slot : NULL;
}

/*
 * A task's first slot, or one after another task took its closed one over: at home, if
 * nobody has ever been there, else where nobody is, else where somebody has left. A way
 * lost to another task is not tried again: so a probe never loops; giving up early shows
 * as a dropped slot.
 */
static struct cws_slot *take_free(struct cws_slots *slots, struct task_struct *task)
{
	struct cws_slot *set = set_of(slots, task);
	struct cws_slot *slot = take(cws_slot_home(slots, task), (long)task, true);
	int i;

	for (i = 0; i < CWS_SLOT_WAYS && !slot; i++)
		slot = take(&set[i], (long)task, true);
	for (i = 0; i < CWS_SLOT_WAYS && !slot; i++)
		slot = take(&set[i], (long)task, false);
	return slot;
}

/**
 * cws_slot_open_in_set() - the rest of cws_slot_open()
 * @slots: the table
 * @task: current
 * @stale: as there
 *
 * Return: as there.
 */
union cws_slot_data *cws_slot_open_in_set(struct cws_slots *slots,
					  struct task_struct *task, bool *stale)
{
	struct cws_slot *slot = find_own(slots, task);

	if (slot) {
		*stale = atomic_long_read(&slot->word) & CWS_SLOT_OPEN;
		/* Nobody takes an open one; a closed one may just have been taken over. */
		if (!*stale)
			slot = atomic_long_cmpxchg(&slot->word, (long)task,
						   (long)task | CWS_SLOT_OPEN) ==
			       (long)task ? slot : NULL;
	}
	if (!slot)
		slot = take_free(slots, task);
	return slot ? &slot->data : NULL;
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
	struct cws_slot *slot = find_own(slots, task);
	long word;

	if (!slot)
		return false;
	word = atomic_long_read(&slot->word);
	if (word & CWS_SLOT_OPEN)
		*out = slot->data;
	return (word & ~CWS_SLOT_OPEN) == (long)task &&
	       atomic_long_cmpxchg(&slot->word, word, 0) == word &&
	       (word & CWS_SLOT_OPEN);
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
	size_t i;

	for (i = 0; i < nr_slots(slots); i++) {
		struct cws_slot *slot = &slots->slot[i];
		long word = atomic_long_read(&slot->word);
		union cws_slot_data data = slot->data;

		if ((word & CWS_SLOT_OPEN) &&
		    atomic_long_cmpxchg(&slot->word, word, 0) == word)
			lost(&data);
	}
}
