// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hash of address-space records.
 *
 * The hash is cut into shards. A shard's lock covers its buckets and the sums of
 * the records that left it, so that a reader adding up a shard under the lock
 * sees each count exactly once: totals never dip, and no lock is held for
 * longer than one shard takes.
 */
#include <linux/cgroup.h>
#include <linux/sched/task.h>
#include <linux/ktime.h>
#include <linux/vmalloc.h>

#include "cgroups.h"
#include "pool.h"
#include "record.h"

#define CWS_SHARD_BITS	8
#define CWS_RECORDS_READY	256	/* a burst of forks until the refill work gets a CPU */
#define CWS_LINEAGES_PER_RECORD	4	/* ancestors and the ring of the exited outlive them */

/**
 * struct record_shard - a part of the hash
 * @lock: protects the membership of its buckets and @exited; leaf but for pools'
 * @exited: sums over the records that left
 * @phase: which book of the cgroups' they go to
 */
struct record_shard {
	raw_spinlock_t lock;
	unsigned int phase;
	struct cws_sums exited;
} ____cacheline_aligned_in_smp;

struct hlist_head *cws_buckets __read_mostly;
static struct record_shard *shards __read_mostly;
static struct cws_pool record_pool;
static unsigned int records_max;
static atomic_t nr_records;
static atomic64_t records_dropped;
/* Looked at by every fault, written by every fork. */
atomic64_t cws_next_serial ____cacheline_aligned_in_smp;
static atomic64_t untracked[CWS_NR_CAUSES];

static struct record_shard *bucket_shard(unsigned int bucket)
{
	return &shards[bucket >> (CWS_BUCKET_BITS - CWS_SHARD_BITS)];
}

static struct cws_record *record_create(struct mm_struct *mm, u64 now_ns)
{
	unsigned int bucket = cws_mm_bucket(mm);
	struct record_shard *shard = bucket_shard(bucket);
	struct cws_record *rec, *other;

	if (!atomic_add_unless(&nr_records, 1, records_max))
		goto err_dropped;
	rec = cws_pool_take(&record_pool);
	if (!rec)
		goto err_count;
	memset(rec, 0, offsetof(struct cws_record, matrix));
	rec->mm = mm;
	refcount_set(&rec->ref, 1);
	rec->serial = atomic64_inc_return(&cws_next_serial);
	rec->since_ns = now_ns;

	raw_spin_lock(&shard->lock);
	other = cws_record_find(mm);
	if (!other)
		hlist_add_head_rcu(&rec->node, &cws_buckets[bucket]);
	raw_spin_unlock(&shard->lock);
	if (!other)
		return rec;
	/* Another thread of the process was first; nobody has seen ours. */
	cws_pool_give(&record_pool, rec);
	atomic_dec(&nr_records);
	return other;

err_count:
	atomic_dec(&nr_records);
err_dropped:
	atomic64_inc(&records_dropped);
	return NULL;
}

/**
 * cws_record_find_or_create() - the record of an address space that is alive
 * @mm: kept alive by what the caller does, a fault or a fork
 *
 * Context: probes, preemption disabled.
 * Return: the record, NULL at the cap or when the pool is empty: counted as
 * dropped, and the caller counts its event as untracked.
 */
struct cws_record *cws_record_find_or_create(struct mm_struct *mm)
{
	struct cws_record *rec = cws_record_find(mm);

	return likely(rec) ? rec : record_create(mm, ktime_get_boot_fast_ns());
}

/**
 * cws_record_born() - cws_record_find_or_create() where the clock has been read
 * @mm: as there
 * @now_ns: CLOCK_BOOTTIME
 *
 * Return: as there.
 */
struct cws_record *cws_record_born(struct mm_struct *mm, u64 now_ns)
{
	struct cws_record *rec = cws_record_find(mm);

	return rec ? rec : record_create(mm, now_ns);
}

/**
 * cws_record_untracked() - count an event whose owner has no record
 * @cause: what happened
 */
void cws_record_untracked(enum cws_cause cause)
{
	atomic64_inc(&untracked[cause]);
}

