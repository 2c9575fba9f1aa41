// SPDX-License-Identifier: GPL-2.0-only
/*
 * How hooks are attached, detached and watched over; which ones there are stands
 * in hook_table.c.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/ktime.h>

#include "account.h"
#include "caller.h"
#include "compat.h"
#include "hook.h"

DEFINE_PER_CPU(u64 [CWS_NR_HOOKS], cws_hook_hits);

/*
 * Permanent: kernel.ftrace_enabled=0 is refused as long as one of these is
 * registered, which protects the kprobes on ftrace sites as well.
 */
static struct ftrace_ops wp_ops = { .func = cws_ftrace_wp, .flags = FTRACE_OPS_FL_PERMANENT };
static struct ftrace_ops rmap_ops = { .func = cws_ftrace_rmap, .flags = FTRACE_OPS_FL_PERMANENT };
static struct ftrace_ops many_ops = { .func = cws_ftrace_many, .flags = FTRACE_OPS_FL_PERMANENT };
static struct ftrace_ops fork_ops = { .func = cws_ftrace_fork, .flags = FTRACE_OPS_FL_PERMANENT };

static struct ftrace_ops *const ops_of[CWS_NR_GROUPS] = {
	[CWS_GROUP_WP]	  = &wp_ops,
	[CWS_GROUP_RARE]  = &many_ops,
	[CWS_GROUP_RMAP]  = &rmap_ops,
	[CWS_GROUP_LIFE]  = &many_ops,
	[CWS_GROUP_BIRTH] = &many_ops,
	[CWS_GROUP_FORK]  = &fork_ops,
};

/* Comes to and goes from an ops that is registered for others. */
static bool is_guest(enum cws_hook_group group)
{
	return group == CWS_GROUP_RARE || group == CWS_GROUP_BIRTH;
}

/* Serialises attach, detach and the gap; never taken by a probe. */
static DEFINE_MUTEX(hook_mutex);
static bool accounting, watching;
static u64 gaps, gap_ns, gap_since_ns;

/*
 * The filters are made once and freed once: ftrace_free_filter() leaves the ops
 * pointing at what it freed. Guests are only tried; the host's own functions stay in
 * the filter, since an empty one would mean every function there is.
 */
static int filters_set(void)
{
	int id, err;

	for (id = 0; id < CWS_NR_HOOKS; id++) {
		struct cws_hook *hook = &cws_hooks[id];

		if (hook->mechanism != CWS_FTRACE || !hook->site)
			continue;
		err = ftrace_set_filter_ip(ops_of[hook->group], hook->site, 0, 0);
		if (!err && is_guest(hook->group))
			err = ftrace_set_filter_ip(ops_of[hook->group], hook->site, 1, 0);
		if (!err)
			continue;
		pr_warn("cowscope: %s cannot be traced: error %d\n", hook->name, err);
		if (hook->required)
			return err;
		hook->site = 0;
	}
	return 0;
}

static void filters_free(void)
{
	int group;

	for (group = 0; group < CWS_NR_GROUPS; group++)
		if (!is_guest(group))
			ftrace_free_filter(ops_of[group]);
}

static bool is_in(const struct cws_hook *hook, enum cws_hook_group group)
{
	return hook->mechanism == CWS_FTRACE && hook->group == group && hook->site;
}

static void group_mark(enum cws_hook_group group, bool attached)
{
	int id;

	for (id = 0; id < CWS_NR_HOOKS; id++)
		if (is_in(&cws_hooks[id], group))
			WRITE_ONCE(cws_hooks[id].attached, attached);
}

static int guests_move(enum cws_hook_group group, bool out)
{
	unsigned long site[CWS_NR_HOOKS];
	unsigned int nr = 0, id;

	for (id = 0; id < CWS_NR_HOOKS; id++)
		if (is_in(&cws_hooks[id], group))
			site[nr++] = cws_hooks[id].site;
	return ftrace_set_filter_ips(ops_of[group], site, nr, out, 0);
}

