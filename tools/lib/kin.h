/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who was forked from whom among address spaces, as far as their records are known.
 * Pure. On an array of any struct that begins with a struct record, rising in mm.
 */
#ifndef COWSCOPE_TOOLS_KIN_H
#define COWSCOPE_TOOLS_KIN_H

#include <stddef.h>
#include <stdint.h>

#include "parse.h"

#define KIN_NONE	SIZE_MAX

struct kin {
	const void *base;
	size_t n, stride;
};

/* Brings an array into the order that the others need. */
void kin_sort(void *base, size_t n, size_t stride);

static inline const struct record *kin_record(const struct kin *k, size_t i)
{
	return (const struct record *)((const char *)k->base + i * k->stride);
}

/* Index of an address space, KIN_NONE. */
size_t kin_find(const struct kin *k, uint64_t mm);

/* Whom @i was forked from, always in front of it; KIN_NONE if that is not there. */
size_t kin_parent(const struct kin *k, size_t i);

/* Into root[n]: for each the oldest known of its family. */
void kin_roots(const struct kin *k, size_t *root);

#endif
