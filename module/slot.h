/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a task has begun and not ended: an attempt at a copy, a huge page being
 * split, a clone call. Between beginning and end the task may sleep and move
 * to another CPU, so the state hangs on the task, not on the CPU.
 */
#ifndef CWS_SLOT_H
#define CWS_SLOT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/container_of.h>
#include <linux/hash.h>
#include <linux/types.h>

struct mm_struct;
struct page;
struct task_struct;

#define CWS_SLOT_WAYS	4

/* An entry of do_wp_page, from there to its outcome. */
struct cws_attempt {
	struct mm_struct *mm;	/* owner; a key, never dereferenced */
	unsigned long address;	/* of the page, page-aligned */
	struct page *source;	/* pinned by the fault while the attempt runs */
	u64 before_serial;	/* records made after this are not the owner's */
	u64 start_ns;		/* while somebody asks how long copies take */
	u8 cause;		/* what a copy of this source counts as */
	bool unshare;
	bool plain;		/* a write, to a small anonymous page: would be copied */
	bool exclusive;
	u8 region;
};

/* __split_huge_pmd called for a write to a shared huge page. */
struct cws_split {
	pmd_t *pmd;		/* compared, never dereferenced */
	struct mm_struct *mm;
	unsigned long address;	/* written to */
	u8 region;
};

/* kernel_clone, from entry to the child being runnable. */
struct cws_clone_call {
	const void *args;	/* compared, never dereferenced */
	u64 start_ns;
	u64 flags;
	int exit_signal;
	u8 syscall;
};

union cws_slot_data {
	struct cws_attempt attempt;
	struct cws_split split;
	struct cws_clone_call clone;
};

/*
 * Lifetime: word is the owning task's address, its low bit set while the slot
 * is open. Only the owner opens, reads and closes its slot. A closed slot stays
 * with its task, so that the next fault of the same task finds it at once,
 * until another task of the bucket takes it over or the task exits. The data is
 * written between the open and the close by the owner alone. An exiting task
 * gives its slot up, so a reused task_struct never inherits one.
 */
struct cws_slot {
	atomic_long_t word;
	union cws_slot_data data;
} ____cacheline_aligned;

/*
 * A task's place is one of a set of CWS_SLOT_WAYS: the one that its hash says, or when
 * somebody else is there another of the set.
 */
struct cws_slots {
	struct cws_slot *slot;
	unsigned int bits;	/* of the sets */
	unsigned int shift;	/* of a hash, so that a place is left */
};

#define CWS_SLOT_OPEN	1L

int cws_slots_init(struct cws_slots *slots, unsigned int bits);
void cws_slots_exit(struct cws_slots *slots);
unsigned int cws_slots_open(struct cws_slots *slots);
size_t cws_slots_bytes(struct cws_slots *slots);
void cws_slots_sweep(struct cws_slots *slots,
		     void (*lost)(union cws_slot_data *data));
union cws_slot_data *cws_slot_find_in_set(struct cws_slots *slots, struct task_struct *task);
union cws_slot_data *cws_slot_open_in_set(struct cws_slots *slots,
					  struct task_struct *task, bool *stale);

/* Where a task's slot is most of the time. */
static __always_inline struct cws_slot *
cws_slot_home(struct cws_slots *slots, const struct task_struct *task)
{
	return &slots->slot[(unsigned long)task * GOLDEN_RATIO_64 >> slots->shift];
}

/**
 * cws_slot_is_open() - has a task something open there
 * @slot: its home
 * @task: current
 *
 * Return: false ask cws_slot_find().
 */
static __always_inline bool
cws_slot_is_open(const struct cws_slot *slot, const struct task_struct *task)
{
	return atomic_long_read(&slot->word) == ((long)task | CWS_SLOT_OPEN);
}

/**
 * cws_slot_find() - the open slot of a task
 * @slots: the table
 * @task: current, or a task that runs no probe any more
 *
 * Return: its data, NULL when nothing is open.
 */
static __always_inline union cws_slot_data *
cws_slot_find(struct cws_slots *slots, struct task_struct *task)
{
	struct cws_slot *home = cws_slot_home(slots, task);

	if (likely(cws_slot_is_open(home, task)))
		return &home->data;
	return cws_slot_find_in_set(slots, task);
}

/**
 * cws_slot_try_open() - begin something, where the task did it last
 * @slot: its home
 * @task: current
 *
 * Return: false ask cws_slot_open().
 */
static __always_inline bool
cws_slot_try_open(struct cws_slot *slot, const struct task_struct *task)
{
	long key = (long)task;

	/* Closed and still its own, and no other task takes it over just now. */
	return atomic_long_try_cmpxchg(&slot->word, &key, key | CWS_SLOT_OPEN);
}

/**
 * cws_slot_open() - begin something
 * @slots: the table
 * @task: current
 * @stale: set when the task's earlier slot was still open; its data is still there
 *
 * Return: the data to fill in, NULL when the set is full of open slots.
 */
static __always_inline union cws_slot_data *
cws_slot_open(struct cws_slots *slots, struct task_struct *task, bool *stale)
{
	struct cws_slot *home = cws_slot_home(slots, task);

	*stale = false;
	if (likely(cws_slot_try_open(home, task)))
		return &home->data;
	return cws_slot_open_in_set(slots, task, stale);
}

/**
 * cws_slot_close() - end it
 * @task: current
 * @data: what cws_slot_find() or cws_slot_open() gave
 */
static __always_inline void
cws_slot_close(struct task_struct *task, union cws_slot_data *data)
{
	struct cws_slot *slot = container_of(data, struct cws_slot, data);

	/* The data is done with before another task may take the slot over. */
	atomic_long_set_release(&slot->word, (long)task);
}

bool cws_slot_drop(struct cws_slots *slots, struct task_struct *task,
		   union cws_slot_data *out);

#endif /* CWS_SLOT_H */
