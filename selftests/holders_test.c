// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many descriptors in many processes, and descriptors while others open, close,
 * fork, exec and unshare without a pause.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"

#define DESCRIPTORS	1000
#define PROCESSES	100
#define FIRST		200	/* number of the first one */

FIXTURE(holders) {
	struct cast cast;
	struct actor *one;
	struct actor *other;
	struct scope_table table;
};

FIXTURE_SETUP(holders)
{
	stage_begin(_metadata, &self->cast);
	self->one = &self->cast.actor[0];
	self->other = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(holders)
{
	scope_table_free(&self->table);
	stage_end(_metadata, &self->cast);
}

/* DESCRIPTORS open file descriptions from FIRST on, and PROCESSES that inherit them. */
static long open_many(void *arg)
{
	struct rlimit limit = { 4096, 4096 };
	int fd, i;
	pid_t pid;

	(void)arg;
	if (setpgid(0, 0) || setrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	for (i = 0; i < DESCRIPTORS; i++) {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0 || dup2(fd, FIRST + i) < 0 || close(fd))
			return -errno;
	}
	for (i = 0; i < PROCESSES; i++) {
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
	return 0;
}

static long end_many(void *arg)
{
	(void)arg;
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static void read_files(struct __test_metadata *_metadata, FIXTURE_DATA(holders) *self, pid_t pid)
{
	char *text = scope_query(pid, "files");

	scope_table_free(&self->table);
	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, scope_table_parse(text, &self->table));
}

static const char *holders_of(const struct scope_table *table, int fd)
{
	int row = scope_find_pid(table, 0, "fd", fd);

	return row < 0 ? "(not there)" : scope_field(table, row, "holders");
}

/* A thousand descriptors in a hundred processes: each row right, each list bounded. */
/* Broken: the view of a busy server is cut, wrong or without an end. */
TEST_F(holders, many)
{
	char wanted[16];
	const char *holders, *at;
	int i, listed;

	ASSERT_EQ(0, actor_call(self->one, open_many, NULL, 0));
	read_files(_metadata, self, self->one->pid);
	snprintf(wanted, sizeof(wanted), ",+%d", PROCESSES - COWSCOPE_HOLDERS_MAX);
	for (i = 0; i < DESCRIPTORS; i++) {
		holders = holders_of(&self->table, FIRST + i);
		at = strstr(holders, ",+");
		ASSERT_NE(NULL, at) {
			TH_LOG("%d: %s", FIRST + i, holders);
		}
		EXPECT_STREQ(wanted, at);
		for (listed = 1; at > holders; at--)
			listed += at[-1] == ',';
		EXPECT_EQ(COWSCOPE_HOLDERS_MAX, listed);
	}
	ASSERT_EQ(0, actor_call(self->one, end_many, NULL, 0));
	read_files(_metadata, self, self->one->pid);
	for (i = 0; i < DESCRIPTORS; i++)
		EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, holders_of(&self->table, FIRST + i));
}

/* Opens, dups, closes, forks, execs, unshares. */
static void storm(void)
{
	unsigned int turn;
	int fd, copy;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (turn = 0;; turn++) {
		fd = open("/dev/null", O_RDWR);
		copy = dup(fd);
		pid = fork();
		if (!pid) {
			close(fd);
			unshare(CLONE_FILES);
			/* cppcheck-suppress leakReturnValNotUsed ; closed by the exit */
			open("/dev/zero", O_RDONLY);
			if (turn % 8 == 7)
				execl("/bin/true", "true", NULL);
			_exit(0);
		}
		close(fd);
		close(copy);
		waitpid(pid, NULL, 0);
	}
}

static long open_null(void *arg)
{
	(void)arg;
	return open("/dev/null", O_RDWR);
}

#define STORMERS	4
#define READINGS	150

/* In a storm a private description is nobody else's, and a shared one is the right one's. */
/* Broken: memory that was freed and used again makes a stranger a holder. */
TEST_F(holders, storm)
{
	pid_t stormer[STORMERS];
	char wanted[32];
	int shared, own, i;

	ASSERT_EQ(0, run_anywhere());
	for (i = 0; i < STORMERS; i++) {
		stormer[i] = fork();
		if (!stormer[i])
			storm();
		ASSERT_LT(0, stormer[i]);
	}
	shared = actor_call(self->one, open_null, NULL, 0);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	own = actor_call(self->one, open_null, NULL, 0);
	ASSERT_LT(shared, own);
	snprintf(wanted, sizeof(wanted), "%d:%d", self->other->pid, shared);
	for (i = 0; i < READINGS; i++) {
		read_files(_metadata, self, self->one->pid);
		EXPECT_STREQ(wanted, holders_of(&self->table, shared));
		EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, holders_of(&self->table, own));
		/* Whoever is read while it changes: never more than a clean table. */
		read_files(_metadata, self, stormer[i % STORMERS]);
	}
	for (i = 0; i < STORMERS; i++) {
		kill(stormer[i], SIGKILL);
		EXPECT_EQ(stormer[i], waitpid(stormer[i], NULL, 0));
	}
}

TEST_HARNESS_MAIN
