/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the module's files are read from. The only part of the tools that
 * knows paths below the module's directories.
 */
#ifndef COWSCOPE_TOOLS_SOURCE_H
#define COWSCOPE_TOOLS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "err.h"

struct source {
	char root[4096];	/* directory that holds "status" */
	bool given;		/* named by the user: perhaps a saved copy */
};

/*
 * Chooses the directory: @root if not NULL, else debugfs, else procfs.
 * -ENODEV when there is no status file in any of them.
 */
int source_open(struct source *src, const char *root, struct err *e);

/* Whole text of one file, NUL-terminated, *len without it; the caller frees. */
int source_read(const struct source *src, const char *name, char **text,
		size_t *len, struct err *e);

/*
 * "PID VIEW" asked and answered on one descriptor. A saved copy answers from
 * its watched/PID/VIEW. The caller frees *text.
 */
int source_query(const struct source *src, pid_t pid, const char *view,
		 char **text, size_t *len, struct err *e);

/* When the texts were true: now, or for a saved copy when it was saved. */
void source_time(const struct source *src, struct timespec *when);

/*
 * Copies every readable file to @dir, which must not exist yet or be empty.
 * Files that answer only after a write (query, walk) are left out.
 */
int source_save(const struct source *src, const char *dir, struct err *e);

/*
 * As source_save(), but of processes only these: all views of each, asked for by
 * query and laid down as watched/PID/VIEW. The first has to be there to the
 * end; of the others what can be had.
 */
int source_save_processes(const struct source *src, const char *dir,
			  const pid_t *pids, size_t n, struct err *e);

#endif
