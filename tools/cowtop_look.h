/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks at page tables, which cost the machine time: not more pages than a budget at
 * each refresh, the process with the oldest look first.
 */
#ifndef COWSCOPE_TOOLS_COWTOP_LOOK_H
#define COWSCOPE_TOOLS_COWTOP_LOOK_H

#include "cowtop_model.h"
#include "source.h"

struct top_budget {
	uint64_t pages;		/* at each refresh, in the long run */
	uint64_t debt;		/* walked beyond that, which the next refreshes save */
	uint64_t walked;	/* at this refresh */
	size_t looked;
	char refused[320];	/* no look at all succeeded: why */
};

/* Looks until the budget or @seconds are used up. */
void top_look_around(struct top_budget *b, const struct source *src, struct top_model *m,
		     double seconds);

/* Pure: whether one more look may be taken, and what a look has cost. */
bool top_budget_left(const struct top_budget *b);
void top_budget_begin(struct top_budget *b);
void top_budget_take(struct top_budget *b, uint64_t pages);
void top_budget_end(struct top_budget *b);

#endif
