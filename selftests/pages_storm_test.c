// SPDX-License-Identifier: GPL-2.0-only
/*
 * The view pages of what is hard to walk: a huge sparse mapping, and a process that
 * changes its mappings all the time. COWSCOPE_STORM_SECONDS makes the storm longer.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"
#include "lib/expect_map.h"

#define PAGES		1009UL
#define SPARSE		(64UL << 30)
#define STORM_SECONDS	5
#define STORM_LIMIT	180

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

FIXTURE(busy) {
	struct cast cast;
	struct actor *owner;
};

FIXTURE_SETUP(busy)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	ASSERT_EQ(0, world_thp_allow());
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_EQ(0, actor_call(self->owner, world_own_all, NULL, 0));
}

FIXTURE_TEARDOWN(busy)
{
	stage_end(_metadata, &self->cast);
}

static long map_sparse(void *arg)
{
	struct world *world = arg;

	world->base = mmap(NULL, SPARSE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (world->base == MAP_FAILED)
		return -errno;
	madvise(world->base, SPARSE, MADV_NOHUGEPAGE);
	world->base[3 * HUGE_BYTES] = 's';
	world->base[SPARSE / 2 + PAGE_BYTES] = 's';
	world->base[SPARSE - PAGE_BYTES] = 's';
	return 0;
}

static long long elapsed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000LL +
	       (now.tv_nsec - since->tv_nsec) / 1000000;
}

/* A sparse mapping costs what is mapped: six runs, read at once. */
/* Broken: a process with a huge reservation cannot be looked at. */
TEST_F(busy, sparse)
{
	struct world world = { 0 };
	struct scope_table map;
	struct timespec start;
	size_t rows;

	ASSERT_EQ(0, map_read(self->owner->pid, &map));
	rows = map.rows;
	scope_table_free(&map);
	ASSERT_EQ(0, actor_call(self->owner, map_sparse, PASSING(&world)));
	clock_gettime(CLOCK_MONOTONIC, &start);
	ASSERT_EQ(0, map_read(self->owner->pid, &map));
	/* Entry by entry it would be 16 million; emulated, too, this takes far less. */
	EXPECT_GT(1000, elapsed_ms(&start));
	EXPECT_EQ(3, map_pages(&map, world.base, SPARSE / PAGE_BYTES, "own"));
	EXPECT_EQ(SPARSE / PAGE_BYTES - 3,
		  map_pages(&map, world.base, SPARSE / PAGE_BYTES, "none"));
	EXPECT_GE(rows + 1 + 6, map.rows);
	scope_table_free(&map);
}

/* The storm: three threads that never leave their arena as it is. */
static void *map_and_unmap(void *arg)
{
	size_t bytes = 37 * PAGE_BYTES;
	char *base;

	run_anywhere();
	for (;;) {
		base = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (base == MAP_FAILED)
			continue;
		memset(base, 'm', bytes);
		mprotect(base + 11 * PAGE_BYTES, 5 * PAGE_BYTES, PROT_READ);
		munmap(base, bytes);
	}
	return arg;
}

static void *collapse(void *arg)
{
	char *base = arg;
	size_t i;

	run_anywhere();
	for (;;) {
		madvise(base, HUGE_BYTES, MADV_NOHUGEPAGE);
		for (i = 0; i < HUGE_BYTES; i += 3 * PAGE_BYTES)
			base[i] = 'c';
		madvise(base, HUGE_BYTES, MADV_HUGEPAGE);
		madvise(base, HUGE_BYTES, MADV_COLLAPSE);
		madvise(base + 5 * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED);
		madvise(base, HUGE_BYTES, MADV_DONTNEED);
	}
	return arg;
}

static void *punch_holes(void *arg)
{
	char *base = arg;
	size_t i;

	run_anywhere();
	for (;;) {
		for (i = 0; i < PAGES; i++)
			base[i * PAGE_BYTES] = 'h';
		for (i = 0; i + 7 < PAGES; i += 13)
			madvise(base + i * PAGE_BYTES, 7 * PAGE_BYTES, MADV_DONTNEED);
	}
	return arg;
}

static long start_storm(void *arg)
{
	struct world holes = { .kind = WORLD_UNTOUCHED, .pages = PAGES };
	struct world huge = { .kind = WORLD_THP, .pages = 1 };
	pthread_t thread;

	(void)arg;
	if (world_make(&holes) || world_make(&huge) ||
	    pthread_create(&thread, NULL, map_and_unmap, NULL) ||
	    pthread_create(&thread, NULL, collapse, huge.base) ||
	    pthread_create(&thread, NULL, punch_holes, holes.base))
		return -EIO;
	return 0;
}

/* Whatever else changes: each reading is in order, and right where nothing does. */
/* Broken: the map of a busy process is wrong about its idle memory. */
TEST_F_TIMEOUT(busy, storm, STORM_LIMIT)
{
	const char *wanted = getenv("COWSCOPE_STORM_SECONDS");
	long seconds = wanted ? strtol(wanted, NULL, 10) : STORM_SECONDS;
	struct world still = make_stripes(_metadata, self->owner, PAGES);
	struct scope_table map;
	struct timespec start;
	char why[256] = "";
	size_t readings = 0, headings = 0;
	bool good = true;

	ASSERT_EQ(0, actor_call(self->owner, start_storm, NULL, 0));
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (good && elapsed_ms(&start) < seconds * 1000) {
		ASSERT_EQ(0, map_read(self->owner->pid, &map));
		good = map_well_formed(&map, false, why, sizeof(why)) &&
		       map_pages(&map, still.base, PAGES, "own") == (PAGES + 1) / 2 &&
		       map_pages(&map, still.base, PAGES, "none") == PAGES / 2;
		headings += scope_find(&map, 0, "state", COWSCOPE_STATE_MAPPING) == 0;
		readings++;
		scope_table_free(&map);
	}
	if (!good)
		TH_LOG("reading %zu: %s", readings, why);
	EXPECT_TRUE(good);
	EXPECT_EQ(readings, headings);
	/* At two a second at least; it is some tens. */
	EXPECT_LE(2 * seconds, readings);
	TH_LOG("%zu readings in %ld s", readings, seconds);
}

TEST_HARNESS_MAIN
