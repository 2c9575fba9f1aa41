// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: which pages of the environment are the parent's still. Page frames in
 * pagemap say the same, page for page.
 */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/birth.h"

/* Length of one variable; the kernel takes 32 at most. */
#define BIG_PAGES	29
#define BIG_NAME	"SELFTEST_BIG"
#define RANGE_MAX	64

/* Pages that are written, none a neighbour's neighbour by a pattern. */
static const int kids_pages[] = { 3, 4, 8, 13, 14, 15, 23 };
static const int parents_pages[] = { 10, 14, 19 };

struct writes {
	unsigned long start;
	int nr;
	int page[8];
};

/* In an actor: one byte of each page. */
static long write_pages(void *arg)
{
	const struct writes *w = arg;
	int i;

	for (i = 0; i < w->nr; i++)
		*((volatile char *)w->start + w->page[i] * PAGE_BYTES) = '#';
	return 0;
}

/* In an actor: page of the big variable, behind the one that it begins in. */
static long big_page(void *arg)
{
	const char *big = getenv(BIG_NAME);

	if (!big)
		return -ENOENT;
	*(unsigned long *)arg = ((unsigned long)big + PAGE_BYTES) & -PAGE_BYTES;
	return 0;
}

/* The kernel's word where the environment is. */
static void env_range(struct __test_metadata *_metadata, pid_t pid, unsigned long *start,
		      unsigned long *end)
{
	char path[64], text[1024] = "", *at;
	FILE *f;
	int field;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	ASSERT_NE(NULL, f);
	ASSERT_NE(NULL, fgets(text, sizeof(text), f));
	fclose(f);
	at = strrchr(text, ')') + 1;
	for (field = 3; field < 50; field++)
		at = strchr(at + 1, ' ');
	*start = strtoul(at, &at, 10);
	*end = strtoul(at, &at, 10);
	ASSERT_LT(*start, *end);
}

struct seen {
	int shared, own;
	char runs[256];
};

/* By page frames, page for page. */
static void by_frames(struct __test_metadata *_metadata, pid_t parent, pid_t child,
		      struct seen *seen)
{
	uint64_t mine[RANGE_MAX], theirs[RANGE_MAX];
	const char *word, *last = "";
	unsigned long start, end;
	int i, nr, run = 0, len = 0;

	env_range(_metadata, child, &start, &end);
	start &= -PAGE_BYTES;
	nr = (end - start + PAGE_BYTES - 1) / PAGE_BYTES;
	ASSERT_GE(RANGE_MAX, nr);
	ASSERT_EQ(0, oracle_pagemap_read(child, (void *)start, nr, mine));
	ASSERT_EQ(0, oracle_pagemap_read(parent, (void *)start, nr, theirs));
	memset(seen, 0, sizeof(*seen));
	for (i = 0; i <= nr; i++) {
		word = i == nr ? "" : !(mine[i] & PAGEMAP_PRESENT) ? "none" :
		       (mine[i] & PAGEMAP_FRAME) == (theirs[i] & PAGEMAP_FRAME) ? "shared" : "own";
		seen->shared += !strcmp(word, "shared");
		seen->own += !strcmp(word, "own");
		if (i && strcmp(word, last)) {
			len += snprintf(seen->runs + len, sizeof(seen->runs) - len, "%s%s:%d",
					len ? "," : "", last, run);
			run = 0;
		}
		last = word;
		run++;
	}
}

/* The module's word, which has to be the same. */
static void expect_pages(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self,
			 pid_t parent, struct seen *seen)
{
	by_frames(_metadata, parent, self->child, seen);
	look(_metadata, self);
	EXPECT_EQ(seen->shared, birth_number(&self->birth, "environment", "shared_pages"));
	EXPECT_EQ(seen->own, birth_number(&self->birth, "environment", "own_pages"));
	EXPECT_STREQ(seen->runs, birth_word(&self->birth, "environment", "runs"));
}

/* A process whose environment is long, and its child. */
static void make_big(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self)
{
	char *big = malloc(BIG_PAGES * PAGE_BYTES);

	ASSERT_NE(NULL, big);
	memset(big, 'x', BIG_PAGES * PAGE_BYTES);
	big[BIG_PAGES * PAGE_BYTES - 1] = '\0';
	ASSERT_EQ(0, setenv(BIG_NAME, big, 1));
	free(big);
	ASSERT_LT(0, actor_found(&self->cast, 1));
	self->child = actor_fork(&self->cast, 1, 2);
	ASSERT_LT(0, self->child);
	ASSERT_EQ(0, unsetenv(BIG_NAME));
}

