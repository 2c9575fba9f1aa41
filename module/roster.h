/* SPDX-License-Identifier: GPL-2.0-only */
/* Records from the side of tasks: found at load, counted and listed for readers. */
#ifndef CWS_ROSTER_H
#define CWS_ROSTER_H

#include "record.h"

struct cws_cgroup_rows;

/* Who uses an address space at one moment. */
struct cws_users {
	unsigned int tasks;
	pid_t lowest;	/* thread group, initial namespace; 0 nobody */
};

/* Referenced records with their users, all of one moment. */
struct cws_roster {
	size_t nr;
	struct cws_roster_row {
		struct cws_record *rec;
		struct cws_users users;
	} row[];
};

int cws_roster_scan(void);
struct cws_roster *cws_roster_live(void);
struct cws_roster *cws_roster_exited(void);
struct cws_cgroup_rows * __must_check cws_roster_cgroups(void);
void cws_roster_free(struct cws_roster *roster);
void cws_roster_users(const struct cws_record *rec, struct cws_users *users);
struct mm_struct *cws_roster_mm(const struct cws_record *rec) __must_check;

#endif /* CWS_ROSTER_H */
