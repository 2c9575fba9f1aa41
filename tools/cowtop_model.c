// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_model.h"

static struct kin kin_of(const struct top_model *m)
{
	return (struct kin){ .base = m->node, .n = m->n, .stride = sizeof(*m->node) };
}

size_t top_find(const struct top_model *m, uint64_t mm)
{
	const struct kin kin = kin_of(m);

	return kin_find(&kin, mm);
}

/* Everything that is remembered, with its counts since birth. */
static int fill(struct top_model *m, const struct snapshot *now, struct err *e)
{
	struct rows all;
	size_t i;
	int ret = snap_since_start(now, &all, e);

	if (ret)
		return ret;
	m->node = calloc(all.n + 1, sizeof(*m->node));
	if (!m->node) {
		rows_free(&all);
		return err_sys(e, -ENOMEM, "processes");
	}
	m->n = all.n;
	for (i = 0; i < all.n; i++)
		m->node[i] = (struct top_node){
			.rec = all.row[i].rec, .ended = all.row[i].ended,
			.recent = !all.row[i].ended, .parent = TOP_NONE,
		};
	kin_sort(m->node, m->n, sizeof(*m->node));
	rows_free(&all);
	return 0;
}

static int fill_deltas(struct top_model *m, const struct snapshot *before,
		       const struct snapshot *now, struct err *e)
{
	struct rows rows;
	size_t i, at;
	int ret = snap_delta(before, now, &rows, e);

	if (ret)
		return ret;
	for (i = 0; i < rows.n; i++) {
		at = top_find(m, rows.row[i].rec.mm.n);
		if (at == TOP_NONE)
			continue;
		m->node[at].recent = true;
		memcpy(m->node[at].own.delta, rows.row[i].rec.cause,
		       sizeof(rows.row[i].rec.cause));
		m->node[at].own.delta[TOP_COPIES] = cause_copies(rows.row[i].rec.cause);
	}
	rows_free(&rows);
	return 0;
}

/* Of those that ended before only the ones that tie living relatives together stay. */
static void keep_wanted(struct top_model *m)
{
	bool *wanted = calloc(m->n + 1, sizeof(*wanted));
	const struct kin kin = kin_of(m);
	size_t i, parent, n = 0;

	for (i = m->n; wanted && i--;) {
		wanted[i] |= m->node[i].recent;
		parent = kin_parent(&kin, i);
		if (wanted[i] && parent != TOP_NONE)
			wanted[parent] = true;
	}
	for (i = 0; wanted && i < m->n; i++)
		if (wanted[i])
			m->node[n++] = m->node[i];
	if (wanted)
		m->n = n;
	free(wanted);
}

static void carry_over(struct top_model *m, const struct top_model *old)
{
	const struct kin kin = kin_of(m);
	size_t i, was;

	for (i = 0; i < m->n; i++) {
		was = top_find(old, m->node[i].rec.mm.n);
		m->node[i].parent = kin_parent(&kin, i);
		m->node[i].root = m->node[i].parent == TOP_NONE ? i :
				  m->node[m->node[i].parent].root;
		if (was == TOP_NONE)
			continue;
		m->node[i].look = old->node[was].look;
		m->node[i].folded = old->node[was].folded;
	}
}

int top_update(struct top_model *m, const struct snapshot *before,
	       const struct snapshot *now, double seconds, double clock, struct err *e)
{
	struct top_model fresh = { .seconds = seconds, .now = clock };
	int ret = fill(&fresh, now, e);

	if (!ret && before)
		ret = fill_deltas(&fresh, before, now, e);
	if (ret) {
		top_free(&fresh);
		return ret;
	}
	keep_wanted(&fresh);
	carry_over(&fresh, m);
	top_free(m);
	*m = fresh;
	top_sum(m);
	return 0;
}

static void print_rates(struct top_numbers *x, double seconds)
{
	double rate;
	size_t c;

	for (c = 0; c < TOP_COUNTS; c++) {
		rate = seconds > 0 ? (double)x->delta[c].n / seconds : 0;
		if (!value_known(&x->delta[c]) || seconds <= 0)
			strcpy(x->rate[c], "-");
		else
			snprintf(x->rate[c], sizeof(x->rate[c]), "%.1f", rate);
	}
}

static void own_numbers(const struct top_model *m, struct top_node *node)
{
	struct top_numbers *own = &node->own;

	memcpy(own->count, node->rec.cause, sizeof(node->rec.cause));
	own->count[TOP_COPIES] = cause_copies(node->rec.cause);
	own->inherited = node->rec.inherited_pages;
	own->shared = (struct value){ 0 };
	own->worst = own->shared;
	own->processes = !node->ended;
	own->stale = false;
	if (node->ended || !node->look.ever)
		return;
	own->shared = node->look.shared;
	own->worst = node->look.worst;
	own->stale = node->look.when < m->now;
}

/* A count that one process lacks makes the sum as old as one that is stale. */
static void add_numbers(struct top_numbers *to, const struct top_numbers *x)
{
	size_t c;

	for (c = 0; c < TOP_COUNTS; c++) {
		value_add(&to->count[c], &x->count[c]);
		value_add(&to->delta[c], &x->delta[c]);
	}
	to->stale |= x->stale;
	if (to->processes && x->processes &&
	    value_known(&to->shared) != value_known(&x->shared))
		to->stale = true;
	value_add(&to->inherited, &x->inherited);
	value_add(&to->shared, &x->shared);
	value_add(&to->worst, &x->worst);
	to->processes += x->processes;
}

void top_sum(struct top_model *m)
{
	struct top_node *node;
	size_t i;

	for (i = 0; i < m->n; i++) {
		node = &m->node[i];
		own_numbers(m, node);
		node->sum = node->own;
		print_rates(&node->own, m->seconds);
	}
	for (i = m->n; i--;) {
		node = &m->node[i];
		if (node->parent != TOP_NONE)
			add_numbers(&m->node[node->parent].sum, &node->sum);
		else if (value_known(&node->look.worst_family) && !node->ended)
			node->sum.worst = node->look.worst_family;
		print_rates(&node->sum, m->seconds);
	}
}

void top_free(struct top_model *m)
{
	free(m->node);
	*m = (struct top_model){ 0 };
}

bool top_has_family(const struct top_model *m, size_t i)
{
	return m->node[m->node[i].root].sum.processes > 1;
}

size_t top_next_look(const struct top_model *m)
{
	const struct top_look *look, *oldest = NULL;
	size_t i, best = TOP_NONE;

	for (i = 0; i < m->n; i++) {
		look = &m->node[i].look;
		if (m->node[i].ended || !value_known(&m->node[i].rec.pid) ||
		    !top_has_family(m, i) || (look->ever && look->when >= m->now))
			continue;
		if (!oldest || (oldest->ever && (!look->ever || look->when < oldest->when))) {
			oldest = look;
			best = i;
		}
	}
	return best;
}

bool top_take_look(struct top_model *m, size_t i, const struct family *f)
{
	const struct family_row *self = family_self(f);
	struct top_look *look = &m->node[i].look;

	look->ever = true;
	look->when = m->now;
	if (!self || !value_is(&self->mm, m->node[i].rec.mm.n))
		return false;
	look->shared = self->shared;
	look->worst = f->key[FAMILY_worst_case_pages];
	look->worst_family = f->key[FAMILY_worst_case_family_pages];
	look->cost = family_walked(f);
	if (value_known(&look->shared))
		erosion_add(&look->erosion, m->now, look->shared.n);
	return true;
}
