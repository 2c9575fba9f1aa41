/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One look at all address spaces, and what happened between two looks. An
 * address space is known by its serial number (mm): PIDs are used again, and
 * an exec gives the same PID a new address space. Pure.
 */
#ifndef COWSCOPE_TOOLS_SNAP_H
#define COWSCOPE_TOOLS_SNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "parse.h"

/* The texts in the order in which they have to be read; see fetch.c. */
enum snap_text { SNAP_STATUS_FIRST, SNAP_PROCESSES, SNAP_EXITED, SNAP_TOTALS,
		 SNAP_STATUS_LAST, SNAP_TEXTS };

struct snapshot {
	struct status first, last;	/* read before and after the tables */
	struct record *live, *exited;
	size_t nlive, nexited;
	struct totals totals;
	struct timespec when;		/* wall clock */
	char *text[SNAP_TEXTS];		/* owned; all of the above points into it */
};

/* Takes texts[i] of lens[i] bytes over, whatever it returns. */
int snap_parse(struct snapshot *s, char *texts[SNAP_TEXTS],
	       const size_t lens[SNAP_TEXTS], struct err *e);
void snap_free(struct snapshot *s);

struct row {
	struct record rec;	/* first, for kin.h; strings belong to the snapshot */
	bool ended;		/* from exited; else it lived when read */
};

struct rows {
	struct row *row;
	size_t n;
	size_t vanished;	/* lived before, neither lives nor left a line */
};

/* Every address space once, with its counts since it was born or first seen. */
int snap_since_start(const struct snapshot *s, struct rows *out, struct err *e);

/* -ESTALE if the module was loaded anew in between: counts and serial numbers started again. */
int snap_comparable(const struct snapshot *before, const struct snapshot *after,
		    struct err *e);

/*
 * Every address space that lived for some time between the two, with its
 * counts of that time; those that ended by their line in exited. Only of two
 * that are comparable.
 */
int snap_delta(const struct snapshot *before, const struct snapshot *after,
	       struct rows *out, struct err *e);

void snap_totals_delta(const struct totals *before, const struct totals *after,
		       struct totals *out);

void rows_free(struct rows *rows);

/* Keeps the rows for which @keep says so; order stays. */
void rows_filter(struct rows *rows, bool (*keep)(const struct row *, const void *),
		 const void *arg);

/* Copies of 4 KiB: copied + file + ksm + unshared + pinned. */
struct value cause_copies(const struct value cause[CAUSE_COUNT]);

/* Something was counted. */
bool row_active(const struct row *row);

#endif
