/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWTOP_H
#define COWSCOPE_TOOLS_COWTOP_H

#include <stdbool.h>
#include <stdint.h>

#include "cli.h"
#include "cowtop_keys.h"
#include "cowtop_lines.h"
#include "cowtop_look.h"
#include "snap.h"
#include "source.h"

struct top_options {
	struct cli_table table;
	struct column_list list;
	bool batch, folded;
	double delay;
	uint64_t count;			/* refreshes; 0: without end */
	struct top_choice choice;
	uint64_t budget;
};

/* One look at everything after another. */
struct top_session {
	const struct top_options *o;
	const struct source *src;
	struct snapshot now;		/* the model points into it */
	bool started;
	struct timespec when;		/* monotonic */
	struct top_model model;
	struct top_looks looks;
	double cpu_ms;			/* of the last refresh, drawing included */
	double cpu_start;
	char inexact[320];
	bool utf8;
};

/* -errno with a text in @e. */
int session_refresh(struct top_session *s, struct err *e);
void session_free(struct top_session *s);
/* Seconds since some time in the past. */
double session_clock(void);
/* What the lines above the rows say. */
struct top_facts session_facts(const struct top_session *s, bool paused);

/* Report after report on stdout, or the live view; -errno with a text in @e. */
int top_batch(struct top_session *s, struct err *e);
/* *signal: the one that ended it, 0 a key did. */
int top_live(struct top_session *s, int *signal, struct err *e);

#endif
