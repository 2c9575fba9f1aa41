// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_process.h"
#include "fetch.h"
#include "fetch_views.h"
#include "name.h"
#include "size.h"

static void forget_walked(struct top_process *p)
{
	if (p->has_family)
		family_free(&p->family);
	if (p->has_forecast)
		forecast_free(&p->forecast);
	p->has_family = false;
	p->has_forecast = false;
}

void top_process_free(struct top_process *p)
{
	forget_walked(p);
	top_sites_free(&p->sites);
	*p = (struct top_process){ 0 };
}

void top_process_choose(struct top_process *p, pid_t pid, uint64_t mm)
{
	top_process_free(p);
	p->pid = pid;
	p->mm = mm;
}

/* What another address space of the same PID says is not its own. */
static bool is_it(struct top_process *p, const struct source *src)
{
	struct process_status status;
	struct value mm;
	char *text;
	bool same;

	if (fetch_process_status(src, p->pid, &status, &text, &p->why))
		return false;
	same = !value_parse(status.text[PROCESS_mm], &mm) && value_is(&mm, p->mm);
	if (!same)
		err_set(&p->why, -1, "%d: another address space now", p->pid);
	free(text);
	return same;
}

static void read_walked(struct top_process *p, const struct source *src, double now)
{
	size_t i;

	forget_walked(p);
	p->cost = 0;
	p->has_family = !fetch_family(src, p->pid, &p->family, &p->why);
	if (!p->has_family)
		return;
	p->family_when = now;
	for (i = 0; i < p->family.n; i++)
		if (family_row_is_member(&p->family.row[i]))
			p->cost += p->family.row[i].present.n + p->family.row[i].swap.n;
	p->has_forecast = !fetch_forecast(src, p->pid, &p->forecast, &p->why);
	if (p->has_forecast && family_self(&p->family))
		p->cost += family_self(&p->family)->present.n;
}

void top_process_read(struct top_process *p, const struct source *src, bool walk,
		      double seconds, double now)
{
	struct cow cow;

	p->why.text[0] = '\0';
	p->cost = 0;
	if (!is_it(p, src))
		return;
	if (!fetch_cow(src, p->pid, &cow, &p->why)) {
		p->has_before = p->has_cow && seconds > 0;
		p->before = p->cow;
		p->cow = cow;
		p->seconds = seconds;
		p->has_cow = true;
	}
	top_sites_read(&p->sites, src, p->pid, &p->why);
	if (walk || !p->has_family)
		read_walked(p, src, now);
}

static void say_title(struct top_lines *l, const struct top_process *p,
		      const struct top_node *node, size_t width)
{
	char name[256] = "?", tasks[VALUE_TEXT_MAX], ppid[VALUE_TEXT_MAX];

	if (!node) {
		top_say(l, width, TOP_STRONG, "%d: it has ended", p->pid);
		return;
	}
	if (strlen(node->rec.comm) * NAME_GROWTH < sizeof(name))
		name_clean(node->rec.comm, name);
	value_print(&node->rec.tasks, tasks, sizeof(tasks));
	value_print(&node->rec.ppid, ppid, sizeof(ppid));
	top_say(l, width, TOP_STRONG, "%d %s, parent %s, tasks %s, born by %s, copies/s %s",
		p->pid, name, ppid, tasks, node->rec.born, node->own.rate[TOP_COPIES]);
}

static const char *size_of(const struct value *pages, char buf[SIZE_TEXT_MAX])
{
	return value_known(pages) ? size_text(pages->n << 12, buf) : "-";
}

static const char *size_of_text(const char *text, unsigned int shift, char buf[SIZE_TEXT_MAX])
{
	struct value v;

	if (value_parse(text, &v) || !value_known(&v))
		return "-";
	return size_text(v.n << shift, buf);
}

static void say_costs(struct top_lines *l, const struct top_process *p, double now,
		      size_t width)
{
	const struct value *key = p->family.key;
	const char * const *f = p->forecast.value;
	char a[SIZE_TEXT_MAX], b[SIZE_TEXT_MAX], c[SIZE_TEXT_MAX], d[SIZE_TEXT_MAX];

	if (p->has_family)
		top_say(l, width, TOP_PLAIN,
			"worst case: %s alone, %s all %" PRIu64
			" members; available %s, memory.max %s%s",
			size_of(&key[FAMILY_worst_case_pages], a),
			size_of(&key[FAMILY_worst_case_family_pages], b),
			key[FAMILY_members].n, size_of(&key[FAMILY_memory_available_pages], c),
			size_of(&key[FAMILY_memory_max_pages], d),
			p->family_when < now ? " (*)" : "");
	if (p->has_forecast)
		top_say(l, width, TOP_PLAIN,
			"if it forked now: %s at risk, page tables %s, fits: %s",
			size_of_text(f[FORECAST_at_risk_pages], 12, a),
			size_of_text(f[FORECAST_pgtable_bytes], 0, b), f[FORECAST_fits]);
	if (*p->why.text)
		top_say(l, width, TOP_PLAIN, "not read: %s", p->why.text);
}

