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

	res->mm_serial = rec ? rec->serial : 0;
	res->mappings = READ_ONCE(mm->map_count);
	res->pgtable_bytes = mm_pgtables_bytes(mm);
	res->arguments.start = READ_ONCE(mm->arg_start);
	res->arguments.end = READ_ONCE(mm->arg_end);
	res->environment.start = READ_ONCE(mm->env_start);
	res->environment.end = READ_ONCE(mm->env_end);
}

static void no_mm(struct cws_resources *res)
{
	res->mm_serial = 0;
	res->mappings = 0;
	res->pgtable_bytes = 0;
	res->arguments = (struct cws_range){};
	res->environment = (struct cws_range){};
}

/* A directory as one number, equal for the same place; every fork reads four. */
static __always_inline u64 place(const struct path *path)
{
	return ADDRESS(READ_ONCE(path->dentry)) +
	       GOLDEN_RATIO_64 * ADDRESS(READ_ONCE(path->mnt));
}

static __always_inline void read_objects(const struct task_struct *task, unsigned long *object)
{
	object[CWS_OBJECT_MM] = task->flags & PF_KTHREAD ? 0 : ADDRESS(task->mm);
	object[CWS_OBJECT_FILES] = ADDRESS(task->files);
	object[CWS_OBJECT_FS] = ADDRESS(cws_compat_fs(task));
	object[CWS_OBJECT_SIGHAND] = ADDRESS(rcu_access_pointer(task->sighand));
	object[CWS_OBJECT_IO] = ADDRESS(READ_ONCE(task->io_context));
#ifdef CONFIG_SYSVIPC
	object[CWS_OBJECT_SYSVSEM] = ADDRESS(READ_ONCE(task->sysvsem.undo_list));
#else
	object[CWS_OBJECT_SYSVSEM] = 0;
#endif
	object[CWS_OBJECT_PARENT] = ADDRESS(task_tgid(rcu_dereference(task->real_parent)));
	object[CWS_OBJECT_TRACER] = READ_ONCE(task->ptrace) ?
				    ADDRESS(rcu_access_pointer(task->parent)) : 0;
}

static __always_inline void read_values(struct task_struct *task, u64 *value)
{
	const struct fs_struct *fs = cws_compat_fs(task);

	value[CWS_VALUE_CWD] = fs ? place(&fs->pwd) : 0;
	value[CWS_VALUE_ROOT] = fs ? place(&fs->root) : 0;
	value[CWS_VALUE_UMASK] = fs ? READ_ONCE(fs->umask) : 0;
	value[CWS_VALUE_BLOCKED] = READ_ONCE(task->blocked.sig[0]);
	value[CWS_VALUE_CGROUP] = cgroup_id(task_dfl_cgroup(task));
}

static __always_inline void read_namespaces(const struct task_struct *task, u32 *ns)
{
	const struct nsproxy *nsproxy = task->nsproxy;
	const struct pid_namespace *pid_ns = ns_of_pid(task_pid((struct task_struct *)task));

	ns[CWS_NS_MNT] = nsproxy ? cws_ns_of(nsproxy, CWS_NS_MNT) : 0;
	ns[CWS_NS_UTS] = nsproxy ? cws_ns_of(nsproxy, CWS_NS_UTS) : 0;
	ns[CWS_NS_IPC] = nsproxy ? cws_ns_of(nsproxy, CWS_NS_IPC) : 0;
	ns[CWS_NS_NET] = nsproxy ? cws_ns_of(nsproxy, CWS_NS_NET) : 0;
	ns[CWS_NS_TIME] = nsproxy ? cws_ns_of(nsproxy, CWS_NS_TIME) : 0;
	ns[CWS_NS_CGROUP] = nsproxy ? cws_ns_of(nsproxy, CWS_NS_CGROUP) : 0;
	ns[CWS_NS_PID] = pid_ns ? pid_ns->ns.inum : 0;
	ns[CWS_NS_USER] = __task_cred(task)->user_ns->ns.inum;
}

static void read_signals(const struct task_struct *task, struct cws_resources *res)
{
	const struct signal_struct *signal = task->signal;

	res->value[CWS_VALUE_PENDING] = READ_ONCE(task->pending.signal.sig[0]) ||
					READ_ONCE(signal->shared_pending.signal.sig[0]);
	res->value[CWS_VALUE_TIMERS] = cws_compat_has_posix_timers(signal) ||
				       hrtimer_active(&signal->real_timer) ||
				       READ_ONCE(signal->it[0].expires) ||
				       READ_ONCE(signal->it[1].expires);
}

/**
 * cws_resources_read() - what a task has now
 * @task: current, one that does not run yet, or one whose task_lock is held
 * @res: filled in, every part of it
 *
 * Context: any.
 */
void cws_resources_read(struct task_struct *task, struct cws_resources *res)
{
	rcu_read_lock();
	read_objects(task, res->object);
	read_values(task, res->value);
	read_namespaces(task, res->ns);
	if (res->object[CWS_OBJECT_MM])
		read_mm(task->mm, res);
	else
		no_mm(res);
	res->descriptors = task->files ? count_descriptors(task->files) : CWS_COUNT_UNKNOWN;
	read_signals(task, res);
	res->value[CWS_VALUE_CLEAR_TID] = ADDRESS(READ_ONCE(task->clear_child_tid));
	res->value[CWS_VALUE_CHILD_TID] = ADDRESS(READ_ONCE(task->set_child_tid));
	res->value[CWS_VALUE_VFORK_WAIT] = !!READ_ONCE(task->vfork_done);
	res->threads = get_nr_threads(task);
	rcu_read_unlock();
}

/**
 * cws_resources_read_had() - what a task has that makes another one
 * @task: current
 * @had: filled in
 *
 * Context: any.
 */
void cws_resources_read_had(struct task_struct *task, struct cws_had *had)
{
	rcu_read_lock();
	read_objects(task, had->object);
	read_values(task, had->value);
	read_namespaces(task, had->ns);
	rcu_read_unlock();
}
