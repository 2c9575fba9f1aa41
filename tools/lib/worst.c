// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_views.h"
#include "fetch.h"
#include "worst.h"

/* Address spaces whose family was read. */
struct member {
	uint64_t mm;
	size_t worst;		/* index of who was asked */
};

struct members {
	struct member *member;
	size_t n, size;
};

static int members_add(struct members *m, const struct family *f, size_t worst)
{
	struct member *bigger;
	size_t i;

	if (m->n + f->n > m->size) {
		bigger = realloc(m->member, 2 * (m->n + f->n) * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		m->member = bigger;
		m->size = 2 * (m->n + f->n);
	}
	for (i = 0; i < f->n; i++)
		if (family_row_is_member(&f->row[i]))
			m->member[m->n++] = (struct member){ f->row[i].mm.n, worst };
	return 0;
}

static const struct member *members_find(const struct members *m, uint64_t mm)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->member[i].mm == mm)
			return &m->member[i];
	return NULL;
}

static const struct record *find_record(const struct snapshot *s, const struct value *pid)
{
	size_t i;

	if (!value_known(pid) || !pid->n || pid->n > INT32_MAX)
		return NULL;
	for (i = 0; i < s->nlive; i++)
		if (value_is(&s->live[i].pid, pid->n))
			return &s->live[i];
	return NULL;
}

void worsts_note_unread(struct worsts *w, const struct err *why)
{
	if (!w->unread++)
		w->why = *why;
}

static void take_family(struct worsts *w, struct worst *row, const struct family *f)
{
	size_t i;

	row->family = row->rec->mm.n;
	for (i = 0; i < f->n; i++)
		if (f->row[i].mm.n < row->family)
			row->family = f->row[i].mm.n;
	row->pages = f->key[FAMILY_worst_case_family_pages];
	row->hugetlb_bytes = f->key[FAMILY_worst_case_family_hugetlb_bytes];
	w->walked += family_walked(f);
}

/* By the family: from another one of it, or read now. */
static int fill_family(const struct source *src, struct worsts *w, struct members *seen,
		       struct worst *row, struct err *e)
{
	const struct member *known = members_find(seen, row->rec->mm.n);
	struct family family;
	int ret;

	if (known) {
		row->family = w->row[known->worst].family;
		row->pages = w->row[known->worst].pages;
		row->hugetlb_bytes = w->row[known->worst].hugetlb_bytes;
		return 0;
	}
	ret = fetch_family(src, row->pid, &family, e);
	if (ret)
		return ret;
	/* After an exec the PID is another address space: not what the snapshot has. */
	if (value_is(&family_self(&family)->mm, row->rec->mm.n))
		take_family(w, row, &family);
	else
		ret = err_set(e, -ESRCH, "%d: has run another program", row->pid);
	if (!ret && members_add(seen, &family, w->n))
		ret = err_sys(e, -ENOMEM, "family");
	family_free(&family);
	return ret;
}

static int fill_forecast(const struct source *src, struct worsts *w, struct worst *row,
			 struct err *e)
{
	const struct {
		enum forecast_key key;
		struct value *into;
	} keys[] = {
		{ FORECAST_at_risk_pages, &row->at_risk },
		{ FORECAST_memory_max_pages, &row->memory_max },
		{ FORECAST_memory_available_pages, &row->available },
	};
	struct forecast forecast;
	struct value shared = { 0 };
	size_t i;
	int ret = fetch_forecast(src, row->pid, &forecast, e);

	if (ret)
		return ret;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && !ret; i++)
		if (value_parse(forecast.value[keys[i].key], keys[i].into))
			ret = err_set(e, -EPROTO, "%d: forecast: not a number: \"%.40s\"",
				      row->pid, forecast.value[keys[i].key]);
	if (!value_parse(forecast.value[FORECAST_shared_pages], &shared))
		w->walked += shared.n;
	forecast_free(&forecast);
	return ret;
}

