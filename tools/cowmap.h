/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWMAP_H
#define COWSCOPE_TOOLS_COWMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cli.h"
#include "source.h"
#include "table.h"

struct cowmap_mode;

struct cowmap_options {
	const struct cowmap_mode *mode;
	pid_t pid;
	struct cli_table table;
	bool by_region;			/* --regions: alone, or with --family */
	const char *file;		/* --svg, --html; --save: a directory */
	uint64_t address;		/* --walk */
	uint64_t scale;			/* pages of a cell of --picture; 0: chosen */
	double interval;		/* --watch, in seconds */
	uint64_t count;			/* samples of --watch; 0: to the end of the process */

	struct column_list list;	/* filled when the options are checked */
};

/* One thing that the program can show. */
struct cowmap_mode {
	const char *option;		/* NULL: what it does without any */
	const struct column_set *set;	/* NULL: it is no table */
	const char *preset;		/* columns for people */
	const char *preset_script;	/* columns of -J and -r */
	/* -errno with a text in @e; on success the text is a note, or empty. */
	int (*run)(const struct cowmap_options *o, const struct source *src,
		   struct err *e);
};

extern const struct cowmap_mode cowmap_mappings, cowmap_regions, cowmap_family,
	cowmap_family_regions, cowmap_pairs, cowmap_walk, cowmap_forecast,
	cowmap_layout, cowmap_picture, cowmap_svg, cowmap_html, cowmap_watch,
	cowmap_save;

/* The format that the options ask for, for a table under this name. */
struct table_style cowmap_style(const struct cowmap_options *o, const char *name);

/* Titles and legends are wanted. */
static inline bool cowmap_for_people(const struct cowmap_options *o)
{
	return !o->table.json && !o->table.raw && !o->table.no_headings;
}

/* A name of the files, safe for a terminal. */
void cowmap_put_name(const char *name, FILE *out);

/* "PID COMM: " and the rest as one line, for people. */
__attribute__((format(printf, 3, 4)))
void cowmap_print_title(const struct cowmap_options *o, const char *comm,
			const char *fmt, ...);

/* Getters of columns whose row is a struct; @arg is the member's offset. */
void cowmap_get_value(const void *row, unsigned int arg, struct cell *cell);
void cowmap_get_text(const void *row, unsigned int arg, struct cell *cell);

/* Columns of rows of "struct type", each a member of that name. */
#define COWMAP_NUMBER(type, name, unit, help)				\
	{ #name, unit, false, false, help, cowmap_get_value,		\
	  offsetof(struct type, name) }
#define COWMAP_TEXT(type, name, help)					\
	{ #name, NULL, true, false, help, cowmap_get_text,		\
	  offsetof(struct type, name) }
#define COWMAP_SET(columns)	{ columns, sizeof(columns) / sizeof((columns)[0]) }

/*
 * Columns of one row for people: a line for each column with its value, the
 * size if it is a number of pages or bytes, and what it is.
 */
void cowmap_print_sheet(const struct column_set *set, const struct column_list *list,
			const void *row);

#endif
