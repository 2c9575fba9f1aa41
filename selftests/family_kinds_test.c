// SPDX-License-Identifier: GPL-2.0-only
/*
 * family and pairs by kind of memory: swapped out, moved, merged, of files, zero,
 * MAP_SHARED, huge.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kin.h"

#define PAGES		83
#define HUGE		3UL
#define SMALL		(HUGE_BYTES / PAGE_BYTES)
#define SOME		47UL

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

FIXTURE(kinds) {
	struct kin kin;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[PAGES];
};

FIXTURE_SETUP(kinds)
{
	kin_begin(_metadata, &self->kin);
	self->owner = kin_member(&self->kin, 0);
}

FIXTURE_TEARDOWN(kinds)
{
	kin_end(_metadata, &self->kin);
	EXPECT_EQ(0, world_swap_stop());
	EXPECT_EQ(0, world_hugetlb_reserve(0));
}

/* Everything that both members say, against what the test sees. */
static void expect_all(struct __test_metadata *_metadata, FIXTURE_DATA(kinds) *self)
{
	int i;

	kin_look(_metadata, &self->kin);
	expect_pairs(_metadata, &self->kin, 0);
	expect_pairs(_metadata, &self->kin, self->kin.nr - 1);
	for (i = 0; i < self->kin.nr; i++)
		expect_family(_metadata, &self->kin, i);
}

/* Of a world, what owner and heir share; kin_look() was before. */
static struct space_common in_world(FIXTURE_DATA(kinds) *self, const struct world *world)
{
	return space_compare_range(&self->kin.space[0], &self->kin.space[1], world->base,
				   world->pages * world->stride / PAGE_BYTES);
}

static size_t swapped(FIXTURE_DATA(kinds) *self, const struct world *world)
{
	size_t count = 0, i;

	if (oracle_pagemap(self->owner->pid, world->base, PAGE_BYTES, PAGES, self->frame))
		return 0;
	for (i = 0; i < PAGES; i++)
		count += !!(self->frame[i] & PAGEMAP_SWAPPED);
	return count;
}

static void swap_out(struct __test_metadata *_metadata, FIXTURE_DATA(kinds) *self,
		     const struct world *world)
{
	struct advice out = { .world = *world, .advice = MADV_PAGEOUT };
	int tries;

	ASSERT_EQ(0, world_swap_start());
	for (tries = 0; tries < 50 && swapped(self, world) < PAGES; tries++)
		ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&out)));
	ASSERT_EQ(PAGES, swapped(self, world));
}

/* Swapped-out pages of both are told apart, until one of them reads or writes them. */
/* Broken: what is shared through swap is lost, or its way back is no cost. */
TEST_F(kinds, swapped_out)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct pass both = { .world = world, .first = 60, .count = 7 };

	swap_out(_metadata, self, &world);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	expect_all(_metadata, self);
	EXPECT_EQ(PAGES, in_world(self, &world).swap);
	EXPECT_EQ(PAGES, kin_key(_metadata, self->owner, "swap_in_pages"));
	EXPECT_EQ(PAGES, kin_key(_metadata, self->heir, "swap_in_pages"));

	/* Written: a page of its own. Read by both: one page again. */
	write_part(_metadata, self->heir, &world, 0, 11);
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&both)));
	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&both)));
	expect_all(_metadata, self);
	EXPECT_EQ(PAGES - 11 - 7, in_world(self, &world).swap);
	EXPECT_EQ(7, in_world(self, &world).shared);
	EXPECT_EQ(PAGES - 11 - 7, kin_key(_metadata, self->owner, "swap_in_pages"));
}

struct moving {
	struct world world;
	size_t first;
	size_t count;
	bool refill;	/* map and write new memory where it was */
};

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
	if (!moving->refill)
		return 0;	/* cppcheck-suppress memleak */
	/* cppcheck-suppress leakReturnValNotUsed */
	if (mmap(from, bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != from)
		return -errno;	/* cppcheck-suppress memleak */
	memset(from, 'n', bytes);
	return 0;	/* cppcheck-suppress memleak */
}

static void expect_moved(struct __test_metadata *_metadata, FIXTURE_DATA(kinds) *self,
			 const struct world *world, long long shared, long long elsewhere)
{
	struct space_common common;

	expect_all(_metadata, self);
	common = in_world(self, world);
	EXPECT_EQ(shared, common.shared);
	EXPECT_EQ(elsewhere, common.elsewhere);
}

