/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a view of one process is read: all at once, or step by step. The same for
 * watched/PID/ and for query.
 */
#ifndef CWS_VIEW_READER_H
#define CWS_VIEW_READER_H

#include <linux/seq_file.h>

#include "cowscope_abi.h"

struct cws_record;
struct pid;

/**
 * struct cws_process_view - a view of one process
 * @wants_address: answers for one address, which comes with the command
 * @command: what a word written to its file below watched/ does; 0 or an errno
 * @show: prints all of it; or
 * @begin: starts anew: what the steps need, for @end, or an error; @arg is the
 *	address of the command, else 0
 * @show_process: instead of @show, where the process itself is asked for: two may
 *	share an address space
 * @begin_process: the same instead of @begin
 * @step: goes on to the next part: 1 there is one, 0 the end, or an error
 * @print: prints the part; called again for the same part when the buffer was
 *	too small, so it changes nothing
 * @end: gives back what @begin took
 */
struct cws_process_view {
	bool wants_address;
	int (*command)(struct cws_record *rec, const char *word);
	int (*show)(struct seq_file *m, struct cws_record *rec);
	void *(*begin)(struct cws_record *rec, unsigned long arg);
	int (*show_process)(struct seq_file *m, struct pid *pid);
	void *(*begin_process)(struct pid *pid);
	int (*step)(void *state);
	void (*print)(struct seq_file *m, void *state);
	void (*end)(void *state);
};

/* One for each word of COWSCOPE_VIEWS. */
extern const struct cws_process_view cws_process_view_status;
extern const struct cws_process_view cws_process_view_cow;
extern const struct cws_process_view cws_process_view_birth;
extern const struct cws_process_view cws_process_view_pages;
extern const struct cws_process_view cws_process_view_sharing;
extern const struct cws_process_view cws_process_view_files;
extern const struct cws_process_view cws_process_view_family;
extern const struct cws_process_view cws_process_view_pairs;
extern const struct cws_process_view cws_process_view_walk;
extern const struct cws_process_view cws_process_view_sites;
extern const struct cws_process_view cws_process_view_latency;
extern const struct cws_process_view cws_process_view_inherited;
extern const struct cws_process_view cws_process_view_forecast;

struct cws_process_entry {
	const char *name;
	umode_t mode;
	const struct cws_process_view *view;
};

extern const struct cws_process_entry cws_process_entries[];
extern const size_t cws_nr_process_entries;
const struct cws_process_view *cws_process_view_named(const char *name);

/**
 * struct cws_reader - one view being read on one descriptor
 * @view: what is read; NULL nothing was asked yet
 * @rec: of the address space, referenced
 * @pid: the thread group asked for, referenced
 * @arg: for @view's begin
 * @state: of its steps, NULL before the first and after the last
 * @pos: number of the part that @state stands at
 * @err: what ended it, told again until it begins anew
 *
 * Protected by the seq_file's lock.
 */
struct cws_reader {
	const struct cws_process_view *view;
	struct cws_record *rec;
	struct pid *pid;
	unsigned long arg;
	void *state;
	loff_t pos;
	int err;
};

void cws_reader_ask(struct cws_reader *reader, const struct cws_process_view *view,
		    struct cws_record *rec, struct pid *pid, unsigned long arg);
void *cws_reader_start(struct cws_reader *reader, loff_t pos);
void *cws_reader_next(struct cws_reader *reader, loff_t *pos);
int cws_reader_show(struct seq_file *m, struct cws_reader *reader);
void cws_reader_release(struct cws_reader *reader);
void cws_view_restart(struct seq_file *m, loff_t pos);
void cws_view_room(struct file *file);

#endif /* CWS_VIEW_READER_H */
