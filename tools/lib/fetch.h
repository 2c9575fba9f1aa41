/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the module's files and parses them: source and parse in one step. */
#ifndef COWSCOPE_TOOLS_FETCH_H
#define COWSCOPE_TOOLS_FETCH_H

#include "cgroups.h"
#include "parse.h"
#include "snap.h"
#include "source.h"
#include "views.h"

/* The status file says whether the files are of our ABI: -EPROTONOSUPPORT. */
int fetch_abi(const struct source *src, struct err *e);

int fetch_snapshot(const struct source *src, struct snapshot *out, struct err *e);

/*
 * Structs that point into a text come with it: the caller frees *text, after
 * the last use of the struct.
 */
int fetch_status(const struct source *src, struct status *out, char **text,
		 struct err *e);
int fetch_process_status(const struct source *src, pid_t pid,
			 struct process_status *out, char **text, struct err *e);
int fetch_clones(const struct source *src, struct clone_event **out, size_t *n,
		 char **text, struct err *e);

int fetch_cgroups(const struct source *src, struct cgroups *out, struct err *e);
int fetch_watch(const struct source *src, struct watchlist *out, struct err *e);

int fetch_cow(const struct source *src, pid_t pid, struct cow *out, struct err *e);

#endif
