// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_sites.h"

/* Functions with a line of their own; the others have one in common. */
#define LINES	8

static void get_copied(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->value = ((const struct place *)row)->cause[CAUSE_COPIED];
}

static const struct column by_copied = { .name = "copied", .get = get_copied };

static void forget(struct top_sites *s)
{
	if (s->read)
		places_free(&s->read->places);
	free(s->read);
	s->read = NULL;
}

void top_sites_free(struct top_sites *s)
{
	forget(s);
	symbols_end(s->symbols);
	*s = (struct top_sites){ 0 };
}

int top_sites_read(struct top_sites *s, const struct source *src, pid_t pid, struct err *e)
{
	struct top_sites now = { .symbols = s->symbols };
	int ret;

	now.read = calloc(1, sizeof(*now.read));
	if (!now.read)
		return err_sys(e, -ENOMEM, "sites");
	ret = gather(now.read, src, pid, e);
	if (!ret && now.read->n && !now.symbols) {
		now.symbols = gather_symbols(src, false, e);
		ret = now.symbols ? 0 : -EIO;
	}
	if (!ret && now.read->n)
		ret = gather_names(now.read, now.symbols, e);
	if (!ret)
		ret = gather_report(now.read, BY_FUNCTION, &by_copied, LINES, e);
	s->symbols = now.symbols;
	if (ret) {
		forget(&now);
		return ret;
	}
	forget(s);
	s->read = now.read;
	return 0;
}

static void say_place(struct top_lines *l, const struct place *p, size_t width)
{
	static const enum cause shown[] = { CAUSE_COPIED, CAUSE_FILE, CAUSE_ZERO, CAUSE_REUSED };
	char line[128], number[VALUE_TEXT_MAX];
	const char *note = strcmp(p->note, "-") ? p->note : p->object;
	size_t c, used = 0;

	for (c = 0; c < sizeof(shown) / sizeof(shown[0]); c++) {
		value_print(&p->cause[shown[c]], number, sizeof(number));
		used += snprintf(line + used, sizeof(line) - used, "%7s ", number);
	}
	top_say(l, width, TOP_PLAIN, "%s%-22.22s %s", line, strcmp(p->code, "-") ? p->code : p->by,
		strcmp(note, "-") ? note : "");
}

void top_sites_lines(struct top_lines *l, const struct top_sites *s, pid_t pid, size_t width)
{
	const struct places *p = &s->read->places;
	size_t i;

	top_say(l, width, TOP_PLAIN, "%s", "");
	if (!s->read->n) {
		top_say(l, width, TOP_PLAIN,
			"Which code it was is told of watched ones: echo %d > .../cowscope/watch",
			pid);
		return;
	}
	top_say(l, width, TOP_HEAD, "%7s %7s %7s %7s %-22s %s", "COPIED", "FILE", "ZERO", "REUSED",
		"CODE", "NOTE, OR OBJECT");
	for (i = 0; i < p->n; i++)
		if (causes_sum(p->row[i].cause))
			say_place(l, &p->row[i], width);
	if (*s->read->differs)
		top_say(l, width, TOP_PLAIN, "inexact: %s", s->read->differs);
}
