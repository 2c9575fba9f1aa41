// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that was swapped out: when the process forked, or when KSM had merged
 * it. Needs a swap device of its own: zram, made and given back here.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		61

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

FIXTURE(swap) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct world world;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(swap)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_EQ(0, world_swap_start());
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
}

FIXTURE_TEARDOWN(swap)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_swap_stop());
	EXPECT_EQ(0, world_reclaim_stop());
}

/* Until every page of the actor's world is a swap entry; how many are. */
static size_t swap_out(FIXTURE_DATA(swap) *self, struct actor *who)
{
	struct advice out = { .world = self->world, .advice = MADV_PAGEOUT };
	size_t swapped = 0;
	int tries;

	for (tries = 0; tries < 50 && swapped < PAGES; tries++) {
		if (actor_call(who, world_advise, PASSING(&out)))
			break;
		if (oracle_pagemap(who->pid, self->world.base, PAGE_BYTES, PAGES,
				   self->frame[0]))
			break;
		swapped = oracle_swapped(self->frame[0], PAGES);
	}
	return swapped;
}

/* Pages that two processes share through swap are copied by the first writer. */
/* Broken: a machine under memory pressure shows no copy-on-write. */
TEST_F(swap, swapped_out_then_forked_then_written)
{
	struct scope_cow before, after;

	ASSERT_EQ(PAGES, swap_out(self, self->owner));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &self->world);
	before = cow_of(_metadata, self->heir);
	expect_attempts(_metadata, PAGES,
			write_part(_metadata, self->heir, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->heir);
	EXPECT_EQ(PAGES, after.cell[REGION_ANON][CAUSE_COPIED] -
			 before.cell[REGION_ANON][CAUSE_COPIED]);
	/* The swap cache holds what the heir copied from: nobody maps it. */
	before.cell[REGION_ANON][CAUSE_SOLE] = after.cell[REGION_ANON][CAUSE_SOLE];
	before.cell[REGION_TOTAL][CAUSE_SOLE] = after.cell[REGION_TOTAL][CAUSE_SOLE];
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }));
}

/* Pages swapped out and read back by their only owner are no copies. */
/* Broken: swapping alone looks like copy-on-write. */
TEST_F(swap, swapped_out_and_written_by_the_only_owner)
{
	struct pass look = { .world = self->world, .count = PAGES };
	/* 6.12 makes a page that is nobody else's writable when it is read back. */
	long long noticed = kernel_at_least(6, 12) ? 0 : PAGES;
	struct scope_cow before, after;

	warm_up(_metadata, self->owner, &self->world);
	ASSERT_EQ(PAGES, swap_out(self, self->owner));
	before = cow_of(_metadata, self->owner);
	expect_attempts(_metadata, 0,
			write_part(_metadata, self->owner, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->owner);
	expect_grown(_metadata, &before, &after, GREW_NOTHING);
	/* Read back first, each page may be write-protected when it is written: a notice. */
	ASSERT_EQ(PAGES, swap_out(self, self->owner));
	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&look)));
	before = cow_of(_metadata, self->owner);
	expect_attempts(_metadata, 0,
			write_part(_metadata, self->owner, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->owner);
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_NOTIFIED, noticed }));
}

/* What a fork found in swap is shown apart from what was resident. */
/* Broken: the inherited size of a worker is wrong by what was swapped out. */
TEST_F(swap, inherited_swap_is_shown_apart)
{
	struct scope_table table;
	int row;

	ASSERT_EQ(PAGES, swap_out(self, self->owner));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, scope_table_read("processes", &table));
	row = scope_find_pid(&table, 0, "pid", self->heir->pid);
	ASSERT_LE(0, row);
	EXPECT_LE(PAGES, scope_number(&table, row, "inherited_swap_pages"));
	EXPECT_EQ(oracle_status(self->owner->pid, "VmSwap") * 1024 / PAGE_BYTES,
		  scope_number(&table, row, "inherited_swap_pages"));
	scope_table_free(&table);
}

/* Pages of the owner that KSM merged into one, and that one in swap. */
static struct world merge_and_swap_out(struct __test_metadata *_metadata,
				       FIXTURE_DATA(swap) *self)
{
	struct world world;
	int tries;

	ASSERT_EQ(0, world_reclaim_start());
	ASSERT_EQ(0, actor_call(self->owner, world_reclaim_join, NULL, 0));
	world = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);
	ASSERT_EQ(0, world_ksm_start());
	EXPECT_EQ(PAGES, oracle_wait_flagged(self->owner->pid, world.base, PAGE_BYTES, PAGES,
					     self->frame[0], KPAGE_KSM));
	ASSERT_EQ(0, world_ksm_stop());
	EXPECT_EQ(1, oracle_frames(self->frame[0], PAGES));
	for (tries = 0; tries < 200 && oracle_swapped(self->frame[0], PAGES) < PAGES; tries++) {
		usleep(20000);
		ASSERT_EQ(0, world_reclaim());
		ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, PAGE_BYTES, PAGES,
					    self->frame[0]));
	}
	ASSERT_EQ(PAGES, oracle_swapped(self->frame[0], PAGES));
	/* Out of the swap cache as well: there it would still be KSM's page. */
	ASSERT_EQ(0, world_reclaim());
	warm_up(_metadata, self->owner, &self->world);
	return world;
}

/*
 * The first place gets the page that was read, each other one a copy of it: where
 * an anonymous page lies is written in it, once.
 */
static void expect_apart(struct __test_metadata *_metadata, FIXTURE_DATA(swap) *self,
			 const struct world *world, const struct scope_cow *before,
			 long long kernels_own)
{
	struct scope_cow after = cow_of(_metadata, self->owner);

	expect_grown(_metadata, before, &after, GREW({ REGION_ANON, CAUSE_KSM, PAGES - 1 }));
	if (kernels_own >= 0)
		EXPECT_EQ(kernels_own + PAGES - 1, oracle_vmstat("ksm_swpin_copy"));
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world->base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	EXPECT_EQ(PAGES, oracle_frames(self->frame[1], PAGES));
}

/* Merged pages are copied when they are read back from swap: charged to KSM. */
/* Broken: what merging has saved is lost in swap, and no counter moves. */
TEST_F(swap, ksm_pages_read_back)
{
	struct world world = merge_and_swap_out(_metadata, self);
	struct pass look = { .world = world, .count = PAGES };
	long long kernels_own = oracle_vmstat("ksm_swpin_copy");
	struct scope_cow before = cow_of(_metadata, self->owner);

	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&look)));
	expect_apart(_metadata, self, &world, &before, kernels_own);
}

/* swapoff copies them as well, for their owner: no fault, nobody is an outsider. */
/* Broken: giving a swap device back doubles a process, and nothing shows it. */
TEST_F(swap, ksm_pages_at_swapoff)
{
	struct world world = merge_and_swap_out(_metadata, self);
	long long kernels_own = oracle_vmstat("ksm_swpin_copy");
	struct scope_cow before = cow_of(_metadata, self->owner);

	ASSERT_EQ(0, world_swap_stop());
	expect_apart(_metadata, self, &world, &before, kernels_own);
}

TEST_HARNESS_MAIN
