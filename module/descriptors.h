/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptors of a process, and who else holds the same open files. */
#ifndef CWS_DESCRIPTORS_H
#define CWS_DESCRIPTORS_H

#include <linux/types.h>

#include "cowscope_abi.h"

struct file;
struct pid;
struct task_struct;

/* Descriptors looked at together. */
#define CWS_FDS		2048

struct cws_holder {
	pid_t nr;
	u32 fd;
};

/**
 * struct cws_held - an open file and its holders
 * @file: compared, never followed
 * @holders: all of them, the descriptor itself included
 * @listed: those that stand in @holder; one more than is told, to leave out oneself
 * @holder: in the order of the task list
 */
struct cws_held {
	const struct file *file;
	u32 holders;
	u32 listed;
	struct cws_holder holder[COWSCOPE_HOLDERS_MAX + 1];
};

/* A descriptor as it was when it was collected. */
struct cws_fd {
	u32 fd;
	u32 held;	/* index */
};

/**
 * struct cws_descriptors - a part of the descriptor table of a process
 * @task: who has the table; referenced
 * @nr: its process's number for the reader
 * @next: the next part begins here
 * @more: there may be one
 * @fds: descriptors in this part
 * @files: different files behind them
 * @fd: ascending
 * @held: the files
 * @slot: hash of @held: 1 + index, 0 free
 */
struct cws_descriptors {
	struct task_struct *task;
	pid_t nr;
	u32 next;
	bool more;
	u32 fds;
	u32 files;
	struct cws_fd fd[CWS_FDS];
	struct cws_held held[CWS_FDS];
	u16 slot[2 * CWS_FDS];
};

struct cws_descriptors *cws_descriptors_open(struct pid *pid);
int cws_descriptors_next(struct cws_descriptors *descriptors);
void cws_descriptors_look(const struct cws_descriptors *descriptors, u32 from,
			  int (*look)(const void *data, struct file *file, unsigned int fd),
			  const void *data);
void cws_descriptors_close(struct cws_descriptors *descriptors);

#endif /* CWS_DESCRIPTORS_H */
