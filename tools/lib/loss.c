// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "loss.h"

static const struct {
	enum status_key key;
	const char *words;
} losses[] = {
	{ STATUS_records_dropped,   "records dropped" },
	{ STATUS_unclassified,	    "events from unknown callers" },
	{ STATUS_slots_dropped,	    "attempts not followed" },
	{ STATUS_orphans,	    "outcomes without an attempt" },
	{ STATUS_gaps,		    "gaps in accounting" },
};

/* A list that grows in a buffer; what does not fit is cut off. */
struct list {
	char *buf;
	size_t size, used;
};

__attribute__((format(printf, 2, 3)))
static void list_add(struct list *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (l->used)
		l->used += snprintf(l->buf + l->used, l->size - l->used, ", ");
	if (l->used >= l->size)
		goto full;
	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->used, l->size - l->used, fmt, ap);
	va_end(ap);
	l->used += n;
	if (l->used < l->size)
		return;
full:
	l->used = l->size - 1;
}

static void add_counters(struct list *l, const struct snapshot *before,
			 const struct snapshot *now)
{
	struct value v, old;
	size_t i;

	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		v = status_value(&now->last, losses[i].key);
		if (before) {
			old = status_value(&before->last, losses[i].key);
			v = value_minus(&v, &old);
		}
		if (!value_known(&v))
			list_add(l, "%s: not known", losses[i].words);
		else if (v.n)
			list_add(l, "%" PRIu64 " %s", v.n, losses[i].words);
	}
}

/*
 * Lines of exited that were written and pushed out between the two looks. The
 * oldest go first, so as many as the first look held are no loss. The counter
 * is taken from the outer reads of status: at most too many, never too few.
 */
static uint64_t lines_missed(const struct snapshot *before,
			     const struct snapshot *now)
{
	struct value was = status_value(&before->first, STATUS_exited_dropped);
	struct value is = status_value(&now->last, STATUS_exited_dropped);
	struct value d = value_minus(&is, &was);

	return d.n > before->nexited ? d.n - before->nexited : 0;
}

static void add_lines(struct list *l, const struct snapshot *before,
		      const struct snapshot *now, const struct rows *rows,
		      bool exited)
{
	struct value pushed = status_value(&now->last, STATUS_exited_dropped);
	uint64_t missed;

	if (!before) {
		if (exited && pushed.n)
			list_add(l, "%" PRIu64 " older lines of exited pushed out",
				 pushed.n);
		return;
	}
	missed = lines_missed(before, now);
	if (missed < rows->vanished)
		missed = rows->vanished;
	if (missed)
		list_add(l, "up to %" PRIu64 " ended address spaces left no line",
			 missed);
}

/*
 * Since load the module's own words say it all. Of a part of that time only its
 * hooks still matter: its counters are older, in part or as a whole.
 */
static bool health_counts(const struct snapshot *before, const char *health)
{
	return strcmp(health, "ok") && (!before || strstr(health, "hook "));
}

bool loss_describe(const struct snapshot *before, const struct snapshot *now,
		   const struct rows *rows, bool exited, char *buf, size_t size)
{
	const char *health = now->last.text[STATUS_health];
	struct list l = { .buf = buf, .size = size };

	*buf = '\0';
	if (health_counts(before, health)) {
		list_add(&l, "health: %s", health);
	} else {
		if (strcmp(now->last.text[STATUS_accounting], "on"))
			list_add(&l, "accounting %s",
				 now->last.text[STATUS_accounting]);
		add_counters(&l, before, now);
	}
	if (rows)
		add_lines(&l, before, now, rows, exited);
	return l.used != 0;
}
