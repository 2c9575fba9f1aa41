/* SPDX-License-Identifier: GPL-2.0-only */
/* Which code of one process counted most, for its page. */
#ifndef COWSCOPE_TOOLS_COWTOP_SITES_H
#define COWSCOPE_TOOLS_COWTOP_SITES_H

#include "cowtop_lines.h"
#include "places.h"

/* Starts as zero. */
struct top_sites {
	struct gathered *read;		/* NULL: nothing was read yet */
	struct symbols *symbols;	/* files stay open from reading to reading */
};

/* What cannot be read leaves what was read before. */
int top_sites_read(struct top_sites *s, const struct source *src, pid_t pid, struct err *e);

/* Pure. */
void top_sites_lines(struct top_lines *l, const struct top_sites *s, pid_t pid, size_t width);

void top_sites_free(struct top_sites *s);

#endif
