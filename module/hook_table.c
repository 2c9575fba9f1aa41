// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of hooks: every function and tracepoint that is hooked, and how.
 */
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
	},
	[CWS_HOOK_COPY_PAGE_RANGE] = {
		.symbols = { "copy_page_range" },
		.mechanism = CWS_FTRACE, .group = CWS_GROUP_FORK,
	},
	[CWS_HOOK_KERNEL_CLONE] = {
		.symbols = { "kernel_clone" }, .required = true,
		.mechanism = CWS_KPROBE, .handler = cws_kernel_clone_entry,
	},
	[CWS_HOOK_COPY_PROCESS] = {
		.symbols = { "copy_process" }, .unused = true,
		.mechanism = CWS_KRETPROBE, .ret_entry = cws_copy_process_entry,
		.ret_handler = cws_copy_process_return,
	},
	[CWS_HOOK_WAKE_UP_NEW_TASK] = {
		.symbols = { "wake_up_new_task" }, .required = true,
		.mechanism = CWS_KPROBE, .handler = cws_wake_up_new_task_entry,
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
