// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_table.h"

struct building {
	const struct top_model *m;
	const struct top_choice *choice;
	bool *wanted;		/* by node */
	size_t *first, *next;	/* children of a node, sorted; [m->n]: the roots */
	struct top_rows *out;
	bool utf8;
};

static bool name_matches(const struct top_node *node, const char *text)
{
	char pid[VALUE_TEXT_MAX];

	value_print(&node->rec.pid, pid, sizeof(pid));
	return strstr(node->rec.comm, text) || strstr(node->rec.cgroup, text) ||
	       !strcmp(pid, text);
}

static bool pid_wanted(const struct top_choice *choice, const struct top_node *node)
{
	size_t i;

	for (i = 0; i < choice->npids; i++)
		if (value_is(&node->rec.pid, choice->pids[i]))
			return true;
	return false;
}

/* A family counts when there is one, or when something was counted. */
static bool worth_showing(const struct building *b, size_t i)
{
	const struct top_numbers *sum = &b->m->node[b->m->node[i].root].sum;
	size_t c;

	if (b->choice->all || b->choice->npids || *b->choice->filter || sum->processes > 1)
		return true;
	for (c = 0; c < CAUSE_COUNT; c++)
		if (sum->delta[c].n)
			return true;
	return false;
}

/* Those that match, and, in a tree, whom they come from. */
static void choose(struct building *b)
{
	const struct top_model *m = b->m;
	const struct top_choice *choice = b->choice;
	const struct top_node *node;
	bool *family = calloc(m->n + 1, sizeof(*family));
	size_t i;

	for (i = 0; family && i < m->n; i++)
		if (!choice->npids || pid_wanted(choice, &m->node[i]))
			family[m->node[i].root] = true;
	for (i = m->n; family && i--;) {
		node = &m->node[i];
		b->wanted[i] |= family[node->root] && worth_showing(b, i) &&
				name_matches(node, choice->filter);
		if (b->wanted[i] && !choice->flat && node->parent != TOP_NONE)
			b->wanted[node->parent] = true;
	}
	free(family);
}

static struct top_row row_of(const struct building *b, size_t i, bool sum)
{
	const struct top_node *node = &b->m->node[i];

	return (struct top_row){
		.index = i, .node = node, .shown = sum ? &node->sum : &node->own,
		.root_pid = b->m->node[node->root].rec.pid.n,
		.age = node->look.ever ? b->m->now - node->look.when : -1,
		.utf8 = b->utf8,
	};
}

/* Numbers fall, names rise; between equals the lower PID, then the older one. */
static int compare(const struct building *b, size_t x, size_t y)
{
	const struct column *by = &top_columns.column[b->choice->sort];
	const struct top_row rx = row_of(b, x, !b->choice->flat);
	const struct top_row ry = row_of(b, y, !b->choice->flat);
	struct cell cx = { .text = NULL }, cy = { .text = NULL };
	int order;

	by->get(&rx, by->arg, &cx);
	by->get(&ry, by->arg, &cy);
	order = by->text ? strcmp(cx.text, cy.text) : value_compare(&cy.value, &cx.value);
	if (!order)
		order = value_compare(&rx.node->rec.pid, &ry.node->rec.pid);
	return order ? order : (x > y) - (x < y);
}

static int compare_nodes(const void *x, const void *y, void *b)
{
	return compare(b, *(const size_t *)x, *(const size_t *)y);
}

/* Sorts all nodes once; pushed to their parents from the last on, lists are in order. */
static int link_sorted(struct building *b)
{
	size_t *order = calloc(b->m->n + 1, sizeof(*order));
	size_t i, n = 0, parent;

	if (!order)
		return -ENOMEM;
	for (i = 0; i < b->m->n; i++)
		if (b->wanted[i])
			order[n++] = i;
	qsort_r(order, n, sizeof(*order), compare_nodes, b);
	for (i = 0; i <= b->m->n; i++)
		b->first[i] = TOP_NONE;
	while (n--) {
		parent = b->choice->flat ? TOP_NONE : b->m->node[order[n]].parent;
		if (parent == TOP_NONE)
			parent = b->m->n;
		b->next[order[n]] = b->first[parent];
		b->first[parent] = order[n];
	}
	free(order);
	return 0;
}

static void branch(char *tree, size_t depth, bool last, bool here)
{
	memcpy(tree + 2 * depth, here ? last ? "`-" : "|-" : last ? "  " : "| ", 3);
}

static void add_row(struct building *b, size_t i, const char *tree)
{
	bool below = b->first[i] != TOP_NONE;
	struct top_row *row = &b->out->row[b->out->n++];

	*row = row_of(b, i, below && b->m->node[i].folded);
	row->below = below;
	strcpy(row->tree, tree);
	erosion_bars(&row->node->look.erosion, b->utf8, row->bars);
	if (row->age < 0)
		strcpy(row->age_text, "-");
	else
		snprintf(row->age_text, sizeof(row->age_text), "%.1f", row->age);
}

/* Depth first; a chain of forks may be long, so that there is no recursion. */
static void walk(struct building *b)
{
	const struct top_model *m = b->m;
	char tree[2 * TOP_DEPTH_MAX + 4] = "";
	size_t i = b->first[m->n], up, depth = 0, level;

	while (i != TOP_NONE) {
		level = depth > TOP_DEPTH_MAX ? TOP_DEPTH_MAX : depth;
		if (level)
			branch(tree, level - 1, b->next[i] == TOP_NONE, true);
		tree[2 * level] = '\0';
		add_row(b, i, tree);
		if (level)
			branch(tree, level - 1, b->next[i] == TOP_NONE, false);
		if (b->first[i] != TOP_NONE && !m->node[i].folded) {
			i = b->first[i];
			depth++;
			continue;
		}
		for (up = i; up != TOP_NONE && b->next[up] == TOP_NONE; depth--) {
			up = b->choice->flat ? TOP_NONE : m->node[up].parent;
			if (up == TOP_NONE)
				break;
		}
		i = up == TOP_NONE ? TOP_NONE : b->next[up];
	}
}

int top_rows_build(const struct top_model *m, const struct top_choice *choice, bool utf8,
		   struct top_rows *out, struct err *e)
{
	struct building b = {
		.m = m, .choice = choice, .out = out, .utf8 = utf8,
		.wanted = calloc(m->n + 1, sizeof(bool)),
		.first = calloc(m->n + 1, sizeof(size_t)),
		.next = calloc(m->n + 1, sizeof(size_t)),
	};
	int ret = -ENOMEM;

	*out = (struct top_rows){ .row = calloc(m->n + 1, sizeof(*out->row)) };
	if (b.wanted && b.first && b.next && out->row) {
		choose(&b);
		ret = link_sorted(&b);
	}
	if (!ret)
		walk(&b);
	free(b.wanted);
	free(b.first);
	free(b.next);
	if (ret)
		top_rows_free(out);
	return ret ? err_sys(e, ret, "rows") : 0;
}

void top_rows_free(struct top_rows *rows)
{
	free(rows->row);
	*rows = (struct top_rows){ 0 };
}
