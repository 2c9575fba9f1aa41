// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write protection that is no sharing: soft-dirty tracking, userfaultfd, and
 * mprotect there and back.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/guard.h"

#define PAGES		53

FIXTURE(track) {
	struct cast cast;
	struct actor *owner;
	struct world world;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(track)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
}

FIXTURE_TEARDOWN(track)
{
	stage_end(_metadata, &self->cast);
}

/* Soft-dirty tracking write-protects own pages: a write there is a notice. */
/* Broken: checkpointing a process looks as if it had been forked. */
TEST_F(track, soft_dirty)
{
	struct scope_cow before, after;
	long long seen;

	ASSERT_EQ(0, actor_call(self->owner, world_clear_soft_dirty, NULL, 0));
	warm_up(_metadata, self->owner, &self->world);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	before = cow_of(_metadata, self->owner);
	seen = write_part(_metadata, self->owner, &self->world, 0, PAGES);
	after = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_NOTIFIED, PAGES }));
	expect_attempts(_metadata, 0, seen);
	EXPECT_EQ(0, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

/* Shared pages under soft-dirty tracking are still copied, not noticed. */
/* Broken: copies hide behind a tracker. */
TEST_F(track, soft_dirty_on_shared_pages_is_copied)
{
	struct actor *heir = &self->cast.actor[1];
	struct scope_cow before, after;
	long long seen;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, actor_call(heir, world_clear_soft_dirty, NULL, 0));
	warm_up(_metadata, heir, &self->world);
	before = cow_of(_metadata, heir);
	seen = write_part(_metadata, heir, &self->world, 0, PAGES);
	after = cow_of(_metadata, heir);
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }));
	expect_attempts(_metadata, PAGES, seen);
}

static long protect_and_back(void *arg)
{
	const struct world *world = arg;
	size_t bytes = world->pages * world->stride;

	if (mprotect(world->base, bytes, PROT_READ) ||
	    mprotect(world->base, bytes, PROT_READ | PROT_WRITE))
		return -errno;
	return 0;
}

/* Writes after mprotect there and back: nothing but notices; how many. */
static long long write_after_mprotect(struct __test_metadata *_metadata,
				      FIXTURE_DATA(track) *self)
{
	struct scope_cow before, after;
	long long noticed;

	warm_up(_metadata, self->owner, &self->world);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	ASSERT_EQ(0, actor_call(self->owner, protect_and_back, PASSING(&self->world)));
	before = cow_of(_metadata, self->owner);
	expect_attempts(_metadata, 0,
			write_part(_metadata, self->owner, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	EXPECT_EQ(0, oracle_moved(self->frame[0], self->frame[1], PAGES));
	noticed = after.cell[REGION_ANON][CAUSE_NOTIFIED] -
		  before.cell[REGION_ANON][CAUSE_NOTIFIED];
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_NOTIFIED, noticed }));
	return noticed;
}

/* mprotect to read-only and back copies nothing and moves nothing. */
/* Broken: garbage collectors that protect pages look like forks. */
TEST_F(track, mprotect_and_back_copies_nothing)
{
	long long noticed = write_after_mprotect(_metadata, self);

	/* Kernels differ in whether they make the pages writable at once. */
	EXPECT_TRUE(noticed == 0 || noticed == PAGES);
	/* Under a tracker they cannot. */
	ASSERT_EQ(0, actor_call(self->owner, world_clear_soft_dirty, NULL, 0));
	EXPECT_EQ(PAGES, write_after_mprotect(_metadata, self));
}

/* A write that userfaultfd catches is handed over: no copy, nothing lost. */
/* Broken: live migration and snapshots show up as losses or as copies. */
TEST_F(track, userfault)
{
	struct pass pass = { .world = self->world, .count = PAGES, .value = 'u' };
	struct scope_cow before, after;
	long long noticed;
	int fd;

	fd = actor_call(self->owner, guard_world, PASSING(&self->world));
	ASSERT_LE(0, fd);
	fd = guard_fetch(self->owner, fd);
	ASSERT_LE(0, fd);
	warm_up(_metadata, self->owner, &self->world);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	before = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, actor_send(self->owner, world_write, PASSING(&pass)));
	EXPECT_EQ(PAGES, guard_answer(fd, PAGES));
	ASSERT_EQ(0, actor_wait(self->owner, PASSING(&pass)));
	after = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	/* 6.1 leaves the page write-protected when the handler lets go of it. */
	noticed = after.cell[REGION_ANON][CAUSE_NOTIFIED] -
		  before.cell[REGION_ANON][CAUSE_NOTIFIED];
	EXPECT_TRUE(noticed == 0 || noticed == PAGES);
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_USERFAULT, PAGES },
			  { REGION_ANON, CAUSE_NOTIFIED, noticed }));
	expect_attempts(_metadata, 0, pass.attempts);
	EXPECT_EQ(0, oracle_moved(self->frame[0], self->frame[1], PAGES));
	close(fd);
}

TEST_HARNESS_MAIN
