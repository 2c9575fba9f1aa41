// SPDX-License-Identifier: GPL-2.0-only
/* What the tables of cowmap have in common, and one row as a sheet. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap.h"
#include "name.h"
#include "pages.h"
#include "size.h"

struct table_style cowmap_style(const struct cowmap_options *o, const char *name)
{
	return (struct table_style){
		.format = o->table.json ? TABLE_JSON : o->table.raw ? TABLE_RAW : TABLE_HUMAN,
		.no_headings = o->table.no_headings,
		.name = name,
	};
}

void cowmap_get_value(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = *(const struct value *)((const char *)row + arg);
}

void cowmap_get_text(const void *row, unsigned int arg, struct cell *cell)
{
	const char *text = *(const char * const *)((const char *)row + arg);

	cell->text = text ? text : "-";
}

static const char *size_of(const struct column *c, const struct value *v,
			   char buf[SIZE_TEXT_MAX])
{
	if (!c->unit || !value_known(v) || v->flags & VALUE_NEGATIVE)
		return "";
	if (!strcmp(c->unit, "pages"))
		return size_text(v->n << PAGES_SHIFT, buf);
	return strcmp(c->unit, "bytes") ? "" : size_text(v->n, buf);
}

void cowmap_put_name(const char *name, FILE *out)
{
	char *buf = malloc(strlen(name) * NAME_GROWTH + 1);

	if (!buf)
		return;
	name_clean(name, buf);
	fputs(buf, out);
	free(buf);
}

void cowmap_print_title(const struct cowmap_options *o, const char *comm,
			const char *fmt, ...)
{
	va_list ap;

	if (!cowmap_for_people(o))
		return;
	printf("%d ", o->pid);
	cowmap_put_name(comm, stdout);
	fputs(": ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void put_text(const struct cell *cell)
{
	char *buf = malloc(strlen(cell->text) * NAME_GROWTH + 1);

	if (!buf)
		return;
	if (cell->words)
		words_clean(cell->text, buf);
	else
		name_clean(cell->text, buf);
	puts(buf);
	free(buf);
}

void cowmap_print_sheet(const struct column_set *set, const struct column_list *list,
			const void *row)
{
	char number[VALUE_TEXT_MAX], size[SIZE_TEXT_MAX];
	const struct column *c;
	struct cell cell;
	size_t i, width = 0, len;

	for (i = 0; i < list->n; i++) {
		len = strlen(set->column[list->index[i]].name);
		if (len > width)
			width = len;
	}
	for (i = 0; i < list->n; i++) {
		c = &set->column[list->index[i]];
		cell = (struct cell){ 0 };
		c->get(row, c->arg, &cell);
		printf("%-*s  ", (int)width, c->name);
		if (cell.text && !*c->help) {
			put_text(&cell);
			continue;
		}
		if (!cell.text)
			value_print(&cell.value, number, sizeof(number));
		printf("%10s %5s  %s\n", cell.text ? cell.text : number,
		       size_of(c, &cell.value, size), c->help);
	}
}
