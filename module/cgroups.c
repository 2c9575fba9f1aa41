// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of cgroups. What an address space counted in all its life is booked, when it
 * ends, for the cgroup that its process is in then. A cgroup that was removed gives what
 * was booked for it to its nearest ancestor that is there, apart from the ancestor's own,
 * so that the own counts of a cgroup grow by its own processes alone and never fall.
 *
 * A reading has to have each address space once, as live or as ended, while they end all
 * the time and no lock stops them. So there are two books, and each part of the hash of
 * records says which one its ends go to. The reader changes that in the moment in which
 * it has looked at the living of that part: the first book then holds exactly those that
 * it did not see alive, and what ends from then on is in the second.
 */
#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sort.h>
#include <linux/workqueue.h>

#include "cgroups.h"
#include "pool.h"

#define CGROUP_BUCKET_BITS	8
/* Entries kept ready: cgroups in which something ends for the first time. */
#define CGROUPS_READY		64

/**
 * struct entry - what is booked for one cgroup
 * @node: in its bucket, or in the hands of the one that took it out
 * @cgroup: the key, referenced: as long as the entry is there no other cgroup has that
 *	address. NULL in the two entries that are in no bucket
 * @book: of the ended; under table_lock
 * @live: of the reading that is under way; under table_lock
 * @removed: inherited from removed cgroups below; under table_mutex
 *
 * An entry pins its cgroup's struct, also when the cgroup is removed, but not what its
 * controllers keep. Each reading lets go of the removed ones, and when the table is half
 * full a work item does: at most half of cgroups_max are pinned for nothing.
 */
struct entry {
	struct hlist_node node;
	struct cgroup *cgroup;
	struct cws_cgroup_part book[2];
	struct cws_cgroup_part live;
	struct cws_cgroup_part removed;
};

/* Serialises readings, and the work item with them; the book that is shown goes with it. */
static DEFINE_MUTEX(table_mutex);
static unsigned int shown;
/* Protects the buckets and the entries' counts; below a shard's lock, above the pool's. */
static DEFINE_RAW_SPINLOCK(table_lock);
static struct hlist_head buckets[1 << CGROUP_BUCKET_BITS];
static struct entry unknown, other;
static struct cws_pool entry_pool;
static unsigned int nr_entries, cgroups_max;
static u64 cgroups_dropped;

static void inherit_removed(struct work_struct *work);
static DECLARE_WORK(inherit_work, inherit_removed);

static void part_add(struct cws_cgroup_part *to, const struct cws_cgroup_part *from)
{
	to->spaces += from->spaces;
	cws_sums_add(&to->sums, &from->sums);
}

static void part_add_one(struct cws_cgroup_part *to, const struct cws_sums *sums)
{
	to->spaces++;
	cws_sums_add(&to->sums, sums);
}

static struct entry *entry_create(struct cgroup *cgroup, struct hlist_head *bucket)
{
	struct entry *entry;

	lockdep_assert_held(&table_lock);
	if (nr_entries >= cgroups_max / 2 && !work_pending(&inherit_work))
		queue_work(system_wq, &inherit_work);
	if (nr_entries == cgroups_max)
		return &other;
	entry = cws_pool_take(&entry_pool);
	if (!entry)
		return &other;
	memset(entry, 0, sizeof(*entry));
	if (!css_tryget(&cgroup->self)) {
		cws_pool_give(&entry_pool, entry);
		return &unknown;
	}
	entry->cgroup = cgroup;
	hlist_add_head(&entry->node, bucket);
	nr_entries++;
	return entry;
}

/* The caller keeps @cgroup from being freed. */
static struct entry *entry_of(struct cgroup *cgroup)
{
	struct hlist_head *bucket = &buckets[hash_ptr(cgroup, CGROUP_BUCKET_BITS)];
	struct entry *entry;

	lockdep_assert_held(&table_lock);
	if (!cgroup)
		return &unknown;
	hlist_for_each_entry(entry, bucket, node)
		if (entry->cgroup == cgroup)
			return entry;
	return entry_create(cgroup, bucket);
}

/**
 * cws_cgroups_book() - an address space ended
 * @cgroup: where its process is, referenced by the caller, or NULL
 * @phase: which book its part of the hash uses
 * @matrix: what it counted
 *
 * Context: probe, under the lock that protects @phase.
 */
