// SPDX-License-Identifier: GPL-2.0-only
/*
 * The region x cause matrix: which pair lives in which cell, and the sums.
 */
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
/* Causes by the place of their cells; of each its first cell. */
static u8 cause_at[CWS_NR_CAUSES] __read_mostly;
static u8 cause_first[CWS_NR_CAUSES] __read_mostly;

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
	unsigned int next = 0, at = 0, i, cause;

	static_assert(CWS_NR_CAUSES == 18 && CWS_NR_REGIONS == 8);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (cause = 0; cause < CWS_NR_CAUSES; cause++)
			if (regions_of(cause) == sizes[i]) {
				cause_at[at++] = cause;
				lay_out(cause, &next);
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
	const atomic64_t *cell = matrix->cell;
	const u8 *cause = cause_at;

	for (; cause < cause_at + CWS_CAUSES_MOST; cause++, cell += CWS_REGIONS_MOST)
		sums->cause[*cause] += sum_of(cell, CWS_REGIONS_MOST);
	for (; cause < cause_at + CWS_CAUSES_MOST + CWS_CAUSES_HUGE;
	     cause++, cell += CWS_REGIONS_HUGE)
		sums->cause[*cause] += sum_of(cell, CWS_REGIONS_HUGE);
	sums->cause[*cause] += atomic64_read(cell);
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
	return !memchr_inv(matrix, 0, sizeof(*matrix));
}
