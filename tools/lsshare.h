/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_LSSHARE_H
#define COWSCOPE_TOOLS_LSSHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli.h"
#include "parse.h"
#include "source.h"
#include "table.h"

struct lsshare_mode;

struct lsshare_options {
	const struct lsshare_mode *mode;
	pid_t pid[2];
	size_t npids;
	struct cli_table table;
	bool all;

	struct column_list list;	/* filled when the options are checked */
};

/* One thing that the program can show. */
struct lsshare_mode {
	const char *option;		/* NULL: what it does without any */
	const struct column_set *set;
	const char *preset;		/* columns for people */
	const char *preset_script;	/* columns of -J and -r */
	size_t pids_min, pids_max;
	/* -errno with a text in @e. */
	int (*run)(const struct lsshare_options *o, const struct source *src,
		   struct err *e);
};

extern const struct lsshare_mode lsshare_objects, lsshare_process, lsshare_pair,
	lsshare_files, lsshare_tree;

/* Prints rows as the options ask; @name is their key in JSON. */
int lsshare_print(const struct lsshare_options *o, const char *name, const void *rows,
		  size_t n, size_t stride, const struct table_tree *tree, struct err *e);

/* Cells whose place in the row is the column's argument. */
void lsshare_get_value(const void *row, unsigned int arg, struct cell *cell);
void lsshare_get_text(const void *row, unsigned int arg, struct cell *cell);

/* The table processes; who->text is the records' and has to be freed with them. */
struct lsshare_who {
	struct record *rec;
	size_t n;
	char *text;
};

int lsshare_read_who(const struct source *src, struct lsshare_who *who, struct err *e);
void lsshare_free_who(struct lsshare_who *who);
/* Its index, who->n there is none. */
size_t lsshare_find_who(const struct lsshare_who *who, uint64_t pid);

#define LSSHARE_VALUE(type, field, column, about)				\
	{ .name = column, .help = about, .get = lsshare_get_value,		\
	  .arg = offsetof(struct type, field) }
#define LSSHARE_TEXT(type, field, column, about)				\
	{ .name = column, .help = about, .text = true, .get = lsshare_get_text,	\
	  .arg = offsetof(struct type, field) }
#define LSSHARE_SET(columns)	{ columns, sizeof(columns) / sizeof((columns)[0]) }

#endif
