// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_lines.h"
#include "name.h"
#include "size.h"

#define CELL_MAX	512
#define NAME_MIN	12	/* columns that the last text needs */
#define WIDTH_MIN	6

/* Bytes of @text that fit @columns; a byte that goes on with a character is free. */
static size_t fitting(const char *text, size_t columns)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		if ((text[i] & 0xc0) == 0x80)
			continue;
		if (!columns--)
			break;
	}
	return i;
}

static size_t columns_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

void top_say(struct top_lines *l, size_t width, enum top_style style, const char *fmt, ...)
{
	struct top_line *more;
	va_list ap;
	char *text;
	int len;

	if (l->n == l->room) {
		more = realloc(l->line, (l->room + 64) * sizeof(*more));
		if (!more) {
			l->failed = true;
			return;
		}
		l->line = more;
		l->room += 64;
	}
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		l->failed = true;
		return;
	}
	text[fitting(text, width)] = '\0';
	for (len = strlen(text); len && text[len - 1] == ' '; len--)
		text[len - 1] = '\0';
	l->line[l->n++] = (struct top_line){ .text = text, .style = style };
}

void top_lines_free(struct top_lines *l)
{
	while (l->n)
		free(l->line[--l->n].text);
	free(l->line);
	*l = (struct top_lines){ 0 };
}

static const char * const count_names[TOP_COUNTS] = {
#define NAME(id, name, help)	[CAUSE_##id] = #name,
	COWSCOPE_CAUSES(NAME)
#undef NAME
	[TOP_COPIES] = "copies",
};

/* Of all families, the causes that were counted at all. */
static void say_rates(struct top_lines *l, const struct top_model *m, size_t families,
		      size_t width)
{
	uint64_t delta[TOP_COUNTS] = { 0 }, processes = 0;
	char text[1024];
	size_t i, c, used = 0;

	for (i = 0; i < m->n; i++) {
		if (m->node[i].parent != TOP_NONE)
			continue;
		processes += m->node[i].sum.processes;
		for (c = 0; c < TOP_COUNTS; c++)
			delta[c] += m->node[i].sum.delta[c].n;
	}
	*text = '\0';
	for (c = 0; m->seconds > 0 && c < CAUSE_COUNT; c++)
		if (delta[c])
			used += snprintf(text + used, sizeof(text) - used, "%s %s %.1f",
					 used ? "," : "; per s:", count_names[c],
					 (double)delta[c] / m->seconds);
	if (m->seconds > 0)
		top_say(l, width, TOP_PLAIN, "%" PRIu64 " processes, %zu families; copies/s %.1f%s",
			processes, families, (double)delta[TOP_COPIES] / m->seconds, text);
	else
		top_say(l, width, TOP_PLAIN,
			"%" PRIu64 " processes, %zu families; copies/s after the next refresh",
			processes, families);
}

static void say_cost(struct top_lines *l, const struct top_facts *f, size_t width)
{
	char cpu[24] = "-", age[32] = "";

	if (f->cpu_ms >= 0)
		snprintf(cpu, sizeof(cpu), "%.1f ms", f->cpu_ms);
	if (f->oldest >= 0)
		snprintf(age, sizeof(age), ", oldest %.0f s", f->oldest);
	if (*f->refused)
		top_say(l, width, TOP_PLAIN, "cost: CPU %s; no look at pages: %s", cpu, f->refused);
	else
		top_say(l, width, TOP_PLAIN,
			"cost: CPU %s, pages walked %" PRIu64 "/%" PRIu64 ", looks %zu/%zu%s",
			cpu, f->walked, f->budget, f->looked, f->eligible, age);
}

void top_lines_head(struct top_lines *l, const struct top_model *m,
		    const struct top_choice *choice, const struct top_facts *f,
		    size_t width)
{
	char when[32] = "-";
	struct tm tm;

	if (localtime_r(&f->when.tv_sec, &tm))
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
	top_say(l, width, TOP_STRONG, "cowtop %s, %severy %g s, from %s", when,
		f->paused ? "PAUSED, " : "", f->delay, f->root);
	say_rates(l, m, f->families, width);
	say_cost(l, f, width);
	top_say(l, width, *f->inexact ? TOP_STRONG : TOP_PLAIN, "%s by %s%s%s%s%s%s",
		choice->flat ? "flat," : "tree,", top_columns.column[choice->sort].name,
		choice->all ? ", all" : "", *choice->filter ? ", filter " : "",
		choice->filter, *f->inexact ? "; inexact: " : "; * is older than this refresh",
		f->inexact);
}

/* As the module's name, but for what the cell says by itself. */
static void heading(const struct column *c, char *buf, size_t size)
{
	const char *cut = strstr(c->name, "_pages");
	int len = cut && top_column_is_size(c) ? (int)(cut - c->name) : (int)strlen(c->name);

	snprintf(buf, size, "%.*s", len, c->name);
	column_capitals(buf, size);
	if (top_column_is_rate(c) && len > 2)
		buf[len - 2] = '/';
}

static size_t width_of(const struct column *c, size_t width)
{
	char head[64];
	size_t need;

	if (!strcmp(c->name, "erosion"))
		return width >= TOP_WIDTH_WIDE ? EROSION_BARS : TOP_BARS_SHORT;
	if (!strcmp(c->name, "cgroup") || !strcmp(c->name, "comm"))
		return 24;
	heading(c, head, sizeof(head));
	need = strlen(head);
	return need < WIDTH_MIN ? WIDTH_MIN : need;
}

/* The columns that fit: what comes first stays, and so does the name at the end. */
static void choose_columns(const struct column_list *list, size_t width,
			   struct column_list *out)
{
	const struct column *c;
	size_t i, used, left = width;
	bool name = list->n && top_columns.column[list->index[list->n - 1]].text;

