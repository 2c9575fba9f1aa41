// SPDX-License-Identifier: GPL-2.0-only
/* One experiment from the first actor to the last line; see lab.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

int64_t lab_answer(struct lab *lab, enum role who)
{
	int64_t value = 0;

	if (lab->broken)
		return 0;
	lab->broken = troupe_answer(&lab->troupe, who, &value, &lab->err);
	return value;
}

static void send_order(struct lab *lab, enum role who, const struct order *o)
{
	if (!lab->broken)
		lab->broken = troupe_send(&lab->troupe, who, o, &lab->err);
}

void lab_send(struct lab *lab, enum role who, enum order_op op)
{
	const struct order o = { .op = op };

	send_order(lab, who, &o);
}

int64_t lab_order(struct lab *lab, enum role who, enum order_op op, enum area area,
		  size_t count, unsigned char mark)
{
	const struct order o = { .op = op, .area = area, .count = count, .mark = mark };

	send_order(lab, who, &o);
	return lab_answer(lab, who);
}

int64_t lab_act(struct lab *lab, enum role who, enum order_op op, uint64_t arg)
{
	const struct order o = { .op = op, .count = 1, .arg = arg };

	send_order(lab, who, &o);
	return lab_answer(lab, who);
}

/*
 * Writes and reads of no page: whatever these touch of the actor's own memory
 * (stack, libc) is its own from now on, and no longer falls into a count.
 */
static void settle(struct lab *lab, enum role who)
{
	int i;

	for (i = 0; i < 2; i++) {
		lab_order(lab, who, ORDER_WRITE, AREA_STACK, 0, 0);
		lab_order(lab, who, ORDER_READ, AREA_STACK, 0, 0);
	}
}

void lab_prepare(struct lab *lab, enum area area, size_t count, unsigned char mark)
{
	lab_order(lab, PARENT, ORDER_MAP, area, count, 0);
	lab_order(lab, PARENT, ORDER_WRITE, area, count, mark);
}

void lab_fork(struct lab *lab)
{
	lab_order(lab, PARENT, ORDER_FORK, AREA_ANON, 0, 0);
	lab->pid[CHILD] = (pid_t)lab_answer(lab, CHILD);
	settle(lab, PARENT);
	settle(lab, CHILD);
}

void lab_make(struct lab *lab, uint64_t flags)
{
	lab->pid[CHILD] = (pid_t)lab_act(lab, PARENT, ORDER_CLONE, flags);
	/* Its own word is that of its PID namespace. */
	lab_answer(lab, CHILD);
	settle(lab, PARENT);
	settle(lab, CHILD);
}

void lab_end_child(struct lab *lab)
{
	lab_send(lab, CHILD, ORDER_END);
	lab_order(lab, PARENT, ORDER_REAP, AREA_ANON, 0, 0);
}

/* What must not have happened while we measured. */
struct losses {
	struct value unclassified, records_dropped, gaps;
};

static int read_losses(const struct source *src, struct losses *l, struct err *e)
{
	struct status st;
	char *text;
	int ret = fetch_status(src, &st, &text, e);

	if (ret)
		return ret;
	l->unclassified = status_value(&st, STATUS_unclassified);
	l->records_dropped = status_value(&st, STATUS_records_dropped);
	l->gaps = status_value(&st, STATUS_gaps);
	if (strcmp(st.text[STATUS_accounting], "on"))
		ret = err_set(e, -EAGAIN, "accounting is %s: nothing would be counted",
			      st.text[STATUS_accounting]);
	free(text);
	return ret;
}

static void report_loss(struct lab *lab, const char *what,
			const struct value *before, const struct value *after)
{
	struct value d = value_minus(after, before);

	if (!value_is(&d, 0))
		lab_is(lab, what, d, 0);
}

static void check_losses(struct lab *lab, const struct losses *before)
{
	struct losses after;

	if (lab->broken)
		return;
	lab->broken = read_losses(lab->src, &after, &lab->err);
	report_loss(lab, "lost meanwhile: unclassified", &before->unclassified,
		    &after.unclassified);
	report_loss(lab, "lost meanwhile: records_dropped",
		    &before->records_dropped, &after.records_dropped);
	report_loss(lab, "lost meanwhile: gaps", &before->gaps, &after.gaps);
}

static void lab_free(struct lab *lab)
{
	troupe_end(&lab->troupe);
	snap_free(&lab->snap);
	free(lab->clones);
	free(lab->clones_text);
	walk_free(&lab->walk);
	pages_free(&lab->pages);
	birth_free(&lab->birth);
	sharing_free(&lab->sharing);
	files_free(&lab->files);
}

static void set_up(struct lab *lab, enum setup setup)
{
	settle(lab, PARENT);
	if (setup == SETUP_BARE)
		return;
	lab_prepare(lab, AREA_ANON, N, 'p');
	if (setup == SETUP_FORKED) {
		lab_fork(lab);
		lab_mark(lab, CHILD);
	}
	lab_mark(lab, PARENT);
}

int lab_run(const struct experiment *x, const struct source *src, struct err *e)
{
	struct lab lab = { .src = src };
	struct losses before;
	int ret;

	ret = read_losses(src, &before, e);
	if (ret)
		return ret;
	printf("%s: %s\n  The book: %s\n  Measured:\n", x->name, x->title, x->book);
	fflush(stdout);		/* or the actors would inherit what is unwritten */
	ret = troupe_start(&lab.troupe, e);
	if (ret)
		return ret;
	lab.pid[PARENT] = lab.troupe.parent;
	set_up(&lab, x->setup);
	x->run(&lab);
	check_losses(&lab, &before);
	lab_free(&lab);
	if (lab.broken) {
		*e = lab.err;
		return -EIO;
	}
	if (lab.differ)
		printf("  %u line%s NOT as the book says\n", lab.differ,
		       lab.differ == 1 ? "" : "s");
	if (lab.skipped)
		printf("  SKIPPED: %s\n", lab.skipped);
	putchar('\n');
	return lab.differ ? 1 : lab.skipped ? LAB_SKIPPED : 0;
}
