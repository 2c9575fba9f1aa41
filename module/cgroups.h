/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums by cgroup of the v2 hierarchy: a bounded table of what ended where, and, while it
 * is read, of what lives where.
 */
#ifndef CWS_CGROUPS_H
#define CWS_CGROUPS_H

#include "counts.h"

struct cgroup;

/* Address spaces and what they counted. */
struct cws_cgroup_part {
	u64 spaces;
	struct cws_sums sums;
};

#define CWS_CGROUP_SCOPE_ENUM(id, name, help)	CWS_CGROUP_##id,
enum cws_cgroup_scope {
	COWSCOPE_CGROUP_SCOPES(CWS_CGROUP_SCOPE_ENUM)
	CWS_NR_CGROUP_SCOPES
};

/**
 * struct cws_cgroup_rows - the table at one moment, oldest cgroups first
 * @nr: rows
 * @row: @cgroup is referenced, or NULL: what is known of no cgroup, and with @other
 *	what found no room in the table
 */
struct cws_cgroup_rows {
	size_t nr;
	struct cws_cgroup_row {
		struct cgroup *cgroup;
		bool other;
		struct cws_cgroup_part part[CWS_NR_CGROUP_SCOPES];
	} row[];
};

struct cws_cgroups_stats {
	unsigned int cgroups, cgroups_max;
	u64 cgroups_dropped;
	size_t bytes;
};

int cws_cgroups_init(unsigned int max);
void cws_cgroups_exit(void);
void cws_cgroups_book(struct cgroup *cgroup, unsigned int phase,
		      const struct cws_matrix *matrix);
unsigned int cws_cgroups_begin(void);
void cws_cgroups_live(struct cgroup *cgroup, const struct cws_sums *sums);
struct cws_cgroup_rows * __must_check cws_cgroups_end(void);
void cws_cgroups_free(struct cws_cgroup_rows *rows);
void cws_cgroups_stats(struct cws_cgroups_stats *stats);

#endif /* CWS_CGROUPS_H */
