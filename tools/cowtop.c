// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowtop: the families of forking processes, live. Options only: what is read, what is
 * shown and what keys do are in the other files.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cowtop.h"
#include "fetch.h"

#define DELAY		2.0
#define DELAY_MIN	0.05
#define BUDGET		262144		/* pages: 1 GiB of them */

static const struct cli_option options[] = {
	{ 'p', "pid", "PID[,PID]", "only the families of these processes" },
	{ 'a', "all", NULL, "also processes without relatives and without copies" },
	{ 'd', "delay", "SECONDS", "between two refreshes (2)" },
	{ 'n', "count", "COUNT", "end after so many refreshes" },
	{ 's', "sort", "COLUMN", "sort by this column (copies_s)" },
	{ 'f', "filter", "TEXT", "only what has this in its name or cgroup, or this PID" },
	{ 'c', "collapse", NULL, "begin with a line for each family" },
	{ 't', "flat", NULL, "a list instead of a tree" },
	{ 'B', "budget", "PAGES", "page-table entries to look at in a refresh (262144)" },
	{ 'b', "batch", NULL, "print the lines instead; so many reports as COUNT says" },
	CLI_TABLE_OPTIONS,
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "cowtop",
	.synopsis = "[options]",
	.purpose = "Shows the families of forking processes as they copy pages: how fast, why,\n"
		   "what is still shared and what it may cost.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "cowtop(8)",
};

static int take_delay(struct top_options *o, const char *arg)
{
	if (cli_seconds(arg, &o->delay) || o->delay < DELAY_MIN)
		return cli_usage(&tool, "-d: not a number of seconds from %g on: \"%s\"",
				 DELAY_MIN, arg);
	return CLI_OK;
}

static int take_count(struct top_options *o, const char *arg)
{
	if (cli_number(arg, UINT32_MAX, &o->count))
		return cli_usage(&tool, "-n: not a count: \"%s\"", arg);
	return CLI_OK;
}

/* 0 is a budget, too: no look at pages. */
static int take_budget(struct top_options *o, const char *arg)
{
	o->budget = 0;
	if (strcmp(arg, "0") && cli_number(arg, BUDGET_PAGES_MAX, &o->budget))
		return cli_usage(&tool, "-B: not a number of pages: \"%s\"", arg);
	return CLI_OK;
}

static int take_filter(struct top_options *o, const char *arg)
{
	if (strlen(arg) >= sizeof(o->choice.filter))
		return cli_usage(&tool, "-f: longer than %zu characters",
				 sizeof(o->choice.filter) - 1);
	strcpy(o->choice.filter, arg);
	return CLI_OK;
}

static int take_option(struct top_options *o, int c, const char *arg)
{
	struct err e;

	switch (c) {
	case 'p':
		return cli_pids(&tool, arg, o->choice.pids, TOP_PIDS_MAX, &o->choice.npids);
	case 'a':
		o->choice.all = true;
		return CLI_OK;
	case 'c':
		o->folded = true;
		return CLI_OK;
	case 't':
		o->choice.flat = true;
		return CLI_OK;
	case 'b':
		o->batch = true;
		return CLI_OK;
	case 'd':
		return take_delay(o, arg);
	case 'n':
		return take_count(o, arg);
	case 'B':
		return take_budget(o, arg);
	case 'f':
		return take_filter(o, arg);
	case 's':
		return column_find(&top_columns, arg, strlen(arg), &o->choice.sort, &e) ?
			cli_usage(&tool, "%s", e.text) : CLI_OK;
	default:
		/* Of an unknown option getopt has said why. */
		return cli_take_table(&o->table, c, arg) ? CLI_OK : CLI_USAGE;
	}
}

static int check_options(struct top_options *o)
{
	bool script = o->table.json || o->table.raw;
	struct err e;

	if (cli_check_table(&tool, &o->table))
		return CLI_USAGE;
	if (script && !o->batch)
		return cli_usage(&tool, "-J and -r go with --batch");
	if (o->choice.flat && o->folded)
		return cli_usage(&tool, "-c and -t exclude each other");
	if (column_choose(&top_columns, script ? top_preset_script : top_preset,
			  o->table.columns, &o->list, &e))
		return cli_usage(&tool, "%s", e.text);
	return CLI_OK;
}

static int parse_options(struct top_options *o, int argc, char **argv)
{
	struct cli_state state = { 0 };
	int c, code = CLI_OK;
	struct err e = { 0 };

	column_find(&top_columns, "copies_s", strlen("copies_s"), &o->choice.sort, &e);
	while (code == CLI_OK && (c = cli_next(&tool, &state, argc, argv)) != -1)
		code = take_option(o, c, optarg);
	cli_done(&state);
	if (code == CLI_OK && optind < argc)
		return cli_usage(&tool, "unexpected argument \"%s\"", argv[optind]);
	return code == CLI_OK ? check_options(o) : code;
}

/* A program that a signal ended says so to who waits for it. */
static void die_of(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int run(const struct top_options *o)
{
	struct source src;
	struct top_session s = {
		.o = o, .src = &src, .cpu_ms = -1, .looks.budget.pages = o->budget,
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8") && !o->table.json &&
			!o->table.raw,
	};
	int ret, number = 0;
	struct err e;

	ret = source_open(&src, o->table.root, &e);
	if (!ret)
		ret = fetch_abi(&src, &e);
	if (!ret)
		ret = o->batch ? top_batch(&s, &e) : top_live(&s, &number, &e);
	session_free(&s);
	if (ret)
		return cli_fail(&tool, ret, &e);
	if (number)
		die_of(number);
	return cli_finish(&tool, CLI_OK);
}

int main(int argc, char **argv)
{
	struct top_options o = { .delay = DELAY, .budget = BUDGET };
	int code;

	setlocale(LC_CTYPE, "");
	code = parse_options(&o, argc, argv);
	if (code != CLI_OK)
		return code;
	if (o.table.list_columns) {
		column_print_all(&top_columns, stdout);
		return cli_finish(&tool, CLI_OK);
	}
	if (!o.batch && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		cli_error(&tool, "standard output: no terminal: use --batch");
		return CLI_FAILED;
	}
	return run(&o);
}
