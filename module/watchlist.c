// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of the watched: a fixed array and the steps its entries go through.
 *
 * An entry goes FREE -> PENDING (a directory has to be made) -> ACTIVE -> DYING
 * (it has to be removed) -> FREE. Commands and hooks move it forward, the work
 * item of watch.c carries out what PENDING and DYING ask for. The array has room
 * for as many DYING entries as for living ones.
 */
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include "record.h"
#include "watchlist.h"

enum watch_state {
	WATCH_FREE,
	WATCH_PENDING,
	WATCH_ACTIVE,
	WATCH_DYING,
};

/* Protects the list and its numbers; a leaf, taken from probes. */
static DEFINE_RAW_SPINLOCK(watch_lock);
static struct cws_watch *watches;
static unsigned int watches_max, nr_watched;
static u64 last_order, watched_dropped;

static bool watch_alive(const struct cws_watch *watch)
{
	return watch->state == WATCH_PENDING || watch->state == WATCH_ACTIVE;
}

/**
 * cws_watch_ended() - has a watched process ended
 * @pid: its thread group
 *
 * Its address space does not tell: exec leaves one without ending.
 *
 * Context: any.
 * Return: true when all its threads exit or have exited.
 */
bool cws_watch_ended(struct pid *pid)
{
	struct task_struct *process;
	bool ended;

	rcu_read_lock();
	process = pid_task(pid, PIDTYPE_TGID);
	ended = !process || !atomic_read(&process->signal->live);
	rcu_read_unlock();
	return ended;
}

static struct cws_watch *watch_find_locked(const struct pid *pid)
{
	unsigned int i;

	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]) && watches[i].pid == pid)
			return &watches[i];
	return NULL;
}

static void watch_kill_locked(struct cws_watch *watch)
{
	watch->state = WATCH_DYING;
	nr_watched--;
}

/* At the cap the one that ended and was watched longest goes. */
static bool watch_make_room_locked(void)
{
	struct cws_watch *oldest = NULL;
	unsigned int i;

	if (nr_watched < watches_max)
		return true;
	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]) && cws_watch_ended(watches[i].pid) &&
		    (!oldest || watches[i].order < oldest->order))
			oldest = &watches[i];
	if (oldest)
		watch_kill_locked(oldest);
	return oldest;
}

static struct cws_watch *watch_free_locked(pid_t nr)
{
	struct cws_watch *unused = NULL;
	unsigned int i;

	for (i = 0; i < 2 * watches_max; i++) {
		if (watches[i].state == WATCH_FREE)
			unused = unused ?: &watches[i];
		else if (watch_alive(&watches[i]) && watches[i].nr == nr)
			watch_kill_locked(&watches[i]);	/* a dead one's PID is in use again */
	}
	return unused;
}

static int watch_enter_locked(struct pid *pid, struct cws_record *rec, bool follow)
{
	struct cws_watch *watch = watch_free_locked(pid_nr(pid));

	if (!watch || !watch_make_room_locked())
		return -ENOSPC;
	watch->state = WATCH_PENDING;
	watch->follow = follow;
	watch->nr = pid_nr(pid);
	watch->pid = pid;
	watch->rec = rec;
	watch->order = ++last_order;
	nr_watched++;
	return 0;
}

/**
 * cws_watchlist_enter() - watch a process
 * @pid: its thread group; on success the caller's reference passes to the list
 * @rec: its address space; the same
 * @follow: its children too
 *
 * Context: any.
 * Return: 0, -EEXIST watched already, -ENOSPC all entries are in use by the living.
 */
int cws_watchlist_enter(struct pid *pid, struct cws_record *rec, bool follow)
{
	int err = -EEXIST;

	raw_spin_lock(&watch_lock);
	if (!watch_find_locked(pid))
		err = watch_enter_locked(pid, rec, follow);
	raw_spin_unlock(&watch_lock);
	return err;
}

/**
 * cws_watchlist_inherit() - watch a child whose parent is watched with its children
 * @parent: thread group
 * @pid: the child's; on success the caller's reference passes to the list
 * @rec: its address space; the same
 *
 * Context: probes.
 * Return: 0, -ENOENT the parent is not watched that way, -ENOSPC counted as dropped.
 */
int cws_watchlist_inherit(const struct pid *parent, struct pid *pid,
			  struct cws_record *rec)
{
	struct cws_watch *watch;
	int err = -ENOENT;

	raw_spin_lock(&watch_lock);
	watch = watch_find_locked(parent);
	if (watch && watch->follow) {
		err = watch_enter_locked(pid, rec, true);
		if (err)
			watched_dropped++;
	}
	raw_spin_unlock(&watch_lock);
	return err;
}

/**
 * cws_watchlist_replace() - a watched process has another address space now
 * @pid: its thread group
 * @rec: the new one; the caller's reference passes to the list
 *
 * Context: probes.
 * Return: what has to be put: the old one, or @rec when it is not watched.
 */
struct cws_record *cws_watchlist_replace(const struct pid *pid, struct cws_record *rec)
{
	struct cws_watch *watch;

	raw_spin_lock(&watch_lock);
	watch = watch_find_locked(pid);
	if (watch)
		swap(watch->rec, rec);
	raw_spin_unlock(&watch_lock);
	return rec;
}

/**
 * cws_watchlist_remove() - stop watching
 * @nr: one process, by its number in @ns, dead or alive; 0 all of them
 * @ns: a PID namespace
 *
 * Return: whether there was anything to stop.
 */
bool cws_watchlist_remove(pid_t nr, struct pid_namespace *ns)
{
	bool found = false;
	unsigned int i;

	raw_spin_lock(&watch_lock);
	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]) &&
		    (!nr || pid_nr_ns(watches[i].pid, ns) == nr)) {
			watch_kill_locked(&watches[i]);
			found = true;
		}
	raw_spin_unlock(&watch_lock);
	return found;
}

