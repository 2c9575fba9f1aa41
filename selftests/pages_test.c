// SPDX-License-Identifier: GPL-2.0-only
/*
 * The view pages: every state of a small page, reached on purpose. Each map is checked
 * as a whole, too: form, /proc/PID/maps, pagemap.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_map.h"

#define PAGES		101UL
#define SOME		23UL
#define SWAPPED		61UL

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

FIXTURE(pages) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[PAGES];
};

FIXTURE_SETUP(pages)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->owner, world_own_all, NULL, 0));
}

FIXTURE_TEARDOWN(pages)
{
	stage_end(_metadata, &self->cast);
	EXPECT_EQ(0, world_swap_stop());
}

static void expect_kind(struct __test_metadata *_metadata, FIXTURE_DATA(pages) *self,
			enum world_kind kind, const char *state, const char *region)
{
	struct world world = make_world(_metadata, self->owner, kind, PAGES);
	struct scope_table map;

	expect_state(_metadata, self->owner, world.base, PAGES, state);
	map = map_of(_metadata, self->owner);
	EXPECT_STREQ(region, map_at(&map, world.base, false, "region"));
	EXPECT_STREQ(region, map_at(&map, world.base, true, "region"));
	scope_table_free(&map);
}

/* Memory that was never touched is none, read is zero, written is own. */
/* Broken: reserved memory looks used, or used memory looks free. */
TEST_F(pages, anonymous_memory)
{
	expect_kind(_metadata, self, WORLD_UNTOUCHED, "none", "anon");
	expect_kind(_metadata, self, WORLD_ZERO, "zero+ro", "anon");
	expect_kind(_metadata, self, WORLD_ANON, "own", "anon");
	expect_kind(_metadata, self, WORLD_HEAP, "own", "heap");
}

/* Page cache is file, write-protected only where a write would copy it. */
/* Broken: private copies and page cache cannot be told apart. */
TEST_F(pages, files)
{
	expect_kind(_metadata, self, WORLD_FILE_READONLY, "file", "mapfile");
	expect_kind(_metadata, self, WORLD_FILE_MAPPED, "file+ro", "data");
	expect_kind(_metadata, self, WORLD_FILE_ABSENT, "none", "data");
	expect_kind(_metadata, self, WORLD_SHARED_ANON, "file", "mapshared");
	expect_kind(_metadata, self, WORLD_SHARED_FILE, "file", "mapshared");
}

/* A written page of a private file mapping is the writer's own. */
/* Broken: what a program's data really costs does not show. */
TEST_F(pages, file_written)
{
	struct world world = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, PAGES);

	write_part(_metadata, self->owner, &world, SOME, SOME);
	expect_state(_metadata, self->owner, world.base, SOME, "file+ro");
	expect_state(_metadata, self->owner, world.base + SOME * PAGE_BYTES, SOME, "own");
	expect_state(_metadata, self->owner, world.base + 2 * SOME * PAGE_BYTES,
		     PAGES - 2 * SOME, "file+ro");
}

/* After a fork all is shared; what one writes is its own, and the other's last. */
/* Broken: the map of a forking server is wrong, page by page. */
TEST_F(pages, forked)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	char *rest = world.base + SOME * PAGE_BYTES;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_state(_metadata, self->owner, world.base, PAGES, "shared+ro");
	expect_state(_metadata, self->heir, world.base, PAGES, "shared+ro");
	EXPECT_EQ(PAGES, oracle_smaps(self->heir->pid, world.base, "Shared_Dirty"));
	write_part(_metadata, self->heir, &world, 0, SOME);
	expect_state(_metadata, self->heir, world.base, SOME, "own");
	expect_state(_metadata, self->heir, rest, PAGES - SOME, "shared+ro");
	expect_state(_metadata, self->owner, world.base, SOME, "last+ro");
	expect_state(_metadata, self->owner, rest, PAGES - SOME, "shared+ro");
	EXPECT_EQ(SOME, oracle_smaps(self->owner->pid, world.base, "Private_Dirty"));
	EXPECT_EQ(PAGES - SOME, oracle_smaps(self->owner->pid, world.base, "Shared_Dirty"));
	ASSERT_EQ(0, actor_quit(self->heir));
	expect_state(_metadata, self->owner, world.base, PAGES, "last+ro");
	write_part(_metadata, self->owner, &world, 0, PAGES);
	expect_state(_metadata, self->owner, world.base, PAGES, "own");
}

