// SPDX-License-Identifier: GPL-2.0-only
/*
 * The watch list.
 *
 * An entry goes FREE -> PENDING (a directory has to be made) -> ACTIVE -> DYING
 * (it has to be removed) -> FREE. Commands and hooks move it forward under the
 * lock and queue the work; only the work makes and removes directories, holding
 * no lock meanwhile, so a reader of a file there can wait for nothing of ours.
 * The array has room for as many DYING entries as for living ones.
 */
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "command.h"
#include "record.h"
#include "watch.h"

enum watch_state {
	WATCH_FREE,
	WATCH_PENDING,
	WATCH_ACTIVE,
	WATCH_DYING,
};

/* Protects the list and its numbers; nests outside nothing, taken from probes. */
static DEFINE_RAW_SPINLOCK(watch_lock);
static struct cws_watch *watches;
static unsigned int watches_max, nr_watched;
static u64 next_order, watched_dropped;

static const struct cws_watch_dirs *watch_dirs;

static void watch_work_fn(struct work_struct *work);
static DECLARE_WORK(watch_work, watch_work_fn);

static bool watch_alive(const struct cws_watch *watch)
{
	return watch->state == WATCH_PENDING || watch->state == WATCH_ACTIVE;
}

static bool watch_ended(const struct cws_watch *watch)
{
	return READ_ONCE(watch->rec->end) == CWS_END_EXIT;
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
		if (watch_alive(&watches[i]) && watch_ended(&watches[i]) &&
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

/* Takes over the caller's references only on success. */
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
	watch->order = ++next_order;
	nr_watched++;
	return 0;
}

/**
 * cws_watch_forked() - a child is born; watch it when its parent is
 * @parent: current
 * @child: with an address space of its own
 * @rec: its record
 *
 * Context: probe of wake_up_new_task, preemption disabled.
 */
void cws_watch_forked(struct task_struct *parent, struct task_struct *child,
		      struct cws_record *rec)
{
	struct cws_watch *watch;
	struct pid *pid;
	int err = 0;

	if (!READ_ONCE(nr_watched) || !cws_record_get(rec))
		return;
	pid = get_pid(task_tgid(child));
	raw_spin_lock(&watch_lock);
	watch = watch_find_locked(task_tgid(parent));
	if (watch && watch->follow) {
		err = watch_enter_locked(pid, rec, true);
		if (err)
			watched_dropped++;
	} else {
		err = -ENOENT;
	}
	raw_spin_unlock(&watch_lock);
	if (err) {
		put_pid(pid);
		cws_record_put(rec);
	}
	if (err != -ENOENT)
		queue_work(system_wq, &watch_work);
}

/**
 * cws_watch_execed() - a process goes on in a new address space
 * @task: current
 * @rec: the new record
 *
 * Context: probe, preemption disabled.
 */
void cws_watch_execed(struct task_struct *task, struct cws_record *rec)
{
	struct cws_watch *watch;
	struct cws_record *old = NULL;

	if (!READ_ONCE(nr_watched) || !cws_record_get(rec))
		return;
	raw_spin_lock(&watch_lock);
	watch = watch_find_locked(task_tgid(task));
	if (watch) {
		old = watch->rec;
		watch->rec = rec;
	}
	raw_spin_unlock(&watch_lock);
	cws_record_put(watch ? old : rec);
}

/*
 * The next thing to do, removals first: a new directory may have the name of
 * one that has to go. A child that ended before its directory was made gets none.
 */
static struct cws_watch *watch_next_job(bool *make)
{
	struct cws_watch *job = NULL;
	unsigned int i;

	raw_spin_lock(&watch_lock);
	*make = false;
	for (i = 0; i < 2 * watches_max && !*make; i++)
		if (watches[i].state == WATCH_PENDING && watch_ended(&watches[i]))
			watch_kill_locked(&watches[i]);
	for (i = 0; i < 2 * watches_max && !job; i++)
		if (watches[i].state == WATCH_DYING)
			job = &watches[i];
	for (i = 0; i < 2 * watches_max && !job; i++)
		if (watches[i].state == WATCH_PENDING) {
			job = &watches[i];
			*make = true;
		}
	raw_spin_unlock(&watch_lock);
	return job;
}

static void job_remove(struct cws_watch *watch)
{
	struct cws_record *rec = watch->rec;
	struct pid *pid = watch->pid;

	if (watch->dir && watch_dirs)
		watch_dirs->remove(watch->dir);
	watch->dir = NULL;
	raw_spin_lock(&watch_lock);
	watch->state = WATCH_FREE;
	watch->rec = NULL;
	watch->pid = NULL;
	raw_spin_unlock(&watch_lock);
	put_pid(pid);
	cws_record_put(rec);
}

static void job_make(struct cws_watch *watch)
{
	if (watch_dirs)
		watch->dir = watch_dirs->create(watch);
	raw_spin_lock(&watch_lock);
	if (watch->state == WATCH_PENDING)
		watch->state = WATCH_ACTIVE;
	raw_spin_unlock(&watch_lock);
}

static void watch_work_fn(struct work_struct *work)
{
	struct cws_watch *job;
	bool make;

	while ((job = watch_next_job(&make))) {
		if (make)
			job_make(job);
		else
			job_remove(job);
		cond_resched();
	}
}

static void watch_settle(void)
{
	queue_work(system_wq, &watch_work);
	flush_work(&watch_work);
}

/**
 * cws_watch_add() - watch a process
 * @nr: in the caller's PID namespace
 * @follow: its future children too
 *
 * Context: process context; the directory is there on return.
 * Return: 0, what cws_command_process() says, -EEXIST watched already, -ENOSPC
 * the cap is reached.
 */
int cws_watch_add(pid_t nr, bool follow)
{
	struct cws_record *rec;
	struct pid *pid;
	int err;

	err = cws_command_process(nr, &pid, &rec);
	if (err)
		return err;
	raw_spin_lock(&watch_lock);
	if (watch_find_locked(pid))
		err = -EEXIST;
	else
		err = watch_enter_locked(pid, rec, follow);
	raw_spin_unlock(&watch_lock);
	if (err) {
		put_pid(pid);
		cws_record_put(rec);
	}
	watch_settle();
	return err;
}

/**
 * cws_watch_remove() - stop watching a process
 * @nr: in the caller's PID namespace; the process may be gone
 *
 * Context: process context; the directory is gone on return.
 * Return: 0, -ENOENT it is not watched.
 */
int cws_watch_remove(pid_t nr)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	int err = -ENOENT;
	unsigned int i;

	raw_spin_lock(&watch_lock);
	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]) && pid_nr_ns(watches[i].pid, ns) == nr) {
			watch_kill_locked(&watches[i]);
			err = 0;
		}
	raw_spin_unlock(&watch_lock);
	watch_settle();
	return err;
}

