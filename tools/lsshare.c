// SPDX-License-Identifier: GPL-2.0-only
/*
 * lsshare: everything that a clone flag can share, and who shares it. Options only;
 * what it can show is in the other files.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "cli.h"
#include "fetch.h"
#include "lsshare.h"

enum { OPT_PAIR = CLI_OPT_FIRST, OPT_FILES, OPT_TREE };

static const struct cli_option options[] = {
	{ 'p', "pid", "PID", "this process; the same as an operand" },
	{ OPT_PAIR, "pair", NULL, "two processes: every resource, shared or not" },
	{ OPT_FILES, "files", NULL, "a process: descriptors that others hold, too" },
	{ OPT_TREE, "tree", NULL, "processes, what they share with their parents, what is apart" },
	{ 'a', "all", NULL, "more: what only threads share; --files: all descriptors" },
	CLI_TABLE_OPTIONS,
	CLI_HEADINGS_OPTION,
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "lsshare",
	.synopsis = "[options] [PID] | --pair PID PID | --files PID | --tree [PID]",
	.purpose = "Lists what tasks share: memory, descriptors, directories, signal handlers,\n"
		   "I/O contexts, semaphore undos, namespaces, cgroups.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "lsshare(8)",
};

static const struct lsshare_mode *mode_of(int c)
{
	switch (c) {
	case OPT_PAIR:
		return &lsshare_pair;
	case OPT_FILES:
		return &lsshare_files;
	case OPT_TREE:
		return &lsshare_tree;
	default:
		return NULL;
	}
}

static int take_pid(struct lsshare_options *o, const char *text)
{
	pid_t pid;
	int code = cli_pid(&tool, text, &pid);

	if (code == CLI_OK && o->npids == 2)
		return cli_usage(&tool, "unexpected argument \"%s\"", text);
	if (code == CLI_OK)
		o->pid[o->npids++] = pid;
	return code;
}

static int take_option(struct lsshare_options *o, int c, const char *arg)
{
	const struct lsshare_mode *mode = mode_of(c);

	if (mode && o->mode && o->mode != mode)
		return cli_usage(&tool, "%s and %s exclude each other", o->mode->option,
				 mode->option);
	if (mode)
		o->mode = mode;
	else if (c == 'a')
		o->all = true;
	else if (c == 'p')
		return take_pid(o, arg);
	else if (!cli_take_table(&o->table, c, arg))
		return CLI_USAGE;	/* getopt has said why */
	return CLI_OK;
}

static int check_options(struct lsshare_options *o)
{
	struct err e;

	if (!o->mode)
		o->mode = o->npids ? &lsshare_process : &lsshare_objects;
	if (cli_check_table(&tool, &o->table))
		return CLI_USAGE;
	if (o->all && o->mode != &lsshare_files && o->mode != &lsshare_objects)
		return cli_usage(&tool, "-a goes with --files, or without a PID");
	if (o->npids > o->mode->pids_max)
		return cli_usage(&tool, "unexpected argument \"%d\"", o->pid[o->mode->pids_max]);
	if (o->npids < o->mode->pids_min && !o->table.list_columns)
		return cli_usage(&tool, "%s: %s", o->mode->option,
				 o->mode->pids_min == 2 ? "needs two PIDs" : "no PID");
	if (column_choose(o->mode->set,
			  o->table.json || o->table.raw ? o->mode->preset_script : o->mode->preset,
			  o->table.columns, &o->list, &e))
		return cli_usage(&tool, "%s", e.text);
	return CLI_OK;
}

static int parse_options(struct lsshare_options *o, int argc, char **argv)
{
	struct cli_state state = { 0 };
	int c, code = CLI_OK;

	while (code == CLI_OK && (c = cli_next(&tool, &state, argc, argv)) != -1)
		code = take_option(o, c, optarg);
	cli_done(&state);
	for (; code == CLI_OK && optind < argc; optind++)
		code = take_pid(o, argv[optind]);
	return code == CLI_OK ? check_options(o) : code;
}

static int run(const struct lsshare_options *o)
{
	struct source src;
	struct err e;
	int ret;

	ret = source_open(&src, o->table.root, &e);
	if (!ret)
		ret = fetch_abi(&src, &e);
	if (!ret)
		ret = o->mode->run(o, &src, &e);
	return ret ? cli_fail(&tool, ret, &e) : cli_finish(&tool, CLI_OK);
}

int main(int argc, char **argv)
{
	struct lsshare_options o = { 0 };
	int code = parse_options(&o, argc, argv);

	if (code != CLI_OK)
		return code;
	if (o.table.list_columns) {
		column_print_all(o.mode->set, stdout);
		return cli_finish(&tool, CLI_OK);
	}
	return run(&o);
}

int lsshare_print(const struct lsshare_options *o, const char *name, const void *rows,
		  size_t n, size_t stride, const struct table_tree *tree, struct err *e)
{
	const struct table_style style = {
		.format = o->table.json ? TABLE_JSON : o->table.raw ? TABLE_RAW : TABLE_HUMAN,
		.no_headings = o->table.no_headings, .name = name, .tree = tree,
	};

	return table_print(o->mode->set, &o->list, rows, n, stride, &style, stdout, e);
}

void lsshare_get_value(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = *(const struct value *)((const char *)row + arg);
}

void lsshare_get_text(const void *row, unsigned int arg, struct cell *cell)
{
	const char *text = *(const char * const *)((const char *)row + arg);

	cell->text = text ? text : "-";
}

int lsshare_read_who(const struct source *src, struct lsshare_who *who, struct err *e)
{
	size_t len;
	int ret;

	*who = (struct lsshare_who){ 0 };
	ret = source_read(src, "processes", &who->text, &len, e);
	if (ret)
		return ret;
	ret = parse_processes(who->text, len, &who->rec, &who->n, e);
	if (ret)
		free(who->text);
	return ret;
}

void lsshare_free_who(struct lsshare_who *who)
{
	free(who->rec);
	free(who->text);
}

size_t lsshare_find_who(const struct lsshare_who *who, uint64_t pid)
{
	size_t i;

	for (i = 0; i < who->n; i++)
		if (value_is(&who->rec[i].pid, pid))
			break;
	return i;
}
