/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view pages of an actor against what a test knows, and against the kernel's own
 * files. To be included after expect.h.
 */
#ifndef SELFTEST_EXPECT_MAP_H
#define SELFTEST_EXPECT_MAP_H

#include "map.h"

/*
 * The map of an actor that sits still: well-formed, and maps and pagemap agree. The actor
 * has called world_own_all, or the test would change its map by asking for it.
 */
static inline struct scope_table
map_of(struct __test_metadata *_metadata, const struct actor *actor)
{
	struct scope_table map;
	char why[256] = "";
	int ret = map_read(actor->pid, &map);
	bool good;

	if (ret)
		TH_LOG("query \"%d pages\": %s", actor->pid, strerror(-ret));
	ASSERT_EQ(0, ret);
	good = map_well_formed(&map, true, why, sizeof(why)) &&
	       map_like_maps(&map, actor->pid, why, sizeof(why)) &&
	       map_like_pagemap(&map, actor->pid, why, sizeof(why));
	if (!good)
		TH_LOG("%s", why);
	EXPECT_TRUE(good);
	return map;
}

/* So many pages of an actor have this state. */
static inline void
expect_state(struct __test_metadata *_metadata, const struct actor *actor,
	     const void *base, size_t pages, const char *state)
{
	struct scope_table map = map_of(_metadata, actor);
	size_t count = map_pages(&map, base, pages, state);

	if (count != pages)
		TH_LOG("%zu of %zu pages are %s; the first is %s", count, pages, state,
		       map_at(&map, base, false, "state"));
	EXPECT_EQ(pages, count);
	scope_table_free(&map);
}

/* Untouched pages with a written one before each: as many runs as pages. */
static inline struct world
make_stripes(struct __test_metadata *_metadata, struct actor *owner, size_t pages)
{
	struct world world = make_world(_metadata, owner, WORLD_UNTOUCHED, pages);

	ASSERT_EQ(0, actor_call(owner, world_write_every_other, PASSING(&world)));
	return world;
}

#endif /* SELFTEST_EXPECT_MAP_H */
