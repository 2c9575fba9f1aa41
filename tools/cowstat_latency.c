// SPDX-License-Identifier: GPL-2.0-only
/* cowstat by latency: how long the copies of watched processes took, as histograms. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowstat_causes.h"
#include "cowstat_report.h"

#define BAR_MAX		24
#define DURATION_MAX	16

/* One power of two of one process. */
struct line {
	const struct record *rec;
	struct value at_least, below;
	struct value cause[LATENCY_CAUSES];
	struct value copies;
	char range[2 * DURATION_MAX], bar[BAR_MAX + 1];
	const char *time;
};

static void get_time(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct line *)row)->time;
}

static void get_pid(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->value = ((const struct line *)row)->rec->pid;
}

static void get_comm(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct line *)row)->rec->comm;
}

/* @arg: offset of a struct value in the line. */
static void get_number(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = *(const struct value *)((const char *)row + arg);
}

/* @arg: offset of a text in the line. */
static void get_words(const void *row, unsigned int arg, struct cell *cell)
{
	cell->text = (const char *)row + arg;
	cell->words = true;
}

#define NUMBER(name, member, unit, help) \
	{ #name, unit, false, false, help, get_number, offsetof(struct line, member) }
#define WORDS(name, member, help) \
	{ #name, NULL, true, false, help, get_words, offsetof(struct line, member) }
#define CAUSE(id, name)	NUMBER(name, cause[LATENCY_##id], "pages", "copies by cause " #name),

static const struct column columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_time, 0 },
	{ "pid", NULL, false, false, "process", get_pid, 0 },
	NUMBER(at_least_ns, at_least, "ns", "a copy took so long or longer"),
	NUMBER(below_ns, below, "ns", "and less than this; -: no limit"),
	WORDS(range, range, "the same two, for people"),
	COWSCOPE_LATENCY_CAUSES(CAUSE)
	NUMBER(copies, copies, "pages", "all causes"),
	WORDS(histogram, bar, "copies as a bar, the longest is 24"),
	{ "comm", NULL, true, false, "command name", get_comm, 0 },
};

const struct column_set cowstat_latency_set = { columns, sizeof(columns) / sizeof(columns[0]) };

/* Three digits and a unit. */
static void duration_text(uint64_t ns, char *buf, size_t size)
{
	static const char * const units[] = { "ns", "us", "ms", "s" };
	double n = (double)ns;
	size_t unit = 0;

	while (n >= 999.5 && unit < 3) {
		n /= 1000;
		unit++;
	}
	snprintf(buf, size, "%.*f %s", !unit || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2, n,
		 units[unit]);
}

static void range_text(struct line *line)
{
	char from[DURATION_MAX], to[DURATION_MAX] = "...";

	duration_text(line->at_least.n, from, sizeof(from));
	if (value_known(&line->below))
		duration_text(line->below.n, to, sizeof(to));
	snprintf(line->range, sizeof(line->range), "%s - %s", from, to);
}

/* What was counted before in the same row of the same histogram. */
static const struct latency_row *row_before(const struct cowstat_detail *was,
					    const struct latency *now, const struct value *at_least)
{
	size_t i;

	if (!was || !value_is(&was->latency.since, now->since.n))
		return NULL;
	for (i = 0; i < was->latency.n; i++)
		if (value_is(&was->latency.row[i].at_least, at_least->n))
			return &was->latency.row[i];
	return NULL;
}

static void fill_line(struct line *line, const struct cowstat_detail *d,
		      const struct latency_row *row, const struct cowstat_detail *was)
{
	const struct latency_row *old = row_before(was, &d->latency, &row->at_least);
	int i;

	line->rec = d->rec;
	line->at_least = row->at_least;
	line->below = row->below;
	line->copies = value_of(0);
	for (i = 0; i < LATENCY_CAUSES; i++) {
		line->cause[i] = old ? value_minus(&row->cause[i], &old->cause[i]) : row->cause[i];
		value_add(&line->copies, &line->cause[i]);
	}
	range_text(line);
}

