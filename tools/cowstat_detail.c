// SPDX-License-Identifier: GPL-2.0-only
/* Views of single processes, for the reports by region and by latency. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowstat_report.h"
#include "fetch.h"
#include "fetch_views.h"

/* Living, else the last that ended under this PID. */
static const struct record *record_of(const struct snapshot *s, pid_t pid)
{
	const struct record *last = NULL;
	size_t i;

	for (i = 0; i < s->nlive; i++)
		if (value_is(&s->live[i].pid, pid))
			return &s->live[i];
	for (i = 0; i < s->nexited; i++)
		if (value_is(&s->exited[i].pid, pid) &&
		    (!last || s->exited[i].mm.n > last->mm.n))
			last = &s->exited[i];
	return last;
}

static int read_view(const struct cowstat_options *o, const struct source *src,
		     struct cowstat_detail *d, struct err *e)
{
	return o->by == BY_REGION ? fetch_cow(src, d->pid, &d->cow, e) :
				    fetch_latency(src, d->pid, &d->latency, e);
}

/* After an exec the PID is another address space: not what the snapshot has. */
static int check_same(const struct source *src, const struct cowstat_detail *d, struct err *e)
{
	struct process_status status;
	struct value mm = { 0 };
	char *text;
	int ret = fetch_process_status(src, d->pid, &status, &text, e);

	if (ret)
		return ret;
	value_parse(status.text[PROCESS_mm], &mm);
	free(text);
	return value_is(&mm, d->rec->mm.n) ? 0 :
		err_set(e, -ESRCH, "%d: has run another program", d->pid);
}

static void add(const struct cowstat_options *o, const struct source *src,
		const struct snapshot *s, struct cowstat_details *out, pid_t pid)
{
	struct cowstat_detail *d = &out->row[out->n];
	struct err why = { 0 };
	int ret = 0;

	*d = (struct cowstat_detail){ .pid = pid, .rec = record_of(s, pid) };
	if (!d->rec)
		ret = err_set(&why, -ESRCH,
			      "PID %d: no process with an address space, nor one that ended lately",
			      pid);
	if (!ret)
		ret = read_view(o, src, d, &why);
	if (!ret) {
		ret = check_same(src, d, &why);
		if (ret)
			latency_free(&d->latency);
	}
	if (!ret)
		out->n++;
	else if (!out->unread++)
		out->why = why;
}

static int add_watched(const struct cowstat_options *o, const struct source *src,
		       const struct snapshot *s, struct cowstat_details *out, struct err *e)
{
	struct watchlist watch;
	size_t i;
	int ret = fetch_watch(src, &watch, e);

	if (ret)
		return ret;
	out->row = calloc(watch.n + 1, sizeof(*out->row));
	if (!out->row)
		ret = err_sys(e, -ENOMEM, "watch");
	else if (!watch.n)
		ret = err_set(e, -ESRCH, "no process is watched, and none is named by -p");
	for (i = 0; !ret && i < watch.n; i++)
		if (value_known(&watch.row[i].pid) && watch.row[i].pid.n <= INT32_MAX)
			add(o, src, s, out, (pid_t)watch.row[i].pid.n);
	watchlist_free(&watch);
	return ret;
}

int cowstat_details_fetch(const struct cowstat_options *o, const struct source *src,
			  const struct snapshot *s, struct cowstat_details *out, struct err *e)
{
	size_t i;
	int ret = 0;

	*out = (struct cowstat_details){ 0 };
	if (o->npids) {
		out->row = calloc(o->npids, sizeof(*out->row));
		if (!out->row)
			ret = err_sys(e, -ENOMEM, "processes");
		for (i = 0; !ret && i < o->npids; i++)
			add(o, src, s, out, o->pids[i]);
	} else {
		ret = add_watched(o, src, s, out, e);
	}
	if (!ret && !out->n && out->unread) {
		*e = out->why;
		ret = -ESRCH;
	}
	if (ret)
		cowstat_details_free(out);
	return ret;
}

void cowstat_details_free(struct cowstat_details *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		latency_free(&d->row[i].latency);
	free(d->row);
	*d = (struct cowstat_details){ 0 };
}

static bool lived(const struct snapshot *s, const struct record *rec)
{
	size_t i;

	for (i = 0; i < s->nlive; i++)
		if (value_is(&s->live[i].mm, rec->mm.n))
			return true;
	return false;
}

bool cowstat_detail_before(const struct cowstat_period *period, const struct cowstat_detail *now,
			   const struct cowstat_detail **was)
{
	const struct cowstat_details *before;
	size_t i;

	*was = NULL;
	if (!period->before)
		return true;
	before = &period->before->details;
	for (i = 0; i < before->n && !*was; i++)
		if (value_is(&before->row[i].rec->mm, now->rec->mm.n))
			*was = &before->row[i];
	return *was || !lived(&period->before->snap, now->rec);
}

void cowstat_say_more(struct err *e, const char *more)
{
	size_t used = strlen(e->text);

	if (*more)
		snprintf(e->text + used, sizeof(e->text) - used, "%s%s", used ? ", " : "", more);
}

void cowstat_details_describe(const struct cowstat_period *period, struct err *e)
{
	const struct cowstat_details *d = &period->now->details;
	const struct cowstat_detail *was;
	struct err more = { 0 };
	size_t i, late = 0;

	for (i = 0; i < d->n; i++)
		late += !cowstat_detail_before(period, &d->row[i], &was);
	if (d->unread) {
		err_set(&more, 0, "not read of %zu: %.200s", d->unread, d->why.text);
		cowstat_say_more(e, more.text);
	}
	if (late) {
		err_set(&more, 0, "%zu watched since the last report: shown in the next", late);
		cowstat_say_more(e, more.text);
	}
}
