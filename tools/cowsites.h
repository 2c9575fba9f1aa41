/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWSITES_H
#define COWSCOPE_TOOLS_COWSITES_H

#include "cli.h"
#include "places.h"

struct cowsites_options {
	pid_t pid[PLACES_PIDS_MAX];
	size_t npids;
	bool family, any_file;
	enum places_by by;
	const char *sort;
	uint64_t lines;			/* 0 all */
	struct cli_table table;

	struct column_list list;	/* filled when the options are checked */
	unsigned int sort_column;
};

extern const struct column_set cowsites_set;

/* A report: the places of all who were asked for, and who the first one is. */
struct cowsites_report {
	struct gathered g;
	const char *comm, *end;		/* of the first; texts of the places; "-" it lives */
	struct symbols *symbols;	/* whose names the places have */
};

int cowsites_read(const struct cowsites_options *o, const struct source *src,
		  struct cowsites_report *r, struct err *e);
void cowsites_free(struct cowsites_report *r);

#endif
