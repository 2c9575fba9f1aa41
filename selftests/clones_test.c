// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of clones: which call, which shape, which flags, and what the fork
 * copied, compared with what /proc says of a child that has not run yet.
 */
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		97

FIXTURE(clones) {
	struct cast cast;
	struct actor *parent;
	struct world world;
	struct scope_table table;
};

FIXTURE_SETUP(clones)
{
	stage_begin(_metadata, &self->cast);
	self->parent = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
}

FIXTURE_TEARDOWN(clones)
{
	scope_table_free(&self->table);
	stage_end(_metadata, &self->cast);
}

/* The last event of a child; the table stays for the caller's questions. */
static int event_of(struct __test_metadata *_metadata, FIXTURE_DATA(clones) *self,
		    pid_t child)
{
	int row = -1, next = -1;

	scope_table_free(&self->table);
	ASSERT_EQ(0, scope_table_read("clones", &self->table));
	do {
		row = next;
		next = scope_find_pid(&self->table, row + 1, "child", child);
	} while (next >= 0);
	ASSERT_LE(0, row);
	return row;
}

#define FIELD(row, column)	scope_field(&self->table, row, column)
#define NUMBER(row, column)	scope_number(&self->table, row, column)

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* In the actor: the ways to make a task. Each returns the child's id. */
static long reaped(long pid)
{
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
	return pid < 0 ? -errno : pid;
}

#ifdef SYS_fork
static long by_fork(void *arg)
{
	long pid = syscall(SYS_fork);

	(void)arg;
	if (!pid)
		_exit(0);
	return reaped(pid);
}

static long by_vfork(void *arg)
{
	pid_t pid = vfork();

	(void)arg;
	if (!pid)
		_exit(0);
	return reaped(pid);
}
#endif

static long by_clone3(void *arg)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	(void)arg;
	if (!pid)
		_exit(0);
	return reaped(pid);
}

static char child_stack[65536] __attribute__((aligned(16)));

static int child_returns(void *arg)
{
	(void)arg;
	return 0;
}

/* arg: the flags, with the exit signal, as an unsigned long. */
static long by_clone(void *arg)
{
	unsigned long flags = *(unsigned long *)arg;
	int stid, ctid, ret;

	ret = clone(child_returns, child_stack + sizeof(child_stack), flags, NULL,
		    &stid, NULL, &ctid);
	return reaped(ret);
}

/* A thread without a name in libc; gone when the kernel has cleared its word. */
static long by_clone_thread(void *arg)
{
	static volatile int gone;
	int ret;

	(void)arg;
	gone = 1;
	ret = clone(child_returns, child_stack + sizeof(child_stack),
		    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		    CLONE_SYSVSEM | CLONE_CHILD_CLEARTID, NULL, NULL, NULL, &gone);
	while (ret > 0 && gone)
		sched_yield();
	return ret < 0 ? -errno : ret;
}

static long by_spawn(void *arg)
{
	char *const argv[] = { NULL };
	pid_t pid;

	(void)arg;
	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL))
		return -ENOENT;
	return reaped(pid);
}

static void expect_call(struct __test_metadata *_metadata, FIXTURE_DATA(clones) *self,
			actor_fn call, unsigned long flags, const char *name,
			const char *shape)
{
	long long start = now_ns(), end;
	long child = actor_call(self->parent, call, PASSING(&flags));
	int row;

	end = now_ns();
	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_STREQ(name, FIELD(row, "syscall"));
	EXPECT_STREQ(shape, FIELD(row, "shape"));
	EXPECT_STREQ("ok", FIELD(row, "result"));
	EXPECT_EQ(self->parent->pid, NUMBER(row, "parent"));
	EXPECT_EQ(1, NUMBER(row, "threads"));
	EXPECT_LE(start, NUMBER(row, "time_ns"));
	EXPECT_GE(end, NUMBER(row, "time_ns") + NUMBER(row, "duration_ns"));
	EXPECT_LT(0, NUMBER(row, "duration_ns"));
}

/* Each call that makes tasks is named, and so is the shape of what it made. */
/* Broken: users cannot tell a fork from a vfork or a thread. */
TEST_F(clones, call_and_shape)
{
#ifdef SYS_fork
	expect_call(_metadata, self, by_fork, 0, "fork", "process");
	expect_call(_metadata, self, by_vfork, 0, "vfork", "vfork");
#endif
	expect_call(_metadata, self, by_clone3, 0, "clone3", "process");
	expect_call(_metadata, self, by_clone, SIGCHLD, "clone", "process");
	expect_call(_metadata, self, by_clone, SIGCHLD | CLONE_VM, "clone", "shared-vm");
	expect_call(_metadata, self, by_clone, SIGCHLD | CLONE_VM | CLONE_VFORK, "clone",
		    "vfork");
	expect_call(_metadata, self, by_clone_thread, 0, "clone", "thread");
}

/* posix_spawn shares the memory until the exec: vfork, however it is called. */
/* Broken: users pay for a fork in the books that never happened. */
TEST_F(clones, posix_spawn_is_vfork)
{
	long child = actor_call(self->parent, by_spawn, NULL, 0);
	int row;

	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_STREQ("vfork", FIELD(row, "shape"));
	EXPECT_EQ(0, NUMBER(row, "pages"));
}

/* The signal that tells the parent is the one that was asked for. */
/* Broken: children that nobody waits for are not recognised. */
TEST_F(clones, exit_signal)
{
	unsigned long flags = SIGURG;
	long child = actor_call(self->parent, by_clone, PASSING(&flags));

	ASSERT_LT(0, child);
	EXPECT_EQ(SIGURG, NUMBER(event_of(_metadata, self, child), "exit_signal"));
	child = actor_call(self->parent, by_clone3, NULL, 0);
	ASSERT_LT(0, child);
	EXPECT_EQ(SIGCHLD, NUMBER(event_of(_metadata, self, child), "exit_signal"));
}

