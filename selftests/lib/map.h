/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view pages: what it says of a page, whether it is a well-formed map, and
 * whether /proc/PID/maps and pagemap agree. They are asked where they can know.
 */
#ifndef SELFTEST_MAP_H
#define SELFTEST_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "scope.h"

/* Of one process, through query; 0 or -errno. The caller frees the table. */
int map_read(pid_t pid, struct scope_table *map);

/*
 * Headings in order, each followed by runs that cover it without a gap, none equal to
 * the one before, every word known. whole: mappings do not change meanwhile.
 */
bool map_well_formed(const struct scope_table *map, bool whole, char *why, size_t size);

/* How many pages of a range have exactly this state. */
size_t map_pages(const struct scope_table *map, const void *base, size_t pages,
		 const char *state);
/* State, region or another column of the run (or heading) of an address, or NULL. */
const char *map_at(const struct scope_table *map, const void *addr, bool heading,
		   const char *column);

/* Headings are the lines of /proc/PID/maps: ranges, permissions, names. */
bool map_like_maps(const struct scope_table *map, pid_t pid, char *why, size_t size);
/* What pagemap says of every page, but for huge entries and special ones. */
bool map_like_pagemap(const struct scope_table *map, pid_t pid, char *why, size_t size);

#endif /* SELFTEST_MAP_H */
