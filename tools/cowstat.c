// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowstat: copy-on-write per process, since start or per interval. Options and
 * loop only; the columns are in cowstat_columns.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "cowstat.h"
#include "fetch.h"
#include "loss.h"

#define OPT_EXITED	(CLI_OPT_FIRST + 0)
#define OPT_SAVE	(CLI_OPT_FIRST + 1)
#define OPT_SINCE	(CLI_OPT_FIRST + 2)

static const struct cli_option options[] = {
	{ 'p', "pid", "PID[,PID]", "only these processes" },
	{ 'a', "all", NULL, "also those for which nothing was counted" },
	{ OPT_EXITED, "exited", NULL, "finished address spaces instead" },
	{ 't', "totals", NULL, "sums over everything since the module was loaded" },
	{ 's', "sort", "COLUMN", "sort by this column (copied)" },
	CLI_TABLE_OPTIONS,
	CLI_HEADINGS_OPTION,
	{ OPT_SINCE, "since", "DIR", "count from the copy saved in DIR" },
	{ OPT_SAVE, "save", "DIR", "save a copy of the module's files and exit" },
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "cowstat",
	.synopsis = "[options] [interval [count]]",
	.purpose = "Shows what copy-on-write did to each process, since start or per interval\n"
		   "of so many seconds.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "cowstat(8)",
};

static int take_option(struct cowstat_options *o, int c, const char *arg)
{
	switch (c) {
	case 'a':
		o->all = true;
		return CLI_OK;
	case 't':
		o->totals = true;
		return CLI_OK;
	case OPT_EXITED:
		o->exited = true;
		return CLI_OK;
	case 's':
		o->sort = arg;
		return CLI_OK;
	case OPT_SAVE:
		o->save = arg;
		return CLI_OK;
	case OPT_SINCE:
		o->since = arg;
		return CLI_OK;
	case 'p':
		return cli_pids(&tool, arg, o->pids, COWSTAT_PIDS_MAX, &o->npids);
	default:
		/* Of an unknown option getopt has said why. */
		return cli_take_table(&o->table, c, arg) ? CLI_OK : CLI_USAGE;
	}
}

static int take_times(struct cowstat_options *o, int argc, char **argv)
{
	if (argc > 2)
		return cli_usage(&tool, "unexpected argument \"%s\"", argv[2]);
	if (argc > 0 && cli_seconds(argv[0], &o->interval))
		return cli_usage(&tool, "not an interval in seconds: \"%s\"", argv[0]);
	if (argc > 1 && cli_number(argv[1], UINT32_MAX, &o->count))
		return cli_usage(&tool, "not a count: \"%s\"", argv[1]);
	return CLI_OK;
}

static int check_options(const struct cowstat_options *o)
{
	if (cli_check_table(&tool, &o->table))
		return CLI_USAGE;
	if (o->totals && (o->npids || o->all || o->exited || o->sort))
		return cli_usage(&tool, "-t excludes -p, -a, -s and --exited");
	if (o->since && o->interval > 0)
		return cli_usage(&tool, "--since excludes an interval");
	if (o->save && (o->interval > 0 || o->since))
		return cli_usage(&tool, "--save excludes --since and an interval");
	return CLI_OK;
}

static int parse_options(struct cowstat_options *o, int argc, char **argv)
{
	struct cli_state state = { 0 };
	int c, code = CLI_OK;

	while (code == CLI_OK &&
	       (c = cli_next(&tool, &state, argc, argv)) != -1)
		code = take_option(o, c, optarg);
	cli_done(&state);
	if (code == CLI_OK)
		code = take_times(o, argc - optind, argv + optind);
	return code == CLI_OK ? check_options(o) : code;
}

