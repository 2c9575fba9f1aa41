// SPDX-License-Identifier: GPL-2.0-only
/* One report of cowstat: which rows, in which order, under which title. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cowstat.h"
#include "loss.h"

#define TIME_TEXT_MAX	40

static void time_text(const struct timespec *when, const char *format, char *buf,
		      size_t size)
{
	struct tm tm;

	if (!localtime_r(&when->tv_sec, &tm) || !strftime(buf, size, format, &tm))
		snprintf(buf, size, "-");
}

static void print_title(const struct cowstat_options *o, const struct source *src,
			const struct cowstat_period *period)
{
	char when[TIME_TEXT_MAX];

	if (o->table.json || o->table.raw || o->table.no_headings)
		return;
	time_text(&period->now->when, "%Y-%m-%d %H:%M:%S", when, sizeof(when));
	if (period->before)
		printf("%s, in %.3f s", when, period->seconds);
	else
		printf("%s, since start", when);
	printf(", counts in 4 KiB pages, from %s\n", src->root);
}

struct selection {
	const struct cowstat_options *o;
	bool delta;
};

static bool row_selected(const struct row *row, const void *arg)
{
	const struct selection *sel = arg;
	const struct cowstat_options *o = sel->o;
	size_t i;

	if (o->exited ? !row->ended : row->ended && !sel->delta)
		return false;
	for (i = 0; i < o->npids; i++)
		if (value_is(&row->rec.pid, o->pids[i]))
			return true;
	if (o->npids)
		return false;
	return o->all || row_active(row);
}

/* Equal in the column sorted by: the lower PID first, then the older one. */
static int row_tie(const void *a, const void *b)
{
	const struct record *x = &((const struct cowstat_row *)a)->row->rec;
	const struct record *y = &((const struct cowstat_row *)b)->row->rec;
	int order = value_compare(&x->pid, &y->pid);

	return order ? order : value_compare(&x->mm, &y->mm);
}

static struct table_style style_of(const struct cowstat_options *o, const char *name)
{
	return (struct table_style){
		.format = o->table.json ? TABLE_JSON : o->table.raw ? TABLE_RAW : TABLE_HUMAN,
		.no_headings = o->table.no_headings,
		.name = name,
	};
}

/* A title, or with -n nothing at all, would look like a report that broke off. */
static int print_nothing(const struct cowstat_options *o)
{
	if (!o->table.no_headings)
		puts(o->exited ? "no process ended" : "nothing was counted");
	return 0;
}

static int print_rows(const struct cowstat_options *o, const struct rows *rows,
		      const char *when, struct err *e)
{
	const struct table_style style = style_of(o, "processes");
	const struct column_set *set = cowstat_columns(o);
	struct cowstat_row *lines;
	size_t i;
	int ret;

	lines = calloc(rows->n + 1, sizeof(*lines));
	if (!lines)
		return err_sys(e, -ENOMEM, "rows");
	for (i = 0; i < rows->n; i++)
		lines[i] = (struct cowstat_row){ .row = &rows->row[i], .time = when };
	table_sort(&set->column[o->sort_index], lines, rows->n, sizeof(*lines),
		   row_tie);
	if (!rows->n && style.format == TABLE_HUMAN)
		ret = print_nothing(o);
	else
		ret = table_print(set, &o->list, lines, rows->n, sizeof(*lines), &style,
				  stdout, e);
	free(lines);
	return ret;
}

static int report_processes(const struct cowstat_options *o,
			    const struct cowstat_period *period,
			    const char *when, struct err *e)
{
	struct selection sel = { .o = o, .delta = !!period->before };
	struct rows rows;
	int ret;

	if (period->before)
		ret = snap_delta(period->before, period->now, &rows, e);
	else
		ret = snap_since_start(period->now, &rows, e);
	if (ret)
		return ret;
	rows_filter(&rows, row_selected, &sel);
	ret = print_rows(o, &rows, when, e);
	if (!ret)
		loss_describe(period->before, period->now, &rows, o->exited,
			      e->text, sizeof(e->text));
	rows_free(&rows);
	return ret;
}

static int report_totals(const struct cowstat_options *o,
			 const struct cowstat_period *period, const char *when,
			 struct err *e)
{
	const struct table_style style = style_of(o, "totals");
	struct cowstat_sum sums[SCOPE_COUNT];
	struct totals totals = period->now->totals;
	int i, ret;

	if (period->before)
		snap_totals_delta(&period->before->totals, &period->now->totals,
				  &totals);
	for (i = 0; i < SCOPE_COUNT; i++)
		sums[i] = (struct cowstat_sum){
			.scope = i, .cause = totals.cause[i], .time = when,
		};
	ret = table_print(cowstat_columns(o), &o->list, sums, SCOPE_COUNT,
			  sizeof(*sums), &style, stdout, e);
	if (!ret)
		loss_describe(period->before, period->now, NULL, false, e->text,
			      sizeof(e->text));
	return ret;
}

int cowstat_report(const struct cowstat_options *o, const struct source *src,
		   const struct cowstat_period *period, struct err *e)
{
	char when[TIME_TEXT_MAX];
	int ret;

	time_text(&period->now->when, "%Y-%m-%dT%H:%M:%S%z", when, sizeof(when));
	print_title(o, src, period);
	ret = o->totals ? report_totals(o, period, when, e) :
			  report_processes(o, period, when, e);
	if (!ret && o->interval > 0 && !o->table.json && !o->table.raw && !o->table.no_headings)
		putchar('\n');
	return ret;
}
