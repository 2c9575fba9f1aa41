// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "value.h"

int text_check(const char *file, const char *text, size_t len, struct err *e)
{
	if (memchr(text, '\0', len))
		return err_set(e, -EPROTO, "%s: holds a NUL byte", file);
	if (!len)
		return err_set(e, -EPROTO, "%s: empty", file);
	if (text[len - 1] != '\n')
		return err_set(e, -EPROTO, "%s: cut short: no newline at the end", file);
	return 0;
}

char *text_line(char **text)
{
	char *line = *text, *end = line + strcspn(line, "\n");

	*text = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

char *text_word(char **line)
{
	char *word = *line + strspn(*line, " \t");
	char *end;

	if (!*word)
		return NULL;
	end = word + strcspn(word, " \t");
	*line = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static size_t count_words(const char *line, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		if (line[i] != ' ' && line[i] != '\t' &&
		    (!i || line[i - 1] == ' ' || line[i - 1] == '\t'))
			n++;
	return n;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* Splits one line, whose newline is already a NUL, into exactly ncols cells. */
static int split_line(struct grid *g, char *line, size_t number, struct err *e)
{
	char **cell = g->cells + number * g->ncols;
	size_t words = count_words(line, strlen(line)), i;

	if (words != g->ncols)
		return err_set(e, -EPROTO, "%s: line %zu has %zu fields, the header names %zu",
			       g->file, number + 1, words, g->ncols);
	for (i = 0; i < words; i++)
		cell[i] = text_word(&line);
	return 0;
}

int grid_parse(struct grid *g, const char *file, char *text, size_t len,
	       struct err *e)
{
	size_t lines, i;
	int ret;

	*g = (struct grid){ .file = file };
	ret = text_check(file, text, len, e);
	if (ret)
		return ret;
	lines = count_lines(text, len);
	g->ncols = count_words(text, strcspn(text, "\n"));
	if (!g->ncols)
		return err_set(e, -EPROTO, "%s: no header line", file);
	g->cells = calloc(lines * g->ncols, sizeof(*g->cells));
	if (!g->cells)
		return err_sys(e, -ENOMEM, file);
	for (i = 0; i < lines; i++) {
		ret = split_line(g, text_line(&text), i, e);
		if (ret) {
			grid_free(g);
			return ret;
		}
	}
	g->nrows = lines - 1;
	return 0;
}

void grid_free(struct grid *g)
{
	free(g->cells);
	g->cells = NULL;
	g->nrows = 0;
}

static int find_column(const struct grid *g, const char *name, size_t *col,
		       struct err *e)
{
	size_t i;

	for (i = 0; i < g->ncols; i++) {
		if (strcmp(g->cells[i], name))
			continue;
		*col = i;
		return 0;
	}
	return err_set(e, -EPROTO, "%s: no column \"%s\"", g->file, name);
}

static int fill_value(const struct grid *g, size_t row, size_t col,
		      struct value *v, struct err *e)
{
	const char *cell = grid_cell(g, row, col);
	int ret = value_parse(cell, v);

	if (!ret)
		return 0;
	return err_set(e, -EPROTO, "%s: line %zu, column \"%s\": %s \"%.40s\"",
		       g->file, row + 2, g->cells[col],
		       ret == -ERANGE ? "too big a number" : "not a number", cell);
}

int grid_fill(const struct grid *g, const struct field_map *map, size_t nmap,
	      void *records, size_t stride, struct err *e)
{
	size_t i, row, col = 0;
	char *field;
	int ret = 0;

	for (i = 0; i < nmap; i++) {
		ret = find_column(g, map[i].column, &col, e);
		if (ret)
			return ret;
		for (row = 0; row < g->nrows && !ret; row++) {
			field = (char *)records + row * stride + map[i].offset;
			if (map[i].kind == FIELD_TEXT)
				*(const char **)field = grid_cell(g, row, col);
			else
				ret = fill_value(g, row, col, (struct value *)field, e);
		}
		if (ret)
			return ret;
	}
	return 0;
}
