// SPDX-License-Identifier: GPL-2.0-only
/*
 * cowsites: which code broke the sharing of a watched process, by function and source
 * line. Options and what stands around the table.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cowsites.h"
#include "fetch.h"

enum { OPT_BY = CLI_OPT_FIRST, OPT_FAMILY, OPT_ANY_FILE };

#define LINES_MAX	1000000
/* Less than a twentieth of all copies is not worth a word. */
#define NAMELESS_SHARE	20

static const struct cli_option options[] = {
	{ 'p', "pid", "PID[,PID]", "these processes; the same as operands" },
	{ OPT_FAMILY, "family", NULL, "and all their living relatives that are watched" },
	{ OPT_BY, "by", "site|function|mapping", "put together what has this in common (site)" },
	{ 's', "sort", "COLUMN", "sort by this column (copied)" },
	{ 'l', "lines", "N", "only so many places; the others become one row" },
	{ OPT_ANY_FILE, "any-file", NULL, "symbols also from a file that was not the mapped one" },
	CLI_TABLE_OPTIONS,
	CLI_HEADINGS_OPTION,
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "cowsites",
	.synopsis = "[options] PID...",
	.purpose = "Shows which code broke the sharing of a watched process: function,\n"
		   "source line, program or library, with exact counts.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "cowsites(8)",
};

#define COUNTS	"copied,file,zero,reused,"

static const char * const preset[BY_COUNT] = {
	[BY_SITE] = COUNTS "by,code,source,object,note",
	[BY_FUNCTION] = COUNTS "by,code,object,note",
	[BY_MAPPING] = COUNTS "by,code,mapping",
};

#define PRESET_SCRIPT	COUNTS							\
	"all,by,syscall,function,into,inlined,path,mapping,offset,image,processes,note"

static int take_by(struct cowsites_options *o, const char *arg)
{
	for (o->by = 0; o->by < BY_COUNT; o->by++)
		if (!strcmp(places_by_names[o->by], arg))
			return CLI_OK;
	return cli_usage(&tool, "--by: not site, function or mapping: \"%s\"", arg);
}

static int take_option(struct cowsites_options *o, int c, const char *arg)
{
	switch (c) {
	case 'p':
		return cli_pids(&tool, arg, o->pid, PLACES_PIDS_MAX, &o->npids);
	case OPT_FAMILY:
		o->family = true;
		return CLI_OK;
	case OPT_BY:
		return take_by(o, arg);
	case 's':
		o->sort = arg;
		return CLI_OK;
	case 'l':
		return cli_number(arg, LINES_MAX, &o->lines) ?
		       cli_usage(&tool, "-l: not a number of lines: \"%s\"", arg) : CLI_OK;
	case OPT_ANY_FILE:
		o->any_file = true;
		return CLI_OK;
	default:
		/* Of an unknown option getopt has said why. */
		return cli_take_table(&o->table, c, arg) ? CLI_OK : CLI_USAGE;
	}
}

static int take_operand(struct cowsites_options *o, const char *text)
{
	pid_t pid;
	int code = cli_pid(&tool, text, &pid);

	if (code == CLI_OK && o->npids == PLACES_PIDS_MAX)
		return cli_usage(&tool, "more than %d PIDs", PLACES_PIDS_MAX);
	if (code == CLI_OK)
		o->pid[o->npids++] = pid;
	return code;
}

/* Asked for twice, a process would be counted twice. */
static void drop_doubles(struct cowsites_options *o)
{
	size_t i, j, kept = 0;

	for (i = 0; i < o->npids; i++) {
		for (j = 0; j < kept && o->pid[j] != o->pid[i]; j++)
			;
		if (j == kept)
			o->pid[kept++] = o->pid[i];
	}
	o->npids = kept;
}

static int check_options(struct cowsites_options *o)
{
	const char *usual = o->table.json || o->table.raw ? PRESET_SCRIPT : preset[o->by];
	const char *sort = o->sort ? o->sort : "copied";
	struct err e;

	drop_doubles(o);
	if (cli_check_table(&tool, &o->table))
		return CLI_USAGE;
	if (!o->npids && !o->table.list_columns)
		return cli_usage(&tool, "no PID");
	if (o->family && o->npids > 1)
		return cli_usage(&tool, "--family takes one PID");
	if (column_choose(&cowsites_set, usual, o->table.columns, &o->list, &e) ||
	    column_find(&cowsites_set, sort, strlen(sort), &o->sort_column, &e))
		return cli_usage(&tool, "%s", e.text);
	return CLI_OK;
}

