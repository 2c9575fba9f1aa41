// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of the pages that a child got at fork: still shared, broken by
 * the child, by the parent, ended without a copy; each to the page.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		211
#define DROPPED		13
#define BY_CHILD	29
#define BY_PARENT	17

struct fate {
	long long inherited, shared, child, parent, other;
};

FIXTURE(inherited) {
	struct cast cast;
	struct actor *parent;
	struct actor *child;
	struct world world;
	struct world given_up;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(inherited)
{
	stage_begin(_metadata, &self->cast);
	self->parent = &self->cast.actor[0];
	self->child = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
	self->given_up = make_world(_metadata, self->parent, WORLD_ANON, DROPPED);
}

FIXTURE_TEARDOWN(inherited)
{
	scope_command("watch", "clear");
	stage_end(_metadata, &self->cast);
}

/* One row of the view; all -2 where there is none. */
static struct fate fate_of(struct __test_metadata *_metadata, const struct actor *child,
			   const char *region)
{
	struct fate fate = { -2, -2, -2, -2, -2 };
	struct scope_table table;
	char *text = scope_query(child->pid, "inherited");
	int row;

	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, scope_table_parse(text, &table));
	row = scope_find(&table, 0, "region", region);
	if (row >= 0) {
		fate.inherited = scope_number(&table, row, "inherited_pages");
		fate.shared = scope_number(&table, row, "shared_pages");
		fate.child = scope_number(&table, row, "child_broke_pages");
		fate.parent = scope_number(&table, row, "parent_broke_pages");
		fate.other = scope_number(&table, row, "other_pages");
	}
	scope_table_free(&table);
	return fate;
}

/* How many pages of the world both map. */
static long long common_frames(struct __test_metadata *_metadata, FIXTURE_DATA(inherited) *self)
{
	const struct actor *actor[] = { self->parent, self->child };
	long long common = 0;
	size_t i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, oracle_pagemap(actor[i]->pid, self->world.base, PAGE_BYTES,
					    PAGES, self->frame[i]));
	for (i = 0; i < PAGES; i++)
		common += (self->frame[0][i] & PAGEMAP_PRESENT) &&
			  (self->frame[0][i] & PAGEMAP_FRAME) ==
			  (self->frame[1][i] & PAGEMAP_FRAME);
	return common;
}

/*
 * Both have run the code that writes, so that what follows touches nothing but
 * the worlds: then the parent, the child and munmap's like end it page by page.
 */
static void live_a_little(struct __test_metadata *_metadata, FIXTURE_DATA(inherited) *self)
{
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->child, &self->world);
	warm_up(_metadata, self->parent, &self->world);
}

static void end_some(struct __test_metadata *_metadata, FIXTURE_DATA(inherited) *self)
{
	write_part(_metadata, self->child, &self->world, 0, BY_CHILD);
	write_part(_metadata, self->parent, &self->world, BY_CHILD, BY_PARENT);
	ASSERT_EQ(0, actor_call(self->child, world_drop, &self->given_up,
				sizeof(self->given_up)));
}

static void expect_fates(struct __test_metadata *_metadata, const struct fate *before,
			 const struct fate *after)
{
	EXPECT_EQ(before->inherited, after->inherited);
	EXPECT_EQ(before->shared - BY_CHILD - BY_PARENT - DROPPED, after->shared);
	EXPECT_EQ(before->child + BY_CHILD, after->child);
	EXPECT_EQ(before->parent + BY_PARENT, after->parent);
	EXPECT_EQ(before->other + DROPPED, after->other);
	EXPECT_EQ(after->inherited,
		  after->shared + after->child + after->parent + after->other);
}

/* A child of a parent that nobody watches: the row total, and no other. */
/* Broken: who broke the sharing is known for watched processes only. */
TEST_F(inherited, total)
{
	struct fate before, after;

	live_a_little(_metadata, self);
	before = fate_of(_metadata, self->child, "total");
	EXPECT_EQ(PAGES, common_frames(_metadata, self));
	EXPECT_LE(PAGES + DROPPED, before.shared);
	end_some(_metadata, self);
	after = fate_of(_metadata, self->child, "total");
	expect_fates(_metadata, &before, &after);
	EXPECT_EQ(PAGES - BY_CHILD - BY_PARENT, common_frames(_metadata, self));
	EXPECT_EQ(-2, fate_of(_metadata, self->child, "anon").inherited);
}

