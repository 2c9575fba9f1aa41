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
	const char *label;		/* as it stands between quotes */
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
	char *text, *end;		/* the labels; where the next one goes */
};

/* What each byte of a path may become: \xNN, with its backslash doubled. */
#define LABEL_GROWTH	(2 * NAME_GROWTH)

/*
 * The path as the files write it, where two characters mean something between quotes. Made
 * in the second half of its room, and moved to the front, which never overtakes it.
 */
static char *put_label(char *at, const char *path)
{
	const char *from = at + strlen(path) * (LABEL_GROWTH - NAME_GROWTH);

	name_clean(path, (char *)from);
	for (; *from; from++) {
		if (*from == '\\' || *from == '"')
			*at++ = '\\';
		*at++ = *from;
	}
	*at++ = '\0';
	return at;
}

static void groups_free(struct groups *t)
{
	free(t->row);
	free(t->text);
}

static struct group *add(struct groups *t, const char *path)
{
	struct group *row = &t->row[t->n++];

	row->label = t->end;
	row->own = !strcmp(path, "-") || !strcmp(path, COWSCOPE_CGROUP_OTHER);
	t->end = put_label(t->end, path);
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

static size_t room_for_labels(const struct cgroups *cgroups, const struct worsts *worsts)
{
	size_t room = 0, i;

	for (i = 0; i < cgroups->n; i++)
		room += strlen(cgroups->row[i].path) * LABEL_GROWTH + 1;
	for (i = 0; i < worsts->n; i++)
		room += strlen(worsts->row[i].rec->cgroup) * LABEL_GROWTH + 1;
	return room;
}

static int fill(struct groups *t, const struct cgroups *cgroups, const struct worsts *worsts)
{
	size_t i;

	t->row = calloc(cgroups->n + worsts->n + 1, sizeof(*t->row));
	t->text = malloc(room_for_labels(cgroups, worsts) + 1);
	t->end = t->text;
	if (!t->row || !t->text)
		return -ENOMEM;
	for (i = 0; i < cgroups->n; i++)
		add(t, cgroups->row[i].path)->sums = cgroups->row[i];
	for (i = 0; i < worsts->n; i++)
		take_worst(add(t, worsts->row[i].rec->cgroup), worsts, i);
	return 0;
}

static void merge(struct group *to, const struct group *from)
{
	cgroup_add(&to->sums, &from->sums);
	to->watched |= from->watched;
	value_add(&to->worst, &from->worst);
	value_add(&to->hugetlb_bytes, &from->hugetlb_bytes);
	keep_largest(&to->at_risk, &from->at_risk);
	keep_least(&to->room, &from->room);
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
static void join_rest(struct groups *t, size_t max)
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
		return;
	t->in_rest = t->n - keep;
	rest = &t->row[keep];
	rest->label = REST;
	for (i = keep + 1; i < t->n; i++)
		merge(rest, &t->row[i]);
	rest->room = (struct value){ 0 };
	t->n = keep + 1;
}

static void put_spaces(FILE *out, const struct groups *t)
{
	static const char name[] = "cgroup_address_spaces";
	const struct cgroup_part *part;
	size_t i, scope;
	char *labels;

	metric_head(out, name, "gauge",
		    "Address spaces by cgroup: live or exited there, or below it and removed since.");
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
		"cgroup_", false,
		"by cgroup; live falls when a process moves or ends, exited and removed never.",
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
	{ "watched_worst_case_bytes",
	  "New memory if all of a family write all they may; cgroup of its oldest watched one.",
	  offsetof(struct group, worst), true },
	{ "watched_worst_case_hugetlb_bytes",
	  "The same of hugetlb pages, which come from a pool of their own.",
	  offsetof(struct group, hugetlb_bytes), false },
	{ "watched_fork_at_risk_bytes",
	  "New memory at worst after one more fork of a watched process; the largest.",
	  offsetof(struct group, at_risk), true },
	{ "watched_memory_max_room_bytes",
	  "Least room below a memory.max of the cgroup or above it; none without a limit.",
	  offsetof(struct group, room), true },
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
		join_rest(&t, max);
		put_spaces(out, &t);
		put_causes(out, &t);
		in_rest = value_of(t.in_rest);
		metric_head(out, "cgroups_in_rest", "gauge",
			    "Cgroups over --max-cgroups, summed under cgroup=\"" REST "\".");
		metric_put(out, "cgroups_in_rest", "", &in_rest);
		put_worst(out, &t);
	}
	groups_free(&t);
	return ret ? err_sys(e, ret, "metrics") : 0;
}
