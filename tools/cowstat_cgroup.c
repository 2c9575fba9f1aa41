// SPDX-License-Identifier: GPL-2.0-only
/* cowstat by cgroup: a line for each, all of its scopes together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cowstat_causes.h"
#include "cowstat_report.h"

struct line {
	const struct cgroup_sums *cgroup;
	struct value cause[CAUSE_COUNT];
	const char *time;
};

static void get_time(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct line *)row)->time;
}

/* @arg: enum cgroup_scope; a scope without a line of its own has no address space. */
static void get_spaces(const void *row, unsigned int arg, struct cell *cell)
{
	const struct cgroup_part *part = &((const struct line *)row)->cgroup->part[arg];

	cell->value = part->there ? part->spaces : value_of(0);
}

static void get_cause(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = ((const struct line *)row)->cause[arg];
}

static void get_id(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->value = ((const struct line *)row)->cgroup->id;
}

static void get_path(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = ((const struct line *)row)->cgroup->path;
}

#define SPACES(name, scope, help) \
	{ #name, NULL, false, false, help, get_spaces, CGROUP_##scope }
#define CAUSE(id, name, help)	CAUSE_COLUMN(id, name, help, get_cause, CAUSE_##id)

static const struct column columns[] = {
	{ "time", NULL, true, false, "when the report was made", get_time, 0 },
	SPACES(live, LIVE, "address spaces whose process is in it now"),
	SPACES(exited, EXITED, "address spaces that ended in it"),
	SPACES(removed, REMOVED, "address spaces that ended below it where it was removed since"),
	COWSCOPE_CAUSES(CAUSE)
	{ "id", NULL, false, false, "inode number of its directory, never used again", get_id, 0 },
	{ "cgroup", NULL, true, false, "cgroup v2 path", get_path, 0 },
};

const struct column_set cowstat_cgroup_set = { columns, sizeof(columns) / sizeof(columns[0]) };

/* Equal in the column sorted by: by path, then the older one. */
static int tie(const void *a, const void *b)
{
	const struct cgroup_sums *x = ((const struct line *)a)->cgroup;
	const struct cgroup_sums *y = ((const struct line *)b)->cgroup;
	int order = strcmp(x->path, y->path);

	return order ? order : value_compare(&x->id, &y->id);
}

static bool worth_showing(const struct cowstat_options *o, const struct line *line)
{
	int i;

	for (i = 0; i < CAUSE_COUNT && !o->all; i++)
		if (line->cause[i].n)
			break;
	return i < CAUSE_COUNT;
}

static int print(const struct cowstat_options *o, const struct cgroups *cgroups,
		 const char *when, struct err *e)
{
	struct line *lines = calloc(cgroups->n + 1, sizeof(*lines)), *line = lines;
	size_t i;
	int ret;

	if (!lines)
		return err_sys(e, -ENOMEM, "cgroups");
	for (i = 0; i < cgroups->n; i++) {
		line->cgroup = &cgroups->row[i];
		line->time = when;
		cgroup_sum(line->cgroup, line->cause);
		line += worth_showing(o, line);
	}
	ret = cowstat_print(o, "cgroups", lines, line - lines, sizeof(*lines), tie, e);
	free(lines);
	return ret;
}

int cowstat_report_cgroups(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e)
{
	struct cgroups delta;
	int ret;

	if (!period->before) {
		ret = print(o, &period->now->cgroups, when, e);
	} else {
		ret = cgroups_delta(&period->before->cgroups, &period->now->cgroups, &delta, e);
		if (ret)
			return ret;
		ret = print(o, &delta, when, e);
		cgroups_free(&delta);
	}
	if (!ret)
		cowstat_describe_loss(o, period, NULL, e);
	return ret;
}
