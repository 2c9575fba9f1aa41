// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces come and go: forks that fail, execs and exits in the middle of
 * faults, process numbers used again. No count is inherited, none is lost, no
 * record stays behind.
 */
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		41
#define FAILURES	7
#define CHAIN		211	/* forks in a row */
#define LINEAGE_MAX	64	/* ancestors that anybody wants to see */
#define OVERCOMMIT	"/proc/sys/vm/overcommit_memory"

FIXTURE(life) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct world world;
	struct scope_table table;
};

FIXTURE_SETUP(life)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
}

FIXTURE_TEARDOWN(life)
{
	scope_table_free(&self->table);
	world_setting(OVERCOMMIT, "0");
	stage_end(_metadata, &self->cast);
}

/* Records of a machine that is quiet again: the number wanted, or the last. */
static long long settled_records(long long wanted)
{
	long long records = -1;
	int tries;

	for (tries = 0; tries < 100; tries++) {
		records = scope_status("records");
		if (records == wanted)
			break;
		usleep(20000);
	}
	return records;
}

/* Lines of exited with this end, and the sum of one of their columns. */
static int ended(struct __test_metadata *_metadata, const char *end, const char *column,
		 long long *sum)
{
	struct scope_table table;
	int count = 0, row = -1;

	*sum = 0;
	ASSERT_EQ(0, scope_table_read("exited", &table));
	while ((row = scope_find(&table, row + 1, "end", end)) >= 0) {
		*sum += scope_number(&table, row, column);
		count++;
	}
	scope_table_free(&table);
	return count;
}

/* The last line of exited of a process, kept in the fixture's table; or -1. */
static int last_exited(struct __test_metadata *_metadata, FIXTURE_DATA(life) *self,
		       pid_t pid)
{
	int row = -1, next = -1;

	scope_table_free(&self->table);
	ASSERT_EQ(0, scope_table_read("exited", &self->table));
	do {
		row = next;
		next = scope_find_pid(&self->table, row + 1, "pid", pid);
	} while (next >= 0);
	return row;
}

/* In the actor: a fork that is refused after the memory was copied. */
static long fork_into_used_pid(void *arg)
{
	pid_t taken = getpid();
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&taken, .set_tid_size = 1,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	(void)arg;
	if (!pid)
		_exit(0);
	return pid < 0 ? -errno : pid;
}

/*
 * In the actor: memory that no fork can be granted, at an address above the heap
 * and below what mmap chooses. Address spaces are copied from below.
 */
static long map_too_much(void *arg)
{
	static void *base;	/* stays until the actor ends */
	size_t bytes = 1UL << 40;
	uintptr_t above = ((uintptr_t)sbrk(0) | (bytes - 1)) + 1;
	long ret = world_setting(OVERCOMMIT, "1");

	(void)arg;
	if (ret)
		return ret;
	base = mmap((void *)above, bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	world_setting(OVERCOMMIT, "0");
	return base == MAP_FAILED ? -errno : 0;
}

static long fork_plainly(void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (!pid)
		_exit(0);
	return pid < 0 ? -errno : pid;
}

static void expect_failures(struct __test_metadata *_metadata, FIXTURE_DATA(life) *self,
			    actor_fn attempt, long error, bool copied)
{
	long long records, pinned[2], want = copied ? FAILURES * PAGES : 0;
	int lines[2], i;

	records = scope_status("records");
	lines[0] = ended(_metadata, "failed", "pinned", &pinned[0]);
	for (i = 0; i < FAILURES; i++)
		ASSERT_EQ(error, actor_call(self->owner, attempt, NULL, 0));
	EXPECT_EQ(records, settled_records(records));
	lines[1] = ended(_metadata, "failed", "pinned", &pinned[1]);
	EXPECT_EQ(want, pinned[1] - pinned[0]);
	/* A fork that copied nothing leaves no line. */
	EXPECT_EQ(copied ? FAILURES : 0, lines[1] - lines[0]);
}

/* A fork refused at its end leaves what it copied in exited, and no record. */
/* Broken: failing forks fill the table of records, or their copies vanish. */
TEST_F(life, fork_refused_at_the_end)
{
	ASSERT_EQ(0, actor_call(self->owner, world_pin, PASSING(&self->world)));
	expect_failures(_metadata, self, fork_into_used_pid, -EEXIST, true);
}

/* A fork that runs out of memory half-way leaves no record, but what it copied. */
/* Broken: a machine short of memory loses the module's memory, too. */
TEST_F(life, fork_refused_half_way)
{
	struct world heap = make_world(_metadata, self->owner, WORLD_HEAP, PAGES);

	ASSERT_EQ(0, actor_call(self->owner, map_too_much, NULL, 0));
	/* The world lies behind the refusal and is not reached, the heap before it. */
	ASSERT_EQ(0, actor_call(self->owner, world_pin, PASSING(&self->world)));
	expect_failures(_metadata, self, fork_plainly, -ENOMEM, false);
	ASSERT_EQ(0, actor_call(self->owner, world_pin, PASSING(&heap)));
	expect_failures(_metadata, self, fork_plainly, -ENOMEM, true);
}

static long become_sleep(void *arg)
{
	(void)arg;
	execl("/bin/sleep", "sleep", "300", NULL);
	return -errno;
}

/* Waits until the process runs another program. */
static bool runs(pid_t pid, const char *name)
{
	char path[64], comm[32];
	FILE *file;
	int tries;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	for (tries = 0; tries < 500; tries++) {
		file = fopen(path, "re");
		if (!file)
			return false;
		if (fscanf(file, "%31s", comm) == 1 && !strcmp(comm, name)) {
			fclose(file);
			return true;
		}
		fclose(file);
		usleep(10000);
	}
	return false;
}

/* In the actor: a chain of forks each link of which ends; the last one stays. */
static long fork_chain(void *arg)
{
	int links = *(int *)arg, end[2];
	pid_t pid = -1;

	if (pipe(end))
		return -errno;
	if (!fork()) {
		while (--links && !fork())
			;
		if (links)
			_exit(0);
		pid = getpid();
		if (write(end[1], &pid, sizeof(pid)) != sizeof(pid))
			_exit(1);
		for (;;)
			pause();
	}
	close(end[1]);
	if (read(end[0], &pid, sizeof(pid)) != sizeof(pid))
		pid = -EPIPE;
	close(end[0]);
	return pid;
}

/* However long a chain of forks is, its end keeps a bounded number of ancestors. */
/* Broken: a daemon that forks itself on and on eats all room for lineages. */
TEST_F(life, regress_lineage_is_bounded)
{
	char lineage[8192], *text;
	int links = CHAIN, known = 0;
	pid_t last;

	last = actor_call(self->owner, fork_chain, PASSING(&links));
	ASSERT_LT(0, last);
	text = scope_query(last, "status");
	ASSERT_NE(NULL, text);
	EXPECT_EQ(0, scope_key(text, "lineage", lineage, sizeof(lineage)));
	free(text);
	EXPECT_EQ(last, atoi(lineage));
	for (text = lineage; (text = strchr(text, '(')); text++)
		known++;
	EXPECT_LT(1, known);
	EXPECT_GE(LINEAGE_MAX, known);
}

/* exec ends an address space: its counts are a line, the next starts at zero. */
/* Broken: what a shell copied is charged to the program that it becomes. */
TEST_F(life, exec_starts_anew)
{
	struct scope_cow before, after;
	int row, cause;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, self->heir, &self->world, 0, PAGES);
	before = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, actor_send(self->heir, become_sleep, NULL, 0));
	ASSERT_TRUE(runs(self->heir->pid, "sleep"));
	row = last_exited(_metadata, self, self->heir->pid);
	ASSERT_LE(0, row);
	EXPECT_STREQ("exec", scope_field(&self->table, row, "end"));
	EXPECT_STREQ("fork", scope_field(&self->table, row, "born"));
	EXPECT_LT(0, scope_number(&self->table, row, "lived_ns"));
	for (cause = 0; cause < CAUSE_COUNT; cause++)
		EXPECT_LE(before.cell[REGION_TOTAL][cause],
			  scope_number(&self->table, row, scope_cause_name[cause]));
	after = cow_of(_metadata, self->heir);
	EXPECT_GT(PAGES, after.cell[REGION_TOTAL][CAUSE_COPIED]);
	scope_table_free(&self->table);
	ASSERT_EQ(0, scope_table_read("processes", &self->table));
	row = scope_find_pid(&self->table, 0, "pid", self->heir->pid);
	ASSERT_LE(0, row);
	EXPECT_STREQ("exec", scope_field(&self->table, row, "born"));
	EXPECT_STREQ("sleep", scope_field(&self->table, row, "comm"));
}

