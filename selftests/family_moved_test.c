// SPDX-License-Identifier: GPL-2.0-only
/* family and pairs of memory that a member moved: small, huge, of files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kin.h"

#define PAGES		83
#define FAR_PAGES	(2 * HUGE_BYTES / PAGE_BYTES)
#define HUGE		3UL
#define SMALL		(HUGE_BYTES / PAGE_BYTES)
#define SOME		47UL

FIXTURE(moved) {
	struct kin kin;
	struct actor *owner;
	struct actor *heir;
};

FIXTURE_SETUP(moved)
{
	kin_begin(_metadata, &self->kin);
	self->owner = kin_member(&self->kin, 0);
}

FIXTURE_TEARDOWN(moved)
{
	kin_end(_metadata, &self->kin);
}

struct moving {
	struct world world;
	size_t first;
	size_t count;
	bool refill;	/* map and write new memory where it was */
	bool again;	/* map the same file there instead */
};

/* The file of a private mapping, at another place too. */
static long map_again(const char *mapped, char *at, size_t bytes)
{
	char name[80];
	void *where;
	int fd;

	snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", (unsigned long)mapped,
		 (unsigned long)(mapped + bytes));
	fd = open(name, O_RDWR);
	if (fd < 0)
		return -errno;
	/* cppcheck-suppress leakReturnValNotUsed */
	where = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
	close(fd);
	return where == at ? 0 : -ENOMEM;	/* cppcheck-suppress memleak */
}

/* In an actor: moves a part of the world to a place of its own. */
static long move_world(void *arg)
{
	struct moving *moving = arg;
	size_t bytes = moving->count * PAGE_BYTES;
	char *from = moving->world.base + moving->first * PAGE_BYTES;
	char *to = mmap(NULL, bytes + 2 * PAGE_BYTES, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (to == MAP_FAILED ||
	    mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE_BYTES) ==
	    MAP_FAILED)
		return -errno;
	/* The memory is where it was moved to, and stays. */
	if (moving->again)
		return map_again(to + PAGE_BYTES, from, bytes);
	if (!moving->refill)
		return 0;	/* cppcheck-suppress memleak */
	/* cppcheck-suppress leakReturnValNotUsed */
	if (mmap(from, bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != from)
		return -errno;	/* cppcheck-suppress memleak */
	memset(from, 'n', bytes);
	return 0;	/* cppcheck-suppress memleak */
}

static void expect_moved(struct __test_metadata *_metadata, FIXTURE_DATA(moved) *self,
			 const struct world *world, long long shared, long long elsewhere)
{
	struct space_common common;

	expect_kin(_metadata, &self->kin);
	common = kin_in_world(&self->kin, world);
	EXPECT_EQ(shared, common.shared);
	EXPECT_EQ(elsewhere, common.elsewhere);
}

/* Memory that a member moved is found where it is now. */
/* Broken: a big realloc after a fork makes all sharing disappear. */
TEST_F(moved, by_the_heir)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct moving moving = { .world = world, .first = 13, .count = 41 };

	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, move_world, PASSING(&moving)));
	expect_moved(_metadata, self, &world, PAGES, 41);
}

/* Also when new memory stands at the old place, in the one or the other. */
/* Broken: whoever looks at the old address only finds somebody else's pages. */
TEST_F(moved, and_refilled)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct moving moving = { .world = world, .first = 0, .count = PAGES, .refill = true };

	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, move_world, PASSING(&moving)));
	expect_moved(_metadata, self, &world, PAGES, PAGES);
	/* A third that inherits the move has them at the same place. */
	kin_fork(_metadata, &self->kin, 1);
	expect_kin(_metadata, &self->kin);
	/* Now the owner, too: every one at a place of its own. */
	moving.first = 5;
	moving.count = 61;
	ASSERT_EQ(0, actor_call(self->owner, move_world, PASSING(&moving)));
	expect_kin(_metadata, &self->kin);
}

/* A private file mapping of which the owner wrote a part, moved by the heir. */
static void expect_moved_file(struct __test_metadata *_metadata, FIXTURE_DATA(moved) *self,
			      size_t pages, bool again)
{
	struct world world = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, pages);
	struct moving moving = {
		.world = world, .first = 0, .count = pages, .refill = !again, .again = again,
	};

	write_part(_metadata, self->owner, &world, 0, 29);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, move_world, PASSING(&moving)));
	expect_moved(_metadata, self, &world, 29, 29);
	EXPECT_EQ(pages - 29, kin_in_world(&self->kin, &world).cache);
}

/* A page of a private file mapping that was written, then moved: the same. */
/* Broken: patched data of a program is lost as soon as it moves. */
TEST_F(moved, file_pages)
{
	expect_moved_file(_metadata, self, PAGES, false);
}

/* Also when the same file is mapped again where they were. */
/* Broken: a program that patches a copy of its own text loses its pages. */
TEST_F(moved, and_mapped_again)
{
	expect_moved_file(_metadata, self, PAGES, true);
}

/* And when only pages of the file are left in the second page-table page of two. */
/* Broken: the count depends on where in memory the file happens to be mapped. */
TEST_F(moved, and_mapped_again_far)
{
	expect_moved_file(_metadata, self, FAR_PAGES, true);
}

/* Huge pages are as many pages as they hold, whole or partly split by one. */
/* Broken: one write into a huge page makes 512 shared pages vanish. */
TEST_F(moved, huge_pages)
{
	struct world world, small;
	uint64_t frame[HUGE];

	ASSERT_EQ(0, world_thp_allow());
	world = make_world(_metadata, self->owner, WORLD_THP, HUGE);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, world.stride, HUGE, frame));
	ASSERT_EQ(HUGE, oracle_flagged(frame, HUGE, KPAGE_THP));
	self->heir = kin_fork(_metadata, &self->kin, 0);
	kin_fork(_metadata, &self->kin, 1);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(HUGE * SMALL, kin_in_world(&self->kin, &world).shared);
	small = world;
	small.pages = HUGE * SMALL;
	small.stride = PAGE_BYTES;
	write_part(_metadata, self->heir, &small, SMALL - 10, SOME);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(HUGE * SMALL - SOME, kin_in_world(&self->kin, &world).shared);
	/* Moved by less than a huge page, it is split in the third as well. */
	small.base += PAGE_BYTES;
	ASSERT_EQ(0, actor_call(kin_member(&self->kin, 2), move_world,
				&(struct moving){ .world = small, .count = SMALL },
				sizeof(struct moving)));
	expect_kin(_metadata, &self->kin);
}

TEST_HARNESS_MAIN
