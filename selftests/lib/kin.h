/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A family of actors that sit still, the second truth about each of them, and
 * the checks of the views family and pairs against it. To be included after
 * kselftest_harness.h and expect.h.
 */
#ifndef SELFTEST_KIN_H
#define SELFTEST_KIN_H

#include "scope_family.h"
#include "space.h"

/* A founder and descendants; member i is actor i. */
struct kin {
	struct cast cast;
	int nr;
	struct space space[CAST_MAX];
};

static inline void kin_begin(struct __test_metadata *_metadata, struct kin *kin)
{
	stage_begin(_metadata, &kin->cast);
	ASSERT_LT(0, actor_found(&kin->cast, 0));
	kin->nr = 1;
}

static inline void kin_forget(struct kin *kin)
{
	int i;

	for (i = 0; i < CAST_MAX; i++)
		space_free(&kin->space[i]);
}

static inline void kin_end(struct __test_metadata *_metadata, struct kin *kin)
{
	kin_forget(kin);
	stage_end(_metadata, &kin->cast);
}

static inline struct actor *kin_member(struct kin *kin, int i)
{
	return &kin->cast.actor[i];
}

/* The next actor, forked by a member. */
static inline struct actor *
kin_fork(struct __test_metadata *_metadata, struct kin *kin, int parent)
{
	ASSERT_GT(CAST_MAX, kin->nr);
	ASSERT_LT(0, actor_fork(&kin->cast, parent, kin->nr));
	return kin_member(kin, kin->nr++);
}

/* Huge pages of a member, really huge, as small pages. */
static inline struct world
make_huge(struct __test_metadata *_metadata, struct actor *owner, size_t pages)
{
	struct world world;
	uint64_t frame[pages];

	ASSERT_EQ(0, world_thp_allow());
	world = make_world(_metadata, owner, WORLD_THP, pages);
	ASSERT_EQ(0, oracle_pagemap(owner->pid, world.base, world.stride, pages, frame));
	ASSERT_EQ(pages, oracle_flagged(frame, pages, KPAGE_THP));
	world.pages = pages * (HUGE_BYTES / PAGE_BYTES);
	world.stride = PAGE_BYTES;
	return world;
}

static inline void kin_look(struct __test_metadata *_metadata, struct kin *kin)
{
	int i;

	kin_forget(kin);
	for (i = 0; i < kin->nr; i++)
		ASSERT_EQ(0, space_read(kin_member(kin, i)->pid, &kin->space[i]));
}

static inline struct scope_family
kin_family(struct __test_metadata *_metadata, const struct actor *of)
{
	struct scope_family family;

	ASSERT_EQ(0, scope_family_read(of->pid, &family));
	return family;
}

static inline long long
kin_key(struct __test_metadata *_metadata, const struct actor *of, const char *key)
{
	struct scope_family family = kin_family(_metadata, of);
	long long number = scope_family_key(&family, key);

	ASSERT_NE(-ENOENT, number);
	scope_family_free(&family);
	return number;
}

/* Every two members by pairs; kin_look() was before. */
static inline void
expect_pairs(struct __test_metadata *_metadata, struct kin *kin, int asked)
{
	struct scope_table pairs;
	int i, j, row;

	ASSERT_EQ(0, scope_pairs_read(kin_member(kin, asked)->pid, &pairs));
	EXPECT_EQ(kin->nr * (kin->nr - 1) / 2, pairs.rows);
	for (i = 0; i < kin->nr; i++) {
		for (j = 0; j < i; j++) {
			struct space_common common =
				space_compare(&kin->space[i], &kin->space[j]);

			row = scope_pair_row(&pairs, kin_member(kin, i)->pid,
					     kin_member(kin, j)->pid);
			ASSERT_LE(0, row);
			EXPECT_EQ(common.shared, scope_number(&pairs, row, "shared_pages"));
			EXPECT_EQ(common.elsewhere,
				  scope_number(&pairs, row, "elsewhere_pages"));
			EXPECT_EQ(common.cache, scope_number(&pairs, row, "cache_pages"));
			EXPECT_EQ(common.swap, scope_number(&pairs, row, "swap_pages"));
		}
	}
	scope_table_free(&pairs);
}

