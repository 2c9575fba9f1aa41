// SPDX-License-Identifier: GPL-2.0-only
/*
 * The region x cause matrix: which pair lives in which cell, and the sums.
 */
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "counts.h"

#define CWS_REGION_NAME(id, name, help)	[CWS_REGION_##id] = #name,
const char *const cws_region_name[CWS_NR_REGIONS] = {
	COWSCOPE_REGIONS(CWS_REGION_NAME)
};

/* Causes of transparent huge pages: only in mappings without a file. */
#define CWS_HUGE_CAUSES	(BIT(CWS_CNT_COLLAPSED) | BIT(CWS_CNT_THP_SPLIT) |	\
			 BIT(CWS_CNT_THP_REUSED) | BIT(CWS_CNT_ZERO_HUGE))
#define CWS_HUGE_REGIONS (BIT(CWS_REGION_HEAP) | BIT(CWS_REGION_DATA) |	\
			  BIT(CWS_REGION_STACK) | BIT(CWS_REGION_ANON))

/*
 * The cells of a cause stand side by side, those of the causes with most regions first:
 * each sum is over a number that the compiler knows. A fork's cost is in these sums.
 */
#define CWS_REGIONS_MOST	7
#define CWS_REGIONS_HUGE	4
#define CWS_CAUSES_MOST		13
#define CWS_CAUSES_HUGE		4
static_assert(CWS_CAUSES_MOST * CWS_REGIONS_MOST + CWS_CAUSES_HUGE * CWS_REGIONS_HUGE + 1 ==
	      CWS_NR_CELLS);

/* Written once before any hook is attached, read-only afterwards. */
u8 cws_cell[CWS_NR_REGIONS][CWS_NR_CAUSES] __read_mostly;
/* Of each cause its first cell; the cause of a mark of its own; those that share one. */
static u8 cause_first[CWS_NR_CAUSES] __read_mostly;
static u8 cause_of[CWS_MARK_OTHERS] __read_mostly;
static u8 other_cause[CWS_NR_CAUSES] __read_mostly;
static u8 nr_others __read_mostly;

static bool pair_occurs(enum cws_region region, enum cws_cause cause)
{
	if (region == CWS_REGION_MAPSHARED)
		return false;
	if (cause == CWS_CNT_HUGETLB)
		return region == CWS_REGION_ANON;
	if (BIT(cause) & CWS_HUGE_CAUSES)
		return BIT(region) & CWS_HUGE_REGIONS;
	return true;
}

static unsigned int regions_of(enum cws_cause cause)
{
	unsigned int region, nr = 0;

	for (region = 0; region < CWS_NR_REGIONS; region++)
		nr += pair_occurs(region, cause);
	return nr;
}

static void lay_out(enum cws_cause cause, unsigned int *next)
{
	unsigned int region;

	cause_first[cause] = *next;
	for (region = 0; region < CWS_NR_REGIONS; region++)
		if (pair_occurs(region, cause))
			cws_cell[region][cause] = (*next)++;
	for (region = 0; region < CWS_NR_REGIONS; region++)
		if (!pair_occurs(region, cause))
			cws_cell[region][cause] = cws_cell[CWS_REGION_ANON][cause];
}

/**
 * cws_counts_init() - lay the cells out
 *
 * Context: once, before anything counts.
 */
void cws_counts_init(void)
{
	static const unsigned int sizes[] = { CWS_REGIONS_MOST, CWS_REGIONS_HUGE, 1 };
	unsigned int next = 0, i, cause;

	static_assert(CWS_NR_CAUSES == 18 && CWS_NR_REGIONS == 8);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (cause = 0; cause < CWS_NR_CAUSES; cause++)
			if (regions_of(cause) == sizes[i])
				lay_out(cause, &next);
	nr_others = 0;
	for (cause = 0; cause < CWS_NR_CAUSES; cause++) {
		enum cws_mark mark = cws_mark_of(cause);

		if (mark == CWS_MARK_OTHERS)
			other_cause[nr_others++] = cause;
		else
			cause_of[mark] = cause;
	}
}

/**
 * cws_matrix_read() - one pair
 * @matrix: counts of an address space
 * @region: row
 * @cause: column
 *
 * Return: the count, 0 for a pair that cannot occur.
 */
u64 cws_matrix_read(const struct cws_matrix *matrix, enum cws_region region,
		    enum cws_cause cause)
{
	if (!pair_occurs(region, cause))
		return 0;
	return atomic64_read(&matrix->cell[cws_cell[region][cause]]);
}

static __always_inline u64 sum_of(const atomic64_t *cell, unsigned int nr)
{
	unsigned int i;
	u64 sum = 0;

#pragma GCC unroll 8
	for (i = 0; i < nr; i++)
		sum += atomic64_read(&cell[i]);
	return sum;
}

/**
 * cws_matrix_cause() - a column's sum
 * @matrix: counts of an address space
 * @cause: column
 *
 * Return: the count over all regions.
 */
u64 cws_matrix_cause(const struct cws_matrix *matrix, enum cws_cause cause)
{
	const atomic64_t *cell = &matrix->cell[cause_first[cause]];

	if (!READ_ONCE(matrix->mark[cws_mark_of(cause)]))
		return 0;
	if (cause == CWS_CNT_HUGETLB)
		return atomic64_read(cell);
	return BIT(cause) & CWS_HUGE_CAUSES ? sum_of(cell, CWS_REGIONS_HUGE) :
					      sum_of(cell, CWS_REGIONS_MOST);
}

/**
 * cws_matrix_sum() - add a matrix's rows up
 * @matrix: counts of an address space
 * @sums: where they are added to
 */
void cws_matrix_sum(const struct cws_matrix *matrix, struct cws_sums *sums)
{
	u64 marks = READ_ONCE(matrix->marks);
	unsigned int i;

	/* A byte each, 0 or 1; that of the others is the last. */
	for (; marks; marks &= marks - 1) {
		unsigned int mark = __ffs64(marks) / 8, cause;

		if (mark == CWS_MARK_OTHERS)
			break;
		cause = cause_of[mark];
		sums->cause[cause] += sum_of(&matrix->cell[cause_first[cause]], CWS_REGIONS_MOST);
	}
	for (i = 0; i < nr_others && marks; i++)
		sums->cause[other_cause[i]] += cws_matrix_cause(matrix, other_cause[i]);
}

/**
 * cws_matrix_clear() - begin anew
 * @matrix: that nobody counts in any more
 */
void cws_matrix_clear(struct cws_matrix *matrix)
{
	u64 marks = matrix->marks;

	if (matrix->mark[CWS_MARK_OTHERS])
		memset(matrix->cell, 0, sizeof(matrix->cell));
	else
		for (; marks; marks &= marks - 1)
			memset(&matrix->cell[cause_first[cause_of[__ffs64(marks) / 8]]], 0,
			       CWS_REGIONS_MOST * sizeof(*matrix->cell));
	matrix->marks = 0;
}

/**
 * cws_sums_add() - add sums to sums
 * @to: grows
 * @from: stays
 */
void cws_sums_add(struct cws_sums *to, const struct cws_sums *from)
{
	int cause;

#pragma GCC unroll 18
	for (cause = 0; cause < CWS_NR_CAUSES; cause++)
		to->cause[cause] += from->cause[cause];
}

/**
 * cws_matrix_empty() - nothing counted
 * @matrix: counts of an address space
 *
 * Return: whether every cell is zero.
 */
bool cws_matrix_empty(const struct cws_matrix *matrix)
{
	return !READ_ONCE(matrix->marks);
}
