/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Columns of a program as one array: headings, -o, -s, --list-columns, JSON and
 * the completion all come from it. Tables and JSON are drawn by libsmartcols.
 */
#ifndef COWSCOPE_TOOLS_TABLE_H
#define COWSCOPE_TOOLS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "err.h"
#include "value.h"

/* Content of one cell: a number, or a text that stands as it is. */
struct cell {
	struct value value;
	const char *text;	/* NULL: a number */
	bool words;		/* the text is a sentence, not a name */
};

struct column {
	const char *name;	/* as in the module's files */
	const char *unit;	/* NULL where there is none */
	bool text;
	bool mark_unit;		/* the heading names the unit too */
	const char *help;
	void (*get)(const void *row, unsigned int arg, struct cell *cell);
	unsigned int arg;	/* handed to get */
};

struct column_set {
	const struct column *column;
	size_t count;
};

#define TABLE_COLUMNS_MAX	96

/* Columns chosen, as indexes into a set. */
struct column_list {
	unsigned int index[TABLE_COLUMNS_MAX];
	size_t n;
};

/* Index of a name, case ignored; -EINVAL if there is none. */
/* The first @len characters of a name in capitals, as headings have them. */
void column_capitals(char *text, size_t len);
int column_find(const struct column_set *set, const char *name, size_t len,
		unsigned int *index, struct err *e);

/*
 * Chooses by "a,b,c"; "+a,b" adds to the @preset ones. -EINVAL for a name that
 * is not in the set, an empty list or too many.
 */
int column_choose(const struct column_set *set, const char *preset,
		  const char *spec, struct column_list *out, struct err *e);

/* One line per column: name, unit, what it is. */
void column_print_all(const struct column_set *set, FILE *out);

/*
 * Sorts rows of @stride bytes: numbers falling, texts rising; @tie decides
 * between equals.
 */
void table_sort(const struct column *by, void *rows, size_t n, size_t stride,
		int (*tie)(const void *a, const void *b));

enum table_format { TABLE_HUMAN, TABLE_RAW, TABLE_JSON };

/* For people: branches in front of one column. */
struct table_tree {
	unsigned int column;	/* index in the set */
	const size_t *parent;	/* of each row, which stands after it; itself: none */
};

struct table_style {
	enum table_format format;
	bool no_headings;
	const char *name;	/* key of the array in JSON */
	const struct table_tree *tree;	/* NULL: flat */
};

int table_print(const struct column_set *set, const struct column_list *list,
		const void *rows, size_t n, size_t stride,
		const struct table_style *style, FILE *out, struct err *e);

#endif
