// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files refuse, each with its own errno, to whom they are closed, how
 * query behaves on one descriptor, and that an open file keeps the module.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

FIXTURE(refusal) {
	struct cast cast;
	struct actor *owner;
};

FIXTURE_SETUP(refusal)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	ASSERT_EQ(0, scope_command("watch", "clear"));
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(refusal)
{
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

struct refused {
	const char *file;
	const char *command;
	int error;
};

#define NINES	"9999999999999999999999999999999999999999999999999999999999999999"

static const struct refused refused[] = {
	{ "watch", "", -EINVAL },
	{ "watch", "\n", -EINVAL },
	{ "watch", "0", -EINVAL },
	{ "watch", "-0", -EINVAL },
	{ "watch", "-", -EINVAL },
	{ "watch", "--1", -EINVAL },
	{ "watch", "+1", -EINVAL },
	{ "watch", " 1", -EINVAL },
	{ "watch", "1x", -EINVAL },
	{ "watch", "1,2", -EINVAL },
	{ "watch", "0x1", -EINVAL },
	{ "watch", "1\n1", -EINVAL },
	{ "watch", "4194305", -ERANGE },
	{ "watch", "99999999999999999999999", -ERANGE },
	{ "watch", NINES, -ERANGE },
	{ "watch", NINES "9", -E2BIG },
	{ "watch", "4194303", -ESRCH },
	{ "watch", "-4194303", -ENOENT },
	{ "watch", "2", -ENXIO },	/* kthreadd */
	{ "watch", "1 follow", -EOPNOTSUPP },
	{ "watch", "1 nofollow x", -EOPNOTSUPP },
	{ "watch", "1 nofollowed", -EOPNOTSUPP },
	{ "watch", "cleared", -EOPNOTSUPP },
	{ "watch", "all", -EOPNOTSUPP },
	{ "control", "\n", -EINVAL },
	{ "control", "on\noff", -EINVAL },
	{ "control", "onn", -EOPNOTSUPP },
	{ "control", "ON", -EOPNOTSUPP },
	{ "control", "1", -EOPNOTSUPP },
	{ "control", "off please", -EOPNOTSUPP },
	{ "control", NINES "9", -E2BIG },
	{ "query", "\n", -EINVAL },
	{ "query", "0 cow", -EINVAL },
	{ "query", "-1 cow", -EINVAL },
	{ "query", "1x cow", -EINVAL },
	{ "query", "4194305 cow", -ERANGE },
	{ "query", "4194303 cow", -ESRCH },
	{ "query", "2 cow", -ENXIO },
	{ "query", "1 cows", -EOPNOTSUPP },
	{ "query", "1 cow ", -EOPNOTSUPP },
	{ "query", "1 cow status", -EOPNOTSUPP },
	{ "query", "1 pages of it", -EOPNOTSUPP },
	{ "query", NINES "9 cow", -E2BIG },
};

/* Each refusal has the errno that the contract gives it. */
/* Broken: tools cannot say what was wrong with a command. */
TEST_F(refusal, errnos)
{
	size_t i;
	int error;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		error = scope_command(refused[i].file, refused[i].command);
		if (error != refused[i].error)
			TH_LOG("%s: \"%s\": %s, expected %s", refused[i].file,
			       refused[i].command, strerror(-error),
			       strerror(-refused[i].error));
		EXPECT_EQ(refused[i].error, error);
	}
	EXPECT_EQ(0, scope_status("watched"));
}

/* Watching twice is refused, and so is unwatching what is not watched. */
/* Broken: scripts that watch the same process count it twice. */
TEST_F(refusal, watch_twice)
{
	EXPECT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	EXPECT_EQ(-EEXIST, scope_commandf("watch", "%d", self->owner->pid));
	EXPECT_EQ(0, scope_commandf("watch", "-%d", self->owner->pid));
	EXPECT_EQ(-ENOENT, scope_commandf("watch", "-%d", self->owner->pid));
}

static void *thread_id(void *arg)
{
	*(pid_t *)arg = syscall(SYS_gettid);
	for (;;)
		pause();
	return NULL;
}

/* In the actor: a thread that stays; its number. */
static long start_thread(void *arg)
{
	static volatile pid_t tid;
	pthread_t thread;

	(void)arg;
	if (pthread_create(&thread, NULL, thread_id, (void *)&tid))
		return -EAGAIN;
	while (!tid)
		usleep(1000);
	return tid;
}

static long leave_zombie(void *arg)
{
	pid_t pid = fork();
	siginfo_t info;

	(void)arg;
	if (!pid)
		_exit(0);
	return waitid(P_PID, pid, &info, WEXITED | WNOWAIT) ? -errno : pid;
}

/* A thread's number is no process, and a zombie has no memory to watch. */
/* Broken: half a process is watched, or a dead one. */
TEST_F(refusal, threads_and_zombies)
{
	long tid = actor_call(self->owner, start_thread, NULL, 0);
	long zombie = actor_call(self->owner, leave_zombie, NULL, 0);

	ASSERT_LT(0, tid);
	ASSERT_LT(0, zombie);
	EXPECT_EQ(-ESRCH, scope_commandf("watch", "%ld", tid));
	EXPECT_EQ(-ESRCH, scope_commandf("query", "%ld cow", tid));
	EXPECT_EQ(-ENXIO, scope_commandf("watch", "%ld", zombie));
}

/* query: nothing asked, nothing to read. */
/* Broken: a tool takes an empty answer for a process without pages. */
TEST_F(refusal, query_before_asking)
{
	int fd = open(scope_path("query"), O_RDWR | O_CLOEXEC);
	char byte;

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODATA, errno);
	EXPECT_EQ(-1, write(fd, "1 nothing", 9));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODATA, errno);
	close(fd);
}

