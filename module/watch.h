/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching processes: what commands and the hooks of fork and exec do to the
 * list, and the work item that makes and removes the directories.
 */
#ifndef CWS_WATCH_H
#define CWS_WATCH_H

#include <linux/sched.h>

#include "watchlist.h"

/* How the view layer makes and removes a directory; may sleep. */
struct cws_watch_dirs {
	struct dentry *(*create)(struct cws_watch *watch);
	void (*remove)(struct dentry *dir);
};

int cws_watch_init(unsigned int max);
void cws_watch_exit(void);
void cws_watch_open(const struct cws_watch_dirs *dirs);
void cws_watch_close(void);

int cws_watch_add(pid_t nr, bool follow);
int cws_watch_remove(pid_t nr);
void cws_watch_clear(void);

void cws_watch_forked(struct task_struct *parent, struct task_struct *child,
		      struct cws_record *rec);
void cws_watch_execed(struct task_struct *task, struct cws_record *rec);

#endif /* CWS_WATCH_H */