/* Processes asked for have to exist when we start. */
static int check_pids(const struct cowstat_options *o, const struct snapshot *s)
{
	const struct record *rec = o->exited ? s->exited : s->live;
	size_t n = o->exited ? s->nexited : s->nlive, i, j;
	int code = CLI_OK;

	for (i = 0; i < o->npids; i++) {
		for (j = 0; j < n; j++)
			if (value_is(&rec[j].pid, o->pids[i]))
				break;
		if (j < n)
			continue;
		cli_error(&tool, "PID %d: no %s with an address space", o->pids[i],
			  o->exited ? "finished process" : "process");
		code = CLI_FAILED;
	}
	return code;
}

static int show(const struct cowstat_options *o, const struct source *src,
		const struct cowstat_period *period)
{
	struct err e;
	int ret = cowstat_report(o, src, period, &e);

	if (ret)
		return cli_fail(&tool, ret, &e);
	if (*e.text)
		cli_error(&tool, "inexact: %s", e.text);
	return cli_finish(&tool, CLI_OK);
}

/* Takes @first over. The clock of the titles may step, the one here does not. */
static int run_intervals(const struct cowstat_options *o, const struct source *src,
			 struct snapshot *first)
{
	struct snapshot before = *first, now;
	struct cowstat_period period = { .before = &before, .now = &now };
	struct timespec next, was, is;
	int code = CLI_OK, ret;
	struct err e;
	uint64_t i;

	clock_gettime(CLOCK_MONOTONIC, &next);
	was = next;
	for (i = 0; code == CLI_OK && (!o->count || i < o->count); i++) {
		clock_sleep(&next, o->interval);
		ret = fetch_snapshot(src, &now, &e);
		if (ret) {
			code = cli_fail(&tool, ret, &e);
			break;
		}
		clock_gettime(CLOCK_MONOTONIC, &is);
		period.seconds = clock_between(&was, &is);
		code = show(o, src, &period);
		snap_free(&before);
		before = now;
		was = is;
	}
	snap_free(&before);
	return code;
}

static int run_since(const struct cowstat_options *o, const struct source *src,
		     struct snapshot *now)
{
	struct snapshot before;
	struct cowstat_period period = { .before = &before, .now = now };
	struct source saved;
	struct err e;
	int ret, code;

	ret = source_open(&saved, o->since, &e);
	if (!ret)
		ret = fetch_snapshot(&saved, &before, &e);
	if (ret) {
		snap_free(now);
		return cli_fail(&tool, ret, &e);
	}
	period.seconds = clock_between(&before.when, &now->when);
	code = show(o, src, &period);
	snap_free(&before);
	snap_free(now);
	return code;
}

static int run_reports(const struct cowstat_options *o, const struct source *src)
{
	struct snapshot first;
	const struct cowstat_period period = { .now = &first };
	struct err e;
	int ret, code;

	ret = fetch_snapshot(src, &first, &e);
	if (ret)
		return cli_fail(&tool, ret, &e);
	code = check_pids(o, &first);
	if (code == CLI_OK && o->interval > 0)
		return run_intervals(o, src, &first);
	if (code == CLI_OK && o->since)
		return run_since(o, src, &first);
	if (code == CLI_OK)
		code = show(o, src, &period);
	snap_free(&first);
	return code;
}

static int run(const struct cowstat_options *o)
{
	struct source src;
	struct err e;
	int ret;

	ret = source_open(&src, o->table.root, &e);
	if (!ret && o->save)
		ret = source_save(&src, o->save, &e);
	if (ret)
		return cli_fail(&tool, ret, &e);
	return o->save ? CLI_OK : run_reports(o, &src);
}

int main(int argc, char **argv)
{
	struct cowstat_options o = { 0 };
	struct err e;
	int code;

	code = parse_options(&o, argc, argv);
	if (code != CLI_OK)
		return code;
	if (o.table.list_columns) {
		column_print_all(cowstat_columns(&o), stdout);
		return cli_finish(&tool, CLI_OK);
	}
	if (cowstat_choose(&o, &e))
		return cli_usage(&tool, "%s", e.text);
	return run(&o);
}
