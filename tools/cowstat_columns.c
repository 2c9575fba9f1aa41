// SPDX-License-Identifier: GPL-2.0-only
/* The columns of cowstat: of a report by process, and of one by sums. */
#include <errno.h>
#include <stddef.h>

#include "cowstat.h"

static const struct record *record_of(const void *row)
{
	return &((const struct cowstat_row *)row)->row->rec;
}

/* @arg: offset of a struct value in the record. */
static void get_value(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = *(const struct value *)((const char *)record_of(row) + arg);
}

/* @arg: offset of a const char * in the record, NULL where a row has none. */
static void get_text(const void *row, unsigned int arg, struct cell *cell)
{
	const char *text = *(const char * const *)((const char *)record_of(row) + arg);

	cell->text = text ? text : "-";
}

static void get_state(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct cowstat_row *)row)->row->ended ? "exited" : "live";
}

static void get_time(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct cowstat_row *)row)->time;
}

#define AT(member)	offsetof(struct record, member)
#define NUMBER(name, unit, help) \
	{ #name, unit, false, false, help, get_value, AT(name) }
#define TEXT(name, help) \
	{ #name, NULL, true, false, help, get_text, AT(name) }

/*
 * Unit of a cause. The contract counts 4 KiB pages where its description does
 * not name another unit.
 */
#define UNIT_PAGES	"pages", false
#define UNIT_HUGE	"huge pages", true
#define UNIT_SPLITS	"splits", true
#define UNIT_COPIED	UNIT_PAGES
#define UNIT_FILE	UNIT_PAGES
#define UNIT_KSM	UNIT_PAGES
#define UNIT_UNSHARED	UNIT_PAGES
#define UNIT_HUGETLB	UNIT_HUGE
#define UNIT_PINNED	UNIT_PAGES
#define UNIT_COLLAPSED	UNIT_HUGE
#define UNIT_REUSED	UNIT_PAGES
#define UNIT_THP_SPLIT	UNIT_SPLITS
#define UNIT_THP_REUSED	UNIT_HUGE
#define UNIT_ZERO	UNIT_PAGES
#define UNIT_ZERO_HUGE	UNIT_HUGE
#define UNIT_NOTIFIED	UNIT_PAGES
#define UNIT_KEPT	UNIT_PAGES
#define UNIT_USERFAULT	UNIT_PAGES
#define UNIT_LOST	UNIT_PAGES
#define UNIT_SOLE	UNIT_PAGES
#define UNIT_REMOTE	UNIT_PAGES

#define UNIT_FIRST(unit, mark)	unit
#define UNIT_SECOND(unit, mark)	mark
#define UNIT_OF(pair)		UNIT_FIRST pair
#define MARK_OF(pair)		UNIT_SECOND pair
#define CAUSE_COLUMN(id, name, help)	\
	{ #name, UNIT_OF((UNIT_##id)), false, MARK_OF((UNIT_##id)), help,	\
	  get_value, AT(cause[CAUSE_##id]) },

static const struct column process_columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_time, 0 },
	NUMBER(pid, NULL, "process that made the address space, or uses it now"),
	NUMBER(ppid, NULL, "its parent"),
	NUMBER(tasks, "tasks", "tasks that use the address space"),
	COWSCOPE_CAUSES(CAUSE_COLUMN)
	NUMBER(inherited_pages, "pages", "resident pages at its birth by fork"),
	NUMBER(inherited_hugetlb_pages, "huge pages", "hugetlb pages at its birth by fork"),
	NUMBER(inherited_swap_pages, "pages", "swapped pages at its birth by fork"),
	NUMBER(since_ns, "ns", "counted since this time after boot"),
	NUMBER(lived_ns, "ns", "age at its end"),
	NUMBER(mm, NULL, "serial number of the address space"),
	NUMBER(parent_mm, NULL, "serial number of the one it was forked from"),
	TEXT(born, "fork, exec, load (was there before the module), event"),
	{ "state", NULL, true, false, "live, exited", get_state, 0 },
	TEXT(end, "how it ended: exit, exec, failed"),
	TEXT(cgroup, "cgroup v2 path"),
	TEXT(comm, "command name"),
};

static void get_scope(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = scope_names[((const struct cowstat_sum *)row)->scope];
}

/* @arg: enum cause */
static void get_sum(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = ((const struct cowstat_sum *)row)->cause[arg];
}

static void get_sum_time(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct cowstat_sum *)row)->time;
}

#define SUM_COLUMN(id, name, help)	\
	{ #name, UNIT_OF((UNIT_##id)), false, MARK_OF((UNIT_##id)), help,	\
	  get_sum, CAUSE_##id },

static const struct column total_columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_sum_time, 0 },
	{ "scope", NULL, true, false, "live, exited, untracked, total", get_scope, 0 },
	COWSCOPE_CAUSES(SUM_COLUMN)
};

#define SET_OF(columns)	{ columns, sizeof(columns) / sizeof((columns)[0]) }
static const struct column_set process_set = SET_OF(process_columns);
static const struct column_set total_set = SET_OF(total_columns);

#define PRESET_COUNTS	"copied,file,zero,reused,remote"

const struct column_set *cowstat_columns(const struct cowstat_options *o)
{
	return o->totals ? &total_set : &process_set;
}

/* A report for machines names its time in each line, it has no title. */
static const char *preset(const struct cowstat_options *o)
{
	bool time = o->table.json || o->table.raw;

	if (o->totals)
		return time ? "time,scope," PRESET_COUNTS : "scope," PRESET_COUNTS;
	if (o->exited)
		return time ?
			"time,pid,ppid," PRESET_COUNTS ",inherited_pages,lived_ns,end,comm" :
			"pid,ppid," PRESET_COUNTS ",inherited_pages,lived_ns,end,comm";
	if (o->interval > 0 || o->since)
		return time ?
			"time,pid,ppid,tasks," PRESET_COUNTS ",inherited_pages,end,comm" :
			"pid,ppid,tasks," PRESET_COUNTS ",inherited_pages,end,comm";
	return time ?
		"time,pid,ppid,tasks," PRESET_COUNTS ",inherited_pages,comm" :
		"pid,ppid,tasks," PRESET_COUNTS ",inherited_pages,comm";
}

int cowstat_choose(struct cowstat_options *o, struct err *e)
{
	const struct column_set *set = cowstat_columns(o);
	const char *sort = o->sort ? o->sort : "copied";
	const char *p;
	int ret;

	ret = column_choose(set, preset(o), o->table.columns, &o->list, e);
	if (ret)
		return ret;
	for (p = sort; *p; p++)
		;
	return column_find(set, sort, p - sort, &o->sort_index, e);
}
