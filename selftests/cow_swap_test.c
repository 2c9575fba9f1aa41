// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that was swapped out when the process forked. Needs a swap device of
 * its own: zram, made and given back here.
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
}

/* Until every page of the actor's world is a swap entry; how many are. */
static size_t swap_out(FIXTURE_DATA(swap) *self, struct actor *who)
{
	struct advice out = { .world = self->world, .advice = MADV_PAGEOUT };
	size_t swapped = 0, i;
	int tries;

	for (tries = 0; tries < 50 && swapped < PAGES; tries++) {
		if (actor_call(who, world_advise, PASSING(&out)))
			break;
		if (oracle_pagemap(who->pid, self->world.base, PAGE_BYTES, PAGES,
				   self->frame[0]))
			break;
		for (swapped = 0, i = 0; i < PAGES; i++)
			swapped += !!(self->frame[0][i] & PAGEMAP_SWAPPED);
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
	struct scope_cow before, after;

	warm_up(_metadata, self->owner, &self->world);
	ASSERT_EQ(PAGES, swap_out(self, self->owner));
	before = cow_of(_metadata, self->owner);
	expect_attempts(_metadata, 0,
			write_part(_metadata, self->owner, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->owner);
	EXPECT_EQ(0, after.cell[REGION_ANON][CAUSE_COPIED] -
		     before.cell[REGION_ANON][CAUSE_COPIED]);
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

TEST_HARNESS_MAIN
