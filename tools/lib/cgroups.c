// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cgroups.h"
#include "grid.h"

#define NAME_OF_SCOPE(id, name, help)	[CGROUP_##id] = #name,
const char * const cgroup_scope_names[CGROUP_SCOPES] = {
	COWSCOPE_CGROUP_SCOPES(NAME_OF_SCOPE)
	[CGROUP_UNTRACKED] = "untracked",
};

/* One line of the file. */
struct line {
	const char *cgroup, *scope;
	struct value spaces, id;
	struct value cause[CAUSE_COUNT];
};

#define MAP_CAUSE(id, name, help) \
	{ #name, offsetof(struct line, cause[CAUSE_##id]), FIELD_VALUE },

static const struct field_map map[] = {
	{ "cgroup", offsetof(struct line, cgroup), FIELD_TEXT },
	{ "scope", offsetof(struct line, scope), FIELD_TEXT },
	{ "spaces", offsetof(struct line, spaces), FIELD_VALUE },
	COWSCOPE_CAUSES(MAP_CAUSE)
	{ "id", offsetof(struct line, id), FIELD_VALUE },
};

/* By id; those without one by what stands in place of a path. */
static int compare(const struct value *id, const char *path, const struct value *other_id,
		   const char *other_path)
{
	int order = value_compare(id, other_id);

	return order || value_known(id) ? order : strcmp(path, other_path);
}

static int by_key(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return compare(&x->id, x->cgroup, &y->id, y->cgroup);
}

static int find_scope(const char *name)
{
	int scope;

	for (scope = 0; scope < CGROUP_SCOPES; scope++)
		if (!strcmp(name, cgroup_scope_names[scope]))
			break;
	return scope;
}

static void part_add(struct cgroup_part *to, const struct cgroup_part *part)
{
	int cause;

	to->there |= part->there;
	value_add(&to->spaces, &part->spaces);
	for (cause = 0; cause < CAUSE_COUNT; cause++)
		value_add(&to->cause[cause], &part->cause[cause]);
}

static int take_line(struct cgroups *c, const struct line *line, struct err *e)
{
	struct cgroup_sums *row = c->n ? &c->row[c->n - 1] : NULL;
	struct cgroup_part part = { .there = true, .spaces = line->spaces };
	int scope = find_scope(line->scope);

	if (scope == CGROUP_SCOPES)
		return err_set(e, -EPROTO, "cgroups: no such scope: \"%.40s\"", line->scope);
	if (!row || compare(&row->id, row->path, &line->id, line->cgroup)) {
		row = &c->row[c->n++];
		row->path = line->cgroup;
		row->id = line->id;
	}
	memcpy(part.cause, line->cause, sizeof(part.cause));
	part_add(&row->part[scope], &part);
	return 0;
}

int parse_cgroups(char *text, size_t len, struct cgroups *out, struct err *e)
{
	struct line *lines;
	void *mem = NULL;
	size_t n = 0, i;
	int ret;

	*out = (struct cgroups){ .text = text };
	ret = grid_rows("cgroups", text, len, map, sizeof(map) / sizeof(map[0]),
			sizeof(*lines), &mem, &n, e);
	lines = mem;
	if (!ret) {
		out->row = calloc(n + 1, sizeof(*out->row));
		if (!out->row)
			ret = err_sys(e, -ENOMEM, "cgroups");
	}
	if (!ret)
		qsort(lines, n, sizeof(*lines), by_key);
	for (i = 0; i < n && !ret; i++)
		ret = take_line(out, &lines[i], e);
	free(mem);
	if (ret)
		cgroups_free(out);
	return ret;
}

void cgroups_free(struct cgroups *c)
{
	free(c->row);
	free(c->text);
	*c = (struct cgroups){ 0 };
}

static void part_minus(struct cgroup_part *to, const struct cgroup_part *was)
{
	const struct value none = value_of(0);
	int cause;

	if (!was->there)
		return;
	if (!to->there) {
		to->spaces = value_known(&was->spaces) ? none : was->spaces;
		for (cause = 0; cause < CAUSE_COUNT; cause++)
			to->cause[cause] = none;
	}
	to->there = true;
	to->spaces = value_minus(&to->spaces, &was->spaces);
	for (cause = 0; cause < CAUSE_COUNT; cause++)
		to->cause[cause] = value_minus(&to->cause[cause], &was->cause[cause]);
}

static void row_minus(struct cgroup_sums *to, const struct cgroup_sums *was)
{
	int scope;

	for (scope = 0; scope < CGROUP_SCOPES; scope++)
		part_minus(&to->part[scope], &was->part[scope]);
}

int cgroups_delta(const struct cgroups *before, const struct cgroups *after,
		  struct cgroups *out, struct err *e)
{
	const struct cgroup_sums *was = before->row, *is = after->row;
	const struct cgroup_sums *was_end = was + before->n, *is_end = is + after->n;
	struct cgroup_sums *row;
	int order;

	*out = (struct cgroups){ .row = calloc(before->n + after->n + 1, sizeof(*out->row)) };
	if (!out->row)
		return err_sys(e, -ENOMEM, "cgroups");
	while (was < was_end || is < is_end) {
		if (was == was_end)
			order = 1;
		else if (is == is_end)
			order = -1;
		else
			order = compare(&was->id, was->path, &is->id, is->path);
		row = &out->row[out->n++];
		if (order >= 0)
			*row = *is++;
		else
			*row = (struct cgroup_sums){ .path = was->path, .id = was->id };
		if (order <= 0)
			row_minus(row, was++);
	}
	return 0;
}

void cgroup_sum(const struct cgroup_sums *c, struct value cause[CAUSE_COUNT])
{
	int scope, i;

	for (i = 0; i < CAUSE_COUNT; i++) {
		cause[i] = (struct value){ 0 };
		for (scope = 0; scope < CGROUP_SCOPES; scope++)
			value_add(&cause[i], &c->part[scope].cause[i]);
	}
}

void cgroup_add(struct cgroup_sums *to, const struct cgroup_sums *c)
{
	int scope;

	for (scope = 0; scope < CGROUP_SCOPES; scope++)
		part_add(&to->part[scope], &c->part[scope]);
}
