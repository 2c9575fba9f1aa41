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
	u8 region;
	bool unshare;
	bool exclusive;
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
struct cws_slot_bucket {
	atomic_long_t word[CWS_SLOT_WAYS];
	union cws_slot_data data[CWS_SLOT_WAYS];
} ____cacheline_aligned;

struct cws_slots {
	struct cws_slot_bucket *bucket;
	unsigned int bits;
};

#define CWS_SLOT_OPEN	1L

int cws_slots_init(struct cws_slots *slots, unsigned int bits);
void cws_slots_exit(struct cws_slots *slots);
unsigned int cws_slots_open(struct cws_slots *slots);
size_t cws_slots_bytes(struct cws_slots *slots);
void cws_slots_sweep(struct cws_slots *slots,
		     void (*lost)(union cws_slot_data *data));
union cws_slot_data *cws_slot_take_free(struct cws_slot_bucket *bucket, long task);

static __always_inline struct cws_slot_bucket *
cws_slot_bucket(struct cws_slots *slots, struct task_struct *task)
{
	return &slots->bucket[hash_ptr(task, slots->bits)];
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
	struct cws_slot_bucket *bucket = cws_slot_bucket(slots, task);
	long open = (long)task | CWS_SLOT_OPEN;
	int i;

	for (i = 0; i < CWS_SLOT_WAYS; i++)
		if (atomic_long_read(&bucket->word[i]) == open)
			return &bucket->data[i];
	return NULL;
}

/**
 * cws_slot_open() - begin something
 * @slots: the table
 * @task: current
 * @stale: set when the task's earlier slot was still open; its data is still there
 *
 * Return: the data to fill in, NULL when the bucket is full of open slots.
 */
static __always_inline union cws_slot_data *
cws_slot_open(struct cws_slots *slots, struct task_struct *task, bool *stale)
{
	struct cws_slot_bucket *bucket = cws_slot_bucket(slots, task);
	long key = (long)task;
	int i;

	*stale = false;
	for (i = 0; i < CWS_SLOT_WAYS; i++) {
		long word = atomic_long_read(&bucket->word[i]);

		if (word == (key | CWS_SLOT_OPEN)) {
			*stale = true;
			return &bucket->data[i];
		}
		if (word == key) {
			if (atomic_long_cmpxchg(&bucket->word[i], key,
						key | CWS_SLOT_OPEN) == key)
				return &bucket->data[i];
			break;	/* another task has just taken it over */
		}
	}
	return cws_slot_take_free(bucket, key);
}

/**
 * cws_slot_close() - end it
 * @slots: the table
 * @task: current
 * @data: what cws_slot_find() or cws_slot_open() gave
 */
static __always_inline void
cws_slot_close(struct cws_slots *slots, struct task_struct *task,
	       union cws_slot_data *data)
{
	struct cws_slot_bucket *bucket = cws_slot_bucket(slots, task);

	/* The data is done with before another task may take the slot over. */
	atomic_long_set_release(&bucket->word[data - bucket->data], (long)task);
}

bool cws_slot_drop(struct cws_slots *slots, struct task_struct *task,
		   union cws_slot_data *out);

#endif /* CWS_SLOT_H */
