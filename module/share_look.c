// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two looks at every task in one RCU section. What a task used at the first and
 * still uses at the second it used all the while. So between the two there is a
 * moment at which all that is left was true at once, and no object that was freed
 * and made anew at the same place is taken for one that two tasks share.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "namespaces.h"
#include "record.h"
#include "share_look.h"

#define LOOKS_MAX	262144
/* Tasks that may appear between counting and looking. */
#define LOOKS_SLACK	64
#define LOOKS_TRIES	4

#define ADDRESS(pointer)	((unsigned long)(pointer))

/* The addresses, and what can change but is not in nsproxy; task_lock and RCU held. */
static void look_at_task(struct task_struct *task, u64 *key)
{
	key[CWS_KIND_MM] = task->flags & PF_KTHREAD ? 0 : ADDRESS(task->mm);
	key[CWS_KIND_FILES] = ADDRESS(task->files);
	key[CWS_KIND_FS] = ADDRESS(task->fs);
	key[CWS_KIND_SIGHAND] = ADDRESS(rcu_access_pointer(task->sighand));
	key[CWS_KIND_SIGNAL] = ADDRESS(task->signal);
	key[CWS_KIND_IO] = ADDRESS(READ_ONCE(task->io_context));
#ifdef CONFIG_SYSVIPC
	key[CWS_KIND_SYSVSEM] = ADDRESS(READ_ONCE(task->sysvsem.undo_list));
#else
	key[CWS_KIND_SYSVSEM] = 0;
#endif
	key[CWS_KIND_USER_NS] = __task_cred(task)->user_ns->ns.inum;
	key[CWS_KIND_CGROUP] = cgroup_id(task_dfl_cgroup(task));
}

static void look_at_nsproxy(const struct nsproxy *nsproxy, u64 *key)
{
	key[CWS_KIND_MNT_NS] = cws_ns_of(nsproxy, CWS_NS_MNT);
	key[CWS_KIND_UTS_NS] = cws_ns_of(nsproxy, CWS_NS_UTS);
	key[CWS_KIND_IPC_NS] = cws_ns_of(nsproxy, CWS_NS_IPC);
	key[CWS_KIND_NET_NS] = cws_ns_of(nsproxy, CWS_NS_NET);
	key[CWS_KIND_TIME_NS] = cws_ns_of(nsproxy, CWS_NS_TIME);
	key[CWS_KIND_CGROUP_NS] = cws_ns_of(nsproxy, CWS_NS_CGROUP);
	key[CWS_KIND_PID_NS_CHILD] = nsproxy->pid_ns_for_children->ns.inum;
#ifdef CONFIG_TIME_NS
	key[CWS_KIND_TIME_NS_CHILD] = nsproxy->time_ns_for_children->ns.inum;
#endif
}

static void first_look(struct task_struct *task, struct cws_look *look,
		       struct pid_namespace *reader)
{
	struct pid_namespace *pid_ns = task_active_pid_ns(task);
	struct cws_record *rec;

	look->task = task;
	look->tgid = task_tgid_nr(task);
	look->nr = reader == &init_pid_ns ? look->tgid : task_tgid_nr_ns(task, reader);
	look->kthread = task->flags & PF_KTHREAD;
	/* A task never leaves its PID namespace. */
	look->key[CWS_KIND_PID_NS] = pid_ns ? pid_ns->ns.inum : 0;
	task_lock(task);
	look_at_task(task, look->key);
	look->nsproxy = task->nsproxy;
	if (look->nsproxy)
		look_at_nsproxy(look->nsproxy, look->key);
	task_unlock(task);
	/* Good if the second look finds the address again: then it was alive here, too. */
	if (look->key[CWS_KIND_MM]) {
		rec = cws_record_find((struct mm_struct *)look->key[CWS_KIND_MM]);
		look->mm_serial = rec ? rec->serial : 0;
	}
}

static void keep(struct cws_look *look, const u64 *key, enum cws_kind kind)
{
	if (look->key[kind] != key[kind])
		look->key[kind] = 0;
}

static void second_look(struct cws_look *look)
{
	u64 key[CWS_NR_KINDS];
	bool moved;
	int kind;

	task_lock(look->task);
	look_at_task(look->task, key);
	moved = look->task->nsproxy != look->nsproxy;
	task_unlock(look->task);
	for (kind = 0; cws_kind_by_address(kind); kind++)
		keep(look, key, kind);
	keep(look, key, CWS_KIND_USER_NS);
	keep(look, key, CWS_KIND_CGROUP);
	for (kind = CWS_KIND_MNT_NS; moved && kind <= CWS_KIND_CGROUP_NS; kind++)
		if (kind != CWS_KIND_PID_NS && kind != CWS_KIND_USER_NS)
			look->key[kind] = 0;
}

static u32 count_tasks(void)
{
	struct task_struct *process;
	u32 nr = 0;

	rcu_read_lock();
	for_each_process(process)
		nr += get_nr_threads(process);
	rcu_read_unlock();
	return nr;
}

/* Whether there was room for all. */
static bool look_at_all(struct cws_looks *looks, u32 room)
{
	struct pid_namespace *reader = task_active_pid_ns(current);
	struct task_struct *process, *task;
	bool all = false;
	u32 i;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (looks->nr == room)
			goto out;
		first_look(task, &looks->look[looks->nr++], reader);
	}
	for (i = 0; i < looks->nr; i++)
		second_look(&looks->look[i]);
	all = true;
out:
	rcu_read_unlock();
	return all;
}

/**
 * cws_looks_take() - look at all tasks
 *
 * Context: process context, may sleep.
 * Return: the looks for cws_looks_free(), or NULL: no memory, or too many tasks.
 */
struct cws_looks *cws_looks_take(void)
{
	struct cws_looks *looks;
	u32 room, try;

	for (try = 0; try < LOOKS_TRIES; try++) {
		room = count_tasks();
		room += LOOKS_SLACK + room / 16;
		if (room > LOOKS_MAX)
			return NULL;
		looks = kvzalloc(struct_size(looks, look, room), GFP_KERNEL);
		if (!looks || look_at_all(looks, room))
			return looks;
		kvfree(looks);
	}
	return NULL;
}

/**
 * cws_looks_free() - give them back
 * @looks: from cws_looks_take(), or NULL
 */
void cws_looks_free(struct cws_looks *looks)
{
	kvfree(looks);
}
