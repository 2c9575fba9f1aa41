// SPDX-License-Identifier: GPL-2.0-only
/*
 * The view walk: each answer to "what would a write do next" is reached, then the
 * write is done, and the causes counted must be those of the answer. "wait" is left out:
 * a page that is being moved does not hold still.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_walk.h"
#include "lib/guard.h"

#define PAGES		31UL

#ifndef MADV_COLD
#define MADV_COLD	20
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

FIXTURE(walk) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
};

FIXTURE_SETUP(walk)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->owner, world_own_all, NULL, 0));
}

FIXTURE_TEARDOWN(walk)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_swap_stop());
}

/*
 * New pages stand in a queue of their CPU for a while, which holds a reference. Advice
 * on any mapping empties it first.
 */
static long drain_queue(void *arg)
{
	char *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	if (page == MAP_FAILED || madvise(page, PAGE_BYTES, MADV_COLD))
		return -errno;
	return munmap(page, PAGE_BYTES) ? -errno : 0;
}

/* A written page takes another write without anything happening. */
/* Broken: walk warns of copies that never come. */
TEST_F(walk, nothing)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	char *text = walk_of(self->owner->pid, world.base);

	expect_answer(_metadata, self->owner, &world, 3, "own", "nothing", GREW_NOTHING);
	expect_entry(_metadata, text, "pte", "page",
		     "present|writable|user|accessed|dirty|nx|soft-dirty|exclusive");
	expect_entry(_metadata, text, "pmd", "table", NULL);
	free(text);
}

/* The first touch of a page makes memory and copies nothing. */
/* Broken: filling memory looks like copying it. */
TEST_F(walk, first_touch)
{
	struct world none = make_world(_metadata, self->owner, WORLD_UNTOUCHED, PAGES);
	struct world zero = make_world(_metadata, self->owner, WORLD_ZERO, PAGES);

	expect_answer(_metadata, self->owner, &none, 3, "none", "first-touch", GREW_NOTHING);
	expect_answer(_metadata, self->owner, &zero, 3, "zero+ro", "first-touch",
		      GREW({ REGION_ANON, CAUSE_ZERO, 1 }));
}

/* A page that others map is copied, and then it is one's own. */
/* Broken: walk misses the very copies that the module is about. */
TEST_F(walk, copy)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	char *text;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	text = walk_of(self->heir->pid, world.base);
	expect_entry(_metadata, text, "pte", "page", "present|user|dirty|nx|soft-dirty|shared");
	expect_key(_metadata, text, "mapped_by", "2");
	free(text);
	expect_answer(_metadata, self->heir, &world, 3, "shared+ro", "copy",
		      GREW({ REGION_ANON, CAUSE_COPIED, 1 }));
	expect_walk(_metadata, self->heir, world.base + 3 * PAGE_BYTES, "own", "nothing");
}

/* Pages of private file mappings are copied, whether they are mapped yet or not. */
/* Broken: writes to a program's data seem to cost nothing. */
TEST_F(walk, copy_of_a_file)
{
	struct world mapped = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, PAGES);
	struct world absent = make_world(_metadata, self->owner, WORLD_FILE_ABSENT, PAGES);

	expect_answer(_metadata, self->owner, &mapped, 3, "file+ro", "copy",
		      GREW({ REGION_DATA, CAUSE_FILE, 1 }));
	expect_answer(_metadata, self->owner, &absent, 3, "none", "copy",
		      GREW({ REGION_DATA, CAUSE_FILE, 1 }));
}

/* A merged page is copied, also by the only one who maps it. */
/* Broken: walk promises to take over what KSM keeps. */
TEST_F(walk, copy_of_a_merged_page)
{
	struct world world = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);
	uint64_t entry[PAGES];
	size_t merged = 0;
	int tries;

	ASSERT_EQ(0, world_ksm_start());
	for (tries = 0; tries < 1000 && merged < PAGES; tries++) {
		usleep(10000);
		ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, PAGE_BYTES, PAGES,
					    entry));
		merged = oracle_flagged(entry, PAGES, KPAGE_KSM);
	}
	ASSERT_EQ(0, world_ksm_stop());
	ASSERT_EQ(PAGES, merged);
	/* The last one is nobody else's any more. */
	write_part(_metadata, self->owner, &world, 0, PAGES - 1);
	expect_answer(_metadata, self->owner, &world, PAGES - 1, "ksm+ro", "copy",
		      GREW({ REGION_ANON, CAUSE_KSM, 1 }));
}

