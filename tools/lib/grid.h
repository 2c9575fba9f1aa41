/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of the contract as text: a header that names the columns, records
 * below it. Splits in place and knows no column by name. Pure.
 */
#ifndef COWSCOPE_TOOLS_GRID_H
#define COWSCOPE_TOOLS_GRID_H

#include <stddef.h>

#include "err.h"

struct grid {
	const char *file;	/* for messages; the caller's */
	char **cells;		/* into the caller's text; the header comes first */
	size_t ncols;
	size_t nrows;		/* without the header */
};

/* Alters @text, which has to outlive the grid. */
int grid_parse(struct grid *g, const char *file, char *text, size_t len,
	       struct err *e);
void grid_free(struct grid *g);

static inline char *grid_cell(const struct grid *g, size_t row, size_t col)
{
	return g->cells[(row + 1) * g->ncols + col];
}

/* Where a field of a record comes from and goes to. */
enum field_kind { FIELD_VALUE, FIELD_TEXT };

struct field_map {
	const char *column;
	size_t offset;		/* of a struct value or a const char * */
	enum field_kind kind;
};

/*
 * Fills grid's rows into an array of records of @stride bytes. Columns that
 * are not in the map are ignored; a mapped one that is missing is an error.
 */
int grid_fill(const struct grid *g, const struct field_map *map, size_t nmap,
	      void *records, size_t stride, struct err *e);

/*
 * Text to an array of @stride bytes a row: both of the above. The caller frees
 * *out. Alters @text, into which the records point.
 */
int grid_rows(const char *file, char *text, size_t len, const struct field_map *map,
	      size_t nmap, size_t stride, void **out, size_t *n, struct err *e);

/* Checks that @text is whole lines without NUL; -EPROTO otherwise. */
int text_check(const char *file, const char *text, size_t len, struct err *e);

/* Next line without its newline; *text moves on, to the NUL after the last. */
char *text_line(char **text);

/* Next blank-separated word, NULL at the end of the line; *line moves on. */
char *text_word(char **line);

#endif
