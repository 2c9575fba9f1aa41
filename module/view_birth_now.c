// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: a process compared with the one that made it, and with what it had at
 * birth. The two are read one after the other, each under its own lock.
 */
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "common_files.h"
#include "view_birth.h"

const struct cws_birth_rule cws_birth_rules[CWS_NR_RESOURCES] = {
	[CWS_RESOURCE_ADDRESS_SPACE] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_PAGE_TABLES] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_STACK] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_HEAP] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_DATA] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_TEXT] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_ARGUMENTS] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_ENVIRONMENT] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_MAPPINGS] = { CWS_BY_OBJECT, CWS_OBJECT_MM },
	[CWS_RESOURCE_PPID] = { CWS_BY_OBJECT, CWS_OBJECT_PARENT },
	[CWS_RESOURCE_DESCRIPTORS] = { CWS_BY_OBJECT, CWS_OBJECT_FILES },
	[CWS_RESOURCE_OPEN_FILES] = { CWS_BY_FILES },
	[CWS_RESOURCE_FS] = { CWS_BY_OBJECT, CWS_OBJECT_FS },
	[CWS_RESOURCE_CWD] = { CWS_BY_FS_VALUE, CWS_VALUE_CWD },
	[CWS_RESOURCE_ROOT] = { CWS_BY_FS_VALUE, CWS_VALUE_ROOT },
	[CWS_RESOURCE_UMASK] = { CWS_BY_FS_VALUE, CWS_VALUE_UMASK },
	[CWS_RESOURCE_IO_CONTEXT] = { CWS_BY_OBJECT, CWS_OBJECT_IO },
	[CWS_RESOURCE_SYSVSEM] = { CWS_BY_OBJECT, CWS_OBJECT_SYSVSEM },
	[CWS_RESOURCE_SIGNAL_HANDLERS] = { CWS_BY_OBJECT, CWS_OBJECT_SIGHAND },
	[CWS_RESOURCE_BLOCKED] = { CWS_BY_VALUE, CWS_VALUE_BLOCKED },
	[CWS_RESOURCE_PENDING] = { CWS_BY_VALUE, CWS_VALUE_PENDING },
	[CWS_RESOURCE_POSIX_LOCKS] = { CWS_BY_OBJECT, CWS_OBJECT_FILES },
	[CWS_RESOURCE_OFD_LOCKS] = { CWS_BY_FILES },
	[CWS_RESOURCE_TIMERS] = { CWS_BY_VALUE, CWS_VALUE_TIMERS },
	[CWS_RESOURCE_MNT_NS] = { CWS_BY_NS, CWS_NS_MNT },
	[CWS_RESOURCE_UTS_NS] = { CWS_BY_NS, CWS_NS_UTS },
	[CWS_RESOURCE_IPC_NS] = { CWS_BY_NS, CWS_NS_IPC },
	[CWS_RESOURCE_PID_NS] = { CWS_BY_NS, CWS_NS_PID },
	[CWS_RESOURCE_USER_NS] = { CWS_BY_NS, CWS_NS_USER },
	[CWS_RESOURCE_NET_NS] = { CWS_BY_NS, CWS_NS_NET },
	[CWS_RESOURCE_CGROUP_NS] = { CWS_BY_NS, CWS_NS_CGROUP },
	[CWS_RESOURCE_TIME_NS] = { CWS_BY_NS, CWS_NS_TIME },
	[CWS_RESOURCE_PTRACE] = { CWS_BY_OBJECT, CWS_OBJECT_TRACER },
	[CWS_RESOURCE_CLEAR_TID] = { CWS_BY_VALUE, CWS_VALUE_CLEAR_TID },
	[CWS_RESOURCE_VFORK_WAIT] = { CWS_BY_VALUE, CWS_VALUE_VFORK_WAIT },
};

/* A task of a process that can still be asked; RCU held. */
static struct task_struct *living_task(struct pid *group)
{
	struct task_struct *process = pid_task(group, PIDTYPE_TGID), *task;

	if (process)
		for_each_thread(process, task)
			if (!(task->flags & PF_EXITING))
				return task;
	return NULL;
}

/* Under its lock a task keeps what it has; one that exits has let go of some. */
static bool read_task(struct task_struct *task, struct cws_resources *res)
{
	bool lives;

	task_lock(task);
	lives = !(task->flags & PF_EXITING);
	if (lives)
		cws_resources_read(task, res);
	task_unlock(task);
	return lives;
}

