// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flags of clone that share instead of copy: one child without the flag and one
 * with it. Each does the same, and the parent sees it or does not.
 */
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "experiments.h"

struct comparison {
	const char *flag;
	uint64_t without, with;
	const char *resource;	/* row of birth */
	enum kind kind;
	int kcmp;
	const char *without_words;	/* asked, at birth, now */
	const char *what;		/* the child does, the parent sees */
	bool (*seen)(struct lab *lab);
};

static void compare_one(struct lab *lab, const struct comparison *c, bool with)
{
	const struct shared *row;
	char what[64];

	lab_make(lab, with ? c->with : c->without);
	snprintf(what, sizeof(what), "%s %s: %s asked at_birth now",
		 with ? "with" : "without", c->flag, c->resource);
	lab_born(lab, what, c->resource, with ? "yes shared shared" : c->without_words);
	lab_is_yes(lab, "  one and the same object (kcmp)", lab_same(lab, c->kcmp, 0, 0), with);
	row = lab_sharing(lab, PARENT, c->kind);
	lab_is(lab, "  processes that use the parent's (sharing)", row->processes, with ? 2 : 1);
	lab_is_yes(lab, c->what, c->seen(lab), with);
	lab_end_child(lab);
}

static void compare(struct lab *lab, const struct comparison *c)
{
	compare_one(lab, c, false);
	compare_one(lab, c, true);
}

static bool sees_write(struct lab *lab)
{
	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, N, 'p');
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, N, 'c');
	return lab_order(lab, PARENT, ORDER_READ, AREA_ANON, N, 0) == N * 'c';
}

static void run_vm(struct lab *lab)
{
	static const struct comparison c = {
		"CLONE_VM", 0, CLONE_VM, "address_space", KIND_MM, KCMP_VM, "no copied own",
		"  child writes 61 pages: the parent reads its marks", sees_write,
	};

	compare(lab, &c);
}

const struct experiment exp_clone_vm = {
	.name = "clone-vm",
	.title = "CLONE_VM: two processes in one memory",
	.book = "with CLONE_VM the child gets no address space of its own: both see\n"
		"  every write of the other. It is a process all the same, with files of its own.",
	.setup = SETUP_MEMORY,
	.run = run_vm,
};

static bool exists(pid_t pid, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	return !faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* The module and /proc have to agree on it. */
static bool sees_open(struct lab *lab)
{
	const int fd = (int)lab_act(lab, CHILD, ORDER_OPEN, 0);
	const bool there = lab_has_file(lab, PARENT, fd);

	lab_holds(lab, "  child opens a file: it has it", lab_has_file(lab, CHILD, fd));
	lab_is_yes(lab, "  the parent has it, too (files)", there,
		   exists(lab->pid[PARENT], fd));
	return there;
}

static void run_files(struct lab *lab)
{
	static const struct comparison c = {
		"CLONE_FILES", 0, CLONE_FILES, "descriptors", KIND_FILES, KCMP_FILES,
		"no copied own", "  and by /proc/PID/fd the parent has it", sees_open,
	};

	compare(lab, &c);
}

const struct experiment exp_clone_files = {
	.name = "clone-files",
	.title = "CLONE_FILES: one table of descriptors",
	.book = "fork copies the table of descriptors: what one opens later the other has\n"
		"  not. With CLONE_FILES there is one table, and every open and close is for both.",
	.run = run_files,
};

static bool sees_chdir(struct lab *lab)
{
	char path[64], cwd[64] = "";

	lab_act(lab, CHILD, ORDER_CHDIR, 0);
	snprintf(path, sizeof(path), "/proc/%d/cwd", lab->pid[PARENT]);
	if (readlink(path, cwd, sizeof(cwd) - 1) < 0)
		lab_holds(lab, path, false);
	lab_born(lab, "  child goes to /proc: its cwd asked at_birth now", "cwd",
		 strcmp(cwd, "/proc") ? "no copied changed" : "yes shared shared");
	return !strcmp(cwd, "/proc");
}

static void run_fs(struct lab *lab)
{
	static const struct comparison c = {
		"CLONE_FS", 0, CLONE_FS, "fs", KIND_FS, KCMP_FS, "no copied own",
		"  the parent stands there, too (/proc/PID/cwd)", sees_chdir,
	};

	compare(lab, &c);
}

const struct experiment exp_clone_fs = {
	.name = "clone-fs",
	.title = "CLONE_FS: one working directory",
	.book = "fork copies working directory, root directory and umask. With CLONE_FS\n"
		"  there is one of each: a chdir of either moves both.",
	.run = run_fs,
};

static bool sees_ignore(struct lab *lab)
{
	lab_act(lab, PARENT, ORDER_CATCH, 0);
	lab_act(lab, CHILD, ORDER_IGNORE, 0);
	return lab_proc(lab, lab->pid[PARENT], "status", "SigIgn", 16) & 1UL << (SIGUSR1 - 1);
}

static void run_sighand(struct lab *lab)
{
	static const struct comparison c = {
		"CLONE_SIGHAND", CLONE_VM, CLONE_VM | CLONE_SIGHAND, "signal_handlers",
		KIND_SIGHAND, KCMP_SIGHAND, "no copied own",
		"  child ignores SIGUSR1: the parent does so, too (SigIgn)", sees_ignore,
	};

	compare(lab, &c);
}

const struct experiment exp_clone_sighand = {
	.name = "clone-sighand",
	.title = "CLONE_SIGHAND: one table of signal handlers",
	.book = "fork copies the handlers. With CLONE_SIGHAND, which needs CLONE_VM, a\n"
		"  handler that one of them sets is set for both; masks stay their own.",
	.run = run_sighand,
};

#define LEVEL_BEFORE	2
#define LEVEL_AFTER	5

static bool sees_ioprio(struct lab *lab)
{
	lab_act(lab, CHILD, ORDER_IOPRIO, LEVEL_AFTER);
	return syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, lab->pid[PARENT]) ==
		IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, LEVEL_AFTER);
}

