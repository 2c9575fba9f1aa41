// SPDX-License-Identifier: GPL-2.0-only
/* Sums over ranges of the view pages; see pages.h. */
#include "pages.h"

static enum armed armed_source(enum page_state state)
{
	switch (state) {
	case STATE_FILE:
		return ARMED_FILE;
	case STATE_ZERO:
		return ARMED_ZERO;
	case STATE_KSM:
		return ARMED_KSM;
	default:
		return ARMED_ANON;
	}
}

void tally_add_run(struct tally *t, const struct run *run, uint64_t start,
		   uint64_t end)
{
	uint64_t from = start > run->start ? start : run->start;
	uint64_t to = end < run->end ? end : run->end;
	uint64_t n;

	if (from >= to)
		return;
	n = pages_between(from, to);
	t->pages += n;
	t->state[run->state] += n;
	if (run->huge)
		t->huge += n;
	if (run->armed)
		t->armed[armed_source(run->state)] += n;
}

void tally_add(struct tally *t, const struct tally *more)
{
	int i;

	t->pages += more->pages;
	t->huge += more->huge;
	for (i = 0; i < STATE_COUNT; i++)
		t->state[i] += more->state[i];
	for (i = 0; i < ARMED_COUNT; i++)
		t->armed[i] += more->armed[i];
}

size_t pages_find_run(const struct pages *p, uint64_t address)
{
	size_t low = 0, high = p->nruns, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (p->run[mid].end > address)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

void tally_add_range(struct tally *t, const struct pages *p, uint64_t start,
		     uint64_t end)
{
	size_t i;

	for (i = pages_find_run(p, start); i < p->nruns && p->run[i].start < end; i++)
		tally_add_run(t, &p->run[i], start, end);
}

uint64_t tally_present(const struct tally *t)
{
	return t->state[STATE_FILE] + t->state[STATE_SHARED] + t->state[STATE_OWN] +
	       t->state[STATE_LAST] + t->state[STATE_KSM];
}

uint64_t tally_armed(const struct tally *t)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < ARMED_COUNT; i++)
		n += t->armed[i];
	return n;
}
