// SPDX-License-Identifier: GPL-2.0-only
/* The view walk: huge pages. The answer, then the write, then what was counted. */
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_walk.h"
#include "lib/kernel.h"

#define SMALL		(HUGE_BYTES / PAGE_BYTES)

FIXTURE(huge) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
};

FIXTURE_SETUP(huge)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_EQ(0, world_thp_allow());
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->owner, world_own_all, NULL, 0));
}

FIXTURE_TEARDOWN(huge)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_hugetlb_reserve(0));
}

/* The first write to the huge zero page copies nothing. */
/* Broken: filling sparse memory looks like copying it. */
TEST_F(huge, zero)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP_ZERO, 2);

	/* 7.3 gives a whole huge page at once. */
	expect_answer(_metadata, self->owner, &world, 1, "zero+huge+ro", "first-touch",
		      kernel_at_least(7, 0) ? GREW({ REGION_ANON, CAUSE_ZERO_HUGE, 1 }) :
					      GREW({ REGION_ANON, CAUSE_ZERO, 1 }));
}

/* A huge page that others map is split, then one page copied; else taken whole. */
/* Broken: walk is off by a factor of 512. */
TEST_F(huge, huge_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP, 3), small;
	char *text;

	small = world;
	small.pages = 3 * SMALL;
	small.stride = PAGE_BYTES;
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	text = walk_of(self->heir->pid, world.base + HUGE_BYTES + PAGE_BYTES);
	expect_entry(_metadata, text, "pmd", "page",
		     "present|user|dirty|huge|nx|soft-dirty|shared");
	EXPECT_EQ(NULL, strstr(text, "\npte "));
	free(text);
	expect_answer(_metadata, self->heir, &world, 1, "shared+huge+ro", "split",
		      GREW({ REGION_ANON, CAUSE_THP_SPLIT, 1 },
			   { REGION_ANON, CAUSE_COPIED, 1 }));
	/* The next page of it: the owner's huge entry maps that still. */
	expect_answer(_metadata, self->heir, &small, SMALL + 1, "shared+ro", "copy",
		      GREW({ REGION_ANON, CAUSE_COPIED, 1 }));
	/* The owner's third huge page is whole, and its alone when the heir drops it. */
	ASSERT_EQ(0, actor_call(self->heir, world_drop, PASSING(&world)));
	expect_answer(_metadata, self->owner, &world, 2, "last+huge+ro", "take-over",
		      GREW({ REGION_ANON, CAUSE_THP_REUSED, 1 }));
}

/*
 * One page of a huge page of which more is mapped is copied, by its only user, too; since
 * 6.15 the kernel knows that it is the only one, who takes it over.
 */
/* Broken: a survivor with split huge pages is told that it costs nothing. */
TEST_F(huge, part_of_a_huge_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP, 1), small;

	small = world;
	small.pages = SMALL;
	small.stride = PAGE_BYTES;
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, self->heir, &small, 0, 1);
	ASSERT_EQ(0, actor_call(self->owner, world_drop, PASSING(&world)));
	if (kernel_at_least(6, 15)) {
		expect_answer(_metadata, self->heir, &small, 3, "last+ro", "take-over",
			      GREW({ REGION_ANON, CAUSE_REUSED, 1 }));
		return;
	}
	expect_answer(_metadata, self->heir, &small, 3, "last+ro", "copy",
		      GREW({ REGION_ANON, CAUSE_COPIED, 1 },
			   { REGION_ANON, CAUSE_SOLE, 1 }));
}

/* hugetlb pages are copied whole, or taken over. */
/* Broken: the dearest copy of all comes unannounced. */
TEST_F(huge, hugetlb)
{
	struct world world;

	ASSERT_EQ(0, world_hugetlb_reserve(7));
	world = make_world(_metadata, self->owner, WORLD_HUGETLB, 3);
	expect_answer(_metadata, self->owner, &world, 0, "own+huge", "nothing", GREW_NOTHING);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_answer(_metadata, self->heir, &world, 1, "shared+huge+ro", "copy",
		      GREW({ REGION_ANON, CAUSE_HUGETLB, 1 }));
	expect_answer(_metadata, self->owner, &world, 1, "last+huge+ro", "take-over",
		      GREW_NOTHING);
	ASSERT_EQ(0, actor_call(self->owner, world_drop, PASSING(&world)));
	expect_answer(_metadata, self->owner, &world, 2, "none", "first-touch",
		      GREW_NOTHING);
}

TEST_HARNESS_MAIN
