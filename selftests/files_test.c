// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors and who holds the same open file description, however it came there:
 * by fork, dup, a socket, a shared table. kcmp(2), /proc/PID/fd and fdinfo are the
 * second truth.
 */
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/partner.h"

FIXTURE(files) {
	struct cast cast;
	struct actor *one;
	struct actor *other;
	struct scope_table table;
};

FIXTURE_SETUP(files)
{
	stage_begin(_metadata, &self->cast);
	self->one = &self->cast.actor[0];
	self->other = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(files)
{
	scope_table_free(&self->table);
	stage_end(_metadata, &self->cast);
}

/* In an actor: opens, dups, closes. Descriptors go and come as numbers. */
struct opening {
	char path[64];
	int flags;
};

static long open_file(void *arg)
{
	const struct opening *opening = arg;
	int fd = open(opening->path, opening->flags, 0600);

	/* cppcheck-suppress resourceLeak ; it goes out as a number */
	return fd < 0 ? -errno : fd;
}

static long dup_file(void *arg)
{
	int fd = fcntl(*(int *)arg, F_DUPFD_CLOEXEC, 100);

	return fd < 0 ? -errno : fd;
}

static long close_file(void *arg)
{
	return close(*(int *)arg) ? -errno : 0;
}

static long seek_file(void *arg)
{
	return lseek(*(int *)arg, 4711, SEEK_SET);
}

static int opened(struct __test_metadata *_metadata, struct actor *actor, const char *path,
		  int flags)
{
	struct opening opening = { .flags = flags };
	long fd;

	snprintf(opening.path, sizeof(opening.path), "%s", path);
	fd = actor_call(actor, open_file, PASSING(&opening));
	ASSERT_LE(0, fd);
	return fd;
}

/* The row of a descriptor; the table stays for the caller's questions. */
static int row_of(struct __test_metadata *_metadata, FIXTURE_DATA(files) *self, pid_t pid, int fd)
{
	char *text = scope_query(pid, "files");
	int row;

	scope_table_free(&self->table);
	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, scope_table_parse(text, &self->table));
	row = scope_find_pid(&self->table, 0, "fd", fd);
	ASSERT_LE(0, row);
	return row;
}

#define FIELD(row, column)	scope_field(&self->table, row, column)
#define HOLDERS(actor, fd)	FIELD(row_of(_metadata, self, (actor)->pid, fd), "holders")

static long same_file(pid_t one, int one_fd, pid_t other, int other_fd)
{
	return syscall(SYS_kcmp, one, other, KCMP_FILE, one_fd, other_fd) == 0;
}

/* Expects exactly this other holder, from both sides, with one id, and kcmp's word. */
static void expect_both(struct __test_metadata *_metadata, FIXTURE_DATA(files) *self, pid_t one,
			int one_fd, pid_t other, int other_fd)
{
	char wanted[32], id[32];
	int row = row_of(_metadata, self, one, one_fd);

	EXPECT_EQ(1, same_file(one, one_fd, other, other_fd));
	snprintf(wanted, sizeof(wanted), "%d:%d", other, other_fd);
	EXPECT_STREQ(wanted, FIELD(row, "holders"));
	snprintf(id, sizeof(id), "%s", FIELD(row, "id"));
	row = row_of(_metadata, self, other, other_fd);
	snprintf(wanted, sizeof(wanted), "%d:%d", one, one_fd);
	EXPECT_STREQ(wanted, FIELD(row, "holders"));
	EXPECT_STREQ(id, FIELD(row, "id"));
}

/* What fork inherited is one description with one offset, until one side closes it. */
/* Broken: two processes that move each other's offset cannot be found. */
TEST_F(files, inherited)
{
	int fd = opened(_metadata, self->one, "/etc/passwd", O_RDONLY);

	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, HOLDERS(self->one, fd));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_both(_metadata, self, self->one->pid, fd, self->other->pid, fd);
	ASSERT_EQ(4711, actor_call(self->other, seek_file, PASSING(&fd)));
	EXPECT_STREQ("4711", FIELD(row_of(_metadata, self, self->one->pid, fd), "offset"));
	ASSERT_EQ(0, actor_call(self->other, close_file, PASSING(&fd)));
	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, HOLDERS(self->one, fd));
	scope_table_free(&self->table);
	ASSERT_EQ(0, scope_table_parse(scope_query(self->other->pid, "files"), &self->table));
	EXPECT_EQ(-1, scope_find_pid(&self->table, 0, "fd", fd));
}

/* The same file opened twice is two descriptions. */
/* Broken: everybody who reads /etc/passwd is said to share it. */
TEST_F(files, opened_twice)
{
	char id[32];
	int fd[2], row, i;

	for (i = 0; i < 2; i++)
		fd[i] = opened(_metadata, self->one, "/etc/passwd", O_RDONLY);
	row = row_of(_metadata, self, self->one->pid, fd[0]);
	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, FIELD(row, "holders"));
	EXPECT_STREQ("/etc/passwd", FIELD(row, "path"));
	snprintf(id, sizeof(id), "%s", FIELD(row, "id"));
	row = row_of(_metadata, self, self->one->pid, fd[1]);
	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, FIELD(row, "holders"));
	EXPECT_STREQ("/etc/passwd", FIELD(row, "path"));
	EXPECT_STRNE(id, FIELD(row, "id"));
	EXPECT_EQ(0, same_file(self->one->pid, fd[0], self->one->pid, fd[1]));
}

