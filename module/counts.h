/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The region x cause matrix: its two axes, its compact storage, its sums. Knows
 * nothing of processes, hooks or files.
 */
#ifndef CWS_COUNTS_H
#define CWS_COUNTS_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "cowscope_abi.h"

#define CWS_CAUSE_ENUM(id, name, help)	CWS_CNT_##id,
enum cws_cause {
	COWSCOPE_CAUSES(CWS_CAUSE_ENUM)
	CWS_NR_CAUSES
};

#define CWS_REGION_ENUM(id, name, help)	CWS_REGION_##id,
enum cws_region {
	COWSCOPE_REGIONS(CWS_REGION_ENUM)
	CWS_NR_REGIONS
};

#define CWS_OUTCOME_ENUM(id, name)	CWS_OUTCOME_##id,
enum cws_outcome {
	COWSCOPE_OUTCOMES(CWS_OUTCOME_ENUM)
	CWS_NR_OUTCOMES
};

/*
 * Not every pair can occur, and a record has to stay small: causes of transparent
 * huge pages need a mapping without a file (four regions), hugetlb mappings are
 * all called anon, and mapshared never counts. So a matrix has 13 causes in 7
 * regions, 4 in 4 and 1 in 1. A pair that cannot occur shares anon's cell.
 */
#define CWS_NR_CELLS	(13 * 7 + 4 * 4 + 1)

/* Counts of one address space; any CPU may add at any time. */
struct cws_matrix {
	atomic64_t cell[CWS_NR_CELLS];
};

/* Sums over regions. */
struct cws_sums {
	u64 cause[CWS_NR_CAUSES];
};

extern const char *const cws_region_name[CWS_NR_REGIONS];
extern u8 cws_cell[CWS_NR_REGIONS][CWS_NR_CAUSES];

void cws_counts_init(void);
u64 cws_matrix_read(const struct cws_matrix *matrix, enum cws_region region,
		    enum cws_cause cause);
u64 cws_matrix_cause(const struct cws_matrix *matrix, enum cws_cause cause);
void cws_matrix_sum(const struct cws_matrix *matrix, struct cws_sums *sums);
void cws_sums_add(struct cws_sums *to, const struct cws_sums *from);
bool cws_matrix_empty(const struct cws_matrix *matrix);

/**
 * cws_matrix_add() - count one
 * @matrix: of the owner
 * @region: where
 * @cause: what
 *
 * Context: probes, any lock.
 */
static __always_inline void cws_matrix_add(struct cws_matrix *matrix,
					   enum cws_region region,
					   enum cws_cause cause)
{
	atomic64_inc(&matrix->cell[cws_cell[region][cause]]);
}

#endif /* CWS_COUNTS_H */
