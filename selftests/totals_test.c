// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sums: in the middle of a storm of forks, copies and exits the total is
 * what live, exited and untracked say, and no column of it ever falls.
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

TEST_HARNESS_MAIN
