// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID columns are those of the reader's PID namespace: a reader inside one sees
 * its own numbers, and "-" for everybody it cannot see.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

FIXTURE(pidns) {
	struct cast cast;
	struct actor *outer;	/* outside, its children are inside */
	struct actor *inner;	/* the first process inside */
};

static long leave_namespace(void *arg)
{
	(void)arg;
	return unshare(CLONE_NEWPID) ? -errno : 0;
}

/* The number of the process inside, as the outer namespace knows it. */
static pid_t only_child(pid_t parent)
{
	char path[64];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%d", &pid) != 1)
		pid = -1;
	fclose(file);
	return pid;
}

FIXTURE_SETUP(pidns)
{
	stage_begin(_metadata, &self->cast);
	self->outer = &self->cast.actor[0];
	self->inner = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->outer, leave_namespace, NULL, 0));
	/* fork's result in the outer process is its own namespace's number. */
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(self->inner->pid, only_child(self->outer->pid));
}

FIXTURE_TEARDOWN(pidns)
{
	stage_end(_metadata, &self->cast);
}

/* What a reader saw in a table. */
struct sight {
	char table[32];
	char column[16];
	long rows;
	long known;		/* rows with a number in the column */
	long own;		/* rows that hold the reader's own number */
	long highest;		/* highest number seen */
};

static long look_around(void *arg)
{
	struct sight *sight = arg;
	struct scope_table table;
	long long pid;
	size_t row;
	int ret = scope_table_read(sight->table, &table);

	if (ret)
		return ret;
	sight->rows = table.rows;
	for (row = 0; row < table.rows; row++) {
		pid = scope_number(&table, row, sight->column);
		sight->known += pid >= 0;
		sight->own += pid == getpid();
		if (pid > sight->highest)
			sight->highest = pid;
	}
	scope_table_free(&table);
	return 0;
}

/* A reader inside is process 1 and sees no number of the world outside. */
/* Broken: containers learn the numbers of their neighbours, or misread them. */
TEST_F(pidns, reader_inside)
{
	struct sight sight = { .table = "processes", .column = "pid" };

	ASSERT_EQ(0, actor_call(self->inner, look_around, PASSING(&sight)));
	EXPECT_LT(1, sight.rows);
	EXPECT_EQ(1, sight.known);
	EXPECT_EQ(1, sight.own);
	EXPECT_EQ(1, sight.highest);
}

/* The same holds for parents, and for the log of clones. */
/* Broken: one column of many leaks what the others hide. */
TEST_F(pidns, other_columns)
{
	struct sight parent = { .table = "processes", .column = "ppid" };
	struct sight child = { .table = "clones", .column = "child" };
	struct sight gone = { .table = "exited", .column = "pid" };

	ASSERT_EQ(0, actor_call(self->inner, look_around, PASSING(&parent)));
	EXPECT_EQ(0, parent.highest);
	ASSERT_EQ(0, actor_call(self->inner, look_around, PASSING(&child)));
	EXPECT_LT(1, child.rows);
	EXPECT_EQ(1, child.own);
	EXPECT_EQ(1, child.highest);
	ASSERT_EQ(0, actor_call(self->inner, look_around, PASSING(&gone)));
	EXPECT_EQ(0, gone.known);
}

/* A reader outside sees the process inside by the number outside. */
/* Broken: processes in containers are missing, or all called 1. */
TEST_F(pidns, reader_outside)
{
	struct scope_table table;
	int row;

	ASSERT_EQ(0, scope_table_read("processes", &table));
	row = scope_find_pid(&table, 0, "pid", self->inner->pid);
	ASSERT_LE(0, row);
	EXPECT_EQ(self->outer->pid, scope_number(&table, row, "ppid"));
	scope_table_free(&table);
}

static long query_self(void *arg)
{
	struct scope_cow *cow = malloc(sizeof(*cow));
	long ret;

	(void)arg;
	if (!cow)
		return -ENOMEM;
	ret = scope_cow(getpid(), cow);
	if (!ret)
		ret = cow->cell[REGION_TOTAL][CAUSE_COPIED];
	free(cow);
	return ret;
}

static long query_number(void *arg)
{
	struct scope_cow *cow = malloc(sizeof(*cow));
	long ret;

	if (!cow)
		return -ENOMEM;
	ret = scope_cow(*(pid_t *)arg, cow);
	free(cow);
	return ret;
}

/* A question names a process by the asker's number; others do not exist. */
/* Broken: a tool in a container gets a stranger's answers. */
TEST_F(pidns, query_from_inside)
{
	pid_t outside = self->inner->pid;

	EXPECT_LT(0, actor_call(self->inner, query_self, NULL, 0));
	EXPECT_EQ(-ESRCH, actor_call(self->inner, query_number, PASSING(&outside)));
}

TEST_HARNESS_MAIN
