// SPDX-License-Identifier: GPL-2.0-only
/*
 * family and pairs: who belongs to a family, and how many pages any two of it
 * share. All members sit still and are compared frame by frame by the test, too.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kin.h"

#define PAGES		101

FIXTURE(family) {
	struct kin kin;
	struct world world;
};

FIXTURE_SETUP(family)
{
	kin_begin(_metadata, &self->kin);
	self->world = make_world(_metadata, kin_member(&self->kin, 0), WORLD_ANON, PAGES);
}

FIXTURE_TEARDOWN(family)
{
	kin_end(_metadata, &self->kin);
}

/* The pages that a member writes: a run of its own length at its own place. */
static size_t first_of(int member)
{
	return member * 37 % (PAGES - 13);
}

static size_t count_of(int member)
{
	return 1 + member * 5 % 13;
}

static bool writes(int member, size_t page)
{
	return page >= first_of(member) && page < first_of(member) + count_of(member);
}

static long long shared_by(int one, int other)
{
	long long shared = 0;
	size_t page;

	for (page = 0; page < PAGES; page++)
		shared += !writes(one, page) && !writes(other, page);
	return shared;
}

/* A tree of nr members, two children each; then everybody writes pages of its own. */
static void grow_family(struct __test_metadata *_metadata, FIXTURE_DATA(family) *self, int nr)
{
	struct kin *kin = &self->kin;
	int i, j;

	for (i = 1; i < nr; i++)
		kin_fork(_metadata, kin, (i - 1) / 2);
	for (i = 0; i < nr; i++)
		write_part(_metadata, kin_member(kin, i), &self->world, first_of(i),
			   count_of(i));
	kin_look(_metadata, kin);
	for (i = 0; i < nr; i++)
		for (j = 0; j < i; j++)
			EXPECT_EQ(shared_by(i, j),
				  space_compare_range(&kin->space[i], &kin->space[j],
						      self->world.base, PAGES).shared);
}

/* Two processes: what each broke is missing from what they share, to the page. */
/* Broken: parent and child are told a wrong number of common pages. */
TEST_F(family, of_two)
{
	grow_family(_metadata, self, 2);
	expect_pairs(_metadata, &self->kin, 0);
	expect_pairs(_metadata, &self->kin, 1);
	expect_family(_metadata, &self->kin, 0);
	expect_family(_metadata, &self->kin, 1);
}

/* Five processes: every pair is exact, whoever is asked. */
/* Broken: siblings and grandchildren are compared with the parent only. */
TEST_F(family, of_five)
{
	int i;

	grow_family(_metadata, self, 5);
	for (i = 0; i < 5; i++) {
		expect_pairs(_metadata, &self->kin, i);
		expect_family(_metadata, &self->kin, i);
	}
}

/* Forty processes, 780 pairs. */
/* Broken: it works for toys, but not for a server with its workers. */
TEST_F_TIMEOUT(family, of_forty, 90)
{
	grow_family(_metadata, self, 40);
	expect_pairs(_metadata, &self->kin, 17);
	expect_family(_metadata, &self->kin, 0);
	expect_family(_metadata, &self->kin, 23);
}

/* The row of the region that the pages are in is the one that changes. */
/* Broken: shared memory is shown under a wrong heading. */
TEST_F(family, region_of_the_pages)
{
	struct actor *owner = kin_member(&self->kin, 0);
	struct actor *heir = kin_fork(_metadata, &self->kin, 0);
	struct scope_family before, after;
	struct scope_share was, is;

	warm_up(_metadata, heir, &self->world);
	before = kin_family(_metadata, owner);
	write_part(_metadata, heir, &self->world, 3, 53);
	after = kin_family(_metadata, owner);
	was = scope_family_share(&before, heir->pid, "anon");
	is = scope_family_share(&after, heir->pid, "anon");
	EXPECT_EQ(was.shared - 53, is.shared);
	EXPECT_EQ(was.armed_anon - 53, is.armed_anon);
	EXPECT_EQ(was.present, is.present);
	was.shared = is.shared;
	was.armed_anon = is.armed_anon;
	EXPECT_EQ(0, memcmp(&was, &is, sizeof(is)));
	was = scope_family_share(&before, heir->pid, "stack");
	is = scope_family_share(&after, heir->pid, "stack");
	EXPECT_EQ(0, memcmp(&was, &is, sizeof(is)));
	EXPECT_LT(0, is.present);
	scope_family_free(&before);
	scope_family_free(&after);
}

