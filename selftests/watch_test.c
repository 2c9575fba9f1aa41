// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching: directories appear, follow forks, keep the last state of the dead,
 * and are given up only for others that need the place.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		29

#define VIEW_NAME(name, mode, help)	#name,
static const char *const view_name[] = { COWSCOPE_VIEWS(VIEW_NAME) };

FIXTURE(watch) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
};

FIXTURE_SETUP(watch)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_EQ(0, scope_command("watch", "clear"));
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(watch)
{
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

static bool exists(pid_t pid, const char *file)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s/%d/%s", COWSCOPE_DEBUGFS, COWSCOPE_WATCHED, pid,
		 file);
	return !access(path, F_OK);
}

/* Directories are made and removed a moment later; true once it is so. */
static bool becomes(bool wanted, pid_t pid)
{
	int tries;

	for (tries = 0; tries < 250; tries++) {
		if (exists(pid, "") == wanted)
			return true;
		usleep(20000);
	}
	return false;
}

static char *read_view(pid_t pid, const char *view)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s/%d/%s", COWSCOPE_DEBUGFS, COWSCOPE_WATCHED, pid,
		 view);
	return scope_slurp(path);
}

/* A field of the watch list, in a static buffer; "nowhere": not in the list. */
static const char *listed(struct __test_metadata *_metadata, pid_t pid, const char *column)
{
	static char value[32];
	struct scope_table table;
	const char *field;
	int row;

	ASSERT_EQ(0, scope_table_read("watch", &table));
	row = scope_find_pid(&table, 0, "pid", pid);
	field = row < 0 ? NULL : scope_field(&table, row, column);
	snprintf(value, sizeof(value), "%s", field ? field : "nowhere");
	scope_table_free(&table);
	return value;
}

/* Watching a process makes its directory with every view of the contract. */
/* Broken: cat watched/PID/cow, the first thing anybody tries, fails. */
TEST_F(watch, directory_appears)
{
	pid_t pid = self->owner->pid;
	char *watched, *asked;
	size_t i;

	EXPECT_EQ(0, scope_commandf("watch", "%d\n", pid));
	EXPECT_TRUE(becomes(true, pid));
	for (i = 0; i < ARRAY_SIZE(view_name); i++)
		EXPECT_TRUE(exists(pid, view_name[i]));
	EXPECT_STREQ("yes", listed(_metadata, pid, "follow"));
	EXPECT_STREQ("live", listed(_metadata, pid, "state"));
	watched = read_view(pid, "cow");
	asked = scope_query(pid, "cow");
	ASSERT_NE(NULL, watched);
	ASSERT_NE(NULL, asked);
	EXPECT_STREQ(asked, watched);
	free(watched);
	free(asked);
}

/* Children of a watched process are watched as they are forked. */
/* Broken: the workers of a server have to be added by hand, too late. */
TEST_F(watch, follows_forks)
{
	ASSERT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_LT(0, actor_fork(&self->cast, 1, 2));
	EXPECT_TRUE(becomes(true, self->heir->pid));
	EXPECT_TRUE(becomes(true, self->cast.actor[2].pid));
	EXPECT_STREQ("yes", listed(_metadata, self->cast.actor[2].pid, "follow"));
}

/* In the actor: a child by vfork that becomes a program and stays. */
static long spawn_sleep(void *arg)
{
	pid_t pid = vfork();

	(void)arg;
	if (!pid) {
		execl("/bin/sleep", "sleep", "300", NULL);
		_exit(127);
	}
	return pid < 0 ? -errno : pid;
}

/* A child by vfork is watched like one by fork. */
/* Broken: what a server spawns is followed or not by the libc call it used. */
TEST_F(watch, follows_vfork)
{
	pid_t pid;

	ASSERT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	pid = actor_call(self->owner, spawn_sleep, NULL, 0);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(becomes(true, pid));
	EXPECT_STREQ("yes", listed(_metadata, pid, "follow"));
}

/* nofollow watches one process alone. */
/* Broken: watching a shell fills the directory with its commands. */
TEST_F(watch, nofollow)
{
	ASSERT_EQ(0, scope_commandf("watch", "%d nofollow", self->owner->pid));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_TRUE(becomes(true, self->owner->pid));
	usleep(200000);
	EXPECT_FALSE(exists(self->heir->pid, ""));
	EXPECT_STREQ("no", listed(_metadata, self->owner->pid, "follow"));
	EXPECT_STREQ("nowhere", listed(_metadata, self->heir->pid, "pid"));
}

/* Unwatching removes the directory of that process and of no other. */
/* Broken: directories pile up, or a colleague's disappear. */
TEST_F(watch, unwatch)
{
	ASSERT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_TRUE(becomes(true, self->heir->pid));
	EXPECT_EQ(0, scope_commandf("watch", "-%d", self->owner->pid));
	EXPECT_TRUE(becomes(false, self->owner->pid));
	EXPECT_TRUE(exists(self->heir->pid, ""));
	EXPECT_EQ(0, scope_command("watch", "clear"));
	EXPECT_TRUE(becomes(false, self->heir->pid));
	EXPECT_EQ(0, scope_status("watched"));
}

