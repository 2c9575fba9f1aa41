/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds of report of cowstat, and what they have in common. */
#ifndef COWSCOPE_TOOLS_COWSTAT_REPORT_H
#define COWSCOPE_TOOLS_COWSTAT_REPORT_H

#include "cowstat.h"

/* What the columns read: a line of a report by process, and of one by scope. */
struct cowstat_row {
	const struct row *row;
	const char *time;
};

struct cowstat_sum {
	enum scope scope;
	const struct value *cause;
	const char *time;
};

extern const struct column_set cowstat_family_set, cowstat_cgroup_set;

/* The usual columns that follow the causes. */
#define COWSTAT_FAMILY_PRESET	"watched,worst_pages,fits,comm"
#define COWSTAT_CGROUP_PRESET	"cgroup"

/* The rows that a report by process chooses from, and one by family groups. */
int cowstat_rows(const struct cowstat_options *o, const struct cowstat_period *period,
		 struct rows *out, struct err *e);

/* One of those that the user named. */
bool cowstat_pid_wanted(const struct cowstat_options *o, const struct value *pid);

/* What could not be counted, in words, into @e; @rows as in loss.h. */
void cowstat_describe_loss(const struct cowstat_options *o,
			   const struct cowstat_period *period, const struct rows *rows,
			   struct err *e);

/* Sorted by the column chosen, @tie between equals; no line at all is said in words. */
int cowstat_print(const struct cowstat_options *o, const char *name, void *lines, size_t n,
		  size_t stride, int (*tie)(const void *a, const void *b), struct err *e);

int cowstat_report_families(const struct cowstat_options *o, const struct source *src,
			    const struct cowstat_period *period, const char *when,
			    struct err *e);
int cowstat_report_cgroups(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e);

#endif
