// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowstat: copy-on-write per process, family, cgroup and region, how long copies took, since
 * start or per interval, and as metrics. Options and loops only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "clock.h"
#include "cowstat.h"
#include "fetch.h"
#include "replace.h"

#define OPT_EXITED	(CLI_OPT_FIRST + 0)
#define OPT_SAVE	(CLI_OPT_FIRST + 1)
#define OPT_SINCE	(CLI_OPT_FIRST + 2)
#define OPT_BY		(CLI_OPT_FIRST + 3)
#define OPT_METRICS	(CLI_OPT_FIRST + 4)
#define OPT_MAX_CGROUPS	(CLI_OPT_FIRST + 5)

/* Pages of 16 GiB: some tenths of a second. */
#define BUDGET		(UINT64_C(1) << 22)
#define MAX_CGROUPS	50
#define MAX_CGROUPS_LIMIT	16384

static const struct cli_option options[] = {
	{ OPT_BY, "by", "WHAT", "process (the default), family, cgroup, region, latency" },
	{ 'p', "pid", "PID[,PID]", "only these processes" },
	{ 'a', "all", NULL, "also those for which nothing was counted" },
	{ OPT_EXITED, "exited", NULL, "finished address spaces instead" },
	{ 't', "totals", NULL, "sums over everything since the module was loaded" },
	{ 's', "sort", "COLUMN", "sort by this column (copied)" },
	{ 'B', "budget", "PAGES", "by family: pages to walk for a report (4194304)" },
	CLI_TABLE_OPTIONS,
	CLI_HEADINGS_OPTION,
	{ OPT_SINCE, "since", "DIR", "count from the copy saved in DIR" },
	{ OPT_SAVE, "save", "DIR", "save a copy of the module's files and exit" },
	{ OPT_METRICS, "openmetrics", "FILE", "write metrics for Prometheus to FILE, - prints" },
	{ OPT_MAX_CGROUPS, "max-cgroups", "N", "cgroups with metrics of their own (50)" },
	CLI_COMMON_OPTIONS,
};

static const struct cli_example examples[] = {
	{ "cowstat -s copied 1 5", "five reports, a second each" },
	{ "cowstat --by family 10", "which family of forking processes copies" },
	{ "cowstat --by cgroup -J", "sums by cgroup since load, as JSON" },
	{ "cowstat --exited -s lived_ns", "what the last ones did that ended" },
	{ "cowstat --by region -p 1377", "where it copied, also after it has ended" },
	{ "echo on > watched/812/latency; cowstat --by latency -p 812 10",
	  "how long its copies take" },
	{ "cowstat --save b; make; cowstat --since b", "what a command did" },
	{ "cowstat --openmetrics /var/lib/prometheus/node-exporter/cowscope.prom 15",
	  "for the node exporter, every 15 seconds" },
	{ NULL, NULL },
};

static const struct cli_tool tool = {
	.name = "cowstat",
	.synopsis = "[options] [interval [count]]",
	.purpose = "Shows what copy-on-write did to each process, family, cgroup or region, since\n"
		   "start or per interval of so many seconds.",
	.examples = examples,
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "cowstat(8)",
};

static int take_by(struct cowstat_options *o, const char *arg)
{
	static const char * const words[] = {
		[BY_PROCESS] = "process", [BY_FAMILY] = "family", [BY_CGROUP] = "cgroup",
		[BY_REGION] = "region", [BY_LATENCY] = "latency",
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(arg, words[i])) {
			o->by = i;
			return CLI_OK;
		}
	return cli_usage(&tool, "--by: there is no report by \"%s\"", arg);
}

static int take_budget(struct cowstat_options *o, const char *arg)
{
	o->budget_given = true;
	if (cli_number(arg, BUDGET_PAGES_MAX, &o->budget->budget.pages))
		return cli_usage(&tool, "-B: not a number of pages: \"%s\"", arg);
	return CLI_OK;
}

static int take_max_cgroups(struct cowstat_options *o, const char *arg)
{
	if (cli_number(arg, MAX_CGROUPS_LIMIT, &o->max_cgroups))
		return cli_usage(&tool, "--max-cgroups: not a number from 1 to %d: \"%s\"",
				 MAX_CGROUPS_LIMIT, arg);
	return CLI_OK;
}

