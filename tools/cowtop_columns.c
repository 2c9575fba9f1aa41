// SPDX-License-Identifier: GPL-2.0-only
/* The columns of cowtop. */
#include <stddef.h>
#include <string.h>

#include "cowtop_table.h"

static void get_record(const void *row, unsigned int arg, struct cell *cell)
{
	const struct top_row *r = row;

	cell->value = *(const struct value *)((const char *)&r->node->rec + arg);
}

static void get_text(const void *row, unsigned int arg, struct cell *cell)
{
	const struct top_row *r = row;
	const char *text = *(const char * const *)((const char *)&r->node->rec + arg);

	cell->text = text ? text : "-";
}

static void get_number(const void *row, unsigned int arg, struct cell *cell)
{
	const struct top_row *r = row;

	cell->value = *(const struct value *)((const char *)r->shown + arg);
}

static void get_count(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = ((const struct top_row *)row)->shown->count[arg];
}

/* Printed as the text, sorted by the number. */
static void get_rate(const void *row, unsigned int arg, struct cell *cell)
{
	const struct top_numbers *x = ((const struct top_row *)row)->shown;

	cell->value = x->delta[arg];
	cell->text = x->rate[arg];
}

static void get_processes(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->value = value_of(((const struct top_row *)row)->shown->processes);
}

static void get_family(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->value = value_of(((const struct top_row *)row)->root_pid);
}

static void get_age(const void *row, unsigned int arg, struct cell *cell)
{
	const struct top_row *r = row;

	(void)arg;
	cell->text = r->age_text;
	if (r->age >= 0)
		cell->value = value_of((uint64_t)(r->age * 1000));
}

static void get_walked(const void *row, unsigned int arg, struct cell *cell)
{
	const struct top_row *r = row;

	(void)arg;
	if (r->node->look.ever)
		cell->value = value_of(r->node->look.cost);
}

static void get_bars(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct top_row *)row)->bars;
}

static void get_state(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct top_row *)row)->node->ended ? "exited" : "live";
}

#define RECORD(name, unit, help) \
	{ #name, unit, false, false, help, get_record, offsetof(struct record, name) }
#define TEXT(name, help) \
	{ #name, NULL, true, false, help, get_text, offsetof(struct record, name) }
#define LOOK(name, field, help) \
	{ #name, "pages", false, false, help, get_number, offsetof(struct top_numbers, field) }
#define RATE_COLUMN(id, name, help) \
	{ #name "_s", "per s", false, false, help, get_rate, CAUSE_##id },
#define COUNT_COLUMN(id, name, help) \
	{ #name, NULL, false, false, help, get_count, CAUSE_##id },

static const struct column columns[] = {
	RECORD(pid, NULL, "process that made the address space, or uses it now"),
	RECORD(ppid, NULL, "its parent"),
	RECORD(tasks, "tasks", "tasks that use the address space"),
	{ "family", NULL, false, false, "PID of the oldest known of its family",
	  get_family, 0 },
	{ "processes", NULL, false, false, "living processes of the line, if folded",
	  get_processes, 0 },
	{ "copies_s", "per s", false, false,
	  "copied + file + ksm + unshared + pinned, since the last refresh",
	  get_rate, TOP_COPIES },
	COWSCOPE_CAUSES(RATE_COLUMN)
	{ "copies", "pages", false, false, "the same sum since birth", get_count, TOP_COPIES },
	COWSCOPE_CAUSES(COUNT_COLUMN)
	LOOK(inherited_pages, inherited, "resident pages at its birth by fork"),
	LOOK(shared_pages, shared, "anonymous pages that another one of its family maps, too"),
	LOOK(worst_pages, worst, "new pages if it wrote all it may; a family folded: if all did"),
	{ "age_s", "s", false, false, "how old shared_pages and worst_pages are", get_age, 0 },
	{ "walked_pages", "pages", false, false, "walked for them", get_walked, 0 },
	{ "erosion", NULL, true, false, "shared_pages at the last looks, of the highest of all",
	  get_bars, 0 },
	RECORD(mm, NULL, "serial number of the address space"),
	RECORD(parent_mm, NULL, "serial number of the one it was forked from"),
	TEXT(born, "fork, exec, load (was there before the module), event"),
	{ "state", NULL, true, false, "live, exited", get_state, 0 },
	TEXT(cgroup, "cgroup v2 path"),
	TEXT(comm, "command name"),
};

const struct column_set top_columns = { columns, sizeof(columns) / sizeof(columns[0]) };

/* In the order in which a narrow terminal keeps them. */
const char top_preset[] =
	"pid,copies_s,shared_pages,worst_pages,erosion,copied_s,file_s,zero_s,comm";
#define SCRIPT_COUNTS	"copies_s,copied_s,file_s,zero_s,copies,copied,file,zero"
#define SCRIPT_PAGES	"inherited_pages,shared_pages,worst_pages,age_s,walked_pages"
const char top_preset_script[] =
	"pid,ppid,family," SCRIPT_COUNTS "," SCRIPT_PAGES ",state,comm";

bool top_column_looks(const struct column *c)
{
	return c->get == get_number && c->arg != offsetof(struct top_numbers, inherited);
}

bool top_column_is_size(const struct column *c)
{
	return c->get == get_number;
}

bool top_column_is_rate(const struct column *c)
{
	return c->get == get_rate;
}
