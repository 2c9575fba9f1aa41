// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sums: in the middle of a storm of forks, copies and exits the total is
 * what live, exited and untracked say, and no column of it ever falls; after it, what the
 * attempts to copy ended in. Each cause that a process counted is in its sums.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/storm.h"

#define PAGES		31
#define STORMERS	3
#define SECONDS		3

FIXTURE(totals) {
	struct cast cast;
};

FIXTURE_SETUP(totals)
{
	stage_begin(_metadata, &self->cast);
}

FIXTURE_TEARDOWN(totals)
{
	stage_end(_metadata, &self->cast);
}

enum scope_row { LIVE, EXITED, UNTRACKED, TOTAL, SCOPES };

/* One read of the file, by name. */
static void read_totals(struct __test_metadata *_metadata, const char *name,
			long long sum[SCOPES][CAUSE_COUNT])
{
	static const char *const scope[SCOPES] = { "live", "exited", "untracked", "total" };
	struct scope_table table;
	int row, i, cause;

	ASSERT_EQ(0, scope_table_read(name, &table));
	ASSERT_EQ(SCOPES, table.rows);
	for (i = 0; i < SCOPES; i++) {
		row = scope_find(&table, 0, "scope", scope[i]);
		ASSERT_LE(0, row);
		for (cause = 0; cause < CAUSE_COUNT; cause++)
			sum[i][cause] = scope_number(&table, row, scope_cause_name[cause]);
	}
	scope_table_free(&table);
}

/* total = live + exited + untracked at every read, and it never falls. */
/* Broken: graphs of the whole machine have dips and spikes that never were. */
TEST_F(totals, storm)
{
	long long last[CAUSE_COUNT] = { 0 }, sum[SCOPES][CAUSE_COUNT];
	struct storm work = { .until = seconds() + SECONDS, .both = true };
	struct actor *actor = self->cast.actor;
	long long first = 0;
	long reads = 0, forks = 0;
	int i, cause;

	for (i = 0; i < STORMERS; i++) {
		ASSERT_LT(0, actor_start(&self->cast, i));
		work.world = make_world(_metadata, &actor[i], WORLD_ANON, PAGES);
		ASSERT_EQ(0, actor_send(&actor[i], storm, PASSING(&work)));
	}
	do {
		read_totals(_metadata, "totals", sum);
		for (cause = 0; cause < CAUSE_COUNT; cause++) {
			EXPECT_EQ(sum[TOTAL][cause], sum[LIVE][cause] + sum[EXITED][cause] +
						     sum[UNTRACKED][cause]);
			EXPECT_LE(last[cause], sum[TOTAL][cause]);
			last[cause] = sum[TOTAL][cause];
		}
		if (!reads++)
			first = sum[TOTAL][CAUSE_COPIED];
	} while (seconds() < work.until);
	for (i = 0; i < STORMERS; i++) {
		ASSERT_EQ(0, actor_wait(&actor[i], PASSING(&work)));
		forks += work.forks;
	}
	TH_LOG("%ld reads, %ld forks", reads, forks);
	read_totals(_metadata, "totals", sum);
	EXPECT_LE(10, reads);
	EXPECT_LE(10, forks);
	/* Every fork but those before the first read cost its pages once. */
	EXPECT_LE((forks - 3 * STORMERS) * PAGES / 2, sum[TOTAL][CAUSE_COPIED] - first);
}

/* A process that ends moves its counts from live to exited, and none is lost. */
/* Broken: short-lived processes take their history with them. */
TEST_F(totals, exit_moves_counts)
{
	long long before[SCOPES][CAUSE_COUNT], after[SCOPES][CAUSE_COUNT];
	struct actor *heir = &self->cast.actor[1];
	struct world world;

	ASSERT_LT(0, actor_start(&self->cast, 0));
	world = make_world(_metadata, &self->cast.actor[0], WORLD_ANON, PAGES);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, heir, &world, 0, PAGES);
	read_totals(_metadata, "totals", before);
	ASSERT_EQ(0, actor_quit(heir));
	read_totals(_metadata, "totals", after);
	EXPECT_LE(before[EXITED][CAUSE_COPIED] + PAGES, after[EXITED][CAUSE_COPIED]);
	EXPECT_GE(before[LIVE][CAUSE_COPIED] - PAGES, after[LIVE][CAUSE_COPIED] - 3);
}

