// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching: hooks and commands change the list and queue the work; only the work
 * makes and removes directories, holding no lock meanwhile, so whoever waits
 * there for a reader can be waited for by nothing of ours.
 */
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "command.h"
#include "hook.h"
#include "record.h"
#include "watch.h"

/* Without it, entries wait: while the module loads, and where debugfs is off. */
static const struct cws_watch_dirs *watch_dirs;

static void watch_work_fn(struct work_struct *work)
{
	struct cws_watch *watch;
	bool make;

	while ((watch = cws_watchlist_job(watch_dirs, &make))) {
		if (make) {
			watch->dir = watch_dirs->create(watch);
			cws_watchlist_made(watch);
		} else {
			if (watch->dir)
				watch_dirs->remove(watch->dir);
			watch->dir = NULL;
			cws_watchlist_removed(watch);
		}
		cond_resched();
	}
}

static DECLARE_WORK(watch_work, watch_work_fn);

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
	struct pid *pid;
	int err;

	if (!cws_watchlist_watched() || !cws_watchlist_has(task_tgid(parent), true) ||
	    !cws_record_get(rec))
		return;
	pid = get_pid(task_tgid(child));
	cws_sites_watch(rec);
	err = cws_watchlist_inherit(task_tgid(parent), pid, rec);
	if (err) {
		cws_sites_unwatch(rec, false);
		put_pid(pid);
		cws_record_put(rec);
	}
	if (err != -ENOENT)
		queue_work(system_wq, &watch_work);
}

/* A watched process has another address space; the reference to @rec is taken over. */
static void watch_replace(const struct pid *pid, struct cws_record *rec)
{
	struct cws_record *old;

	cws_sites_watch(rec);
	old = cws_watchlist_replace(pid, rec);
	cws_sites_unwatch(old, false);
	cws_record_put(old);
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
	if (cws_watchlist_watched() && cws_watchlist_has(task_tgid(task), false) &&
	    cws_record_get(rec))
		watch_replace(task_tgid(task), rec);
}

/* One at a time, so that the last one to change the list also has the last word. */
static DEFINE_MUTEX(settle_mutex);

static void watch_settle(void)
{
	mutex_lock(&settle_mutex);
	cws_hooks_set_watching(cws_watchlist_watched());
	if (!cws_watchlist_watched())
		cws_sites_idle();
	mutex_unlock(&settle_mutex);
	queue_work(system_wq, &watch_work);
	flush_work(&watch_work);
}

/* Into the list and with a table; both references are taken over on success. */
static int watch_enter(struct pid *pid, struct cws_record *rec, bool follow)
{
	int err;

	mutex_lock(&settle_mutex);
	err = cws_sites_ready();
	if (!err) {
		cws_sites_watch(rec);
		err = cws_watchlist_enter(pid, rec, follow);
		if (err)
			cws_sites_unwatch(rec, false);
	}
	mutex_unlock(&settle_mutex);
	return err;
}

/**
 * cws_watch_add() - watch a process
 * @nr: in the caller's PID namespace
 * @follow: its future children too
 *
 * Context: process context; the directory is there on return.
 * Return: 0, -ENOMEM, what cws_command_process() or cws_watchlist_enter() say.
 */
int cws_watch_add(pid_t nr, bool follow)
{
	struct cws_record *rec;
	struct pid *pid;
	int err;

	err = cws_command_process(nr, &pid, &rec);
	if (err)
		return err;
	get_pid(pid);
	err = watch_enter(pid, rec, follow);
	if (err) {
		put_pid(pid);
		cws_record_put(rec);
	} else if (!cws_command_process(nr, NULL, &rec)) {
		/* It may have gone on to another address space meanwhile. */
		if (cws_record_get(rec)) {
			watch_replace(pid, rec);
			cws_sites_settle(rec);
			cws_record_put(rec);
		}
	}
	put_pid(pid);
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
	bool found = cws_watchlist_remove(nr, task_active_pid_ns(current));

	watch_settle();
	return found ? 0 : -ENOENT;
}

/**
 * cws_watch_clear() - stop watching all
 *
 * Context: process context; all directories are gone on return.
 */
void cws_watch_clear(void)
{
	cws_watchlist_remove(0, NULL);
	watch_settle();
}

/**
 * cws_watch_open() - directories can be made from now on
 * @dirs: how
 *
 * What is watched since load gets its directory here.
 *
 * Context: load.
 */
void cws_watch_open(const struct cws_watch_dirs *dirs)
{
	watch_dirs = dirs;
	watch_settle();
}

/**
 * cws_watch_close() - remove all directories, make no more
 *
 * Context: unload; no file is open, so nothing new is watched.
 */
void cws_watch_close(void)
{
	cws_watch_clear();
	watch_dirs = NULL;
}

/**
 * cws_watch_init() - get ready
 * @max: processes watched at once
 *
 * Return: 0 or -ENOMEM.
 */
int cws_watch_init(unsigned int max)
{
	return cws_watchlist_init(max);
}

/**
 * cws_watch_exit() - free the list
 *
 * Context: no hook is attached, no directory is left.
 */
void cws_watch_exit(void)
{
	cws_watch_clear();
	cancel_work_sync(&watch_work);
	cws_watchlist_exit();
}
