/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWSTAT_H
#define COWSCOPE_TOOLS_COWSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cgroups.h"
#include "cli.h"
#include "snap.h"
#include "source.h"
#include "table.h"
#include "views.h"
#include "worst.h"

#define COWSTAT_PIDS_MAX	256

/* What a line of a report is about. */
enum cowstat_by {
	BY_PROCESS, BY_FAMILY, BY_CGROUP, BY_REGION, BY_LATENCY, BY_SCOPE, BY_COUNT
};

struct cowstat_options {
	enum cowstat_by by;
	pid_t pids[COWSTAT_PIDS_MAX];
	size_t npids;
	struct cli_table table;
	bool by_given, totals, all, exited;
	const char *sort, *save, *since;
	const char *metrics;		/* file to write them to */
	uint64_t max_cgroups;
	struct worst_budget *budget;	/* of looks at page tables, by family */
	bool budget_given;
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

/* A view of one process: of one named by -p, else of a watched one. */
struct cowstat_detail {
	pid_t pid;
	const struct record *rec;	/* of the snapshot */
	struct cow cow;			/* by region */
	struct latency latency;		/* by latency */
};

struct cowstat_details {
	struct cowstat_detail *row;
	size_t n;
	size_t unread;
	struct err why;			/* the first that could not be read */
};

/* Everything that one report needs of one moment. */
struct cowstat_look {
	struct snapshot snap;
	struct cgroups cgroups;		/* by cgroup */
	struct cowstat_details details;	/* by region, by latency */
};

int cowstat_fetch(const struct cowstat_options *o, const struct source *src,
		  struct cowstat_look *out, struct err *e);
void cowstat_look_free(struct cowstat_look *look);

/* What one report is about. */
struct cowstat_period {
	const struct cowstat_look *before;	/* NULL: since start */
	const struct cowstat_look *now;
	double seconds;				/* between the two */
};

/*
 * Prints one report. On success @e holds what could not be counted, or an
 * empty text.
 */
int cowstat_report(const struct cowstat_options *o, const struct source *src,
		   const struct cowstat_period *period, struct err *e);

/*
 * All metrics as one text, which the caller frees. When the module's files cannot be read
 * it is -errno, and the text says no more than that; NULL: there is none. On success
 * @e holds what could not be counted, or an empty text.
 */
int cowstat_metrics(const struct cowstat_options *o, char **text, size_t *len, struct err *e);

#endif
