/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel objects and the tasks that use them, all of one moment. */
#ifndef CWS_SHARE_H
#define CWS_SHARE_H

#include "share_look.h"

/* A process among the users of an object: its number for the reader, its tasks. */
struct cws_share_member {
	pid_t nr;
	u32 tasks;
};

/**
 * struct cws_share_object - an object and its users
 * @id: what it is told by, 0 not known
 * @tasks: that use it
 * @processes: that those belong to
 * @members: how many of them stand at @member
 * @member: oldest first
 * @across: used by several processes, where that is unusual
 * @kthreads: used by kernel threads and processes
 */
struct cws_share_object {
	u64 id;
	u32 tasks;
	u32 processes;
	u32 members;
	struct cws_share_member *member;
	bool across;
	bool kthreads;
};

/* The objects of one kind, in the order of their oldest users; members behind them. */
struct cws_share_part {
	u32 nr;
	struct cws_share_object object[];
};

/* One reading; a part is NULL where there is nothing to tell. */
struct cws_share {
	struct cws_share_part *part[CWS_NR_KINDS];
};

struct cws_share *cws_share_take(pid_t tgid);
void cws_share_free(struct cws_share *share);
const struct cws_share_object *cws_share_at(const struct cws_share *share, u64 nr,
					    enum cws_kind *kind);

#endif /* CWS_SHARE_H */
