// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages that somebody holds besides the page tables: read-only pins that ask
 * for an own page, pins for DMA at fork, and references that make a copy
 * pointless.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		53
#define PIPE_SLOTS	13	/* below the 16 buffers of a pipe */
#define HUGE		3

FIXTURE(pin) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(pin)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(pin)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_hugetlb_reserve(0));
}

static struct world share_world(struct __test_metadata *_metadata,
				FIXTURE_DATA(pin) *self, size_t pages)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, pages);

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->owner, &world);
	warm_up(_metadata, self->heir, &world);
	return world;
}

/* process_vm_readv pins what it reads: a read-only pin, one page at a time. */
struct peek {
	struct world world;
	pid_t pid;		/* 0: the caller itself */
	long long attempts;
};

/* Where the bytes go: written before, so that it causes no fault. */
static char peek_buffer[PAGES * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));

static long peek_pages(void *arg)
{
	struct peek *peek = arg;
	size_t bytes = peek->world.pages * PAGE_BYTES;
	struct iovec here = { peek_buffer, bytes };
	struct iovec there = { peek->world.base, bytes };
	pid_t pid = peek->pid ? peek->pid : getpid();
	int counter;
	ssize_t got;

	memset(peek_buffer, 'p', bytes);
	counter = oracle_attempts_open();
	oracle_attempts_start(counter);
	got = process_vm_readv(pid, &here, 1, &there, 1, 0);
	peek->attempts = oracle_attempts_stop(counter);
	return got == (ssize_t)bytes ? 0 : -EIO;
}

/* A read-only pin from outside copies shared pages: charged to the owner. */
/* Broken: a debugger's reads double a worker's memory and nobody knows why. */
TEST_F(pin, read_only_pin_by_another_task)
{
	struct world world = share_world(_metadata, self, PAGES);
	struct peek peek = { .world = world, .pid = self->heir->pid };
	struct scope_cow before, after;

	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	before = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, peek_pages(&peek));
	after = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_UNSHARED, PAGES },
			  { REGION_ANON, CAUSE_REMOTE, PAGES }));
	expect_attempts(_metadata, PAGES, peek.attempts);
	EXPECT_EQ(PAGES, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

/* Pages that nobody else maps any more are kept by a read-only pin. */
/* Broken: harmless reads count as copies, or attempts do not add up. */
TEST_F(pin, read_only_pin_of_the_last_owner)
{
	struct world world = share_world(_metadata, self, PAGES);
	struct world buffer = { .base = peek_buffer, .pages = PAGES, .stride = PAGE_BYTES };
	struct peek peek = { .world = world };
	struct scope_cow before, after;

	/* After the first pin the heir shares with nobody but its own child. */
	ASSERT_EQ(0, actor_call(self->heir, peek_pages, PASSING(&peek)));
	ASSERT_LT(0, actor_fork(&self->cast, 1, 2));
	ASSERT_EQ(0, actor_quit(&self->cast.actor[2]));
	write_part(_metadata, self->heir, &buffer, 0, PAGES);
	warm_up(_metadata, self->heir, &world);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	before = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, actor_call(self->heir, peek_pages, PASSING(&peek)));
	after = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after, GREW({ REGION_ANON, CAUSE_KEPT, PAGES }));
	expect_attempts(_metadata, 0, peek.attempts);
	EXPECT_EQ(0, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

/* Pages pinned for DMA are copied at fork: charged to the child. */
/* Broken: forks of a process with registered buffers are mysteriously dear. */
TEST_F(pin, fixed_buffers_are_copied_at_fork)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct scope_cow cow;

	ASSERT_LE(0, actor_call(self->owner, world_pin, PASSING(&world)));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	cow = cow_of(_metadata, self->heir);
	EXPECT_EQ(PAGES, cow.cell[REGION_ANON][CAUSE_PINNED]);
	EXPECT_EQ(PAGES, cow.cell[REGION_TOTAL][CAUSE_PINNED]);
	cow = cow_of(_metadata, self->owner);
	EXPECT_EQ(0, cow.cell[REGION_TOTAL][CAUSE_PINNED]);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	EXPECT_EQ(PAGES, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

/* What was copied at fork is nobody's copy-on-write later. */
/* Broken: pinned pages are charged twice. */
TEST_F(pin, pages_copied_at_fork_are_not_shared)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct scope_cow before, after;

	ASSERT_LE(0, actor_call(self->owner, world_pin, PASSING(&world)));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &world);
	before = cow_of(_metadata, self->heir);
	expect_attempts(_metadata, 0, write_part(_metadata, self->heir, &world, 0, PAGES));
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after, GREW_NOTHING);
	/* Also when a tracker makes the kernel look at each page: it is the heir's own. */
	ASSERT_EQ(0, actor_call(self->heir, world_clear_soft_dirty, NULL, 0));
	warm_up(_metadata, self->heir, &world);
	before = cow_of(_metadata, self->heir);
	expect_attempts(_metadata, 0, write_part(_metadata, self->heir, &world, 0, PAGES));
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_NOTIFIED, PAGES }));
}

