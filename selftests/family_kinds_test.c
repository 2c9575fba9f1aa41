// SPDX-License-Identifier: GPL-2.0-only
/*
 * family and pairs by kind of memory: swapped out, merged, of files, zero,
 * MAP_SHARED, hugetlb.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kin.h"

#define PAGES		83
#define HUGE		3UL
#define SMALL		(HUGE_BYTES / PAGE_BYTES)

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
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(PAGES, kin_in_world(&self->kin, &world).swap);
	EXPECT_EQ(PAGES, kin_key(_metadata, self->owner, "swap_in_pages"));
	EXPECT_EQ(PAGES, kin_key(_metadata, self->heir, "swap_in_pages"));

	/* Written: a page of its own. Read by both: one page again. */
	write_part(_metadata, self->heir, &world, 0, 11);
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&both)));
	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&both)));
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(PAGES - 11 - 7, kin_in_world(&self->kin, &world).swap);
	EXPECT_EQ(7, kin_in_world(&self->kin, &world).shared);
	EXPECT_EQ(PAGES - 11 - 7, kin_key(_metadata, self->owner, "swap_in_pages"));
}

/* What one got back from swap is still one page with what the other has there. */
/* Broken: as soon as a parent reads its swapped pages, nothing is shared any more. */
TEST_F(kinds, half_swapped_in)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct pass part = { .world = world, .first = 20, .count = 31 };
	struct pass other = { .world = world, .first = 60, .count = 7 };
	struct space_common common;
	struct scope_family family;

	swap_out(_metadata, self, &world);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&part)));
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&other)));
	ASSERT_EQ(PAGES - 31, swapped(self, &world));
	kin_look(_metadata, &self->kin);
	common = kin_in_world(&self->kin, &world);
	/* Entries tell nothing of those that only one of the two has in memory, */
	EXPECT_EQ(PAGES - 31 - 7, common.swap);
	EXPECT_EQ(0, common.shared);
	family = kin_family(_metadata, self->owner);
	EXPECT_EQ(PAGES, scope_family_share(&family, self->heir->pid, "anon").swap);
	EXPECT_EQ(PAGES, scope_family_share(&family, self->owner->pid, "anon").swap);
	scope_family_free(&family);
	family = kin_family(_metadata, self->heir);
	EXPECT_EQ(PAGES, scope_family_share(&family, self->owner->pid, "anon").swap);
	scope_family_free(&family);
	/* but when the other gets them, it gets the same. */
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&part)));
	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&other)));
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(31 + 7, kin_in_world(&self->kin, &world).shared);
}

/* An entry that allows nothing is written down otherwise, and is of the same page. */
/* Broken: what one of the two has put under PROT_NONE is no longer shared. */
TEST_F(kinds, no_access)
{
	struct world anon = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct world file = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, PAGES);
	struct protect none = { .world = anon, .prot = PROT_NONE };

	self->heir = kin_fork(_metadata, &self->kin, 0);
	write_part(_metadata, self->heir, &anon, 0, 11);
	ASSERT_EQ(0, actor_call(self->heir, world_protect, PASSING(&none)));
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(PAGES - 11, kin_in_world(&self->kin, &anon).shared);
	none.world = file;
	ASSERT_EQ(0, actor_call(self->owner, world_protect, PASSING(&none)));
	expect_kin(_metadata, &self->kin);
	none.world = anon;
	ASSERT_EQ(0, actor_call(self->owner, world_protect, PASSING(&none)));
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(PAGES - 11, kin_in_world(&self->kin, &anon).shared);
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
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(PAGES, kin_key(_metadata, self->owner, "armed_ksm_pages"));
	EXPECT_LE(71, kin_key(_metadata, self->owner, "armed_zero_pages"));
	EXPECT_EQ(PAGES - 5, kin_key(_metadata, self->heir, "armed_ksm_pages"));
	EXPECT_EQ(zeros - 7, kin_key(_metadata, self->heir, "armed_zero_pages"));
	EXPECT_EQ(67 - 11, kin_in_world(&self->kin, &file).cache);
	EXPECT_EQ(0, kin_in_world(&self->kin, &merged).shared);
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
	expect_kin(_metadata, &self->kin);
	family = kin_family(_metadata, self->heir);
	share = scope_family_share(&family, self->owner->pid, "mapshared");
	EXPECT_EQ(before + PAGES + 71, share.present);
	EXPECT_EQ(PAGES, share.cache);
	share = scope_family_share(&family, self->heir->pid, "mapshared");
	EXPECT_EQ(PAGES, share.present);
	EXPECT_EQ(0, share.armed_file + share.armed_anon + share.armed_zero);
	scope_family_free(&family);
	EXPECT_EQ(0, kin_in_world(&self->kin, &file).cache);
}

/* The huge zero page is 512 pages of zero, shared with nobody. */
/* Broken: sparse memory is a cost that nobody is warned of. */
TEST_F(kinds, huge_zero_page)
{
	struct world world;

	ASSERT_EQ(0, world_thp_allow());
	world = make_world(_metadata, self->owner, WORLD_THP_ZERO, HUGE);
	self->heir = kin_fork(_metadata, &self->kin, 0);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(0, kin_in_world(&self->kin, &world).shared);
	EXPECT_EQ(HUGE * SMALL, kin_key(_metadata, self->owner, "armed_zero_pages"));
}

/* A huge page that one of them maps whole and the others in pieces, some of their own. */
/* Broken: where huge pages are used, memory that is shared is told as everybody's own. */
TEST_F(kinds, huge_page_in_pieces)
{
	struct world world = make_huge(_metadata, self->owner, HUGE);

	self->heir = kin_fork(_metadata, &self->kin, 0);
	kin_fork(_metadata, &self->kin, 0);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(HUGE * SMALL, kin_in_world(&self->kin, &world).shared);
	write_part(_metadata, self->heir, &world, 3, 176);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(HUGE * SMALL - 176, kin_in_world(&self->kin, &world).shared);
	write_part(_metadata, kin_member(&self->kin, 2), &world, SMALL + 7, 61);
	expect_kin(_metadata, &self->kin);
	/* The last one that has it whole splits it. */
	write_part(_metadata, self->owner, &world, 2 * SMALL - 5, 11);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(HUGE * SMALL - 176 - 11, kin_in_world(&self->kin, &world).shared);
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
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ(HUGE * SMALL, kin_in_world(&self->kin, &world).shared);
	EXPECT_EQ(HUGE * HUGE_BYTES, kin_key(_metadata, self->owner, "armed_hugetlb_bytes"));
	write_part(_metadata, self->heir, &world, 1, 1);
	expect_kin(_metadata, &self->kin);
	EXPECT_EQ((HUGE - 1) * HUGE_BYTES,
		  kin_key(_metadata, self->heir, "armed_hugetlb_bytes"));
	EXPECT_EQ((HUGE - 1) * HUGE_BYTES,
		  kin_key(_metadata, self->heir, "worst_case_family_hugetlb_bytes"));
}

TEST_HARNESS_MAIN
