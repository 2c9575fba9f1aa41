// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which code counted, while a process is watched.
 *
 * A table is made when its address space is watched and counts what the matrix
 * counts, so that its rows and what was there before add up to the matrix. It is
 * bounded: an entry that finds no room takes that of the smallest of its set, whose
 * counts go to "other". It ends with its record.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "latency.h"
#include "pool.h"
#include "record.h"
#include "sites.h"

/* Tables kept ready while something is watched: a burst of forks. */
#define CWS_SITES_READY	32

static struct cws_pool sites_pool;
/* Which record has a table, and for how many it is watched; a leaf but for pools'. */
static DEFINE_RAW_SPINLOCK(sites_lock);
static atomic64_t sites_dropped, sites_other;

static unsigned int site_set(const struct cws_site *site)
{
	u64 rest = (u32)site->syscall << 16 | site->by << 8 | site->cause;

	return hash_64(site->address ^ rest << 40 ^ rest, CWS_SITE_SET_BITS);
}

static bool same_site(const struct cws_site *a, const struct cws_site *b)
{
	return a->address == b->address && a->syscall == b->syscall && a->by == b->by &&
	       a->cause == b->cause && a->compat == b->compat;
}

static void count_locked(struct cws_sites *sites, const struct cws_site *site)
{
	struct cws_site *set = &sites->site[site_set(site) * CWS_SITE_WAYS];
	struct cws_site *least = set;
	int i;

	lockdep_assert_held(&sites->lock);
	for (i = 0; i < CWS_SITE_WAYS; i++) {
		if (set[i].count && same_site(&set[i], site)) {
			set[i].count++;
			return;
		}
		if (set[i].count < least->count)
			least = &set[i];
	}
	if (least->count) {
		sites->other.cause[least->cause] += least->count;
		atomic64_add(least->count, &sites_other);
	}
	*least = *site;
	least->count = 1;
}

/* Matrix and table under one lock: whoever holds it sees both or neither. */
static void count_both(struct cws_record *rec, const struct cws_site *site,
		       enum cws_region region)
{
	struct cws_sites *sites = rcu_dereference_sched(rec->sites);

	if (!sites) {
		cws_matrix_add(&rec->matrix, region, site->cause);
		return;
	}
	raw_spin_lock(&sites->lock);
	cws_matrix_add(&rec->matrix, region, site->cause);
	count_locked(sites, site);
	raw_spin_unlock(&sites->lock);
}

/**
 * cws_sites_count() - count one, and who did it
 * @rec: of the owner, watched
 * @addr: where
 * @region: where
 * @cause: what
 *
 * Context: probe of a fault of current, preemption disabled.
 */
void cws_sites_count(struct cws_record *rec, unsigned long addr, enum cws_region region,
		     enum cws_cause cause)
{
	struct cws_site site = { .syscall = -1, .cause = cause };

	cws_site_look(rec->mm, addr, &site);
	count_both(rec, &site, region);
}

/**
 * cws_sites_count_late() - count one of which is not known any more who did it
 * @rec: of the owner, watched
 * @region: where
 * @cause: what
 *
 * Context: preemption disabled, the lock of the record's shard held.
 */
void cws_sites_count_late(struct cws_record *rec, enum cws_region region,
			  enum cws_cause cause)
{
	struct cws_site site = { .syscall = -1, .cause = cause, .by = CWS_SITE_LATE };

	count_both(rec, &site, region);
}

static void before_locked(struct cws_sites *sites, const struct cws_matrix *matrix)
{
	int i;

	lockdep_assert_held(&sites->lock);
	memset(&sites->before, 0, sizeof(sites->before));
	cws_matrix_sum(matrix, &sites->before);
	for (i = 0; i < CWS_NR_CAUSES; i++)
		sites->before.cause[i] -= sites->other.cause[i];
	for (i = 0; i < CWS_SITES_MAX; i++)
		sites->before.cause[sites->site[i].cause] -= sites->site[i].count;
}

