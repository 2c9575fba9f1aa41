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

/* Everything the rows are made of, read once. */
struct cws_birth {
	struct pid *pid;
	struct cws_origin *origin;	/* NULL not seen */
	struct cws_resources now;
	struct cws_resources with;	/* the caller of clone */
	pid_t ppid;			/* for the reader, 0 nobody */
	bool lives;
	bool with_lives;
	u32 common_files;
};

void cws_birth_read(struct cws_birth *birth);
const char *cws_birth_now(const struct cws_birth *birth, enum cws_resource resource);

#endif /* CWS_VIEW_BIRTH_H */