static void expect_relation(struct __test_metadata *_metadata, FIXTURE_DATA(family) *self,
			    const struct scope_family *family, int member, const char *word)
{
	const char *seen = scope_family_relation(family,
						 kin_member(&self->kin, member)->pid);

	ASSERT_NE(NULL, seen);
	EXPECT_STREQ(word, seen);
}

/*
 * 0 founder: 1 and 2;  1: 3;  2: 4;  3: 5;  5: 6
 */
static void grow_generations(struct __test_metadata *_metadata, FIXTURE_DATA(family) *self)
{
	static const int parent[] = { 0, 0, 1, 2, 3, 5 };
	int i;

	for (i = 0; i < 6; i++)
		kin_fork(_metadata, &self->kin, parent[i]);
}

/* Each member sees every other by the word that people use. */
/* Broken: a grandchild is called a child, a cousin a stranger. */
TEST_F(family, relations)
{
	static const char *const word[7][7] = {
		{ "self", "child", "child", "grandchild", "grandchild", "descendant",
		  "descendant" },
		{ "parent", "self", "sibling", "child", "relative", "grandchild",
		  "descendant" },
		{ "parent", "sibling", "self", "relative", "child", "relative", "relative" },
		{ "grandparent", "parent", "relative", "self", "cousin", "child",
		  "grandchild" },
		{ "grandparent", "relative", "parent", "cousin", "self", "relative",
		  "relative" },
		{ "ancestor", "grandparent", "relative", "parent", "relative", "self",
		  "child" },
		{ "ancestor", "ancestor", "relative", "grandparent", "relative", "parent",
		  "self" },
	};
	struct scope_family family;
	int i, j;

	grow_generations(_metadata, self);
	for (i = 0; i < 7; i++) {
		family = kin_family(_metadata, kin_member(&self->kin, i));
		EXPECT_EQ(7, scope_family_key(&family, "members"));
		for (j = 0; j < 7; j++)
			expect_relation(_metadata, self, &family, j, word[i][j]);
		scope_family_free(&family);
	}
}

/* In an actor: live on when the parent ends. */
static long outlive(void *arg)
{
	(void)arg;
	return prctl(PR_SET_PDEATHSIG, 0) ? -errno : 0;
}

static void leave(struct __test_metadata *_metadata, FIXTURE_DATA(family) *self, int member)
{
	struct kin *kin = &self->kin;

	ASSERT_EQ(0, actor_quit(kin_member(kin, member)));
	kin_member(kin, member)->pid = -1;
}

/* A generation that exited is missing, and the others keep their relation. */
/* Broken: a daemon that forked twice is a stranger to its memory. */
TEST_F(family, generation_that_exited)
{
	struct actor *founder = kin_member(&self->kin, 0), *last;
	struct scope_family family;

	grow_generations(_metadata, self);
	ASSERT_EQ(0, actor_call(kin_member(&self->kin, 3), outlive, NULL, 0));
	ASSERT_EQ(0, actor_call(kin_member(&self->kin, 6), outlive, NULL, 0));
	leave(_metadata, self, 1);
	leave(_metadata, self, 5);
	last = kin_member(&self->kin, 6);
	family = kin_family(_metadata, last);
	EXPECT_EQ(5, scope_family_key(&family, "members"));
	expect_relation(_metadata, self, &family, 0, "ancestor");
	expect_relation(_metadata, self, &family, 3, "grandparent");
	expect_relation(_metadata, self, &family, 4, "relative");
	scope_family_free(&family);
	/* What is between them makes no difference to the pages they share. */
	ASSERT_EQ(0, space_read(founder->pid, &self->kin.space[0]));
	ASSERT_EQ(0, space_read(last->pid, &self->kin.space[6]));
	family = kin_family(_metadata, founder);
	expect_relation(_metadata, self, &family, 6, "descendant");
	EXPECT_EQ(space_compare(&self->kin.space[6], &self->kin.space[0]).shared,
		  scope_family_share(&family, last->pid, "total").shared);
	EXPECT_LE(PAGES, scope_family_share(&family, last->pid, "total").shared);
	scope_family_free(&family);
}

