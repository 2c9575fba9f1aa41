/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks at page tables, which cost the machine time: not more pages than a budget at
 * each refresh, the process with the oldest look first.
 */
#ifndef COWSCOPE_TOOLS_COWTOP_LOOK_H
#define COWSCOPE_TOOLS_COWTOP_LOOK_H

#include "budget.h"
#include "cowtop_model.h"
#include "source.h"

struct top_looks {
	struct budget budget;	/* of each refresh */
	char refused[320];	/* no look at all succeeded: why */
};

/* Looks until the budget or @seconds are used up. */
void top_look_around(struct top_looks *l, const struct source *src, struct top_model *m,
		     double seconds);

#endif