/* In the actor: a child by a raw call, which waits to be killed. */
static long leave_child(void *arg)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	(void)arg;
	if (!pid)
		for (;;)
			pause();
	return pid < 0 ? -errno : pid;
}

/* A traced child stops before its first instruction; its PID or -errno. */
static pid_t catch_child(struct actor *parent)
{
	unsigned long child;
	int status;

	if (ptrace(PTRACE_SEIZE, parent->pid, 0, PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE))
		return -errno;
	if (actor_send(parent, leave_child, NULL, 0) ||
	    waitpid(parent->pid, &status, __WALL) != parent->pid ||
	    ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &child) ||
	    waitpid(child, &status, __WALL) != (pid_t)child)
		return -ECHILD;
	ptrace(PTRACE_DETACH, parent->pid, 0, 0);
	return child;
}

/* What a fork copied is what /proc shows of the child before it has run. */
/* Broken: the cost of a fork is a guess. */
TEST_F(clones, numbers_at_birth)
{
	pid_t child = catch_child(self->parent);
	struct scope_table processes;
	int row;

	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_EQ(oracle_status(child, "VmRSS") * 1024 / (long long)PAGE_BYTES,
		  NUMBER(row, "pages"));
	EXPECT_EQ(oracle_status(child, "VmPTE") * 1024, NUMBER(row, "pgtable_bytes"));
	EXPECT_EQ(oracle_mappings(child), NUMBER(row, "vmas"));
	EXPECT_EQ(1, NUMBER(row, "threads"));
	ASSERT_EQ(0, scope_table_read("processes", &processes));
	row = scope_find_pid(&processes, 0, "pid", child);
	ASSERT_LE(0, row);
	EXPECT_EQ(oracle_status(child, "VmRSS") * 1024 / (long long)PAGE_BYTES,
		  scope_number(&processes, row, "inherited_pages"));
	EXPECT_STREQ("fork", scope_field(&processes, row, "born"));
	EXPECT_EQ(self->parent->pid, scope_number(&processes, row, "ppid"));
	scope_table_free(&processes);
	kill(child, SIGKILL);
	ptrace(PTRACE_DETACH, child, 0, 0);
	ASSERT_EQ(child, actor_wait(self->parent, NULL, 0));
}

/* In the actor: threads that wait, then a fork. */
static int child_waits(void *arg)
{
	(void)arg;
	while (pause())
		;
	return 0;
}

static long fork_with_threads(void *arg)
{
	static char stack[3][16384] __attribute__((aligned(16)));
	int i;

	for (i = 0; i < 3; i++)
		if (clone(child_waits, stack[i] + sizeof(stack[i]),
			  CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
			  NULL) < 0)
			return -errno;
	return by_clone3(arg);
}

/* How many threads the parent had is part of what a fork costs. */
/* Broken: forks of threaded programs, the risky ones, look like any other. */
TEST_F(clones, threads_of_the_parent)
{
	long child = actor_call(self->parent, fork_with_threads, NULL, 0);

	ASSERT_LT(0, child);
	EXPECT_EQ(4, NUMBER(event_of(_metadata, self, child), "threads"));
}

/* In the actor: a ring with a kernel thread of its own. */
static long start_sqpoll(void *arg)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SQPOLL };
	int fd = syscall(SYS_io_uring_setup, 1, &params);

	(void)arg;
	return fd < 0 ? -errno : 0;
}

/* Tasks that the kernel makes for a process are in the log as the kernel's. */
/* Broken: a process grows threads that no call explains. */
TEST_F(clones, kernel_made_worker)
{
	int row;

	ASSERT_EQ(0, actor_call(self->parent, start_sqpoll, NULL, 0));
	ASSERT_EQ(0, scope_table_read("clones", &self->table));
	row = scope_find(&self->table, 0, "syscall", "kernel");
	while (row >= 0 && NUMBER(row, "parent") != self->parent->pid)
		row = scope_find(&self->table, row + 1, "syscall", "kernel");
	ASSERT_LE(0, row);
	EXPECT_STREQ("thread", FIELD(row, "shape"));
}

static long take_odd_name(void *arg)
{
	(void)arg;
	return prctl(PR_SET_NAME, "a b\\c\td") ? -errno : 0;
}

/* Names with blanks, tabs and backslashes stay one field. */
/* Broken: a process can shift the columns of every table. */
TEST_F(clones, odd_names_are_escaped)
{
	long child;
	int row;

	ASSERT_EQ(0, actor_call(self->parent, take_odd_name, NULL, 0));
	child = actor_call(self->parent, by_clone3, NULL, 0);
	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_STREQ("a\\x20b\\x5cc\\x09d", FIELD(row, "comm"));
}

/* Events are in the order in which they happened, and the ring says its size. */
/* Broken: readers that follow the log miss events without noticing. */
TEST_F(clones, order_and_counts)
{
	long long last = 0, time;
	size_t row;

	ASSERT_LT(0, actor_call(self->parent, by_clone3, NULL, 0));
	ASSERT_LT(0, actor_call(self->parent, by_clone3, NULL, 0));
	ASSERT_EQ(0, scope_table_read("clones", &self->table));
	EXPECT_GE(scope_status("clones_max"), (long long)self->table.rows);
	EXPECT_EQ(scope_status("clones"), (long long)self->table.rows);
	for (row = 0; row < self->table.rows; row++) {
		if (NUMBER(row, "parent") != self->parent->pid)
			continue;
		time = NUMBER(row, "time_ns");
		EXPECT_LE(last, time);
		last = time;
	}
}

TEST_HARNESS_MAIN
