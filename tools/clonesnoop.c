// SPDX-License-Identifier: GPL-2.0-only
/*
 * clonesnoop: a line for each fork, vfork and clone as it happens. Options and the loop;
 * where the calls come from and how they look is in the other files.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "clonesnoop.h"
#include "cowscope_abi.h"
#include "fetch.h"
#include "name.h"

#define PARAMETER	"/sys/module/" COWSCOPE_NAME "/parameters/failed_clones"
#define LOOK_EVERY_NS	50000000

enum { OPT_FAILED = CLI_OPT_FIRST, OPT_SUMMARY, OPT_NO_HEADINGS };

static const struct cli_option options[] = {
	{ 'p', "pid", "PID", "calls of this process" },
	{ 't', "tid", "TID", "calls of this thread" },
	{ 'n', "name", "COMM", "calls of tasks with this name" },
	{ 'd', "duration", "SECONDS", "end after so long" },
	{ OPT_FAILED, "failed", NULL, "only calls that failed; needs failed_clones=1" },
	{ OPT_SUMMARY, "summary", NULL, "at the end, what it all came to" },
	{ OPT_NO_HEADINGS, "noheadings", NULL, "no headings" },
	{ 'o', "output", "COLUMNS", "these columns; +COLUMNS adds to the usual ones" },
	{ 'J', "json", NULL, "one JSON object a line" },
	{ 'r', "raw", NULL, "columns without alignment" },
	{ 'H', "list-columns", NULL, "list the columns and exit" },
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "clonesnoop",
	.synopsis = "[options]",
	.purpose = "Prints a line for each fork, vfork, clone and clone3 as it happens: flags,\n"
		   "latency, what was copied. --root DIR: the calls that a saved copy remembers.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "clonesnoop(8)",
};

struct snoop {
	pid_t pid, tid;
	const char *name;
	double seconds;
	bool failed, want_summary;
	struct cli_table table;
	struct column_list list;
	char clean_name[SNOOP_NAME * 4];

	struct snoop_summary *summary;
	uint64_t calls;
	bool no_memory;
};

volatile sig_atomic_t snoop_stop;

static void on_signal(int sig)
{
	(void)sig;
	snoop_stop = 1;
}

static int take_option(struct snoop *s, int c, const char *arg)
{
	switch (c) {
	case 'p':
		return cli_pid(&tool, arg, &s->pid);
	case 't':
		return cli_pid(&tool, arg, &s->tid);
	case 'n':
		if (!*arg || strlen(arg) > 15)
			return cli_usage(&tool, "\"%s\": a name has 1 to 15 bytes", arg);
		s->name = arg;
		return CLI_OK;
	case 'd':
		return cli_seconds(arg, &s->seconds) ?
		       cli_usage(&tool, "\"%s\": no number of seconds", arg) : CLI_OK;
	case OPT_FAILED:
		s->failed = true;
		return CLI_OK;
	case OPT_SUMMARY:
		s->want_summary = true;
		return CLI_OK;
	case OPT_NO_HEADINGS:
		s->table.no_headings = true;
		return CLI_OK;
	}
	return cli_take_table(&s->table, c, arg) ? CLI_OK : CLI_USAGE;
}

static int parse_options(struct snoop *s, int argc, char **argv)
{
	struct cli_state state = { 0 };
	int c, code = CLI_OK;
	struct err e;

	while (code == CLI_OK && (c = cli_next(&tool, &state, argc, argv)) != -1)
		code = take_option(s, c, optarg);
	cli_done(&state);
	if (code != CLI_OK)
		return code;
	if (optind < argc)
		return cli_usage(&tool, "unexpected argument \"%s\"", argv[optind]);
	if (cli_check_table(&tool, &s->table))
		return CLI_USAGE;
	if (s->table.root && s->seconds)
		return cli_usage(&tool, "-d and --root exclude each other");
	if (s->table.root && s->tid)
		return cli_usage(&tool, "-t and --root exclude each other: a copy has no threads");
	if (column_choose(&snoop_columns, snoop_preset, s->table.columns, &s->list, &e))
		return cli_usage(&tool, "%s", e.text);
	if (s->name)
		name_clean(s->name, s->clean_name);
	return CLI_OK;
}

static bool wanted(const struct snoop *s, const struct snoop_call *call)
{
	return (!s->pid || call->parent == s->pid) && (!s->tid || call->tid == s->tid) &&
	       (!s->name || !strcmp(call->comm, s->clean_name)) &&
	       (!s->failed || call->failed);
}

static bool on_call(const struct snoop_call *call, void *data)
{
	struct snoop *s = data;

	if (!wanted(s, call))
		return true;
	s->calls++;
	if (s->summary && snoop_summary_call(s->summary, call)) {
		s->no_memory = true;
		return false;
	}
	if (s->table.json)
		snoop_json(&s->list, call, stdout);
	else
		snoop_line(&s->list, call, s->table.raw, stdout);
	return !ferror(stdout);
}

static void on_exec(const struct snoop_exec *exec, void *data)
{
	struct snoop *s = data;

	if (s->summary)
		snoop_summary_exec(s->summary, exec);
}

/* Without the parameter a failed call is told late and without its reason. */
static int check_failed(struct err *e)
{
	FILE *f = fopen(PARAMETER, "r");
	int on = f ? getc(f) : EOF;

	if (f)
		fclose(f);
	return on == 'Y' ? 0 :
	       err_set(e, -ENOTSUP, "--failed: the module was loaded without failed_clones=1");
}

