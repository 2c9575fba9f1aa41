// SPDX-License-Identifier: GPL-2.0-only
/*
 * A family that is older than the module. To be started by inferred_test.sh while
 * the module is out; loads it in the middle of each test.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kin.h"

#define PAGES		97

FIXTURE(older) {
	struct kin kin;
	struct world world;
};

static void load(struct __test_metadata *_metadata)
{
	const char *path = getenv("COWSCOPE_KO");
	int fd;

	ASSERT_NE(NULL, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

static void unload(void)
{
	syscall(SYS_delete_module, "cowscope", O_NONBLOCK);
}

/* A founder with a child and a grandchild, each with pages of its own; then the module. */
FIXTURE_SETUP(older)
{
	struct kin *kin = &self->kin;

	unload();
	ASSERT_NE(0, access(scope_path("status"), F_OK));
	ASSERT_EQ(0, cast_begin(&kin->cast));
	ASSERT_LT(0, actor_found(&kin->cast, 0));
	kin->nr = 1;
	self->world = make_world(_metadata, kin_member(kin, 0), WORLD_ANON, PAGES);
	kin_fork(_metadata, kin, 0);
	kin_fork(_metadata, kin, 1);
	write_part(_metadata, kin_member(kin, 1), &self->world, 11, 13);
	write_part(_metadata, kin_member(kin, 2), &self->world, 20, 17);
	load(_metadata);
}

FIXTURE_TEARDOWN(older)
{
	kin_forget(&self->kin);
	cast_end(&self->kin.cast);
}

static void expect_relation(struct __test_metadata *_metadata, FIXTURE_DATA(older) *self,
			    int asked, int member, const char *word)
{
	struct kin *kin = &self->kin;
	struct scope_family family = kin_family(_metadata, kin_member(kin, asked));
	const char *seen = scope_family_relation(&family, kin_member(kin, member)->pid);

	ASSERT_NE(NULL, seen);
	EXPECT_STREQ(word, seen);
	scope_family_free(&family);
}

/* They are found by their memory, and what they share is exact. */
/* Broken: on a server that runs for months, nothing is related to anything. */
TEST_F(older, found_by_their_memory)
{
	struct kin *kin = &self->kin;
	int i, j;

	kin_look(_metadata, kin);
	EXPECT_EQ(PAGES - 13, space_compare_range(&kin->space[0], &kin->space[1],
						  self->world.base, PAGES).shared);
	EXPECT_EQ(PAGES - 26, space_compare_range(&kin->space[2], &kin->space[1],
						  self->world.base, PAGES).shared);
	for (i = 0; i < 3; i++) {
		expect_pairs(_metadata, kin, i);
		expect_family(_metadata, kin, i);
		for (j = 0; j < 3; j++)
			expect_relation(_metadata, self, i, j, i == j ? "self" : "inferred");
	}
}

/* Who is born later has a known parent, and inferred relatives beyond. */
/* Broken: new workers of an old server lose half of their family. */
TEST_F(older, children_born_later)
{
	struct kin *kin = &self->kin;
	int i;

	kin_fork(_metadata, kin, 1);
	kin_look(_metadata, kin);
	for (i = 0; i < 4; i++) {
		expect_pairs(_metadata, kin, i);
		expect_family(_metadata, kin, i);
	}
	expect_relation(_metadata, self, 3, 1, "parent");
	expect_relation(_metadata, self, 1, 3, "child");
	expect_relation(_metadata, self, 3, 0, "inferred");
	expect_relation(_metadata, self, 0, 3, "inferred");
	expect_relation(_metadata, self, 2, 3, "inferred");
}

/* Who executed a program before, or does now, is no relative. */
/* Broken: everything that a shell started is taken for its family. */
TEST_F(older, strangers_stay_strangers)
{
	struct kin *kin = &self->kin;
	struct scope_family family;

	ASSERT_EQ(0, actor_exec(kin_member(kin, 1)));
	family = kin_family(_metadata, kin_member(kin, 0));
	EXPECT_EQ(2, scope_family_key(&family, "members"));
	EXPECT_EQ(NULL, scope_family_relation(&family, kin_member(kin, 1)->pid));
	EXPECT_EQ(NULL, scope_family_relation(&family, getpid()));
	scope_family_free(&family);
	EXPECT_EQ(1, kin_key(_metadata, kin_member(kin, 1), "members"));
}

TEST_HARNESS_MAIN