static void run_io(struct lab *lab)
{
	static const struct comparison c = {
		"CLONE_IO", 0, CLONE_IO, "io_context", KIND_IO, KCMP_IO, "no copied own",
		"  child sets its I/O priority: the parent's is set, too", sees_ioprio,
	};

	lab_act(lab, PARENT, ORDER_IOPRIO, LEVEL_BEFORE);
	compare(lab, &c);
}

const struct experiment exp_clone_io = {
	.name = "clone-io",
	.title = "CLONE_IO: one I/O context",
	.book = "the I/O context carries the priority of disk requests. A child gets one of\n"
		"  its own with the same priority; with CLONE_IO it counts as one with its parent.",
	.run = run_io,
};

static bool undone_at_the_end(struct lab *lab, int id)
{
	const int before = semctl(id, 0, GETVAL);

	lab_act(lab, CHILD, ORDER_UNDO, id);
	lab_is_number(lab, "  child adds 1 to the semaphore, to be undone: value",
		      semctl(id, 0, GETVAL), before + 1);
	lab_end_child(lab);
	return semctl(id, 0, GETVAL) == before;
}

static void one_undo(struct lab *lab, int id, uint64_t flags, const char *what,
		     const char *words, bool shared)
{
	lab_make(lab, flags);
	lab_born(lab, what, "sysvsem", words);
	lab_is_yes(lab, "  one and the same object (kcmp)", lab_same(lab, KCMP_SYSVSEM, 0, 0),
		   shared);
	lab_is(lab, "  processes that use the parent's (sharing)",
	       lab_sharing(lab, PARENT, KIND_SYSVSEM)->processes, shared ? 2 : 1);
	lab_is_yes(lab, "  child ends: it was undone", undone_at_the_end(lab, id), !shared);
}

static void run_sysvsem(struct lab *lab)
{
	const int id = semget(IPC_PRIVATE, 1, 0600);

	lab_holds(lab, "a semaphore is made", id >= 0);
	if (id < 0)
		return;
	lab_act(lab, PARENT, ORDER_UNDO, id);
	one_undo(lab, id, 0, "without CLONE_SYSVSEM: sysvsem asked at_birth now",
		 "no empty own", false);
	one_undo(lab, id, CLONE_SYSVSEM, "with CLONE_SYSVSEM: sysvsem asked at_birth now",
		 "yes shared shared", true);
	semctl(id, 0, IPC_RMID);
}

const struct experiment exp_clone_sysvsem = {
	.name = "clone-sysvsem",
	.title = "CLONE_SYSVSEM: one list of semaphore undos",
	.book = "what a process did to System V semaphores with SEM_UNDO is undone when it\n"
		"  ends. With CLONE_SYSVSEM it waits until the last of those who share has ended.",
	.run = run_sysvsem,
};
