// SPDX-License-Identifier: GPL-2.0-only
/* One report of cowstat: which rows, in which order, under which title. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cowstat_report.h"
#include "fetch.h"
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

	if (!cowstat_for_people(o))
		return;
	time_text(&period->now->snap.when, "%Y-%m-%d %H:%M:%S", when, sizeof(when));
	if (period->before)
		printf("%s, in %.3f s", when, period->seconds);
	else
		printf("%s, since %s", when, o->by == BY_LATENCY ? "switched on" : "start");
	printf(", counts in 4 KiB pages, from %s\n", src->root);
}

int cowstat_fetch(const struct cowstat_options *o, const struct source *src,
		  struct cowstat_look *out, struct err *e)
{
	int ret;

	*out = (struct cowstat_look){ 0 };
	ret = fetch_snapshot(src, &out->snap, e);
	if (ret)
		return ret;
	if (o->by == BY_CGROUP || o->metrics)
		ret = fetch_cgroups(src, &out->cgroups, e);
	else if (cowstat_of_views(o))
		ret = cowstat_details_fetch(o, src, &out->snap, &out->details, e);
	if (ret)
		snap_free(&out->snap);
	return ret;
}

void cowstat_look_free(struct cowstat_look *look)
{
	snap_free(&look->snap);
	cgroups_free(&look->cgroups);
	cowstat_details_free(&look->details);
}

struct selection {
	const struct cowstat_options *o;
	bool delta;
};

/* Living ones since their start, finished ones if asked for, both in an interval. */
static bool row_in_report(const struct row *row, const void *arg)
{
	const struct selection *sel = arg;

	return sel->o->exited ? row->ended : !row->ended || sel->delta;
}

int cowstat_rows(const struct cowstat_options *o, const struct cowstat_period *period,
		 struct rows *out, struct err *e)
{
	const struct selection sel = { .o = o, .delta = !!period->before };
	int ret;

	if (period->before)
		ret = snap_delta(&period->before->snap, &period->now->snap, out, e);
	else
		ret = snap_since_start(&period->now->snap, out, e);
	if (!ret)
		rows_filter(out, row_in_report, &sel);
	return ret;
}

static bool row_selected(const struct row *row, const void *arg)
{
	const struct cowstat_options *o = arg;

	return o->npids ? cowstat_pid_wanted(o, &row->rec.pid) : o->all || row_active(row);
}

bool cowstat_pid_wanted(const struct cowstat_options *o, const struct value *pid)
{
	size_t i;

	for (i = 0; i < o->npids; i++)
		if (value_is(pid, o->pids[i]))
			return true;
	return false;
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

int cowstat_print(const struct cowstat_options *o, const char *name, void *lines, size_t n,
		  size_t stride, int (*tie)(const void *a, const void *b), struct err *e)
{
	const struct table_style style = style_of(o, name);
	const struct column_set *set = cowstat_columns(o);

	/* A histogram has an order of its own. */
	if (o->by != BY_LATENCY || o->sort)
		table_sort(&set->column[o->sort_index], lines, n, stride, tie);
	if (!n && style.format == TABLE_HUMAN)
		return print_nothing(o);
	return table_print(set, &o->list, lines, n, stride, &style, stdout, e);
}

void cowstat_describe_loss(const struct cowstat_options *o,
			   const struct cowstat_period *period, const struct rows *rows,
			   struct err *e)
{
	loss_describe(period->before ? &period->before->snap : NULL, &period->now->snap, rows,
		      o->exited, e->text, sizeof(e->text));
}

static int report_processes(const struct cowstat_options *o,
			    const struct cowstat_period *period,
			    const char *when, struct err *e)
{
	struct cowstat_row *lines;
	struct rows rows;
	size_t i;
	int ret = cowstat_rows(o, period, &rows, e);

	if (ret)
		return ret;
	rows_filter(&rows, row_selected, o);
	lines = calloc(rows.n + 1, sizeof(*lines));
	for (i = 0; lines && i < rows.n; i++)
		lines[i] = (struct cowstat_row){ .row = &rows.row[i], .time = when };
	if (lines)
		ret = cowstat_print(o, "processes", lines, rows.n, sizeof(*lines), row_tie, e);
	else
		ret = err_sys(e, -ENOMEM, "rows");
	if (!ret)
		cowstat_describe_loss(o, period, &rows, e);
	free(lines);
	rows_free(&rows);
	return ret;
}

static int report_totals(const struct cowstat_options *o,
			 const struct cowstat_period *period, const char *when,
			 struct err *e)
{
	const struct table_style style = style_of(o, "totals");
	struct totals totals = period->now->snap.totals;
	struct cowstat_sum sums[SCOPE_COUNT];
	int i, ret;

	if (period->before)
		snap_totals_delta(&period->before->snap.totals, &period->now->snap.totals,
				  &totals);
	for (i = 0; i < SCOPE_COUNT; i++)
		sums[i] = (struct cowstat_sum){
			.scope = i, .cause = totals.cause[i], .time = when,
		};
	ret = table_print(cowstat_columns(o), &o->list, sums, SCOPE_COUNT,
			  sizeof(*sums), &style, stdout, e);
	if (!ret)
		cowstat_describe_loss(o, period, NULL, e);
	return ret;
}

static int report(const struct cowstat_options *o, const struct source *src,
		  const struct cowstat_period *period, const char *when, struct err *e)
{
	int ret = 0;

	if (period->before)
		ret = snap_comparable(&period->before->snap, &period->now->snap, e);
	if (ret)
		return ret;
	switch (o->by) {
	case BY_FAMILY:
		return cowstat_report_families(o, src, period, when, e);
	case BY_CGROUP:
		return cowstat_report_cgroups(o, period, when, e);
	case BY_REGION:
		return cowstat_report_regions(o, period, when, e);
	case BY_LATENCY:
		return cowstat_report_latency(o, period, when, e);
	case BY_SCOPE:
		return report_totals(o, period, when, e);
	default:
		return report_processes(o, period, when, e);
	}
}

int cowstat_report(const struct cowstat_options *o, const struct source *src,
		   const struct cowstat_period *period, struct err *e)
{
	char when[TIME_TEXT_MAX];
	int ret;

	time_text(&period->now->snap.when, "%Y-%m-%dT%H:%M:%S%z", when, sizeof(when));
	print_title(o, src, period);
	ret = report(o, src, period, when, e);
	if (!ret && o->interval > 0 && cowstat_for_people(o))
		putchar('\n');
	return ret;
}
