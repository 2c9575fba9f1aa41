// SPDX-License-Identifier: GPL-2.0-only
/* Metrics by cgroup. Their number is bounded: the rest stands in one sum, never left out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cowstat_metrics.h"
#include "name.h"
#include "snap.h"

/* No path: those begin with a slash. */
#define REST	"rest"

struct group {
	char *label;			/* as it stands between quotes */
	struct cgroup_sums sums;
	struct value copies;
	bool own;			/* a line of its own, whatever the limit */
	bool watched;
	struct value worst, hugetlb_bytes, at_risk, room;
};

struct groups {
	struct group *row;
	size_t n;
	uint64_t in_rest;
};

/* The path as the files write it; two characters mean something between quotes. */
static char *label_of(const char *path)
{
	char *clean = malloc(strlen(path) * NAME_GROWTH + 1), *label, *p, *out;

	if (!clean)
		return NULL;
	name_clean(path, clean);
	label = malloc(2 * strlen(clean) + 1);
	for (p = clean, out = label; label && *p; p++) {
		if (*p == '\\' || *p == '"')
			*out++ = '\\';
		*out++ = *p;
	}
	if (label)
		*out = '\0';
	free(clean);
	return label;
}

static void table_free(struct groups *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->row[i].label);
	free(t->row);
}

static struct group *add(struct groups *t, const char *path)
{
	struct group *row = &t->row[t->n];

	*row = (struct group){ .label = label_of(path) };
	if (!row->label)
		return NULL;
	row->own = !strcmp(row->label, "-") || !strcmp(row->label, COWSCOPE_CGROUP_OTHER);
	t->n++;
	return row;
}

static void keep_largest(struct value *to, const struct value *v)
{
	if (value_compare(v, to) > 0)
		*to = *v;
}

static void keep_least(struct value *to, const struct value *v)
{
	if (value_known(v) && (!value_known(to) || value_compare(v, to) < 0))
		*to = *v;
}

/* A family is where its oldest watched process is. */
static void take_worst(struct group *row, const struct worsts *worsts, size_t i)
{
	const struct worst *w = &worsts->row[i];

	row->watched = true;
	if (worsts_first(worsts, i)) {
		row->worst = w->pages;
		row->hugetlb_bytes = w->hugetlb_bytes;
	}
	row->at_risk = w->at_risk;
	row->room = w->memory_max;
}

static int fill(struct groups *t, const struct cgroups *cgroups, const struct worsts *worsts)
{
	struct group *row;
	size_t i;

	t->row = calloc(cgroups->n + worsts->n + 1, sizeof(*t->row));
	if (!t->row)
		return -ENOMEM;
	for (i = 0; i < cgroups->n; i++) {
		row = add(t, cgroups->row[i].path);
		if (!row)
			return -ENOMEM;
		row->sums = cgroups->row[i];
	}
	for (i = 0; i < worsts->n; i++) {
		row = add(t, worsts->row[i].rec->cgroup);
		if (!row)
			return -ENOMEM;
		take_worst(row, worsts, i);
	}
	return 0;
}

static void merge(struct group *to, struct group *from)
{
	cgroup_add(&to->sums, &from->sums);
	to->watched |= from->watched;
	value_add(&to->worst, &from->worst);
	value_add(&to->hugetlb_bytes, &from->hugetlb_bytes);
	keep_largest(&to->at_risk, &from->at_risk);
	keep_least(&to->room, &from->room);
	free(from->label);
}

static int by_label(const void *a, const void *b)
{
	return strcmp(((const struct group *)a)->label, ((const struct group *)b)->label);
}

/* A path that was made anew is there twice, and a watched process beside its cgroup. */
static void join_equal(struct groups *t)
{
	size_t i, n = 0;

	qsort(t->row, t->n, sizeof(*t->row), by_label);
	for (i = 0; i < t->n; i++) {
		if (n && !by_label(&t->row[n - 1], &t->row[i]))
			merge(&t->row[n - 1], &t->row[i]);
		else
			t->row[n++] = t->row[i];
	}
	t->n = n;
}

/* Who comes first keeps a line of its own; what is no path but one of ours is never one. */
static int by_rank(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	bool path_x = x->own || *x->label == '/', path_y = y->own || *y->label == '/';
	int order;

	if (path_x != path_y)
		return path_x ? -1 : 1;
	if (x->own != y->own)
		return x->own ? -1 : 1;
	if (x->watched != y->watched)
		return x->watched ? -1 : 1;
	order = value_compare(&y->copies, &x->copies);
	return order ? order : by_label(x, y);
}

