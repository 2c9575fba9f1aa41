// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks of the life of tasks and address spaces: fork, vfork, clone, clone3,
 * exec, exit, teardown. They decode arguments and tell the records, the log of
 * clones and the watch list; they stay attached while accounting is off.
 */
#include <linux/binfmts.h>
#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/ktime.h>

#include "account.h"
#include "birth.h"
#include "clonelog.h"
#include "compat.h"
#include "exited.h"
#include "hook.h"
#include "hook_clone.h"
#include "origin.h"
#include "split.h"
#include "trace.h"
#include "watch.h"

#define CWS_CLONE_BITS	10

static struct cws_slots clones;
static atomic64_t clone_slots_dropped;

/**
 * cws_clone_calls_init() - make the slots of calls under way
 *
 * Return: 0 or -ENOMEM.
 */
int cws_clone_calls_init(void)
{
	return cws_slots_init(&clones, CWS_CLONE_BITS);
}

/**
 * cws_clone_calls_exit() - free them
 */
void cws_clone_calls_exit(void)
{
	cws_slots_exit(&clones);
}

/**
 * cws_clone_slots_dropped() - calls that found no slot
 *
 * Return: how many; they appear in the log without flags and duration.
 */
u64 cws_clone_slots_dropped(void)
{
	return atomic64_read(&clone_slots_dropped);
}

/**
 * cws_clone_calls_bytes() - memory of the slots
 *
 * Return: bytes.
 */
size_t cws_clone_calls_bytes(void)
{
	return cws_slots_bytes(&clones);
}

static enum cws_shape clone_shape(u64 flags)
{
	if (flags & CLONE_THREAD)
		return CWS_SHAPE_THREAD;
	if (!(flags & CLONE_VM))
		return CWS_SHAPE_PROCESS;
	return flags & CLONE_VFORK ? CWS_SHAPE_VFORK : CWS_SHAPE_SHARED_VM;
}

static void event_begin(struct cws_clone_event *event, const struct cws_clone_call *call)
{
	memset(event, 0, sizeof(*event));
	event->time_ns = call->start_ns;
	event->flags = call->flags;
	event->flags_known = true;
	event->exit_signal = call->exit_signal;
	event->syscall = call->syscall;
	event->shape = clone_shape(call->flags);
	event->threads = get_nr_threads(current);
	event->parent = get_pid(task_tgid(current));
	cws_lineage_name(event->comm, current);
}

/*
 * A call that never got to a running child; without the return probe known only
 * when the task goes on, and then not why: @error is 0.
 */
static void event_failed(const struct cws_clone_call *call, int error)
{
	struct cws_clone_event event;

	event_begin(&event, call);
	event.error = error;
	cws_clonelog_add(&event);
}

/* kernel_clone(args): the call begins. */
void cws_kernel_clone_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct kernel_clone_args *args = (void *)cws_compat_arg(fregs, 0);
	union cws_slot_data *data;
	bool stale;

	cws_hook_check(CWS_HOOK_KERNEL_CLONE, args->exit_signal >= 0 &&
		       args->exit_signal <= CSIGNAL);
	data = cws_slot_open(&clones, current, &stale);
	if (!data) {
		atomic64_inc(&clone_slots_dropped);
		return;
	}
	if (stale)
		event_failed(&data->clone, 0);
	data->clone.args = args;
	data->clone.start_ns = ktime_get_boot_fast_ns();
	data->clone.flags = args->flags;
	data->clone.exit_signal = args->exit_signal;
	data->clone.syscall = cws_compat_clone_syscall();
}

/*
 * copy_process(pid, trace, node, args): only what kernel_clone() called is waited
 * for; the kernel's own workers have no slot.
 */
int cws_copy_process_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct kernel_clone_args *args = (void *)regs_get_kernel_argument(regs, 3);
	const union cws_slot_data *data = cws_slot_find(&clones, current);

	cws_hook_hit(CWS_HOOK_COPY_PROCESS);
	return !data || data->clone.args != args || cws_compat_worker_args(args);
}

