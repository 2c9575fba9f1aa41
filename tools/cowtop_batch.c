// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "cowtop.h"

#define WIDTH	80

/* As a terminal of that width would show it; COLUMNS comes first, as in ps(1). */
static size_t batch_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (columns && !cli_number(columns, 4096, &n))
		return n < TOP_WIDTH_MIN ? TOP_WIDTH_MIN : n;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col >= TOP_WIDTH_MIN)
		return size.ws_col;
	return WIDTH;
}

static int print_lines(const struct top_session *s, const struct top_rows *rows,
		       struct err *e)
{
	const struct top_facts facts = session_facts(s, false);
	struct top_lines lines = { 0 };
	size_t width = batch_width(), i;
	int ret;

	top_lines_head(&lines, &s->model, &s->o->choice, &facts, width);
	top_lines_rows(&lines, rows, &s->o->list, 0, rows->n, TOP_NONE, width);
	for (i = 0; i < lines.n; i++)
		puts(lines.line[i].text);
	ret = lines.failed ? err_sys(e, -ENOMEM, "lines") : 0;
	top_lines_free(&lines);
	return ret;
}

static int report(const struct top_session *s, struct err *e)
{
	const struct top_options *o = s->o;
	const struct table_style style = {
		.format = o->table.json ? TABLE_JSON : TABLE_RAW, .name = "processes",
	};
	struct top_rows rows;
	int ret = top_rows_build(&s->model, &o->choice, s->utf8, &rows, e);

	if (ret)
		return ret;
	if (o->table.json || o->table.raw)
		ret = table_print(&top_columns, &o->list, rows.row, rows.n,
				  sizeof(*rows.row), &style, stdout, e);
	else
		ret = print_lines(s, &rows, e);
	top_rows_free(&rows);
	if (!ret && fflush(stdout))
		ret = err_sys(e, -errno, "standard output");
	return ret;
}

int top_batch(struct top_session *s, struct err *e)
{
	struct timespec next;
	uint64_t i;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &next);
	ret = session_refresh(s, e);
	for (i = 0; !ret && (!s->o->count || i < s->o->count); i++) {
		clock_sleep(&next, s->o->delay);
		ret = session_refresh(s, e);
		if (!ret && i && !s->o->table.json && !s->o->table.raw)
			putchar('\n');
		if (!ret)
			ret = report(s, e);
	}
	return ret;
}
