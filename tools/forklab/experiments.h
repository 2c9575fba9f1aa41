/* SPDX-License-Identifier: GPL-2.0-only */
/* Every experiment, defined in one file per group. */
#ifndef COWSCOPE_FORKLAB_EXPERIMENTS_H
#define COWSCOPE_FORKLAB_EXPERIMENTS_H

#include "lab.h"

/* exp_share.c */
extern const struct experiment exp_fork, exp_write, exp_parent_first, exp_last_owner;
/* exp_region.c */
extern const struct experiment exp_regions, exp_text, exp_shared;
/* exp_source.c */
extern const struct experiment exp_zero, exp_file;
/* exp_page.c */
extern const struct experiment exp_page, exp_walk, exp_layout;
/* exp_advice.c */
extern const struct experiment exp_dontfork, exp_wipeonfork;
/* exp_clone.c */
extern const struct experiment exp_exec, exp_vfork, exp_thread;

#endif
