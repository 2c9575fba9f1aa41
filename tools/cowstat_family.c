// SPDX-License-Identifier: GPL-2.0-only
/* cowstat by family: the lines of a report by process, summed over who was forked from whom. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowstat_causes.h"
#include "cowstat_report.h"
#include "kin.h"
#include "worst.h"

struct line {
	const struct record *root;	/* the oldest known */
	struct value cause[CAUSE_COUNT];
	struct value processes, ended;	/* of the report */
	struct value watched;
	struct value worst, hugetlb_bytes, at_risk, memory_max, available;
	bool chosen;
	const char *time;
};

static void get_time(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct line *)row)->time;
}

/* @arg: offset of a struct value in the line. */
static void get_number(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = *(const struct value *)((const char *)row + arg);
}

/* @arg: offset of a struct value in the record of the oldest. */
static void get_value(const void *row, unsigned int arg, struct cell *cell)
{
	const struct record *root = ((const struct line *)row)->root;

	cell->value = *(const struct value *)((const char *)root + arg);
}

/* @arg: offset of a const char * there. */
static void get_text(const void *row, unsigned int arg, struct cell *cell)
{
	const struct record *root = ((const struct line *)row)->root;

	cell->text = *(const char * const *)((const char *)root + arg);
}

static void get_fits(const void *row, unsigned int arg, struct cell *cell)
{
	const struct line *line = row;

	(void)arg;
	cell->text = worst_fits(&line->worst, &line->memory_max, &line->available);
}

