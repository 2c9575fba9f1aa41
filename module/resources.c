// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading what a task has. Everything here takes constant time, but for the count
 * of descriptors, which stops at a cap.
 */
#include <linux/bitops.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/hash.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "record.h"
#include "resources.h"

/* Words of the bitmap of open descriptors that are counted: 65,536 descriptors. */
#define DESCRIPTOR_WORDS	(65536 / BITS_PER_LONG)

#define ADDRESS(pointer)	((unsigned long)(pointer))

static u32 count_descriptors(struct files_struct *files)
{
	const struct fdtable *fdt = files_fdtable(files);
	unsigned int words = fdt->max_fds / BITS_PER_LONG, i;
	u32 nr = 0;

	if (words > DESCRIPTOR_WORDS)
		return CWS_COUNT_UNKNOWN;
	for (i = 0; i < words; i++)
		nr += hweight_long(READ_ONCE(fdt->open_fds[i]));
	return nr;
}

static void read_mm(struct mm_struct *mm, struct cws_resources *res)
{
	const struct cws_record *rec = cws_record_find(mm);

	res->object[CWS_OBJECT_MM] = ADDRESS(mm);
	res->mm_serial = rec ? rec->serial : 0;
	res->mappings = READ_ONCE(mm->map_count);
	res->pgtable_bytes = mm_pgtables_bytes(mm);
	res->arguments.start = READ_ONCE(mm->arg_start);
	res->arguments.end = READ_ONCE(mm->arg_end);
	res->environment.start = READ_ONCE(mm->env_start);
	res->environment.end = READ_ONCE(mm->env_end);
}

/* A directory as one number, equal for the same place; every fork reads four. */
static u64 place(const struct path *path)
{
	return ADDRESS(READ_ONCE(path->dentry)) +
	       GOLDEN_RATIO_64 * ADDRESS(READ_ONCE(path->mnt));
}

static void read_fs(const struct fs_struct *fs, struct cws_resources *res)
{
	res->object[CWS_OBJECT_FS] = ADDRESS(fs);
	res->value[CWS_VALUE_CWD] = place(&fs->pwd);
	res->value[CWS_VALUE_ROOT] = place(&fs->root);
	res->value[CWS_VALUE_UMASK] = READ_ONCE(fs->umask);
}

static void read_nsproxy(const struct nsproxy *nsproxy, struct cws_resources *res)
{
	res->ns[CWS_NS_MNT] = cws_ns_of(nsproxy, CWS_NS_MNT);
	res->ns[CWS_NS_UTS] = cws_ns_of(nsproxy, CWS_NS_UTS);
	res->ns[CWS_NS_IPC] = cws_ns_of(nsproxy, CWS_NS_IPC);
	res->ns[CWS_NS_NET] = cws_ns_of(nsproxy, CWS_NS_NET);
	res->ns[CWS_NS_TIME] = cws_ns_of(nsproxy, CWS_NS_TIME);
	res->ns[CWS_NS_CGROUP] = cws_ns_of(nsproxy, CWS_NS_CGROUP);
}

static void read_signals(const struct task_struct *task, struct cws_resources *res)
{
	const struct signal_struct *signal = task->signal;

	res->object[CWS_OBJECT_SIGHAND] = ADDRESS(rcu_access_pointer(task->sighand));
	res->value[CWS_VALUE_BLOCKED] = READ_ONCE(task->blocked.sig[0]);
	res->value[CWS_VALUE_PENDING] = READ_ONCE(task->pending.signal.sig[0]) ||
					READ_ONCE(signal->shared_pending.signal.sig[0]);
	res->value[CWS_VALUE_TIMERS] = cws_compat_has_posix_timers(signal) ||
				       hrtimer_active(&signal->real_timer) ||
				       READ_ONCE(signal->it[0].expires) ||
				       READ_ONCE(signal->it[1].expires);
}

static void read_relatives(const struct task_struct *task, struct cws_resources *res)
{
	struct pid_namespace *pid_ns = task_active_pid_ns((struct task_struct *)task);

	res->object[CWS_OBJECT_PARENT] =
		ADDRESS(task_tgid(rcu_dereference(task->real_parent)));
	if (READ_ONCE(task->ptrace))
		res->object[CWS_OBJECT_TRACER] = ADDRESS(rcu_access_pointer(task->parent));
	res->ns[CWS_NS_PID] = pid_ns ? pid_ns->ns.inum : 0;
	res->ns[CWS_NS_USER] = __task_cred(task)->user_ns->ns.inum;
	res->value[CWS_VALUE_CGROUP] = cgroup_id(task_dfl_cgroup((struct task_struct *)task));
	res->threads = get_nr_threads((struct task_struct *)task);
}

/**
 * cws_resources_read() - what a task has now
 * @task: current, one that does not run yet, or one whose task_lock is held
 * @res: filled in
 *
 * Context: any.
 */
void cws_resources_read(struct task_struct *task, struct cws_resources *res)
{
	memset(res, 0, sizeof(*res));
	rcu_read_lock();
	if (task->mm && !(task->flags & PF_KTHREAD))
		read_mm(task->mm, res);
	res->descriptors = CWS_COUNT_UNKNOWN;
	if (task->files) {
		res->object[CWS_OBJECT_FILES] = ADDRESS(task->files);
		res->descriptors = count_descriptors(task->files);
	}
	if (cws_compat_fs(task))
		read_fs(cws_compat_fs(task), res);
	if (task->nsproxy)
		read_nsproxy(task->nsproxy, res);
	res->object[CWS_OBJECT_IO] = ADDRESS(READ_ONCE(task->io_context));
#ifdef CONFIG_SYSVIPC
	res->object[CWS_OBJECT_SYSVSEM] = ADDRESS(READ_ONCE(task->sysvsem.undo_list));
#endif
	read_signals(task, res);
	read_relatives(task, res);
	res->value[CWS_VALUE_CLEAR_TID] = ADDRESS(READ_ONCE(task->clear_child_tid));
	res->value[CWS_VALUE_CHILD_TID] = ADDRESS(READ_ONCE(task->set_child_tid));
	res->value[CWS_VALUE_VFORK_WAIT] = !!READ_ONCE(task->vfork_done);
	rcu_read_unlock();
}
