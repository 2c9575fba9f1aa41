// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every cause that a plain fork, a write and a file can bring about, counted
 * exactly, by who wrote. Page counts are prime, tolerance is 0. Huge pages,
 * swap and write tracking have files of their own.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		101
#define FEWER		47

FIXTURE(cow) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(cow)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(cow)
{
	stage_end(_metadata, &self->cast);
}

/* The owner's world, and an heir that shares it. */
static struct world share_world(struct __test_metadata *_metadata,
				FIXTURE_DATA(cow) *self, enum world_kind kind)
{
	struct world world = make_world(_metadata, self->owner, kind, PAGES);

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->owner, &world);
	warm_up(_metadata, self->heir, &world);
	return world;
}

/*
 * Lets one actor write, and demands of its matrix, of the kernel's attempts
 * and of the page frames what the test says.
 */
static void expect_write(struct __test_metadata *_metadata, FIXTURE_DATA(cow) *self,
			 struct actor *who, const struct world *world,
			 size_t first, size_t count, const struct grown *grown,
			 long long attempts, size_t moved)
{
	struct scope_cow before, after;
	long long seen;

	ASSERT_EQ(0, oracle_pagemap(who->pid, world->base, world->stride,
				    world->pages, self->frame[0]));
	before = cow_of(_metadata, who);
	seen = write_part(_metadata, who, world, first, count);
	after = cow_of(_metadata, who);
	ASSERT_EQ(0, oracle_pagemap(who->pid, world->base, world->stride,
				    world->pages, self->frame[1]));
	expect_grown(_metadata, &before, &after, grown);
	expect_attempts(_metadata, attempts, seen);
	EXPECT_EQ(moved, oracle_moved(self->frame[0], self->frame[1], world->pages));
}

/* A child that writes is charged one copied page a page, and nothing else. */
/* Broken: children look cheaper or dearer than the memory that they took. */
TEST_F(cow, child_write_is_copied)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);

	expect_write(_metadata, self, self->heir, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }), PAGES, PAGES);
}

/* A parent that writes first pays for the copies; the child pays nothing. */
/* Broken: BGSAVE-like parents seem free, or the child gets their bill. */
TEST_F(cow, parent_write_is_copied_for_the_parent)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);
	struct scope_cow before = cow_of(_metadata, self->heir), after;

	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }), PAGES, PAGES);
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after, GREW_NOTHING);
}

/* Pages that the other side has left are taken over, not copied. */
/* Broken: a takeover is shown as new memory, sums exceed what was used. */
TEST_F(cow, last_owner_takes_over)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);

	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }), PAGES, PAGES);
	expect_write(_metadata, self, self->heir, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_REUSED, PAGES }), 0, 0);
}

/* When both write, each page is one copy for the first and free for the last. */
/* Broken: parent and child together show more or less than one copy a page. */
TEST_F(cow, both_write)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);

	expect_write(_metadata, self, self->owner, &world, 0, FEWER,
		     GREW({ REGION_ANON, CAUSE_COPIED, FEWER }), FEWER, FEWER);
	expect_write(_metadata, self, self->heir, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES - FEWER },
			  { REGION_ANON, CAUSE_REUSED, FEWER }),
		     PAGES - FEWER, PAGES - FEWER);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_REUSED, PAGES - FEWER }), 0, 0);
}

/* Pages of a child that is gone come back to the parent without a copy. */
/* Broken: a server looks as if it paid for children that only read. */
TEST_F(cow, exit_of_the_child_gives_pages_back)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);

	ASSERT_EQ(0, actor_quit(self->heir));
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_REUSED, PAGES }), 0, 0);
}

/* A second write to a page that was copied already is no copy-on-write. */
/* Broken: busy processes gather counts without using memory. */
TEST_F(cow, second_write_breaks_no_sharing)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);

	write_part(_metadata, self->heir, &world, 0, PAGES);
	expect_write(_metadata, self, self->heir, &world, 0, PAGES, GREW_NOTHING, 0, 0);
	/* Also when a tracker makes the kernel look at each page again. */
	ASSERT_EQ(0, actor_call(self->heir, world_clear_soft_dirty, NULL, 0));
	warm_up(_metadata, self->heir, &world);
	expect_write(_metadata, self, self->heir, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_NOTIFIED, PAGES }), 0, 0);
}

/* First touches of memory that was never shared are no copy-on-write. */
/* Broken: every malloc shows up as a broken share. */
TEST_F(cow, first_touch_counts_nothing)
{
	struct world world = make_world(_metadata, self->owner, WORLD_UNTOUCHED, PAGES);

	warm_up(_metadata, self->owner, &world);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES, GREW_NOTHING, 0, 0);
}

