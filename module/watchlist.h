/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of the watched, and what readers see of it. */
#ifndef CWS_WATCHLIST_H
#define CWS_WATCHLIST_H

#include <linux/pid.h>

struct cws_record;
struct dentry;

/**
 * struct cws_watch - one watched process; an entry of a fixed array
 * @state: what has to happen to its directory, see watchlist.c
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

int cws_watchlist_init(unsigned int max);
void cws_watchlist_exit(void);
int cws_watchlist_enter(struct pid *pid, struct cws_record *rec, bool follow);
int cws_watchlist_inherit(const struct pid *parent, struct pid *pid,
			  struct cws_record *rec);
struct cws_record *cws_watchlist_replace(const struct pid *pid,
					 struct cws_record *rec) __must_check;
bool cws_watchlist_remove(pid_t nr, struct pid_namespace *ns);

struct cws_watch *cws_watchlist_job(bool may_make, bool *make);
void cws_watchlist_made(struct cws_watch *watch);
void cws_watchlist_removed(struct cws_watch *watch);

unsigned int cws_watchlist_watched(void);
bool cws_watchlist_next(u64 *order, struct cws_watch_entry *entry);
struct cws_record *cws_watchlist_record(struct cws_watch *watch,
					struct pid **pid) __must_check;
bool cws_watch_ended(struct pid *pid);
bool cws_watchlist_has(const struct pid *pid, bool children);
void cws_watchlist_stats(struct cws_watch_stats *stats);

#endif /* CWS_WATCHLIST_H */
