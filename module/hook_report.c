// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the hooks are doing, for status and the self-test.
 */
#include <linux/kernel.h>

#include "compat.h"
#include "hook.h"

static const char *const mechanism_name[] = {
	[CWS_FTRACE] = "ftrace",
	[CWS_KPROBE] = "kprobe",
	[CWS_KRETPROBE] = "kretprobe",
	[CWS_TRACEPOINT] = "tracepoint",
};

/*
 * The first byte of the site tells whether anything is attached there: it shows
 * kprobes disarmed through debugfs, which no callback reports.
 */
static bool hook_armed(const struct cws_hook *hook)
{
	if (!READ_ONCE(hook->attached))
		return false;
	if (hook->mechanism == CWS_TRACEPOINT)
		return true;
	if (hook->mechanism == CWS_KPROBE && (hook->kp.flags & KPROBE_FLAG_DISABLED))
		return false;
	if (hook->mechanism == CWS_KRETPROBE && (hook->rp.kp.flags & KPROBE_FLAG_DISABLED))
		return false;
	return cws_compat_site_armed(hook->site);
}

/*
 * ftrace without recursion protection cannot miss a call; tracepoints neither. A
 * return probe misses, besides, what runs beyond the number it was made for.
 */
static u64 hook_missed(const struct cws_hook *hook)
{
	switch (hook->mechanism) {
	case CWS_KPROBE:
		return hook->kp.nmissed;
	case CWS_KRETPROBE:
		return hook->rp.kp.nmissed + hook->rp.nmissed;
	default:
		return 0;
	}
}

static const char *hook_state(const struct cws_hook *hook, bool armed)
{
	if (hook->unused)
		return "unused";
	if (!armed)
		return "off";
	if (READ_ONCE(hook->bad))
		return "bad";
	return READ_ONCE(hook->proven) ? "proven" : "unproven";
}

/**
 * cws_hook_report() - how a hook is doing
 * @id: which
 * @report: filled in
 */
void cws_hook_report(enum cws_hook_id id, struct cws_hook_report *report)
{
	const struct cws_hook *hook = &cws_hooks[id];
	bool armed = hook_armed(hook);
	int cpu;

	report->name = hook->name;
	report->mechanism = mechanism_name[hook->mechanism];
	report->required = hook->required;
	report->working = armed || hook->unused ||
			  (!hook->required && !hook->site && !hook->tp);
	report->hits = 0;
	for_each_possible_cpu(cpu)
		report->hits += READ_ONCE(per_cpu(cws_hook_hits, cpu)[id]);
	report->missed = hook_missed(hook);
	report->state = hook_state(hook, armed);
	if (READ_ONCE(hook->bad))
		report->working = false;
}

/**
 * cws_hook_proven() - has a hook had a good hit
 * @id: which
 *
 * Return: true when it had one, and no bad one.
 */
bool cws_hook_proven(enum cws_hook_id id)
{
	return READ_ONCE(cws_hooks[id].proven) && !READ_ONCE(cws_hooks[id].bad);
}

/**
 * cws_hook_name() - for messages
 * @id: which
 *
 * Return: the symbol.
 */
const char *cws_hook_name(enum cws_hook_id id)
{
	return cws_hooks[id].name;
}