/* It gives a task or an error; with a task the call goes on to wake it. */
int cws_copy_process_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	void *child = (void *)regs_return_value(regs);
	union cws_slot_data *data = cws_slot_find(&clones, current);

	cws_hook_check(CWS_HOOK_COPY_PROCESS, data && (IS_ERR(child) || virt_addr_valid(child)));
	if (!data || !IS_ERR(child))
		return 0;
	event_failed(&data->clone, -PTR_ERR(child));
	cws_slot_close(current, data);
	return 0;
}

/* What the child's address space was given by copying. */
static void event_copied(struct cws_clone_event *event, struct mm_struct *mm)
{
	event->pages = cws_compat_mm_rss(mm);
	event->pgtable_bytes = mm_pgtables_bytes(mm);
	event->vmas = mm->map_count;
}

/* What the child was given; nobody else writes an embryo's record. */
static void note_inherited(struct cws_record *rec, struct mm_struct *mm,
			   struct cws_record *parent)
{
	rec->inherited_pages = cws_compat_mm_rss(mm);
	rec->inherited_swap_pages = cws_compat_mm_counter(mm, MM_SWAPENTS);
	rec->inherited_hugetlb_pages = cws_compat_hugetlb_pages(mm);
	rec->inherited_anon_pages = cws_compat_mm_counter(mm, MM_ANONPAGES);
	if (rec->inherited)
		cws_inherit_book(rec->inherited, mm);
	if (!parent)
		return;
	rec->nth_fork = atomic_inc_return(&parent->forks);
	rec->parent_broke = cws_inherit_broke_all(&parent->matrix);
}

static void child_born(struct task_struct *child, struct mm_struct *mm, u64 now_ns)
{
	struct cws_record *parent = current->mm ? cws_record_find(current->mm) : NULL;
	struct cws_record *rec = cws_record_born(mm, now_ns);

	if (!rec)
		return;
	if (rec->state == CWS_RECORD_EMBRYO)
		note_inherited(rec, mm, parent);
	cws_birth_publish(rec, CWS_BORN_FORK, child, parent);
	cws_watch_forked(current, child, rec);
}

/* A child in its parent's address space is watched too; exec will give it its own. */
static void child_shares(struct task_struct *child, struct mm_struct *mm)
{
	struct cws_record *rec = cws_record_find(mm);

	if (rec)
		cws_watch_forked(current, child, rec);
}

/*
 * wake_up_new_task(child): complete, not yet run. Tasks that the kernel makes
 * without kernel_clone(), like io_uring workers, come through here as well.
 */
void cws_wake_up_new_task_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	struct task_struct *child = (void *)cws_compat_arg(fregs, 0);
	bool worker = cws_compat_is_worker(child);
	/* Not of a call that failed before the kernel made a worker. */
	union cws_slot_data *data = worker ? NULL : cws_slot_find(&clones, current);
	struct mm_struct *mm = child->mm;
	struct cws_clone_event event;
	struct cws_clone_call call = {};
	bool copied = mm && mm != current->mm;

	cws_hook_check(CWS_HOOK_WAKE_UP_NEW_TASK, READ_ONCE(child->__state) == TASK_NEW);
	call.start_ns = ktime_get_boot_fast_ns();
	if (copied)
		child_born(child, mm, call.start_ns);
	else if (mm && !same_thread_group(child, current))
		child_shares(child, mm);

	call.syscall = worker ? CWS_SYS_KERNEL : cws_compat_clone_syscall();
	event_begin(&event, data ? &data->clone : &call);
	event.duration_ns = call.start_ns - event.time_ns;
	event.child = get_pid(task_pid(child));
	if (!data) {
		event.flags_known = false;
		event.shape = copied || !mm ? CWS_SHAPE_PROCESS :
			      same_thread_group(child, current) ? CWS_SHAPE_THREAD :
			      CWS_SHAPE_SHARED_VM;
	}
	if (copied)
		event_copied(&event, mm);
	if (same_thread_group(child, current))
		event.threads--;	/* the child counts already */
	rcu_read_lock();
	event.cgroup = task_dfl_cgroup(child);
	if (!css_tryget(&event.cgroup->self))
		event.cgroup = NULL;
	rcu_read_unlock();
	cws_clonelog_add(&event);
	if (mm && !same_thread_group(child, current))
		cws_origin_born(child, data ? &data->clone.flags : NULL,
				cws_watchlist_watched() &&
				cws_watchlist_has(task_tgid(current), false));
	if (data)
		cws_slot_close(current, data);
}

