// SPDX-License-Identifier: GPL-2.0-only
#include "budget.h"

void budget_begin(struct budget *b)
{
	b->debt = b->debt > b->pages ? b->debt - b->pages : 0;
	b->walked = 0;
	b->looked = 0;
}

bool budget_left(const struct budget *b)
{
	return b->debt + b->walked < b->pages;
}

void budget_take(struct budget *b, uint64_t pages)
{
	b->walked += pages;
	b->looked++;
}

void budget_end(struct budget *b)
{
	b->debt += b->walked;
}