/**
 * cws_watchlist_job() - what the work item has to do next
 * @may_make: there is a place to make directories in
 * @make: set when one has to be made, else one has to be removed
 *
 * Removals first: a new directory may have the name of one that has to go. A
 * child that ended before its directory was made gets none.
 *
 * Return: the entry, NULL when there is nothing to do.
 */
struct cws_watch *cws_watchlist_job(bool may_make, bool *make)
{
	struct cws_watch *job = NULL;
	unsigned int i;

	raw_spin_lock(&watch_lock);
	*make = false;
	for (i = 0; i < 2 * watches_max; i++)
		if (watches[i].state == WATCH_PENDING && cws_watch_ended(watches[i].pid))
			watch_kill_locked(&watches[i]);
	for (i = 0; i < 2 * watches_max && !job; i++)
		if (watches[i].state == WATCH_DYING)
			job = &watches[i];
	for (i = 0; i < 2 * watches_max && may_make && !job; i++)
		if (watches[i].state == WATCH_PENDING) {
			job = &watches[i];
			*make = true;
		}
	raw_spin_unlock(&watch_lock);
	return job;
}

/**
 * cws_watchlist_made() - its directory is there, or could not be made
 * @watch: from cws_watchlist_job(); without a directory it is dropped and counted
 */
void cws_watchlist_made(struct cws_watch *watch)
{
	raw_spin_lock(&watch_lock);
	if (watch->state == WATCH_PENDING && watch->dir) {
		watch->state = WATCH_ACTIVE;
	} else if (watch->state == WATCH_PENDING) {
		watch_kill_locked(watch);
		watched_dropped++;
	}
	raw_spin_unlock(&watch_lock);
}

/**
 * cws_watchlist_removed() - its directory is gone, so is everybody who looked at it
 * @watch: from cws_watchlist_job()
 */
void cws_watchlist_removed(struct cws_watch *watch)
{
	struct cws_record *rec = watch->rec;
	struct pid *pid = watch->pid;

	cws_sites_unwatch(rec, cws_watch_ended(pid));
	raw_spin_lock(&watch_lock);
	watch->state = WATCH_FREE;
	watch->rec = NULL;
	watch->pid = NULL;
	raw_spin_unlock(&watch_lock);
	put_pid(pid);
	cws_record_put(rec);
}

/**
 * cws_watchlist_next() - go through the list in the order of watching
 * @order: where it was left, 0 to begin; moved on
 * @entry: a copy, with references of its own to pid and record
 *
 * Return: false at the end.
 */
bool cws_watchlist_next(u64 *order, struct cws_watch_entry *entry)
{
	struct cws_watch *next = NULL;
	unsigned int i;

	raw_spin_lock(&watch_lock);
	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]) && watches[i].order > *order &&
		    (!next || watches[i].order < next->order))
			next = &watches[i];
	if (next && !cws_record_get(next->rec))
		next = NULL;
	if (next) {
		*order = next->order;
		entry->nr = next->nr;
		entry->follow = next->follow;
		entry->order = next->order;
		entry->pid = get_pid(next->pid);
		entry->rec = next->rec;
	}
	raw_spin_unlock(&watch_lock);
	return next;
}

/**
 * cws_watchlist_record() - what a watched process's files show
 * @watch: whose directory the file is in
 * @pid: its thread group, referenced; NULL with the record
 *
 * Context: inside an operation on that file, which the removal waits for.
 * Return: the record, referenced; NULL while the entry is on its way out.
 */
struct cws_record *cws_watchlist_record(struct cws_watch *watch, struct pid **pid)
{
	struct cws_record *rec;

	raw_spin_lock(&watch_lock);
	rec = watch->rec;
	if (rec && !cws_record_get(rec))
		rec = NULL;
	*pid = rec ? get_pid(watch->pid) : NULL;
	raw_spin_unlock(&watch_lock);
	return rec;
}

/**
 * cws_watchlist_has() - is a process watched
 * @pid: its thread group
 * @children: and its future children too
 *
 * Return: whether it is.
 */
bool cws_watchlist_has(const struct pid *pid, bool children)
{
	const struct cws_watch *watch;
	bool has;

	raw_spin_lock(&watch_lock);
	watch = watch_find_locked(pid);
	has = watch && (watch->follow || !children);
	raw_spin_unlock(&watch_lock);
	return has;
}

/**
 * cws_watchlist_watched() - how many are watched
 *
 * Context: any; racy, for those who have nothing to do when it is none.
 * Return: the number.
 */
unsigned int cws_watchlist_watched(void)
{
	return READ_ONCE(nr_watched);
}

/**
 * cws_watchlist_stats() - numbers for status
 * @stats: filled in
 */
void cws_watchlist_stats(struct cws_watch_stats *stats)
{
	raw_spin_lock(&watch_lock);
	stats->watched = nr_watched;
	stats->watched_dropped = watched_dropped;
	raw_spin_unlock(&watch_lock);
	stats->watched_max = watches_max;
	stats->bytes = 2 * watches_max * sizeof(*watches);
}

/**
 * cws_watchlist_init() - make the list
 * @max: processes watched at once
 *
 * Return: 0 or -ENOMEM.
 */
int cws_watchlist_init(unsigned int max)
{
	watches_max = max;
	watches = kvcalloc(2 * max, sizeof(*watches), GFP_KERNEL);
	return watches ? 0 : -ENOMEM;
}

/**
 * cws_watchlist_exit() - free it
 *
 * Context: nothing is watched, no hook is attached.
 */
void cws_watchlist_exit(void)
{
	kvfree(watches);
}
