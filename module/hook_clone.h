/* SPDX-License-Identifier: GPL-2.0-only */
/* Clone calls under way: their slots, for main and status. */
#ifndef CWS_HOOK_CLONE_H
#define CWS_HOOK_CLONE_H

#include <linux/types.h>

int cws_clone_calls_init(void);
void cws_clone_calls_exit(void);
u64 cws_clone_slots_dropped(void);
size_t cws_clone_calls_bytes(void);

#endif /* CWS_HOOK_CLONE_H */
