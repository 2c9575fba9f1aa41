// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols.h>

#include "name.h"
#include "table.h"

struct drawing {
	struct libscols_table *tb;
	const struct column_set *set;
	const struct column_list *list;
	const struct table_style *style;
	const struct table_tree *tree;
	const char *rows;
	size_t n, stride;
};

static const struct column *drawing_column(const struct drawing *d, size_t i)
{
	return &d->set->column[d->list->index[i]];
}

static void drawing_cell(const struct drawing *d, size_t row, size_t i,
			 struct cell *cell)
{
	const struct column *c = drawing_column(d, i);

	*cell = (struct cell){ 0 };
	c->get(d->rows + row * d->stride, c->arg, cell);
}

/*
 * JSON numbers have no room for the "~" of an estimate: a column that holds
 * one is a column of strings.
 */
static int json_type(const struct drawing *d, size_t i)
{
	struct cell cell;
	size_t row;

	if (drawing_column(d, i)->text)
		return SCOLS_JSON_STRING;
	for (row = 0; row < d->n; row++) {
		drawing_cell(d, row, i, &cell);
		if (cell.value.flags & VALUE_ESTIMATE)
			return SCOLS_JSON_STRING;
	}
	return SCOLS_JSON_NUMBER;
}

/* JSON keys are the names; headings are louder, and for people carry a unit. */
static void heading(const struct drawing *d, const struct column *c, char *buf,
		    size_t size)
{
	if (d->style->format == TABLE_HUMAN && c->mark_unit)
		snprintf(buf, size, "%s(%.*s)", c->name,
			 (int)strcspn(c->unit, " "), c->unit);
	else
		snprintf(buf, size, "%s", c->name);
	if (d->style->format != TABLE_JSON)
		column_capitals(buf, strcspn(buf, "("));
}

/*
 * What a narrow terminal cuts: of the texts the last one, which is a name; never
 * an address. list->n if there is no text.
 */
static size_t last_text(const struct drawing *d)
{
	size_t i = d->list->n;

	while (i && !drawing_column(d, i - 1)->text)
		i--;
	return i ? i - 1 : d->list->n;
}

static int add_columns(const struct drawing *d)
{
	const size_t last = last_text(d);
	struct libscols_column *cl;
	const struct column *c;
	char head[80];
	size_t i;
	int flags;

	for (i = 0; i < d->list->n; i++) {
		c = drawing_column(d, i);
		heading(d, c, head, sizeof(head));
		flags = c->text ? 0 : SCOLS_FL_RIGHT;
		if (i == last)
			flags = SCOLS_FL_TRUNC;
		if (d->tree && d->tree->column == d->list->index[i])
			flags = SCOLS_FL_TREE;
		cl = scols_table_new_column(d->tb, head, 0, flags);
		if (!cl || scols_column_set_json_type(cl, json_type(d, i)))
			return -ENOMEM;
	}
	return 0;
}

/*
 * The raw format of libsmartcols escapes by itself, in the same way as the
 * module's files; a name that already is would be escaped twice.
 */
static int set_text(const struct drawing *d, struct libscols_line *ln, size_t i,
		    const struct cell *cell)
{
	char *buf = malloc(strlen(cell->text) * NAME_GROWTH + 1);

	if (!buf)
		return -ENOMEM;
	if (d->style->format == TABLE_RAW)
		name_decode(cell->text, buf);
	else if (cell->words)
		words_clean(cell->text, buf);
	else
		name_clean(cell->text, buf);
	if (!scols_line_refer_data(ln, i, buf))
		return 0;
	free(buf);
	return -ENOMEM;
}

static int set_cell(const struct drawing *d, struct libscols_line *ln, size_t i,
		    const struct cell *cell)
{
	bool json = d->style->format == TABLE_JSON;
	char number[VALUE_TEXT_MAX];

	if (cell->text)
		return json && !strcmp(cell->text, "-") ?
			0 : set_text(d, ln, i, cell);
	if (json && !value_known(&cell->value))
		return 0;	/* an empty cell is null */
	value_print(&cell->value, number, sizeof(number));
	return scols_line_set_data(ln, i, number);
}

static int add_lines(const struct drawing *d)
{
	struct libscols_line *ln, *above;
	struct cell cell;
	size_t row, i;

	for (row = 0; row < d->n; row++) {
		above = NULL;
		if (d->tree && d->tree->parent[row] < row)
			above = scols_table_get_line(d->tb, d->tree->parent[row]);
		ln = scols_table_new_line(d->tb, above);
		if (!ln)
			return -ENOMEM;
		for (i = 0; i < d->list->n; i++) {
			drawing_cell(d, row, i, &cell);
			if (set_cell(d, ln, i, &cell))
				return -ENOMEM;
		}
	}
	return 0;
}

static int draw(struct drawing *d, FILE *out)
{
	const struct table_style *style = d->style;
	struct libscols_table *tb = d->tb;

	if (scols_table_set_stream(tb, out) ||
	    scols_table_enable_noencoding(tb, 1) ||
	    scols_table_enable_noheadings(tb, style->no_headings) ||
	    scols_table_enable_raw(tb, style->format == TABLE_RAW) ||
	    scols_table_enable_json(tb, style->format == TABLE_JSON) ||
	    scols_table_set_name(tb, style->name))
		return -ENOMEM;
	if (add_columns(d) || add_lines(d))
		return -ENOMEM;
	/* Without a line libsmartcols prints nothing; JSON stays a document. */
	if (!d->n && style->format == TABLE_JSON)
		return fprintf(out, "{\n   \"%s\": []\n}\n", style->name) < 0 ? -EIO : 0;
	return scols_print_table(tb);
}

int table_print(const struct column_set *set, const struct column_list *list,
		const void *rows, size_t n, size_t stride,
		const struct table_style *style, FILE *out, struct err *e)
{
	struct drawing d = {
		.set = set, .list = list, .style = style,
		.rows = rows, .n = n, .stride = stride,
		.tree = style->format == TABLE_HUMAN ? style->tree : NULL,
	};
	int ret;

	d.tb = scols_new_table();
	ret = d.tb ? draw(&d, out) : -ENOMEM;
	scols_unref_table(d.tb);
	return ret ? err_sys(e, ret, "table") : 0;
}
