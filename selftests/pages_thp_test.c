// SPDX-License-Identifier: GPL-2.0-only
/*
 * The view pages: huge pages, page by page. pagemap is no oracle for them: of a huge
 * mapping it tells the state of the first page only.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_map.h"

#define HUGE		3UL		/* huge pages of a world */
#define SMALL		(HUGE_BYTES / PAGE_BYTES)
#define SOME		47UL		/* small pages written in a huge page */

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

/* Huge pages are told as such; which of their pages others have left, one by one. */
/* Broken: a child that wrote a few bytes seems to have left, or to hold, 2 MiB. */
TEST_F(huge, partly_split_by_the_child)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP, HUGE), small;
	char *second = world.base + HUGE_BYTES, *third = second + HUGE_BYTES;

	small = world;
	small.pages *= SMALL;
	small.stride = PAGE_BYTES;
	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "own+huge");
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "shared+huge+ro");
	expect_state(_metadata, self->heir, world.base, HUGE * SMALL, "shared+huge+ro");
	write_part(_metadata, self->heir, &small, SMALL + SOME, SOME);
	/* The child has small entries now, the parent a huge one still. */
	expect_state(_metadata, self->heir, world.base, SMALL, "shared+huge+ro");
	expect_state(_metadata, self->heir, second, SOME, "shared+ro");
	expect_state(_metadata, self->heir, second + SOME * PAGE_BYTES, SOME, "own");
	expect_state(_metadata, self->heir, second + 2 * SOME * PAGE_BYTES,
		     SMALL - 2 * SOME, "shared+ro");
	expect_state(_metadata, self->heir, third, SMALL, "shared+huge+ro");
	expect_state(_metadata, self->owner, world.base, SMALL + SOME, "shared+huge+ro");
	expect_state(_metadata, self->owner, second + SOME * PAGE_BYTES, SOME,
		     "last+huge+ro");
	expect_state(_metadata, self->owner, second + 2 * SOME * PAGE_BYTES,
		     2 * SMALL - 2 * SOME, "shared+huge+ro");
	ASSERT_EQ(0, actor_quit(self->heir));
	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "last+huge+ro");
	write_part(_metadata, self->owner, &world, 0, HUGE);
	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "own+huge");
}

/* The huge zero page is zero; written, the rest of it is small zero pages. */
/* Broken: sparse memory with huge pages looks used. */
TEST_F(huge, zero)
{
	struct world world = make_world(_metadata, self->owner, WORLD_THP_ZERO, HUGE);

	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "zero+huge+ro");
}

static long map_shared_hugetlb(void *arg)
{
	struct world *world = arg;
	size_t i;

	world->base = mmap(NULL, world->pages * HUGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (world->base == MAP_FAILED)
		return -errno;
	for (i = 0; i < world->pages; i++)
		*(volatile char *)(world->base + i * HUGE_BYTES) = 'h';
	return 0;
}

/* Private hugetlb pages have the states of others; shared ones are special. */
/* Broken: the largest pages of all are missing from the map, or misread. */
TEST_F(huge, hugetlb)
{
	struct world world, shared = { .pages = 1 };
	char *second;

	ASSERT_EQ(0, world_hugetlb_reserve(2 * HUGE + 1));
	world = make_world(_metadata, self->owner, WORLD_HUGETLB, HUGE);
	second = world.base + HUGE_BYTES;
	ASSERT_EQ(0, actor_call(self->owner, map_shared_hugetlb, PASSING(&shared)));
	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "own+huge");
	expect_state(_metadata, self->owner, shared.base, SMALL, "special+huge");
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_state(_metadata, self->owner, world.base, HUGE * SMALL, "shared+huge+ro");
	write_part(_metadata, self->heir, &world, 1, 1);
	expect_state(_metadata, self->heir, world.base, SMALL, "shared+huge+ro");
	expect_state(_metadata, self->heir, second, SMALL, "own+huge");
	expect_state(_metadata, self->owner, second, SMALL, "last+huge+ro");
}

TEST_HARNESS_MAIN
