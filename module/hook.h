/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks as data: what is hooked, by which mechanism, whether it works. Only the
 * hook files know kernel functions and mechanisms.
 */
#ifndef CWS_HOOK_H
#define CWS_HOOK_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/tracepoint.h>

enum cws_hook_id {
	CWS_HOOK_DO_WP_PAGE,
	CWS_HOOK_NEW_ANON_RMAP,
	CWS_HOOK_SET_ACCESS_FLAGS,
	CWS_HOOK_MOVE_ANON_RMAP,
	CWS_HOOK_HANDLE_USERFAULT,
	CWS_HOOK_HUGETLB_RMAP,
	CWS_HOOK_SPLIT_HUGE_PMD,
	CWS_HOOK_WITHDRAW,
	CWS_HOOK_MAP_HUGE,
	CWS_HOOK_MAP_HUGE_FAULT,
	CWS_HOOK_EXIT_MMAP,
	CWS_HOOK_COPY_PAGE_RANGE,
	CWS_HOOK_KERNEL_CLONE,
	CWS_HOOK_COPY_PROCESS,
	CWS_HOOK_WAKE_UP_NEW_TASK,
	CWS_HOOK_BEGIN_NEW_EXEC,
	CWS_HOOK_PROCESS_EXEC,
	CWS_HOOK_PROCESS_EXIT,
	CWS_NR_HOOKS
};

#define CWS_HOOK_RARE_FIRST	CWS_HOOK_SET_ACCESS_FLAGS
#define CWS_HOOK_RARE_LAST	CWS_HOOK_MAP_HUGE_FAULT

enum cws_mechanism { CWS_FTRACE, CWS_KPROBE, CWS_KRETPROBE, CWS_TRACEPOINT };

/*
 * Calls of one function that may be under way at once for a return probe to see
 * them all: copy_process may wait for memory, and there it waits with others.
 */
#define CWS_RETURNS_MAX	256

/*
 * ftrace hooks of one group are attached and detached together. Each ftrace_ops
 * costs 0.14 s at unload, but one that has a single function is called without a
 * dispatch: so the two hot functions have one each, and the others share one. A
 * kprobe on the same function would cost 120 instructions more per call.
 */
enum cws_hook_group {
	CWS_GROUP_WP,
	CWS_GROUP_RARE,		/* added to the ops of LIFE, and taken out of it */
	CWS_GROUP_RMAP,
	CWS_GROUP_LIFE,		/* stays attached while accounting is off */
	CWS_GROUP_BIRTH,	/* likewise; added to the ops of LIFE */
	CWS_GROUP_FORK,		/* attached while something is watched */
	CWS_NR_GROUPS
};

struct cws_hook;
typedef void (*cws_entry_fn)(unsigned long parent, struct ftrace_regs *fregs);

/**
 * struct cws_hook - one hooked function or tracepoint
 * @name: shown in status: the symbol of this kernel once resolved
 * @symbols: names it goes by, newest kernel first
 * @mechanism: how it is hooked
 * @group: ftrace: what it is attached with
 * @required: without it the module does not load
 * @newer: kernels that do not have it do without it
 * @unused: not asked for at load, or not needed now; not attached
 * @entry: ftrace, hooks that share an ops: handler
 * @handler: kprobe: handler
 * @ret_entry: kretprobe: whether the return of this call is wanted
 * @ret_handler: kretprobe: handler
 * @probe: tracepoint: handler
 * @kp: kprobe: set up before each registration, since kprobes alters it
 * @rp: kretprobe: likewise
 * @tp: tracepoint: found at attach
 * @site: address of the probe, 0 when this kernel has no such symbol
 * @attached: registered; changes under the hook mutex
 * @proven: a hit passed its argument check; set once, racily
 * @bad: a hit failed it; set once, racily
 */
struct cws_hook {
	const char *name;
	const char *symbols[2];
	u8 mechanism;
	u8 group;
	bool required;
	bool newer;
	bool unused;
	cws_entry_fn entry;
	kprobe_pre_handler_t handler;
	kretprobe_handler_t ret_entry;
	kretprobe_handler_t ret_handler;
	void *probe;
	struct kprobe kp;
	struct kretprobe rp;
	struct tracepoint *tp;
	unsigned long site;
	bool attached;
	bool proven;
	bool bad;
};

DECLARE_PER_CPU(u64 [CWS_NR_HOOKS], cws_hook_hits);

extern struct cws_hook cws_hooks[CWS_NR_HOOKS];

/* One line of status. */
struct cws_hook_report {
	const char *name;
	const char *mechanism;
	const char *state;
	bool required;
	bool working;	/* attached and not silenced, or optional and absent */
	u64 hits;
	u64 missed;
};

int cws_hook_resolve(struct cws_hook *hook);
int cws_hooks_init(void);
void cws_hooks_exit(void);
int cws_hooks_set_accounting(bool on);
void cws_hooks_set_watching(bool on);
void cws_hook_report(enum cws_hook_id id, struct cws_hook_report *report);
bool cws_hook_proven(enum cws_hook_id id);
const char *cws_hook_name(enum cws_hook_id id);

/* When accounting was off: how often, and for how long altogether. */
struct cws_hook_gaps {
	bool accounting;
	u64 gaps;
	u64 gap_ns;
};

void cws_hook_gaps(struct cws_hook_gaps *gaps);

/**
 * cws_hook_check() - does a hit carry the arguments it must
 * @id: the hook that was hit
 * @good: the answer
 *
 * Context: probes. Asked until the hook is proven where every instruction
 * counts, always elsewhere.
 */
static inline void cws_hook_check(enum cws_hook_id id, bool good)
{
	struct cws_hook *hook = &cws_hooks[id];

	if (likely(good)) {
		if (!READ_ONCE(hook->proven))
			WRITE_ONCE(hook->proven, true);
	} else {
		WRITE_ONCE(hook->bad, true);
	}
}

#define cws_hook_hit(id)	this_cpu_inc(cws_hook_hits[id])

/* Callbacks of the ftrace groups. */
void cws_ftrace_wp(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		   struct ftrace_regs *fregs);
void cws_ftrace_rmap(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		     struct ftrace_regs *fregs);
void cws_ftrace_many(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		     struct ftrace_regs *fregs);
void cws_ftrace_fork(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		     struct ftrace_regs *fregs);

/* Handlers of hook_fault.c, for the group of the rare ones. */
void cws_set_access_flags_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_move_anon_rmap_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_handle_userfault_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_hugetlb_rmap_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_split_huge_pmd_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_withdraw_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_map_huge_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_map_huge_fault_entry(unsigned long parent, struct ftrace_regs *fregs);

/* Handlers of hook_clone.c. */
struct linux_binprm;
void cws_exit_mmap_entry(unsigned long parent, struct ftrace_regs *fregs);
void cws_kernel_clone_entry(unsigned long parent, struct ftrace_regs *fregs);
int cws_copy_process_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int cws_copy_process_return(struct kretprobe_instance *ri, struct pt_regs *regs);
void cws_wake_up_new_task_entry(unsigned long parent, struct ftrace_regs *fregs);
int cws_begin_new_exec_entry(struct kprobe *kp, struct pt_regs *regs);
void cws_process_exec_probe(void *data, struct task_struct *task, pid_t old_pid,
			    struct linux_binprm *bprm);
void cws_process_exit_probe(void *data, struct task_struct *task);

#endif /* CWS_HOOK_H */
