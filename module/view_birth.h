/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process has now, beside what it had at birth. */
#ifndef CWS_VIEW_BIRTH_H
#define CWS_VIEW_BIRTH_H

#include "origin.h"

/* How a resource is compared now. */
enum cws_rule {
	CWS_ONLY_AT_BIRTH,
	CWS_BY_OBJECT,
	CWS_BY_VALUE,
	CWS_BY_FS_VALUE,
	CWS_BY_NS,
	CWS_BY_FILES,
};

struct cws_birth_rule {
	u8 rule;
	u8 which;	/* object, value or namespace */
};

extern const struct cws_birth_rule cws_birth_rules[CWS_NR_RESOURCES];

/* What a page of arguments or environment is. */
enum cws_birth_page {
	CWS_BIRTH_SHARED,
	CWS_BIRTH_OWN,
	CWS_BIRTH_NO_PAGE,
	CWS_NR_BIRTH_PAGES
};

struct cws_birth_run {
	u32 nr;
	u8 is;	/* enum cws_birth_page */
};

#define CWS_BIRTH_RUNS	COWSCOPE_BIRTH_RUNS_MAX

/**
 * struct cws_birth_pages - pages of a range, compared with the caller's
 * @known: they could be compared
 * @nr: by enum cws_birth_page
 * @nr_runs: filled in
 * @rest: pages behind the last run that found room
 * @run: from the first page on
 */
struct cws_birth_pages {
	bool known;
	u32 nr[CWS_NR_BIRTH_PAGES];
	u32 nr_runs;
	u32 rest;
	struct cws_birth_run run[CWS_BIRTH_RUNS];
};

/* Everything the rows are made of, read once. */
struct cws_birth {
	struct pid *pid;
	struct cws_origin *origin;	/* NULL not seen */
	u8 at_birth[CWS_NR_RESOURCES];	/* enum cws_at_birth; unknown when not seen */
	struct cws_resources now;
	struct cws_resources with;	/* the caller of clone */
	pid_t ppid;			/* for the reader, 0 nobody */
	bool lives;
	bool with_lives;
	u32 common_files;
	struct cws_birth_pages arguments;
	struct cws_birth_pages environment;
};

int cws_birth_read(struct cws_birth *birth) __must_check;
int cws_birth_look_at_pages(struct cws_birth_pages *pages, struct mm_struct *mm,
			    struct mm_struct *with, const struct cws_range *range) __must_check;
const char *cws_birth_now(const struct cws_birth *birth, enum cws_resource resource);

#endif /* CWS_VIEW_BIRTH_H */
