/* SPDX-License-Identifier: GPL-2.0-only */
/* How much memory there still is for a process. */
#ifndef CWS_HEADROOM_H
#define CWS_HEADROOM_H

#include <linux/types.h>

struct mm_struct;

/**
 * struct cws_headroom - room for new pages
 * @limited: some cgroup sets memory.max, or memory.limit_in_bytes
 * @max_pages: below the nearest of these limits
 * @available_pages: of the machine, as MemAvailable
 */
struct cws_headroom {
	bool limited;
	u64 max_pages;
	u64 available_pages;
};

void cws_headroom(struct mm_struct *mm, struct cws_headroom *room);

#endif /* CWS_HEADROOM_H */
