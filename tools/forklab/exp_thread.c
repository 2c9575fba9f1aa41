// SPDX-License-Identifier: GPL-2.0-only
/* Threads as the kernel makes them, and what a fork makes of them. */
#include <errno.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments.h"

#define THREAD_FLAGS	(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)

static const struct resource {
	const char *name;
	enum kind kind;
	int kcmp;
	bool pthread;	/* glibc asks to share it */
} resources[] = {
	{ "  address space", KIND_MM, KCMP_VM, true },
	{ "  descriptor table", KIND_FILES, KCMP_FILES, true },
	{ "  working directory, root and umask", KIND_FS, KCMP_FS, true },
	{ "  signal handlers", KIND_SIGHAND, KCMP_SIGHAND, true },
	{ "  semaphore undo list", KIND_SYSVSEM, KCMP_SYSVSEM, true },
	{ "  I/O context", KIND_IO, KCMP_IO, false },
};

#define RESOURCES	(sizeof(resources) / sizeof(resources[0]))

static bool is_thread(struct lab *lab, pid_t tid)
{
	return lab_proc(lab, tid, "status", "Tgid", 10) == (uint64_t)lab->pid[PARENT];
}

static void run_clone_thread(struct lab *lab)
{
	const struct clone_event *clone;

	lab_make(lab, THREAD_FLAGS);
	clone = lab_clone(lab, lab->pid[CHILD]);
	lab_is_text(lab, "what was made (shape in clones)", clone->shape, "thread");
	lab_holds(lab, "  asked with CLONE_VM, CLONE_SIGHAND and CLONE_THREAD alone",
		  !strcmp(clone->flags, "CLONE_VM|CLONE_SIGHAND|CLONE_THREAD"));
	lab_holds(lab, "it belongs to the same process (Tgid)", is_thread(lab, lab->pid[CHILD]));
	lab_is_number(lab, "  getpid() of both is the same",
		      lab_act(lab, CHILD, ORDER_GETPID, 0), lab->pid[PARENT]);
	lab_is(lab, "one thread group (tasks of signal in sharing)",
	       lab_sharing(lab, PARENT, KIND_SIGNAL)->tasks, 2);
	lab_is(lab, "  of one process", lab_sharing(lab, PARENT, KIND_SIGNAL)->processes, 1);
	lab_is(lab, "one memory (tasks of mm in sharing)",
	       lab_sharing(lab, PARENT, KIND_MM)->tasks, 2);
	lab_holds(lab, "  and by kcmp", lab_same(lab, KCMP_VM, 0, 0));
	lab_is(lab, "not asked for, and a copy: descriptors (tasks in sharing)",
	       lab_sharing(lab, PARENT, KIND_FILES)->tasks, 1);
	lab_holds(lab, "  and by kcmp", !lab_same(lab, KCMP_FILES, 0, 0));
	lab_is(lab, "  working directory (tasks in sharing)",
	       lab_sharing(lab, PARENT, KIND_FS)->tasks, 1);
	lab_holds(lab, "  and by kcmp", !lab_same(lab, KCMP_FS, 0, 0));
}

const struct experiment exp_clone_thread = {
	.name = "clone-thread",
	.title = "CLONE_THREAD: another task of the same process",
	.book = "with CLONE_THREAD the new task joins the thread group: one PID, one\n"
		"  exit. It needs CLONE_VM and CLONE_SIGHAND; files and directory are apart.",
	.run = run_clone_thread,
};

static void is_child_of(struct lab *lab, const char *what, pid_t parent)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", parent);
	lab_is_text(lab, what, lab_birth(lab, CHILD, "ppid")->id, pid);
	lab_is_number(lab, "  and by /proc/PID/status",
		      (int64_t)lab_proc(lab, lab->pid[CHILD], "status", "PPid", 10), parent);
}

static void run_clone_parent(struct lab *lab)
{
	lab_make(lab, 0);
	lab_born(lab, "without CLONE_PARENT: ppid asked at_birth now", "ppid", "no new own");
	is_child_of(lab, "  it is a child of the one that called clone", lab->pid[PARENT]);
	lab_end_child(lab);
	lab_make(lab, CLONE_PARENT);
	lab_born(lab, "with CLONE_PARENT: ppid asked at_birth now", "ppid",
		 "yes shared shared");
	is_child_of(lab, "  it is a child of the caller's parent", getpid());
	if (lab->broken)
		return;
	lab_send(lab, CHILD, ORDER_END);
	lab_is_number(lab, "  child ends: the caller's parent reaps it",
		      waitpid(lab->pid[CHILD], NULL, 0), lab->pid[CHILD]);
}

