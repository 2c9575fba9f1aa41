/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that is about to run beside the task that made it, and how they compare. */
#ifndef CWS_NEWBORN_H
#define CWS_NEWBORN_H

#include <linux/types.h>

struct cws_origin;
struct task_struct;

void cws_newborn_judge(const struct cws_origin *origin, u8 *word);
void cws_newborn_look(struct cws_origin *origin, struct task_struct *child, bool watched);

#endif /* CWS_NEWBORN_H */