/* Memory that a member moved is found where it is now. */
/* Broken: a big realloc after a fork makes all sharing disappear. */
TEST_F(kinds, moved_by_the_heir)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct moving moving = { .world = world, .first = 13, .count = 41 };

	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, move_world, PASSING(&moving)));
	expect_moved(_metadata, self, &world, PAGES, 41);
}

/* Also when new memory stands at the old place, in the one or the other. */
/* Broken: whoever looks at the old address only finds somebody else's pages. */
TEST_F(kinds, moved_and_refilled)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct moving moving = { .world = world, .first = 0, .count = PAGES, .refill = true };

	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, move_world, PASSING(&moving)));
	expect_moved(_metadata, self, &world, PAGES, PAGES);
	/* A third that inherits the move has them at the same place. */
	kin_fork(_metadata, &self->kin, 1);
	expect_all(_metadata, self);
	/* Now the owner, too: every one at a place of its own. */
	moving.first = 5;
	moving.count = 61;
	ASSERT_EQ(0, actor_call(self->owner, move_world, PASSING(&moving)));
	expect_all(_metadata, self);
}

/* A page of a private file mapping that was written, then moved: the same. */
/* Broken: patched data of a program is lost as soon as it moves. */
TEST_F(kinds, moved_file_pages)
{
	struct world world = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, PAGES);
	struct moving moving = { .world = world, .first = 0, .count = PAGES, .refill = true };

	write_part(_metadata, self->owner, &world, 0, 29);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, move_world, PASSING(&moving)));
	expect_moved(_metadata, self, &world, 29, 29);
	EXPECT_EQ(PAGES - 29, in_world(self, &world).cache);
}

/* Until all places of the world are KSM pages; how many are in the end. */
static size_t wait_merged(FIXTURE_DATA(kinds) *self, const struct world *world)
{
	size_t merged = 0;
	int tries;

	for (tries = 0; tries < 1000 && merged < PAGES; tries++) {
		usleep(10000);
		if (oracle_pagemap(self->owner->pid, world->base, world->stride, PAGES,
				   self->frame))
			return 0;
		merged = oracle_flagged(self->frame, PAGES, KPAGE_KSM);
	}
	return merged;
}

/* What the next write replaces is told by its source, anonymous or not. */
/* Broken: merged, zero and file pages are free, or shared with a relative. */
TEST_F(kinds, armed_by_source)
{
	struct world merged = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);
	struct world zero, file;
	struct pass all = { 0 };
	long long zeros;

	ASSERT_EQ(0, world_ksm_start());
	EXPECT_EQ(PAGES, wait_merged(self, &merged));
	ASSERT_EQ(0, world_ksm_stop());
	zero = make_world(_metadata, self->owner, WORLD_ZERO, 71);
	file = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, 67);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	/* A fork copies no page tables of mappings without pages of their own. */
	all = (struct pass){ .world = zero, .count = 71 };
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&all)));
	all = (struct pass){ .world = file, .count = 67 };
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&all)));
	write_part(_metadata, self->heir, &merged, 0, 5);
	/* Those of libc's data are not known, but expect_all() knows them. */
	zeros = kin_key(_metadata, self->heir, "armed_zero_pages");
	EXPECT_LE(71, zeros);
	write_part(_metadata, self->heir, &zero, 0, 7);
	write_part(_metadata, self->heir, &file, 0, 11);
	expect_all(_metadata, self);
	EXPECT_EQ(PAGES, kin_key(_metadata, self->owner, "armed_ksm_pages"));
	EXPECT_LE(71, kin_key(_metadata, self->owner, "armed_zero_pages"));
	EXPECT_EQ(PAGES - 5, kin_key(_metadata, self->heir, "armed_ksm_pages"));
	EXPECT_EQ(zeros - 7, kin_key(_metadata, self->heir, "armed_zero_pages"));
	EXPECT_EQ(67 - 11, in_world(self, &file).cache);
	EXPECT_EQ(0, in_world(self, &merged).shared);
}

