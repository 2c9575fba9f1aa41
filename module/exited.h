/* SPDX-License-Identifier: GPL-2.0-only */
/* The last address spaces that ended: a bounded ring of records. */
#ifndef CWS_EXITED_H
#define CWS_EXITED_H

#include "record.h"

struct cws_exited_stats {
	unsigned int exited, exited_max;
	u64 exited_dropped;
	size_t bytes;
};

int cws_exited_init(unsigned int max);
void cws_exited_exit(void);
void cws_exited_retire(struct mm_struct *mm, enum cws_end end);
struct cws_record *cws_exited_get(u64 nr) __must_check;
struct cws_record *cws_exited_find(pid_t nr, struct pid_namespace *ns) __must_check;
struct cws_record *cws_exited_find_serial(u64 serial) __must_check;
void cws_exited_stats(struct cws_exited_stats *stats);

#endif /* CWS_EXITED_H */
