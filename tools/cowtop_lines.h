/* SPDX-License-Identifier: GPL-2.0-only */
/* What cowtop shows, as lines of text that fit a width. Pure. */
#ifndef COWSCOPE_TOOLS_COWTOP_LINES_H
#define COWSCOPE_TOOLS_COWTOP_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "cowtop_table.h"

enum top_style { TOP_PLAIN, TOP_HEAD, TOP_STRONG, TOP_CURSOR };

struct top_line {
	char *text;
	enum top_style style;
};

/* Starts as zero. */
struct top_lines {
	struct top_line *line;
	size_t n, room;
	bool failed;		/* no memory: some are missing */
};

/* What the lines above the rows say. */
struct top_facts {
	struct timespec when;
	double delay;
	const char *root;
	bool paused;
	double cpu_ms;		/* of this refresh; below 0: not known yet */
	uint64_t walked, budget;
	size_t looked, families, eligible;
	double oldest;		/* seconds; below 0: not all were looked at yet */
	const char *refused;	/* why a look failed, or empty */
	const char *inexact;	/* or empty */
};

#define TOP_BARS_SHORT	10
#define TOP_WIDTH_MIN	40
#define TOP_WIDTH_WIDE	100	/* from here on bars have their full length */

/* Adds a line, cut to @width columns; bytes of UTF-8 count once. */
__attribute__((format(printf, 4, 5)))
void top_say(struct top_lines *l, size_t width, enum top_style style, const char *fmt, ...);
void top_lines_free(struct top_lines *l);

/* The lines above the rows. */
void top_lines_head(struct top_lines *l, const struct top_model *m,
		    const struct top_choice *choice, const struct top_facts *f,
		    size_t width);

/* Heading, and @n rows from @first on; @cursor is marked, TOP_NONE for none. */
void top_lines_rows(struct top_lines *l, const struct top_rows *rows,
		    const struct column_list *list, size_t first, size_t n,
		    size_t cursor, size_t width);

/* The keys, a screen of help. */
void top_lines_help(struct top_lines *l, size_t width);

#endif