/**
 * cws_watch_clear() - stop watching all
 *
 * Context: process context; all directories are gone on return.
 */
void cws_watch_clear(void)
{
	unsigned int i;

	raw_spin_lock(&watch_lock);
	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]))
			watch_kill_locked(&watches[i]);
	raw_spin_unlock(&watch_lock);
	watch_settle();
}

/**
 * cws_watch_next() - go through the list in the order of watching
 * @order: where it was left, 0 to begin; moved on
 * @entry: a copy, with references of its own to pid and record
 *
 * Return: false at the end.
 */
bool cws_watch_next(u64 *order, struct cws_watch_entry *entry)
{
	struct cws_watch *next = NULL;
	unsigned int i;

	raw_spin_lock(&watch_lock);
	for (i = 0; i < 2 * watches_max; i++)
		if (watch_alive(&watches[i]) && watches[i].order > *order &&
		    (!next || watches[i].order < next->order))
			next = &watches[i];
	if (next && cws_record_get(next->rec)) {
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
 * cws_watch_record() - what a watched process's files show
 * @watch: whose directory the file is in
 *
 * Context: inside an operation on that file, which the removal waits for.
 * Return: the record, referenced; NULL while the entry is on its way out.
 */
struct cws_record *cws_watch_record(struct cws_watch *watch)
{
	struct cws_record *rec;

	raw_spin_lock(&watch_lock);
	rec = watch->rec;
	if (rec && !cws_record_get(rec))
		rec = NULL;
	raw_spin_unlock(&watch_lock);
	return rec;
}

/**
 * cws_watch_has() - is a process watched
 * @pid: its thread group
 *
 * Return: whether it is.
 */
bool cws_watch_has(const struct pid *pid)
{
	bool has;

	raw_spin_lock(&watch_lock);
	has = watch_find_locked(pid);
	raw_spin_unlock(&watch_lock);
	return has;
}

/**
 * cws_watch_stats() - numbers for status
 * @stats: filled in
 */
void cws_watch_stats(struct cws_watch_stats *stats)
{
	raw_spin_lock(&watch_lock);
	stats->watched = nr_watched;
	stats->watched_dropped = watched_dropped;
	raw_spin_unlock(&watch_lock);
	stats->watched_max = watches_max;
	stats->bytes = 2 * watches_max * sizeof(*watches);
}

/**
 * cws_watch_open() - directories can be made from now on
 * @dirs: how
 *
 * Context: load, before anything is watched.
 */
void cws_watch_open(const struct cws_watch_dirs *dirs)
{
	watch_dirs = dirs;
}

/**
 * cws_watch_close() - remove all directories, make no more
 *
 * Context: unload, after the hooks are detached.
 */
void cws_watch_close(void)
{
	cws_watch_clear();
	watch_dirs = NULL;
}

/**
 * cws_watch_init() - make the list
 * @max: processes watched at once
 *
 * Return: 0 or -ENOMEM.
 */
int cws_watch_init(unsigned int max)
{
	watches_max = max;
	watches = kvcalloc(2 * max, sizeof(*watches), GFP_KERNEL);
	return watches ? 0 : -ENOMEM;
}

/**
 * cws_watch_exit() - free it
 *
 * Context: nothing is watched, no hook is attached.
 */
void cws_watch_exit(void)
{
	cancel_work_sync(&watch_work);
	kvfree(watches);
}
