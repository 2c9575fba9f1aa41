// SPDX-License-Identifier: GPL-2.0-only
/*
 * The roster of address spaces: one pass over all tasks says who uses which.
 * The mm pointers of tasks are compared with those of records, never followed.
 */
#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sort.h>

#include "birth.h"
#include "cgroups.h"
#include "exited.h"
#include "roster.h"

/* New address spaces that may appear between counting and listing. */
#define ROSTER_SLACK	256

/* One roster is made at a time: it marks the records with what it counted. */
static DEFINE_MUTEX(roster_mutex);
static u32 scan_number;

static struct mm_struct *user_mm(struct task_struct *task)
{
	return task->flags & PF_KTHREAD ? NULL : READ_ONCE(task->mm);
}

/* Its birth found no room for a record, a later event did. */
static void publish_late(struct task_struct *task, struct cws_record *rec)
{
	if (READ_ONCE(task->__state) == TASK_NEW)
		return;		/* the hook of its birth will do it */
	task_lock(task);
	if (task->mm == rec->mm)
		cws_birth_publish(rec, CWS_BORN_EVENT, task, NULL);
	task_unlock(task);
}

static void count_task(struct task_struct *task)
{
	struct mm_struct *mm = user_mm(task);
	struct cws_record *rec = mm ? cws_record_find(mm) : NULL;
	pid_t tgid = task_tgid_nr(task);

	lockdep_assert_held(&roster_mutex);
	if (!rec)
		return;
	if (READ_ONCE(rec->state) == CWS_RECORD_EMBRYO)
		publish_late(task, rec);
	if (rec->scan != scan_number) {
		rec->scan = scan_number;
		rec->tasks = 0;
		rec->lowest = tgid;
	}
	rec->tasks++;
	rec->lowest = min(rec->lowest, tgid);
}

static void count_tasks(void)
{
	struct task_struct *process, *task;

	scan_number++;
	rcu_read_lock();
	for_each_process_thread(process, task)
		count_task(task);
	rcu_read_unlock();
}

/**
 * cws_roster_users() - who uses one address space
 * @rec: its record
 * @users: filled in
 *
 * Context: process context; one pass over all tasks.
 */
void cws_roster_users(const struct cws_record *rec, struct cws_users *users)
{
	struct task_struct *process, *task;

	memset(users, 0, sizeof(*users));
	if (cws_record_end(rec) != CWS_END_NONE)
		return;
	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (user_mm(task) != rec->mm)
			continue;
		if (!users->tasks++ || task_tgid_nr(task) < users->lowest)
			users->lowest = task_tgid_nr(task);
	}
	rcu_read_unlock();
}

static struct mm_struct *grab_mm(struct task_struct *task, const struct cws_record *rec)
{
	struct mm_struct *mm = NULL;

	/* A racy look first; under the lock a task's mm is alive. */
	if (user_mm(task) != rec->mm)
		return NULL;
	task_lock(task);
	if (task->mm == rec->mm && !(task->flags & PF_KTHREAD) &&
	    cws_record_end(rec) == CWS_END_NONE) {
		mm = task->mm;
		mmgrab(mm);
	}
	task_unlock(task);
	return mm;
}

/**
 * cws_roster_mm() - the address space of a record, for reading
 * @rec: referenced by the caller
 *
 * A record that has not ended under task_lock of a user of that pointer is of
 * that user's address space, not of an earlier one at the same place.
 *
 * Context: process context; looks at the creator first, else at all tasks.
 * Return: the mm_struct for mmdrop(), to be made readable step by step; NULL
 * nobody uses it any more.
 */
struct mm_struct *cws_roster_mm(const struct cws_record *rec)
{
	struct task_struct *process, *task;
	struct mm_struct *mm = NULL;

	if (cws_record_end(rec) != CWS_END_NONE)
		return NULL;
	rcu_read_lock();
	process = rec->lineage ? pid_task(rec->lineage->pid, PIDTYPE_TGID) : NULL;
	if (process)
		mm = grab_mm(process, rec);
	if (!mm)
		for_each_process_thread(process, task) {
			mm = grab_mm(task, rec);
			if (mm)
				goto out;
		}
out:
	rcu_read_unlock();
	return mm;
}

struct collect {
	struct cws_roster *roster;
	size_t room;
};

static void collect_one(struct cws_record *rec, void *data)
{
	struct collect *collect = data;
	struct cws_roster_row *row = &collect->roster->row[collect->roster->nr];

	if (collect->roster->nr == collect->room || !cws_birth_published(rec) ||
	    !cws_record_get(rec))
		return;
	row->rec = rec;
	if (rec->scan == scan_number) {
		row->users.tasks = rec->tasks;
		row->users.lowest = rec->lowest;
	}
	collect->roster->nr++;
}

static int compare_rows(const void *a, const void *b)
{
	const struct cws_roster_row *left = a, *right = b;

	if (left->users.lowest != right->users.lowest)
		return left->users.lowest < right->users.lowest ? -1 : 1;
	return left->rec->serial < right->rec->serial ? -1 :
	       left->rec->serial > right->rec->serial;
}

