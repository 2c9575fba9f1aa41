// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "cowstat_metrics.h"
#include "pages.h"

#define KIND_OF(id, name, help)	[CAUSE_##id] = KIND_OF_##id,
static const enum cause_kind kind_of[CAUSE_COUNT] = { COWSCOPE_CAUSES(KIND_OF) };

static const struct {
	const char *name, *help;
} kinds[KIND_COUNT] = {
	[KIND_PAGES] = { "cow_pages", "4 KiB pages by cause" },
	[KIND_SUBSET] = { "cow_subset_pages",
			  "4 KiB pages that cow_pages has under another cause, too" },
	[KIND_HUGE] = { "cow_huge_pages", "Huge pages by cause" },
	[KIND_SPLITS] = { "cow_splits", "Huge mappings split by a write" },
};

void metric_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP " METRIC_PREFIX "%s %s\n# TYPE " METRIC_PREFIX "%s %s\n",
		name, help, name, type);
}

void metric_put(FILE *out, const char *name, const char *labels, const struct value *v)
{
	if (value_known(v))
		fprintf(out, METRIC_PREFIX "%s%s %s%llu\n", name, labels,
			v->flags & VALUE_NEGATIVE ? "-" : "", (unsigned long long)v->n);
}

struct value metric_bytes(const struct value *pages)
{
	struct value bytes = *pages;

	if (bytes.n > UINT64_MAX >> PAGES_SHIFT)
		bytes.n = UINT64_MAX;
	else
		bytes.n <<= PAGES_SHIFT;
	return bytes;
}

static void causes_name(const struct metric_causes *m, enum cause_kind kind,
			char name[METRIC_NAME_MAX])
{
	snprintf(name, METRIC_NAME_MAX, "%s%s%s", m->scope, kinds[kind].name,
		 m->counter ? "_total" : "");
}

void metric_causes_head(FILE *out, const struct metric_causes *m, enum cause_kind kind)
{
	char name[METRIC_NAME_MAX], help[256];

	causes_name(m, kind, name);
	snprintf(help, sizeof(help), "%s, %s", kinds[kind].help, m->help);
	metric_head(out, name, m->counter ? "counter" : "gauge", help);
}

void metric_causes_put(FILE *out, const struct metric_causes *m, enum cause_kind kind,
		       const char *labels, const struct value cause[CAUSE_COUNT])
{
	char name[METRIC_NAME_MAX];
	int i;

	causes_name(m, kind, name);
	for (i = 0; i < CAUSE_COUNT; i++)
		if (kind_of[i] == kind && value_known(&cause[i]))
			fprintf(out, METRIC_PREFIX "%s{%scause=\"%s\"} %llu\n", name, labels,
				cause_names[i], (unsigned long long)cause[i].n);
}
