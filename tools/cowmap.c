// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowmap: which pages of a process are still shared, with whom, and what that may
 * cost. Options only; what it can show is in the other files, one mode in each.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cowmap.h"
#include "fetch.h"

enum {
	OPT_FAMILY = CLI_OPT_FIRST, OPT_PAIRS, OPT_REGIONS, OPT_WALK, OPT_LAYOUT,
	OPT_PICTURE, OPT_SCALE, OPT_SVG, OPT_HTML, OPT_WATCH, OPT_FORECAST, OPT_SAVE,
};

static const struct cli_option options[] = {
	{ 'p', "pid", "PID", "this process; the same as the operand" },
	{ OPT_FAMILY, "family", NULL, "its relatives and what it shares with each" },
	{ OPT_PAIRS, "pairs", NULL, "what each two members of its family share" },
	{ OPT_REGIONS, "regions", NULL, "by region; with --family for each relative" },
	{ OPT_WALK, "walk", "ADDRESS", "the page-table walk of an address" },
	{ OPT_FORECAST, "forecast", NULL, "what a fork of it now would put at risk" },
	{ OPT_LAYOUT, "layout", NULL, "draw the address space, highest address on top" },
	{ OPT_PICTURE, "picture", NULL, "draw its pages, one character for so many" },
	{ OPT_SCALE, "scale", "PAGES", "so many, instead of what fits a screen" },
	{ OPT_SVG, "svg", "FILE", "draw it beside its parent and children (- is stdout)" },
	{ OPT_HTML, "html", "FILE", "the same as a page with legend and sums" },
	{ OPT_WATCH, "watch", "SECONDS", "how fast it loses what it got at fork" },
	CLI_TABLE_OPTIONS,
	CLI_HEADINGS_OPTION,
	{ OPT_SAVE, "save", "DIR", "save what --root needs for it and its family" },
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "cowmap",
	.synopsis = "[options] PID | --watch SECONDS PID [COUNT]",
	.purpose = "Shows which pages of a process are shared, with whom, and what writing\n"
		   "to them may cost.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "cowmap(8)",
};

/* What an option chooses to show, or NULL. */
static const struct cowmap_mode *mode_of(int c)
{
	switch (c) {
	case OPT_FAMILY:
		return &cowmap_family;
	case OPT_PAIRS:
		return &cowmap_pairs;
	case OPT_WALK:
		return &cowmap_walk;
	case OPT_LAYOUT:
		return &cowmap_layout;
	case OPT_PICTURE:
		return &cowmap_picture;
	case OPT_SVG:
		return &cowmap_svg;
	case OPT_HTML:
		return &cowmap_html;
	case OPT_WATCH:
		return &cowmap_watch;
	case OPT_FORECAST:
		return &cowmap_forecast;
	case OPT_SAVE:
		return &cowmap_save;
	default:
		return NULL;
	}
}

static int take_pid(struct cowmap_options *o, const char *text)
{
	pid_t pid;
	int code = cli_pid(&tool, text, &pid);

	if (code == CLI_OK && o->pid)
		return cli_usage(&tool, "more than one process: %d and %s", o->pid, text);
	if (code == CLI_OK)
		o->pid = pid;
	return code;
}

/* Hexadecimal, with 0x or without. */
static int take_address(struct cowmap_options *o, const char *text)
{
	const char *digits = !strncmp(text, "0x", 2) ? text + 2 : text;
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (!n || n > 16 || digits[n])
		return cli_usage(&tool, "--walk: not a hexadecimal address: \"%s\"", text);
	o->address = strtoull(digits, NULL, 16);
	return CLI_OK;
}

static int take_interval(struct cowmap_options *o, const char *text)
{
	if (cli_seconds(text, &o->interval))
		return cli_usage(&tool, "--watch: not an interval in seconds: \"%s\"", text);
	return CLI_OK;
}

static int take_scale(struct cowmap_options *o, const char *text)
{
	if (cli_number(text, UINT64_C(1) << 40, &o->scale))
		return cli_usage(&tool, "--scale: not a number of pages: \"%s\"", text);
	return CLI_OK;
}

