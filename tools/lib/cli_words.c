// SPDX-License-Identifier: GPL-2.0-only
/* What words on the command line mean, where all tools agree. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define SECONDS_MAX	(86400 * 365)

bool cli_take_table(struct cli_table *t, int c, const char *arg)
{
	switch (c) {
	case 'J':
		t->json = true;
		return true;
	case 'r':
		t->raw = true;
		return true;
	case 'n':
		t->no_headings = true;
		return true;
	case 'H':
		t->list_columns = true;
		return true;
	case 'o':
		t->columns = arg;
		return true;
	case CLI_OPT_ROOT:
		t->root = arg;
		return true;
	default:
		return false;
	}
}

int cli_check_table(const struct cli_tool *tool, const struct cli_table *t)
{
	return t->json && t->raw ? cli_usage(tool, "-J and -r exclude each other") : CLI_OK;
}

/* strtoull() takes signs and blanks, and stops where it likes. */
static int number_at(const char *text, uint64_t max, uint64_t *out, const char **end)
{
	char *stop;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*out = strtoull(text, &stop, 10);
	*end = stop;
	return errno || !*out || *out > max ? -EINVAL : 0;
}

int cli_number(const char *text, uint64_t max, uint64_t *out)
{
	const char *end;

	return number_at(text, max, out, &end) || *end ? -EINVAL : 0;
}

int cli_seconds(const char *text, double *out)
{
	char *end;

	if (*text < '0' || *text > '9' || strspn(text, "0123456789.") != strlen(text))
		return -EINVAL;
	errno = 0;
	*out = strtod(text, &end);
	return *end || errno || *out <= 0 || *out > SECONDS_MAX ? -EINVAL : 0;
}

int cli_pid(const struct cli_tool *tool, const char *text, pid_t *out)
{
	uint64_t n;

	if (cli_number(text, INT32_MAX, &n))
		return cli_usage(tool, "not a PID: \"%s\"", text);
	*out = (pid_t)n;
	return CLI_OK;
}

static int pids_parse(const char *text, pid_t *pids, size_t max, size_t *n)
{
	const char *end;
	uint64_t pid;

	do {
		if (number_at(text, INT32_MAX, &pid, &end) || (*end && *end != ','))
			return -EINVAL;
		if (*n == max)
			return -E2BIG;
		pids[(*n)++] = (pid_t)pid;
		text = end + 1;
	} while (*end);
	return 0;
}

int cli_pids(const struct cli_tool *tool, const char *text, pid_t *pids, size_t max,
	     size_t *n)
{
	if (pids_parse(text, pids, max, n))
		return cli_usage(tool, "-p: not a list of up to %zu PIDs: \"%s\"", max, text);
	return CLI_OK;
}
