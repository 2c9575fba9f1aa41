// SPDX-License-Identifier: GPL-2.0-only
/*
 * What follows a clone: whether there was an exec, when, and what had been copied
 * for nothing by then; and the child's number in its own PID namespace.
 */
#include <linux/sched.h>
#include <sched.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		97

FIXTURE(exec) {
	struct cast cast;
	struct actor *parent;
	struct world world;
	struct scope_table table;
};

FIXTURE_SETUP(exec)
{
	stage_begin(_metadata, &self->cast);
	self->parent = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
}

FIXTURE_TEARDOWN(exec)
{
	scope_table_free(&self->table);
	stage_end(_metadata, &self->cast);
}

/* The last event of a child; the table stays for the caller's questions. */
static int event_of(struct __test_metadata *_metadata, FIXTURE_DATA(exec) *self, pid_t child)
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

static long reaped(long pid)
{
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
	return pid < 0 ? -errno : pid;
}

/* In the actor, arg: flags of clone3 as an unsigned long. */
static long by_clone3(void *arg)
{
	struct clone_args args = {
		.flags = *(unsigned long *)arg, .exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		_exit(0);
	return reaped(pid);
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

/* In the actor, arg: struct pass of what the child writes before it does an exec. */
static long fork_write_exec(void *arg)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid) {
		world_write(arg);
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	return reaped(pid);
}

/* The copies of the address space that a child had until its exec. */
static long long copies_until_exec(struct __test_metadata *_metadata, pid_t child)
{
	static const char *const column[] = { "copied", "file", "ksm", "unshared" };
	struct scope_table exited;
	long long sum = 0;
	size_t i;
	int row;

	ASSERT_EQ(0, scope_table_read("exited", &exited));
	row = scope_find_pid(&exited, 0, "pid", child);
	while (row >= 0 && strcmp(scope_field(&exited, row, "end"), "exec"))
		row = scope_find_pid(&exited, row + 1, "pid", child);
	ASSERT_LE(0, row);
	for (i = 0; i < ARRAY_SIZE(column); i++)
		sum += scope_number(&exited, row, column[i]);
	scope_table_free(&exited);
	return sum;
}

/* What a fork cost until the exec that made it pointless is in the fork's line. */
/* Broken: nobody learns that vfork would have been cheaper, and by how much. */
TEST_F(exec, that_follows)
{
	struct pass pass = { .world = self->world, .count = PAGES, .value = 'x' };
	long long start = now_ns(), end;
	long child = actor_call(self->parent, fork_write_exec, PASSING(&pass));
	int row;

	end = now_ns();
	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_LT(0, NUMBER(row, "exec_ns"));
	EXPECT_GE(end - start, NUMBER(row, "duration_ns") + NUMBER(row, "exec_ns"));
	EXPECT_LE(PAGES, NUMBER(row, "exec_copied_pages"));
	EXPECT_EQ(copies_until_exec(_metadata, child), NUMBER(row, "exec_copied_pages"));
	EXPECT_STREQ("-", FIELD(row, "errno"));
}

/* An exec without a fork, and none at all, are told apart from the above. */
/* Broken: the copies of the parent are put down to a child that shared them. */
TEST_F(exec, without_copies)
{
	long child = actor_call(self->parent, by_spawn, NULL, 0);
	unsigned long flags = 0;
	int row;

	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_LT(0, NUMBER(row, "exec_ns"));
	EXPECT_STREQ("-", FIELD(row, "exec_copied_pages"));
	child = actor_call(self->parent, by_clone3, PASSING(&flags));
	ASSERT_LT(0, child);
	row = event_of(_metadata, self, child);
	EXPECT_STREQ("-", FIELD(row, "exec_ns"));
	EXPECT_STREQ("-", FIELD(row, "exec_copied_pages"));
}

/* A child's PID inside its own namespace is shown next to the one outside. */
/* Broken: what a container logs about its processes cannot be matched. */
TEST_F(exec, inner_pid)
{
	unsigned long flags = CLONE_NEWPID;
	long child = actor_call(self->parent, by_clone3, PASSING(&flags));
	struct scope_table exited;
	int row;

	ASSERT_LT(0, child);
	EXPECT_EQ(1, NUMBER(event_of(_metadata, self, child), "inner_pid"));
	ASSERT_EQ(0, scope_table_read("exited", &exited));
	row = scope_find_pid(&exited, 0, "pid", child);
	ASSERT_LE(0, row);
	EXPECT_EQ(1, scope_number(&exited, row, "inner_pid"));
	scope_table_free(&exited);
	flags = 0;
	child = actor_call(self->parent, by_clone3, PASSING(&flags));
	ASSERT_LT(0, child);
	EXPECT_EQ(child, NUMBER(event_of(_metadata, self, child), "inner_pid"));
}

TEST_HARNESS_MAIN