/* The argument of an option that has one, or of a mode. */
static int take_argument(struct cowmap_options *o, int c, const char *arg)
{
	switch (c) {
	case 'p':
		return take_pid(o, arg);
	case OPT_WALK:
		return take_address(o, arg);
	case OPT_WATCH:
		return take_interval(o, arg);
	case OPT_SCALE:
		return take_scale(o, arg);
	case OPT_SVG:
	case OPT_HTML:
	case OPT_SAVE:
		o->file = arg;
		return CLI_OK;
	case OPT_REGIONS:
		o->by_region = true;
		return CLI_OK;
	default:
		/* Of an unknown option getopt has said why. */
		return mode_of(c) ? CLI_OK : CLI_USAGE;
	}
}

static int take_option(struct cowmap_options *o, int c, const char *arg)
{
	const struct cowmap_mode *mode = mode_of(c);

	if (cli_take_table(&o->table, c, arg))
		return CLI_OK;
	if (mode && o->mode && o->mode != mode)
		return cli_usage(&tool, "%s and %s exclude each other",
				 o->mode->option, mode->option);
	if (mode)
		o->mode = mode;
	return take_argument(o, c, arg);
}

/* PID, unless -p has named it; then the COUNT of --watch. */
static int take_operands(struct cowmap_options *o, int argc, char **argv)
{
	int code;

	if (argc && !o->pid) {
		code = take_pid(o, *argv);
		if (code != CLI_OK)
			return code;
		argc--;
		argv++;
	}
	if (argc && o->mode == &cowmap_watch) {
		if (cli_number(*argv, UINT32_MAX, &o->count))
			return cli_usage(&tool, "not a count: \"%s\"", *argv);
		argc--;
		argv++;
	}
	return argc ? cli_usage(&tool, "unexpected argument \"%s\"", *argv) : CLI_OK;
}

static int check_options(struct cowmap_options *o)
{
	if (!o->mode)
		o->mode = o->by_region ? &cowmap_regions : &cowmap_mappings;
	else if (o->by_region && o->mode == &cowmap_family)
		o->mode = &cowmap_family_regions;
	else if (o->by_region)
		return cli_usage(&tool, "%s and --regions exclude each other",
				 o->mode->option);
	if (o->scale && o->mode != &cowmap_picture)
		return cli_usage(&tool, "--scale goes with --picture");
	if (cli_check_table(&tool, &o->table))
		return CLI_USAGE;
	if (!o->mode->set &&
	    (o->table.json || o->table.raw || o->table.columns || o->table.list_columns))
		return cli_usage(&tool, "%s is no table: no -J, -r, -o and -H",
				 o->mode->option);
	if (!o->mode->set && o->table.no_headings && o->file)
		return cli_usage(&tool, "-n does not go with %s", o->mode->option);
	if (!o->pid && !o->table.list_columns)
		return cli_usage(&tool, "no PID");
	return CLI_OK;
}

static int choose_columns(struct cowmap_options *o)
{
	const struct cowmap_mode *mode = o->mode;
	const char *preset;
	struct err e;

	if (!mode->set)
		return CLI_OK;
	preset = o->table.json || o->table.raw ? mode->preset_script : mode->preset;
	if (column_choose(mode->set, preset, o->table.columns, &o->list, &e))
		return cli_usage(&tool, "%s", e.text);
	return CLI_OK;
}

static int parse_options(struct cowmap_options *o, int argc, char **argv)
{
	struct cli_state state = { 0 };
	int c, code = CLI_OK;

	while (code == CLI_OK &&
	       (c = cli_next(&tool, &state, argc, argv)) != -1)
		code = take_option(o, c, optarg);
	cli_done(&state);
	if (code == CLI_OK)
		code = take_operands(o, argc - optind, argv + optind);
	if (code == CLI_OK)
		code = check_options(o);
	return code == CLI_OK ? choose_columns(o) : code;
}

static int run(const struct cowmap_options *o)
{
	struct source src;
	struct err e = { "" };
	int ret;

	ret = source_open(&src, o->table.root, &e);
	if (!ret)
		ret = fetch_abi(&src, &e);
	if (!ret)
		ret = o->mode->run(o, &src, &e);
	if (ret)
		return cli_fail(&tool, ret, &e);
	if (*e.text)
		cli_error(&tool, "%s", e.text);
	return cli_finish(&tool, CLI_OK);
}

int main(int argc, char **argv)
{
	struct cowmap_options o = { 0 };
	int code;

	setlocale(LC_CTYPE, "");	/* whether a terminal shows more than ASCII */
	code = parse_options(&o, argc, argv);
	if (code != CLI_OK)
		return code;
	if (o.table.list_columns) {
		column_print_all(o.mode->set, stdout);
		return cli_finish(&tool, CLI_OK);
	}
	return run(&o);
}
