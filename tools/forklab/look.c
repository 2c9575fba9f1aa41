// SPDX-License-Identifier: GPL-2.0-only
/* What the module counted, for one experiment; see lab.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

static void broken(struct lab *lab, int ret)
{
	lab->broken = lab->broken || ret;
}

void lab_mark(struct lab *lab, enum role who)
{
	if (!lab->broken)
		broken(lab, fetch_cow(lab->src, lab->pid[who], &lab->before[who],
				      &lab->err));
}

struct cow lab_counted(struct lab *lab, enum role who)
{
	struct cow now = { 0 };
	const struct cow *before = &lab->before[who];
	int region, cause;

	if (lab->broken)
		return now;
	broken(lab, fetch_cow(lab->src, lab->pid[who], &now, &lab->err));
	for (region = 0; region < REGION_COUNT; region++)
		for (cause = 0; cause < CAUSE_COUNT; cause++)
			now.cause[region][cause] =
				value_minus(&now.cause[region][cause],
					    &before->cause[region][cause]);
	return now;
}

struct value lab_row_sum(const struct cow *cow, enum region region)
{
	struct value sum = value_of(0);
	const struct value *v;
	int cause;

	for (cause = 0; cause < CAUSE_COUNT; cause++) {
		v = &cow->cause[region][cause];
		if (!value_known(v) || v->flags & VALUE_NEGATIVE)
			return (struct value){ 0 };
		if (cause != CAUSE_SOLE && cause != CAUSE_REMOTE)
			sum.n += v->n;
	}
	return sum;
}

static void look_again(struct lab *lab)
{
	if (lab->broken)
		return;
	snap_free(&lab->snap);
	broken(lab, fetch_snapshot(lab->src, &lab->snap, &lab->err));
}

static const struct record *missing(struct lab *lab, const char *file,
				    const char *key, uint64_t n)
{
	static const struct record nothing = { .comm = "-", .born = "-", .end = "-",
					       .cgroup = "-" };

	if (!lab->broken)
		broken(lab, err_set(&lab->err, -ENOENT, "%s: no row with %s %llu",
				    file, key, (unsigned long long)n));
	return &nothing;
}

const struct record *lab_live_maybe(struct lab *lab, pid_t pid)
{
	size_t i;

	look_again(lab);
	for (i = 0; !lab->broken && i < lab->snap.nlive; i++)
		if (value_is(&lab->snap.live[i].pid, pid))
			return &lab->snap.live[i];
	return NULL;
}

const struct record *lab_live(struct lab *lab, pid_t pid)
{
	const struct record *rec = lab_live_maybe(lab, pid);

	return rec ? rec : missing(lab, "processes", "pid", pid);
}

const struct record *lab_exited(struct lab *lab, uint64_t mm)
{
	size_t i;

	look_again(lab);
	for (i = 0; !lab->broken && i < lab->snap.nexited; i++)
		if (value_is(&lab->snap.exited[i].mm, mm))
			return &lab->snap.exited[i];
	return missing(lab, "exited", "mm", mm);
}

size_t lab_count_mm(const struct lab *lab, uint64_t mm)
{
	size_t i, n = 0;

	for (i = 0; i < lab->snap.nlive; i++)
		n += value_is(&lab->snap.live[i].mm, mm);
	return n;
}

/* PIDs come again: the newest row counts. */
const struct clone_event *lab_clone(struct lab *lab, pid_t child)
{
	static const struct clone_event nothing = {
		.syscall = "-", .shape = "-", .flags = "-", .result = "-",
	};
	const struct clone_event *newest = NULL;
	size_t n = 0, i;

	if (lab->broken)
		return &nothing;
	free(lab->clones);
	free(lab->clones_text);
	lab->clones = NULL;
	lab->clones_text = NULL;
	broken(lab, fetch_clones(lab->src, &lab->clones, &n, &lab->clones_text,
				 &lab->err));
	if (lab->broken) {
		lab->clones_text = NULL;	/* freed by the one that failed */
		return &nothing;
	}
	for (i = 0; i < n; i++)
		if (value_is(&lab->clones[i].child, child) &&
		    (!newest || newest->time_ns.n <= lab->clones[i].time_ns.n))
			newest = &lab->clones[i];
	if (newest)
		return newest;
	missing(lab, "clones", "child", child);
	return &nothing;
}

struct value lab_mm(struct lab *lab, pid_t pid)
{
	struct process_status st;
	struct value mm = { 0 };
	char *text;

	if (lab->broken)
		return mm;
	broken(lab, fetch_process_status(lab->src, pid, &st, &text, &lab->err));
	if (lab->broken)
		return mm;
	if (value_parse(st.text[PROCESS_mm], &mm))
		broken(lab, err_set(&lab->err, -EPROTO, "mm of PID %d: \"%s\"",
				    pid, st.text[PROCESS_mm]));
	free(text);
	return mm;
}
