// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge pages: transparent ones split, taken over and collapsed, the huge zero
 * page, and hugetlb. Counts are in the unit of each cause.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kernel.h"

#define HUGE		3UL		/* huge pages of a world */
#define SMALL		(HUGE_BYTES / PAGE_BYTES)
#define SOME		47UL		/* small pages written in a huge page */

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

FIXTURE(huge) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[2][HUGE * SMALL];
};

FIXTURE_SETUP(huge)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_EQ(0, world_thp_allow());
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(huge)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_thp_daemon(false));
	EXPECT_EQ(0, world_hugetlb_reserve(0));
}

/* The same memory seen as small pages. */
static struct world by_page(const struct world *world)
{
	struct world small = *world;

	small.pages = world->pages * world->stride / PAGE_BYTES;
	small.stride = PAGE_BYTES;
	return small;
}

/* Huge pages of the owner, really huge, shared with an heir. */
static struct world share_huge(struct __test_metadata *_metadata, FIXTURE_DATA(huge) *self,
			       enum world_kind kind)
{
	struct world world = make_world(_metadata, self->owner, kind, HUGE);

	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, world.stride, HUGE,
				    self->frame[0]));
	ASSERT_EQ(HUGE, oracle_flagged(self->frame[0], HUGE, KPAGE_THP));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->owner, &world);
	warm_up(_metadata, self->heir, &world);
	return world;
}

static void expect_huge_write(struct __test_metadata *_metadata, FIXTURE_DATA(huge) *self,
			      struct actor *who, const struct world *world, size_t first,
			      size_t count, const struct grown *grown, long long attempts,
			      size_t moved)
{
	struct world small = by_page(world);
	struct scope_cow before, after;
	long long seen;

	ASSERT_EQ(0, oracle_pagemap(who->pid, small.base, small.stride, small.pages,
				    self->frame[0]));
	before = cow_of(_metadata, who);
	seen = write_part(_metadata, who, world, first, count);
	after = cow_of(_metadata, who);
	ASSERT_EQ(0, oracle_pagemap(who->pid, small.base, small.stride, small.pages,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after, grown);
	expect_attempts(_metadata, attempts, seen);
	EXPECT_EQ(moved, oracle_moved(self->frame[0], self->frame[1], small.pages));
}

/* One byte into a shared huge page splits the mapping and copies one page. */
/* Broken: users are told that 2 MiB were copied, or nothing. */
TEST_F(huge, write_splits_and_copies_one_page)
{
	struct world world = share_huge(_metadata, self, WORLD_THP);

	expect_huge_write(_metadata, self, self->heir, &world, 0, HUGE,
			  GREW({ REGION_ANON, CAUSE_THP_SPLIT, HUGE },
			       { REGION_ANON, CAUSE_COPIED, HUGE }), HUGE, HUGE);
}

/* After the split the other pages are copied one by one, without a new split. */
/* Broken: splits are counted per page and look like thousands. */
TEST_F(huge, later_writes_copy_page_by_page)
{
	struct world world = share_huge(_metadata, self, WORLD_THP);
	struct world small = by_page(&world);

	expect_huge_write(_metadata, self, self->heir, &small, 0, SOME,
			  GREW({ REGION_ANON, CAUSE_THP_SPLIT, 1 },
			       { REGION_ANON, CAUSE_COPIED, SOME }), SOME, SOME);
	expect_huge_write(_metadata, self, self->heir, &small, 0, SMALL,
			  GREW({ REGION_ANON, CAUSE_COPIED, SMALL - SOME }),
			  SMALL - SOME, SMALL - SOME);
}

/* The last process that maps a huge page takes it over whole. */
/* Broken: the survivor seems to have copied what it merely kept. */
TEST_F(huge, last_owner_takes_huge_pages_over)
{
	struct world world = share_huge(_metadata, self, WORLD_THP);
	struct world small = by_page(&world);

	ASSERT_EQ(0, actor_call(self->owner, world_drop, PASSING(&world)));
	expect_huge_write(_metadata, self, self->heir, &world, 0, HUGE,
			  GREW({ REGION_ANON, CAUSE_THP_REUSED, HUGE }), 0, 0);
	expect_huge_write(_metadata, self, self->heir, &small, 0, HUGE * SMALL,
			  GREW_NOTHING, 0, 0);
}

/* A write to the huge zero page breaks no sharing, and is no split. */
/* Broken: sparse arrays with huge pages look like forked memory. */
TEST_F(huge, huge_zero_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP_ZERO, HUGE);
	struct world small = by_page(&world);

	warm_up(_metadata, self->owner, &world);
	/* 7.3 gives a fresh huge page, to the first write of each: all of it moves. */
	if (kernel_at_least(7, 0)) {
		expect_huge_write(_metadata, self, self->owner, &small, 0, SOME,
				  GREW({ REGION_ANON, CAUSE_ZERO_HUGE, 1 }), 0, SMALL);
		return;
	}
	/* The places that were not written get the small zero page: all move. */
	expect_huge_write(_metadata, self, self->owner, &small, 0, SOME,
			  GREW({ REGION_ANON, CAUSE_ZERO, SOME }), SOME, SMALL);
}