/* The last one who maps a page takes it over. */
/* Broken: the survivor of a fork is told to expect copies. */
TEST_F(walk, take_over)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, actor_quit(self->heir));
	warm_up(_metadata, self->owner, &world);
	ASSERT_EQ(0, actor_call(self->owner, drain_queue, NULL, 0));
	expect_answer(_metadata, self->owner, &world, 3, "last+ro", "take-over",
		      GREW({ REGION_ANON, CAUSE_REUSED, 1 }));
}

/* In the actor: a pipe holds the world's pages, without a pin. */
static long hold_pages(void *arg)
{
	struct world *world = arg;
	struct iovec pages = { world->base, 5 * PAGE_BYTES };
	int pipe_end[2];

	if (pipe(pipe_end) || vmsplice(pipe_end[1], &pages, 1, 0) != 5 * PAGE_BYTES)
		return -errno;
	return pipe_end[0];
}

static long let_go(void *arg)
{
	char page[PAGE_BYTES];
	int i;

	for (i = 0; i < 5; i++)
		if (read(*(int *)arg, page, sizeof(page)) != sizeof(page))
			return -EIO;
	return 0;
}

/* A page that is merely held is copied, unless it is let go in time. */
/* Broken: walk claims to know what depends on somebody else's reference. */
TEST_F(walk, copy_or_take_over)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	int fd = actor_call(self->owner, hold_pages, PASSING(&world));

	ASSERT_LE(0, fd);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, actor_quit(self->heir));
	warm_up(_metadata, self->owner, &world);
	ASSERT_EQ(0, actor_call(self->owner, drain_queue, NULL, 0));
	expect_answer(_metadata, self->owner, &world, 3, "last+ro", "copy-or-take-over",
		      GREW({ REGION_ANON, CAUSE_COPIED, 1 },
			   { REGION_ANON, CAUSE_SOLE, 1 }));
	ASSERT_EQ(0, actor_call(self->owner, let_go, PASSING(&fd)));
	expect_answer(_metadata, self->owner, &world, 2, "last+ro", "take-over",
		      GREW({ REGION_ANON, CAUSE_REUSED, 1 }));
}

/* Soft-dirty tracking asks to be told: no copy. */
/* Broken: checkpointing makes walk predict copies. */
TEST_F(walk, notify)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);

	ASSERT_EQ(0, actor_call(self->owner, world_clear_soft_dirty, NULL, 0));
	expect_answer(_metadata, self->owner, &world, 3, "own+ro", "notify",
		      GREW({ REGION_ANON, CAUSE_NOTIFIED, 1 }));
}

/* Swapped pages are read back first; only what others hold is copied then. */
/* Broken: walk takes a page in swap for a hole. */
TEST_F(walk, swap_in)
{
	struct advice out = { .advice = MADV_PAGEOUT };
	int tries;

	ASSERT_EQ(0, world_swap_start());
	out.world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	for (tries = 0; tries < 50; tries++) {
		ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&out)));
		if (oracle_smaps(self->owner->pid, out.world.base, "Swap") == PAGES)
			break;
	}
	expect_answer(_metadata, self->owner, &out.world, 3, "swap", "swap-in", GREW_NOTHING);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_answer(_metadata, self->heir, &out.world, 7, "swap", "swap-in",
		      GREW({ REGION_ANON, CAUSE_COPIED, 1 },
			   { REGION_ANON, CAUSE_SOLE, 1 }));
}

/* What userfaultfd guards is handed to it. */
/* Broken: walk predicts copies where a snapshot tool decides. */
TEST_F(walk, userfault)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	struct pass pass = { .world = world, .first = 3, .count = 1, .value = 'u' };
	struct scope_cow before, after;
	long long noticed;
	int fd;

	fd = actor_call(self->owner, guard_world, PASSING(&world));
	ASSERT_LE(0, fd);
	fd = guard_fetch(self->owner, fd);
	ASSERT_LE(0, fd);
	warm_up(_metadata, self->owner, &world);
	before = cow_of(_metadata, self->owner);
	expect_walk(_metadata, self->owner, world.base + 3 * PAGE_BYTES, "own+ro", "userfault");
	ASSERT_EQ(0, actor_send(self->owner, world_write, PASSING(&pass)));
	EXPECT_EQ(1, guard_answer(fd, 1));
	ASSERT_EQ(0, actor_wait(self->owner, PASSING(&pass)));
	after = cow_of(_metadata, self->owner);
	/* The kernel may leave the page write-protected. */
	noticed = after.cell[REGION_ANON][CAUSE_NOTIFIED] -
		  before.cell[REGION_ANON][CAUSE_NOTIFIED];
	EXPECT_TRUE(noticed == 0 || noticed == 1);
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_USERFAULT, 1 },
			  { REGION_ANON, CAUSE_NOTIFIED, noticed }));
	close(fd);
}

TEST_HARNESS_MAIN