/* A duplicate in the same process is a holder, too, with close-on-exec of its own. */
/* Broken: a descriptor that leaks is not seen where it leaks. */
TEST_F(files, duplicated)
{
	int fd = opened(_metadata, self->one, "/etc/passwd", O_RDONLY);
	int copy = actor_call(self->one, dup_file, PASSING(&fd));

	ASSERT_LE(100, copy);
	expect_both(_metadata, self, self->one->pid, fd, self->one->pid, copy);
	EXPECT_STREQ("no", FIELD(row_of(_metadata, self, self->one->pid, fd), "cloexec"));
	EXPECT_STREQ("yes", FIELD(row_of(_metadata, self, self->one->pid, copy), "cloexec"));
}

static long make_pair(void *arg)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, arg) ? -errno : 0;
}

/* Sends descriptor [0] over the socket [1], or receives one from the socket. */
static long pass(int socket, int *sent)
{
	char byte = 'x', room[CMSG_SPACE(sizeof(int))] = "";
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *head = (struct cmsghdr *)room;
	int fd;

	if (!sent) {
		if (recvmsg(socket, &message, 0) != 1)
			return -errno;
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
		return fd;
	}
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), sent, sizeof(*sent));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -errno;
}

static long send_file(void *arg)
{
	int *numbers = arg;

	return pass(numbers[1], &numbers[0]);
}

static long receive_file(void *arg)
{
	return pass(*(int *)arg, NULL);
}

/* A descriptor sent over a socket is held by both, whatever its number there. */
/* Broken: how a file came into a sandbox stays a riddle. */
TEST_F(files, sent)
{
	int pair[2], numbers[2], got;

	ASSERT_EQ(0, actor_call(self->one, make_pair, PASSING(&pair)));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	numbers[0] = opened(_metadata, self->other, "/dev/null", O_RDWR);
	numbers[1] = pair[1];
	ASSERT_EQ(0, actor_call(self->other, send_file, PASSING(&numbers)));
	/* In flight it is in no other table. */
	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, HOLDERS(self->other, numbers[0]));
	/* One number ahead, so that the two differ. */
	opened(_metadata, self->one, "/dev/zero", O_RDONLY);
	got = actor_call(self->one, receive_file, PASSING(&pair[0]));
	ASSERT_LT(0, got);
	ASSERT_NE(got, numbers[0]);
	expect_both(_metadata, self, self->other->pid, numbers[0], self->one->pid, got);
}

/* Two processes with one table hold what is in it; the threads of a process hold it once. */
/* Broken: a description looks held by as many as there are threads. */
TEST_F(files, shared_table)
{
	unsigned long files = CLONE_FILES;
	int fd = opened(_metadata, self->one, "/dev/null", O_RDWR);

	ASSERT_LT(0, partner_start(&self->cast, 0, 1, CLONE_FILES));
	expect_both(_metadata, self, self->one->pid, fd, self->other->pid, fd);
	ASSERT_LT(0, partner_start(&self->cast, 0, 2, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD |
				   CLONE_FILES));
	expect_both(_metadata, self, self->one->pid, fd, self->other->pid, fd);
	ASSERT_EQ(0, actor_quit(self->other));
	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, HOLDERS(self->one, fd));
	/* A thread with a table of its own is told by its own number. */
	ASSERT_EQ(0, actor_call(&self->cast.actor[2], partner_unshare, PASSING(&files)));
	EXPECT_EQ(1, same_file(self->one->pid, fd, self->cast.actor[2].pid, fd));
	EXPECT_EQ(self->cast.actor[2].pid, atoi(HOLDERS(self->one, fd)));
}

/* What exec closes is gone from the list, what it keeps is still shared. */
/* Broken: the descriptors of the program before are shown. */
TEST_F(files, exec)
{
	int fd = opened(_metadata, self->one, "/dev/null", O_RDWR);
	int closed = opened(_metadata, self->one, "/dev/null", O_RDWR | O_CLOEXEC);

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_both(_metadata, self, self->one->pid, closed, self->other->pid, closed);
	ASSERT_EQ(0, actor_send(self->other, partner_exec, NULL, 0));
	ASSERT_TRUE(partner_executed(self->other->pid));
	EXPECT_STREQ(COWSCOPE_HOLDERS_NONE, HOLDERS(self->one, closed));
	expect_both(_metadata, self, self->one->pid, fd, self->other->pid, fd);
}

/* After the end the view says so. */
/* Broken: somebody else's descriptors under an old number. */
TEST_F(files, gone)
{
	pid_t pid = self->one->pid;
	char *text;

	ASSERT_EQ(0, actor_quit(self->one));
	text = scope_query(pid, "files");
	ASSERT_NE(NULL, text);
	EXPECT_STREQ(COWSCOPE_GONE "\n", text);
	free(text);
}

TEST_HARNESS_MAIN