/* Room for huge pages, filled with small ones that the heir shares but for a few. */
static struct world share_collapsible(struct __test_metadata *_metadata,
				      FIXTURE_DATA(huge) *self)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP, HUGE);
	struct world small = by_page(&world);
	struct advice apart = { .world = world, .advice = MADV_NOHUGEPAGE };
	struct advice together = { .world = world, .advice = MADV_HUGEPAGE };
	struct pass touch = { .world = small, .count = small.pages, .value = 't' };

	ASSERT_EQ(0, actor_call(self->owner, world_drop, PASSING(&world)));
	ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&apart)));
	ASSERT_EQ(0, actor_call(self->owner, world_write, PASSING(&touch)));
	ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&together)));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &world);
	/* The kernel collapses a range only when it can write to some of it. */
	expect_huge_write(_metadata, self, self->heir, &world, 0, HUGE,
			  GREW({ REGION_ANON, CAUSE_COPIED, HUGE }), HUGE, HUGE);
	return world;
}

/* The heir has been given huge pages of its own; its counts say so. */
static void expect_collapsed(struct __test_metadata *_metadata, FIXTURE_DATA(huge) *self,
			     const struct world *world, const struct scope_cow *before)
{
	struct scope_cow after = cow_of(_metadata, self->heir);
	struct world small = by_page(world);

	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, small.base, small.stride, small.pages,
				    self->frame[0]));
	expect_grown(_metadata, before, &after,
		     GREW({ REGION_ANON, CAUSE_COLLAPSED, HUGE }));
	EXPECT_EQ(HUGE * SMALL, oracle_moved(self->frame[1], self->frame[0], small.pages));
	EXPECT_EQ(HUGE * SMALL, oracle_flagged(self->frame[0], small.pages, KPAGE_THP));
}

/* MADV_COLLAPSE makes shared pages private without a fault: huge pages say so. */
/* Broken: sharing vanishes and no counter tells why. */
TEST_F(huge, collapse)
{
	struct world world = share_collapsible(_metadata, self);
	struct advice collapse = { .world = world, .advice = MADV_COLLAPSE };
	struct scope_cow before = cow_of(_metadata, self->heir);

	ASSERT_EQ(0, actor_call(self->heir, world_advise, PASSING(&collapse)));
	expect_collapsed(_metadata, self, &world, &before);
}

/* The kernel's daemon does it unasked: counted for the owner alone, not remote. */
/* Broken: memory grows behind a process' back, or an outsider seems to write to it. */
TEST_F(huge, khugepaged)
{
	struct world world = share_collapsible(_metadata, self);
	struct world small = by_page(&world);
	struct advice apart = { .world = world, .advice = MADV_NOHUGEPAGE };
	struct scope_cow before = cow_of(_metadata, self->heir), owner, after;

	/* It wrote to none of it since: older kernels leave it alone then, 7.3 does not. */
	ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&apart)));
	owner = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, world_thp_daemon(true));
	EXPECT_EQ(small.pages, oracle_wait_flagged(self->heir->pid, small.base, small.stride,
						   small.pages, self->frame[0], KPAGE_THP));
	ASSERT_EQ(0, world_thp_daemon(false));
	expect_collapsed(_metadata, self, &world, &before);
	after = cow_of(_metadata, self->owner);
	expect_grown(_metadata, &owner, &after, GREW_NOTHING);
}

/* A shared hugetlb page is copied whole, counted in huge pages. */
/* Broken: the dearest copies of all, 2 MiB each, are missing. */
TEST_F(huge, hugetlb_write)
{
	struct world world;

	ASSERT_EQ(0, world_hugetlb_reserve(3 * HUGE));
	world = make_world(_metadata, self->owner, WORLD_HUGETLB, HUGE);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &world);
	warm_up(_metadata, self->owner, &world);
	expect_huge_write(_metadata, self, self->heir, &world, 0, HUGE,
			  GREW({ REGION_ANON, CAUSE_HUGETLB, HUGE }), 0, HUGE * SMALL);
	/* The owner is alone with its pages now, and keeps them. */
	expect_huge_write(_metadata, self, self->owner, &world, 0, HUGE,
			  GREW_NOTHING, 0, 0);
}

/* First touches of hugetlb pages are no copies. */
/* Broken: filling a huge page pool looks like copy-on-write. */
TEST_F(huge, hugetlb_first_touch_counts_nothing)
{
	struct scope_cow before, after;

	ASSERT_EQ(0, world_hugetlb_reserve(HUGE));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	before = cow_of(_metadata, self->heir);
	make_world(_metadata, self->heir, WORLD_HUGETLB, HUGE);
	after = cow_of(_metadata, self->heir);
	EXPECT_EQ(before.cell[REGION_TOTAL][CAUSE_HUGETLB],
		  after.cell[REGION_TOTAL][CAUSE_HUGETLB]);
}

TEST_HARNESS_MAIN
