/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWSTAT_H
#define COWSCOPE_TOOLS_COWSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli.h"
#include "snap.h"
#include "source.h"
#include "table.h"

#define COWSTAT_PIDS_MAX	256

struct cowstat_options {
	pid_t pids[COWSTAT_PIDS_MAX];
	size_t npids;
	struct cli_table table;
	bool all, totals, exited;
	const char *sort, *save, *since;
	double interval;		/* seconds; 0: since start */
	uint64_t count;			/* reports; 0: without end */

	/* Filled by cowstat_choose(). */
	struct column_list list;
	unsigned int sort_index;
};

/* The columns that go with the options. */
const struct column_set *cowstat_columns(const struct cowstat_options *o);

/* Resolves the column names given by the user; -EINVAL for a wrong one. */
int cowstat_choose(struct cowstat_options *o, struct err *e);

/* What the columns read: one line of a report by process, and of one by sums. */
struct cowstat_row {
	const struct row *row;
	const char *time;
};

struct cowstat_sum {
	enum scope scope;
	const struct value *cause;
	const char *time;
};

/* What one report is about. */
struct cowstat_period {
	const struct snapshot *before;	/* NULL: since start */
	const struct snapshot *now;
	double seconds;			/* between the two */
};

/*
 * Prints one report. On success @e holds what could not be counted, or an
 * empty text.
 */
int cowstat_report(const struct cowstat_options *o, const struct source *src,
		   const struct cowstat_period *period, struct err *e);

#endif