static void record_free_rcu(struct rcu_head *rcu)
{
	struct cws_record *rec = container_of(rcu, struct cws_record, rcu);

	if (rec->cgroup)
		cgroup_put(rec->cgroup);
	cws_lineage_put(rec->lineage);
	cws_inherit_free(rec->inherited);
	cws_sites_free(rcu_dereference_protected(rec->sites, true));
	cws_matrix_clear(&rec->matrix);
	cws_pool_give(&record_pool, rec);
}

/**
 * cws_record_get() - keep a record beyond RCU
 * @rec: found under RCU
 *
 * Return: false when its last reference is gone already.
 */
bool cws_record_get(struct cws_record *rec)
{
	return refcount_inc_not_zero(&rec->ref);
}

/**
 * cws_record_put() - drop a reference
 * @rec: the record
 *
 * Context: any.
 */
void cws_record_put(struct cws_record *rec)
{
	if (refcount_dec_and_test(&rec->ref))
		call_rcu(&rec->rcu, record_free_rcu);
}

/**
 * cws_record_count_late() - count for an owner that may be gone
 * @mm: the key it had
 * @before_serial: it was there before this serial
 * @region: where
 * @cause: what
 *
 * Under the shard's lock, so that a record that is found has not been added up
 * yet. A younger record belongs to somebody else with the same key.
 *
 * Context: probes, or process context with preemption disabled.
 */
void cws_record_count_late(struct mm_struct *mm, u64 before_serial,
			   enum cws_region region, enum cws_cause cause)
{
	struct record_shard *shard = bucket_shard(cws_mm_bucket(mm));
	struct cws_record *rec;

	raw_spin_lock(&shard->lock);
	rec = cws_record_find(mm);
	if (!rec || rec->serial > before_serial)
		cws_record_untracked(cause);
	else if (rcu_access_pointer(rec->sites))
		cws_sites_count_late(rec, region, cause);
	else
		cws_matrix_add(&rec->matrix, region, cause);
	raw_spin_unlock(&shard->lock);
}

/**
 * cws_record_unlink() - take a record out of the hash
 * @rec: in the hash, its cgroup is known if it ever will be
 *
 * Its counts move from the live to the exited at once. The caller has the hash's reference.
 *
 * Context: probe of exit_mmap, preemption disabled.
 */
void cws_record_unlink(struct cws_record *rec)
{
	struct record_shard *shard = bucket_shard(cws_mm_bucket(rec->mm));

	raw_spin_lock(&shard->lock);
	hlist_del_rcu(&rec->node);
	cws_matrix_sum(&rec->matrix, &shard->exited);
	cws_cgroups_book(rec->cgroup, shard->phase, &rec->matrix);
	raw_spin_unlock(&shard->lock);
	atomic_dec(&nr_records);
}

static void shard_each(unsigned int shard, cws_record_look look, void *data)
{
	const unsigned int per_shard = 1U << (CWS_BUCKET_BITS - CWS_SHARD_BITS);
	struct cws_record *rec;
	unsigned int b;

	lockdep_assert_held(&shards[shard].lock);
	for (b = shard * per_shard; b < (shard + 1) * per_shard; b++)
		hlist_for_each_entry(rec, &cws_buckets[b], node)
			look(rec, data);
}

static void add_matrix(struct cws_record *rec, void *sums)
{
	cws_matrix_sum(&rec->matrix, sums);
}

/**
 * cws_records_sums() - counts of the living and the dead
 * @live: sums over the records in the hash
 * @exited: sums over those that left it
 *
 * Context: process context; one shard's lock at a time.
 */
void cws_records_sums(struct cws_sums *live, struct cws_sums *exited)
{
	unsigned int s;

	for (s = 0; s < 1U << CWS_SHARD_BITS; s++) {
		raw_spin_lock(&shards[s].lock);
		shard_each(s, add_matrix, live);
		cws_sums_add(exited, &shards[s].exited);
		raw_spin_unlock(&shards[s].lock);
		cond_resched();
	}
}

