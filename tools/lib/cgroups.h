/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file cgroups: one struct for each cgroup, and the difference of two readings.
 * Pure. A cgroup is known by its id: a path may be made anew, a cgroup renamed.
 */
#ifndef COWSCOPE_TOOLS_CGROUPS_H
#define COWSCOPE_TOOLS_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "parse.h"

#define CGROUPS_ENUM_SCOPE(id, name, help)	CGROUP_##id,
enum cgroup_scope {
	COWSCOPE_CGROUP_SCOPES(CGROUPS_ENUM_SCOPE)
	CGROUP_UNTRACKED,
	CGROUP_SCOPES
};

extern const char * const cgroup_scope_names[CGROUP_SCOPES];

struct cgroup_part {
	bool there;			/* has a line of its own */
	struct value spaces;		/* address spaces */
	struct value cause[CAUSE_COUNT];
};

struct cgroup_sums {
	const char *path;		/* as the file writes it; "-", "other": no path */
	struct value id;		/* not known for those */
	struct cgroup_part part[CGROUP_SCOPES];
};

/* In the order of id, those without one in front. */
struct cgroups {
	struct cgroup_sums *row;
	size_t n;
	char *text;
};

/* Takes the text over, whatever it returns. */
int parse_cgroups(char *text, size_t len, struct cgroups *out, struct err *e);
void cgroups_free(struct cgroups *c);

/*
 * What changed between two readings, into rows of @out that point into the texts of both.
 * One that is no longer there fell to nothing.
 */
int cgroups_delta(const struct cgroups *before, const struct cgroups *after,
		  struct cgroups *out, struct err *e);

/* All scopes of a cgroup as one, and one cgroup added to another. */
void cgroup_sum(const struct cgroup_sums *c, struct value cause[CAUSE_COUNT]);
void cgroup_add(struct cgroup_sums *to, const struct cgroup_sums *c);

#endif
