/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written to a file: one command, strictly parsed; and whom a PID means. */
#ifndef CWS_COMMAND_H
#define CWS_COMMAND_H

#include <linux/pid.h>
#include <linux/types.h>

#include "cowscope_abi.h"

struct cws_record;

int cws_command_copy(char *line, const char __user *from, size_t len);
int cws_command_number(const char *word, pid_t *nr);
int cws_command_address(const char *word, unsigned long *addr);
int cws_command_process(pid_t nr, struct pid **pid, struct cws_record **rec);

#endif /* CWS_COMMAND_H */
