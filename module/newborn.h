/* SPDX-License-Identifier: GPL-2.0-only */
/* A process that is about to run, compared with the task that made it. */
#ifndef CWS_NEWBORN_H
#define CWS_NEWBORN_H

#include <linux/types.h>

struct cws_origin;
struct task_struct;

void cws_newborn_look(struct cws_origin *origin, struct task_struct *child, bool watched);

#endif /* CWS_NEWBORN_H */
