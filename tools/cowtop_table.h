/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of a refresh: which, in which order, under which columns. Pure. */
#ifndef COWSCOPE_TOOLS_COWTOP_TABLE_H
#define COWSCOPE_TOOLS_COWTOP_TABLE_H

#include "cowtop_model.h"
#include "table.h"

#define TOP_DEPTH_MAX	24
#define TOP_FILTER_MAX	40
#define TOP_PIDS_MAX	256

/* What the rows are chosen by. */
struct top_choice {
	unsigned int sort;		/* index of a column */
	bool flat, all;
	char filter[TOP_FILTER_MAX];	/* part of a name or cgroup, or a PID; empty: all */
	pid_t pids[TOP_PIDS_MAX];	/* only their families */
	size_t npids;
};

struct top_row {
	size_t index;
	const struct top_node *node;
	const struct top_numbers *shown;	/* sum where it is folded */
	uint64_t root_pid;
	double age;				/* of its look; below 0: none */
	char age_text[16];
	char tree[2 * TOP_DEPTH_MAX + 4];	/* in front of its name */
	char bars[EROSION_TEXT_MAX];
	bool utf8;
	bool below;				/* another one was forked from it */
};

struct top_rows {
	struct top_row *row;
	size_t n;
};

extern const struct column_set top_columns;
extern const char top_preset[], top_preset_script[];

/* Whether the cells are page counts of a look, that can be old. */
bool top_column_looks(const struct column *c);
/* Whether they are shown to people as sizes. */
bool top_column_is_size(const struct column *c);
bool top_column_is_rate(const struct column *c);

int top_rows_build(const struct top_model *m, const struct top_choice *choice, bool utf8,
		   struct top_rows *out, struct err *e);
void top_rows_free(struct top_rows *rows);

#endif
