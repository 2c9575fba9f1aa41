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
/* exp_refcount.c */
extern const struct experiment exp_refcount;
/* exp_clone.c */
extern const struct experiment exp_exec, exp_vfork, exp_thread;
/* exp_environment.c */
extern const struct experiment exp_environment;
/* exp_files.c */
extern const struct experiment exp_offset;
/* exp_signal.c */
extern const struct experiment exp_handlers, exp_pending;
/* exp_flag.c */
extern const struct experiment exp_clone_vm, exp_clone_files, exp_clone_fs,
	exp_clone_sighand, exp_clone_io, exp_clone_sysvsem;
/* exp_thread.c */
extern const struct experiment exp_clone_thread, exp_clone_parent, exp_pthread, exp_lock;
/* exp_namespace.c */
extern const struct experiment exp_newns, exp_newuts, exp_newipc, exp_newpid, exp_newuser,
	exp_newnet, exp_newcgroup, exp_newtime;

#endif
