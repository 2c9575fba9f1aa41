// SPDX-License-Identifier: GPL-2.0-only
/* cowstat by region: the matrix of single processes, also of those that ended. */
#include <errno.h>
#include <stdlib.h>

#include "cowstat_causes.h"
#include "cowstat_report.h"

struct line {
	const struct record *rec;
	enum region region;
	struct value cause[CAUSE_COUNT];
	const char *time;
};

static void get_time(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct line *)row)->time;
}

/* @arg: offset of a struct value in the record. */
static void get_value(const void *row, unsigned int arg, struct cell *cell)
{
	const struct record *rec = ((const struct line *)row)->rec;

	cell->value = *(const struct value *)((const char *)rec + arg);
}

static void get_region(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = region_names[((const struct line *)row)->region];
}

static void get_cause(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = ((const struct line *)row)->cause[arg];
}

/* @arg: offset of a const char * in the record, NULL where it has none. */
static void get_text(const void *row, unsigned int arg, struct cell *cell)
{
	const struct record *rec = ((const struct line *)row)->rec;
	const char *text = *(const char * const *)((const char *)rec + arg);

	cell->text = text ? text : "-";
}

#define VALUE(name, help) \
	{ #name, NULL, false, false, help, get_value, offsetof(struct record, name) }
#define TEXT(name, help) \
	{ #name, NULL, true, false, help, get_text, offsetof(struct record, name) }
#define CAUSE(id, name, help)	CAUSE_COLUMN(id, name, help, get_cause, CAUSE_##id)

static const struct column columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_time, 0 },
	VALUE(pid, "process"),
	{ "region", NULL, true, false, "kind of mapping", get_region, 0 },
	COWSCOPE_CAUSES(CAUSE)
	VALUE(mm, "serial number of the address space"),
	TEXT(end, "how it ended: exit, exec, failed; -: it lives"),
	TEXT(cgroup, "cgroup v2 path"),
	TEXT(comm, "command name"),
};

const struct column_set cowstat_region_set = { columns, sizeof(columns) / sizeof(columns[0]) };

/* Equal in the column sorted by: process by process, in the order of the contract. */
static int tie(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = value_compare(&x->rec->pid, &y->rec->pid);

	return order ? order : (int)x->region - (int)y->region;
}

/* The regions of one process behind @line; how many are worth showing. */
static size_t fill(const struct cowstat_options *o, const struct cowstat_detail *d,
		   const struct cowstat_detail *was, const char *when, struct line *line)
{
	size_t n = 0;
	int region, cause;
	bool some;

	for (region = 0; region < REGION_TOTAL; region++) {
		line[n] = (struct line){ .rec = d->rec, .region = region, .time = when };
		some = o->all;
		for (cause = 0; cause < CAUSE_COUNT; cause++) {
			line[n].cause[cause] = was ? value_minus(&d->cow.cause[region][cause],
								 &was->cow.cause[region][cause]) :
						     d->cow.cause[region][cause];
			some |= line[n].cause[cause].n;
		}
		n += some;
	}
	return n;
}

int cowstat_report_regions(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e)
{
	const struct cowstat_details *d = &period->now->details;
	const struct cowstat_detail *was;
	struct line *lines;
	size_t i, n = 0;
	int ret;

	lines = calloc(d->n * REGION_COUNT + 1, sizeof(*lines));
	if (!lines)
		return err_sys(e, -ENOMEM, "regions");
	for (i = 0; i < d->n; i++)
		if (cowstat_detail_before(period, &d->row[i], &was))
			n += fill(o, &d->row[i], was, when, lines + n);
	ret = cowstat_print(o, "regions", lines, n, sizeof(*lines), tie, e);
	free(lines);
	if (!ret) {
		cowstat_describe_loss(o, period, NULL, e);
		cowstat_details_describe(period, e);
	}
	return ret;
}