/* Writing to a private file page that was never mapped is a file copy. */
/* Broken: relocations and patched files are invisible. */
TEST_F(cow, unmapped_file_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_FILE_ABSENT, PAGES);

	warm_up(_metadata, self->owner, &world);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_DATA, CAUSE_FILE, PAGES }), 0, 0);
}

/* Writing to a private file page that was read before is a file copy too. */
/* Broken: the same file counts differently after it was read. */
TEST_F(cow, mapped_file_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, PAGES);

	warm_up(_metadata, self->owner, &world);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_DATA, CAUSE_FILE, PAGES }), PAGES, PAGES);
}

/* A memfd is a file like any other. */
/* Broken: programs that run from memfd show no file copies. */
TEST_F(cow, mapped_memfd_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_MEMFD_MAPPED, PAGES);

	warm_up(_metadata, self->owner, &world);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_DATA, CAUSE_FILE, PAGES }), PAGES, PAGES);
}

/* A page that read as the shared zero page breaks no sharing when written. */
/* Broken: sparse arrays look like forked memory. */
TEST_F(cow, zero_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ZERO, PAGES);

	warm_up(_metadata, self->owner, &world);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_ZERO, PAGES }), PAGES, PAGES);
}

/* Shared mappings are never copied, whoever writes, anonymous or file. */
/* Broken: shared memory segments inflate the counts. */
TEST_F(cow, shared_mappings_count_nothing)
{
	struct world anon = make_world(_metadata, self->owner, WORLD_SHARED_ANON, PAGES);
	struct world file = make_world(_metadata, self->owner, WORLD_SHARED_FILE, PAGES);

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->owner, &anon);
	/* Mapped first, then write-protected: the writes are noticed, no more. */
	write_part(_metadata, self->heir, &anon, 0, PAGES);
	write_part(_metadata, self->heir, &file, 0, PAGES);
	ASSERT_EQ(0, actor_call(self->heir, world_clear_soft_dirty, NULL, 0));
	warm_up(_metadata, self->heir, &anon);
	expect_write(_metadata, self, self->heir, &anon, 0, PAGES, GREW_NOTHING, 0, 0);
	expect_write(_metadata, self, self->heir, &file, 0, PAGES, GREW_NOTHING, 0, 0);
	expect_write(_metadata, self, self->owner, &anon, 0, PAGES, GREW_NOTHING, 0, 0);
	expect_write(_metadata, self, self->owner, &file, 0, PAGES, GREW_NOTHING, 0, 0);
}

/* Grandchildren share with both: three writers make two copies and a takeover. */
/* Broken: deep process trees do not add up. */
TEST_F(cow, three_generations)
{
	struct world world = share_world(_metadata, self, WORLD_ANON);
	struct actor *grandchild = &self->cast.actor[2];

	ASSERT_LT(0, actor_fork(&self->cast, 1, 2));
	warm_up(_metadata, self->heir, &world);
	warm_up(_metadata, grandchild, &world);
	expect_write(_metadata, self, grandchild, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }), PAGES, PAGES);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }), PAGES, PAGES);
	expect_write(_metadata, self, self->heir, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_REUSED, PAGES }), 0, 0);
}

/* A write to a merged page is charged to KSM, also for the last page left. */
/* Broken: nobody sees that same-page merging is undone all the time. */
TEST_F(cow, ksm_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);

	ASSERT_EQ(0, world_ksm_start());
	EXPECT_EQ(PAGES, oracle_wait_flagged(self->owner->pid, world.base, PAGE_BYTES, PAGES,
					     self->frame[0], KPAGE_KSM));
	ASSERT_EQ(0, world_ksm_stop());
	warm_up(_metadata, self->owner, &world);
	expect_write(_metadata, self, self->owner, &world, 0, PAGES,
		     GREW({ REGION_ANON, CAUSE_KSM, PAGES }), PAGES, PAGES);
}

/*
 * Taking pages out of KSM copies each of them. The kernel wrote to them for that; since
 * 6.2 it asks for pages of their own, as a read-only pin does, and that is their cause.
 */
/* Broken: switching merging off eats memory, and no counter moves. */
TEST_F(cow, ksm_unmerge)
{
	struct world world = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);
	struct advice apart = { .world = world, .advice = MADV_UNMERGEABLE };
	enum scope_cause cause = kernel_at_least(6, 2) ? CAUSE_UNSHARED : CAUSE_KSM;
	struct scope_cow before, after;

	ASSERT_EQ(0, world_ksm_start());
	EXPECT_EQ(PAGES, oracle_wait_flagged(self->owner->pid, world.base, PAGE_BYTES, PAGES,
					     self->frame[0], KPAGE_KSM));
	ASSERT_EQ(0, world_ksm_stop());
	warm_up(_metadata, self->owner, &world);
	before = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&apart)));
	after = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after, GREW({ REGION_ANON, cause, PAGES }));
	EXPECT_EQ(PAGES, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

TEST_HARNESS_MAIN