/* Of the environment each page is told: the parent's still, or not any more. */
/* Broken: a worker that set its title looks as if its strings were shared. */
TEST_F(birth, environment_pages)
{
	struct actor *parent = &self->cast.actor[1], *child = &self->cast.actor[2];
	struct writes mine = { .nr = ARRAY_SIZE(kids_pages) };
	struct writes theirs = { .nr = ARRAY_SIZE(parents_pages) };
	struct seen before, after;

	make_big(_metadata, self);
	ASSERT_EQ(0, actor_call(child, big_page, &mine.start, sizeof(mine.start)));
	theirs.start = mine.start;
	memcpy(mine.page, kids_pages, sizeof(kids_pages));
	memcpy(theirs.page, parents_pages, sizeof(parents_pages));
	expect_pages(_metadata, self, parent->pid, &before);
	ASSERT_LE(BIG_PAGES - 1, before.shared);
	ASSERT_EQ(0, actor_call(child, write_pages, &mine, sizeof(mine)));
	expect_pages(_metadata, self, parent->pid, &after);
	EXPECT_EQ(before.shared - 7, after.shared);
	EXPECT_EQ(before.own + 7, after.own);
	/* The one that both write is the child's already. */
	ASSERT_EQ(0, actor_call(parent, write_pages, &theirs, sizeof(theirs)));
	expect_pages(_metadata, self, parent->pid, &after);
	EXPECT_EQ(before.shared - 9, after.shared);
	EXPECT_EQ(before.own + 9, after.own);
	EXPECT_STREQ("-", birth_word(&self->birth, "stack", "shared_pages"));
	EXPECT_STREQ("-", birth_word(&self->birth, "fs", "runs"));
	ASSERT_EQ(0, actor_quit(parent));
	look(_metadata, self);
	EXPECT_STREQ("-", birth_word(&self->birth, "environment", "shared_pages"));
	EXPECT_STREQ("-", birth_word(&self->birth, "environment", "own_pages"));
	EXPECT_STREQ("-", birth_word(&self->birth, "environment", "runs"));
}

/* Where the memory is one, all of it is shared, and arguments have pages, too. */
/* Broken: a child by CLONE_VM is told to own what it cannot own. */
TEST_F(birth, pages_of_one_memory)
{
	struct seen seen;

	make_kid(_metadata, self, CLONE_VM, false);
	expect_pages(_metadata, self, self->parent->pid, &seen);
	EXPECT_EQ(0, seen.own);
	EXPECT_LT(0, seen.shared);
	EXPECT_EQ(0, birth_number(&self->birth, "arguments", "own_pages"));
	EXPECT_EQ(birth_number(&self->birth, "arguments", "count_now"),
		  birth_number(&self->birth, "arguments", "shared_pages"));
}

/* More runs than are told: the rest is a number. */
/* Broken: an attacker makes a line as long as his environment. */
TEST_F(birth, many_runs)
{
	struct actor *child = &self->cast.actor[2];
	struct writes even = { .nr = 8, .page = { 1, 3, 5, 7, 9, 11, 13, 15 } };
	const char *runs, *rest;
	struct seen seen;
	int i, told = 0, commas = 0;

	make_big(_metadata, self);
	ASSERT_EQ(0, actor_call(child, big_page, &even.start, sizeof(even.start)));
	ASSERT_EQ(0, actor_call(child, write_pages, &even, sizeof(even)));
	look(_metadata, self);
	by_frames(_metadata, self->cast.actor[1].pid, self->child, &seen);
	runs = birth_word(&self->birth, "environment", "runs");
	rest = strstr(runs, ",+");
	ASSERT_NE(NULL, rest);
	for (i = 0; runs + i < rest; i++)
		commas += runs[i] == ',';
	EXPECT_EQ(COWSCOPE_BIRTH_RUNS_MAX - 1, commas);
	EXPECT_EQ(0, strncmp(runs, seen.runs, rest - runs));
	for (rest = runs; rest && rest[0]; rest = strchr(rest, ',')) {
		rest += *rest == ',';
		told += atoi(*rest == '+' ? rest + 1 : strchr(rest, ':') + 1);
	}
	EXPECT_EQ(birth_number(&self->birth, "environment", "count_now"), told);
	EXPECT_EQ(seen.shared, birth_number(&self->birth, "environment", "shared_pages"));
	EXPECT_EQ(seen.own, birth_number(&self->birth, "environment", "own_pages"));
}

TEST_HARNESS_MAIN
