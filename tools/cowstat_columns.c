// SPDX-License-Identifier: GPL-2.0-only
/* The columns of cowstat: of a report by process and by scope; which are the usual ones. */
#include <stddef.h>
#include <string.h>

#include "cowstat_causes.h"
#include "cowstat_report.h"

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

#define RECORD_CAUSE(id, name, help)	\
	CAUSE_COLUMN(id, name, help, get_value, AT(cause[CAUSE_##id]))

static const struct column process_columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_time, 0 },
	NUMBER(pid, NULL, "process that made the address space, or uses it now"),
	NUMBER(ppid, NULL, "its parent"),
	NUMBER(tasks, "tasks", "tasks that use the address space"),
	COWSCOPE_CAUSES(RECORD_CAUSE)
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

#define SUM_CAUSE(id, name, help)	CAUSE_COLUMN(id, name, help, get_sum, CAUSE_##id)

static const struct column total_columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_sum_time, 0 },
	{ "scope", NULL, true, false, "live, exited, untracked, total", get_scope, 0 },
	COWSCOPE_CAUSES(SUM_CAUSE)
};

#define SET_OF(columns)	{ columns, sizeof(columns) / sizeof((columns)[0]) }
static const struct column_set process_set = SET_OF(process_columns);
static const struct column_set total_set = SET_OF(total_columns);

static const struct column_set * const sets[BY_COUNT] = {
	[BY_PROCESS] = &process_set,
	[BY_FAMILY] = &cowstat_family_set,
	[BY_CGROUP] = &cowstat_cgroup_set,
	[BY_REGION] = &cowstat_region_set,
	[BY_LATENCY] = &cowstat_latency_set,
	[BY_SCOPE] = &total_set,
};

const struct column_set *cowstat_columns(const struct cowstat_options *o)
{
	return sets[o->by];
}

/*
 * The usual columns behind the time, which a report for machines names in each
 * line, as it has no title.
 */
#define COUNTS		"copied,file,zero,reused,remote"
#define WITH_TIME	"time,"

static const char *preset(const struct cowstat_options *o)
{
	switch (o->by) {
	case BY_FAMILY:
		return WITH_TIME "family,processes,ended," COUNTS "," COWSTAT_FAMILY_PRESET;
	case BY_CGROUP:
		return WITH_TIME "live,exited,removed," COUNTS "," COWSTAT_CGROUP_PRESET;
	case BY_REGION:
		return WITH_TIME "pid,region," COUNTS ",end,comm";
	case BY_LATENCY:
		if (o->table.json || o->table.raw)
			return WITH_TIME "pid," COWSTAT_LATENCY_SCRIPT;
		return WITH_TIME "pid," COWSTAT_LATENCY_PRESET;
	case BY_SCOPE:
		return WITH_TIME "scope," COUNTS;
	default:
		break;
	}
	if (o->exited)
		return WITH_TIME "pid,ppid," COUNTS ",inherited_pages,lived_ns,end,comm";
	if (o->interval > 0 || o->since)
		return WITH_TIME "pid,ppid,tasks," COUNTS ",inherited_pages,end,comm";
	return WITH_TIME "pid,ppid,tasks," COUNTS ",inherited_pages,comm";
}

int cowstat_choose(struct cowstat_options *o, struct err *e)
{
	const struct column_set *set = cowstat_columns(o);
	const char *sort = o->sort ? o->sort : "copied", *usual = preset(o);
	int ret;

	if (!o->table.json && !o->table.raw)
		usual += strlen(WITH_TIME);
	ret = column_choose(set, usual, o->table.columns, &o->list, e);
	if (ret)
		return ret;
	return column_find(set, sort, strlen(sort), &o->sort_index, e);
}
