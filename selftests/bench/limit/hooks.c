// SPDX-License-Identifier: GPL-2.0-only
/*
 * What hooks cost that do nothing: the same kernel functions and the same tracepoint as
 * cowscope's, but for exec's, by the same mechanisms, in as many ftrace_ops. For the
 * benchmark alone.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "limit.h"

#define NAMES	12

static void notrace nothing(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
}

/* An ops, and what it is attached to: a kernel has some of the names. */
static struct limit {
	struct ftrace_ops ops;
	const char *name[NAMES];
} limits[] = {
	{ .ops.func = nothing, .name = {
		"exit_mmap", "kernel_clone", "wake_up_new_task", "ptep_set_access_flags",
		"page_move_anon_rmap", "folio_move_anon_rmap", "handle_userfault",
		"hugepage_add_new_anon_rmap", "hugetlb_add_new_anon_rmap",
		"__split_huge_pmd", "pgtable_trans_huge_withdraw" } },
	{ .ops.func = nothing, .name = {
		"page_add_new_anon_rmap", "folio_add_new_anon_rmap" } },
	{ .ops.func = nothing, .name = { "do_wp_page" } },
};

static struct tracepoint *exit_point;

static void exit_probe(void *data, struct task_struct *task)
{
}

static void find_exit(struct tracepoint *point, void *data)
{
	if (!strcmp(point->name, "sched_process_exit"))
		exit_point = point;
}

/* Without a name that this kernel has, an empty filter would mean every function. */
static int attach(struct limit *limit)
{
	int i, nr = 0, err;

	for (i = 0; i < NAMES && limit->name[i]; i++) {
		err = ftrace_set_filter(&limit->ops, (unsigned char *)limit->name[i],
					strlen(limit->name[i]), 0);
		nr += !err;
	}
	return nr ? register_ftrace_function(&limit->ops) : -ENOENT;
}

static void detach(int nr)
{
	while (nr--)
		unregister_ftrace_function(&limits[nr].ops);
	for (nr = 0; nr < ARRAY_SIZE(limits); nr++)
		ftrace_free_filter(&limits[nr].ops);
}

static int __init limit_init(void)
{
	int i, err = 0;

	for_each_kernel_tracepoint(find_exit, NULL);
	if (!exit_point)
		return -ENOENT;
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		err = attach(&limits[i]);
		if (err)
			break;
	}
	if (!err)
		err = tracepoint_probe_register(exit_point, exit_probe, NULL);
	if (err)
		goto err_hooks;
	err = limit_walk_init();
	if (err)
		goto err_probe;
	return 0;

err_probe:
	tracepoint_probe_unregister(exit_point, exit_probe, NULL);
	tracepoint_synchronize_unregister();
err_hooks:
	detach(i);
	return err;
}

static void __exit limit_exit(void)
{
	limit_walk_exit();
	tracepoint_probe_unregister(exit_point, exit_probe, NULL);
	tracepoint_synchronize_unregister();
	detach(ARRAY_SIZE(limits));
}

module_init(limit_init);
module_exit(limit_exit);
MODULE_DESCRIPTION("Empty hooks and bare walks where cowscope has its own");
MODULE_LICENSE("GPL");
