/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every test file needs on top of the kernel's harness: measuring a cow
 * matrix around an action with tolerance 0, and the checks that end each test.
 * To be included after kselftest_harness.h.
 */
#ifndef SELFTEST_EXPECT_H
#define SELFTEST_EXPECT_H

#include <sys/types.h>

#include "actor.h"
#include "kernel.h"
#include "oracle.h"
#include "scope.h"
#include "world.h"

#define PASSING(p)	(p), sizeof(*(p))

/* One cell that must have grown by exactly this much. */
struct grown {
	enum scope_region region;
	enum scope_cause cause;
	long long by;
};

/* The list is what has to grow; every cell not named must stand still. */
#define GREW(...)	((const struct grown[]){ __VA_ARGS__, { .by = -1 } })
#define GREW_NOTHING	((const struct grown[]){ { .by = -1 } })

/*
 * Compares a matrix with an earlier one plus what has to be added, cell by
 * cell. The total row is expected to be the sum.
 */
static inline void
expect_grown(struct __test_metadata *_metadata, const struct scope_cow *before,
	     const struct scope_cow *after, const struct grown *grown)
{
	struct scope_cow want = *before;
	int region, cause;

	for (; grown->by >= 0; grown++) {
		want.cell[grown->region][grown->cause] += grown->by;
		want.cell[REGION_TOTAL][grown->cause] += grown->by;
	}
	for (region = 0; region < REGION_ROWS; region++) {
		for (cause = 0; cause < CAUSE_COUNT; cause++) {
			if (want.cell[region][cause] == after->cell[region][cause])
				continue;
			TH_LOG("%s of %s: %lld before, %lld after", scope_cause_name[cause],
			       scope_region_name[region], before->cell[region][cause],
			       after->cell[region][cause]);
			EXPECT_EQ(want.cell[region][cause], after->cell[region][cause]);
		}
	}
}

static struct scope_losses losses_before;

/* Every test begins with a cast, the second oracle and a loaded module. */
static inline void
stage_begin(struct __test_metadata *_metadata, struct cast *cast)
{
	char *status = scope_slurp(scope_path("status"));

	if (!status)
		TH_LOG("%s: %s (is the module loaded?)", scope_path("status"),
		       strerror(errno));
	ASSERT_NE(NULL, status);
	free(status);
	ASSERT_EQ(0, scope_losses(&losses_before));
	ASSERT_LE(0, oracle_attempts_setup());
	ASSERT_EQ(0, cast_begin(cast));
}

/* Every test ends with nothing lost and every attempt accounted for. */
static inline void
stage_end(struct __test_metadata *_metadata, struct cast *cast)
{
	char why[128];
	bool balanced;

	cast_end(cast);
	oracle_attempts_cleanup();
	balanced = scope_balanced(&losses_before, why, sizeof(why));
	if (!balanced)
		TH_LOG("%s", why);
	EXPECT_TRUE(balanced);
}

static inline struct scope_cow
cow_of(struct __test_metadata *_metadata, const struct actor *actor)
{
	struct scope_cow cow;
	int ret = scope_cow(actor->pid, &cow);

	if (ret)
		TH_LOG("query \"%d cow\": %s", actor->pid, strerror(-ret));
	ASSERT_EQ(0, ret);
	return cow;
}

static inline struct world
make_world(struct __test_metadata *_metadata, struct actor *actor,
	   enum world_kind kind, size_t pages)
{
	struct world world = { .kind = kind, .pages = pages };

	ASSERT_EQ(0, actor_call(actor, world_make, PASSING(&world)));
	return world;
}

/* Writes a part of the world in the actor; what the kernel tried to copy. */
static inline long long
write_part(struct __test_metadata *_metadata, struct actor *actor,
	   const struct world *world, size_t first, size_t count)
{
	struct pass pass = {
		.world = *world, .first = first, .count = count,
		.value = 'A' + actor->index,
	};

	ASSERT_EQ(0, actor_call(actor, world_write, PASSING(&pass)));
	ASSERT_EQ((long)count, actor_call(actor, world_check, PASSING(&pass)));
	return pass.attempts;
}

/*
 * A pass of no pages: opens and closes the counter once, so that the actor's
 * stack is as written as it will ever be when a measurement starts.
 */
static inline void
warm_up(struct __test_metadata *_metadata, struct actor *actor, const struct world *world)
{
	write_part(_metadata, actor, world, 0, 0);
}

/* Compares the count of the perf event, where this kernel can have one. */
static inline void
expect_attempts(struct __test_metadata *_metadata, long long expected, long long seen)
{
	if (seen >= 0)
		EXPECT_EQ(expected, seen);
}

#endif /* SELFTEST_EXPECT_H */
