/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes that are watched: a bounded list, kept by commands and by the
 * hooks of fork and exec. The directories are made and removed by a work item.
 */
#ifndef CWS_WATCH_H
#define CWS_WATCH_H

#include <linux/pid.h>
#include <linux/sched.h>

struct cws_record;
struct dentry;

/**
 * struct cws_watch - one watched process; an entry of a fixed array
 * @state: what has to happen to its directory, see watch.c
 * @follow: watch its children too
 * @nr: PID in the initial namespace, the directory's name
 * @pid: thread group, referenced
 * @rec: its present address space, or its last; referenced
 * @order: the smaller the longer watched
 * @dir: its directory; touched by the work item alone
 *
 * All but @dir is protected by the watch lock.
 */
struct cws_watch {
	u8 state;
	bool follow;
	pid_t nr;
	struct pid *pid;
	struct cws_record *rec;
	u64 order;
	struct dentry *dir;
};

/* A copy for readers; its pid and record are referenced. */
struct cws_watch_entry {
	pid_t nr;
	bool follow;
	u64 order;
	struct pid *pid;
	struct cws_record *rec;
};

struct cws_watch_stats {
	unsigned int watched, watched_max;
	u64 watched_dropped;
	size_t bytes;
};

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
bool cws_watch_next(u64 *order, struct cws_watch_entry *entry);
struct cws_record *cws_watch_record(struct cws_watch *watch) __must_check;
bool cws_watch_has(const struct pid *pid);
void cws_watch_stats(struct cws_watch_stats *stats);

void cws_watch_forked(struct task_struct *parent, struct task_struct *child,
		      struct cws_record *rec);
void cws_watch_execed(struct task_struct *task, struct cws_record *rec);

#endif /* CWS_WATCH_H */
