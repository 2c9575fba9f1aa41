// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is behind a record: PIDs of the reader's namespace, names, cgroups.
 */
#include <linux/cgroup.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "record.h"
#include "roster.h"
#include "view.h"

/**
 * cws_view_put_name() - a name as one field
 * @m: output
 * @name: any bytes; blanks, backslashes, what is not printable and what is not
 *	ASCII become \xNN
 */
void cws_view_put_name(struct seq_file *m, const char *name)
{
	if (!*name)
		seq_putc(m, '-');
	else
		seq_escape_mem(m, name, strlen(name),
			       ESCAPE_HEX | ESCAPE_NAP | ESCAPE_APPEND, " \\");
}

/**
 * cws_view_put_pid() - a process as the reader's PID namespace numbers it
 * @m: output
 * @pid: or NULL
 */
void cws_view_put_pid(struct seq_file *m, struct pid *pid)
{
	pid_t nr = pid_nr_ns(pid, task_active_pid_ns(current));

	if (nr)
		seq_printf(m, "%d", nr);
	else
		seq_putc(m, '-');
}

/**
 * cws_view_put_inner_pid() - a task as its own PID namespace numbers it
 * @m: output
 * @pid: referenced by the caller, or NULL
 */
void cws_view_put_inner_pid(struct seq_file *m, struct pid *pid)
{
	if (pid)
		seq_printf(m, "%d", pid->numbers[pid->level].nr);
	else
		seq_putc(m, '-');
}

/**
 * cws_view_put_cgroup() - the path in the v2 hierarchy as one field
 * @m: output
 * @cgroup: referenced by the caller, or NULL
 *
 * Context: may sleep.
 */
void cws_view_put_cgroup(struct seq_file *m, struct cgroup *cgroup)
{
	char *path = cgroup ? kmalloc(PATH_MAX, GFP_KERNEL) : NULL;

	if (path && cgroup_path(cgroup, path, PATH_MAX) > 0)
		cws_view_put_name(m, path);
	else
		seq_putc(m, '-');
	kfree(path);
}

/**
 * cws_view_put_inherited() - a number of pages taken at birth
 * @m: output
 * @rec: whose birth
 * @pages: printed if the birth was seen
 */
void cws_view_put_inherited(struct seq_file *m, const struct cws_record *rec, u64 pages)
{
	u8 born = rec->lineage ? rec->lineage->born : CWS_BORN_EVENT;

	if (born == CWS_BORN_FORK || born == CWS_BORN_EXEC)
		seq_put_decimal_ull(m, " ", pages);
	else
		seq_puts(m, " -");
}

/**
 * cws_view_born() - a word
 * @rec: published
 *
 * Return: how its address space came to be, "-" not known.
 */
const char *cws_view_born(const struct cws_record *rec)
{
	static const char *const word[] = {
		[CWS_BORN_EVENT] = "event",
		[CWS_BORN_LOAD] = "load",
		[CWS_BORN_FORK] = "fork",
		[CWS_BORN_EXEC] = "exec",
	};

	return rec->lineage ? word[rec->lineage->born] : "-";
}

/**
 * cws_view_end() - a word
 * @rec: the record
 *
 * Return: how its address space ended, "-" not yet.
 */
const char *cws_view_end(const struct cws_record *rec)
{
	static const char *const word[] = {
		[CWS_END_NONE] = "-",
		[CWS_END_EXIT] = "exit",
		[CWS_END_EXEC] = "exec",
		[CWS_END_FAILED] = "failed",
	};

	return word[cws_record_end(rec)];
}

static bool uses(struct task_struct *process, const struct cws_record *rec)
{
	struct task_struct *task;

	for_each_thread(process, task)
		if (READ_ONCE(task->mm) == rec->mm)
			return true;
	return false;
}

/* The process shown for a live record; RCU held. */
static struct task_struct *shown_process(const struct cws_record *rec, pid_t lowest)
{
	struct task_struct *process;

	process = rec->lineage ? pid_task(rec->lineage->pid, PIDTYPE_TGID) : NULL;
	if (process && uses(process, rec))
		return process;
	return lowest ? pid_task(find_pid_ns(lowest, &init_pid_ns), PIDTYPE_TGID) : NULL;
}

static void who_live(struct cws_record *rec, const struct cws_users *users,
		     struct cws_view_who *who)
{
	struct task_struct *process;

	who->tasks = users->tasks;
	rcu_read_lock();
	process = shown_process(rec, users->lowest);
	if (process) {
		who->pid = get_pid(task_tgid(process));
		who->ppid = get_pid(task_tgid(rcu_dereference(process->real_parent)));
		who->cgroup = task_dfl_cgroup(process);
		if (!css_tryget(&who->cgroup->self))
			who->cgroup = NULL;
		strscpy(who->comm, process->comm, sizeof(who->comm));
	}
	rcu_read_unlock();
}

static void who_exited(struct cws_record *rec, struct cws_view_who *who)
{
	struct cws_lineage *lineage = rec->lineage;

	if (rec->cgroup) {
		cgroup_get(rec->cgroup);
		who->cgroup = rec->cgroup;
	}
	if (!lineage)
		return;
	who->pid = get_pid(lineage->pid);
	who->ppid = get_pid(lineage->ppid);
	strscpy(who->comm, lineage->comm, sizeof(who->comm));
}

/**
 * cws_view_who() - ask the system about a record
 * @rec: published, or in the ring of the exited
 * @users: of its address space
 * @who: filled in; for cws_view_who_put()
 *
 * Context: process context.
 */
void cws_view_who(struct cws_record *rec, const struct cws_users *users,
		  struct cws_view_who *who)
{
	memset(who, 0, sizeof(*who));
	if (cws_record_end(rec) == CWS_END_NONE)
		who_live(rec, users, who);
	else
		who_exited(rec, who);
}

/**
 * cws_view_who_quick() - the same, but for the number of tasks
 * @rec: published, or in the ring of the exited
 * @who: filled in; for cws_view_who_put()
 *
 * Context: process context; looks at the creator first, else at all tasks.
 */
void cws_view_who_quick(struct cws_record *rec, struct cws_view_who *who)
{
	struct cws_users users = {};

	cws_view_who(rec, &users, who);
	if (who->pid || cws_record_end(rec) != CWS_END_NONE)
		return;
	cws_roster_users(rec, &users);
	cws_view_who(rec, &users, who);
}

/**
 * cws_view_who_put() - drop what cws_view_who() took
 * @who: filled in by it
 */
void cws_view_who_put(struct cws_view_who *who)
{
	put_pid(who->pid);
	put_pid(who->ppid);
	if (who->cgroup)
		cgroup_put(who->cgroup);
}
