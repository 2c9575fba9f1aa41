// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the files view says of a descriptor beside its holders, for every sort of
 * file: against /proc/PID/fd and fdinfo.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

FIXTURE(fileinfo) {
	struct cast cast;
	struct actor *one;
	struct scope_table table;
};

FIXTURE_SETUP(fileinfo)
{
	stage_begin(_metadata, &self->cast);
	self->one = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(fileinfo)
{
	scope_table_free(&self->table);
	stage_end(_metadata, &self->cast);
}

/* The row of a descriptor; the table stays for the caller's questions. */
static int row_of(struct __test_metadata *_metadata, FIXTURE_DATA(fileinfo) *self, pid_t pid,
		  int fd)
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

static const struct {
	int bits;
	const char *name;
} flag_name[] = {
	{ O_APPEND, "O_APPEND" }, { O_NONBLOCK, "O_NONBLOCK" }, { O_SYNC, "O_SYNC" },
	{ O_DSYNC, "O_DSYNC" }, { O_ASYNC, "O_ASYNC" }, { O_DIRECT, "O_DIRECT" },
	{ 0100000, "O_LARGEFILE" }, { O_TMPFILE, "O_TMPFILE" }, { O_DIRECTORY, "O_DIRECTORY" },
	{ O_NOFOLLOW, "O_NOFOLLOW" }, { O_NOATIME, "O_NOATIME" }, { O_PATH, "O_PATH" },
};

/* fdinfo's octal flags as names; the kernel's own bit 040 is no flag of open. */
static void spell(int flags, char *text, size_t size)
{
	static const char *const access[] = { "O_RDONLY", "O_WRONLY", "O_RDWR" };
	size_t i, used = snprintf(text, size, "%s", access[flags & O_ACCMODE]);

	flags &= ~(O_CLOEXEC | O_ACCMODE | 040);
	for (i = 0; i < ARRAY_SIZE(flag_name); i++)
		if ((flags & flag_name[i].bits) == flag_name[i].bits) {
			used += snprintf(text + used, size - used, "|%s", flag_name[i].name);
			flags &= ~flag_name[i].bits;
		}
}

static const char *type_of(mode_t mode)
{
	return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "dir" : S_ISCHR(mode) ? "char" :
	       S_ISBLK(mode) ? "block" : S_ISFIFO(mode) ? "pipe" : S_ISSOCK(mode) ? "socket" :
	       S_ISLNK(mode) ? "link" : "anon";
}

/* Every field of a row that /proc has, too. */
static void expect_as_proc(struct __test_metadata *_metadata, FIXTURE_DATA(fileinfo) *self,
			   pid_t pid, int row)
{
	char path[64], link[256] = "", names[256], wanted[32];
	const char *fd = FIELD(row, "fd");
	unsigned int flags = 0;
	long long offset = -1;
	struct stat state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%s", pid, fd);
	file = fopen(path, "re");
	ASSERT_NE(NULL, file);
	EXPECT_EQ(2, fscanf(file, "pos: %lld flags: %o", &offset, &flags));
	fclose(file);
	snprintf(path, sizeof(path), "/proc/%d/fd/%s", pid, fd);
	ASSERT_LT(0, readlink(path, link, sizeof(link) - 1));
	ASSERT_EQ(0, stat(path, &state));
	snprintf(wanted, sizeof(wanted), "%lld", offset);
	EXPECT_STREQ(wanted, FIELD(row, "offset"));
	spell(flags, names, sizeof(names));
	EXPECT_STREQ(names, FIELD(row, "flags"));
	EXPECT_STREQ(flags & O_CLOEXEC ? "yes" : "no", FIELD(row, "cloexec"));
	EXPECT_STREQ(type_of(state.st_mode), FIELD(row, "type"));
	/* A blank there is escaped here. */
	if (strchr(link, ' '))
		strcpy(strchr(link, ' '), "\\x20(deleted)");
	EXPECT_STREQ(link, FIELD(row, "path"));
}

struct opening {
	char path[64];
	int flags;
};

static long open_menagerie(void *arg)
{
	static const struct opening zoo[] = {
		{ "/etc", O_RDONLY | O_DIRECTORY },
		{ "/dev/null", O_WRONLY | O_NONBLOCK },
		{ "/dev/zero", O_RDWR | O_DSYNC | O_CLOEXEC },
		{ "/etc/passwd", O_RDONLY | O_NOATIME },
		{ "/etc/hosts", O_PATH },
		{ "/proc/self/ns/net", O_RDONLY },
		{ "/dev/shm", O_TMPFILE | O_RDWR | O_SYNC },
		{ "/dev/shm/cowscope-zoo", O_CREAT | O_RDWR | O_APPEND },
	};
	size_t i;
	int fd;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(zoo); i++)
		/* cppcheck-suppress leakReturnValNotUsed ; it stays open: that is the test */
		if (open(zoo[i].path, zoo[i].flags, 0600) < 0)
			return -errno;
	unlink("/dev/shm/cowscope-zoo");
	fd = syscall(SYS_memfd_create, "zoo", 0);
	if (fd < 0 || write(fd, "zoo", 3) != 3 || syscall(SYS_epoll_create1, 0) < 0 ||
	    syscall(SYS_pidfd_open, getpid(), 0) < 0)
		return -errno;
	return 0;
}

/* Offset, flags, type, close-on-exec and path are those of /proc, for every sort of file. */
/* Broken: one cannot believe what is written beside the holders. */
TEST_F(fileinfo, as_in_proc)
{
	size_t row;

	ASSERT_EQ(0, actor_call(self->one, open_menagerie, NULL, 0));
	ASSERT_EQ(0, scope_table_parse(scope_query(self->one->pid, "files"), &self->table));
	EXPECT_LT(20, self->table.rows);
	for (row = 0; row < self->table.rows; row++)
		expect_as_proc(_metadata, self, self->one->pid, row);
}

static long make_pair(void *arg)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, arg) ? -errno : 0;
}

static long connect_loopback(void *arg)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(address);
	int *result = arg;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (void *)&address, size) || listen(listener, 1) ||
	    getsockname(listener, (void *)&address, &size) ||
	    connect(client, (void *)&address, size))
		return -errno;	/* cppcheck-suppress resourceLeak ; ends with the actor */
	result[0] = client;
	result[1] = ntohs(address.sin_port);
	return 0;	/* cppcheck-suppress resourceLeak ; stays open for the test */
}

/* A socket is told by its other end. */
/* Broken: whom a descriptor talks to has to be found with three other tools. */
TEST_F(fileinfo, peers)
{
	char path[64], link[64] = "", wanted[64];
	int pair[2], tcp[2];

	ASSERT_EQ(0, actor_call(self->one, make_pair, PASSING(&pair)));
	ASSERT_EQ(0, actor_call(self->one, connect_loopback, PASSING(&tcp)));
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", self->one->pid, pair[1]);
	ASSERT_LT(0, readlink(path, link, sizeof(link) - 1));
	EXPECT_STREQ(link, FIELD(row_of(_metadata, self, self->one->pid, pair[0]), "peer"));
	snprintf(wanted, sizeof(wanted), "127.0.0.1:%d", tcp[1]);
	EXPECT_STREQ(wanted, FIELD(row_of(_metadata, self, self->one->pid, tcp[0]), "peer"));
}

TEST_HARNESS_MAIN
