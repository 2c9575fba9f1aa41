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

extern const struct column_set cowstat_family_set, cowstat_cgroup_set, cowstat_region_set,
	cowstat_latency_set;

/* The usual columns that follow the causes. */
#define COWSTAT_FAMILY_PRESET	"watched,worst_pages,fits,comm"
#define COWSTAT_CGROUP_PRESET	"cgroup"
#define COWSTAT_LATENCY_PRESET	"range,copied,file,zero,copies,histogram"
#define COWSTAT_LATENCY_SCRIPT	"at_least_ns,below_ns,copied,file,ksm,unshared,zero,comm"

/* By region and by latency: the report is made of views of single processes. */
static inline bool cowstat_of_views(const struct cowstat_options *o)
{
	return o->by == BY_REGION || o->by == BY_LATENCY;
}

int cowstat_details_fetch(const struct cowstat_options *o, const struct source *src,
			  const struct snapshot *s, struct cowstat_details *out, struct err *e);
void cowstat_details_free(struct cowstat_details *d);

/*
 * The same address space at the beginning of the period. False: what it did in the period
 * cannot be told, as nobody looked then. *was is NULL where all of it belongs to the period.
 */
bool cowstat_detail_before(const struct cowstat_period *period, const struct cowstat_detail *now,
			   const struct cowstat_detail **was);

/* What could not be read, or only from now on, in words, behind what @e has. */
void cowstat_details_describe(const struct cowstat_period *period, struct err *e);

/* "x" behind "y" in one message. */
void cowstat_say_more(struct err *e, const char *more);

/* Titles and what is for people alone are wanted. */
static inline bool cowstat_for_people(const struct cowstat_options *o)
{
	return !o->table.json && !o->table.raw && !o->table.no_headings;
}

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
int cowstat_report_regions(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e);
int cowstat_report_latency(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e);
int cowstat_report_cgroups(const struct cowstat_options *o,
			   const struct cowstat_period *period, const char *when,
			   struct err *e);

#endif
