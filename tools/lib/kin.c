// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "kin.h"

static int by_mm(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return (x->mm.n > y->mm.n) - (x->mm.n < y->mm.n);
}

void kin_sort(void *base, size_t n, size_t stride)
{
	qsort(base, n, stride, by_mm);
}

size_t kin_find(const struct kin *k, uint64_t mm)
{
	const struct record like = { .mm.n = mm };
	const char *hit = NULL;

	if (k->n)
		hit = bsearch(&like, k->base, k->n, k->stride, by_mm);
	return hit ? (size_t)(hit - (const char *)k->base) / k->stride : KIN_NONE;
}

size_t kin_parent(const struct kin *k, size_t i)
{
	const struct record *rec = kin_record(k, i);
	size_t parent;

	if (strcmp(rec->born, "fork") || !value_known(&rec->parent_mm))
		return KIN_NONE;
	parent = kin_find(k, rec->parent_mm.n);
	return parent < i ? parent : KIN_NONE;	/* serial numbers rise */
}

void kin_roots(const struct kin *k, size_t *root)
{
	size_t i, parent;

	for (i = 0; i < k->n; i++) {
		parent = kin_parent(k, i);
		root[i] = parent == KIN_NONE ? i : root[parent];
	}
}