static inline void
expect_share(struct __test_metadata *_metadata, const struct scope_share *share,
	     const struct space *space, const struct space_common *common)
{
	EXPECT_EQ(space_present(space), share->present);
	EXPECT_EQ(common->shared, share->shared);
	EXPECT_EQ(common->elsewhere, share->elsewhere);
	EXPECT_EQ(common->cache, share->cache);
	EXPECT_EQ(common->swap, share->swap);
	EXPECT_EQ(space_armed(space, SPACE_ANON), share->armed_anon);
	EXPECT_EQ(space_armed(space, SPACE_FILE), share->armed_file);
	EXPECT_EQ(space_armed(space, SPACE_ZERO), share->armed_zero);
	EXPECT_EQ(space_armed(space, SPACE_KSM), share->armed_ksm);
}

static inline void kin_subtract(long long *from, long long what)
{
	*from -= what;
}

#define KIN_SUBTRACT(name)	kin_subtract(&total.name, part.name),

/* The rows of the regions add up to the row total. */
static inline void
expect_sums(struct __test_metadata *_metadata, const struct scope_family *family, pid_t pid)
{
	struct scope_share total = scope_family_share(family, pid, COWSCOPE_REGION_TOTAL);
	static const struct scope_share nothing;
	int region;

	for (region = 0; region < REGION_TOTAL; region++) {
		struct scope_share part =
			scope_family_share(family, pid, scope_region_name[region]);

		SCOPE_SHARES(KIN_SUBTRACT) (void)part;
	}
	EXPECT_EQ(0, memcmp(&nothing, &total, sizeof(total)));
}

/* Every row of family as one member sees it; kin_look() was before. */
static inline void
expect_family(struct __test_metadata *_metadata, struct kin *kin, int asked)
{
	struct actor *self = kin_member(kin, asked);
	struct scope_family family = kin_family(_metadata, self);
	struct space others = { 0 };
	struct space_common common;
	struct scope_share share;
	int i;

	EXPECT_EQ(kin->nr, scope_family_key(&family, "members"));
	EXPECT_EQ(0, scope_family_key(&family, "skipped"));
	for (i = 0; i < kin->nr; i++) {
		pid_t pid = kin_member(kin, i)->pid;

		expect_sums(_metadata, &family, pid);
		if (i == asked)
			continue;
		share = scope_family_share(&family, pid, COWSCOPE_REGION_TOTAL);
		common = space_compare(&kin->space[i], &kin->space[asked]);
		expect_share(_metadata, &share, &kin->space[i], &common);
		ASSERT_EQ(0, space_join(&others, &kin->space[i]));
	}
	share = scope_family_share(&family, self->pid, COWSCOPE_REGION_TOTAL);
	common = space_compare(&kin->space[asked], &others);
	expect_share(_metadata, &share, &kin->space[asked], &common);
	EXPECT_STREQ("self", scope_family_relation(&family, self->pid));
	space_free(&others);
	scope_family_free(&family);
}

/* Everything that the first and the last say, against what the test sees. */
static inline void
expect_kin(struct __test_metadata *_metadata, struct kin *kin)
{
	int i;

	kin_look(_metadata, kin);
	expect_pairs(_metadata, kin, 0);
	expect_pairs(_metadata, kin, kin->nr - 1);
	for (i = 0; i < kin->nr; i++)
		expect_family(_metadata, kin, i);
}

/* Of a world, what the first two share; kin_look() was before. */
static inline struct space_common
kin_in_world(struct kin *kin, const struct world *world)
{
	return space_compare_range(&kin->space[0], &kin->space[1], world->base,
				   world->pages * world->stride / PAGE_BYTES);
}

#endif /* SELFTEST_KIN_H */
