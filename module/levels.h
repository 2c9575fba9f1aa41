/* SPDX-License-Identifier: GPL-2.0-only */
/* The entries that lead to one address, from the top of its page tables down. */
#ifndef CWS_LEVELS_H
#define CWS_LEVELS_H

#include "page_state.h"

#define CWS_WALK_FLAG_ENUM(id, name)	CWS_WALK_##id,
enum cws_walk_flag { COWSCOPE_WALK_FLAGS(CWS_WALK_FLAG_ENUM) };

enum cws_level_nr {
	CWS_LEVEL_PGD, CWS_LEVEL_P4D, CWS_LEVEL_PUD, CWS_LEVEL_PMD, CWS_LEVEL_PTE,
	CWS_NR_LEVELS
};

/**
 * struct cws_level - one entry
 * @nr: of which level
 * @shift: it covers this power of two of bytes
 * @leaf: present and no table
 * @kind: what it is, a word of the contract
 * @pte: its value, in the form of the lowest level: the bits of all levels agree
 */
struct cws_level {
	u8 nr;
	u8 shift;
	bool leaf;
	const char *kind;
	pte_t pte;
};

struct cws_levels {
	unsigned int nr;
	struct cws_level level[CWS_NR_LEVELS];
};

static inline const struct cws_level *cws_level_last(const struct cws_levels *levels)
{
	return &levels->level[levels->nr - 1];
}

pmd_t *cws_levels_look(struct cws_levels *levels, struct mm_struct *mm,
		       const struct vm_area_struct *vma, unsigned long addr);
void cws_level_add_pte(struct cws_levels *levels, pte_t pte);
const char *cws_level_name(const struct cws_level *level);
unsigned int cws_level_flags(const struct cws_level *level);

#endif /* CWS_LEVELS_H */
