// SPDX-License-Identifier: GPL-2.0-only
/*
 * status: does every hook work, was anything lost.
 */
#include <linux/string_helpers.h>
#include <linux/utsname.h>

#include "cgroups.h"
#include "clonelog.h"
#include "hook.h"
#include "hook_clone.h"
#include "identity.h"
#include "exited.h"
#include "origin.h"
#include "split.h"
#include "view.h"
#include "watch.h"

/* Everything the lines and the verdict are made of, read once. */
struct state {
	struct cws_identity identity;
	struct cws_record_stats records;
	struct cws_exited_stats exited;
	struct cws_lineage_stats lineages;
	struct cws_clonelog_stats clonelog;
	struct cws_origin_stats origins;
	struct cws_watch_stats watch;
	struct cws_inherit_stats inherit;
	struct cws_sites_stats sites;
	struct cws_cgroups_stats cgroups;
	struct cws_hook_gaps gaps;
	struct cws_hook_report hook[CWS_NR_HOOKS];
	u64 clone_slots_dropped;
};

static void state_read(struct state *s)
{
	int id;

	cws_identity_read(&s->identity);
	cws_record_stats(&s->records);
	cws_exited_stats(&s->exited);
	cws_lineage_stats(&s->lineages);
	cws_clonelog_stats(&s->clonelog);
	cws_origin_stats(&s->origins);
	cws_watchlist_stats(&s->watch);
	cws_inherit_stats(&s->inherit);
	cws_sites_stats(&s->sites);
	cws_cgroups_stats(&s->cgroups);
	cws_hook_gaps(&s->gaps);
	for (id = 0; id < CWS_NR_HOOKS; id++)
		cws_hook_report(id, &s->hook[id]);
	s->clone_slots_dropped = cws_clone_slots_dropped();
}

static void put_number(struct seq_file *m, const char *key, u64 number)
{
	seq_printf(m, "%-22s %llu\n", key, number);
}

static void complain(struct seq_file *m, const char **sep, const char *what, u64 number)
{
	if (!number)
		return;
	seq_printf(m, "%s%s %llu", *sep, what, number);
	*sep = ", ";
}

/* "ok", or what is wrong, in the words of the keys below. */
static void put_health(struct seq_file *m, const struct state *s)
{
	const struct cws_cpu_counts *sum = &s->identity.sum;
	const char *sep = "";
	u64 missed = 0;
	int id;

	seq_printf(m, "%-22s ", "health");
	if (!s->gaps.accounting) {
		seq_puts(m, "accounting off");
		sep = ", ";
	}
	for (id = 0; id < CWS_NR_HOOKS; id++) {
		bool paused = !s->gaps.accounting && id <= CWS_HOOK_RARE_LAST;

		missed += s->hook[id].missed;
		if (s->hook[id].working || paused)
			continue;
		seq_printf(m, "%shook %s %s", sep, s->hook[id].name, s->hook[id].state);
		sep = ", ";
	}
	complain(m, &sep, "missed", missed);
	complain(m, &sep, "unclassified", sum->unclassified);
	complain(m, &sep, "unknown_callers", sum->unknown_callers);
	complain(m, &sep, "orphans", sum->orphans);
	complain(m, &sep, "slots_dropped", sum->slots_dropped);
	complain(m, &sep, "splits_dropped", cws_splits_dropped());
	complain(m, &sep, "clone_slots_dropped", s->clone_slots_dropped);
	complain(m, &sep, "gaps", s->gaps.gaps);
	complain(m, &sep, "records_dropped", s->records.records_dropped);
	complain(m, &sep, "lineages_dropped", s->lineages.lineages_dropped);
	complain(m, &sep, "births_dropped", s->origins.births_dropped);
	complain(m, &sep, "watched_dropped", s->watch.watched_dropped);
	complain(m, &sep, "inherits_dropped", s->inherit.inherits_dropped);
	complain(m, &sep, "sites_dropped", s->sites.sites_dropped);
	complain(m, &sep, "cgroups_dropped", s->cgroups.cgroups_dropped);
	seq_puts(m, *sep ? "\n" : "ok\n");
}