/*
 * The process goes on in another address space: what was copied for it in the one
 * that it got by fork. One that it shares with its parent counts for the parent.
 */
static void exec_copied(const struct cws_record *rec)
{
	if (!rec || !cws_birth_published(rec) || !rec->lineage ||
	    rec->lineage->born != CWS_BORN_FORK ||
	    rec->lineage->pid != task_tgid(current))
		return;
	cws_clonelog_exec_copied(rec->lineage->pid,
				 cws_matrix_cause(&rec->matrix, CWS_CNT_COPIED) +
				 cws_matrix_cause(&rec->matrix, CWS_CNT_FILE) +
				 cws_matrix_cause(&rec->matrix, CWS_CNT_KSM) +
				 cws_matrix_cause(&rec->matrix, CWS_CNT_UNSHARED));
}

/* begin_new_exec(bprm): bprm->mm is about to replace current->mm. */
int cws_begin_new_exec_entry(struct kprobe *kp, struct pt_regs *regs)
{
	const struct linux_binprm *bprm = (void *)regs_get_kernel_argument(regs, 0);
	struct cws_record *replaced = current->mm ? cws_record_find(current->mm) : NULL;

	cws_hook_hit(CWS_HOOK_BEGIN_NEW_EXEC);
	cws_hook_check(CWS_HOOK_BEGIN_NEW_EXEC, bprm->mm && bprm->mm != current->mm &&
		       bprm->filename);
	cws_birth_begin_exec(bprm->mm, replaced);
	exec_copied(replaced);
	return 0;
}

/* sched_process_exec: current runs in the new address space, under its new name. */
void cws_process_exec_probe(void *data, struct task_struct *task, pid_t old_pid,
			    struct linux_binprm *bprm)
{
	struct cws_exec_told told;
	struct cws_record *rec;

	preempt_disable_notrace();
	cws_hook_hit(CWS_HOOK_PROCESS_EXEC);
	cws_hook_check(CWS_HOOK_PROCESS_EXEC, task == current && task->mm);
	rec = cws_record_find_or_create(task->mm);
	if (rec) {
		cws_birth_publish(rec, CWS_BORN_EXEC, task, NULL);
		cws_watch_execed(task, rec);
	}
	cws_clonelog_execed(task_tgid(task), ktime_get_boot_fast_ns(), &told);
	trace_exec(task, bprm->filename, rec, &told);
	preempt_enable_notrace();
}

/* sched_process_exit: on 6.1 and 6.12 the task has no address space any more. */
void cws_process_exit_probe(void *data, struct task_struct *task)
{
	union cws_slot_data call;

	preempt_disable_notrace();
	cws_hook_hit(CWS_HOOK_PROCESS_EXIT);
	cws_hook_check(CWS_HOOK_PROCESS_EXIT, task == current &&
		       (task->flags & PF_EXITING));
	cws_account_task_exit(task);
	cws_split_task_exit(task);
	if (!atomic_read(&task->signal->live))
		cws_origin_ended(task_tgid(task));
	if (cws_slot_drop(&clones, task, &call))
		event_failed(&call.clone, 0);
	preempt_enable_notrace();
}

/*
 * exit_mmap(mm): the last user is gone; nothing faults on mm any more and its
 * address may be used again soon. exec has switched current to another address
 * space by now, exit to none.
 */
void cws_exit_mmap_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	struct mm_struct *mm = (void *)cws_compat_arg(fregs, 0);
	bool exec = current->in_execve && current->mm && current->mm != mm;

	cws_hook_check(CWS_HOOK_EXIT_MMAP, atomic_read(&mm->mm_users) == 0);
	cws_account_mm_exit(mm);
	if (exec)
		exec_copied(cws_record_find(mm));
	cws_exited_retire(mm, exec ? CWS_END_EXEC : CWS_END_EXIT);
}