static long spawn_true(void *arg)
{
	pid_t pid = vfork();

	(void)arg;
	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	return pid;
}

/* The exec of a vfork child ends no address space: the parent lives in it. */
/* Broken: every spawned command resets its parent's counts. */
TEST_F(life, exec_of_a_vfork_child_ends_nothing)
{
	struct scope_cow before, after;
	int row;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_LT(0, actor_call(self->heir, spawn_true, NULL, 0));
	write_part(_metadata, self->heir, &self->world, 0, PAGES);
	before = cow_of(_metadata, self->heir);
	ASSERT_LT(0, actor_call(self->heir, spawn_true, NULL, 0));
	after = cow_of(_metadata, self->heir);
	EXPECT_LE(before.cell[REGION_ANON][CAUSE_COPIED],
		  after.cell[REGION_ANON][CAUSE_COPIED]);
	row = last_exited(_metadata, self, self->heir->pid);
	EXPECT_EQ(-1, row);
}

/* In the actor: a child with a number of our choice. */
static long fork_as(void *arg)
{
	pid_t wanted = *(pid_t *)arg;
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&wanted, .set_tid_size = 1,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		for (;;)
			pause();
	return pid < 0 ? -errno : pid;
}

static long reap_all(void *arg)
{
	(void)arg;
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

/* A process number that is used again starts at zero. */
/* Broken: a new process carries the history of a dead stranger. */
TEST_F(life, number_used_again)
{
	struct actor next = { 0 };
	struct scope_cow cow;
	pid_t pid;
	int row;

	pid = actor_fork(&self->cast, 0, 1);
	ASSERT_LT(0, pid);
	write_part(_metadata, self->heir, &self->world, 0, PAGES);
	ASSERT_EQ(0, actor_quit(self->heir));
	ASSERT_EQ(0, actor_call(self->owner, reap_all, NULL, 0));
	ASSERT_EQ(pid, actor_call(self->owner, fork_as, PASSING(&pid)));
	next.pid = pid;
	cow = cow_of(_metadata, &next);
	/* It has copied some pages of libc's by now, none of the world's. */
	EXPECT_GT(PAGES, cow.cell[REGION_TOTAL][CAUSE_COPIED]);
	row = last_exited(_metadata, self, pid);
	ASSERT_LE(0, row);
	EXPECT_STREQ("exit", scope_field(&self->table, row, "end"));
	EXPECT_LE(PAGES, scope_number(&self->table, row, "copied"));
	kill(pid, SIGKILL);
}

TEST_HARNESS_MAIN