static struct cws_sites *sites_make(const struct cws_record *rec)
{
	struct cws_sites *sites = cws_pool_take(&sites_pool);

	if (!sites) {
		atomic64_inc(&sites_dropped);
		return NULL;
	}
	memset(sites, 0, sizeof(*sites));
	raw_spin_lock_init(&sites->lock);
	sites->names_used = 1;
	cws_matrix_sum(&rec->matrix, &sites->before);
	return sites;
}

/**
 * cws_sites_watch() - a process in this address space is watched from now on
 * @rec: its record
 *
 * Context: any, preemption disabled in probes. What other tasks count at this very
 * moment is in the table for certain after cws_sites_settle().
 */
void cws_sites_watch(struct cws_record *rec)
{
	raw_spin_lock(&sites_lock);
	rec->watchers++;
	if (!rcu_access_pointer(rec->sites))
		rcu_assign_pointer(rec->sites, sites_make(rec));
	raw_spin_unlock(&sites_lock);
}

static void sites_free_rcu(struct rcu_head *rcu)
{
	cws_sites_free(container_of(rcu, struct cws_sites, rcu));
}

/**
 * cws_sites_unwatch() - it is watched no more
 * @rec: its record
 * @keep: the process has ended, and what it did can be read as long as its record
 *
 * Context: any.
 */
void cws_sites_unwatch(struct cws_record *rec, bool keep)
{
	struct cws_sites *sites = NULL;

	raw_spin_lock(&sites_lock);
	if (!--rec->watchers && !keep && cws_record_end(rec) == CWS_END_NONE) {
		sites = rcu_dereference_protected(rec->sites, lockdep_is_held(&sites_lock));
		RCU_INIT_POINTER(rec->sites, NULL);
	}
	raw_spin_unlock(&sites_lock);
	if (sites)
		call_rcu(&sites->rcu, sites_free_rcu);
}

/**
 * cws_sites_settle() - from here on the table counts what the matrix counts
 * @rec: has been watched, referenced by the caller
 *
 * Context: may sleep.
 */
void cws_sites_settle(struct cws_record *rec)
{
	struct cws_sites *sites;

	/* Whoever counts without having seen the table is done after this. */
	synchronize_rcu();
	rcu_read_lock();
	sites = rcu_dereference(rec->sites);
	if (sites) {
		preempt_disable();
		raw_spin_lock(&sites->lock);
		if (!sites->settled)
			before_locked(sites, &rec->matrix);
		sites->settled = true;
		raw_spin_unlock(&sites->lock);
		preempt_enable();
	}
	rcu_read_unlock();
}

/**
 * cws_sites_free() - give a table back
 * @sites: nobody looks at it any more; or NULL
 *
 * Context: any but hard interrupts.
 */
void cws_sites_free(struct cws_sites *sites)
{
	if (!sites)
		return;
	cws_latency_free(sites->latency);
	cws_pool_give(&sites_pool, sites);
}

static const struct cws_site_mapping *mapping_find(const struct cws_sites *sites, u64 address)
{
	const struct cws_site_mapping *mapping = sites->mapping;

	for (; mapping < sites->mapping + sites->nr_mappings; mapping++)
		if (address >= mapping->start && address < mapping->end)
			return mapping;
	return NULL;
}

/* A name that finds no room is not known. */
static u16 keep_name(struct cws_sites *sites, struct vm_area_struct *vma)
{
	char *room = sites->names + sites->names_used;
	const char *name = cws_mapping_name(vma, room, sizeof(sites->names) - sites->names_used);
	size_t size = name ? strlen(name) + 1 : 0;
	u16 at = sites->names_used;

	if (!name || at + size > sizeof(sites->names))
		return 0;
	memmove(room, name, size);
	sites->names_used += size;
	return at;
}

