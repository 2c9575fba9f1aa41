/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many pages may be walked for one report. What one look costs is known only after it:
 * what was walked beyond the budget, the next reports save. Pure.
 */
#ifndef COWSCOPE_TOOLS_BUDGET_H
#define COWSCOPE_TOOLS_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUDGET_PAGES_MAX	(UINT64_C(1) << 40)

struct budget {
	uint64_t pages;		/* for each report, in the long run */
	uint64_t debt;		/* walked beyond that, which the next reports save */
	uint64_t walked;	/* for this report */
	size_t looked;
};

/* Each report begins and ends once, with looks in between while there is some left. */
void budget_begin(struct budget *b);
bool budget_left(const struct budget *b);
void budget_take(struct budget *b, uint64_t pages);
void budget_end(struct budget *b);

#endif
