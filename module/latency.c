// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long copies took: from the entry of do_wp_page to the moment when the copy is
 * mapped. In between lie the allocation, the charge to a cgroup, reclaim if there is
 * any, the copying and the flush of the old translation.
 */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "latency.h"
#include "record.h"

atomic_t cws_latency_users = ATOMIC_INIT(0);
static atomic_t tables;

/* Place among COWSCOPE_LATENCY_CAUSES; what is none of them is not counted. */
#define LATENCY_OF(id, name)	[CWS_CNT_##id] = CWS_LATENCY_##id + 1,
static const u8 latency_of[CWS_NR_CAUSES] = { COWSCOPE_LATENCY_CAUSES(LATENCY_OF) };

static unsigned int bucket_of(u64 ns)
{
	return min_t(unsigned int, ilog2(ns | 1), CWS_LATENCY_BUCKETS - 1);
}

/* RCU, or preemption disabled. */
static struct cws_sites *sites_of(const struct cws_record *rec)
{
	return rcu_dereference_check(rec->sites, rcu_read_lock_sched_held());
}

/* Made by whoever asks first: filled in before anybody sees it. */
static struct cws_latency *latency_of_record(const struct cws_record *rec)
{
	struct cws_sites *sites = sites_of(rec);

	/* Pairs with the cmpxchg() of whoever made it. */
	return sites ? smp_load_acquire(&sites->latency) : NULL;
}

/**
 * cws_latency_count() - a copy is being mapped
 * @rec: of the owner
 * @start_ns: its attempt began; older than the request when nobody counted then
 * @cause: what it counts as
 *
 * Context: probe, preemption disabled, which keeps the record and what hangs on it.
 */
void cws_latency_count(const struct cws_record *rec, u64 start_ns, enum cws_cause cause)
{
	struct cws_latency *latency = latency_of_record(rec);
	struct cws_latency_counts *counts;
	u64 ns;

	if (!latency || !latency_of[cause])
		return;
	/* The clock may step back by the little that two CPUs differ. */
	ns = max_t(s64, ktime_get_boot_fast_ns() - start_ns, 0);
	counts = &latency->counts;
	raw_spin_lock(&latency->lock);
	if (counts->on && start_ns >= counts->since_ns) {
		counts->nr[bucket_of(ns)][latency_of[cause] - 1]++;
		counts->sum_ns += ns;
		counts->max_ns = max(counts->max_ns, ns);
	}
	raw_spin_unlock(&latency->lock);
}

/* Whether it counted. */
static bool latency_set(struct cws_latency *latency, bool on)
{
	struct cws_latency_counts *counts = &latency->counts;
	bool was_on;

	preempt_disable();
	raw_spin_lock(&latency->lock);
	was_on = counts->on;
	if (on) {
		memset(counts, 0, sizeof(*counts));
		counts->since_ns = ktime_get_boot_fast_ns();
	}
	counts->on = on;
	raw_spin_unlock(&latency->lock);
	preempt_enable();
	return was_on;
}

static void latency_start(struct cws_latency *latency)
{
	atomic_inc(&cws_latency_users);
	/* Whoever begins an attempt after since_ns sees that its time is wanted. */
	smp_mb__after_atomic();
	if (latency_set(latency, true))
		atomic_dec(&cws_latency_users);
}

/* What was counted stays. */
static void latency_stop(struct cws_latency *latency)
{
	if (latency && latency_set(latency, false))
		atomic_dec(&cws_latency_users);
}

/**
 * cws_latency_end() - the address space has ended: nothing counts any more
 * @rec: its end is set
 *
 * Context: probe, preemption disabled.
 */
void cws_latency_end(const struct cws_record *rec)
{
	/* Pairs with the one in cws_latency_switch(). */
	smp_mb();
	latency_stop(latency_of_record(rec));
}

/**
 * cws_latency_switch() - begin to count anew, or stop
 * @rec: referenced by the caller
 * @on: which
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -ENOENT it has ended, or has no table of sites.
 */
int cws_latency_switch(const struct cws_record *rec, bool on)
{
	struct cws_latency *latency, *spare = kzalloc(sizeof(*spare), GFP_KERNEL);
	struct cws_sites *sites;
	int err = -ENOENT;

	if (!spare)
		return -ENOMEM;
	raw_spin_lock_init(&spare->lock);
	rcu_read_lock();
	sites = sites_of(rec);
	if (sites && cws_record_end(rec) == CWS_END_NONE) {
		latency = cmpxchg(&sites->latency, NULL, spare);
		if (!latency) {
			swap(latency, spare);
			atomic_inc(&tables);
		}
		if (on)
			latency_start(latency);
		else
			latency_stop(latency);
		/* Pairs with the one in cws_latency_end(). */
		smp_mb();
		err = cws_record_end(rec) == CWS_END_NONE ? 0 : -ENOENT;
		if (err)
			latency_stop(latency);
	}
	rcu_read_unlock();
	kfree(spare);
	return err;
}

/**
 * cws_latency_read() - what a histogram holds
 * @rec: referenced by the caller
 * @counts: filled in
 *
 * Context: process context.
 * Return: false there is none.
 */
bool cws_latency_read(const struct cws_record *rec, struct cws_latency_counts *counts)
{
	struct cws_latency *latency;

	rcu_read_lock();
	latency = latency_of_record(rec);
	if (latency) {
		preempt_disable();
		raw_spin_lock(&latency->lock);
		*counts = latency->counts;
		raw_spin_unlock(&latency->lock);
		preempt_enable();
	}
	rcu_read_unlock();
	return latency;
}

/**
 * cws_latency_free() - free it
 * @latency: nobody looks at it any more; or NULL
 *
 * Context: any but hard interrupts.
 */
void cws_latency_free(struct cws_latency *latency)
{
	latency_stop(latency);
	if (latency)
		atomic_dec(&tables);
	kfree(latency);
}

/**
 * cws_latency_bytes() - memory of all histograms
 *
 * Return: bytes.
 */
size_t cws_latency_bytes(void)
{
	return atomic_read(&tables) * sizeof(struct cws_latency);
}