/* MAP_SHARED memory is in the page cache of both, and never armed. */
/* Broken: shared memory segments are a cost that never comes. */
TEST_F(kinds, map_shared)
{
	/* The harness has a few such pages itself. */
	struct scope_family family = kin_family(_metadata, self->owner);
	long long before = scope_family_share(&family, self->owner->pid, "mapshared").present;
	struct world anon = make_world(_metadata, self->owner, WORLD_SHARED_ANON, PAGES);
	struct world file = make_world(_metadata, self->owner, WORLD_SHARED_FILE, 71);
	struct pass all = { .world = anon, .count = PAGES };
	struct scope_share share;

	scope_family_free(&family);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&all)));
	expect_all(_metadata, self);
	family = kin_family(_metadata, self->heir);
	share = scope_family_share(&family, self->owner->pid, "mapshared");
	EXPECT_EQ(before + PAGES + 71, share.present);
	EXPECT_EQ(PAGES, share.cache);
	share = scope_family_share(&family, self->heir->pid, "mapshared");
	EXPECT_EQ(PAGES, share.present);
	EXPECT_EQ(0, share.armed_file + share.armed_anon + share.armed_zero);
	scope_family_free(&family);
	EXPECT_EQ(0, in_world(self, &file).cache);
}

/* Huge pages are as many pages as they hold, whole or partly split by one. */
/* Broken: one write into a huge page makes 512 shared pages vanish. */
TEST_F(kinds, huge_pages)
{
	struct world world, small;

	ASSERT_EQ(0, world_thp_allow());
	world = make_world(_metadata, self->owner, WORLD_THP, HUGE);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, world.stride, HUGE,
				    self->frame));
	ASSERT_EQ(HUGE, oracle_flagged(self->frame, HUGE, KPAGE_THP));
	self->heir = kin_fork(_metadata, &self->kin, 0);
	kin_fork(_metadata, &self->kin, 1);
	expect_all(_metadata, self);
	EXPECT_EQ(HUGE * SMALL, in_world(self, &world).shared);
	small = world;
	small.pages = HUGE * SMALL;
	small.stride = PAGE_BYTES;
	write_part(_metadata, self->heir, &small, SMALL - 10, SOME);
	expect_all(_metadata, self);
	EXPECT_EQ(HUGE * SMALL - SOME, in_world(self, &world).shared);
	/* Moved by less than a huge page, it is split in the third as well. */
	small.base += PAGE_BYTES;
	ASSERT_EQ(0, actor_call(kin_member(&self->kin, 2), move_world,
				&(struct moving){ .world = small, .count = SMALL },
				sizeof(struct moving)));
	expect_all(_metadata, self);
}

/* The huge zero page is 512 pages of zero, shared with nobody. */
/* Broken: sparse memory is a cost that nobody is warned of. */
TEST_F(kinds, huge_zero_page)
{
	struct world world;

	ASSERT_EQ(0, world_thp_allow());
	world = make_world(_metadata, self->owner, WORLD_THP_ZERO, HUGE);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	expect_all(_metadata, self);
	EXPECT_EQ(0, in_world(self, &world).shared);
	EXPECT_EQ(HUGE * SMALL, kin_key(_metadata, self->owner, "armed_zero_pages"));
}

/* hugetlb pages are told in bytes of their own. */
/* Broken: their cost is added to pages that come from elsewhere. */
TEST_F(kinds, hugetlb)
{
	struct world world;

	ASSERT_EQ(0, world_hugetlb_reserve(HUGE * 2));
	world = make_world(_metadata, self->owner, WORLD_HUGETLB, HUGE);
	EXPECT_EQ(0, kin_key(_metadata, self->owner, "armed_hugetlb_bytes"));
	self->heir = kin_fork(_metadata, &self->kin, 0);
	expect_all(_metadata, self);
	EXPECT_EQ(HUGE * SMALL, in_world(self, &world).shared);
	EXPECT_EQ(HUGE * HUGE_BYTES, kin_key(_metadata, self->owner, "armed_hugetlb_bytes"));
	write_part(_metadata, self->heir, &world, 1, 1);
	expect_all(_metadata, self);
	EXPECT_EQ((HUGE - 1) * HUGE_BYTES,
		  kin_key(_metadata, self->heir, "armed_hugetlb_bytes"));
	EXPECT_EQ((HUGE - 1) * HUGE_BYTES,
		  kin_key(_metadata, self->heir, "worst_case_family_hugetlb_bytes"));
}

TEST_HARNESS_MAIN
