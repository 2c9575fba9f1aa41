// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of hooks: every function and tracepoint that is hooked, and how; and the
 * callback of those that share an ftrace_ops.
 */
#include <linux/kernel.h>

#include "caller.h"
#include "hook.h"

struct cws_hook cws_hooks[CWS_NR_HOOKS] = {
	[CWS_HOOK_DO_WP_PAGE] = {
		.symbols = { "do_wp_page" }, .required = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_WP,
	},
	[CWS_HOOK_NEW_ANON_RMAP] = {
		.symbols = { "folio_add_new_anon_rmap", "page_add_new_anon_rmap" },
		.required = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RMAP,
	},
	[CWS_HOOK_SET_ACCESS_FLAGS] = {
		.symbols = { "ptep_set_access_flags" }, .required = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_set_access_flags_entry,
	},
	[CWS_HOOK_MOVE_ANON_RMAP] = {
		.symbols = { "folio_move_anon_rmap", "page_move_anon_rmap" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_move_anon_rmap_entry,
	},
	[CWS_HOOK_HANDLE_USERFAULT] = {
		.symbols = { "handle_userfault" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_handle_userfault_entry,
	},
	[CWS_HOOK_HUGETLB_RMAP] = {
		.symbols = { "hugetlb_add_new_anon_rmap", "hugepage_add_new_anon_rmap" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_hugetlb_rmap_entry,
	},
	[CWS_HOOK_SPLIT_HUGE_PMD] = {
		.symbols = { "__split_huge_pmd" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_split_huge_pmd_entry,
	},
	[CWS_HOOK_WITHDRAW] = {
		.symbols = { "pgtable_trans_huge_withdraw" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_withdraw_entry,
	},
	[CWS_HOOK_MAP_HUGE] = {
		.symbols = { "map_anon_folio_pmd_nopf" }, .newer = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_map_huge_entry,
	},
	[CWS_HOOK_MAP_HUGE_FAULT] = {
		.symbols = { "map_anon_folio_pmd_pf" }, .newer = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_RARE,
		.entry = cws_map_huge_fault_entry,
	},
	[CWS_HOOK_EXIT_MMAP] = {
		.symbols = { "exit_mmap" }, .required = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_LIFE,
		.entry = cws_exit_mmap_entry,
	},
	[CWS_HOOK_COPY_PAGE_RANGE] = {
		.symbols = { "copy_page_range" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_FORK,
	},
	[CWS_HOOK_KERNEL_CLONE] = {
		.symbols = { "kernel_clone" }, .required = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_BIRTH,
		.entry = cws_kernel_clone_entry,
	},
	[CWS_HOOK_COPY_PROCESS] = {
		.symbols = { "copy_process" }, .unused = true,
		.mechanism = CWS_KRETPROBE, .ret_entry = cws_copy_process_entry,
		.ret_handler = cws_copy_process_return,
	},
	[CWS_HOOK_WAKE_UP_NEW_TASK] = {
		.symbols = { "wake_up_new_task" }, .required = true,
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_BIRTH,
		.entry = cws_wake_up_new_task_entry,
	},
	[CWS_HOOK_BEGIN_NEW_EXEC] = {
		.symbols = { "begin_new_exec" },
		.mechanism = CWS_KPROBE, .handler = cws_begin_new_exec_entry,
	},
	[CWS_HOOK_PROCESS_EXEC] = {
		.symbols = { "sched_process_exec" }, .required = true,
		.mechanism = CWS_TRACEPOINT, .probe = cws_process_exec_probe,
	},
	[CWS_HOOK_PROCESS_EXIT] = {
		.symbols = { "sched_process_exit" }, .required = true,
		.mechanism = CWS_TRACEPOINT, .probe = cws_process_exit_probe,
	},
};

static void find_tracepoint(struct tracepoint *tp, void *data)
{
	struct cws_hook *hook = data;

	if (!strcmp(tp->name, hook->symbols[0]))
		hook->tp = tp;
}

/**
 * cws_hook_resolve() - where this kernel has what is to be hooked
 * @hook: its name and its site, or tracepoint, are filled in
 *
 * Context: may sleep; once, before anything is attached.
 * Return: 0, or -ENOENT with a line in the log for one that is required.
 */
int cws_hook_resolve(struct cws_hook *hook)
{
	int i;

	hook->name = hook->symbols[0];
	if (hook->unused)
		return 0;
	if (hook->mechanism == CWS_TRACEPOINT) {
		for_each_kernel_tracepoint(find_tracepoint, hook);
		if (hook->tp)
			return 0;
	}
	for (i = 0; i < ARRAY_SIZE(hook->symbols) && hook->symbols[i] &&
	     hook->mechanism != CWS_TRACEPOINT; i++) {
		hook->site = cws_symbol_address(hook->symbols[i]);
		if (hook->site) {
			hook->name = hook->symbols[i];
			return 0;
		}
	}
	hook->unused = hook->newer;
	if (!hook->required)
		return 0;
	pr_err("cowscope: this kernel has no %s, which is required\n", hook->name);
	return -ENOENT;
}

static noinline void call_rare(unsigned long ip, unsigned long parent, struct ftrace_regs *fregs)
{
	int id;

	for (id = CWS_HOOK_RARE_FIRST; id <= CWS_HOOK_RARE_LAST; id++)
		if (ip == cws_hooks[id].site) {
			cws_hook_hit(id);
			cws_hooks[id].entry(parent, fregs);
			break;
		}
}

/* A call by name, where an indirect one would cost a detour; those of faults first. */
#define CALL(id, handler)						\
	do {								\
		cws_hook_hit(id);					\
		handler(parent, fregs);					\
	} while (0)

void notrace cws_ftrace_many(unsigned long ip, unsigned long parent,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	preempt_disable_notrace();
	if (ip == cws_hooks[CWS_HOOK_SET_ACCESS_FLAGS].site)
		CALL(CWS_HOOK_SET_ACCESS_FLAGS, cws_set_access_flags_entry);
	else if (ip == cws_hooks[CWS_HOOK_MOVE_ANON_RMAP].site)
		CALL(CWS_HOOK_MOVE_ANON_RMAP, cws_move_anon_rmap_entry);
	else if (ip == cws_hooks[CWS_HOOK_WAKE_UP_NEW_TASK].site)
		CALL(CWS_HOOK_WAKE_UP_NEW_TASK, cws_wake_up_new_task_entry);
	else if (ip == cws_hooks[CWS_HOOK_KERNEL_CLONE].site)
		CALL(CWS_HOOK_KERNEL_CLONE, cws_kernel_clone_entry);
	else if (ip == cws_hooks[CWS_HOOK_EXIT_MMAP].site)
		CALL(CWS_HOOK_EXIT_MMAP, cws_exit_mmap_entry);
	else
		call_rare(ip, parent, fregs);
	preempt_enable_notrace();
}