/* A row that holds something has a mark, however small it is. */
static void draw_bars(struct line *line, size_t n)
{
	uint64_t most = 1, len;
	size_t i;

	for (i = 0; i < n; i++)
		if (line[i].copies.n > most)
			most = line[i].copies.n;
	for (i = 0; i < n; i++) {
		len = (uint64_t)((double)line[i].copies.n / (double)most * BAR_MAX);
		if (!len && line[i].copies.n)
			len = 1;
		memset(line[i].bar, '#', len);
		line[i].bar[len] = '\0';
	}
}

/* From the first row that has something in this period to the last; *copies: of all. */
static size_t fill(const struct cowstat_detail *d, const struct cowstat_detail *was,
		   const char *when, struct line *line, uint64_t *copies)
{
	size_t i, n = 0, end = 0;

	for (i = 0; i < d->latency.n; i++) {
		line[n] = (struct line){ .time = when };
		fill_line(&line[n], d, &d->latency.row[i], was);
		*copies += line[n].copies.n;
		n += n || line[n].copies.n;
		if (n && line[n - 1].copies.n)
			end = n;
	}
	draw_bars(line, end);
	return end;
}

/* Sum, mean and the longest of one process, below the table. */
static void print_summary(const struct cowstat_detail *d, const struct cowstat_detail *was,
			  uint64_t copies)
{
	const struct latency *l = &d->latency;
	bool part = was && value_is(&was->latency.since, l->since.n);
	struct value sum = part ? value_minus(&l->sum, &was->latency.sum) : l->sum;
	char all[DURATION_MAX], mean[DURATION_MAX], most[DURATION_MAX];

	if (!copies)
		return;
	duration_text(sum.n, all, sizeof(all));
	duration_text(sum.n / copies, mean, sizeof(mean));
	duration_text(l->max.n, most, sizeof(most));
	printf("%d: %" PRIu64 " copies took %s, mean %s", d->pid, copies, all, mean);
	if (!part)
		printf(", longest %s", most);
	printf("%s\n", l->counting ? "" : "; not timed any more");
}

static int tie(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = value_compare(&x->rec->pid, &y->rec->pid);

	return order ? order : value_compare(&x->at_least, &y->at_least);
}

/* That nothing is there because nobody asked for it has to be said. */
static void describe_off(const struct cowstat_details *d, struct err *e)
{
	struct err more = { 0 };
	size_t i, off = 0;
	pid_t first = 0;

	for (i = 0; i < d->n; i++)
		if (!value_known(&d->row[i].latency.since) && !off++)
			first = d->row[i].pid;
	if (!off)
		return;
	err_set(&more, 0, "copies of %zu not timed: write \"on\" to watched/%d/latency", off,
		first);
	cowstat_say_more(e, more.text);
}

static int print(const struct cowstat_options *o, const struct cowstat_period *period,
		 const char *when, struct line *lines, uint64_t *copies, struct err *e)
{
	const struct cowstat_details *d = &period->now->details;
	const struct cowstat_detail *was;
	size_t i, n = 0;
	int ret;

	for (i = 0; i < d->n; i++)
		if (cowstat_detail_before(period, &d->row[i], &was))
			n += fill(&d->row[i], was, when, lines + n, &copies[i]);
	ret = cowstat_print(o, "latency", lines, n, sizeof(*lines), tie, e);
	for (i = 0; !ret && i < d->n && cowstat_for_people(o); i++)
		if (cowstat_detail_before(period, &d->row[i], &was))
			print_summary(&d->row[i], was, copies[i]);
	return ret;
}

int cowstat_report_latency(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e)
{
	const struct cowstat_details *d = &period->now->details;
	struct line *lines;
	uint64_t *copies;
	size_t i, n = 0;
	int ret;

	for (i = 0; i < d->n; i++)
		n += d->row[i].latency.n;
	lines = calloc(n + 1, sizeof(*lines));
	copies = calloc(d->n + 1, sizeof(*copies));
	ret = lines && copies ? print(o, period, when, lines, copies, e) :
				err_sys(e, -ENOMEM, "latency");
	free(copies);
	free(lines);
	if (ret)
		return ret;
	cowstat_describe_loss(o, period, NULL, e);
	cowstat_details_describe(period, e);
	describe_off(d, e);
	return 0;
}