static int add_process(const struct source *src, struct worsts *w, struct members *seen,
		       const struct record *rec, struct err *e)
{
	struct worst *row = &w->row[w->n];
	struct err why;
	int ret;

	*row = (struct worst){ .pid = (pid_t)rec->pid.n, .rec = rec };
	ret = fill_family(src, w, seen, row, &why);
	if (!ret)
		ret = fill_forecast(src, w, row, &why);
	if (ret == -ENOMEM)
		return err_sys(e, ret, "family");
	/* One that ended since is not watched any more. */
	if (ret && ret != -ESRCH)
		worsts_note_unread(w, &why);
	if (!ret)
		w->families += worsts_first(w, w->n++);
	return 0;
}

static int by_mm(const void *a, const void *b)
{
	const struct record *x = *(const struct record * const *)a;
	const struct record *y = *(const struct record * const *)b;

	return (x->mm.n > y->mm.n) - (x->mm.n < y->mm.n);
}

/* Those that live, oldest first; the caller frees. NULL: no memory. */
static const struct record **living(const struct watchlist *watch, const struct snapshot *s,
				    size_t *n)
{
	const struct record **rec = calloc(watch->n + 1, sizeof(*rec)), *found;
	size_t i;

	*n = 0;
	for (i = 0; rec && i < watch->n; i++) {
		found = strcmp(watch->row[i].state, "live") ? NULL :
			find_record(s, &watch->row[i].pid);
		if (found)
			rec[(*n)++] = found;
	}
	if (rec)
		qsort(rec, *n, sizeof(*rec), by_mm);
	return rec;
}

static int rows_by_mm(const void *a, const void *b)
{
	return by_mm(&((const struct worst *)a)->rec, &((const struct worst *)b)->rec);
}

/* Those that had to wait last time come first. */
static int add_living(const struct source *src, struct worsts *w,
		      const struct record * const *rec, size_t n, struct worst_budget *b,
		      struct err *e)
{
	struct members seen = { 0 };
	size_t i, first = 0;
	uint64_t before;
	int ret = 0;

	budget_begin(&b->budget);
	while (first < n && rec[first]->mm.n <= b->last)
		first++;
	for (i = 0; i < n && !ret && budget_left(&b->budget); i++) {
		before = w->walked;
		ret = add_process(src, w, &seen, rec[(first + i) % n], e);
		b->last = rec[(first + i) % n]->mm.n;
		budget_take(&b->budget, w->walked - before);
	}
	w->left_out = n - i;
	budget_end(&b->budget);
	free(seen.member);
	qsort(w->row, w->n, sizeof(*w->row), rows_by_mm);
	return ret;
}

int worsts_fetch(const struct source *src, const struct snapshot *s, struct worst_budget *b,
		 struct worsts *out, struct err *e)
{
	struct worst_budget without = { .budget.pages = UINT64_MAX };
	const struct record **rec;
	struct watchlist watch;
	size_t n;
	int ret;

	*out = (struct worsts){ 0 };
	ret = fetch_watch(src, &watch, &out->why);
	if (ret) {
		out->no_watch = true;
		return 0;
	}
	rec = living(&watch, s, &n);
	out->row = calloc(watch.n + 1, sizeof(*out->row));
	if (!rec || !out->row)
		ret = err_sys(e, -ENOMEM, "watch");
	else
		ret = add_living(src, out, rec, n, b ? b : &without, e);
	free(rec);
	watchlist_free(&watch);
	if (ret)
		worsts_free(out);
	return ret;
}

void worsts_describe(const struct worsts *w, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	if (w->no_watch)
		snprintf(buf, size, "worst cases not known: %s", w->why.text);
	else if (w->left_out)
		used = snprintf(buf, size,
				"worst cases of %zu watched left out: more pages than the budget",
				w->left_out);
	if (w->unread && used < size)
		snprintf(buf + used, size - used, "%snot read of %zu watched: %s",
			 used ? ", " : "", w->unread, w->why.text);
}

void worsts_free(struct worsts *w)
{
	free(w->row);
	*w = (struct worsts){ 0 };
}

bool worsts_first(const struct worsts *w, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (w->row[j].family == w->row[i].family)
			return false;
	return true;
}

const char *worst_fits(const struct value *pages, const struct value *memory_max,
		       const struct value *available)
{
	if (!value_known(pages) || !value_known(available))
		return "-";
	if (pages->n > available->n || (value_known(memory_max) && pages->n > memory_max->n))
		return "no";
	return "yes";
}
