// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "cowscope_abi.h"

static int tables_build(const struct cli_tool *tool, struct cli_state *state)
{
	const struct cli_option *o;
	char *s;
	size_t i;

	state->longopts = calloc(tool->count + 1, sizeof(*state->longopts));
	state->shortopts = calloc(tool->count + 1, 2);
	if (!state->longopts || !state->shortopts)
		return -ENOMEM;
	s = state->shortopts;
	for (i = 0; i < tool->count; i++) {
		o = &tool->options[i];
		state->longopts[i] = (struct option){
			.name = o->name, .has_arg = !!o->arg, .val = o->id,
		};
		if (o->id > 255)
			continue;
		*s++ = o->id;
		if (o->arg)
			*s++ = ':';
	}
	return 0;
}

static void print_help(const struct cli_tool *tool)
{
	const struct cli_example *e;
	const struct cli_option *o;
	char left[64], letter[5];
	size_t i;

	printf("Usage: %s %s\n\n%s\n\nOptions:\n", tool->name, tool->synopsis,
	       tool->purpose);
	for (i = 0; i < tool->count; i++) {
		o = &tool->options[i];
		if (o->id > 255)
			strcpy(letter, "    ");
		else
			snprintf(letter, sizeof(letter), "-%c, ", o->id);
		snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name,
			 o->arg ? " " : "", o->arg ? o->arg : "");
		printf("  %-26s %s\n", left, o->help);
	}
	for (e = tool->examples; e && e->line; e++)
		printf("%s  %s\n      %s\n", e == tool->examples ? "\nExamples:\n" : "",
		       e->line, e->help);
	printf("\nExit status: 0 done, 1 failure, 2 wrong usage, 3 module not loaded,\n"
	       "4 ABI mismatch. For more see %s.\n", tool->page);
}

int cli_next(const struct cli_tool *tool, struct cli_state *state, int argc,
	     char **argv)
{
	int c;

	if (!state->longopts && tables_build(tool, state)) {
		cli_error(tool, "%s", strerror(ENOMEM));
		exit(CLI_FAILED);
	}
	argv[0] = (char *)tool->name;	/* getopt's messages begin with it */
	c = getopt_long(argc, argv, state->shortopts, state->longopts, NULL);
	if (c == 'h') {
		print_help(tool);
		exit(cli_finish(tool, CLI_OK));
	}
	if (c == 'V') {
		printf("%s %s (abi %d)\n", tool->name, COWSCOPE_VERSION,
		       COWSCOPE_ABI);
		exit(cli_finish(tool, CLI_OK));
	}
	return c;
}

void cli_done(struct cli_state *state)
{
	free(state->longopts);
	free(state->shortopts);
	*state = (struct cli_state){ 0 };
}

static void say(const struct cli_tool *tool, const char *fmt, va_list ap,
		const char *end)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", tool->name);
	vfprintf(stderr, fmt, ap);
	fputs(end, stderr);
}

void cli_error(const struct cli_tool *tool, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(tool, fmt, ap, "\n");
	va_end(ap);
}

int cli_usage(const struct cli_tool *tool, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(tool, fmt, ap, " (see --help)\n");
	va_end(ap);
	return CLI_USAGE;
}

int cli_code(int ret)
{
	switch (ret) {
	case 0:
		return CLI_OK;
	case -ENODEV:
		return CLI_NOT_LOADED;
	case -EPROTONOSUPPORT:
		return CLI_ABI;
	default:
		return CLI_FAILED;
	}
}

int cli_fail(const struct cli_tool *tool, int ret, const struct err *e)
{
	cli_error(tool, "%s", e->text);
	return cli_code(ret);
}

int cli_finish(const struct cli_tool *tool, int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	fprintf(stderr, "%s: standard output: %s\n", tool->name, strerror(errno));
	return code ? code : CLI_FAILED;
}
