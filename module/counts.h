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

/*
 * Causes by what they mark: those of an ordinary fork one each, the others one together.
 * So what is to be added up, or cleared, at an address space's end is a few cells.
 */
enum cws_mark {
	CWS_MARK_COPIED,
	CWS_MARK_SOLE,
	CWS_MARK_REUSED,
	CWS_MARK_NOTIFIED,
	CWS_MARK_FILE,
	CWS_MARK_ZERO,
	CWS_MARK_REMOTE,
	CWS_MARK_OTHERS,
	CWS_NR_MARKS
};

/*
 * Counts of one address space; any CPU may add at any time. A mark is set before anything
 * is counted below it, by a store that needs no lock: the cells of an unset one are zero.
 */
struct cws_matrix {
	union {
		u8 mark[CWS_NR_MARKS];
		u64 marks;
	};
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
void cws_matrix_clear(struct cws_matrix *matrix);

static __always_inline enum cws_mark cws_mark_of(enum cws_cause cause)
{
	switch (cause) {
	case CWS_CNT_COPIED:
		return CWS_MARK_COPIED;
	case CWS_CNT_SOLE:
		return CWS_MARK_SOLE;
	case CWS_CNT_REUSED:
		return CWS_MARK_REUSED;
	case CWS_CNT_NOTIFIED:
		return CWS_MARK_NOTIFIED;
	case CWS_CNT_FILE:
		return CWS_MARK_FILE;
	case CWS_CNT_ZERO:
		return CWS_MARK_ZERO;
	case CWS_CNT_REMOTE:
		return CWS_MARK_REMOTE;
	default:
		return CWS_MARK_OTHERS;
	}
}

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
	/* The locked increment keeps the order. */
	WRITE_ONCE(matrix->mark[cws_mark_of(cause)], 1);
	atomic64_inc(&matrix->cell[cws_cell[region][cause]]);
}

#endif /* CWS_COUNTS_H */
