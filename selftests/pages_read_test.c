// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the view pages: in pieces, at offsets, by both ways, and while the process
 * execs or exits.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_map.h"

#define PAGES		1009UL
#define MANY		20011UL		/* pages, every second one written */

FIXTURE(reading) {
	struct cast cast;
	struct actor *owner;
};

FIXTURE_SETUP(reading)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->owner, world_own_all, NULL, 0));
}

FIXTURE_TEARDOWN(reading)
{
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

static int ask(pid_t pid)
{
	int fd = open(scope_path("query"), O_RDWR | O_CLOEXEC);
	char command[32];

	snprintf(command, sizeof(command), "%d pages", pid);
	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		return -errno;
	return fd;
}

/* All of a file in reads of one size; NULL with errno set. */
static char *read_in_pieces(int fd, size_t piece, size_t room)
{
	char *text = calloc(1, room + piece + 1);
	size_t used = 0;
	ssize_t got = 0;

	while (text && used < room && (got = read(fd, text + used, piece)) > 0)
		used += got;
	/* More than there is room for shows as a text that differs. */
	if (got < 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* However small the reads are, they add up to the same text. */
/* Broken: the last line of a page-table page is lost or doubled. */
TEST_F(reading, in_small_pieces)
{
	static const size_t piece[] = { 61, 997, 4096, 5003, 70001, 1 << 20 };
	char *whole, *pieces;
	size_t i;
	int fd;

	make_stripes(_metadata, self->owner, 5 * PAGES);
	whole = scope_query(self->owner->pid, "pages");
	ASSERT_NE(NULL, whole);
	for (i = 0; i < ARRAY_SIZE(piece); i++) {
		fd = ask(self->owner->pid);
		ASSERT_LE(0, fd);
		pieces = read_in_pieces(fd, piece[i], strlen(whole) + 1);
		ASSERT_NE(NULL, pieces);
		EXPECT_EQ(0, strcmp(whole, pieces));
		free(pieces);
		close(fd);
	}
	free(whole);
}

/* Reading at an offset, or after seeking, gives what stands there. */
/* Broken: tail -c and tools that read twice get other text. */
TEST_F(reading, at_offsets)
{
	char *whole, piece[311];
	size_t length, at;
	int fd;

	make_stripes(_metadata, self->owner, PAGES);
	whole = scope_query(self->owner->pid, "pages");
	ASSERT_NE(NULL, whole);
	length = strlen(whole);
	fd = ask(self->owner->pid);
	ASSERT_LE(0, fd);
	for (at = length; at > 5003; at -= 5003) {
		memset(piece, 0, sizeof(piece));
		ASSERT_LE(0, pread(fd, piece, sizeof(piece) - 1, at));
		EXPECT_EQ(0, strncmp(piece, whole + at, sizeof(piece) - 1));
	}
	EXPECT_EQ(0, pread(fd, piece, sizeof(piece), length));
	EXPECT_EQ(0, pread(fd, piece, sizeof(piece), length + 7));
	ASSERT_EQ(4099, lseek(fd, 4099, SEEK_SET));
	ASSERT_EQ(sizeof(piece), read(fd, piece, sizeof(piece)));
	EXPECT_EQ(0, memcmp(piece, whole + 4099, sizeof(piece)));
	ASSERT_EQ(sizeof(piece), read(fd, piece, sizeof(piece)));
	EXPECT_EQ(0, memcmp(piece, whole + 4099 + sizeof(piece), sizeof(piece)));
	ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	ASSERT_EQ(sizeof(piece), read(fd, piece, sizeof(piece)));
	EXPECT_EQ(0, memcmp(piece, whole, sizeof(piece)));
	close(fd);
	free(whole);
}

static int open_watched(pid_t pid, const char *view)
{
	char path[256];
	int tries, fd = -1;

	snprintf(path, sizeof(path), "%s/%s/%d/%s", COWSCOPE_DEBUGFS, COWSCOPE_WATCHED, pid,
		 view);
	for (tries = 0; tries < 250 && fd < 0; tries++) {
		usleep(20000);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	return fd;
}

/* watched/PID/pages is what query answers. */
/* Broken: the two ways to the same view disagree. */
TEST_F(reading, watched_is_asked)
{
	char *asked, *watched;
	int fd;

	make_stripes(_metadata, self->owner, PAGES);
	ASSERT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	fd = open_watched(self->owner->pid, "pages");
	ASSERT_LE(0, fd);
	watched = scope_slurp_fd(fd);
	asked = scope_query(self->owner->pid, "pages");
	ASSERT_NE(NULL, watched);
	ASSERT_NE(NULL, asked);
	EXPECT_EQ(0, strcmp(asked, watched));
	free(watched);
	free(asked);
	close(fd);
}

/* The actor exits between two reads: whole lines up to there, and no error. */
/* Broken: a tool that reads a dying process hangs, fails or shows rubbish. */
TEST_F(reading, exit_in_the_middle)
{
	pid_t pid = self->owner->pid;
	char *whole, *text;
	size_t half, length;
	int fd;

	make_stripes(_metadata, self->owner, MANY);
	whole = scope_query(pid, "pages");
	ASSERT_NE(NULL, whole);
	half = strlen(whole) / 2;
	fd = ask(pid);
	ASSERT_LE(0, fd);
	text = calloc(1, strlen(whole) + 65536);
	for (length = 0; length < half;) {
		ssize_t got = read(fd, text + length, 4096);

		ASSERT_LT(0, got);
		length += got;
	}
	ASSERT_EQ(0, actor_quit(self->owner));
	for (;;) {
		ssize_t got = read(fd, text + length, 4096);

		ASSERT_LE(0, got);
		if (!got)
			break;
		length += got;
	}
	EXPECT_LT(length, strlen(whole));
	EXPECT_EQ('\n', text[length - 1]);
	EXPECT_EQ(0, memcmp(text, whole, length));
	/* Asked anew, on the same descriptor or on another one, it is gone. */
	ASSERT_EQ(0, lseek(fd, 0, SEEK_SET));
	memset(text, 0, length);
	EXPECT_EQ(strlen(COWSCOPE_GONE "\n"), read(fd, text, 4096));
	EXPECT_STREQ(COWSCOPE_GONE "\n", text);
	EXPECT_EQ(0, read(fd, text, 4096));
	close(fd);
	free(text);
	text = scope_query(pid, "pages");
	ASSERT_NE(NULL, text);
	EXPECT_STREQ(COWSCOPE_GONE "\n", text);
	free(text);
	free(whole);
}

static long become_sleep(void *arg)
{
	(void)arg;
	execl("/bin/sleep", "sleep", "300", NULL);
	return -errno;
}

/* After exec a question asked before is about the old address space: gone. */
/* Broken: the map of another program is taken for that of the first. */
TEST_F(reading, exec_between)
{
	pid_t pid = self->owner->pid;
	struct scope_table map;
	char *text, value[32] = "";
	const char *name = NULL;
	int old, watched, tries;

	make_stripes(_metadata, self->owner, PAGES);
	ASSERT_EQ(0, scope_commandf("watch", "%d", pid));
	watched = open_watched(pid, "pages");
	ASSERT_LE(0, watched);
	old = ask(pid);
	ASSERT_LE(0, old);
	ASSERT_EQ(0, actor_send(self->owner, become_sleep, NULL, 0));
	for (tries = 0; tries < 500 && strcmp(value, "exec"); tries++) {
		usleep(20000);
		text = scope_query(pid, "status");
		ASSERT_NE(NULL, text);
		scope_key(text, "born", value, sizeof(value));
		free(text);
	}
	usleep(200000);
	text = scope_slurp_fd(old);
	ASSERT_NE(NULL, text);
	EXPECT_STREQ(COWSCOPE_GONE "\n", text);
	free(text);
	ASSERT_EQ(0, map_read(pid, &map));
	if (map.rows)
		name = scope_field(&map, 0, "name");
	EXPECT_NE(NULL, name);
	EXPECT_NE(NULL, strstr(name, "/sleep") ?: strstr(name, "box"));
	scope_table_free(&map);
	/* The watched file stands for the process, and is read when it is read. */
	text = scope_slurp_fd(watched);
	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, scope_table_parse(text, &map));
	EXPECT_LT(1, map.rows);
	scope_table_free(&map);
	close(old);
	close(watched);
}

TEST_HARNESS_MAIN
