// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worst case is true: it is read, then every page that can be written is
 * written, and the copies are counted by the view cow.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kernel.h"
#include "lib/kin.h"

#define PAGES		101
#define HUGE		2UL
#define SMALL		(HUGE_BYTES / PAGE_BYTES)

FIXTURE(worst) {
	struct kin kin;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[PAGES];
};

FIXTURE_SETUP(worst)
{
	kin_begin(_metadata, &self->kin);
	self->owner = kin_member(&self->kin, 0);
	self->heir = kin_member(&self->kin, 1);
	/* Whatever it needs for this is there from now on. */
	ASSERT_LT(0, actor_call(self->owner, space_rewrite, NULL, 0));
}

FIXTURE_TEARDOWN(worst)
{
	kin_end(_metadata, &self->kin);
	EXPECT_EQ(0, world_hugetlb_reserve(0));
}

/* New pages of a member since it began, in pages of 4 KiB and in huge pages. */
static long long made(struct __test_metadata *_metadata, const struct actor *who)
{
	struct scope_cow cow = cow_of(_metadata, who);
	long long *total = cow.cell[REGION_TOTAL];

	return total[CAUSE_COPIED] + total[CAUSE_FILE] + total[CAUSE_KSM] +
	       total[CAUSE_ZERO];
}

static long long made_hugetlb(struct __test_metadata *_metadata, const struct actor *who)
{
	struct scope_cow cow = cow_of(_metadata, who);

	return cow.cell[REGION_TOTAL][CAUSE_HUGETLB];
}

/* A member writes all it has; what that made. */
static long long rewrite(struct __test_metadata *_metadata, FIXTURE_DATA(worst) *self, int i)
{
	struct actor *who = kin_member(&self->kin, i);
	long long before = made(_metadata, who);

	ASSERT_LT(0, actor_call(who, space_rewrite, NULL, 0));
	return made(_metadata, who) - before;
}

/* One member alone, then a family that is as it was: all of them. */
static void expect_worst(struct __test_metadata *_metadata, FIXTURE_DATA(worst) *self,
			 int alone)
{
	struct actor *who = kin_member(&self->kin, alone);
	long long seen, sum = 0;
	int i;

	seen = kin_key(_metadata, who, "worst_case_pages");
	EXPECT_LT(0, seen);
	EXPECT_EQ(seen, rewrite(_metadata, self, alone));
	EXPECT_EQ(0, kin_key(_metadata, who, "worst_case_pages"));
	seen = kin_key(_metadata, who, "worst_case_family_pages");
	for (i = 0; i < self->kin.nr; i++)
		sum += rewrite(_metadata, self, i);
	EXPECT_EQ(seen, sum);
	for (i = 0; i < self->kin.nr; i++)
		EXPECT_EQ(0, kin_key(_metadata, kin_member(&self->kin, i),
				     "worst_case_family_pages"));
}

/* Every member in turn; each of them had told the same sum. */
static void expect_family_worst(struct __test_metadata *_metadata,
				FIXTURE_DATA(worst) *self)
{
	long long seen = kin_key(_metadata, self->owner, "worst_case_family_pages"), sum = 0;
	int i;

	for (i = 0; i < self->kin.nr; i++)
		EXPECT_EQ(seen, kin_key(_metadata, kin_member(&self->kin, i),
					"worst_case_family_pages"));
	for (i = 0; i < self->kin.nr; i++)
		sum += rewrite(_metadata, self, i);
	EXPECT_EQ(seen, sum);
}

/* A parent and its child: one copy of each page, the other one keeps it. */
/* Broken: the cost of a BGSAVE is told twice, or not at all. */
TEST_F(worst, of_two)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);

	kin_fork(_metadata, &self->kin, 0);
	write_part(_metadata, self->heir, &world, 17, 31);
	EXPECT_LE(PAGES - 31, kin_key(_metadata, self->owner, "worst_case_pages"));
	EXPECT_LE(PAGES - 31, kin_key(_metadata, self->owner, "worst_case_family_pages"));
	expect_family_worst(_metadata, self);
}

/* The same by one member alone first: exact before, nothing left after. */
/* Broken: a worker's own risk is not what it can really cost. */
TEST_F(worst, of_one_then_all)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);

	kin_fork(_metadata, &self->kin, 0);
	kin_fork(_metadata, &self->kin, 1);
	write_part(_metadata, self->heir, &world, 17, 31);
	kin_fork(_metadata, &self->kin, 1);
	expect_worst(_metadata, self, 1);
}