static int take_option(struct cowstat_options *o, int c, const char *arg)
{
	switch (c) {
	case 'a':
		o->all = true;
		return CLI_OK;
	case 't':
		o->totals = true;
		return CLI_OK;
	case OPT_BY:
		o->by_given = true;
		return take_by(o, arg);
	case 'B':
		return take_budget(o, arg);
	case OPT_METRICS:
		o->metrics = arg;
		return CLI_OK;
	case OPT_MAX_CGROUPS:
		return take_max_cgroups(o, arg);
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

/* Metrics are one fixed set: nothing that shapes a report goes with them. */
static int check_metrics(struct cowstat_options *o)
{
	const struct cli_table *t = &o->table;

	if (!o->metrics)
		return o->max_cgroups ? cli_usage(&tool, "--max-cgroups needs --openmetrics") :
					CLI_OK;
	if (o->by_given || o->totals || o->npids || o->all || o->exited || o->sort || o->since ||
	    o->save || o->budget_given || t->json || t->raw || t->no_headings ||
	    t->list_columns || t->columns)
		return cli_usage(&tool, "--openmetrics goes with --max-cgroups and --root only");
	if (!o->max_cgroups)
		o->max_cgroups = MAX_CGROUPS;
	return CLI_OK;
}

static int check_options(struct cowstat_options *o)
{
	if (cli_check_table(&tool, &o->table))
		return CLI_USAGE;
	if (o->totals && (o->npids || o->all || o->exited || o->sort || o->by_given))
		return cli_usage(&tool, "-t excludes -p, -a, -s, --by and --exited");
	if (o->totals)
		o->by = BY_SCOPE;
	if (o->budget_given && o->by != BY_FAMILY && !o->metrics)
		return cli_usage(&tool, "-B needs --by family");
	if ((o->by == BY_REGION || o->by == BY_LATENCY) && o->exited)
		return cli_usage(&tool, "--by region and latency exclude --exited: name it by -p");
	if (o->by == BY_CGROUP && (o->npids || o->exited))
		return cli_usage(&tool, "--by cgroup excludes -p and --exited");
	if (o->since && o->interval > 0)
		return cli_usage(&tool, "--since excludes an interval");
	if (o->save && (o->interval > 0 || o->since))
		return cli_usage(&tool, "--save excludes --since and an interval");
	return check_metrics(o);
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

	/* Of views it was said before, and one that ended may be asked for, too. */
	if (o->by == BY_REGION || o->by == BY_LATENCY)
		return CLI_OK;
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
			 struct cowstat_look *first)
{
	struct cowstat_look before = *first, now;
	struct cowstat_period period = { .before = &before, .now = &now };
	struct timespec next, was, is;
	int code = CLI_OK, ret;
	struct err e;
	uint64_t i;

	clock_gettime(CLOCK_MONOTONIC, &next);
	was = next;
	for (i = 0; code == CLI_OK && (!o->count || i < o->count); i++) {
		clock_sleep(&next, o->interval);
		ret = cowstat_fetch(o, src, &now, &e);
		if (ret) {
			code = cli_fail(&tool, ret, &e);
			break;
		}
		clock_gettime(CLOCK_MONOTONIC, &is);
		period.seconds = clock_between(&was, &is);
		code = show(o, src, &period);
		cowstat_look_free(&before);
		before = now;
		was = is;
	}
	cowstat_look_free(&before);
	return code;
}

static int run_since(const struct cowstat_options *o, const struct source *src,
		     struct cowstat_look *now)
{
	struct cowstat_look before;
	struct cowstat_period period = { .before = &before, .now = now };
	struct source saved;
	struct err e;
	int ret, code;

	ret = source_open(&saved, o->since, &e);
	if (!ret)
		ret = cowstat_fetch(o, &saved, &before, &e);
	if (ret) {
		cowstat_look_free(now);
		return cli_fail(&tool, ret, &e);
	}
	period.seconds = clock_between(&before.snap.when, &now->snap.when);
	code = show(o, src, &period);
	cowstat_look_free(&before);
	cowstat_look_free(now);
	return code;
}

static int run_reports(const struct cowstat_options *o, const struct source *src)
{
	struct cowstat_look first;
	const struct cowstat_period period = { .now = &first };
	struct err e;
	int ret, code;

	ret = cowstat_fetch(o, src, &first, &e);
	if (ret)
		return cli_fail(&tool, ret, &e);
	code = check_pids(o, &first.snap);
	if (code == CLI_OK && o->interval > 0)
		return run_intervals(o, src, &first);
	if (code == CLI_OK && o->since)
		return run_since(o, src, &first);
	if (code == CLI_OK)
		code = show(o, src, &period);
	cowstat_look_free(&first);
	return code;
}

static int put_metrics(const struct cowstat_options *o, const char *text, size_t len)
{
	struct err e = { 0 };
	int ret;

	if (!strcmp(o->metrics, "-")) {
		fwrite(text, 1, len, stdout);
		return cli_finish(&tool, CLI_OK);
	}
	ret = file_replace(o->metrics, text, len, &e);
	return ret ? cli_fail(&tool, ret, &e) : CLI_OK;
}

/*
 * Metrics that cannot be read are metrics, too: *ret says why. @said: the complaint before
 * this one, which is not repeated.
 */
static int write_metrics(const struct cowstat_options *o, int *ret, struct err *said)
{
	struct err e = { "" };
	char *text;
	size_t len;
	int code;

	*ret = cowstat_metrics(o, &text, &len, &e);
	if (!text)
		return cli_fail(&tool, *ret, &e);
	code = put_metrics(o, text, len);
	free(text);
	if (code == CLI_OK && *e.text && strcmp(e.text, said->text))
		cli_error(&tool, "%s%s", *ret ? "" : "inexact: ", e.text);
	*said = e;
	return code;
}

/* A module that is not there may come back: only what cannot be written ends it early. */
static int run_metrics(const struct cowstat_options *o)
{
	struct err said = { "" };
	struct timespec next;
	uint64_t done = 0;
	int code, ret = 0;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		code = write_metrics(o, &ret, &said);
		if (code != CLI_OK || o->interval <= 0 || ++done == o->count)
			return code == CLI_OK ? cli_code(ret) : code;
		clock_sleep(&next, o->interval);
	}
}

static int run(const struct cowstat_options *o)
{
	struct source src;
	struct err e;
	int ret;

	if (o->metrics)
		return run_metrics(o);
	ret = source_open(&src, o->table.root, &e);
	if (!ret && o->save)
		ret = source_save(&src, o->save, &e);
	if (ret)
		return cli_fail(&tool, ret, &e);
	return o->save ? CLI_OK : run_reports(o, &src);
}

int main(int argc, char **argv)
{
	struct worst_budget budget = { .budget.pages = BUDGET };
	struct cowstat_options o = { .budget = &budget };
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
