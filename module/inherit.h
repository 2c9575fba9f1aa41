/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a child of a watched process was given, by region: booked mapping by
 * mapping while fork copies the page tables.
 */
#ifndef CWS_INHERIT_H
#define CWS_INHERIT_H

#include "counts.h"

struct mm_struct;

/**
 * struct cws_inherited - the books of one fork
 * @pages: anonymous pages by region
 * @parent_broke: what the parent had copied for itself when the copying began
 * @booked: pages that are in the books
 * @region: of the mapping that is being copied
 * @mixed: some mapping was of more than one region: booked by where it begins
 *
 * Written by the forking task alone until the child is published with its
 * record, to which it belongs; freed with it.
 */
struct cws_inherited {
	u64 pages[CWS_NR_REGIONS];
	u64 parent_broke[CWS_NR_REGIONS];
	u64 booked;
	u8 region;
	bool mixed;
};

struct cws_inherit_stats {
	u64 inherits_dropped;
	size_t bytes;
};

int cws_inherit_init(unsigned int want);
void cws_inherit_exit(void);
struct cws_inherited *cws_inherit_begin(const struct cws_matrix *parent) __must_check;
void cws_inherit_book(struct cws_inherited *books, struct mm_struct *child);
void cws_inherit_free(struct cws_inherited *books);
u64 cws_inherit_broke(const struct cws_matrix *matrix, enum cws_region region);
u64 cws_inherit_broke_all(const struct cws_matrix *matrix);
void cws_inherit_stats(struct cws_inherit_stats *stats);

#endif /* CWS_INHERIT_H */
