// SPDX-License-Identifier: GPL-2.0-only
/* cowstat --openmetrics: what the module's files hold, read once and put as metrics. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "cowstat.h"
#include "cowstat_metrics.h"
#include "fetch.h"

/* Of the watched processes that live, and could be read. */
struct watched {
	struct worsts worsts;
	struct cow sum;
};

static const struct {
	enum status_key key;
	const char *name, *help;	/* a name that ends in _total is a counter's */
} status_metrics[] = {
	{ STATUS_attempts, "attempts_total",
	  "Write faults that reached do_wp_page() in mappings that are not shared." },
	{ STATUS_unclassified, "unclassified_total",
	  "Attempts that ended in a way that the module does not know." },
	{ STATUS_unknown_callers, "unknown_callers_total",
	  "Events from callers that the module does not know." },
	{ STATUS_orphans, "orphans_total", "Outcomes without an attempt, counted nowhere else." },
	{ STATUS_slots_dropped, "slots_dropped_total",
	  "Attempts that were not followed because too many were under way." },
	{ STATUS_splits_dropped, "splits_dropped_total", "The same of splits of huge pages." },
	{ STATUS_clone_slots_dropped, "clone_slots_dropped_total",
	  "The same of calls that make a task." },
	{ STATUS_gaps, "gaps_total", "How often accounting was off." },
	{ STATUS_records_dropped, "records_dropped_total",
	  "How often there was no record left for an address space." },
	{ STATUS_lineages_dropped, "lineages_dropped_total",
	  "Births whose parent could not be recorded." },
	{ STATUS_exited_dropped, "exited_lines_dropped_total",
	  "Lines of exited pushed out by later ones; the sums have them." },
	{ STATUS_clones_dropped, "clone_lines_dropped_total",
	  "Lines of clones pushed out by later ones." },
	{ STATUS_births_dropped, "births_dropped_total", "Births that found no room." },
	{ STATUS_watched_dropped, "watched_dropped_total",
	  "Children that were not watched for want of room." },
	{ STATUS_inherits_dropped, "inherits_dropped_total",
	  "Forks for which there was no room to note what the child got." },
	{ STATUS_sites_dropped, "sites_dropped_total",
	  "Watched address spaces without a table of sites." },
	{ STATUS_cgroups_dropped, "cgroups_dropped_total",
	  "Ended address spaces booked under cgroup=\"other\" for want of room." },
	{ STATUS_records, "records", "Address spaces with a record." },
	{ STATUS_records_max, "records_max", "Cap of records." },
	{ STATUS_watched, "watched_processes", "Watched processes, ended ones among them." },
	{ STATUS_watched_max, "watched_processes_max", "Cap of watched processes." },
	{ STATUS_cgroups, "cgroups", "Cgroups for which the module books ended address spaces." },
	{ STATUS_cgroups_max, "cgroups_max", "Cap of those." },
	{ STATUS_memory_bytes, "memory_bytes", "Memory that the module uses." },
};

static void put_one(FILE *out, const char *name, const char *help, struct value v)
{
	const char *end = strstr(name, "_total");

	metric_head(out, name, end ? "counter" : "gauge", help);
	metric_put(out, name, "", &v);
}

static void put_status(FILE *out, const struct status *st)
{
	const struct value gap = status_value(st, STATUS_gap_ns);
	size_t i;

	put_one(out, "healthy", "1: every hook works and nothing was lost since load.",
		value_of(!strcmp(st->text[STATUS_health], "ok")));
	put_one(out, "accounting", "1: counting; 0: switched off.",
		value_of(!strcmp(st->text[STATUS_accounting], "on")));
	for (i = 0; i < sizeof(status_metrics) / sizeof(status_metrics[0]); i++)
		put_one(out, status_metrics[i].name, status_metrics[i].help,
			status_value(st, status_metrics[i].key));
	metric_head(out, "gap_seconds_total", "counter", "For how long accounting was off.");
	if (value_known(&gap))
		fprintf(out, METRIC_PREFIX "gap_seconds_total %.9f\n", (double)gap.n / 1e9);
}

static void put_totals(FILE *out, const struct totals *totals)
{
	static const struct metric_causes metric = { "", true, "since the module was loaded." };
	enum cause_kind kind;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		metric_causes_head(out, &metric, kind);
		metric_causes_put(out, &metric, kind, "", totals->cause[SCOPE_TOTAL]);
	}
}