/* Seven members with pages that two, three, or all of them have in common. */
/* Broken: in a big family a page is counted per pair, not per writer. */
TEST_F(worst, of_seven)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	int i;

	for (i = 1; i < 7; i++) {
		kin_fork(_metadata, &self->kin, (i - 1) / 2);
		write_part(_metadata, kin_member(&self->kin, i), &world, i * 11, 2 * i + 1);
	}
	expect_family_worst(_metadata, self);
}

/* Zero, merged and file pages: a copy for each who writes, the last one too. */
/* Broken: the last writer of a merged page is told to pay nothing. */
TEST_F(worst, sources_that_stay)
{
	struct world merged = make_world(_metadata, self->owner, WORLD_MERGEABLE, PAGES);
	struct world other[2];
	size_t count = 0;
	int tries, i, j;

	ASSERT_EQ(0, world_ksm_start());
	for (tries = 0; tries < 1000 && count < PAGES; tries++) {
		usleep(10000);
		ASSERT_EQ(0, oracle_pagemap(self->owner->pid, merged.base, PAGE_BYTES, PAGES,
					    self->frame));
		count = oracle_flagged(self->frame, PAGES, KPAGE_KSM);
	}
	ASSERT_EQ(0, world_ksm_stop());
	ASSERT_EQ(PAGES, count);
	other[0] = make_world(_metadata, self->owner, WORLD_ZERO, 71);
	other[1] = make_world(_metadata, self->owner, WORLD_FILE_MAPPED, 67);
	for (i = 1; i <= 2; i++) {
		kin_fork(_metadata, &self->kin, 0);
		/* A fork copies no page tables of mappings without pages of their own. */
		for (j = 0; j < 2; j++) {
			struct pass all = { .world = other[j], .count = other[j].pages };

			ASSERT_EQ(0, actor_call(kin_member(&self->kin, i), world_read,
						PASSING(&all)));
		}
	}
	EXPECT_LE(3 * (PAGES + 71 + 67),
		  kin_key(_metadata, self->owner, "worst_case_family_pages"));
	expect_worst(_metadata, self, 2);
}

static long protect(void *arg)
{
	struct world *world = arg;

	return mprotect(world->base, world->pages * PAGE_BYTES, PROT_READ) ? -errno : 0;
}

/* A member that may only read keeps the page: the writer has to copy it. */
/* Broken: read-only snapshots of a parent seem to cost nothing. */
TEST_F(worst, reader_keeps_its_pages)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);

	kin_fork(_metadata, &self->kin, 0);
	ASSERT_EQ(0, actor_call(self->heir, protect, PASSING(&world)));
	EXPECT_GT(PAGES, kin_key(_metadata, self->heir, "worst_case_pages"));
	EXPECT_LE(PAGES, kin_key(_metadata, self->owner, "worst_case_pages"));
	expect_family_worst(_metadata, self);
}

/* In an actor: live on when the parent ends. */
static long outlive(void *arg)
{
	(void)arg;
	return prctl(PR_SET_PDEATHSIG, 0) ? -errno : 0;
}

/*
 * The family that is looked at begins after so many forks: who forked before is a
 * mapper from outside. Both have the pages, neither is of the other's family.
 */
/* Broken: a page that a stranger holds is promised to be taken over. */
TEST_F(worst, mapper_outside_the_family)
{
	struct kin *kin = &self->kin;
	struct actor *inside = kin_member(kin, 1), *outside = kin_member(kin, 2);
	long long alone;
	int i;

	make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	/* Generations 1 to 63, two places in turn; then the first of the next family. */
	for (i = 1; i <= 64; i++) {
		int child = 1 + i % 2, parent = i == 1 ? 0 : 2 - i % 2;

		ASSERT_LT(0, actor_fork(&kin->cast, parent, child));
		ASSERT_EQ(0, actor_call(kin_member(kin, child), outlive, NULL, 0));
		if (i < 64)
			ASSERT_EQ(0, actor_quit(kin_member(kin, parent)));
	}
	EXPECT_EQ(1, kin_key(_metadata, inside, "members"));
	EXPECT_EQ(1, kin_key(_metadata, outside, "members"));
	alone = kin_key(_metadata, inside, "worst_case_family_pages");
	EXPECT_LE(PAGES, alone);
	EXPECT_EQ(alone, rewrite(_metadata, self, 1));
	EXPECT_EQ(0, kin_key(_metadata, outside, "worst_case_family_pages"));
	EXPECT_EQ(0, rewrite(_metadata, self, 2));
}

/*
 * Huge pages, owner and heir in turn page by page: both mappings are split, so each
 * copies, and at most the last piece of each huge page is taken over.
 */
