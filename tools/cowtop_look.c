// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <time.h>

#include "clock.h"
#include "cowtop_look.h"
#include "fetch_views.h"

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return clock_between(start, &now);
}

/* A process that is gone, or cannot be read, is not asked again at this refresh. */
static int look_at(struct budget *b, const struct source *src, struct top_model *m,
		   size_t i, struct err *e)
{
	struct top_look *look = &m->node[i].look;
	struct family family;
	int ret = fetch_family(src, (pid_t)m->node[i].rec.pid.n, &family, e);

	if (ret) {
		look->ever = true;
		look->when = m->now;
		look->shared = (struct value){ 0 };
		look->worst = look->shared;
		look->worst_family = look->shared;
		return ret;
	}
	if (top_take_look(m, i, &family))
		budget_take(b, look->cost);
	family_free(&family);
	return 0;
}

void top_look_around(struct top_looks *l, const struct source *src, struct top_model *m,
		     double seconds)
{
	struct err e, why = { "" };
	struct timespec start;
	bool success = false;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &start);
	budget_begin(&l->budget);
	while (budget_left(&l->budget) && seconds_since(&start) < seconds) {
		i = top_next_look(m);
		if (i == TOP_NONE)
			break;
		if (look_at(&l->budget, src, m, i, &e))
			why = e;
		else
			success = true;
	}
	budget_end(&l->budget);
	if (success)
		why.text[0] = '\0';
	if (success || *why.text)
		snprintf(l->refused, sizeof(l->refused), "%s", why.text);
	top_sum(m);
}
