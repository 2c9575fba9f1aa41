// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who shares what in a crowd, and while tasks fork, exec, unshare and exit without
 * a pause: nothing claimed that never was, nothing missed that is.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"
#include "lib/partner.h"

FIXTURE(throng) {
	struct cast cast;
	struct actor *one;
	struct actor *other;
};

FIXTURE_SETUP(throng)
{
	stage_begin(_metadata, &self->cast);
	self->one = &self->cast.actor[0];
	self->other = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(throng)
{
	stage_end(_metadata, &self->cast);
}

#define CROWD	100

static long clone_crowd(void *arg)
{
	struct clone_args args = { .flags = CLONE_FILES, .exit_signal = SIGCHLD };
	int *made = arg;
	long pid = 1;

	for (*made = 0; *made < CROWD && pid > 0; ++*made) {
		pid = syscall(SYS_clone3, &args, sizeof(args));
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
	return pid > 0 ? 0 : -errno;
}

static long kill_crowd(void *arg)
{
	(void)arg;
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

static long own_group(void *arg)
{
	(void)arg;
	return setpgid(0, 0) ? -errno : 0;
}

/* A long list is cut, says by how much, and never says less tasks than there are. */
/* Broken: a line without an end, or a crowd that looks like a handful. */
TEST_F(throng, crowd)
{
	char wanted[16], *plus;
	struct scope_table table;
	const char *members;
	int made = 0, row, listed = 1, i;

	ASSERT_EQ(0, actor_call(self->one, own_group, NULL, 0));
	ASSERT_EQ(0, actor_call(self->one, clone_crowd, PASSING(&made)));
	ASSERT_EQ(CROWD, made);
	ASSERT_EQ(0, scope_table_parse(scope_query(self->one->pid, "sharing"), &table));
	row = scope_find(&table, 0, "kind", "files");
	ASSERT_LE(0, row);
	EXPECT_EQ(CROWD + 1, scope_number(&table, row, "tasks"));
	EXPECT_EQ(CROWD + 1, scope_number(&table, row, "processes"));
	members = scope_field(&table, row, "members");
	plus = strstr(members, ",+");
	ASSERT_NE(NULL, plus);
	for (i = 0; &members[i] < plus; i++)
		listed += members[i] == ',';
	EXPECT_EQ(COWSCOPE_MEMBERS_MAX, listed);
	snprintf(wanted, sizeof(wanted), ",+%d", CROWD + 1 - COWSCOPE_MEMBERS_MAX);
	EXPECT_STREQ(wanted, plus);
	scope_table_free(&table);
	ASSERT_EQ(0, actor_call(self->one, kill_crowd, NULL, 0));
}

#define ALIVE		32

/* A child that changes one thing and waits, or becomes another program. */
static pid_t storm_child(unsigned int turn)
{
	static const unsigned long flags[] = {
		CLONE_FILES, CLONE_FS, CLONE_NEWUTS, CLONE_NEWNS,
	};
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	unshare(flags[turn % ARRAY_SIZE(flags)]);
	if (turn % 8 == 7)
		execlp("sleep", "sleep", "1000", NULL);
	for (;;)
		pause();
}

/*
 * Always ALIVE children; the oldest goes and its memory is at once the youngest's,
 * which stands far behind it in the list of tasks.
 */
static void storm(void)
{
	pid_t child[ALIVE] = { 0 };
	unsigned int turn;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (turn = 0;; turn++) {
		pid_t *oldest = &child[turn % ALIVE];

		if (*oldest) {
			kill(*oldest, SIGKILL);
			waitpid(*oldest, NULL, 0);
		}
		*oldest = storm_child(turn);
	}
}

/* Every row adds up; nobody but the pair under test shares memory or descriptors. */
static void expect_truth(struct __test_metadata *_metadata, const struct scope_table *table,
			 pid_t one, pid_t other)
{
	int pairs = 0, tasks, dummy;
	size_t row;

	for (row = 0; row < table->rows; row++) {
		const char *kind = scope_field(table, row, "kind");
		const char *members = scope_field(table, row, "members");

		tasks = scope_number(table, row, "tasks");
		EXPECT_LE(2, tasks);
		EXPECT_GE(tasks, scope_number(table, row, "processes"));
		if (strcmp(kind, "mm") && strcmp(kind, "files") && strcmp(kind, "sighand"))
			continue;
		if (scope_number(table, row, "processes") < 2 ||
		    !strncmp(members, "2(1)", 4))
			continue;	/* threads; kernel threads */
		if (tasks != 2)
			TH_LOG("%s %s", kind, members);
		EXPECT_EQ(2, tasks);
		EXPECT_EQ(1, scope_member(members, one, &dummy));
		EXPECT_EQ(1, scope_member(members, other, &dummy));
		pairs++;
	}
	EXPECT_EQ(3, pairs);
}

#define STORMERS	4
#define READINGS	300

/* In a storm no reading claims a sharing that never was, or misses one that is. */
/* Broken: memory that was freed and used again makes strangers look like kin. */
TEST_F(throng, storm)
{
	pid_t stormer[STORMERS];
	struct scope_table table;
	int i;

	ASSERT_LT(0, partner_start(&self->cast, 0, 1, CLONE_VM | CLONE_FILES | CLONE_SIGHAND));
	ASSERT_EQ(0, run_anywhere());
	for (i = 0; i < STORMERS; i++) {
		stormer[i] = fork();
		if (!stormer[i])
			storm();
		ASSERT_LT(0, stormer[i]);
	}
	for (i = 0; i < READINGS; i++) {
		ASSERT_EQ(0, scope_table_read("sharing", &table));
		expect_truth(_metadata, &table, self->one->pid, self->other->pid);
		scope_table_free(&table);
	}
	/* Their children come to us and go with the cast. */
	for (i = 0; i < STORMERS; i++) {
		kill(stormer[i], SIGKILL);
		EXPECT_EQ(stormer[i], waitpid(stormer[i], NULL, 0));
	}
}

/* Read a few bytes at a time it is the same table: nothing twice, nothing left out. */
/* Broken: tools with small buffers see rows that are not there. */
TEST_F(throng, small_reads)
{
	int fd = open(scope_path("sharing"), O_RDONLY | O_CLOEXEC);
	size_t used = 0, size = 1 << 20;
	struct scope_table table;
	char *text = calloc(1, size);
	ssize_t got;

	ASSERT_LT(0, partner_start(&self->cast, 0, 1, CLONE_VM | CLONE_FILES | CLONE_SIGHAND));
	ASSERT_LE(0, fd);
	while ((got = read(fd, text + used, 7)) > 0 && used + 8 < size)
		used += got;
	ASSERT_EQ(0, got);
	ASSERT_EQ(0, scope_table_parse(text, &table));
	expect_truth(_metadata, &table, self->one->pid, self->other->pid);
	scope_table_free(&table);
	close(fd);
}

TEST_HARNESS_MAIN