static void keep_mapping(struct cws_sites *sites, struct vm_area_struct *vma)
{
	sites->name_at[sites->nr_mappings] = keep_name(sites, vma);
	sites->mapping[sites->nr_mappings++] = (struct cws_site_mapping){
		.start = vma->vm_start,
		.end = vma->vm_end,
		.offset = vma->vm_file ? (u64)vma->vm_pgoff << PAGE_SHIFT : 0,
		.file = cws_mapping_file(vma),
	};
}

/**
 * cws_sites_end() - take down where the instructions are, before it is gone
 * @rec: of the address space
 * @mm: it; nobody uses it any more, its mappings are still there
 *
 * Nothing counts any more, and readers wait for the record's end: no lock is needed.
 *
 * Context: probe of exit_mmap, preemption disabled. Bounded by the table: as many
 * look-ups as entries, as many names as there is room for.
 */
void cws_sites_end(struct cws_record *rec, struct mm_struct *mm)
{
	struct cws_sites *sites = rcu_dereference_sched(rec->sites);
	struct vm_area_struct *vma;
	u64 address;
	int i;

	if (!sites)
		return;
	for (i = 0; i < CWS_SITES_MAX && sites->nr_mappings < CWS_SITE_MAPPINGS; i++) {
		address = sites->site[i].address;
		if (!address || mapping_find(sites, address))
			continue;
		vma = vma_lookup(mm, address);
		if (vma)
			keep_mapping(sites, vma);
	}
}

/**
 * cws_sites_past() - where an address was when its address space ended
 * @rec: has ended
 * @address: of a site
 * @place: filled in
 *
 * Return: false not known.
 */
bool cws_sites_past(const struct cws_record *rec, u64 address, struct cws_site_place *place)
{
	const struct cws_site_mapping *mapping = NULL;
	const struct cws_sites *sites;

	rcu_read_lock();
	sites = rcu_dereference(rec->sites);
	if (sites)
		mapping = mapping_find(sites, address);
	if (mapping) {
		place->offset = address - mapping->start + mapping->offset;
		place->file = mapping->file;
		strscpy(place->name, sites->names + sites->name_at[mapping - sites->mapping],
			sizeof(place->name));
	}
	rcu_read_unlock();
	return mapping;
}

/**
 * cws_sites_read() - the counts of a table
 * @rec: referenced
 * @copy: filled in
 *
 * Context: process context.
 * Return: false it has none.
 */
bool cws_sites_read(const struct cws_record *rec, struct cws_sites_copy *copy)
{
	struct cws_sites *sites;

	rcu_read_lock();
	sites = rcu_dereference(rec->sites);
	if (sites) {
		preempt_disable();
		raw_spin_lock(&sites->lock);
		copy->before = sites->before;
		copy->other = sites->other;
		memcpy(copy->site, sites->site, sizeof(copy->site));
		raw_spin_unlock(&sites->lock);
		preempt_enable();
	}
	rcu_read_unlock();
	return sites;
}

/**
 * cws_sites_ready() - something is to be watched: have tables
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int cws_sites_ready(void)
{
	return cws_pool_keep(&sites_pool, CWS_SITES_READY);
}

/**
 * cws_sites_idle() - nothing is watched: give the memory back
 *
 * Context: may sleep.
 */
void cws_sites_idle(void)
{
	cws_pool_keep(&sites_pool, 0);
}

/**
 * cws_sites_stats() - numbers for status
 * @stats: filled in
 */
void cws_sites_stats(struct cws_sites_stats *stats)
{
	stats->sites_dropped = atomic64_read(&sites_dropped);
	stats->sites_other = atomic64_read(&sites_other);
	stats->bytes = cws_pool_bytes(&sites_pool) + cws_latency_bytes();
}

/**
 * cws_sites_init() - make the pool, empty
 *
 * Return: 0 or -ENOMEM.
 */
int cws_sites_init(void)
{
	return cws_pool_init(&sites_pool, "cowscope_sites", sizeof(struct cws_sites), 0);
}

/**
 * cws_sites_exit() - free the pool
 *
 * Context: all tables are given back.
 */
void cws_sites_exit(void)
{
	cws_pool_exit(&sites_pool);
}
