// SPDX-License-Identifier: GPL-2.0-only
/*
 * The region x cause matrix: which pair lives in which cell, and the sums.
 */
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/build_bug.h>
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

/* Written once before any hook is attached, read-only afterwards. */
u8 cws_cell[CWS_NR_REGIONS][CWS_NR_CAUSES] __read_mostly;
static u8 cell_cause[CWS_NR_CELLS] __read_mostly;
/* The cells of a cause stand side by side, up to the first one of the next. */
static u8 cause_first[CWS_NR_CAUSES + 1] __read_mostly;

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

/**
 * cws_counts_init() - lay the cells out
 *
 * Context: once, before anything counts.
 */
void cws_counts_init(void)
{
	unsigned int next = 0;
	int region, cause;

	static_assert(CWS_NR_CAUSES == 18 && CWS_NR_REGIONS == 8);
	for (cause = 0; cause < CWS_NR_CAUSES; cause++) {
		cause_first[cause] = next;
		for (region = 0; region < CWS_NR_REGIONS; region++)
			if (pair_occurs(region, cause)) {
				cell_cause[next] = cause;
				cws_cell[region][cause] = next++;
			}
	}
	cause_first[cause] = next;
	for (cause = 0; cause < CWS_NR_CAUSES; cause++)
		for (region = 0; region < CWS_NR_REGIONS; region++)
			if (!pair_occurs(region, cause))
				cws_cell[region][cause] = cws_cell[CWS_REGION_ANON][cause];
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

/**
 * cws_matrix_cause() - a column's sum
 * @matrix: counts of an address space
 * @cause: column
 *
 * Return: the count over all regions.
 */
u64 cws_matrix_cause(const struct cws_matrix *matrix, enum cws_cause cause)
{
	u64 sum = 0;
	int i;

	for (i = cause_first[cause]; i < cause_first[cause + 1]; i++)
		sum += atomic64_read(&matrix->cell[i]);
	return sum;
}

/**
 * cws_matrix_sum() - add a matrix's rows up
 * @matrix: counts of an address space
 * @sums: where they are added to
 */
void cws_matrix_sum(const struct cws_matrix *matrix, struct cws_sums *sums)
{
	int i;

	for (i = 0; i < CWS_NR_CELLS; i++)
		sums->cause[cell_cause[i]] += atomic64_read(&matrix->cell[i]);
}

/**
 * cws_sums_add() - add sums to sums
 * @to: grows
 * @from: stays
 */
void cws_sums_add(struct cws_sums *to, const struct cws_sums *from)
{
	int cause;

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