#define NUMBER(name, member, unit, help) \
	{ #name, unit, false, false, help, get_number, offsetof(struct line, member) }
#define CAUSE(id, name, help) \
	CAUSE_COLUMN(id, name, help, get_number, offsetof(struct line, cause[CAUSE_##id]))

static const struct column columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_time, 0 },
	{ "family", NULL, false, false, "PID of the oldest known of it, which may have ended",
	  get_value, offsetof(struct record, pid) },
	NUMBER(processes, processes, NULL, "living ones"),
	NUMBER(ended, ended, NULL, "address spaces that ended, in an interval"),
	COWSCOPE_CAUSES(CAUSE)
	NUMBER(watched, watched, NULL, "watched processes of it"),
	NUMBER(worst_pages, worst, "pages",
	       "new pages if all write all they may; if any is watched"),
	NUMBER(worst_hugetlb_bytes, hugetlb_bytes, "bytes", "the same of hugetlb pages"),
	NUMBER(at_risk_pages, at_risk, "pages",
	       "new pages at worst after a fork of a watched one"),
	NUMBER(memory_max_pages, memory_max, "pages", "least room below memory.max; -: no limit"),
	NUMBER(memory_available_pages, available, "pages", "available in the machine"),
	{ "fits", NULL, true, false, "worst_pages fit into both", get_fits, 0 },
	{ "mm", NULL, false, false, "serial number of the oldest address space known", get_value,
	  offsetof(struct record, mm) },
	{ "cgroup", NULL, true, false, "cgroup v2 path of the oldest", get_text,
	  offsetof(struct record, cgroup) },
	{ "comm", NULL, true, false, "command name of the oldest", get_text,
	  offsetof(struct record, comm) },
};

const struct column_set cowstat_family_set = { columns, sizeof(columns) / sizeof(columns[0]) };

/* All address spaces that are remembered, and a line beside each that is the oldest. */
struct families {
	struct rows all;
	struct kin kin;
	size_t *root;
	struct line *line;
};

static int families_build(struct families *f, const struct snapshot *now, struct err *e)
{
	int ret = snap_since_start(now, &f->all, e);
	size_t i;

	if (ret)
		return ret;
	kin_sort(f->all.row, f->all.n, sizeof(*f->all.row));
	f->kin = (struct kin){ f->all.row, f->all.n, sizeof(*f->all.row) };
	f->root = calloc(f->all.n + 1, sizeof(*f->root));
	f->line = calloc(f->all.n + 1, sizeof(*f->line));
	if (!f->root || !f->line)
		return err_sys(e, -ENOMEM, "families");
	kin_roots(&f->kin, f->root);
	for (i = 0; i < f->all.n; i++)
		f->line[i] = (struct line){
			.root = &f->all.row[i].rec, .processes = value_of(0),
			.ended = value_of(0), .watched = value_of(0),
		};
	return 0;
}

static void families_free(struct families *f)
{
	rows_free(&f->all);
	free(f->root);
	free(f->line);
}

static struct line *line_of(const struct families *f, uint64_t mm)
{
	size_t at = kin_find(&f->kin, mm);

	return at == KIN_NONE ? NULL : &f->line[f->root[at]];
}

static void add_rows(const struct cowstat_options *o, struct families *f,
		     const struct rows *rows)
{
	const struct row *row;
	struct line *line;
	size_t i, cause;

	for (i = 0; i < rows->n; i++) {
		row = &rows->row[i];
		line = line_of(f, row->rec.mm.n);
		if (!line)
			continue;
		for (cause = 0; cause < CAUSE_COUNT; cause++)
			value_add(&line->cause[cause], &row->rec.cause[cause]);
		if (row->ended)
			line->ended.n++;
		else
			line->processes.n++;
		line->chosen |= o->npids ? cowstat_pid_wanted(o, &row->rec.pid) :
				o->all || row_active(row);
	}
}

static void keep_largest(struct value *to, const struct value *v)
{
	if (value_known(v) && (!value_known(to) || v->n > to->n))
		*to = *v;
}

static void keep_least(struct value *to, const struct value *v)
{
	if (value_known(v) && (!value_known(to) || v->n < to->n))
		*to = *v;
}

static void add_worsts(const struct cowstat_options *o, struct families *f,
		       const struct worsts *worsts)
{
	const struct worst *w;
	struct line *line;
	size_t i;

	for (i = 0; i < worsts->n; i++) {
		w = &worsts->row[i];
		line = line_of(f, w->rec->mm.n);
		if (!line)
			continue;
		line->watched.n++;
		line->chosen |= !o->npids;
		/* The module may know of relatives that the tables have forgotten. */
		keep_largest(&line->worst, &w->pages);
		keep_largest(&line->hugetlb_bytes, &w->hugetlb_bytes);
		keep_largest(&line->at_risk, &w->at_risk);
		keep_least(&line->memory_max, &w->memory_max);
		keep_least(&line->available, &w->available);
	}
}

/* Equal in the column sorted by: the older one first. */
static int tie(const void *a, const void *b)
{
	const struct record *x = ((const struct line *)a)->root;
	const struct record *y = ((const struct line *)b)->root;

	return value_compare(&x->mm, &y->mm);
}

static int print(const struct cowstat_options *o, struct families *f, const char *when,
		 struct err *e)
{
	size_t i, n = 0;

	for (i = 0; i < f->all.n; i++) {
		if (!f->line[i].chosen)
			continue;
		f->line[n] = f->line[i];
		f->line[n++].time = when;
	}
	return cowstat_print(o, "families", f->line, n, sizeof(*f->line), tie, e);
}

int cowstat_report_families(const struct cowstat_options *o, const struct source *src,
			    const struct cowstat_period *period, const char *when,
			    struct err *e)
{
	struct families f = { 0 };
	struct worsts worsts = { 0 };
	struct rows rows;
	char unread[256];
	int ret = cowstat_rows(o, period, &rows, e);

	if (ret)
		return ret;
	ret = families_build(&f, &period->now->snap, e);
	if (!ret && !o->exited)
		ret = worsts_fetch(src, &period->now->snap, o->budget, &worsts, e);
	if (!ret) {
		add_rows(o, &f, &rows);
		add_worsts(o, &f, &worsts);
		ret = print(o, &f, when, e);
	}
	if (!ret) {
		cowstat_describe_loss(o, period, &rows, e);
		worsts_describe(&worsts, unread, sizeof(unread));
		cowstat_say_more(e, unread);
	}
	worsts_free(&worsts);
	families_free(&f);
	rows_free(&rows);
	return ret;
}