	*out = (struct column_list){ 0 };
	if (name)
		left = left > NAME_MIN ? left - NAME_MIN : 0;
	for (i = 0; i < list->n - name; i++) {
		c = &top_columns.column[list->index[i]];
		used = width_of(c, width) + 1;
		if (i && used > left)
			break;
		left -= used < left ? used : left;
		out->index[out->n++] = list->index[i];
	}
	if (name)
		out->index[out->n++] = list->index[list->n - 1];
}

static void format_rate(const struct cell *cell, char *buf, size_t size)
{
	double rate;

	if (!strcmp(cell->text, "-")) {
		snprintf(buf, size, "-");
		return;
	}
	rate = strtod(cell->text, NULL);
	if (rate == 0)
		snprintf(buf, size, "0");
	else if (rate < 100)
		snprintf(buf, size, "%.1f", rate);
	else if (rate < 1e6)
		snprintf(buf, size, "%.0f", rate);
	else
		snprintf(buf, size, "%.1fM", rate / 1e6);
}

static void format_name(const struct top_row *row, const char *text, char *buf, size_t size)
{
	char name[256], folded[32] = "";

	if (strlen(text) * NAME_GROWTH >= sizeof(name))
		text = "?";
	name_clean(text, name);
	if (row->below && row->node->folded)
		snprintf(folded, sizeof(folded), " +%" PRIu64,
			 row->shown->processes - !row->node->ended);
	snprintf(buf, size, "%s%s%s%s", row->tree, name, folded,
		 row->node->ended ? " (ended)" : "");
}

static void format_cell(const struct column *c, const struct top_row *row, size_t width,
			char *buf, size_t size)
{
	struct cell cell = { .text = NULL };
	char number[SIZE_TEXT_MAX];
	size_t have;

	c->get(row, c->arg, &cell);
	if (!strcmp(c->name, "erosion")) {
		have = columns_of(cell.text);
		snprintf(buf, size, "%s", have > width ?
			 cell.text + fitting(cell.text, have - width) : cell.text);
	} else if (!strcmp(c->name, "comm")) {
		format_name(row, cell.text, buf, size);
	} else if (top_column_is_rate(c)) {
		format_rate(&cell, buf, size);
	} else if (cell.text) {
		if (strlen(cell.text) * NAME_GROWTH < size)
			name_clean(cell.text, buf);
		else
			snprintf(buf, size, "?");
	} else if (top_column_is_size(c) && value_known(&cell.value)) {
		snprintf(buf, size, "%s%s", size_text(cell.value.n << 12, number),
			 top_column_looks(c) && row->shown->stale ? "*" : "");
	} else {
		value_print(&cell.value, buf, size);
	}
}

/* One more cell of a line; the last one is not filled up. */
static void put_cell(char *line, size_t size, const char *text, size_t width, bool left,
		     bool last)
{
	size_t used = strlen(line), have = columns_of(text);
	size_t gap = have < width ? width - have : 0;

	if (last)
		snprintf(line + used, size - used, "%s", text);
	else if (left)
		snprintf(line + used, size - used, "%s%*s ", text, (int)gap, "");
	else
		snprintf(line + used, size - used, "%*s%s ", (int)gap, "", text);
}

static void say_row(struct top_lines *l, const struct column_list *list,
		    const struct top_row *row, size_t width, enum top_style style)
{
	char line[4 * CELL_MAX] = "", cell[CELL_MAX];
	const struct column *c;
	size_t i, wide;

	for (i = 0; i < list->n; i++) {
		c = &top_columns.column[list->index[i]];
		wide = width_of(c, width);
		if (row)
			format_cell(c, row, wide, cell, sizeof(cell));
		else
			heading(c, cell, sizeof(cell));
		put_cell(line, sizeof(line), cell, wide, c->text,
			 c->text && i + 1 == list->n);
	}
	top_say(l, width, style, "%s", line);
}

void top_lines_rows(struct top_lines *l, const struct top_rows *rows,
		    const struct column_list *list, size_t first, size_t n,
		    size_t cursor, size_t width)
{
	struct column_list fit;
	size_t i;

	choose_columns(list, width, &fit);
	say_row(l, &fit, NULL, width, TOP_HEAD);
	for (i = first; i < rows->n && i - first < n; i++)
		say_row(l, &fit, &rows->row[i], width,
			i == cursor ? TOP_CURSOR : TOP_PLAIN);
	if (!rows->n)
		top_say(l, width, TOP_PLAIN,
			"No process to show: nothing forked, or nothing matches.");
}

void top_lines_help(struct top_lines *l, size_t width)
{
	static const char * const text[] = {
		"Each line is a process; below it those that were forked from it.",
		"COPIES/S   pages copied per second, of 4 KiB, and by cause",
		"SHARED     memory that it shares with another one of its family",
		"WORST      new memory if it wrote all it may; folded: if all of them did",
		"EROSION    SHARED at the last looks, of the highest of all",
		"*          older than this refresh: looks at pages have a budget",
		"",
		"up down PgUp PgDn Home End    move       Enter  look at the process",
		"space      fold or unfold what was forked from it",
		"- +        fold or unfold all           t      tree or flat",
		"< >        sort by the column before or after",
		"s          sort by a column, by name",
		"/          show only names, cgroups or a PID; empty shows all",
		"a          also processes without relatives and without copies",
		"p          pause                         r      refresh now",
		"h ?        this page                     q Esc  back; q quits",
	};
	size_t i;

	top_say(l, width, TOP_STRONG, "cowtop: help");
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		top_say(l, width, TOP_PLAIN, "%s", text[i]);
}