/**
 * cws_records_turn() - look at the living, and change the book of the dead
 * @look: called under the shard's lock for each record in the hash
 * @data: for it
 * @phase: the book of those that leave the hash after that
 *
 * Context: process context; one shard's lock at a time.
 */
void cws_records_turn(cws_record_look look, void *data, unsigned int phase)
{
	unsigned int s;

	for (s = 0; s < 1U << CWS_SHARD_BITS; s++) {
		raw_spin_lock(&shards[s].lock);
		shard_each(s, look, data);
		shards[s].phase = phase;
		raw_spin_unlock(&shards[s].lock);
		cond_resched();
	}
}

/**
 * cws_records_untracked() - counts of events without a record
 * @sums: where they are added to
 */
void cws_records_untracked(struct cws_sums *sums)
{
	int cause;

	for (cause = 0; cause < CWS_NR_CAUSES; cause++)
		sums->cause[cause] += atomic64_read(&untracked[cause]);
}

/**
 * cws_record_stats() - numbers for status
 * @stats: filled in
 */
void cws_record_stats(struct cws_record_stats *stats)
{
	stats->records = atomic_read(&nr_records);
	stats->records_max = records_max;
	stats->records_dropped = atomic64_read(&records_dropped);
	stats->bytes = cws_pool_bytes(&record_pool) +
		       (sizeof(*cws_buckets) << CWS_BUCKET_BITS) +
		       (sizeof(*shards) << CWS_SHARD_BITS);
}

/**
 * cws_records_reserve() - have room for a known number of new records
 * @nr: how many, beyond those that are always kept ready
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cws_records_reserve(unsigned int nr)
{
	int err;

	nr = min(nr + CWS_RECORDS_READY, records_max);
	err = cws_pool_grow(&record_pool, nr);
	return err ?: cws_lineage_grow(nr);
}

/**
 * cws_records_init() - make the hash and the pools
 * @max: most live records
 *
 * Return: 0 or -ENOMEM, with nothing left behind.
 */
int cws_records_init(unsigned int max)
{
	unsigned int s;
	int err = -ENOMEM;

	records_max = max;
	cws_buckets = vzalloc(sizeof(*cws_buckets) << CWS_BUCKET_BITS);
	if (!cws_buckets)
		return -ENOMEM;
	shards = vzalloc(sizeof(*shards) << CWS_SHARD_BITS);
	if (!shards)
		goto err_buckets;
	for (s = 0; s < 1U << CWS_SHARD_BITS; s++)
		raw_spin_lock_init(&shards[s].lock);
	err = cws_lineage_init(CWS_RECORDS_READY, CWS_LINEAGES_PER_RECORD * max);
	if (err)
		goto err_shards;
	err = cws_inherit_init(CWS_RECORDS_READY);
	if (err)
		goto err_lineage;
	err = cws_sites_init();
	if (err)
		goto err_inherit;
	err = cws_pool_init(&record_pool, "cowscope_record", sizeof(struct cws_record),
			    CWS_RECORDS_READY);
	if (err)
		goto err_sites;
	return 0;

err_sites:
	cws_sites_exit();
err_inherit:
	cws_inherit_exit();
err_lineage:
	cws_lineage_exit();
err_shards:
	vfree(shards);
err_buckets:
	vfree(cws_buckets);
	return err;
}

/**
 * cws_records_exit() - free everything
 *
 * Context: no hook is attached, no file is open, nothing is watched, and the
 * ring of the exited is empty.
 */
void cws_records_exit(void)
{
	struct cws_record *rec;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < 1U << CWS_BUCKET_BITS; i++)
		hlist_for_each_entry_safe(rec, next, &cws_buckets[i], node) {
			hlist_del_rcu(&rec->node);
			cws_record_put(rec);
		}
	rcu_barrier();
	cws_pool_exit(&record_pool);
	cws_sites_exit();
	cws_inherit_exit();
	cws_lineage_exit();
	vfree(shards);
	vfree(cws_buckets);
}
