/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The views of a process, read with a line on the terminal that says what is
 * being waited for when it takes long. Arguments and returns as in
 * fetch_views.h; the line stands on standard error, and only if that is a
 * terminal.
 */
#ifndef COWSCOPE_TOOLS_COWMAP_READ_H
#define COWSCOPE_TOOLS_COWMAP_READ_H

#include "fetch_views.h"

/* Who it is: the view status. */
struct who {
	struct process_status status;
	char *text;
};

int read_who(const struct source *src, pid_t pid, struct who *out, struct err *e);
void who_free(struct who *who);

int read_pages(const struct source *src, pid_t pid, struct pages *out, struct err *e);
int read_family(const struct source *src, pid_t pid, struct family *out, struct err *e);
int read_pairs(const struct source *src, pid_t pid, struct pairs *out, struct err *e);
int read_inherited(const struct source *src, pid_t pid, struct inherited *out,
		   struct err *e);
int read_forecast(const struct source *src, pid_t pid, struct forecast *out,
		  struct err *e);

#endif
