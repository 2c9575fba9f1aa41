/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The code that counted: a table of instructions and of the kernel's own reasons for
 * each watched address space.
 */
#ifndef CWS_SITES_H
#define CWS_SITES_H

#include <linux/build_bug.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "counts.h"
#include "mapping_name.h"

struct cws_latency;
struct cws_record;
struct mm_struct;

#define CWS_SITE_ENUM(id, name, help)	CWS_SITE_##id,
enum cws_site_by { COWSCOPE_SITE_WORDS(CWS_SITE_ENUM) CWS_NR_SITE_WORDS };

#define CWS_SITE_SET_BITS	5
#define CWS_SITE_WAYS		8
#define CWS_SITES_MAX		COWSCOPE_SITES_MAX
#define CWS_SITE_MAPPINGS	16
#define CWS_SITE_NAMES		896

/**
 * struct cws_site - what one place counted of one cause
 * @address: of an instruction in user space, 0 none
 * @count: how often; 0 the entry is free
 * @syscall: number of the system call, -1 none
 * @by: who, a word of COWSCOPE_SITE_WORDS
 * @cause: what
 * @compat: the number is one of the 32-bit calls
 */
struct cws_site {
	u64 address;
	u64 count;
	s32 syscall;
	u8 by;
	u8 cause;
	bool compat;
};

/* A mapping as it was at the end. */
struct cws_site_mapping {
	u64 start, end, offset;
	struct cws_file_id file;
};

/**
 * struct cws_sites - the table of one address space
 * @lock: protects the counts and @settled; a leaf, taken from probes
 * @rcu: frees after the last reader
 * @settled: @before is exact
 * @latency: how long copies took, NULL nobody asked; set once, by cmpxchg
 * @before: counted before the table was there
 * @other: counted by entries that had to make room
 * @site: sets of CWS_SITE_WAYS entries, chosen by the hash of all but the count
 * @nr_mappings: taken down at the end, before the record says that it ended
 * @names_used: bytes
 * @name_at: the place of each mapping's name in @names, 0 none
 * @mapping: where the instructions were
 * @names: of the mappings, after an empty one
 */
struct cws_sites {
	raw_spinlock_t lock;
	struct rcu_head rcu;
	bool settled;
	struct cws_latency *latency;
	struct cws_sums before;
	struct cws_sums other;
	struct cws_site site[CWS_SITES_MAX];
	u16 nr_mappings;
	u16 names_used;
	u16 name_at[CWS_SITE_MAPPINGS];
	struct cws_site_mapping mapping[CWS_SITE_MAPPINGS];
	char names[CWS_SITE_NAMES];
};

static_assert(CWS_SITE_WAYS << CWS_SITE_SET_BITS == CWS_SITES_MAX);
/* Two pages; a lock that is checked is larger. */
static_assert(sizeof(struct cws_sites) <= 8192 || IS_ENABLED(CONFIG_DEBUG_SPINLOCK));

/* The counts of a table, all of one moment. */
struct cws_sites_copy {
	struct cws_sums before;
	struct cws_sums other;
	struct cws_site site[CWS_SITES_MAX];
};

/* Where an address was at the end. */
struct cws_site_place {
	u64 offset;
	struct cws_file_id file;
	char name[CWS_SITE_NAMES];
};

struct cws_sites_stats {
	u64 sites_dropped, sites_other;
	size_t bytes;
};

int cws_sites_init(void);
void cws_sites_exit(void);
int cws_sites_ready(void);
void cws_sites_idle(void);

void cws_sites_watch(struct cws_record *rec);
void cws_sites_unwatch(struct cws_record *rec, bool keep);
void cws_sites_settle(struct cws_record *rec);
void cws_sites_end(struct cws_record *rec, struct mm_struct *mm);
void cws_sites_free(struct cws_sites *sites);

void cws_site_look(const struct mm_struct *mm, unsigned long addr, struct cws_site *site);
void cws_sites_count(struct cws_record *rec, unsigned long addr, enum cws_region region,
		     enum cws_cause cause);
void cws_sites_count_late(struct cws_record *rec, enum cws_region region,
			  enum cws_cause cause);

bool cws_sites_read(const struct cws_record *rec, struct cws_sites_copy *copy);
bool cws_sites_past(const struct cws_record *rec, u64 address, struct cws_site_place *place);
void cws_sites_stats(struct cws_sites_stats *stats);

#endif /* CWS_SITES_H */
