/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files: one table of names, modes and what they show. A view_ file prints
 * one of them and reads through getters only.
 */
#ifndef CWS_VIEW_H
#define CWS_VIEW_H

#include <linux/fs.h>
#include <linux/seq_file.h>

#include "counts.h"

struct cgroup;
struct cws_headroom;
struct cws_record;
struct cws_users;
struct cws_watch;
struct dentry;
struct pid;

/**
 * struct cws_view - a file that is only read
 * @show: prints all of it at once; or
 * @table: prints line by line, with
 * @private_size: bytes of state per open file, zeroed, and
 * @release: what has to be given back of that state
 */
struct cws_view {
	int (*show)(struct seq_file *m, void *unused);
	const struct seq_operations *table;
	size_t private_size;
	void (*release)(void *private);
};

extern const struct cws_view cws_view_readme;
extern const struct cws_view cws_view_status;
extern const struct cws_view cws_view_processes;
extern const struct cws_view cws_view_exited;
extern const struct cws_view cws_view_clones;
extern const struct cws_view cws_view_totals;
extern const struct cws_view cws_view_cgroups;
extern const struct cws_view cws_view_sharing;

extern const struct file_operations cws_control_fops;
extern const struct file_operations cws_watch_fops;
extern const struct file_operations cws_query_fops;

void cws_watched_files(struct dentry *dir, struct cws_watch *watch);

int cws_view_init(void);
void cws_view_exit(void);

/* For the opens of files of their own. */
int cws_view_allowed(void);
u64 cws_view_since_ns(void);

/* Lines. */
void cws_view_put_number(struct seq_file *m, const char *key, u64 number);
void cws_view_put_word(struct seq_file *m, const char *key, const char *word);

/* Parts of lines. */
void cws_view_put_counts(struct seq_file *m, const struct cws_sums *sums);
void cws_view_put_headroom(struct seq_file *m, const struct cws_headroom *room);
void cws_view_put_state(struct seq_file *m, u8 state);
void cws_view_put_name(struct seq_file *m, const char *name);
void cws_view_put_pid(struct seq_file *m, struct pid *pid);
void cws_view_put_inner_pid(struct seq_file *m, struct pid *pid);
void cws_view_put_cgroup(struct seq_file *m, struct cgroup *cgroup);
void cws_view_put_inherited(struct seq_file *m, const struct cws_record *rec, u64 pages);
const char *cws_view_born(const struct cws_record *rec);
const char *cws_view_end(const struct cws_record *rec);

/**
 * struct cws_view_who - what is asked of the system when a process is shown
 * @pid: who is shown: the creator while it uses the address space, else the
 *	lowest that does; referenced, NULL nobody
 * @ppid: real parent now, or of an exited one the parent at its birth; referenced or NULL
 * @cgroup: of @pid now, or of an exited one at its end; referenced or NULL
 * @tasks: users
 * @comm: name
 */
struct cws_view_who {
	struct pid *pid;
	struct pid *ppid;
	struct cgroup *cgroup;
	unsigned int tasks;
	char comm[TASK_COMM_LEN];
};

void cws_view_who(struct cws_record *rec, const struct cws_users *users,
		  struct cws_view_who *who);
void cws_view_who_quick(struct cws_record *rec, struct cws_view_who *who);
void cws_view_who_put(struct cws_view_who *who);

#endif /* CWS_VIEW_H */
