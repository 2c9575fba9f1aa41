// SPDX-License-Identifier: GPL-2.0-only
/* The view walk at its limits: writes that kill, refused questions, the end. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_walk.h"

#define PAGES		31UL

FIXTURE(limits) {
	struct cast cast;
	struct actor *owner;
};

FIXTURE_SETUP(limits)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->owner, world_own_all, NULL, 0));
}

FIXTURE_TEARDOWN(limits)
{
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

/* In the actor: a child writes there; the signal that ends it, 0: none. */
static long write_in_child(void *arg)
{
	char *at = *(char **)arg;
	struct rlimit none = { 0, 0 };
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		*(volatile char *)at = 'x';
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void expect_fate(struct __test_metadata *_metadata, struct actor *who, char *at,
			const char *next, int ends_by)
{
	expect_walk(_metadata, who, at, NULL, next);
	EXPECT_EQ(ends_by, actor_call(who, write_in_child, PASSING(&at)));
}

static long map_beyond_file(void *arg)
{
	struct world *world = arg;
	int fd = memfd_create("cowscope-short", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PAGE_BYTES))
		return -errno;
	world->base = mmap(NULL, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	return world->base == MAP_FAILED ? -errno : 0;
}

/* Where a write would kill, walk says so; where the stack would grow, too. */
/* Broken: walk cannot be believed on the one question that matters most. */
TEST_F(limits, signal)
{
	struct world readonly = make_world(_metadata, self->owner, WORLD_FILE_READONLY, PAGES);
	struct world none = make_world(_metadata, self->owner, WORLD_UNTOUCHED, PAGES);
	struct world shorter = { 0 };
	struct scope_table map;
	unsigned long stack = 0;
	int row;

	expect_fate(_metadata, self->owner, readonly.base, "signal", SIGSEGV);
	/* Below the world is a page of PROT_NONE; nothing is mapped near zero. */
	expect_fate(_metadata, self->owner, none.base - PAGE_BYTES, "signal", SIGSEGV);
	expect_fate(_metadata, self->owner, (char *)(PAGES * PAGE_BYTES), "signal", SIGSEGV);
	expect_fate(_metadata, self->owner, none.base, "first-touch", 0);
	ASSERT_EQ(0, actor_call(self->owner, map_beyond_file, PASSING(&shorter)));
	expect_fate(_metadata, self->owner, shorter.base, "copy", 0);
	expect_fate(_metadata, self->owner, shorter.base + PAGE_BYTES, "signal", SIGBUS);
	ASSERT_EQ(0, scope_table_parse(scope_query(self->owner->pid, "pages"), &map));
	row = scope_find(&map, 0, "name", "[stack]");
	ASSERT_LE(0, row);
	stack = strtoul(scope_field(&map, row, "start"), NULL, 16);
	scope_table_free(&map);
	expect_fate(_metadata, self->owner, (char *)stack - 7 * PAGE_BYTES, "first-touch", 0);
	expect_fate(_metadata, self->owner, (char *)stack - (64UL << 20), "signal", SIGSEGV);
}

/* One command on a descriptor; 0 or the errno of the refusal. */
static int refused(int fd, const char *command)
{
	return write(fd, command, strlen(command)) < 0 ? errno : 0;
}

/* Every refusal has its errno, and leaves what was asked before. */
/* Broken: a typing error shows the walk of another address. */
TEST_F(limits, refusals)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	char command[64], *asked, *watched, byte;
	int fd = open(scope_path("query"), O_RDWR | O_CLOEXEC), i;
	pid_t pid = self->owner->pid;
	static const struct {
		const char *address;
		int err;
	} bad[] = {
		{ "", EINVAL }, { "0x", EINVAL }, { "zz", EINVAL }, { "12 34", EINVAL },
		{ "-1", EINVAL }, { "0x12g", EINVAL }, { " 12", EINVAL },
		{ "ffff888000000000", ERANGE }, { "0xffffffffff600000", ERANGE },
		{ "123456789abcdef01", ERANGE },
	};

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODATA, errno);
	snprintf(command, sizeof(command), "%d cow 1000", pid);
	EXPECT_EQ(EOPNOTSUPP, refused(fd, command));
	snprintf(command, sizeof(command), "%d walk", pid);
	EXPECT_EQ(EINVAL, refused(fd, command));
	snprintf(command, sizeof(command), "%d walk %lx\n", pid, (unsigned long)world.base);
	EXPECT_EQ(0, refused(fd, command));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(command, sizeof(command), "%d walk %s", pid, bad[i].address);
		EXPECT_EQ(bad[i].err, refused(fd, command));
	}
	asked = scope_slurp_fd(fd);
	close(fd);
	ASSERT_NE(NULL, asked);
	EXPECT_EQ(NULL, walk_wrong(asked, (unsigned long)world.base));
	/* The file of a watched process, too. */
	ASSERT_EQ(0, scope_commandf("watch", "%d", pid));
	snprintf(command, sizeof(command), COWSCOPE_WATCHED "/%d/walk", pid);
	for (fd = -1, i = 0; fd < 0 && i < 250; i++, usleep(20000))
		fd = open(scope_path(command), O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODATA, errno);
	snprintf(command, sizeof(command), "0x%lx\n", (unsigned long)world.base);
	EXPECT_EQ(0, refused(fd, command));
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(bad[i].err, refused(fd, bad[i].address[0] ? bad[i].address : "\n"));
	watched = scope_slurp_fd(fd);
	close(fd);
	ASSERT_NE(NULL, watched);
	EXPECT_STREQ(asked, watched);
	free(asked);
	free(watched);
}

/* The end of the process is told, not an old walk. */
/* Broken: an address of a dead process looks mapped. */
TEST_F(limits, gone)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	pid_t pid = self->owner->pid;
	char *text;

	free(walk_of(pid, world.base));
	ASSERT_EQ(0, actor_quit(self->owner));
	text = walk_of(pid, world.base);
	ASSERT_NE(NULL, text);
	EXPECT_STREQ(COWSCOPE_GONE "\n", text);
	free(text);
}

TEST_HARNESS_MAIN
