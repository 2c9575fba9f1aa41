// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a fork would cost, read before it: then the fork, whose own figures are
 * the same, and all the writes, whose copies are those that were at risk.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

#define PAGES		311
#define KEPT_BACK	23
#define EMPTIED		31
#define HUGE_PLACES	2

struct forecast {
	long long mappings, skipped, wiped, shared, at_risk, hugetlb, swap, pgtables;
	char fits[8];
};

FIXTURE(forecast) {
	struct cast cast;
	struct actor *parent;
	struct actor *child;
};

FIXTURE_SETUP(forecast)
{
	stage_begin(_metadata, &self->cast);
	self->parent = &self->cast.actor[0];
	self->child = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(forecast)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_hugetlb_reserve(0));
	EXPECT_EQ(0, world_swap_stop());
}

static long long number(struct __test_metadata *_metadata, const char *text, const char *key)
{
	char value[32];

	ASSERT_EQ(0, scope_key(text, key, value, sizeof(value)));
	return atoll(value);
}

static struct forecast forecast_of(struct __test_metadata *_metadata,
				   const struct actor *actor)
{
	char *text = scope_query(actor->pid, "forecast");
	struct forecast f;

	ASSERT_NE(NULL, text);
	f.mappings = number(_metadata, text, "mappings");
	f.skipped = number(_metadata, text, "skipped_mappings");
	f.wiped = number(_metadata, text, "wiped_mappings");
	f.shared = number(_metadata, text, "shared_pages");
	f.at_risk = number(_metadata, text, "at_risk_pages");
	f.hugetlb = number(_metadata, text, "at_risk_hugetlb_bytes");
	f.swap = number(_metadata, text, "swap_pages");
	f.pgtables = number(_metadata, text, "pgtable_bytes");
	ASSERT_EQ(0, scope_key(text, "fits", f.fits, sizeof(f.fits)));
	free(text);
	return f;
}

static void advise(struct __test_metadata *_metadata, struct actor *actor,
		   const struct world *world, int how)
{
	struct advice advice = { *world, how };

	ASSERT_EQ(0, actor_call(actor, world_advise, &advice, sizeof(advice)));
}

/* One fork as a rehearsal: the code that forks has touched its pages by then. */
static void rehearse(struct __test_metadata *_metadata, FIXTURE_DATA(forecast) *self)
{
	ASSERT_LT(0, actor_fork(&self->cast, 0, 5));
	ASSERT_EQ(0, actor_quit(&self->cast.actor[5]));
}

/* The fork's own row in clones says what was forecast. */
static void expect_as_forecast(struct __test_metadata *_metadata, FIXTURE_DATA(forecast) *self,
			       const struct forecast *f)
{
	struct scope_table clones;
	int row;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, scope_table_read("clones", &clones));
	row = scope_find_pid(&clones, 0, "child", self->child->pid);
	ASSERT_LE(0, row);
	EXPECT_EQ(f->shared, scope_number(&clones, row, "pages"));
	EXPECT_EQ(f->pgtables, scope_number(&clones, row, "pgtable_bytes"));
	EXPECT_EQ(f->mappings, scope_number(&clones, row, "vmas"));
	scope_table_free(&clones);
}

/* Pages, page tables and mappings of the next fork, with every kind of mapping. */
/* Broken: an operator is told that a fork is cheap, and it is not. */
TEST_F(forecast, the_fork_itself)
{
	struct forecast before = forecast_of(_metadata, self->parent), f;
	struct world world;

	make_world(_metadata, self->parent, WORLD_ANON, PAGES);
	make_world(_metadata, self->parent, WORLD_UNTOUCHED, PAGES);
	make_world(_metadata, self->parent, WORLD_ZERO, PAGES);
	make_world(_metadata, self->parent, WORLD_FILE_MAPPED, PAGES);
	make_world(_metadata, self->parent, WORLD_SHARED_ANON, PAGES);
	make_world(_metadata, self->parent, WORLD_HEAP, PAGES);
	world = make_world(_metadata, self->parent, WORLD_ANON, KEPT_BACK);
	advise(_metadata, self->parent, &world, MADV_DONTFORK);
	world = make_world(_metadata, self->parent, WORLD_ANON, EMPTIED);
	advise(_metadata, self->parent, &world, MADV_WIPEONFORK);
	ASSERT_EQ(0, world_thp_allow());
	make_world(_metadata, self->parent, WORLD_THP, HUGE_PLACES);
	rehearse(_metadata, self);
	f = forecast_of(_metadata, self->parent);
	EXPECT_EQ(before.skipped + 1, f.skipped);
	EXPECT_EQ(before.wiped + 1, f.wiped);
	EXPECT_LE(before.shared + 2 * PAGES, f.shared);
	EXPECT_STREQ("yes", f.fits);
	expect_as_forecast(_metadata, self, &f);
}

