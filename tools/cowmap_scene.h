/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several address spaces beside each other at the same addresses: which
 * processes, and which height each address range gets. What is drawn where is
 * decided here, how it is written in cowmap_svg.c.
 */
#ifndef COWSCOPE_TOOLS_COWMAP_SCENE_H
#define COWSCOPE_TOOLS_COWMAP_SCENE_H

#include "cowmap_read.h"

#define SCENE_COLUMNS_MAX	8

/* One process. */
struct scene_column {
	const struct family_row *member;	/* its total */
	struct pages pages;
	struct tally sum;
};

/*
 * Addresses that the same mappings cover in every column, or a gap. Inside of a
 * band the scale is even.
 */
struct scene_band {
	uint64_t start, end;
	double y, height;
	bool gap;			/* nobody maps it */
};

struct scene {
	struct family family;
	struct scene_column column[SCENE_COLUMNS_MAX];
	size_t ncolumns;
	size_t left_out;		/* members without a column */
	struct scene_band *band;	/* highest address first */
	size_t nbands;
	double height;
};

/*
 * @pid, its parent on the left and its children on the right, then as many of its
 * other relatives as there is room for. Those that end meanwhile are left out.
 */
int scene_read(const struct source *src, pid_t pid, struct scene *out, struct err *e);
void scene_free(struct scene *s);

/* The mapping of a column that holds @address, or NULL. */
const struct mapping *scene_mapping(const struct scene_column *c, uint64_t address);

/* A rectangle of a column: pages of one state, or several too fine to draw. */
struct scene_cell {
	uint64_t start, end;
	double y, height;
	enum page_state state;		/* of most of them */
	struct tally tally;
};

/* Calls @draw for each rectangle of a column in a band that is no gap. */
void scene_cells(const struct scene_column *c, const struct scene_band *band,
		 void (*draw)(const struct scene_cell *cell, void *arg), void *arg);

#endif
