/* SPDX-License-Identifier: GPL-2.0-only */
/* Open file descriptions that two tasks have in common. */
#ifndef CWS_COMMON_FILES_H
#define CWS_COMMON_FILES_H

#include <linux/types.h>

struct task_struct;

u32 cws_common_files(struct task_struct *task, struct task_struct *with);

#endif /* CWS_COMMON_FILES_H */