/* When a guest's handlers have all returned, only the end of some other ops says. */
static void group_detach(enum cws_hook_group group)
{
	int err = is_guest(group) ? guests_move(group, true) :
				    unregister_ftrace_function(ops_of[group]);

	if (err)
		pr_crit("cowscope: function tracing has died and cannot be detached\n");
	group_mark(group, false);
}

static int group_attach(enum cws_hook_group group)
{
	int err = is_guest(group) ? guests_move(group, false) :
				    register_ftrace_function(ops_of[group]);

	if (!err)
		group_mark(group, true);
	else if (err == -EBUSY)
		pr_err("cowscope: function tracing is switched off: set kernel.ftrace_enabled to 1\n");
	else
		pr_err("cowscope: function tracing refused: error %d\n", err);
	return err;
}

/*
 * Whatever ends an attempt is attached before, and detached after, what begins one. The
 * guests are not the last to be detached: ftrace waits for all handlers when an ops ends.
 */
static int fault_attach(void)
{
	int group, err;

	for (group = CWS_GROUP_RMAP; group >= CWS_GROUP_WP; group--) {
		err = group_attach(group);
		if (err)
			goto err_groups;
	}
	/* Faults that run go on to user space or sleep before this returns. */
	synchronize_rcu_tasks();
	cws_account_settled();
	return 0;

err_groups:
	while (++group <= CWS_GROUP_RMAP)
		group_detach(group);
	return err;
}

static void fault_detach(void)
{
	int group;

	cws_account_unsettled();
	for (group = CWS_GROUP_WP; group <= CWS_GROUP_RMAP; group++)
		group_detach(group);
}

static int hook_attach(struct cws_hook *hook)
{
	int err;

	switch (hook->mechanism) {
	case CWS_KPROBE:
		if (!hook->site)
			return 0;
		memset(&hook->kp, 0, sizeof(hook->kp));
		hook->kp.symbol_name = hook->name;
		hook->kp.pre_handler = hook->handler;
		err = register_kprobe(&hook->kp);
		break;
	case CWS_KRETPROBE:
		if (!hook->site)
			return 0;
		memset(&hook->rp, 0, sizeof(hook->rp));
		hook->rp.kp.symbol_name = hook->name;
		hook->rp.entry_handler = hook->ret_entry;
		hook->rp.handler = hook->ret_handler;
		hook->rp.maxactive = CWS_RETURNS_MAX;
		err = register_kretprobe(&hook->rp);
		break;
	case CWS_TRACEPOINT:
		if (!hook->tp)
			return 0;
		err = tracepoint_probe_register(hook->tp, hook->probe, NULL);
		break;
	default:
		return 0;
	}
	hook->attached = !err;
	if (!err)
		return 0;
	pr_warn("cowscope: %s cannot be hooked: error %d\n", hook->name, err);
	hook->site = 0;
	return hook->required ? err : 0;
}

static void hook_detach(struct cws_hook *hook)
{
	if (!hook->attached)
		return;
	if (hook->mechanism == CWS_KPROBE)
		unregister_kprobe(&hook->kp);
	else if (hook->mechanism == CWS_KRETPROBE)
		unregister_kretprobe(&hook->rp);
	else if (hook->mechanism == CWS_TRACEPOINT)
		tracepoint_probe_unregister(hook->tp, hook->probe, NULL);
	else
		return;
	hook->attached = false;
}

static void life_detach(void)
{
	int id;

	for (id = CWS_NR_HOOKS - 1; id >= 0; id--)
		hook_detach(&cws_hooks[id]);
	tracepoint_synchronize_unregister();
}

/**
 * cws_hooks_init() - attach everything
 *
 * Ends are hooked before births, so that no record outlives its mm, nor a birth its process.
 *
 * Context: may sleep; records and account are ready.
 * Return: 0, -ENOENT for a missing required hook, what the mechanism said; each
 * with a line in the log that names the symbol, and nothing left attached.
 */