/* Who called clone, its process, or, for a birth not seen, the parent; RCU held. */
static struct task_struct *compared_with(const struct cws_birth *birth, struct task_struct *task)
{
	struct task_struct *caller;

	if (!birth->origin)
		return living_task(task_tgid(rcu_dereference(task->real_parent)));
	caller = pid_task(birth->origin->caller, PIDTYPE_PID);
	if (caller && !(caller->flags & PF_EXITING))
		return caller;
	return living_task(birth->origin->caller_group);
}

/* Its struct alone: who reads must not keep memory alive. */
static struct mm_struct *grab_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->flags & PF_KTHREAD ? NULL : task->mm;
	if (mm)
		mmgrab(mm);
	task_unlock(task);
	return mm;
}

static int read_pages(struct cws_birth *birth, struct task_struct *task,
		      struct task_struct *with)
{
	struct mm_struct *mm = grab_mm(task), *other = grab_mm(with);
	int err = 0;

	if (mm && other) {
		err = cws_birth_look_at_pages(&birth->arguments, mm, other,
					      &birth->now.arguments);
		if (!err)
			err = cws_birth_look_at_pages(&birth->environment, mm, other,
						      &birth->now.environment);
	}
	if (mm)
		mmdrop(mm);
	if (other)
		mmdrop(other);
	return err;
}

/**
 * cws_birth_read() - look at a process and at the one it is compared with
 * @birth: who, and its origin; the rest is filled in
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM or -EINTR.
 */
int cws_birth_read(struct cws_birth *birth)
{
	struct task_struct *task, *with;
	int err = 0;

	rcu_read_lock();
	task = living_task(birth->pid);
	if (task)
		birth->lives = read_task(task, &birth->now);
	with = birth->lives ? compared_with(birth, task) : NULL;
	if (with)
		birth->with_lives = read_task(with, &birth->with);
	if (birth->lives)
		birth->ppid = task_tgid_nr_ns(rcu_dereference(task->real_parent),
					      task_active_pid_ns(current));
	if (task)
		get_task_struct(task);
	if (with)
		get_task_struct(with);
	rcu_read_unlock();
	birth->common_files = CWS_COUNT_UNKNOWN;
	if (birth->lives && birth->with_lives) {
		birth->common_files = cws_common_files(task, with);
		err = read_pages(birth, task, with);
	}
	if (task)
		put_task_struct(task);
	if (with)
		put_task_struct(with);
	return err;
}

/* From the three: now, at birth, and the other's. */
static const char *compare(const struct cws_birth *birth, bool shared, bool changed)
{
	if (birth->with_lives && shared)
		return "shared";
	if (birth->origin && changed)
		return "changed";
	return birth->with_lives ? "own" : "-";
}

/**
 * cws_birth_now() - a word
 * @birth: read
 * @resource: which row
 *
 * Return: shared, own, changed or "-", as the contract has them.
 */
const char *cws_birth_now(const struct cws_birth *birth, enum cws_resource resource)
{
	const struct cws_resources *now = &birth->now, *with = &birth->with;
	const struct cws_resources *born = birth->origin ? &birth->origin->born : now;
	u8 i = cws_birth_rules[resource].which;

	if (!birth->lives)
		return "-";
	if (resource == CWS_RESOURCE_CGROUP)
		return compare(birth, now->value[CWS_VALUE_CGROUP] == with->value[CWS_VALUE_CGROUP],
			       now->value[CWS_VALUE_CGROUP] != born->value[CWS_VALUE_CGROUP]);
	switch (cws_birth_rules[resource].rule) {
	case CWS_BY_OBJECT:
		return compare(birth, now->object[i] && now->object[i] == with->object[i],
			       now->object[i] != born->object[i]);
	case CWS_BY_VALUE:
		return compare(birth, false, now->value[i] != born->value[i]);
	case CWS_BY_FS_VALUE:
		return compare(birth, now->object[CWS_OBJECT_FS] == with->object[CWS_OBJECT_FS],
			       now->value[i] != born->value[i]);
	case CWS_BY_NS:
		return compare(birth, now->ns[i] && now->ns[i] == with->ns[i],
			       now->ns[i] != born->ns[i]);
	case CWS_BY_FILES:
		if (birth->common_files == CWS_COUNT_UNKNOWN)
			return "-";
		return birth->common_files ? "shared" : "own";
	default:
		return "-";
	}
}