static int fetch_watched(const struct source *src, const struct snapshot *s,
			 struct watched *w, struct err *e)
{
	size_t i, region, cause;
	struct err why = { 0 };
	struct cow cow;
	int ret = worsts_fetch(src, s, NULL, &w->worsts, e);

	for (i = 0; i < w->worsts.n && !ret; i++) {
		if (fetch_cow(src, w->worsts.row[i].pid, &cow, &why)) {
			worsts_note_unread(&w->worsts, &why);
			continue;
		}
		for (region = 0; region < REGION_COUNT; region++)
			for (cause = 0; cause < CAUSE_COUNT; cause++)
				value_add(&w->sum.cause[region][cause], &cow.cause[region][cause]);
	}
	return ret;
}

static void put_regions(FILE *out, const struct cow *sum)
{
	static const struct metric_causes metric = {
		"watched_", false, "by region, over the watched processes that live now.",
	};
	enum cause_kind kind;
	char labels[64];
	int region;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		metric_causes_head(out, &metric, kind);
		for (region = 0; region < REGION_TOTAL; region++) {
			snprintf(labels, sizeof(labels), "region=\"%s\",", region_names[region]);
			metric_causes_put(out, &metric, kind, labels, sum->cause[region]);
		}
	}
}

static void put_watched(FILE *out, const struct worsts *w)
{
	struct value available = { 0 };
	size_t i;

	for (i = 0; i < w->n; i++)
		if (!value_known(&available) || w->row[i].available.n < available.n)
			available = w->row[i].available;
	put_one(out, "watched_up", "1: who is watched could be read; 0: not, as without debugfs.",
		value_of(!w->no_watch));
	if (w->no_watch)
		return;
	put_one(out, "watched_unread", "Watched processes of which something could not be read.",
		value_of(w->unread));
	put_one(out, "watched_families", "Families with a watched process.",
		value_of(w->families));
	put_one(out, "watched_walked_pages", "Pages of page tables walked for this reading.",
		value_of(w->walked));
	put_one(out, "memory_available_bytes",
		"Available in the machine, when the worst cases were read; none without one.",
		metric_bytes(&available));
}

static int put_all(FILE *out, const struct cowstat_options *o, const struct cowstat_look *look,
		   const struct watched *w, struct err *e)
{
	put_one(out, "up", "1: the module's files could be read; 0: nothing else is here.",
		value_of(1));
	put_status(out, &look->snap.last);
	put_totals(out, &look->snap.totals);
	put_watched(out, &w->worsts);
	if (!w->worsts.no_watch)
		put_regions(out, &w->sum);
	return metrics_put_cgroups(out, &look->cgroups, &w->worsts, o->max_cgroups, e);
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return clock_between(start, &now);
}

/* Nothing is put before everything was read: it fails late for want of memory alone. */
static int put_what_is_there(FILE *out, const struct cowstat_options *o, struct err *e)
{
	struct cowstat_look look = { 0 };
	struct watched w = { 0 };
	struct timespec start;
	struct source src;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &start);
	ret = source_open(&src, o->table.root, e);
	if (!ret)
		ret = cowstat_fetch(o, &src, &look, e);
	if (ret)
		return ret;
	ret = fetch_watched(&src, &look.snap, &w, e);
	if (!ret)
		ret = put_all(out, o, &look, &w, e);
	if (!ret) {
		metric_head(out, "read_seconds", "gauge", "What reading all of this took.");
		fprintf(out, METRIC_PREFIX "read_seconds %.6f\n", seconds_since(&start));
		worsts_describe(&w.worsts, e->text, sizeof(e->text));
	}
	worsts_free(&w.worsts);
	cowstat_look_free(&look);
	return ret;
}

static void put_down(FILE *out)
{
	put_one(out, "up", "1: the module's files could be read; 0: nothing else is here.",
		value_of(0));
}

int cowstat_metrics(const struct cowstat_options *o, char **text, size_t *len, struct err *e)
{
	FILE *out = open_memstream(text, len);
	int ret;

	if (!out) {
		*text = NULL;
		return err_sys(e, -ENOMEM, "metrics");
	}
	ret = put_what_is_there(out, o, e);
	if (ret && ret != -ENOMEM)
		put_down(out);
	if (fclose(out) || ret == -ENOMEM) {
		free(*text);
		*text = NULL;
		return err_sys(e, -ENOMEM, "metrics");
	}
	return ret;
}
