/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the copies of a watched address space took: a histogram, on request.
 */
#ifndef CWS_LATENCY_H
#define CWS_LATENCY_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "counts.h"

struct cws_record;

/* Bucket b holds what took from 2^b to 2^(b+1) - 1 ns, the first 0 as well, the last all above. */
#define CWS_LATENCY_BUCKETS	40

#define CWS_LATENCY_ENUM(id, name)	CWS_LATENCY_##id,
enum cws_latency_cause { COWSCOPE_LATENCY_CAUSES(CWS_LATENCY_ENUM) CWS_NR_LATENCY_CAUSES };

/**
 * struct cws_latency_counts - what a histogram holds
 * @on: it counts
 * @since_ns: from when on, CLOCK_BOOTTIME; 0 never
 * @sum_ns: of all copies
 * @max_ns: of the longest
 * @nr: copies by duration and cause
 */
struct cws_latency_counts {
	bool on;
	u64 since_ns;
	u64 sum_ns;
	u64 max_ns;
	u64 nr[CWS_LATENCY_BUCKETS][CWS_NR_LATENCY_CAUSES];
};

/**
 * struct cws_latency - histogram of one address space
 * @lock: protects @counts; a leaf, taken from probes
 * @counts: what it holds
 *
 * Lifetime: made at the first request, belongs to the table of sites, which it is
 * freed with, after RCU readers. It counts until the record's end at most: whoever
 * switches it on looks for the end after that, and whoever ends the record looks for
 * it after that, with a full barrier between both.
 */
struct cws_latency {
	raw_spinlock_t lock;
	struct cws_latency_counts counts;
};

/* Histograms that count; 0 nearly always. */
extern atomic_t cws_latency_users;

static __always_inline bool cws_latency_wanted(void)
{
	return atomic_read(&cws_latency_users);
}

/**
 * cws_latency_begin() - an attempt begins
 * @start_ns: when, filled in only while somebody counts
 *
 * What stands there from an earlier attempt is older than any request after it.
 */
static __always_inline void cws_latency_begin(u64 *start_ns)
{
	if (unlikely(cws_latency_wanted()))
		*start_ns = ktime_get_boot_fast_ns();
}

void cws_latency_count(const struct cws_record *rec, u64 start_ns, enum cws_cause cause);

int cws_latency_switch(const struct cws_record *rec, bool on);
void cws_latency_end(const struct cws_record *rec);
bool cws_latency_read(const struct cws_record *rec, struct cws_latency_counts *counts);
void cws_latency_free(struct cws_latency *latency);
size_t cws_latency_bytes(void);

#endif /* CWS_LATENCY_H */
