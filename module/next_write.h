/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a write to an address would do next, by the rule of the running kernel.
 * Looks only: nothing is locked, referenced or changed.
 */
#ifndef CWS_NEXT_WRITE_H
#define CWS_NEXT_WRITE_H

#include "page_state.h"

#define CWS_NEXT_ENUM(id, name)	CWS_NEXT_##id,
enum cws_next_word {
	COWSCOPE_NEXT_WRITES(CWS_NEXT_ENUM)
	CWS_NR_NEXT
};

/**
 * struct cws_entry - the entry that a walk ended at
 * @pte: its value; entries above the lowest level agree with it in their bits
 * @page: what it maps; NULL where that is nothing to be looked at
 * @huge: it stands above the lowest level
 */
struct cws_entry {
	pte_t pte;
	struct page *page;
	bool huge;
};

struct cws_next {
	u8 word;
	const char *why;
};

bool cws_entry_exclusive(const struct cws_entry *entry);
struct cws_next cws_next_write(struct vm_area_struct *vma, unsigned long addr,
			       const struct cws_entry *entry);
struct cws_next cws_next_write_unmapped(struct mm_struct *mm, unsigned long addr);

#endif /* CWS_NEXT_WRITE_H */