const struct experiment exp_clone_parent = {
	.name = "clone-parent",
	.title = "CLONE_PARENT: a sister instead of a daughter",
	.book = "the new process has the same parent as the one that made it, which is told\n"
		"  of its end and reaps it.",
	.run = run_clone_parent,
};

/* Of each resource, one after the other: the module and kcmp. */
static void is_shared(struct lab *lab, const struct resource *r)
{
	const struct shared *row = lab_sharing(lab, PARENT, r->kind);

	lab_is(lab, r->name, row->tasks, r->pthread ? 2 : 1);
	lab_is_yes(lab, "    one object by kcmp", lab_same(lab, r->kcmp, 0, 0), r->pthread);
}

#define SHARE_FLAGS	"CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM"
#define TLS_FLAGS	"CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID"
static const char *const pthread_flags = SHARE_FLAGS "|" TLS_FLAGS;

static void run_pthread(struct lab *lab)
{
	const struct clone_event *clone;
	size_t i;

	lab_act(lab, PARENT, ORDER_IOPRIO, 2);
	lab_order(lab, PARENT, ORDER_THREAD, AREA_ANON, 0, 0);
	lab->pid[CHILD] = (pid_t)lab_answer(lab, CHILD);
	clone = lab_clone(lab, lab->pid[CHILD]);
	lab_note(lab, "pthread_create() was the %s system call with %s", clone->syscall,
		 clone->flags);
	lab_holds(lab, "these are the nine flags of glibc", !strcmp(clone->flags, pthread_flags));
	lab_is_text(lab, "what was made (shape in clones)", clone->shape, "thread");
	lab_holds(lab, "  of the same process (Tgid)", is_thread(lab, lab->pid[CHILD]));
	lab_is(lab, "  pages entered into page tables", clone->pages, 0);
	lab_note(lab, "tasks that share, by sharing:");
	for (i = 0; i < RESOURCES; i++)
		is_shared(lab, &resources[i]);
	lab_send(lab, CHILD, ORDER_END);
	lab_order(lab, PARENT, ORDER_REAP, AREA_ANON, 0, 0);
}

const struct experiment exp_pthread = {
	.name = "pthread",
	.title = "pthread_create() is clone with nine flags",
	.book = "a thread of the C library is a task that shares nearly everything. It has\n"
		"  its own stack, registers, thread-local variables, signal mask, I/O context.",
	.run = run_pthread,
};

static void run_lock(struct lab *lab)
{
	const struct birth_row *row;

	lab_act(lab, PARENT, ORDER_LOCK, 0);
	lab_make(lab, 0);
	row = lab_birth(lab, CHILD, "threads");
	lab_is_text(lab, "the module warns (id of threads in birth)", row->id, "hazard");
	lab_is(lab, "  threads of the parent when it forked", row->count_at_birth, 2);
	lab_is(lab, "  threads of the child", row->count_now, 1);
	lab_is_number(lab, "  and by /proc/PID/status: the parent's",
		      (int64_t)lab_proc(lab, lab->pid[PARENT], "status", "Threads", 10), 2);
	lab_is_number(lab, "  the child's",
		      (int64_t)lab_proc(lab, lab->pid[CHILD], "status", "Threads", 10), 1);
	lab_is_number(lab, "child tries the lock: errno EBUSY",
		      lab_act(lab, CHILD, ORDER_TRYLOCK, 0), EBUSY);
	lab_act(lab, PARENT, ORDER_UNLOCK, 0);
	lab_is_number(lab, "the holder lets go: parent gets the lock, errno",
		      lab_act(lab, PARENT, ORDER_TRYLOCK, 0), 0);
	lab_is_number(lab, "child tries again: nobody is there to let go, errno EBUSY",
		      lab_act(lab, CHILD, ORDER_TRYLOCK, 0), EBUSY);
	lab_end_child(lab);
	lab_make(lab, 0);
	row = lab_birth(lab, CHILD, "threads");
	lab_is_text(lab, "forked again, with no other thread: the warning", row->id, "-");
	lab_is_number(lab, "  child gets the lock, errno",
		      lab_act(lab, CHILD, ORDER_TRYLOCK, 0), 0);
}

const struct experiment exp_lock = {
	.name = "lock",
	.title = "a lock that another thread held at fork",
	.book = "memory is copied with all locks in it, but of the threads only the caller.\n"
		"  A lock that another one held stays locked in the child for ever.",
	.run = run_lock,
};
