// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_views.h"

/* A line of its own, at the beginning or where the process ended meanwhile. */
static bool says_gone(const char *text, size_t len)
{
	static const char line[] = "\n" COWSCOPE_GONE "\n";
	const size_t n = sizeof(line) - 1;

	return (len >= n - 1 && !memcmp(text, line + 1, n - 1)) ||
	       memmem(text, len, line, n);
}

static int ask(const struct source *src, pid_t pid, const char *view, char **text,
	       size_t *len, struct err *e)
{
	int ret = source_query(src, pid, view, text, len, e);

	if (ret)
		return ret;
	if (!says_gone(*text, *len))
		return 0;
	free(*text);
	return err_set(e, -ESRCH, "%d: the process has ended", pid);
}

#define FETCH(view, type)							\
int fetch_##view(const struct source *src, pid_t pid, struct type *out,		\
		 struct err *e)							\
{										\
	char *text;								\
	size_t len;								\
	int ret = ask(src, pid, #view, &text, &len, e);				\
										\
	return ret ? ret : parse_##view(text, len, out, e);			\
}

FETCH(pages, pages)
FETCH(family, family)
FETCH(pairs, pairs)
FETCH(inherited, inherited)
FETCH(forecast, forecast)
FETCH(birth, birth)
FETCH(sharing, sharing)
FETCH(files, files)
FETCH(sites, sites)
FETCH(latency, latency)

int fetch_walk(const struct source *src, pid_t pid, uint64_t address,
	       struct walk *out, struct err *e)
{
	char view[COWSCOPE_COMMAND_MAX], *text;
	size_t len;
	int ret;

	snprintf(view, sizeof(view), "walk 0x%" PRIx64, address);
	ret = ask(src, pid, view, &text, &len, e);
	return ret ? ret : parse_walk(text, len, out, e);
}
