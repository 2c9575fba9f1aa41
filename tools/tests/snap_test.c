// SPDX-License-Identifier: GPL-2.0-only
/* What happened between two looks, from texts made here; see lib/snap.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "loss.h"
#include "snap.h"
#include "tap.h"

#define ZERO_AFTER_COPIED	" 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"

/* One row of processes or exited. */
struct entry {
	int pid, mm, copied;
	const char *end;	/* NULL: alive */
};

__attribute__((format(printf, 2, 3)))
static void put(char **text, const char *fmt, ...)
{
	char *old = *text, line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (asprintf(text, "%s%s", old ? old : "", line) < 0)
		abort();
	free(old);
}

static char *table(const char *header, const struct entry *entry, bool ended)
{
	char *text = NULL;

	put(&text, "%s\n", header);
	for (; entry->pid; entry++) {
		if (ended != !!entry->end)
			continue;
		put(&text, "%d 1 1 %d" ZERO_AFTER_COPIED " - 5 /g c 0 0 %d - load",
		    entry->pid, entry->copied, entry->mm);
		if (entry->end)
			put(&text, " %s 77", entry->end);
		put(&text, " %d\n", entry->pid);
	}
	return text;
}

static char *totals(void)
{
	char *text = NULL;

	put(&text, COWSCOPE_HEADER_TOTALS "\n");
	put(&text, "live 7" ZERO_AFTER_COPIED "\nexited 1" ZERO_AFTER_COPIED "\n");
	put(&text, "untracked 0" ZERO_AFTER_COPIED "\ntotal 8" ZERO_AFTER_COPIED "\n");
	return text;
}

static const char *status_text(const char *key, int since, int dropped)
{
	static char buf[16];

	if (!strcmp(key, "health"))
		return "ok";
	if (!strcmp(key, "accounting"))
		return "on";
	snprintf(buf, sizeof(buf), "%d", !strcmp(key, "abi") ? COWSCOPE_ABI :
		 !strcmp(key, "since_ns") ? since :
		 !strcmp(key, "exited_dropped") ? dropped : 0);
	return buf;
}

#define KEY_NAME(key)	#key,
static const char * const keys[] = { COWSCOPE_STATUS_KEYS(KEY_NAME) };

static char *status(int since, int dropped)
{
	char *text = NULL;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put(&text, "%s %s\n", keys[i], status_text(keys[i], since, dropped));
	return text;
}

static struct snapshot look(const struct entry *entry, int since, int dropped)
{
	char *text[SNAP_TEXTS] = {
		status(since, dropped), table(COWSCOPE_HEADER_PROCESSES, entry, false),
		table(COWSCOPE_HEADER_EXITED, entry, true), totals(),
		status(since, dropped),
	};
	size_t len[SNAP_TEXTS], i;
	struct snapshot s;
	struct err e = { "" };

	for (i = 0; i < SNAP_TEXTS; i++)
		len[i] = strlen(text[i]);
	if (snap_parse(&s, text, len, &e)) {
		fprintf(stderr, "snap_test: %s\n", e.text);
		exit(1);
	}
	return s;
}

static const struct row *find(const struct rows *rows, uint64_t mm)
{
	const struct row *hit = NULL;
	size_t i, n = 0;

	for (i = 0; i < rows->n; i++)
		if (value_is(&rows->row[i].rec.mm, mm)) {
			hit = &rows->row[i];
			n++;
		}
	return n == 1 ? hit : NULL;
}

static bool counted(const struct rows *rows, uint64_t mm, uint64_t copied, bool ended)
{
	const struct row *row = find(rows, mm);

	return row && value_is(&row->rec.cause[CAUSE_COPIED], copied) &&
		row->ended == ended;
}

static void test_delta(void)
{
	static const struct entry then[] = {
		{ 10, 1, 5, NULL }, { 11, 2, 7, NULL }, { 12, 3, 1, NULL },
		{ 9, 4, 100, "exit" }, { 13, 5, 2, NULL }, { 0, 0, 0, NULL },
	}, later[] = {
		{ 10, 1, 9, NULL }, { 11, 2, 8, "exit" }, { 12, 3, 4, "exec" },
		{ 12, 6, 2, NULL }, { 9, 4, 100, "exit" }, { 14, 7, 3, "exit" },
		{ 0, 0, 0, NULL },
	};
	struct snapshot a = look(then, 1, 0), b = look(later, 1, 0);
	struct rows rows;
	char text[256];
	struct err e = { "" };

	ok(!snap_delta(&a, &b, &rows, &e), "two looks can be compared");
	ok(counted(&rows, 1, 4, false), "a process that goes on: the difference");
	ok(counted(&rows, 2, 1, true), "one that ended meanwhile: up to its end");
	ok(counted(&rows, 3, 3, true) && counted(&rows, 6, 2, false),
	   "an exec: the old and the new address space of one PID");
	ok(counted(&rows, 7, 3, true), "one that came and went: all of it");
	ok(!find(&rows, 4), "one that had ended before is no row");
	ok(rows.n == 5 && rows.vanished == 1, "one without a line is missed");
	ok(loss_describe(&a, &b, &rows, false, text, sizeof(text)) &&
	   strstr(text, "up to 1 ended"), "and the loss is said");
	rows_free(&rows);
	snap_free(&a);
	snap_free(&b);
}

static void test_pushed_out(void)
{
	static const struct entry none[] = { { 0, 0, 0, NULL } };
	static const struct entry two[] = {
		{ 8, 1, 0, "exit" }, { 9, 2, 0, "exit" }, { 0, 0, 0, NULL },
	};
	struct snapshot a = look(two, 1, 10), b = look(none, 1, 12),
			c = look(none, 1, 15);
	struct rows rows;
	char text[256];
	struct err e = { "" };

	if (snap_delta(&a, &b, &rows, &e))
		ok(false, "delta");
	ok(!loss_describe(&a, &b, &rows, false, text, sizeof(text)),
	   "lines that we had seen may be pushed out");
	rows_free(&rows);
	if (snap_delta(&a, &c, &rows, &e))
		ok(false, "delta");
	ok(loss_describe(&a, &c, &rows, false, text, sizeof(text)) &&
	   strstr(text, "up to 3 ended"), "lines that we never saw are counted");
	ok(!loss_describe(&a, &b, &rows, false, text, 0 + 8) || strlen(text) < 8,
	   "a short buffer cuts the text off");
	rows_free(&rows);
	snap_free(&a);
	snap_free(&b);
	snap_free(&c);
}

static void test_both_tables(void)
{
	static const struct entry both[] = {
		{ 10, 1, 5, NULL }, { 10, 1, 6, "exit" }, { 0, 0, 0, NULL },
	};
	struct snapshot a = look(both, 1, 0), b = look(both, 2, 0);
	struct rows rows;
	struct err e = { "" };

	ok(!snap_since_start(&a, &rows, &e) && rows.n == 1 &&
	   counted(&rows, 1, 6, true),
	   "one that stands in both tables counts once, as it ended");
	rows_free(&rows);
	ok(snap_delta(&a, &b, &rows, &e) == -ESTALE, "another load is not compared");
	snap_free(&a);
	snap_free(&b);
}

int main(void)
{
	test_delta();
	test_pushed_out();
	test_both_tables();
	return tap_failed != 0;
}