/* At risk is what both sides copy when both write everything. */
/* Broken: the warning before a fork is a guess. */
TEST_F(forecast, the_worst_case)
{
	struct scope_cow before[2], after[2];
	struct forecast without, with;
	struct world world;

	rehearse(_metadata, self);
	without = forecast_of(_metadata, self->parent);
	world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
	with = forecast_of(_metadata, self->parent);
	EXPECT_EQ(without.shared + PAGES, with.shared);
	EXPECT_EQ(without.at_risk + PAGES, with.at_risk);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->child, &world);
	warm_up(_metadata, self->parent, &world);
	before[0] = cow_of(_metadata, self->parent);
	before[1] = cow_of(_metadata, self->child);
	write_part(_metadata, self->parent, &world, 0, PAGES);
	write_part(_metadata, self->child, &world, 0, PAGES);
	after[0] = cow_of(_metadata, self->parent);
	after[1] = cow_of(_metadata, self->child);
	EXPECT_EQ(with.at_risk - without.at_risk,
		  after[0].cell[REGION_TOTAL][CAUSE_COPIED] -
		  before[0].cell[REGION_TOTAL][CAUSE_COPIED] +
		  after[1].cell[REGION_TOTAL][CAUSE_COPIED] -
		  before[1].cell[REGION_TOTAL][CAUSE_COPIED]);
	EXPECT_EQ(PAGES, after[1].cell[REGION_ANON][CAUSE_REUSED] -
			 before[1].cell[REGION_ANON][CAUSE_REUSED]);
}

/* Read-only memory and shared memory is not at risk, MADV_DONTFORK takes it out. */
/* Broken: everything resident is called at risk. */
TEST_F(forecast, not_at_risk)
{
	struct forecast was = forecast_of(_metadata, self->parent), is;
	struct world world;

	make_world(_metadata, self->parent, WORLD_SHARED_ANON, PAGES);
	is = forecast_of(_metadata, self->parent);
	EXPECT_EQ(was.at_risk, is.at_risk);
	world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
	was = forecast_of(_metadata, self->parent);
	advise(_metadata, self->parent, &world, MADV_DONTFORK);
	is = forecast_of(_metadata, self->parent);
	EXPECT_EQ(was.at_risk - PAGES, is.at_risk);
	EXPECT_EQ(was.shared - PAGES, is.shared);
	EXPECT_EQ(was.mappings - 1, is.mappings);
	advise(_metadata, self->parent, &world, MADV_DOFORK);
	is = forecast_of(_metadata, self->parent);
	EXPECT_EQ(was.at_risk, is.at_risk);
}

/* hugetlb memory stands apart, in bytes; swapped pages are counted, not at risk. */
/* Broken: a pool of huge pages drowns the figure. */
TEST_F(forecast, apart)
{
	struct forecast was, is;
	struct world world;

	ASSERT_EQ(0, world_hugetlb_reserve(2 * HUGE_PLACES));
	was = forecast_of(_metadata, self->parent);
	make_world(_metadata, self->parent, WORLD_HUGETLB, HUGE_PLACES);
	is = forecast_of(_metadata, self->parent);
	EXPECT_EQ(was.at_risk, is.at_risk);
	EXPECT_EQ(was.hugetlb + HUGE_PLACES * HUGE_BYTES, is.hugetlb);
	ASSERT_EQ(0, world_swap_start());
	world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
	was = forecast_of(_metadata, self->parent);
	advise(_metadata, self->parent, &world, MADV_PAGEOUT);
	is = forecast_of(_metadata, self->parent);
	EXPECT_EQ(was.swap + PAGES, is.swap);
	EXPECT_EQ(was.at_risk - PAGES, is.at_risk);
}

TEST_HARNESS_MAIN
