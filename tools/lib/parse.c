// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "parse.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define NAME_OF_CAUSE(id, name, help)	[CAUSE_##id] = #name,
const char * const cause_names[CAUSE_COUNT] = { COWSCOPE_CAUSES(NAME_OF_CAUSE) };

#define NAME_OF_REGION(id, name, help)	[REGION_##id] = #name,
const char * const region_names[REGION_COUNT] = {
	COWSCOPE_REGIONS(NAME_OF_REGION)
	[REGION_TOTAL] = COWSCOPE_REGION_TOTAL,
};

const char * const scope_names[SCOPE_COUNT] = {
	[SCOPE_LIVE] = "live",
	[SCOPE_EXITED] = "exited",
	[SCOPE_UNTRACKED] = "untracked",
	[SCOPE_TOTAL] = "total",
};

#define MAP_VALUE(type, member)	{ #member, offsetof(struct type, member), FIELD_VALUE }
#define MAP_TEXT(type, member)	{ #member, offsetof(struct type, member), FIELD_TEXT }
#define MAP_CAUSE(id, name, help) \
	{ #name, offsetof(struct record, cause[CAUSE_##id]), FIELD_VALUE },

#define RECORD_MAP					\
	MAP_VALUE(record, pid),				\
	MAP_VALUE(record, ppid),			\
	MAP_VALUE(record, tasks),			\
	COWSCOPE_CAUSES(MAP_CAUSE)			\
	MAP_VALUE(record, inherited_pages),		\
	MAP_VALUE(record, inherited_hugetlb_pages),	\
	MAP_VALUE(record, inherited_swap_pages),	\
	MAP_VALUE(record, since_ns),			\
	MAP_VALUE(record, mm),				\
	MAP_VALUE(record, parent_mm),			\
	MAP_TEXT(record, cgroup),			\
	MAP_TEXT(record, comm),				\
	MAP_TEXT(record, born)

static const struct field_map processes_map[] = { RECORD_MAP };
static const struct field_map exited_map[] = {
	RECORD_MAP,
	MAP_TEXT(record, end),
	MAP_VALUE(record, lived_ns),
};

static const struct field_map clones_map[] = {
	MAP_VALUE(clone_event, time_ns),
	MAP_VALUE(clone_event, parent),
	MAP_VALUE(clone_event, child),
	MAP_TEXT(clone_event, syscall),
	MAP_TEXT(clone_event, shape),
	MAP_TEXT(clone_event, flags),
	MAP_TEXT(clone_event, exit_signal),
	MAP_VALUE(clone_event, duration_ns),
	MAP_VALUE(clone_event, pages),
	MAP_VALUE(clone_event, pgtable_bytes),
	MAP_VALUE(clone_event, vmas),
	MAP_VALUE(clone_event, threads),
	MAP_TEXT(clone_event, result),
	MAP_TEXT(clone_event, cgroup),
	MAP_TEXT(clone_event, comm),
};

/* One named row of causes, as totals and cow have them. */
struct cause_row {
	const char *name;
	struct value cause[CAUSE_COUNT];
};

#define MAP_ROW_CAUSE(id, name, help) \
	{ #name, offsetof(struct cause_row, cause[CAUSE_##id]), FIELD_VALUE },
#define CAUSE_ROW_MAP(column)						\
	{ column, offsetof(struct cause_row, name), FIELD_TEXT },	\
	COWSCOPE_CAUSES(MAP_ROW_CAUSE)

static const struct field_map totals_map[] = { CAUSE_ROW_MAP("scope") };
static const struct field_map cow_map[] = { CAUSE_ROW_MAP("region") };

static int parse_records(const char *file, char *text, size_t len,
			 const struct field_map *map, size_t nmap,
			 struct record **out, size_t *n, struct err *e)
{
	struct record *rows;
	void *mem;
	size_t i;
	int ret;

	ret = grid_rows(file, text, len, map, nmap, sizeof(*rows), &mem, n, e);
	if (ret)
		return ret;
	rows = mem;
	for (i = 0; i < *n; i++) {
		if (value_known(&rows[i].mm))
			continue;
		free(mem);
		return err_set(e, -EPROTO, "%s: line %zu has no serial number in column \"mm\"",
			       file, i + 2);
	}
	*out = rows;
	return 0;
}

int parse_processes(char *text, size_t len, struct record **out, size_t *n,
		    struct err *e)
{
	return parse_records("processes", text, len, processes_map,
			     COUNT(processes_map), out, n, e);
}

int parse_exited(char *text, size_t len, struct record **out, size_t *n,
		 struct err *e)
{
	return parse_records("exited", text, len, exited_map, COUNT(exited_map),
			     out, n, e);
}

int parse_clones(char *text, size_t len, struct clone_event **out, size_t *n,
		 struct err *e)
{
	void *mem;
	int ret = grid_rows("clones", text, len, clones_map, COUNT(clones_map),
			     sizeof(**out), &mem, n, e);

	if (!ret)
		*out = mem;
	return ret;
}

/* Rows by name into @into[count][CAUSE_COUNT]; each name has to be there once. */
static int parse_cause_rows(const char *file, char *text, size_t len,
			    const struct field_map *map, size_t nmap,
			    const char * const *names, size_t count,
			    struct value (*into)[CAUSE_COUNT], struct err *e)
{
	struct cause_row *rows, *found;
	size_t n, i, j;
	void *mem;
	int ret;

	ret = grid_rows(file, text, len, map, nmap, sizeof(*rows), &mem, &n, e);
	if (ret)
		return ret;
	rows = mem;
	for (i = 0; i < count && !ret; i++) {
		found = NULL;
		for (j = 0; j < n && !found; j++)
			if (!strcmp(rows[j].name, names[i]))
				found = &rows[j];
		if (found)
			memcpy(into[i], found->cause, sizeof(found->cause));
		else
			ret = err_set(e, -EPROTO, "%s: no row \"%s\"", file, names[i]);
	}
	free(mem);
	return ret;
}

int parse_totals(char *text, size_t len, struct totals *out, struct err *e)
{
	return parse_cause_rows("totals", text, len, totals_map, COUNT(totals_map),
				scope_names, SCOPE_COUNT, out->cause, e);
}

int parse_cow(char *text, size_t len, struct cow *out, struct err *e)
{
	return parse_cause_rows("cow", text, len, cow_map, COUNT(cow_map),
				region_names, REGION_COUNT, out->cause, e);
}
