// SPDX-License-Identifier: GPL-2.0-only
/* Snapshot, difference, looks: what both the live view and --batch show. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "cowtop.h"
#include "fetch.h"
#include "loss.h"

/* Of the time between two refreshes, for looks at page tables. */
#define LOOK_SHARE	0.5

double session_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The kernel walks page tables in the time of who asks. */
static double cpu_ms(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e3 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e3;
}

static int describe_loss(struct top_session *s, const struct snapshot *before,
			 const struct snapshot *now, struct err *e)
{
	struct rows rows;
	int ret;

	if (!before) {
		loss_describe(NULL, now, NULL, false, s->inexact, sizeof(s->inexact));
		return 0;
	}
	ret = snap_delta(before, now, &rows, e);
	if (ret)
		return ret;
	loss_describe(before, now, &rows, false, s->inexact, sizeof(s->inexact));
	rows_free(&rows);
	return 0;
}

static void fold_new(struct top_session *s, bool first)
{
	size_t i;

	for (i = 0; s->o->folded && first && i < s->model.n; i++)
		s->model.node[i].folded = s->model.node[i].parent == TOP_NONE;
}

int session_refresh(struct top_session *s, struct err *e)
{
	const struct snapshot *before = s->started ? &s->now : NULL;
	struct timespec when;
	struct snapshot now;
	double seconds;
	int ret;

	if (s->started)
		s->cpu_ms = cpu_ms() - s->cpu_start;
	s->cpu_start = cpu_ms();
	ret = fetch_snapshot(s->src, &now, e);
	if (ret)
		return ret;
	clock_gettime(CLOCK_MONOTONIC, &when);
	seconds = before ? clock_between(&s->when, &when) : 0;
	ret = describe_loss(s, before, &now, e);
	if (!ret)
		ret = top_update(&s->model, before, &now, seconds, session_clock(), e);
	if (ret) {
		snap_free(&now);
		return ret;
	}
	if (s->started)
		snap_free(&s->now);
	s->now = now;
	s->when = when;
	fold_new(s, !s->started);
	s->started = true;
	top_look_around(&s->looks, s->src, &s->model, s->o->delay * LOOK_SHARE);
	return 0;
}

void session_free(struct top_session *s)
{
	top_free(&s->model);
	if (s->started)
		snap_free(&s->now);
	s->started = false;
}

struct top_facts session_facts(const struct top_session *s, bool paused)
{
	struct top_facts f = {
		.when = s->now.when, .delay = s->o->delay, .root = s->src->root,
		.paused = paused, .cpu_ms = s->cpu_ms, .walked = s->looks.budget.walked,
		.budget = s->looks.budget.pages, .looked = s->looks.budget.looked,
		.refused = s->looks.refused, .inexact = s->inexact,
	};
	const struct top_node *node;
	bool all = true;
	size_t i;

	for (i = 0; i < s->model.n; i++) {
		node = &s->model.node[i];
		f.families += node->parent == TOP_NONE && top_has_family(&s->model, i);
		if (node->ended || !top_has_family(&s->model, i))
			continue;
		f.eligible++;
		all &= node->look.ever;
		if (node->look.ever && s->model.now - node->look.when > f.oldest)
			f.oldest = s->model.now - node->look.when;
	}
	if (!all || !f.eligible)
		f.oldest = -1;
	return f;
}