/* A child of a watched parent: region by region, and the rows make the total. */
/* Broken: a worker's owner cannot tell whether heap or data were lost. */
TEST_F(inherited, by_region)
{
	static const char *const region[] = {
		"heap", "data", "stack", "text", "mapfile", "anon",
	};
	struct fate before, after, heap, sum = {}, total;
	struct world heap_world = make_world(_metadata, self->parent, WORLD_HEAP, PAGES);
	size_t i;

	ASSERT_EQ(0, scope_commandf("watch", "%d nofollow", self->parent->pid));
	live_a_little(_metadata, self);
	before = fate_of(_metadata, self->child, "anon");
	heap = fate_of(_metadata, self->child, "heap");
	EXPECT_LE(PAGES + DROPPED, before.inherited);
	EXPECT_LE(PAGES, heap.inherited);
	end_some(_metadata, self);
	write_part(_metadata, self->child, &heap_world, 0, PAGES);
	after = fate_of(_metadata, self->child, "anon");
	expect_fates(_metadata, &before, &after);
	after = fate_of(_metadata, self->child, "heap");
	EXPECT_EQ(heap.shared - PAGES, after.shared);
	EXPECT_EQ(heap.child + PAGES, after.child);
	total = fate_of(_metadata, self->child, "total");
	for (i = 0; i < ARRAY_SIZE(region); i++) {
		struct fate row = fate_of(_metadata, self->child, region[i]);

		if (row.inherited == -2)
			continue;
		sum.inherited += row.inherited;
		sum.shared += row.shared;
		sum.child += row.child;
		sum.parent += row.parent;
		sum.other += row.other;
	}
	EXPECT_EQ(total.inherited, sum.inherited);
	EXPECT_EQ(total.shared, sum.shared);
	EXPECT_EQ(total.child, sum.child);
	EXPECT_EQ(total.parent, sum.parent);
	EXPECT_EQ(total.other, sum.other);
}

/* Whoever forks again may copy pages that this pair does not share: not known. */
/* Broken: a grandchild's sharing is booked on the child. */
TEST_F(inherited, forked_again)
{
	struct fate fate;

	live_a_little(_metadata, self);
	EXPECT_LE(0, fate_of(_metadata, self->child, "total").child);
	ASSERT_LT(0, actor_fork(&self->cast, 1, 2));
	fate = fate_of(_metadata, self->child, "total");
	EXPECT_EQ(-1, fate.child);
	EXPECT_EQ(-1, fate.parent);
	EXPECT_EQ(-1, fate.other);
	EXPECT_LE(PAGES, fate.inherited);
	EXPECT_LE(PAGES, fate.shared);
	EXPECT_LE(0, fate_of(_metadata, &self->cast.actor[2], "total").child);
	/* Of the parent's second child it is known again, of the first no more. */
	ASSERT_LT(0, actor_fork(&self->cast, 0, 3));
	EXPECT_LE(0, fate_of(_metadata, &self->cast.actor[3], "total").child);
	EXPECT_EQ(-1, fate_of(_metadata, self->child, "total").parent);
}

/* Actors die with whoever forked them, unless they are told not to. */
static long outlive(void *arg)
{
	(void)arg;
	return prctl(PR_SET_PDEATHSIG, 0) ? -errno : 0;
}

/* The parent's end ends all sharing; what it broke before stays known. */
/* Broken: an orphan seems to share with nobody's memory. */
TEST_F(inherited, parent_gone)
{
	struct fate before, after;

	live_a_little(_metadata, self);
	ASSERT_EQ(0, actor_call(self->child, outlive, NULL, 0));
	end_some(_metadata, self);
	before = fate_of(_metadata, self->child, "total");
	ASSERT_EQ(0, actor_quit(self->parent));
	after = fate_of(_metadata, self->child, "total");
	EXPECT_EQ(0, after.shared);
	EXPECT_EQ(before.child, after.child);
	EXPECT_LE(before.parent, after.parent);
	EXPECT_EQ(after.inherited, after.child + after.parent + after.other);
	/* Its pages are taken over now, not copied. */
	write_part(_metadata, self->child, &self->world, BY_CHILD + BY_PARENT,
		   PAGES - BY_CHILD - BY_PARENT);
	EXPECT_EQ(after.child, fate_of(_metadata, self->child, "total").child);
}

/* Pages copied at fork because they are pinned were never shared. */
/* Broken: a process with fixed buffers seems to share them with its children. */
TEST_F(inherited, pinned)
{
	struct fate fate;

	ASSERT_EQ(0, actor_call(self->parent, world_pin, &self->world,
				sizeof(self->world)));
	ASSERT_EQ(0, scope_commandf("watch", "%d nofollow", self->parent->pid));
	live_a_little(_metadata, self);
	fate = fate_of(_metadata, self->child, "anon");
	EXPECT_EQ(0, common_frames(_metadata, self));
	EXPECT_LE(DROPPED, fate.inherited);
	EXPECT_GT(PAGES, fate.inherited);
	EXPECT_EQ(fate.inherited, fate.shared + fate.child + fate.parent + fate.other);
}

/* Of a process that was not forked, or whose fork was not seen, nothing is said. */
/* Broken: after exec a program seems to have inherited its parent's memory. */
TEST_F(inherited, not_by_fork)
{
	struct actor init = { .pid = 1 };
	struct fate fate = fate_of(_metadata, &init, "total");

	EXPECT_EQ(-1, fate.inherited);
	EXPECT_EQ(-1, fate.child);
	EXPECT_EQ(0, fate.shared);
	EXPECT_EQ(-1, fate.other);
}

TEST_HARNESS_MAIN
