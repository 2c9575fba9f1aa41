/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One record per address space: found by mm pointer in probes, kept for a while
 * after the address space is gone.
 */
#ifndef CWS_RECORD_H
#define CWS_RECORD_H

#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "counts.h"
#include "inherit.h"
#include "lineage.h"
#include "sites.h"

struct cgroup;

/* none: still there; exec: it dropped the last user; failed: never came to run */
#define CWS_END_ENUM(id, name)	CWS_END_##id,
enum cws_end {
	COWSCOPE_ENDS(CWS_END_ENUM)
};

enum cws_record_state {
	CWS_RECORD_EMBRYO,	/* counts, but its process does not run yet */
	CWS_RECORD_CLAIMED,	/* somebody writes its birth */
	CWS_RECORD_PUBLISHED,	/* seen by readers; set with release */
};

/**
 * struct cws_record - counts and birth of one address space
 * @node: in its shard's bucket; writers hold the shard's lock, readers RCU
 * @mm: the key; compared, never dereferenced
 * @rcu: frees after the last reader
 * @ref: one for the hash or the ring of the exited, one per reader that keeps it
 * @end: how it ended; set once with release, after all that is told of the end
 * @state: embryo until its process is about to run; claimed by cmpxchg
 * @watchers: entries of the watch list; under the lock of sites.c
 * @tasks: users counted for the roster with number @scan; roster mutex
 * @lowest: lowest thread group among them, a number of the initial namespace
 * @scan: the last roster that saw it in use
 * @serial: number of the address space
 * @since_ns: counts start here
 * @ended_ns: torn down here
 * @inherited_pages: resident pages copied at fork
 * @inherited_hugetlb_pages: hugetlb pages copied at fork
 * @inherited_swap_pages: swap entries copied at fork
 * @inherited_anon_pages: of @inherited_pages, anonymous
 * @forks: address spaces forked from it
 * @nth_fork: which of its parent's @forks it is
 * @parent_broke: what its parent had copied for itself when it was born
 * @inherited: the books of its fork, NULL its parent was not watched
 * @lineage: who it is; NULL until it is published, or when no node was to be had
 * @cgroup: where its process was when it ended, referenced; NULL not known; set before
 *	it leaves the hash, and read when it has ended
 * @sites: who counted, NULL it is not watched, or no table was to be had
 * @matrix: the counts; all zero while the record is in its pool
 *
 * Lifetime: made by the first event or at birth, in the hash from then on. The
 * entry of exit_mmap takes it out: no fault can happen on the mm afterwards,
 * and the pointer may be reused as soon as exit_mmap returns. From the hash it
 * goes into the ring of the exited and is put when pushed out of there. A probe
 * uses a record it found without a reference: the fault it runs in keeps the mm
 * alive, hence the record in the hash, and probes run with preemption disabled,
 * which RCU waits for. Everybody else takes a reference under RCU.
 */
struct cws_record {
	struct hlist_node node;
	struct mm_struct *mm;
	struct rcu_head rcu;
	refcount_t ref;
	u8 end;
	u8 state;
	u16 watchers;
	u32 tasks;
	pid_t lowest;
	u32 scan;
	u32 nth_fork;
	u64 serial;
	u64 since_ns;
	u64 ended_ns;
	u64 inherited_pages;
	u32 inherited_hugetlb_pages;
	u32 inherited_swap_pages;
	u32 inherited_anon_pages;
	atomic_t forks;
	u64 parent_broke;
	struct cws_inherited *inherited;
	struct cws_lineage *lineage;
	struct cgroup *cgroup;
	struct cws_sites __rcu *sites;
	struct cws_matrix matrix;
};

static_assert(sizeof(struct cws_record) <= 1024);

struct cws_record_stats {
	unsigned int records, records_max;
	u64 records_dropped;
	size_t bytes;
};

typedef void (*cws_record_look)(struct cws_record *rec, void *data);

int cws_records_init(unsigned int max);
void cws_records_exit(void);
int cws_records_reserve(unsigned int nr);

struct cws_record *cws_record_find_or_create(struct mm_struct *mm);
struct cws_record *cws_record_born(struct mm_struct *mm, u64 now_ns);
void cws_record_unlink(struct cws_record *rec);
void cws_record_untracked(enum cws_cause cause);
void cws_record_count_late(struct mm_struct *mm, u64 before_serial,
			   enum cws_region region, enum cws_cause cause);

bool cws_record_get(struct cws_record *rec) __must_check;
void cws_record_put(struct cws_record *rec);
void cws_records_turn(cws_record_look look, void *data, unsigned int phase);
void cws_records_sums(struct cws_sums *live, struct cws_sums *exited);
void cws_records_untracked(struct cws_sums *sums);
void cws_record_stats(struct cws_record_stats *stats);

extern atomic64_t cws_next_serial;

/**
 * cws_record_next_serial() - a mark in time
 *
 * Return: every record made from now on has a higher serial.
 */
static __always_inline u64 cws_record_next_serial(void)
{
	return atomic64_read(&cws_next_serial);
}

/* The hash; only record.c changes it. */
#define CWS_BUCKET_BITS	14
extern struct hlist_head *cws_buckets;

static __always_inline unsigned int cws_mm_bucket(const struct mm_struct *mm)
{
	return hash_ptr(mm, CWS_BUCKET_BITS);
}

/**
 * cws_record_find() - the record of an address space
 * @mm: key; need not be alive
 *
 * Context: RCU or preemption disabled; the result is good for as long.
 * Return: the record or NULL.
 */
static __always_inline struct cws_record *cws_record_find(const struct mm_struct *mm)
{
	struct cws_record *rec;

	hlist_for_each_entry_rcu(rec, &cws_buckets[cws_mm_bucket(mm)], node)
		if (rec->mm == mm)
			return rec;
	return NULL;
}

/**
 * cws_records_each() - look at every record in the hash
 * @look: called under RCU, must not sleep; inlined where it is known
 * @data: for it
 *
 * Context: process context.
 */
static __always_inline void cws_records_each(cws_record_look look, void *data)
{
	struct cws_record *rec;
	unsigned int b;

	rcu_read_lock();
	for (b = 0; b < 1U << CWS_BUCKET_BITS; b++)
		hlist_for_each_entry_rcu(rec, &cws_buckets[b], node)
			look(rec, data);
	rcu_read_unlock();
}

/**
 * cws_record_end() - how an address space ended
 * @rec: the record
 *
 * Return: CWS_END_NONE, or the end; then ended_ns and cgroup may be read.
 */
static inline enum cws_end cws_record_end(const struct cws_record *rec)
{
	/* Pairs with the release in cws_exited_retire(). */
	return smp_load_acquire(&rec->end);
}

#endif /* CWS_RECORD_H */
