/* SPDX-License-Identifier: GPL-2.0-only */
/* The page of one process: regions, code, relatives, what a fork of it would cost. */
#ifndef COWSCOPE_TOOLS_COWTOP_PROCESS_H
#define COWSCOPE_TOOLS_COWTOP_PROCESS_H

#include "cowtop_lines.h"
#include "cowtop_sites.h"
#include "parse.h"
#include "source.h"
#include "views.h"

/* Starts as zero. */
struct top_process {
	pid_t pid;
	uint64_t mm;
	bool has_cow, has_family, has_forecast;
	struct cow before, cow;
	bool has_before;
	double seconds;			/* between the two */
	struct family family;
	struct forecast forecast;
	struct top_sites sites;
	double family_when;		/* on the caller's clock */
	uint64_t cost;			/* pages walked by the last reading */
	struct err why;			/* what could not be read */
};

/* Another process: forgets what was read. */
void top_process_choose(struct top_process *p, pid_t pid, uint64_t mm);

/* Reads the cheap views, and with @walk those that walk page tables. */
void top_process_read(struct top_process *p, const struct source *src, bool walk,
		      double seconds, double now);

/* Pure. */
void top_process_lines(struct top_lines *l, const struct top_process *p,
		       const struct top_node *node, double now, size_t width);

void top_process_free(struct top_process *p);

#endif
