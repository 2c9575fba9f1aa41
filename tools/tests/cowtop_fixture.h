/* SPDX-License-Identifier: GPL-2.0-only */
/* A small family for the tests of cowtop, before and after some copies. */
#ifndef COWTOP_FIXTURE_H
#define COWTOP_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_keys.h"
#include "cowtop_lines.h"
#include "cowtop_look.h"

/* A row of processes: prime copies, so that no sum stands for another. */
#define ROW(pid, ppid, copied, file, comm, mm, parent, born)			\
	#pid " " #ppid " 1 " #copied " " #file " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 " \
	"500 9 /cg/" comm " " comm " 0 0 " #mm " " #parent " " born " " #pid

#define HEAD		COWSCOPE_HEADER_PROCESSES "\n"
#define HEAD_EXITED	COWSCOPE_HEADER_EXITED "\n"

static inline char *status_text(void)
{
#define KEY(key)	#key " 0\n"
	static const char text[] = COWSCOPE_STATUS_KEYS(KEY);
#undef KEY
	char *copy = strdup(text);

	if (!copy)
		abort();
	copy[strlen("abi ")] = '0' + COWSCOPE_ABI;
	return copy;
}

static inline char *totals_text(void)
{
	static const char zeros[] = " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
	char *text;

	if (asprintf(&text, "%s\nlive%sexited%suntracked%stotal%s", COWSCOPE_HEADER_TOTALS,
		     zeros, zeros, zeros, zeros) < 0)
		abort();
	return text;
}

static inline struct snapshot snapshot(const char *live, const char *exited)
{
	char *text[SNAP_TEXTS] = {
		[SNAP_STATUS_FIRST] = status_text(), [SNAP_PROCESSES] = strdup(live),
		[SNAP_EXITED] = strdup(exited), [SNAP_TOTALS] = totals_text(),
		[SNAP_STATUS_LAST] = status_text(),
	};
	size_t len[SNAP_TEXTS], i;
	struct snapshot s;
	struct err e;

	for (i = 0; i < SNAP_TEXTS; i++)
		len[i] = strlen(text[i]);
	if (snap_parse(&s, text, len, &e)) {
		fprintf(stderr, "cowtop_test: %s\n", e.text);
		abort();
	}
	return s;
}

#define SERVER	ROW(10, 1, 2, 0, "server", 100, -, "load") "\n"
#define SERVER2	ROW(10, 1, 5, 0, "server", 100, -, "load") "\n"
#define WORKER	ROW(11, 10, 0, 0, "worker", 101, 100, "fork") "\n"
#define WORKER2	ROW(11, 10, 7, 11, "worker", 101, 100, "fork") "\n"
#define MIDDLE	ROW(12, 10, 0, 0, "worker", 102, 100, "fork") "\n"
#define HELPER	ROW(13, 12, 0, 0, "helper", 103, 102, "fork") "\n"
#define HELPER2	ROW(13, 12, 13, 0, "helper", 103, 102, "fork") "\n"
#define ALONE	ROW(14, 1, 17, 0, "alone", 104, 100, "exec") "\n"
/* As the last columns of exited: end and age come before the inner PID. */
#define MIDDLE_ENDED								\
	"12 10 1 19 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 500 9 /cg/worker worker 0 0 "	\
	"102 100 fork exit 5 12\n"

struct world {
	struct snapshot before, after;
	struct top_model m;
};

static inline void world_make(struct world *w)
{
	struct err e;

	*w = (struct world){
		.before = snapshot(HEAD SERVER WORKER MIDDLE HELPER ALONE, HEAD_EXITED),
		.after = snapshot(HEAD SERVER2 WORKER2 HELPER2 ALONE,
				  HEAD_EXITED MIDDLE_ENDED),
	};
	if (top_update(&w->m, NULL, &w->before, 0, 1, &e) ||
	    top_update(&w->m, &w->before, &w->after, 2, 3, &e)) {
		fprintf(stderr, "cowtop_test: %s\n", e.text);
		abort();
	}
}

static inline void world_free(struct world *w)
{
	top_free(&w->m);
	snap_free(&w->before);
	snap_free(&w->after);
}

static inline const struct top_node *node(const struct top_model *m, uint64_t mm)
{
	static const struct top_node none = { .parent = TOP_NONE - 1 };
	size_t i = top_find(m, mm);

	return i == TOP_NONE ? &none : &m->node[i];
}

static inline unsigned int column(const char *name)
{
	unsigned int index = 0;
	struct err e = { 0 };

	if (column_find(&top_columns, name, strlen(name), &index, &e))
		abort();
	return index;
}

#endif /* COWTOP_FIXTURE_H */
