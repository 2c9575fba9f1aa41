// SPDX-License-Identifier: GPL-2.0-only
/*
 * The births of processes: a hash by process, and a ring of those that have ended.
 */
#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#include "newborn.h"
#include "origin.h"
#include "pool.h"

#define CWS_ORIGIN_BITS		12
/* Kept ready: a burst of forks until the refill work gets a CPU. */
#define CWS_ORIGINS_READY	256

/* Protects the buckets and the ring; a leaf, taken from probes. */
static DEFINE_RAW_SPINLOCK(origin_lock);
static struct hlist_head *buckets;
static struct cws_origin **ring;
static unsigned int ring_max;
static u64 ring_next;	/* ever entered; the slot is this modulo ring_max */
static struct cws_pool origin_pool;
static unsigned int origins_max;
static atomic_t nr_origins;
static atomic64_t origins_dropped;

static struct hlist_head *bucket_of(const struct pid *pid)
{
	return &buckets[hash_ptr(pid, CWS_ORIGIN_BITS)];
}

static struct cws_origin *origin_take(void)
{
	struct cws_origin *origin = NULL;

	if (atomic_add_unless(&nr_origins, 1, origins_max)) {
		origin = cws_pool_take(&origin_pool);
		if (!origin)
			atomic_dec(&nr_origins);
	}
	if (!origin)
		atomic64_inc(&origins_dropped);
	return origin;
}

/**
 * cws_origin_born() - a process is about to run for the first time
 * @child: its only task
 * @flags: of the call, NULL not known
 * @watched: what takes more than constant time is worth it
 *
 * Context: probe of wake_up_new_task, preemption disabled; current is the caller.
 */
void cws_origin_born(struct task_struct *child, const u64 *flags, bool watched)
{
	struct cws_origin *origin = origin_take();

	if (!origin)
		return;
	refcount_set(&origin->ref, 1);
	origin->ended = false;
	origin->pid = get_pid(task_tgid(child));
	origin->caller = get_pid(task_pid(current));
	origin->caller_group = get_pid(task_tgid(current));
	origin->flags_known = flags;
	origin->flags = flags ? *flags : 0;
	cws_newborn_look(origin, child, watched);
	raw_spin_lock(&origin_lock);
	hlist_add_head_rcu(&origin->node, bucket_of(origin->pid));
	raw_spin_unlock(&origin_lock);
}

static struct cws_origin *origin_find(const struct pid *pid)
{
	struct cws_origin *origin;

	hlist_for_each_entry_rcu(origin, bucket_of(pid), node,
				 lockdep_is_held(&origin_lock))
		if (origin->pid == pid)
			return origin;
	return NULL;
}

/**
 * cws_origin_ended() - the last thread of a process exits
 * @pid: the process; said twice when its last two threads exit at once
 *
 * Context: probe, preemption disabled.
 */
void cws_origin_ended(const struct pid *pid)
{
	struct cws_origin *origin, *old = NULL, **slot;

	raw_spin_lock(&origin_lock);
	origin = origin_find(pid);
	if (origin && !origin->ended) {
		origin->ended = true;
		slot = &ring[ring_next++ % ring_max];
		old = *slot;
		*slot = origin;
		if (old)
			hlist_del_rcu(&old->node);
	}
	raw_spin_unlock(&origin_lock);
	if (old)
		cws_origin_put(old);
}

/**
 * cws_origin_get() - the birth of a process
 * @pid: the process, alive or not
 *
 * Context: process context.
 * Return: referenced, or NULL: older than the module, dropped, or pushed out.
 */
struct cws_origin *cws_origin_get(const struct pid *pid)
{
	struct cws_origin *origin;

	rcu_read_lock();
	origin = origin_find(pid);
	if (origin && !refcount_inc_not_zero(&origin->ref))
		origin = NULL;
	rcu_read_unlock();
	return origin;
}

static void origin_free_rcu(struct rcu_head *rcu)
{
	struct cws_origin *origin = container_of(rcu, struct cws_origin, rcu);

	put_pid(origin->pid);
	put_pid(origin->caller);
	put_pid(origin->caller_group);
	atomic_dec(&nr_origins);
	cws_pool_give(&origin_pool, origin);
}

/**
 * cws_origin_put() - drop a reference
 * @origin: or NULL
 *
 * Context: any.
 */
void cws_origin_put(struct cws_origin *origin)
{
	if (origin && refcount_dec_and_test(&origin->ref))
		call_rcu(&origin->rcu, origin_free_rcu);
}

/**
 * cws_origin_stats() - numbers for status
 * @stats: filled in
 */
void cws_origin_stats(struct cws_origin_stats *stats)
{
	stats->births = atomic_read(&nr_origins);
	stats->births_max = origins_max;
	stats->births_dropped = atomic64_read(&origins_dropped);
	stats->bytes = cws_pool_bytes(&origin_pool) + sizeof(*ring) * ring_max +
		       (sizeof(*buckets) << CWS_ORIGIN_BITS);
}

/**
 * cws_origins_init() - make the hash, the ring and the pool
 * @max: most births, of living and ended processes together
 * @ended_max: of ended ones
 *
 * Return: 0 or -ENOMEM, with nothing left behind.
 */
int cws_origins_init(unsigned int max, unsigned int ended_max)
{
	int err = -ENOMEM;

	origins_max = max;
	ring_max = ended_max;
	buckets = vzalloc(sizeof(*buckets) << CWS_ORIGIN_BITS);
	if (!buckets)
		return -ENOMEM;
	ring = vzalloc(array_size(ended_max, sizeof(*ring)));
	if (!ring)
		goto err_buckets;
	err = cws_pool_init(&origin_pool, "cowscope_origin", sizeof(struct cws_origin),
			    CWS_ORIGINS_READY);
	if (err)
		goto err_ring;
	return 0;

err_ring:
	vfree(ring);
err_buckets:
	vfree(buckets);
	return err;
}

/**
 * cws_origins_exit() - free everything
 *
 * Context: no hook is attached, no file is open.
 */
void cws_origins_exit(void)
{
	struct cws_origin *origin;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < 1U << CWS_ORIGIN_BITS; i++)
		hlist_for_each_entry_safe(origin, next, &buckets[i], node) {
			hlist_del_rcu(&origin->node);
			cws_origin_put(origin);
		}
	rcu_barrier();
	cws_pool_exit(&origin_pool);
	vfree(ring);
	vfree(buckets);
}