/* Which cgroup memory.max is about cannot be said of several. */
static int join_rest(struct groups *t, size_t max)
{
	struct value cause[CAUSE_COUNT];
	struct group *rest;
	size_t i, keep = 0;

	for (i = 0; i < t->n; i++) {
		cgroup_sum(&t->row[i].sums, cause);
		t->row[i].copies = cause_copies(cause);
	}
	qsort(t->row, t->n, sizeof(*t->row), by_rank);
	while (keep < t->n && (t->row[keep].own || (max && *t->row[keep].label == '/')))
		max -= !t->row[keep++].own;
	if (keep == t->n)
		return 0;
	t->in_rest = t->n - keep;
	rest = &t->row[keep];
	free(rest->label);
	rest->label = strdup(REST);
	for (i = keep + 1; i < t->n; i++)
		merge(rest, &t->row[i]);
	rest->room = (struct value){ 0 };
	t->n = keep + 1;
	return rest->label ? 0 : -ENOMEM;
}

static void put_spaces(FILE *out, const struct groups *t)
{
	static const char name[] = "cgroup_address_spaces";
	const struct cgroup_part *part;
	size_t i, scope;
	char *labels;

	metric_head(out, name, "gauge", "Address spaces by cgroup; scope: live there now, "
		    "exited there, or ended below it where it was removed since.");
	for (i = 0; i < t->n; i++)
		for (scope = 0; scope < CGROUP_SCOPES; scope++) {
			part = &t->row[i].sums.part[scope];
			if (!part->there ||
			    asprintf(&labels, "{cgroup=\"%s\",scope=\"%s\"}", t->row[i].label,
				     cgroup_scope_names[scope]) < 0)
				continue;
			metric_put(out, name, labels, &part->spaces);
			free(labels);
		}
}

static void put_causes(FILE *out, const struct groups *t)
{
	static const struct metric_causes metric = {
		"cgroup_", false, "by cgroup: all that its processes ever counted goes with them "
		"when they move, so that live rises and falls; exited and removed of a cgroup "
		"never fall while it is there.",
	};
	const struct cgroup_part *part;
	enum cause_kind kind;
	size_t i, scope;
	char *labels;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		metric_causes_head(out, &metric, kind);
		for (i = 0; i < t->n; i++)
			for (scope = 0; scope < CGROUP_SCOPES; scope++) {
				part = &t->row[i].sums.part[scope];
				if (!part->there ||
				    asprintf(&labels, "cgroup=\"%s\",scope=\"%s\",",
					     t->row[i].label, cgroup_scope_names[scope]) < 0)
					continue;
				metric_causes_put(out, &metric, kind, labels, part->cause);
				free(labels);
			}
	}
}

static const struct {
	const char *name, *help;
	size_t offset;			/* of a struct value in the row */
	bool pages;
} worst_metrics[] = {
	{ "watched_worst_case_bytes", "New memory if all members of the families of watched "
	  "processes write all they may, by the cgroup of the oldest that is watched.",
	  offsetof(struct group, worst), true },
	{ "watched_worst_case_hugetlb_bytes", "The same of hugetlb pages, which come from a pool "
	  "of their own.", offsetof(struct group, hugetlb_bytes), false },
	{ "watched_fork_at_risk_bytes", "New memory at worst if a watched process forked now and "
	  "both wrote all they may; the largest of the cgroup.",
	  offsetof(struct group, at_risk), true },
	{ "watched_memory_max_room_bytes", "Least room below a memory.max of the cgroup or one "
	  "above it; none where there is no limit.", offsetof(struct group, room), true },
};

static void put_worst(FILE *out, const struct groups *t)
{
	const struct value *v;
	struct value bytes;
	size_t i, m;
	char *labels;

	for (m = 0; m < sizeof(worst_metrics) / sizeof(worst_metrics[0]); m++) {
		metric_head(out, worst_metrics[m].name, "gauge", worst_metrics[m].help);
		for (i = 0; i < t->n; i++) {
			v = (const struct value *)((const char *)&t->row[i] +
						   worst_metrics[m].offset);
			if (!value_known(v) ||
			    asprintf(&labels, "{cgroup=\"%s\"}", t->row[i].label) < 0)
				continue;
			bytes = worst_metrics[m].pages ? metric_bytes(v) : *v;
			metric_put(out, worst_metrics[m].name, labels, &bytes);
			free(labels);
		}
	}
}

int metrics_put_cgroups(FILE *out, const struct cgroups *cgroups, const struct worsts *worsts,
			size_t max, struct err *e)
{
	struct groups t = { 0 };
	struct value in_rest;
	int ret = fill(&t, cgroups, worsts);

	if (!ret) {
		join_equal(&t);
		ret = join_rest(&t, max);
	}
	if (!ret) {
		put_spaces(out, &t);
		put_causes(out, &t);
		in_rest = value_of(t.in_rest);
		metric_head(out, "cgroups_in_rest", "gauge",
			    "Cgroups over --max-cgroups, summed under cgroup=\"" REST "\".");
		metric_put(out, "cgroups_in_rest", "", &in_rest);
		put_worst(out, &t);
	}
	table_free(&t);
	return ret ? err_sys(e, ret, "metrics") : 0;
}