void cws_cgroups_book(struct cgroup *cgroup, unsigned int phase,
		      const struct cws_matrix *matrix)
{
	struct entry *entry;

	raw_spin_lock(&table_lock);
	entry = entry_of(cgroup);
	entry->book[phase].spaces++;
	cws_matrix_sum(matrix, &entry->book[phase].sums);
	if (entry == &other)
		cgroups_dropped++;
	raw_spin_unlock(&table_lock);
}

static bool is_removed(const struct cgroup *cgroup)
{
	return !(READ_ONCE(cgroup->self.flags) & CSS_ONLINE);
}

static void entries_free(struct hlist_head *list)
{
	struct hlist_node *next;
	struct entry *entry;

	hlist_for_each_entry_safe(entry, next, list, node) {
		cgroup_put(entry->cgroup);
		cws_pool_give(&entry_pool, entry);
	}
}

/* Takes the entries out of all buckets for which @wanted says so. */
static void entries_take(struct hlist_head *list, bool (*wanted)(const struct entry *entry))
{
	struct hlist_node *next;
	struct entry *entry;
	unsigned int b;

	for (b = 0; b < ARRAY_SIZE(buckets); b++) {
		raw_spin_lock(&table_lock);
		hlist_for_each_entry_safe(entry, next, &buckets[b], node)
			if (wanted(entry)) {
				hlist_del(&entry->node);
				hlist_add_head(&entry->node, list);
				nr_entries--;
			}
		raw_spin_unlock(&table_lock);
	}
}

static bool entry_is_removed(const struct entry *entry)
{
	return is_removed(entry->cgroup);
}

/* An ancestor's struct stays as long as one below it is referenced. */
static void bequeath(struct entry *entry)
{
	struct cgroup *heir = entry->cgroup;
	struct entry *to;

	part_add(&entry->removed, &entry->book[0]);
	part_add(&entry->removed, &entry->book[1]);
	while (heir && is_removed(heir))
		heir = cgroup_parent(heir);
	raw_spin_lock(&table_lock);
	to = entry_of(heir);
	part_add(&to->removed, &entry->removed);
	if (to == &other)
		cgroups_dropped += entry->removed.spaces;
	raw_spin_unlock(&table_lock);
}

static void inherit_all(void)
{
	HLIST_HEAD(list);
	struct entry *entry;

	lockdep_assert_held(&table_mutex);
	entries_take(&list, entry_is_removed);
	hlist_for_each_entry(entry, &list, node)
		bequeath(entry);
	entries_free(&list);
}

static void inherit_removed(struct work_struct *work)
{
	mutex_lock(&table_mutex);
	inherit_all();
	mutex_unlock(&table_mutex);
}

static void entries_each(void (*look)(struct entry *entry, void *data), void *data)
{
	struct entry *entry;
	unsigned int b;

	for (b = 0; b < ARRAY_SIZE(buckets); b++) {
		raw_spin_lock(&table_lock);
		hlist_for_each_entry(entry, &buckets[b], node)
			look(entry, data);
		raw_spin_unlock(&table_lock);
	}
	raw_spin_lock(&table_lock);
	look(&unknown, data);
	look(&other, data);
	raw_spin_unlock(&table_lock);
}

/* Nothing is added to the book that is not shown before its phase begins. */
static void entry_begin(struct entry *entry, void *data)
{
	part_add(&entry->book[shown], &entry->book[!shown]);
	memset(&entry->book[!shown], 0, sizeof(entry->book[!shown]));
	memset(&entry->live, 0, sizeof(entry->live));
}

/**
 * cws_cgroups_begin() - begin to read the table
 *
 * The caller looks at all live records, part by part of their hash, calls
 * cws_cgroups_live() for each and changes the part's phase; then cws_cgroups_end().
 *
 * Context: process context.
 * Return: the phase to change to.
 */
unsigned int cws_cgroups_begin(void)
{
	mutex_lock(&table_mutex);
	inherit_all();
	entries_each(entry_begin, NULL);
	return !shown;
}

/**
 * cws_cgroups_live() - an address space is alive
 * @cgroup: where its process is, RCU held, or NULL
 * @sums: what it has counted up to now
 *
 * Context: between begin and end, under the lock of its part of the hash.
 */