static int parse_options(struct cowsites_options *o, int argc, char **argv)
{
	struct cli_state state = { 0 };
	int c, code = CLI_OK;

	while (code == CLI_OK && (c = cli_next(&tool, &state, argc, argv)) != -1)
		code = take_option(o, c, optarg);
	cli_done(&state);
	for (; code == CLI_OK && optind < argc; optind++)
		code = take_operand(o, argv[optind]);
	return code == CLI_OK ? check_options(o) : code;
}

/* Whose rows these are, and that none is missing. */
static void print_sums(const struct cowsites_report *r)
{
	const struct gathered *g = &r->g;
	const char *before = ": ";
	int c;

	if (g->n > 1)
		printf("\n%zu processes", g->n);
	else
		printf("\n%d %s", g->pid[0], r->comm);
	if (g->n == 1 && strcmp(r->end, "-"))
		printf(", ended by %s", r->end);
	for (c = 0; c < CAUSE_COUNT; c++) {
		if (!g->sum[c].n || c == CAUSE_SOLE || c == CAUSE_REMOTE)
			continue;
		printf("%s%s %" PRIu64, before, cause_names[c], g->sum[c].n);
		before = ", ";
	}
	printf(*before == ':' ? ": nothing counted\n" : "; the rows add up to cow\n");
}

/* What to do about places without a name, if they matter. */
static void print_nameless(const struct gathered *g, const char *object, uint64_t copied)
{
	uint64_t all = g->sum[CAUSE_COPIED].n;

	if (!object || copied * NAMELESS_SHARE < all)
		return;
	printf("%s: no symbol for %" PRIu64 " of %" PRIu64 " copied: no debug information here",
	       object, copied, all);
	printf(" (Debian: %s)\n", debug_package(object));
}

static int show(const struct cowsites_options *o, struct cowsites_report *r, struct err *e)
{
	const struct table_style style = {
		.format = o->table.json ? TABLE_JSON : o->table.raw ? TABLE_RAW : TABLE_HUMAN,
		.no_headings = o->table.no_headings, .name = "sites",
	};
	struct places *p = &r->g.places;
	const char *nameless;
	uint64_t copied;
	int ret;

	nameless = places_nameless(p, &copied);
	ret = gather_report(&r->g, o->by, &cowsites_set.column[o->sort_column], o->lines, e);
	if (!ret)
		ret = table_print(&cowsites_set, &o->list, p->row, p->n, sizeof(*p->row), &style,
				  stdout, e);
	if (ret || style.format != TABLE_HUMAN || style.no_headings)
		return ret;
	if (*r->g.differs)
		return 0;
	print_sums(r);
	print_nameless(&r->g, nameless, copied);
	return 0;
}

static int run(const struct cowsites_options *o)
{
	static struct cowsites_report r;
	struct source src;
	struct err e;
	int code, ret;

	ret = source_open(&src, o->table.root, &e);
	if (!ret)
		ret = fetch_abi(&src, &e);
	if (!ret)
		ret = cowsites_read(o, &src, &r, &e);
	if (!ret)
		ret = show(o, &r, &e);
	code = ret ? cli_fail(&tool, ret, &e) : CLI_OK;
	if (!ret && *r.g.differs)
		cli_error(&tool, "inexact: %s", r.g.differs);
	if (!ret && r.g.unwatched)
		cli_error(&tool, "inexact: relatives that are not watched: %zu", r.g.unwatched);
	cowsites_free(&r);
	return cli_finish(&tool, code);
}

int main(int argc, char **argv)
{
	static struct cowsites_options o;
	int code = parse_options(&o, argc, argv);

	if (code != CLI_OK)
		return code;
	if (o.table.list_columns) {
		column_print_all(&cowsites_set, stdout);
		return cli_finish(&tool, CLI_OK);
	}
	return run(&o);
}