static bool passed(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > end->tv_sec ||
	       (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec);
}

static void set_end(const struct snoop *s, struct timespec *end)
{
	clock_gettime(CLOCK_MONOTONIC, end);
	end->tv_sec += (time_t)s->seconds;
	end->tv_nsec += (s->seconds - (time_t)s->seconds) * 1e9;
	if (end->tv_nsec >= 1000000000) {
		end->tv_sec++;
		end->tv_nsec -= 1000000000;
	}
}

static void tell_lost(struct snoop_trace *trace, uint64_t *told)
{
	uint64_t lost = snoop_trace_lost(trace);

	if (lost > *told)
		cli_error(&tool, "%llu events lost: the buffer was full",
			  (unsigned long long)(lost - *told));
	*told = lost;
}

static int live(struct snoop *s, const struct snoop_sink *sink, struct err *e)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_NS };
	struct snoop_trace *trace;
	struct timespec end;
	uint64_t lost = 0;
	int ret;

	ret = snoop_trace_open(&trace, e);
	if (ret)
		return ret;
	set_end(s, &end);
	while (!ret && !snoop_stop && !ferror(stdout) && !s->no_memory &&
	       !(s->seconds && passed(&end))) {
		nanosleep(&pause, NULL);
		ret = snoop_trace_read(trace, sink, e);
		fflush(stdout);
		tell_lost(trace, &lost);
	}
	/* What happened up to the end is shown, too. */
	snoop_trace_off(trace);
	if (!ret && !ferror(stdout) && !s->no_memory)
		ret = snoop_trace_read(trace, sink, e);
	tell_lost(trace, &lost);
	snoop_trace_close(trace);
	fflush(stdout);
	if (!s->table.json || lost)
		fprintf(stderr, "%s: %llu calls, %llu events lost\n", tool.name,
			(unsigned long long)s->calls, (unsigned long long)lost);
	return ret;
}

static int snoop(struct snoop *s, struct err *e)
{
	const struct snoop_sink sink = { .call = on_call, .exec = on_exec, .data = s };
	struct source src;
	int ret;

	ret = source_open(&src, s->table.root, e);
	if (!ret)
		ret = fetch_abi(&src, e);
	if (!ret && s->failed && !s->table.root)
		ret = check_failed(e);
	if (ret)
		return ret;
	if (s->want_summary) {
		s->summary = snoop_summary_new();
		if (!s->summary)
			return err_sys(e, -ENOMEM, "summary");
	}
	if (!s->table.json && !s->table.no_headings)
		snoop_heading(&s->list, s->table.raw, stdout);
	fflush(stdout);
	ret = s->table.root ? snoop_saved(&src, &sink, e) : live(s, &sink, e);
	if (!ret && s->no_memory)
		ret = err_sys(e, -ENOMEM, "summary");
	if (!ret && s->summary) {
		if (!s->table.json)
			putchar('\n');
		ret = snoop_summary_print(s->summary, s->table.json, stdout, e);
	}
	snoop_summary_free(s->summary);
	return ret;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct snoop s = { 0 };
	struct err e;
	int code = parse_options(&s, argc, argv), ret;

	if (code != CLI_OK)
		return code;
	if (s.table.list_columns) {
		column_print_all(&snoop_columns, stdout);
		return cli_finish(&tool, CLI_OK);
	}
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	ret = snoop(&s, &e);
	return ret ? cli_fail(&tool, ret, &e) : cli_finish(&tool, CLI_OK);
}