/* Pinned hugetlb pages are copied at fork as well, in huge pages. */
/* Broken: 2 MiB copies at fork are missing. */
TEST_F(pin, hugetlb_is_copied_at_fork)
{
	struct world world;
	struct scope_cow cow;

	ASSERT_EQ(0, world_hugetlb_reserve(2 * HUGE));
	world = make_world(_metadata, self->owner, WORLD_HUGETLB, HUGE);
	ASSERT_LE(0, actor_call(self->owner, world_pin, PASSING(&world)));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	cow = cow_of(_metadata, self->heir);
	EXPECT_EQ(HUGE, cow.cell[REGION_ANON][CAUSE_HUGETLB]);
	EXPECT_EQ(HUGE, cow.cell[REGION_TOTAL][CAUSE_HUGETLB]);
	EXPECT_EQ(0, cow.cell[REGION_TOTAL][CAUSE_PINNED]);
	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, HUGE_BYTES, HUGE,
				    self->frame[0]));
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, HUGE_BYTES, HUGE,
				    self->frame[1]));
	EXPECT_EQ(HUGE, oracle_moved(self->frame[0], self->frame[1], HUGE));
}

/* In the actor: the world's pages in a pipe, by reference. */
static long pages_into_pipe(void *arg)
{
	const struct world *world = arg;
	struct iovec pages = { world->base, world->pages * PAGE_BYTES };
	int end[2];

	if (pipe2(end, O_CLOEXEC))
		return -errno;
	return vmsplice(end[1], &pages, 1, 0) == (ssize_t)pages.iov_len ? 0 : -EIO;
}

/* A copy of a page that nobody else maps is shown as spent for nothing. */
/* Broken: memory goes to references that no tool shows. */
TEST_F(pin, copy_of_a_page_held_elsewhere_is_sole)
{
	struct world world = share_world(_metadata, self, PIPE_SLOTS);
	struct scope_cow before, after;

	ASSERT_EQ(0, actor_call(self->heir, pages_into_pipe, PASSING(&world)));
	ASSERT_EQ(0, actor_call(self->owner, world_drop, PASSING(&world)));
	warm_up(_metadata, self->heir, &world);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PIPE_SLOTS,
				    self->frame[0]));
	before = cow_of(_metadata, self->heir);
	expect_attempts(_metadata, PIPE_SLOTS,
			write_part(_metadata, self->heir, &world, 0, PIPE_SLOTS));
	after = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world.base, PAGE_BYTES, PIPE_SLOTS,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_COPIED, PIPE_SLOTS },
			  { REGION_ANON, CAUSE_SOLE, PIPE_SLOTS }));
	EXPECT_EQ(PIPE_SLOTS, oracle_moved(self->frame[0], self->frame[1], PIPE_SLOTS));
}

TEST_HARNESS_MAIN