/* A member that executes a program has left the family, and begins its own. */
/* Broken: every command of a shell counts as related to it. */
TEST_F(family, member_that_execs)
{
	struct actor *founder = kin_member(&self->kin, 0), *gone, *child;
	struct scope_family family;

	grow_generations(_metadata, self);
	gone = kin_member(&self->kin, 3);
	ASSERT_EQ(0, actor_exec(gone));
	family = kin_family(_metadata, founder);
	EXPECT_EQ(6, scope_family_key(&family, "members"));
	EXPECT_EQ(NULL, scope_family_relation(&family, gone->pid));
	expect_relation(_metadata, self, &family, 5, "descendant");
	scope_family_free(&family);
	child = kin_fork(_metadata, &self->kin, 3);
	family = kin_family(_metadata, gone);
	EXPECT_EQ(2, scope_family_key(&family, "members"));
	EXPECT_STREQ("child", scope_family_relation(&family, child->pid));
	scope_family_free(&family);
}

/* In an actor: a vfork child that lives until a byte comes. */
static long hold_vfork(void *arg)
{
	int fd = *(int *)arg;
	pid_t pid = vfork();
	char byte;

	if (!pid) {
		if (read(fd, &byte, 1) != 1)
			_exit(1);
		_exit(0);
	}
	return pid < 0 ? -errno : 0;
}

static void *wait_forever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static long start_threads(void *arg)
{
	pthread_t thread;
	int i, ret = 0;

	for (i = 0; i < *(int *)arg && !ret; i++)
		ret = pthread_create(&thread, NULL, wait_forever, NULL);
	return -ret;
}

/* Threads and a vfork child are no members of their own. */
/* Broken: a thread pool looks like a family that shares everything. */
TEST_F(family, threads_and_vfork_child)
{
	struct kin *kin = &self->kin;
	struct actor *founder = kin_member(kin, 0);
	struct actor *heir = kin_fork(_metadata, kin, 0);
	int hold[2], threads = 3;

	ASSERT_EQ(0, actor_call(founder, start_threads, PASSING(&threads)));
	ASSERT_EQ(4, oracle_status(founder->pid, "Threads"));
	ASSERT_TRUE(oracle_asleep(founder->pid));
	EXPECT_EQ(2, kin_key(_metadata, founder, "members"));
	kin_look(_metadata, kin);
	expect_family(_metadata, kin, 1);
	/* A pipe of the cast that nobody else reads. */
	hold[0] = kin->cast.actor[CAST_MAX - 1].command[0];
	hold[1] = kin->cast.actor[CAST_MAX - 1].command[1];
	ASSERT_EQ(0, actor_send(heir, hold_vfork, PASSING(&hold[0])));
	ASSERT_TRUE(oracle_asleep(heir->pid));
	ASSERT_LT(0, oracle_child(heir->pid));
	ASSERT_TRUE(oracle_asleep(oracle_child(heir->pid)));
	kin_look(_metadata, kin);
	expect_family(_metadata, kin, 0);
	expect_pairs(_metadata, kin, 1);
	ASSERT_EQ(1, write(hold[1], "x", 1));
	ASSERT_EQ(0, actor_wait(heir, NULL, 0));
}

/* A process without relatives is a family of one. */
/* Broken: it has rows of strangers, or none at all. */
TEST_F(family, of_one)
{
	struct scope_table pairs;

	kin_look(_metadata, &self->kin);
	expect_family(_metadata, &self->kin, 0);
	ASSERT_EQ(0, scope_pairs_read(kin_member(&self->kin, 0)->pid, &pairs));
	EXPECT_EQ(0, pairs.rows);
	scope_table_free(&pairs);
	EXPECT_EQ(0, kin_key(_metadata, kin_member(&self->kin, 0), "armed_anon_pages"));
}

TEST_HARNESS_MAIN
