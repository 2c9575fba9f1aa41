/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables of an address space, read one page-table page at a time. */
#ifndef CWS_WALK_H
#define CWS_WALK_H

#include "page_state.h"

/**
 * struct cws_walk_ops - who is told of what is found
 * @mapping: of a mapping, with the mmap lock held, before its next part; the
 *	same mapping comes again for each part
 * @table: of a page-table page, with its lock held
 * @huge: of a larger entry, with its lock held where it maps a page
 * @hole: of a part where nothing is
 *
 * All but @mapping must not sleep.
 */
struct cws_walk_ops {
	void (*mapping)(struct vm_area_struct *vma, unsigned long addr, void *data);
	void (*table)(const struct cws_part *part, const pte_t *pte, void *data);
	void (*huge)(const struct cws_part *part, const struct cws_huge *huge, void *data);
	void (*hole)(const struct cws_part *part, void *data);
};

/* Mappings that reach into a range; mmap lock held. */
#define cws_walk_for_each(vma, mm, start, end)					\
	for ((vma) = find_vma(mm, start); (vma) && (vma)->vm_start < (end);	\
	     (vma) = find_vma(mm, (vma)->vm_end))

unsigned long cws_walk_part(struct vm_area_struct *vma, unsigned long addr,
			    unsigned long end, const struct cws_walk_ops *ops, void *data);
int cws_walk_step(struct mm_struct *mm, unsigned long *next,
		  const struct cws_walk_ops *ops, void *data);
int cws_walk_lock(struct mm_struct *mm) __must_check;
void cws_walk_unlock(struct mm_struct *mm);

#endif /* CWS_WALK_H */
