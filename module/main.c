// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters, the order of init, and exit as its mirror.
 */
#include <linux/module.h>

#include "account.h"
#include "cgroups.h"
#include "clonelog.h"
#include "command.h"
#include "hook.h"
#include "hook_clone.h"
#include "objid.h"
#include "origin.h"
#include "exited.h"
#include "roster.h"
#include "selftest.h"
#include "split.h"
#include "view.h"
#include "watch.h"

static unsigned int records_max = 32768;
module_param(records_max, uint, 0444);
MODULE_PARM_DESC(records_max, "Most live address spaces with a record, 64 to 1048576 (default 32768)");

static unsigned int exited_max = 1024;
module_param(exited_max, uint, 0444);
MODULE_PARM_DESC(exited_max, "Ended address spaces kept in exited, 16 to 65536 (default 1024)");

static unsigned int clones_max = 1024;
module_param(clones_max, uint, 0444);
MODULE_PARM_DESC(clones_max, "Calls kept in clones, 16 to 65536 (default 1024)");

static unsigned int watched_max = 128;
module_param(watched_max, uint, 0444);
MODULE_PARM_DESC(watched_max, "Most watched processes, 1 to 512 (default 128)");

static unsigned int cgroups_max = 1024;
module_param(cgroups_max, uint, 0444);
MODULE_PARM_DESC(cgroups_max, "Cgroups with sums of their own, 16 to 16384 (default 1024)");

static bool failed_clones;
module_param(failed_clones, bool, 0444);
MODULE_PARM_DESC(failed_clones, "Show why calls failed in clones, by a return probe (default 0)");

static char *watch;
module_param(watch, charp, 0444);
MODULE_PARM_DESC(watch, "Processes to watch from the start, as PID[,PID...]");

static const struct {
	const char *name;
	const unsigned int *value;
	unsigned int min, max;
} limits[] = {
	{ "records_max", &records_max, 64, 1048576 },
	{ "exited_max", &exited_max, 16, 65536 },
	{ "clones_max", &clones_max, 16, 65536 },
	{ "watched_max", &watched_max, 1, 512 },
	{ "cgroups_max", &cgroups_max, 16, 16384 },
};

static int __init check_parameters(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		if (*limits[i].value < limits[i].min || *limits[i].value > limits[i].max) {
			pr_err("cowscope: %s=%u: must be %u to %u\n", limits[i].name,
			       *limits[i].value, limits[i].min, limits[i].max);
			return -EINVAL;
		}
	return 0;
}

static const char * __init watch_error(int err)
{
	switch (err) {
	case -EINVAL:
		return "not a positive decimal number";
	case -ERANGE:
		return "no PID can be that large";
	case -ESRCH:
		return "no such process";
	case -ENXIO:
		return "the process has no address space";
	case -EEXIST:
		return "named twice";
	case -ENOSPC:
		return "more than watched_max";
	default:
		return "no memory";
	}
}

static int __init watch_at_load(void)
{
	char *copy, *rest, *word;
	pid_t nr;
	int err = 0;

	if (!watch)
		return 0;
	copy = kstrdup(watch, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	rest = copy;
	while (!err && (word = strsep(&rest, ","))) {
		err = cws_command_number(word, &nr);
		if (!err)
			err = cws_watch_add(nr, true);
		if (err)
			pr_err("cowscope: watch=%s: %s: %s\n", watch, word,
			       watch_error(err));
	}
	kfree(copy);
	return err;
}

/* Everything that hooks write to and files read from, lowest first. */
static int __init tables_init(void)
{
	int err;

	cws_objid_init();
	err = cws_records_init(records_max);
	if (err)
		return err;
	err = cws_cgroups_init(cgroups_max);
	if (err)
		goto err_records;
	err = cws_exited_init(exited_max);
	if (err)
		goto err_cgroups;
	err = cws_account_init();
	if (err)
		goto err_exited;
	err = cws_split_init();
	if (err)
		goto err_account;
	err = cws_clonelog_init(clones_max);
	if (err)
		goto err_split;
	err = cws_clone_calls_init();
	if (err)
		goto err_clonelog;
	/* Ended ones never take the room of the living. */
	err = cws_origins_init(records_max, min(exited_max, records_max / 2));
	if (err)
		goto err_clone_calls;
	err = cws_watch_init(watched_max);
	if (err)
		goto err_origins;
	return 0;

err_origins:
	cws_origins_exit();
err_clone_calls:
	cws_clone_calls_exit();
err_clonelog:
	cws_clonelog_exit();
err_split:
	cws_split_exit();
err_account:
	cws_account_exit();
err_exited:
	cws_exited_exit();
err_cgroups:
	cws_cgroups_exit();
err_records:
	cws_records_exit();
	return err;
}

static void tables_exit(void)
{
	cws_watch_exit();
	cws_origins_exit();
	cws_clone_calls_exit();
	cws_clonelog_exit();
	cws_split_exit();
	cws_account_exit();
	cws_exited_exit();
	cws_cgroups_exit();
	cws_records_exit();
}

/*
 * Hooks after all they write to, files last: nothing is shown before it is proven,
 * and a load that fails frees the module under whoever has opened a file.
 */
static int __init cowscope_init(void)
{
	int err;

	err = check_parameters();
	if (err)
		return err;
	err = tables_init();
	if (err)
		return err;
	cws_hooks[CWS_HOOK_COPY_PROCESS].unused = !failed_clones;
	err = cws_hooks_init();
	if (err)
		goto err_tables;
	err = cws_selftest();
	if (err)
		goto err_hooks;
	err = cws_roster_scan();
	if (err)
		goto err_hooks;
	err = watch_at_load();
	if (err)
		goto err_hooks;
	err = cws_view_init();
	if (err)
		goto err_hooks;
	return 0;

err_hooks:
	cws_hooks_exit();
err_tables:
	tables_exit();
	return err;
}

static void __exit cowscope_exit(void)
{
	cws_view_exit();
	cws_hooks_exit();
	tables_exit();
}

module_init(cowscope_init);
module_exit(cowscope_exit);

MODULE_AUTHOR("cowscope authors");
MODULE_DESCRIPTION("What fork and clone duplicated and what copy-on-write took back");
MODULE_VERSION(COWSCOPE_VERSION);
MODULE_LICENSE("GPL");