/* Protection of a mapping is no write-protection of its pages; soft-dirty's is. */
/* Broken: +ro shows where no write would ever fault for it, or is missing. */
TEST_F(pages, protected)
{
	struct protect protect = {
		.world = make_world(_metadata, self->owner, WORLD_ANON, PAGES),
	};
	const char *base = protect.world.base;

	protect.prot = PROT_READ;
	ASSERT_EQ(0, actor_call(self->owner, world_protect, PASSING(&protect)));
	expect_state(_metadata, self->owner, base, PAGES, "own");
	protect.prot = PROT_NONE;
	ASSERT_EQ(0, actor_call(self->owner, world_protect, PASSING(&protect)));
	expect_state(_metadata, self->owner, base, PAGES, "own");
	protect.prot = PROT_READ | PROT_WRITE;
	ASSERT_EQ(0, actor_call(self->owner, world_protect, PASSING(&protect)));
	write_part(_metadata, self->owner, &protect.world, 0, SOME);
	expect_state(_metadata, self->owner, base, SOME, "own");
	ASSERT_EQ(0, actor_call(self->owner, world_clear_soft_dirty, NULL, 0));
	expect_state(_metadata, self->owner, base, PAGES, "own+ro");
	/* After a fork and mprotect there and back all are shared, and still protected. */
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	protect.prot = PROT_READ;
	ASSERT_EQ(0, actor_call(self->heir, world_protect, PASSING(&protect)));
	expect_state(_metadata, self->heir, base, PAGES, "shared");
	protect.prot = PROT_READ | PROT_WRITE;
	ASSERT_EQ(0, actor_call(self->heir, world_protect, PASSING(&protect)));
	expect_state(_metadata, self->heir, base, PAGES, "shared+ro");
}

/* Pages in swap are swap for all who hold them; read back they are shared again. */
/* Broken: a machine under memory pressure shows a map with holes. */
TEST_F(pages, swapped)
{
	struct world world;
	struct advice out = { .advice = MADV_PAGEOUT };
	struct pass pass = { .count = SOME };
	char *rest;
	int tries;

	ASSERT_EQ(0, world_swap_start());
	world = make_world(_metadata, self->owner, WORLD_ANON, SWAPPED);
	out.world = world;
	pass.world = world;
	rest = world.base + SOME * PAGE_BYTES;
	for (tries = 0; tries < 50; tries++) {
		ASSERT_EQ(0, actor_call(self->owner, world_advise, PASSING(&out)));
		if (oracle_smaps(self->owner->pid, world.base, "Swap") == SWAPPED)
			break;
	}
	expect_state(_metadata, self->owner, world.base, SWAPPED, "swap");
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	expect_state(_metadata, self->heir, world.base, SWAPPED, "swap");
	ASSERT_EQ(0, actor_call(self->heir, world_read, PASSING(&pass)));
	expect_state(_metadata, self->heir, world.base, SOME, "last+ro");
	expect_state(_metadata, self->heir, rest, SWAPPED - SOME, "swap");
	expect_state(_metadata, self->owner, world.base, SWAPPED, "swap");
	ASSERT_EQ(0, actor_call(self->owner, world_read, PASSING(&pass)));
	expect_state(_metadata, self->owner, world.base, SOME, "shared+ro");
	expect_state(_metadata, self->heir, world.base, SOME, "shared+ro");
	write_part(_metadata, self->heir, &world, 0, SWAPPED);
	expect_state(_metadata, self->heir, world.base, SWAPPED, "own");
}

