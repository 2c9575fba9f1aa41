// SPDX-License-Identifier: GPL-2.0-only
/*
 * forklab: the textbook's experiments, carried out live and read from the
 * module's files. Options and loop only.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "cli.h"
#include "experiments.h"

/* In the order in which a textbook would tell it. */
static const struct experiment * const experiments[] = {
	&exp_fork, &exp_write, &exp_parent_first, &exp_last_owner, &exp_page, &exp_walk,
	&exp_layout, &exp_regions, &exp_text, &exp_shared, &exp_zero, &exp_file,
	&exp_dontfork, &exp_wipeonfork, &exp_environment, &exp_refcount, &exp_offset, &exp_handlers,
	&exp_pending, &exp_exec, &exp_vfork, &exp_thread, &exp_pthread, &exp_lock,
	&exp_clone_vm, &exp_clone_files, &exp_clone_fs, &exp_clone_sighand, &exp_clone_io,
	&exp_clone_sysvsem, &exp_clone_thread, &exp_clone_parent, &exp_newns, &exp_newuts,
	&exp_newipc, &exp_newpid, &exp_newuser, &exp_newnet, &exp_newcgroup, &exp_newtime,
};

#define EXPERIMENTS	(sizeof(experiments) / sizeof(experiments[0]))

static const struct cli_option options[] = {
	CLI_COMMON_OPTIONS,
};

static const struct cli_tool tool = {
	.name = "forklab",
	.synopsis = "[options] list | all | run NAME [NAME...]",
	.purpose = "Carries out experiments with fork, vfork, clone, threads and copy-on-write,\n"
		   "and compares what the kernel did with what the book says.",
	.options = options,
	.count = sizeof(options) / sizeof(options[0]),
	.page = "forklab(8)",
};

static const struct experiment *find(const char *name)
{
	size_t i;

	for (i = 0; i < EXPERIMENTS; i++)
		if (!strcmp(experiments[i]->name, name))
			return experiments[i];
	return NULL;
}

/*
 * No huge pages, where one write would count for many. One CPU for all actors:
 * a page that another CPU still keeps in its list of pages to be sorted in
 * looks used by somebody else, and is copied instead of taken over.
 */
static int quiet(struct err *e)
{
	cpu_set_t all, one;
	int cpu;

	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		return err_sys(e, -errno, "prctl(PR_SET_THP_DISABLE)");
	if (sched_getaffinity(0, sizeof(all), &all))
		return err_sys(e, -errno, "sched_getaffinity");
	for (cpu = 0; cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &all); cpu++)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return err_sys(e, -errno, "sched_setaffinity");
	return 0;
}

static int run_all(const struct experiment * const *list, size_t n,
		   const char *root)
{
	unsigned int differ = 0, skipped = 0;
	struct source src;
	struct err e;
	size_t i;
	int ret;

	ret = source_open(&src, root, &e);
	if (!ret)
		ret = quiet(&e);
	for (i = 0; !ret && i < n; i++) {
		ret = lab_run(list[i], &src, &e);
		if (ret > 0) {
			differ += ret != LAB_SKIPPED;
			skipped += ret == LAB_SKIPPED;
			ret = 0;
		}
	}
	if (ret)
		return cli_fail(&tool, ret, &e);
	if (differ) {
		cli_error(&tool, "%u of %zu experiments differ from the book",
			  differ, n);
		return CLI_FAILED;
	}
	if (skipped)
		printf("%zu of %zu experiments as the book says, %u skipped.\n", n - skipped, n,
		       skipped);
	else
		printf("%zu experiment%s, all as the book says.\n", n, n == 1 ? "" : "s");
	return CLI_OK;
}

static int list_all(void)
{
	size_t i;

	for (i = 0; i < EXPERIMENTS; i++)
		printf("%-14s %s\n", experiments[i]->name, experiments[i]->title);
	return CLI_OK;
}

static int run_named(char **names, size_t n, const char *root)
{
	const struct experiment *list[EXPERIMENTS];
	size_t i;

	if (!n)
		return cli_usage(&tool, "run: which? (forklab list)");
	if (n > EXPERIMENTS)
		return cli_usage(&tool, "run: more names than experiments");
	for (i = 0; i < n; i++) {
		list[i] = find(names[i]);
		if (!list[i])
			return cli_usage(&tool, "no experiment \"%s\"", names[i]);
	}
	return run_all(list, n, root);
}

static int run_command(int argc, char **argv, const char *root)
{
	if (argc < 1)
		return cli_usage(&tool, "what to do? list, all or run NAME");
	if (!strcmp(argv[0], "run"))
		return run_named(argv + 1, argc - 1, root);
	if (argc > 1)
		return cli_usage(&tool, "unexpected argument \"%s\"", argv[1]);
	if (!strcmp(argv[0], "list"))
		return list_all();
	if (!strcmp(argv[0], "all"))
		return run_all(experiments, EXPERIMENTS, root);
	return cli_usage(&tool, "unknown command \"%s\"", argv[0]);
}

int main(int argc, char **argv)
{
	struct cli_state state = { 0 };
	const char *root = NULL;
	int c;

	while ((c = cli_next(&tool, &state, argc, argv)) == CLI_OPT_ROOT)
		root = optarg;
	cli_done(&state);
	if (c != -1)
		return CLI_USAGE;
	return cli_finish(&tool, run_command(argc - optind, argv + optind, root));
}