/* In the order of the heading below. */
static const enum cause shown_causes[] = {
	CAUSE_COPIED, CAUSE_FILE, CAUSE_ZERO, CAUSE_REUSED, CAUSE_REMOTE,
};

#define SHOWN	(sizeof(shown_causes) / sizeof(shown_causes[0]))

static void say_region(struct top_lines *l, const struct top_process *p, size_t r,
		       size_t width)
{
	const struct value *now = p->cow.cause[r], *was = p->before.cause[r];
	char line[256], number[VALUE_TEXT_MAX], rate[24] = "-";
	size_t c, used;

	used = snprintf(line, sizeof(line), "%-10s", region_names[r]);
	for (c = 0; c < SHOWN; c++) {
		value_print(&now[shown_causes[c]], number, sizeof(number));
		used += snprintf(line + used, sizeof(line) - used, " %9s", number);
	}
	if (p->has_before)
		snprintf(rate, sizeof(rate), "%.1f",
			 (double)(now[CAUSE_COPIED].n - was[CAUSE_COPIED].n) / p->seconds);
	top_say(l, width, r == REGION_TOTAL ? TOP_STRONG : TOP_PLAIN, "%s %9s", line, rate);
}

static bool region_counted(const struct top_process *p, size_t r)
{
	size_t c;

	for (c = 0; c < SHOWN; c++)
		if (p->cow.cause[r][shown_causes[c]].n)
			return true;
	return r == REGION_TOTAL;
}

static void say_regions(struct top_lines *l, const struct top_process *p, size_t width)
{
	size_t r;

	top_say(l, width, TOP_PLAIN, "%s", "");
	top_say(l, width, TOP_HEAD, "%-10s %9s %9s %9s %9s %9s %9s", "REGION", "COPIED",
		"FILE", "ZERO", "REUSED", "REMOTE", "COPIED/S");
	for (r = 0; r < REGION_COUNT; r++)
		if (region_counted(p, r))
			say_region(l, p, r, width);
}

static void say_relatives(struct top_lines *l, const struct top_process *p, size_t width)
{
	char present[SIZE_TEXT_MAX], shared[SIZE_TEXT_MAX], cache[SIZE_TEXT_MAX];
	char armed[SIZE_TEXT_MAX], pid[VALUE_TEXT_MAX], name[256];
	const struct family_row *row;
	struct value sum;
	size_t i;

	top_say(l, width, TOP_PLAIN, "%s", "");
	top_say(l, width, TOP_HEAD, "%-11s %7s %8s %8s %8s %8s %s", "RELATION", "PID",
		"PRESENT", "SHARED", "CACHE", "ARMED", "COMM");
	for (i = 0; i < p->family.n; i++) {
		row = &p->family.row[i];
		if (!family_row_is_member(row))
			continue;
		sum = value_of(row->armed_anon.n + row->armed_file.n + row->armed_zero.n +
			       row->armed_ksm.n);
		value_print(&row->pid, pid, sizeof(pid));
		strcpy(name, "?");
		if (strlen(row->comm) * NAME_GROWTH < sizeof(name))
			name_clean(row->comm, name);
		top_say(l, width, TOP_PLAIN, "%-11s %7s %8s %8s %8s %8s %s", row->relation,
			pid, size_of(&row->present, present), size_of(&row->shared, shared),
			size_of(&row->cache, cache), size_of(&sum, armed), name);
	}
	top_say(l, width, TOP_PLAIN,
		"SHARED, CACHE: with %d. ARMED: a write would make new memory.", p->pid);
}

void top_process_lines(struct top_lines *l, const struct top_process *p,
		       const struct top_node *node, double now, size_t width)
{
	say_title(l, p, node, width);
	say_costs(l, p, now, width);
	if (p->has_cow)
		say_regions(l, p, width);
	if (p->sites.read)
		top_sites_lines(l, &p->sites, p->pid, width);
	if (p->has_family)
		say_relatives(l, p, width);
}