static int ask(int fd, pid_t pid, const char *view)
{
	char command[64];
	int length = snprintf(command, sizeof(command), "%d %s\n", pid, view);

	return write(fd, command, length) == length ? 0 : -errno;
}

/* A new question starts the new view at its beginning, wherever one was. */
/* Broken: the shell's way of asking works once and then reads nothing. */
TEST_F(refusal, query_again_on_one_descriptor)
{
	int fd = open(scope_path("query"), O_RDWR | O_CLOEXEC);
	char *cow, *status, *again, some[16];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ask(fd, self->owner->pid, "cow"));
	EXPECT_EQ(0, lseek(fd, 0, SEEK_CUR));
	cow = scope_slurp_fd(fd);
	ASSERT_NE(NULL, cow);
	EXPECT_EQ(strlen(cow), lseek(fd, 0, SEEK_CUR));
	ASSERT_EQ(0, ask(fd, self->owner->pid, "status"));
	EXPECT_EQ(strlen(cow), lseek(fd, 0, SEEK_CUR));
	status = scope_slurp_fd(fd);
	ASSERT_NE(NULL, status);
	EXPECT_EQ(0, strncmp(status, "abi", 3));
	/* In the middle of one view, too. */
	ASSERT_EQ(0, ask(fd, self->owner->pid, "cow"));
	ASSERT_EQ(10, read(fd, some, 10));
	ASSERT_EQ(0, ask(fd, self->owner->pid, "cow"));
	again = scope_slurp_fd(fd);
	ASSERT_NE(NULL, again);
	EXPECT_STREQ(cow, again);
	free(cow);
	free(status);
	free(again);
	close(fd);
}

/* Reading at an offset makes the view again, and small reads add up to it. */
/* Broken: pread, dd and cat disagree about the same answer. */
TEST_F(refusal, query_at_an_offset)
{
	int fd = open(scope_path("query"), O_RDWR | O_CLOEXEC);
	char *whole, part[64];
	ssize_t got;
	size_t at;

	ASSERT_LE(0, fd);
	whole = scope_query(self->owner->pid, "cow");
	ASSERT_NE(NULL, whole);
	ASSERT_EQ(0, ask(fd, self->owner->pid, "cow"));
	EXPECT_EQ(50, pread(fd, part, 50, 20));
	EXPECT_EQ(0, strncmp(whole + 20, part, 50));
	EXPECT_EQ(30, pread(fd, part, 30, 0));
	EXPECT_EQ(0, strncmp(whole, part, 30));
	EXPECT_EQ(0, pread(fd, part, 30, strlen(whole)));
	for (at = 0; (got = pread(fd, part, 7, at)) > 0; at += got)
		EXPECT_EQ(0, strncmp(whole + at, part, got));
	EXPECT_EQ(strlen(whole), at);
	free(whole);
	close(fd);
}

/* In an actor: opens a file as somebody who may not; -errno. arg: the path. */
static long open_without_capability(void *arg)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	int fd;

	if (syscall(SYS_capget, &header, data))
		return -errno;
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &header, data))
		return -errno;
	fd = open(arg, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static long open_as_nobody(void *arg)
{
	int fd;

	if (geteuid() == 0 && (setresgid(65534, 65534, 65534) ||
			       setresuid(65534, 65534, 65534)))
		return -errno;
	fd = open(arg, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

#define FILE_ENTRY(name, mode, proc)	{ #name, proc },
static const struct {
	const char *name;
	bool proc;
} file[] = { COWSCOPE_FILES(FILE_ENTRY) };

static void expect_closed(struct __test_metadata *_metadata, FIXTURE_DATA(refusal) *self,
			  actor_fn opener, long error)
{
	char path[ACTOR_ARG];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(file); i++) {
		snprintf(path, sizeof(path), "%s/%s", COWSCOPE_DEBUGFS, file[i].name);
		EXPECT_EQ(error, actor_call(self->owner, opener, path, sizeof(path)));
		if (!file[i].proc)
			continue;
		snprintf(path, sizeof(path), "%s/%s", COWSCOPE_PROCFS, file[i].name);
		EXPECT_EQ(error, actor_call(self->owner, opener, path, sizeof(path)));
	}
}

/* Root without CAP_SYS_ADMIN is refused, whatever the mode says. */
/* Broken: a container's root reads the whole machine. */
TEST_F(refusal, without_capability)
{
	expect_closed(_metadata, self, open_without_capability, -EPERM);
}

/* Nobody else gets anywhere near. */
/* Broken: users see each other's processes. */
TEST_F(refusal, as_nobody)
{
	expect_closed(_metadata, self, open_as_nobody, -EACCES);
}

static int unload(void)
{
	return syscall(SYS_delete_module, COWSCOPE_NAME, O_NONBLOCK) ? -errno : 0;
}

/* While any of its files is open the module stays. */
/* Broken: unloading pulls the code from under a reader. */
TEST_F(refusal, open_file_keeps_the_module)
{
	char path[128];
	int fd, error;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(file); i++) {
		snprintf(path, sizeof(path), "%s/%s",
			 i % 2 ? COWSCOPE_PROCFS : COWSCOPE_DEBUGFS, file[i / 2].name);
		if (i % 2 && !file[i / 2].proc)
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ASSERT_LE(0, fd);
		error = unload();
		EXPECT_TRUE(error == -EWOULDBLOCK || error == -EBUSY);
		close(fd);
		ASSERT_EQ(0, access(scope_path("status"), F_OK));
	}
}

TEST_HARNESS_MAIN