#define OUTCOME_NAME(id, name)	"outcome_" #name,
static const char *const outcome_key[] = { COWSCOPE_OUTCOMES(OUTCOME_NAME) };

static void put_identity(struct seq_file *m, const struct cws_identity *identity)
{
	const struct cws_cpu_counts *sum = &identity->sum;
	int i;

	put_number(m, "attempts", sum->attempts);
	for (i = 0; i < CWS_NR_OUTCOMES; i++)
		put_number(m, outcome_key[i], sum->outcome[i]);
	put_number(m, "open", identity->open);
	put_number(m, "unclassified", sum->unclassified);
	seq_printf(m, "%-22s %s%lld\n", "balance", identity->steady ? "" : "~",
		   identity->balance);
	put_number(m, "unknown_callers", sum->unknown_callers);
	put_number(m, "orphans", sum->orphans);
	put_number(m, "slots_dropped", sum->slots_dropped);
}

static void put_tables(struct seq_file *m, const struct state *s)
{
	put_number(m, "splits_dropped", cws_splits_dropped());
	put_number(m, "clone_slots_dropped", s->clone_slots_dropped);
	put_number(m, "gaps", s->gaps.gaps);
	put_number(m, "gap_ns", s->gaps.gap_ns);
	put_number(m, "records", s->records.records);
	put_number(m, "records_max", s->records.records_max);
	put_number(m, "records_dropped", s->records.records_dropped);
	put_number(m, "lineages_dropped", s->lineages.lineages_dropped);
	put_number(m, "exited", s->exited.exited);
	put_number(m, "exited_max", s->exited.exited_max);
	put_number(m, "exited_dropped", s->exited.exited_dropped);
	put_number(m, "clones", s->clonelog.clones);
	put_number(m, "clones_max", s->clonelog.clones_max);
	put_number(m, "clones_dropped", s->clonelog.clones_dropped);
	put_number(m, "births", s->origins.births);
	put_number(m, "births_max", s->origins.births_max);
	put_number(m, "births_dropped", s->origins.births_dropped);
	put_number(m, "watched", s->watch.watched);
	put_number(m, "watched_max", s->watch.watched_max);
	put_number(m, "watched_dropped", s->watch.watched_dropped);
	put_number(m, "inherits_dropped", s->inherit.inherits_dropped);
	put_number(m, "sites_dropped", s->sites.sites_dropped);
	put_number(m, "sites_other", s->sites.sites_other);
	put_number(m, "cgroups", s->cgroups.cgroups);
	put_number(m, "cgroups_max", s->cgroups.cgroups_max);
	put_number(m, "cgroups_dropped", s->cgroups.cgroups_dropped);
	put_number(m, "memory_bytes", s->records.bytes + s->lineages.bytes +
		   s->exited.bytes + s->clonelog.bytes + s->origins.bytes +
		   s->watch.bytes + s->inherit.bytes + s->sites.bytes + s->cgroups.bytes +
		   cws_account_bytes() + cws_split_bytes() + cws_clone_calls_bytes());
}

static void put_hook(struct seq_file *m, const struct cws_hook_report *hook)
{
	seq_printf(m, "hook %-27s %-10s %-8s %-8s %10llu %llu\n", hook->name,
		   hook->mechanism, hook->required ? "required" : "optional",
		   hook->state, hook->hits, hook->missed);
}

static int status_show(struct seq_file *m, void *unused)
{
	struct state *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int id;

	if (!s)
		return -ENOMEM;
	state_read(s);
	put_number(m, "abi", COWSCOPE_ABI);
	seq_printf(m, "%-22s %s\n", "version", COWSCOPE_VERSION);
	seq_printf(m, "%-22s %s\n", "kernel", init_utsname()->release);
	put_health(m, s);
	seq_printf(m, "%-22s %s\n", "accounting", str_on_off(s->gaps.accounting));
	put_number(m, "since_ns", cws_view_since_ns());
	put_identity(m, &s->identity);
	put_tables(m, s);
	for (id = 0; id < CWS_NR_HOOKS; id++)
		put_hook(m, &s->hook[id]);
	kfree(s);
	return 0;
}

const struct cws_view cws_view_status = { .show = status_show };
