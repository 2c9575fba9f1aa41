// SPDX-License-Identifier: GPL-2.0-only
/* Looks again and again at how much of what came by fork is still shared. */
#include <errno.h>
#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "cowmap.h"
#include "cowmap_read.h"
#include "erosion.h"

#define WIDTH_MIN	8	/* of a column for people: they come line by line */

struct sample_row {
	char time[32], seconds[24], percent[12], half_life[24], bars[EROSION_TEXT_MAX];
	struct value inherited, shared, child_broke, parent_broke, other;
};

static void get_buffer(const void *row, unsigned int arg, struct cell *cell)
{
	cell->text = (const char *)row + arg;
}

#define BUFFER(name, unit, text, help) \
	{ #name, unit, text, false, help, get_buffer, offsetof(struct sample_row, name) }
#define NUMBER(name, help)	COWMAP_NUMBER(sample_row, name, "pages", help)

static const struct column columns[] = {
	BUFFER(time, NULL, true, "when it was looked at"),
	BUFFER(seconds, "s", false, "since the first look"),
	NUMBER(inherited, "anonymous pages that came by fork"),
	NUMBER(shared, "of them: still shared with the parent"),
	BUFFER(percent, "%", false, "the same in percent"),
	NUMBER(child_broke, "copied by the process"),
	NUMBER(parent_broke, "copied by its parent"),
	NUMBER(other, "ended without a copy"),
	BUFFER(half_life, "s", false, "in which half of shared is lost, by a fit over all looks"),
	BUFFER(bars, NULL, true, "shared at the last looks, of the highest of all"),
};

static const struct column_set set = COWMAP_SET(columns);

struct watch {
	const struct cowmap_options *o;
	const struct source *src;
	struct erosion erosion;
	struct timespec start;
	char mm[VALUE_TEXT_MAX];	/* address space of the first look, as text */
	uint64_t looks;
	bool utf8;
};

static void fill_row(struct watch *w, const struct inherited_row *total,
		     struct sample_row *row)
{
	time_t wall = time(NULL);
	struct timespec now;
	double t, half;
	struct tm tm;

	clock_gettime(CLOCK_MONOTONIC, &now);
	t = w->looks ? clock_between(&w->start, &now) : 0;
	if (!w->looks)
		w->start = now;
	*row = (struct sample_row){
		.inherited = total->inherited, .shared = total->shared,
		.child_broke = total->child_broke, .parent_broke = total->parent_broke,
		.other = total->other, .percent = "-", .half_life = "-",
	};
	if (!localtime_r(&wall, &tm) ||
	    !strftime(row->time, sizeof(row->time), cowmap_for_people(w->o) ?
		      "%H:%M:%S" : "%Y-%m-%dT%H:%M:%S%z", &tm))
		strcpy(row->time, "-");
	snprintf(row->seconds, sizeof(row->seconds), "%.3f", t);
	if (value_known(&total->shared))
		erosion_add(&w->erosion, t, total->shared.n);
	if (value_known(&total->shared) && value_known(&total->inherited) &&
	    total->inherited.n)
		snprintf(row->percent, sizeof(row->percent), "%.1f",
			 100.0 * (double)total->shared.n / (double)total->inherited.n);
	half = erosion_half_life(&w->erosion);
	if (!isnan(half))
		snprintf(row->half_life, sizeof(row->half_life), "%.*f",
			 half < 10 ? 2 : half < 1000 ? 1 : 0, half);
	erosion_bars(&w->erosion, w->utf8 && !w->o->table.json && !w->o->table.raw, row->bars);
}

static void print_cell(const struct column *c, const char *text, bool last)
{
	int width = (int)strlen(c->name) > WIDTH_MIN ? (int)strlen(c->name) : WIDTH_MIN;

	if (last)
		printf("%s\n", text);
	else
		printf(c->text ? "%-*s " : "%*s ", width, text);
}

/* Lines for people: the widths are those of the first, whatever comes later. */
static void print_line(const struct watch *w, const struct sample_row *row)
{
	const struct column_list *list = &w->o->list;
	const struct column *c;
	char number[VALUE_TEXT_MAX], head[64];
	struct cell cell;
	size_t i;

	for (i = 0; i < list->n && !w->looks && !w->o->table.no_headings; i++) {
		c = &set.column[list->index[i]];
		snprintf(head, sizeof(head), "%s", c->name);
		column_capitals(head, sizeof(head));
		print_cell(c, head, i + 1 == list->n);
	}
	for (i = 0; i < list->n; i++) {
		c = &set.column[list->index[i]];
		cell = (struct cell){ 0 };
		c->get(row, c->arg, &cell);
		if (!cell.text)
			value_print(&cell.value, number, sizeof(number));
		print_cell(c, cell.text ? cell.text : number, i + 1 == list->n);
	}
}

static int print_row(const struct watch *w, const struct sample_row *row, struct err *e)
{
	struct table_style style = cowmap_style(w->o, "erosion");
	int ret = 0;

	if (w->o->table.raw && w->looks)
		style.no_headings = true;
	if (w->o->table.json || w->o->table.raw)
		ret = table_print(&set, &w->o->list, row, 1, sizeof(*row), &style,
				  stdout, e);
	else
		print_line(w, row);
	if (!ret && fflush(stdout))
		ret = err_sys(e, -errno, "standard output");
	return ret;
}

/* A PID that stands for another address space now has nothing to compare. */
static int check_same(struct watch *w, const struct who *who, struct err *e)
{
	const char *mm = who->status.text[PROCESS_mm];

	if (!w->looks)
		snprintf(w->mm, sizeof(w->mm), "%s", mm);
	else if (strcmp(w->mm, mm))
		return err_set(e, -ESRCH, "%d: another address space now: exec, or a new process",
			       w->o->pid);
	return 0;
}

static int look(struct watch *w, struct err *e)
{
	struct inherited inherited;
	struct sample_row row;
	struct who who;
	int ret;

	ret = read_who(w->src, w->o->pid, &who, e);
	if (ret)
		return ret;
	ret = check_same(w, &who, e);
	if (!ret)
		ret = read_inherited(w->src, w->o->pid, &inherited, e);
	if (ret)
		goto out;
	if (!w->looks)
		cowmap_print_title(w->o, who.status.text[PROCESS_comm],
				   "pages that came by fork, of 4 KiB, from %s",
				   w->src->root);
	fill_row(w, inherited.total, &row);
	inherited_free(&inherited);
	ret = print_row(w, &row, e);
	w->looks++;
out:
	who_free(&who);
	return ret;
}

/* The end of the process ends the watch; what was seen until then stands. */
static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct watch w = {
		.o = o, .src = src, .utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
	};
	struct timespec next;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		ret = look(&w, e);
		if (w.looks && (ret == -ESRCH || ret == -ENXIO))
			return 0;
		if (ret || (o->count && w.looks == o->count))
			return ret;
		clock_sleep(&next, o->interval);
	}
}

#define PRESET	"inherited,shared,percent,child_broke,parent_broke"

const struct cowmap_mode cowmap_watch = {
	.option = "--watch",
	.set = &set,
	.preset = "time," PRESET ",half_life,bars",
	.preset_script = "time,seconds," PRESET ",other,half_life",
	.run = run,
};
