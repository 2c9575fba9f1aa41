// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that end in the middle of faults: killed while they copy, or replaced by
 * an exec of another thread. The books balance afterwards and nothing stays.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"

#define PAGES		1009
#define ROUNDS		30

FIXTURE(violence) {
	struct cast cast;
	struct world world;
	long long records;
};

FIXTURE_SETUP(violence)
{
	stage_begin(_metadata, &self->cast);
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, &self->cast.actor[0], WORLD_ANON, PAGES);
	self->records = scope_status("records");
}

FIXTURE_TEARDOWN(violence)
{
	stage_end(_metadata, &self->cast);
}

static void *write_forever(void *arg)
{
	struct world *world = arg;
	volatile char *at = world->base;
	size_t i;

	run_on_cpu(1);
	for (;;)
		for (i = 0; i < world->pages; i++)
			at[i * PAGE_BYTES]++;
	return NULL;
}

/* In the actor: children that copy until they are killed in the middle of it. */
static long kill_writers(void *arg)
{
	int round;
	pid_t pid;

	for (round = 0; round < ROUNDS; round++) {
		pid = fork();
		if (!pid)
			write_forever(arg);
		if (pid < 0)
			return -errno;
		usleep(300 * round);
		kill(pid, SIGKILL);
		if (waitpid(pid, NULL, 0) != pid)
			return -ECHILD;
	}
	return 0;
}

static pid_t fork_exec_in_fault(struct world *world, int round)
{
	pthread_t thread;
	pid_t pid = fork();

	if (pid)
		return pid;
	if (!pthread_create(&thread, NULL, write_forever, world)) {
		usleep(300 * round);
		execl("/bin/true", "true", NULL);
	}
	_exit(127);
}

/* In the actor: children one thread of which copies while the other execs. */
static long exec_among_writers(void *arg)
{
	int round, status;
	pid_t pid;

	for (round = 0; round < ROUNDS; round++) {
		pid = fork_exec_in_fault(arg, round);
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			return -ECHILD;
	}
	return 0;
}

static void expect_clean(struct __test_metadata *_metadata, FIXTURE_DATA(violence) *self)
{
	int tries;

	for (tries = 0; tries < 100 && scope_status("records") != self->records; tries++)
		usleep(20000);
	EXPECT_EQ(self->records, scope_status("records"));
	EXPECT_EQ(0, scope_status("records_dropped"));
}

/* A process killed in a fault leaves a line and no open attempt. */
/* Broken: every killed worker leaks a slot, until attempts are dropped. */
TEST_F(violence, killed_while_copying)
{
	long long open = scope_status("open");

	ASSERT_EQ(0, actor_call(&self->cast.actor[0], kill_writers, PASSING(&self->world)));
	expect_clean(_metadata, self);
	/* Every live task may have one attempt open; the dead have none. */
	EXPECT_GT(open + ROUNDS / 2, scope_status("open"));
}

/* An exec that kills its own threads in faults leaves the books balanced. */
/* Broken: threaded programs that exec are counted half. */
TEST_F(violence, exec_while_copying)
{
	long long open = scope_status("open");

	ASSERT_EQ(0, actor_call(&self->cast.actor[0], exec_among_writers,
				PASSING(&self->world)));
	expect_clean(_metadata, self);
	EXPECT_GT(open + ROUNDS / 2, scope_status("open"));
}

TEST_HARNESS_MAIN