/* Broken: two writers of one huge page need twice what was promised. */
TEST_F(worst, huge_page_by_page_in_turn)
{
	struct world world = make_huge(_metadata, self->owner, HUGE);
	long long bound, before, sum;
	size_t i;

	kin_fork(_metadata, &self->kin, 0);
	bound = kin_key(_metadata, self->owner, "worst_case_family_pages");
	before = made(_metadata, self->owner) + made(_metadata, self->heir);
	for (i = 0; i < world.pages; i++) {
		uintptr_t at = (uintptr_t)world.base + i * PAGE_BYTES;

		ASSERT_EQ(0, space_poke(self->owner->pid, at));
		ASSERT_EQ(0, space_poke(self->heir->pid, at));
	}
	sum = made(_metadata, self->owner) + made(_metadata, self->heir) - before;
	/* Since 6.7 the last piece is copied as well. */
	EXPECT_EQ(2 * HUGE * SMALL - (kernel_at_least(6, 7) ? 0 : HUGE), sum);
	TH_LOG("bound %lld, made %lld", bound, sum);
	EXPECT_LE(sum, bound);
}

/* One after the other the second takes whole huge pages over: below the bound. */
/* Broken: the bound is beaten, or nobody knows how far it is. */
TEST_F(worst, huge_one_after_the_other)
{
	struct world world = make_huge(_metadata, self->owner, HUGE);
	long long bound, alone, made_now;

	kin_fork(_metadata, &self->kin, 0);
	alone = kin_key(_metadata, self->heir, "worst_case_pages");
	bound = kin_key(_metadata, self->owner, "worst_case_family_pages");
	EXPECT_EQ(alone, rewrite(_metadata, self, 1));
	made_now = alone + rewrite(_metadata, self, 0);
	TH_LOG("bound %lld, made %lld", bound, made_now);
	EXPECT_LE(made_now, bound);
	EXPECT_EQ(world.pages, bound - made_now);
}

/*
 * Pieces of a huge page that nobody else maps any more are copied all the same, since the
 * other pieces hold the whole. The last one is taken over, until 6.7. Since 6.15 the
 * kernel knows that all pieces are of one process, and takes over each.
 */
/* Broken: a process is told that it is safe, and grows by its huge pages. */
TEST_F(worst, pieces_left_alone)
{
	struct world world = make_huge(_metadata, self->owner, HUGE);
	long long bound, made_now, taken = kernel_at_least(6, 15) ? SMALL - 7 :
					   kernel_at_least(6, 7) ? 0 : 1;

	kin_fork(_metadata, &self->kin, 0);
	write_part(_metadata, self->owner, &world, 0, 7);
	ASSERT_EQ(0, actor_quit(self->heir));
	self->kin.nr = 1;
	bound = kin_key(_metadata, self->owner, "worst_case_pages");
	EXPECT_EQ(bound, kin_key(_metadata, self->owner, "worst_case_family_pages"));
	made_now = rewrite(_metadata, self, 0);
	TH_LOG("bound %lld, made %lld", bound, made_now);
	/* All else that is armed, libc's too, is copied. */
	EXPECT_EQ(bound - taken, made_now);
	EXPECT_LE(SMALL - 7 - taken, made_now);
}

/* hugetlb: in bytes of its own, exact, alone and all of them. */
/* Broken: a reserve that is too small kills the process that writes last. */
TEST_F(worst, hugetlb)
{
	long long alone, all, before;

	ASSERT_EQ(0, world_hugetlb_reserve(HUGE * 3));
	make_world(_metadata, self->owner, WORLD_HUGETLB, HUGE);
	kin_fork(_metadata, &self->kin, 0);
	kin_fork(_metadata, &self->kin, 0);
	alone = kin_key(_metadata, self->heir, "worst_case_hugetlb_bytes");
	all = kin_key(_metadata, self->owner, "worst_case_family_hugetlb_bytes");
	before = made_hugetlb(_metadata, self->heir);
	rewrite(_metadata, self, 1);
	EXPECT_EQ(alone, (made_hugetlb(_metadata, self->heir) - before) * HUGE_BYTES);
	rewrite(_metadata, self, 0);
	rewrite(_metadata, self, 2);
	EXPECT_EQ(all, (made_hugetlb(_metadata, self->heir) +
			made_hugetlb(_metadata, self->owner) +
			made_hugetlb(_metadata, kin_member(&self->kin, 2))) * HUGE_BYTES);
	EXPECT_EQ(2 * HUGE * HUGE_BYTES, all);
}

TEST_HARNESS_MAIN