void cws_cgroups_live(struct cgroup *cgroup, const struct cws_sums *sums)
{
	raw_spin_lock(&table_lock);
	part_add_one(&entry_of(cgroup)->live, sums);
	raw_spin_unlock(&table_lock);
}

struct copying {
	struct cws_cgroup_rows *rows;
	size_t room;
};

/* One that came since has nothing to show yet: there is room for all that have. */
static void entry_copy(struct entry *entry, void *data)
{
	struct copying *copying = data;
	struct cws_cgroup_row *row = &copying->rows->row[copying->rows->nr];

	if (!entry->live.spaces && !entry->book[shown].spaces && !entry->removed.spaces)
		return;
	if (WARN_ON_ONCE(copying->rows->nr == copying->room))
		return;
	copying->rows->nr++;
	row->cgroup = entry->cgroup;
	if (row->cgroup)
		cgroup_get(row->cgroup);
	row->other = entry == &other;
	row->part[CWS_CGROUP_LIVE] = entry->live;
	row->part[CWS_CGROUP_EXITED] = entry->book[shown];
	row->part[CWS_CGROUP_REMOVED] = entry->removed;
}

static bool entry_is_empty(const struct entry *entry)
{
	return !entry->book[0].spaces && !entry->book[1].spaces && !entry->removed.spaces;
}

/* Numbers of cgroups rise: those above stand before those below them. */
static int compare_rows(const void *a, const void *b)
{
	const struct cws_cgroup_row *left = a, *right = b;
	u64 l = left->cgroup ? cgroup_id(left->cgroup) : U64_MAX;
	u64 r = right->cgroup ? cgroup_id(right->cgroup) : U64_MAX;

	if (l != r)
		return l < r ? -1 : 1;
	return left->other - right->other;
}

/**
 * cws_cgroups_end() - the table as it was read
 *
 * Context: after cws_cgroups_begin(), in the same task.
 * Return: the rows for cws_cgroups_free(), or NULL: no memory.
 */
struct cws_cgroup_rows *cws_cgroups_end(void)
{
	struct copying copying = { .room = READ_ONCE(nr_entries) + 2 };
	HLIST_HEAD(list);

	copying.rows = kvzalloc(struct_size(copying.rows, row, copying.room), GFP_KERNEL);
	if (copying.rows)
		entries_each(entry_copy, &copying);
	/* What only lives there needs no entry until it ends. */
	entries_take(&list, entry_is_empty);
	entries_free(&list);
	shown = !shown;
	mutex_unlock(&table_mutex);
	if (copying.rows)
		sort(copying.rows->row, copying.rows->nr, sizeof(*copying.rows->row),
		     compare_rows, NULL);
	return copying.rows;
}

/**
 * cws_cgroups_free() - drop rows and their references
 * @rows: or NULL
 */
void cws_cgroups_free(struct cws_cgroup_rows *rows)
{
	size_t i;

	for (i = 0; rows && i < rows->nr; i++)
		if (rows->row[i].cgroup)
			cgroup_put(rows->row[i].cgroup);
	kvfree(rows);
}

/**
 * cws_cgroups_stats() - numbers for status
 * @stats: filled in
 */
void cws_cgroups_stats(struct cws_cgroups_stats *stats)
{
	raw_spin_lock(&table_lock);
	stats->cgroups = nr_entries;
	stats->cgroups_dropped = cgroups_dropped;
	raw_spin_unlock(&table_lock);
	stats->cgroups_max = cgroups_max;
	stats->bytes = cws_pool_bytes(&entry_pool);
}

/**
 * cws_cgroups_init() - make the table
 * @max: cgroups it has room for
 *
 * Return: 0 or -ENOMEM.
 */
int cws_cgroups_init(unsigned int max)
{
	cgroups_max = max;
	return cws_pool_init(&entry_pool, "cowscope_cgroup", sizeof(struct entry),
			     min(max, CGROUPS_READY));
}

static bool any_entry(const struct entry *entry)
{
	return true;
}

/**
 * cws_cgroups_exit() - free it
 *
 * Context: no hook is attached, no file is open.
 */
void cws_cgroups_exit(void)
{
	HLIST_HEAD(list);

	cancel_work_sync(&inherit_work);
	entries_take(&list, any_entry);
	entries_free(&list);
	cws_pool_exit(&entry_pool);
}
