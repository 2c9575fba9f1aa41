// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "fetch.h"

/*
 * The order matters: a process that ends meanwhile then stands in processes,
 * in exited or in both, but never in neither.
 */
static const char * const snap_files[SNAP_TEXTS] = {
	[SNAP_STATUS_FIRST] = "status",
	[SNAP_PROCESSES] = "processes",
	[SNAP_EXITED] = "exited",
	[SNAP_TOTALS] = "totals",
	[SNAP_STATUS_LAST] = "status",
};

int fetch_snapshot(const struct source *src, struct snapshot *out, struct err *e)
{
	char *text[SNAP_TEXTS] = { NULL };
	size_t len[SNAP_TEXTS], i;
	struct timespec when;
	int ret = 0;

	source_time(src, &when);
	for (i = 0; i < SNAP_TEXTS && !ret; i++)
		ret = source_read(src, snap_files[i], &text[i], &len[i], e);
	if (ret) {
		for (i = 0; i < SNAP_TEXTS; i++)
			free(text[i]);
		return ret;
	}
	ret = snap_parse(out, text, len, e);
	if (!ret)
		out->when = when;
	return ret;
}

int fetch_status(const struct source *src, struct status *out, char **text,
		 struct err *e)
{
	size_t len;
	int ret;

	ret = source_read(src, "status", text, &len, e);
	if (ret)
		return ret;
	ret = parse_status(*text, len, out, e);
	if (ret)
		free(*text);
	return ret;
}

int fetch_abi(const struct source *src, struct err *e)
{
	struct status status;
	char *text;
	int ret = fetch_status(src, &status, &text, e);

	if (!ret)
		free(text);
	return ret;
}

int fetch_process_status(const struct source *src, pid_t pid,
			 struct process_status *out, char **text, struct err *e)
{
	size_t len;
	int ret;

	ret = source_query(src, pid, "status", text, &len, e);
	if (ret)
		return ret;
	ret = parse_process_status(*text, len, out, e);
	if (ret)
		free(*text);
	return ret;
}

int fetch_clones(const struct source *src, struct clone_event **out, size_t *n,
		 char **text, struct err *e)
{
	size_t len;
	int ret;

	ret = source_read(src, "clones", text, &len, e);
	if (ret)
		return ret;
	ret = parse_clones(*text, len, out, n, e);
	if (ret)
		free(*text);
	return ret;
}

int fetch_cow(const struct source *src, pid_t pid, struct cow *out, struct err *e)
{
	char *text;
	size_t len;
	int ret;

	ret = source_query(src, pid, "cow", &text, &len, e);
	if (ret)
		return ret;
	ret = parse_cow(text, len, out, e);
	free(text);
	return ret;
}

int fetch_cgroups(const struct source *src, struct cgroups *out, struct err *e)
{
	char *text;
	size_t len;
	int ret = source_read(src, "cgroups", &text, &len, e);

	return ret ? ret : parse_cgroups(text, len, out, e);
}

int fetch_watch(const struct source *src, struct watchlist *out, struct err *e)
{
	char *text;
	size_t len;
	int ret = source_read(src, "watch", &text, &len, e);

	return ret ? ret : parse_watch(text, len, out, e);
}