/* A watched process that ends keeps its last state readable. */
/* Broken: what a short-lived worker did can never be read. */
TEST_F(watch, the_dead_keep_their_state)
{
	struct scope_cow before, after;
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	char value[64], *text;
	pid_t pid;

	pid = actor_fork(&self->cast, 0, 1);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, scope_commandf("watch", "%d", pid));
	write_part(_metadata, self->heir, &world, 0, PAGES);
	before = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, actor_quit(self->heir));
	ASSERT_TRUE(exists(pid, ""));
	ASSERT_EQ(0, scope_cow_parse(read_view(pid, "cow"), &after));
	EXPECT_EQ(before.cell[REGION_ANON][CAUSE_COPIED],
		  after.cell[REGION_ANON][CAUSE_COPIED]);
	EXPECT_STREQ("exited", listed(_metadata, pid, "state"));
	text = read_view(pid, "status");
	ASSERT_NE(NULL, text);
	EXPECT_EQ(0, scope_key(text, "state", value, sizeof(value)));
	EXPECT_STREQ("exited", value);
	EXPECT_EQ(0, scope_key(text, "end", value, sizeof(value)));
	EXPECT_STREQ("exit", value);
	free(text);
	EXPECT_EQ(0, scope_commandf("watch", "-%d", pid));
	EXPECT_TRUE(becomes(false, pid));
}

/* Exec of a watched process: still watched, counted anew. */
static long become_sleep(void *arg)
{
	(void)arg;
	execl("/bin/sleep", "sleep", "300", NULL);
	return -errno;
}

/* A watched process stays watched when it runs another program. */
/* Broken: watching a shell's child loses the command that it becomes. */
TEST_F(watch, survives_exec)
{
	char value[64] = "", *text;
	int tries;

	ASSERT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	ASSERT_EQ(0, actor_send(self->owner, become_sleep, NULL, 0));
	for (tries = 0; tries < 250 && strcmp(value, "exec"); tries++) {
		usleep(20000);
		text = read_view(self->owner->pid, "status");
		ASSERT_NE(NULL, text);
		scope_key(text, "born", value, sizeof(value));
		free(text);
	}
	EXPECT_STREQ("exec", value);
	EXPECT_STREQ("live", listed(_metadata, self->owner->pid, "state"));
}

/* In the actor: forks a child that waits, with a number of our choice if any. */
static long leave_child(void *arg)
{
	pid_t wanted = *(pid_t *)arg;
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid;

	if (wanted) {
		args.set_tid = (uintptr_t)&wanted;
		args.set_tid_size = 1;
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		for (;;)
			pause();
	return pid < 0 ? -errno : pid;
}

static long kill_child(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	kill(pid, SIGKILL);
	return waitpid(pid, NULL, 0) == pid ? 0 : -ECHILD;
}

/* A dead process' number, used again: the directory belongs to the living. */
/* Broken: a new process shows a dead one's counts. */
TEST_F(watch, number_used_again)
{
	pid_t pid = 0;
	char value[64], *text;

	pid = actor_call(self->owner, leave_child, PASSING(&pid));
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, scope_commandf("watch", "%d", pid));
	ASSERT_EQ(0, actor_call(self->owner, kill_child, PASSING(&pid)));
	ASSERT_EQ(pid, actor_call(self->owner, leave_child, PASSING(&pid)));
	ASSERT_EQ(0, scope_commandf("watch", "%d", pid));
	ASSERT_TRUE(becomes(true, pid));
	text = read_view(pid, "status");
	ASSERT_NE(NULL, text);
	EXPECT_EQ(0, scope_key(text, "state", value, sizeof(value)));
	EXPECT_STREQ("live", value);
	free(text);
}

/* A full list takes nobody while all live, and gives a dead one's place away. */
/* Broken: memory grows with every fork, or watching stops without a word. */
TEST_F(watch, cap)
{
	long long max = scope_status("watched_max"), i;
	pid_t zero = 0, *pid;

	ASSERT_LT(0, max);
	pid = calloc(max + 1, sizeof(*pid));
	ASSERT_NE(NULL, pid);
	for (i = 0; i <= max; i++) {
		pid[i] = actor_call(self->owner, leave_child, PASSING(&zero));
		ASSERT_LT(0, pid[i]);
		EXPECT_EQ(i < max ? 0 : -ENOSPC, scope_commandf("watch", "%d", pid[i]));
	}
	EXPECT_EQ(max, scope_status("watched"));
	ASSERT_EQ(0, actor_call(self->owner, kill_child, PASSING(&pid[7])));
	EXPECT_EQ(0, scope_commandf("watch", "%d", pid[max]));
	EXPECT_TRUE(becomes(false, pid[7]));
	EXPECT_TRUE(becomes(true, pid[max]));
	EXPECT_EQ(max, scope_status("watched"));
	free(pid);
}

TEST_HARNESS_MAIN