static struct cws_roster *roster_alloc(size_t room)
{
	return kvzalloc(struct_size((struct cws_roster *)NULL, row, room), GFP_KERNEL);
}

/**
 * cws_roster_live() - all live address spaces, by their users' lowest PID
 *
 * Context: process context, may sleep.
 * Return: the roster for cws_roster_free(), or NULL.
 */
struct cws_roster *cws_roster_live(void)
{
	struct cws_record_stats stats;
	struct collect collect;

	cws_record_stats(&stats);
	collect.room = stats.records + ROSTER_SLACK;
	collect.roster = roster_alloc(collect.room);
	if (!collect.roster)
		return NULL;
	mutex_lock(&roster_mutex);
	count_tasks();
	cws_records_each(collect_one, &collect);
	mutex_unlock(&roster_mutex);
	sort(collect.roster->row, collect.roster->nr, sizeof(*collect.roster->row),
	     compare_rows, NULL);
	return collect.roster;
}

/**
 * cws_roster_exited() - the ended address spaces, oldest first
 *
 * Context: process context, may sleep.
 * Return: the roster for cws_roster_free(), or NULL.
 */
struct cws_roster *cws_roster_exited(void)
{
	struct cws_exited_stats stats;
	struct cws_roster *roster;
	unsigned int i;

	cws_exited_stats(&stats);
	roster = roster_alloc(stats.exited);
	if (!roster)
		return NULL;
	for (i = 0; i < stats.exited; i++) {
		struct cws_record *rec = cws_exited_get(stats.exited_dropped + i);

		if (rec)
			roster->row[roster->nr++].rec = rec;
	}
	return roster;
}

/*
 * The process that a record is shown with, found without a loop: its creator as long as
 * that uses it or nobody else does, else the lowest that does. RCU held.
 */
static struct task_struct *user_of(const struct cws_record *rec)
{
	struct task_struct *creator, *lowest = NULL;
	struct mm_struct *mm;

	lockdep_assert_held(&roster_mutex);
	if (!cws_birth_published(rec))
		return NULL;
	creator = rec->lineage ? pid_task(rec->lineage->pid, PIDTYPE_TGID) : NULL;
	if (creator) {
		mm = READ_ONCE(creator->mm);
		/* A first thread that ended has none, while the others go on with it. */
		if (mm == rec->mm || (!mm && atomic_read(&creator->signal->live)))
			return creator;
	}
	if (rec->scan == scan_number)
		lowest = pid_task(find_pid_ns(rec->lowest, &init_pid_ns), PIDTYPE_TGID);
	return lowest ?: creator;
}

static void count_for_cgroup(struct cws_record *rec, void *unused)
{
	struct task_struct *process;
	struct cws_sums sums = {};

	cws_matrix_sum(&rec->matrix, &sums);
	rcu_read_lock();
	process = user_of(rec);
	cws_cgroups_live(process ? task_dfl_cgroup(process) : NULL, &sums);
	rcu_read_unlock();
}

/**
 * cws_roster_cgroups() - all address spaces since load, added up by cgroup
 *
 * Each once: as a live one where its process is now, or where it ended.
 *
 * Context: process context, may sleep.
 * Return: the rows for cws_cgroups_free(), or NULL.
 */
struct cws_cgroup_rows *cws_roster_cgroups(void)
{
	struct cws_cgroup_rows *rows;

	mutex_lock(&roster_mutex);
	count_tasks();
	cws_records_turn(count_for_cgroup, NULL, cws_cgroups_begin());
	rows = cws_cgroups_end();
	mutex_unlock(&roster_mutex);
	return rows;
}

/**
 * cws_roster_free() - drop a roster and its references
 * @roster: or NULL
 */
void cws_roster_free(struct cws_roster *roster)
{
	size_t i;

	for (i = 0; roster && i < roster->nr; i++)
		cws_record_put(roster->row[i].rec);
	kvfree(roster);
}

static void scan_process(struct task_struct *process)
{
	struct cws_record *rec;
	struct task_struct *task;
	bool done = false;

	for_each_thread(process, task) {
		if ((task->flags & PF_KTHREAD) || READ_ONCE(task->__state) == TASK_NEW)
			return;
		/* Holds the mm: exit_mm() clears task->mm under this lock. */
		task_lock(task);
		if (task->mm) {
			rec = cws_record_find_or_create(task->mm);
			if (rec)
				cws_birth_publish(rec, CWS_BORN_LOAD, process, NULL);
			done = true;
		}
		task_unlock(task);
		if (done)
			return;
	}
}

/**
 * cws_roster_scan() - pick up the processes that exist
 *
 * Context: process context at load, with all hooks attached: what is born
 * meanwhile is published by its hook, what ends meanwhile retired by its own.
 * Return: 0 or -ENOMEM.
 */
int cws_roster_scan(void)
{
	struct task_struct *process;
	unsigned int nr = 0;
	int err;

	rcu_read_lock();
	for_each_process(process)
		nr++;
	rcu_read_unlock();
	err = cws_records_reserve(nr);
	if (err)
		return err;
	rcu_read_lock();
	for_each_process(process)
		scan_process(process);
	rcu_read_unlock();
	return 0;
}
