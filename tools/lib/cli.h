/* SPDX-License-Identifier: GPL-2.0-only */
/* What the command lines of all tools have in common. */
#ifndef COWSCOPE_TOOLS_CLI_H
#define COWSCOPE_TOOLS_CLI_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_NOT_LOADED = 3,
	CLI_ABI = 4,
};

/* One option; getopt's tables and --help are both made from an array of these. */
struct cli_option {
	int id;			/* the short letter, or above 255 if there is none */
	const char *name;	/* long name */
	const char *arg;	/* name of the argument, NULL if it takes none */
	const char *help;
};

/* A command line, and what it is for. */
struct cli_example {
	const char *line, *help;
};

struct cli_tool {
	const char *name;
	const char *synopsis;	/* after the name */
	const char *purpose;	/* one line */
	const struct cli_option *options;
	size_t count;
	const struct cli_example *examples;	/* up to one without a line; NULL: none */
	const char *page;	/* "cowstat(8)" */
};

/* Options that every tool has, under these ids. */
#define CLI_OPT_ROOT	256
#define CLI_OPT_FIRST	300	/* ids without a letter start here in programs */
#define CLI_COMMON_OPTIONS						\
	{ CLI_OPT_ROOT, "root", "DIR", "read the module's files from DIR" }, \
	{ 'h', "help", NULL, "print this and exit" },			\
	{ 'V', "version", NULL, "print the version and exit" }

/* Options of a program that prints tables; their words go into a struct cli_table. */
#define CLI_TABLE_OPTIONS						\
	{ 'o', "output", "COLUMNS", "these columns; +COLUMNS adds to the usual ones" }, \
	{ 'J', "json", NULL, "JSON, one document per report" },		\
	{ 'r', "raw", NULL, "columns without alignment" },		\
	{ 'H', "list-columns", NULL, "list the columns and exit" }
#define CLI_HEADINGS_OPTION						\
	{ 'n', "noheadings", NULL, "no title, no headings, no legend" }

struct cli_table {
	bool json, raw, no_headings, list_columns;
	const char *columns, *root;
};

/* False: @c is none of the above, nor --root. */
bool cli_take_table(struct cli_table *t, int c, const char *arg);

/* CLI_USAGE, and says so, when the options exclude each other. */
int cli_check_table(const struct cli_tool *tool, const struct cli_table *t);

/* Decimal and whole, from 1 to @max; -EINVAL for anything else. */
int cli_number(const char *text, uint64_t max, uint64_t *out);

/* A positive number of seconds, perhaps with a fraction, up to a year. */
int cli_seconds(const char *text, double *out);

/* CLI_USAGE, and says so, when @text is no PID. */
int cli_pid(const struct cli_tool *tool, const char *text, pid_t *out);

/*
 * "PID[,PID]", added to *n of at most @max in @pids; CLI_USAGE, and says so, when it is
 * no such list.
 */
int cli_pids(const struct cli_tool *tool, const char *text, pid_t *pids, size_t max,
	     size_t *n);

/*
 * Next option's id, -1 at the end, '?' after an error that was reported.
 * --help and --version are answered here and exit. Starts with *state zero.
 */
struct cli_state {
	struct option *longopts;
	char *shortopts;
};

int cli_next(const struct cli_tool *tool, struct cli_state *state, int argc,
	     char **argv);
void cli_done(struct cli_state *state);

/* "tool: text" on stderr. */
__attribute__((format(printf, 2, 3)))
void cli_error(const struct cli_tool *tool, const char *fmt, ...);

/* As cli_error(), with a pointer to --help; returns CLI_USAGE. */
__attribute__((format(printf, 2, 3)))
int cli_usage(const struct cli_tool *tool, const char *fmt, ...);

/* The exit code that belongs to -errno @ret. */
int cli_code(int ret);

/* Prints @e and returns that code. */
int cli_fail(const struct cli_tool *tool, int ret, const struct err *e);

/* Flushes stdout: output that did not arrive is a failure. Returns @code or 1. */
int cli_finish(const struct cli_tool *tool, int code);

#endif
