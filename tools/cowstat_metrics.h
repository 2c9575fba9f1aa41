/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Metrics in the text format that Prometheus and its node exporter read. All lines of a
 * metric stand together, below its HELP and TYPE.
 */
#ifndef COWSCOPE_TOOLS_COWSTAT_METRICS_H
#define COWSCOPE_TOOLS_COWSTAT_METRICS_H

#include <stdio.h>

#include "cgroups.h"
#include "cowstat_causes.h"
#include "worst.h"

#define METRIC_PREFIX	"cowscope_"
#define METRIC_NAME_MAX	64

/* @type: counter, gauge */
void metric_head(FILE *out, const char *name, const char *type, const char *help);

/* @labels: "{...}" or empty. Nothing is put for what is not known. */
void metric_put(FILE *out, const char *name, const char *labels, const struct value *v);

/* Pages as bytes; at the end of 64 bits they stay there. */
struct value metric_bytes(const struct value *pages);

/*
 * The metrics of one kind of cause: @scope and "total" make the name, @help ends the help.
 * Without a row of causes only the head.
 */
struct metric_causes {
	const char *scope;		/* "", "cgroup_", "watched_" */
	bool counter;
	const char *help;
};

void metric_causes_head(FILE *out, const struct metric_causes *m, enum cause_kind kind);
/* @labels: those in front of cause, with a comma behind each. */
void metric_causes_put(FILE *out, const struct metric_causes *m, enum cause_kind kind,
		       const char *labels, const struct value cause[CAUSE_COUNT]);

/* By cgroup: at most @max with lines of their own, what is over that in one. */
int metrics_put_cgroups(FILE *out, const struct cgroups *cgroups, const struct worsts *worsts,
			size_t max, struct err *e);

#endif