int cws_hooks_init(void)
{
	int id, err;

	err = cws_callers_init();
	if (err)
		return err;
	for (id = 0; id < CWS_NR_HOOKS; id++) {
		err = cws_hook_resolve(&cws_hooks[id]);
		if (err)
			return err;
	}
	err = filters_set();
	if (!err)
		err = group_attach(CWS_GROUP_LIFE);
	if (err)
		goto err_filter;
	for (id = 0; id < CWS_NR_HOOKS; id++) {
		err = hook_attach(&cws_hooks[id]);
		if (err)
			goto err_life;
	}
	err = group_attach(CWS_GROUP_BIRTH);
	if (err)
		goto err_life;
	err = fault_attach();
	if (err)
		goto err_birth;
	accounting = true;
	cws_hooks[CWS_HOOK_COPY_PAGE_RANGE].unused = true;
	return 0;

err_birth:
	group_detach(CWS_GROUP_BIRTH);
err_life:
	life_detach();
	group_detach(CWS_GROUP_LIFE);
err_filter:
	filters_free();
	return err;
}

/**
 * cws_hooks_exit() - detach everything; no handler runs afterwards
 */
void cws_hooks_exit(void)
{
	mutex_lock(&hook_mutex);
	if (watching)
		group_detach(CWS_GROUP_FORK);
	watching = false;
	if (accounting)
		fault_detach();
	accounting = false;
	mutex_unlock(&hook_mutex);
	group_detach(CWS_GROUP_BIRTH);
	life_detach();
	group_detach(CWS_GROUP_LIFE);
	filters_free();
}

/**
 * cws_hooks_set_accounting() - switch the fault hooks
 * @on: attach or detach them
 *
 * Switching off begins a gap: what happens until it is switched on again is not
 * counted, and attempts under way are lost.
 *
 * Context: process context; takes the hook mutex, may take a third of a second.
 * Return: 0 also when nothing was to be done, or what ftrace said.
 */
int cws_hooks_set_accounting(bool on)
{
	u64 now;
	int err = 0;

	mutex_lock(&hook_mutex);
	if (on == accounting)
		goto out;
	if (on)
		err = fault_attach();
	else
		fault_detach();
	if (err)
		goto out;
	now = ktime_get_boot_fast_ns();
	if (on) {
		gap_ns += now - gap_since_ns;
	} else {
		cws_account_gap();
		gaps++;
		gap_since_ns = now;
	}
	accounting = on;
out:
	mutex_unlock(&hook_mutex);
	return err;
}

/**
 * cws_hooks_set_watching() - switch the hook that only watched processes need
 * @on: attach or detach it
 *
 * Not attached: its line in status says so, and what a child inherits has no regions.
 *
 * Context: process context; takes the hook mutex, may take a quarter of a second.
 */
void cws_hooks_set_watching(bool on)
{
	struct cws_hook *hook = &cws_hooks[CWS_HOOK_COPY_PAGE_RANGE];

	mutex_lock(&hook_mutex);
	if (on != watching && hook->site) {
		hook->unused = !on;
		if (!on)
			group_detach(CWS_GROUP_FORK);
		watching = on && !group_attach(CWS_GROUP_FORK);
	}
	mutex_unlock(&hook_mutex);
}

/**
 * cws_hook_gaps() - when was accounting off
 * @report: filled in; a gap that lasts is counted up to now
 */
void cws_hook_gaps(struct cws_hook_gaps *report)
{
	mutex_lock(&hook_mutex);
	report->accounting = accounting;
	report->gaps = gaps;
	report->gap_ns = gap_ns;
	if (!accounting)
		report->gap_ns += ktime_get_boot_fast_ns() - gap_since_ns;
	mutex_unlock(&hook_mutex);
}