/* Merged pages are ksm, however many map them. */
/* Broken: merging looks like a fork that nobody made. */
TEST_F(pages, merged)
{
	struct world world = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);
	size_t merged = 0;
	int tries;

	ASSERT_EQ(0, world_ksm_start());
	for (tries = 0; tries < 1000 && merged < PAGES; tries++) {
		usleep(10000);
		ASSERT_EQ(0, oracle_pagemap(self->owner->pid, world.base, PAGE_BYTES, PAGES,
					    self->frame));
		merged = oracle_flagged(self->frame, PAGES, KPAGE_KSM);
	}
	ASSERT_EQ(0, world_ksm_stop());
	ASSERT_EQ(PAGES, merged);
	expect_state(_metadata, self->owner, world.base, PAGES, "ksm+ro");
	write_part(_metadata, self->owner, &world, 0, SOME);
	expect_state(_metadata, self->owner, world.base, SOME, "own");
}

static long ask_time(void *arg)
{
	struct timespec now;

	(void)arg;
	return clock_gettime(CLOCK_MONOTONIC, &now);
}

/* The kernel's own pages in a process are special. */
/* Broken: vdso is taken for a file, or for memory that can be saved. */
TEST_F(pages, vdso)
{
	void *vdso = (void *)getauxval(AT_SYSINFO_EHDR);
	struct scope_table map;

	ASSERT_NE(NULL, vdso);
	ASSERT_EQ(0, actor_call(self->owner, ask_time, NULL, 0));
	map = map_of(_metadata, self->owner);
	EXPECT_STREQ("special", map_at(&map, vdso, false, "state"));
	EXPECT_STREQ("special", map_at(&map, vdso, false, "region"));
	EXPECT_STREQ("[vdso]", map_at(&map, vdso, true, "name"));
	scope_table_free(&map);
}

struct move {
	struct world world;
	char *to;
};

static long do_move(void *arg)
{
	struct move *move = arg;
	size_t half = move->world.pages / 2 * PAGE_BYTES;

	move->to = mmap(NULL, half + 2 * PAGE_BYTES, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (move->to == MAP_FAILED)
		return -errno;
	move->to = mremap(move->world.base, half, half, MREMAP_MAYMOVE | MREMAP_FIXED,
			  move->to + PAGE_BYTES);
	return move->to == MAP_FAILED ? -errno : 0;
}

/* Pages that one member has moved elsewhere are shared still. */
/* Broken: a garbage collector that moves its heap seems to have copied it. */
TEST_F(pages, moved_in_one_member)
{
	struct move move = {
		.world = make_world(_metadata, self->owner, WORLD_ANON, PAGES),
	};
	struct scope_table map;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, actor_call(self->heir, do_move, PASSING(&move)));
	expect_state(_metadata, self->heir, move.to, PAGES / 2, "shared+ro");
	expect_state(_metadata, self->owner, move.world.base, PAGES, "shared+ro");
	map = map_of(_metadata, self->heir);
	EXPECT_EQ(NULL, map_at(&map, move.world.base, false, "state"));
	scope_table_free(&map);
}

/* In the actor: touches its stack down to where it has never been. */
static long __attribute__((noinline)) dig(void *arg)
{
	volatile char deep[PAGES * PAGE_BYTES];
	size_t i;

	for (i = 0; i < PAGES; i++)
		deep[i * PAGE_BYTES] = 's';
	*(uintptr_t *)arg = (uintptr_t)deep;
	return 0;
}

/* A stack that has grown is longer in the map, and own. */
/* Broken: deep recursion uses memory that no map shows. */
TEST_F(pages, growing_stack)
{
	struct scope_table map;
	uintptr_t deep = 0;
	char *first;

	ASSERT_EQ(0, actor_call(self->owner, dig, PASSING(&deep)));
	first = (char *)((deep + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
	expect_state(_metadata, self->owner, first, PAGES - 1, "own");
	map = map_of(_metadata, self->owner);
	EXPECT_STREQ("stack", map_at(&map, first, false, "region"));
	EXPECT_STREQ("[stack]", map_at(&map, first, true, "name"));
	scope_table_free(&map);
}

TEST_HARNESS_MAIN