/* What pages became, counted by address space, and what became of attempts. */
struct both {
	long long cause[5];
	long long outcome[5];
};

/* Of one moment: no attempt ended between two readings. */
static void read_both(struct __test_metadata *_metadata, struct both *both)
{
	static const enum scope_cause cause[] = {
		CAUSE_COPIED, CAUSE_FILE, CAUSE_KSM, CAUSE_ZERO, CAUSE_UNSHARED,
	};
	static const char *const key[] = {
		"outcome_copied", "outcome_file", "outcome_ksm", "outcome_zero",
		"outcome_unshared",
	};
	long long sum[SCOPES][CAUSE_COUNT], again;
	bool moved = true;
	size_t i;
	int tries;

	for (tries = 0; moved && tries < 100; tries++) {
		for (i = 0; i < ARRAY_SIZE(key); i++)
			both->outcome[i] = scope_status(key[i]);
		read_totals(_metadata, "totals", sum);
		for (moved = false, i = 0; i < ARRAY_SIZE(key); i++) {
			both->cause[i] = sum[TOTAL][cause[i]];
			again = scope_status(key[i]);
			moved |= again != both->outcome[i];
		}
	}
	ASSERT_FALSE(moved);
}

/* Hundreds of processes that copy and end, one after the other: each page once. */
/* Broken: who comes after many others begins with what they had counted. */
TEST_F(totals, are_the_outcomes)
{
	struct storm work = { .until = seconds() + SECONDS };
	struct both before, after;
	size_t i;

	ASSERT_LT(0, actor_start(&self->cast, 0));
	work.world = make_world(_metadata, &self->cast.actor[0], WORLD_ANON, PAGES);
	read_both(_metadata, &before);
	ASSERT_EQ(0, actor_call(&self->cast.actor[0], storm, PASSING(&work)));
	read_both(_metadata, &after);
	EXPECT_LE(10 * PAGES, after.outcome[0] - before.outcome[0]);
	for (i = 0; i < ARRAY_SIZE(after.cause); i++)
		EXPECT_EQ(after.outcome[i] - before.outcome[i], after.cause[i] - before.cause[i]);
	TH_LOG("%lld pages copied", after.cause[0] - before.cause[0]);
}

/* The column of @cause in the row of an actor. */
static long long in_row(struct __test_metadata *_metadata, const struct actor *actor,
			enum scope_cause cause)
{
	struct scope_table table;
	long long number;
	int row;

	ASSERT_EQ(0, scope_table_read("processes", &table));
	row = scope_find_pid(&table, 0, "pid", actor->pid);
	ASSERT_LE(0, row);
	number = scope_number(&table, row, scope_cause_name[cause]);
	scope_table_free(&table);
	return number;
}

/* Seldom ones, too: a huge page that is split is in the rows, and in the sums after the end. */
/* Broken: only what happens often adds up. */
TEST_F(totals, seldom_causes)
{
	long long before[SCOPES][CAUSE_COUNT], after[SCOPES][CAUSE_COUNT];
	struct actor *heir = &self->cast.actor[1];
	struct world world;

	ASSERT_EQ(0, world_thp_allow());
	ASSERT_LT(0, actor_start(&self->cast, 0));
	world = make_world(_metadata, &self->cast.actor[0], WORLD_THP, 3);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, heir, &world);
	read_totals(_metadata, "totals", before);
	write_part(_metadata, heir, &world, 0, 3);
	EXPECT_EQ(3, in_row(_metadata, heir, CAUSE_THP_SPLIT));
	read_totals(_metadata, "totals", after);
	EXPECT_EQ(3, after[TOTAL][CAUSE_THP_SPLIT] - before[TOTAL][CAUSE_THP_SPLIT]);
	ASSERT_EQ(0, actor_quit(heir));
	read_totals(_metadata, "totals", after);
	EXPECT_EQ(3, after[EXITED][CAUSE_THP_SPLIT] - before[EXITED][CAUSE_THP_SPLIT]);
}

TEST_HARNESS_MAIN
