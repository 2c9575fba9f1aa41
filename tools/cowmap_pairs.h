/* SPDX-License-Identifier: GPL-2.0-only */
/* What each two members of a family share: as a matrix, and as a list. */
#ifndef COWSCOPE_TOOLS_COWMAP_PAIRS_H
#define COWSCOPE_TOOLS_COWMAP_PAIRS_H

#include "cowmap.h"
#include "document.h"
#include "views.h"

/*
 * For people: a matrix if it fits a screen, else those pairs that share most.
 * @member: the totals of the members, in the order of the matrix.
 */
int pairs_print_matrix(const struct cowmap_options *o,
		       const struct family_row * const *member, size_t n,
		       const struct pairs *pairs, struct err *e);

/* All of them, as a member of a JSON document. */
int pairs_document(const struct cowmap_options *o, struct document *doc,
		   const struct pairs *pairs, struct err *e);

#endif
