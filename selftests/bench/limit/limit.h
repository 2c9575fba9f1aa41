/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_LIMIT_H
#define COWSCOPE_LIMIT_H

int limit_walk_init(void);
void limit_walk_exit(void);

#endif
