/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asks for a view of one process and parses it. -ESRCH when there is no such
 * process, or it has ended. What was filled is freed by its own function.
 */
#ifndef COWSCOPE_TOOLS_FETCH_VIEWS_H
#define COWSCOPE_TOOLS_FETCH_VIEWS_H

#include <stdint.h>

#include "births.h"
#include "pages.h"
#include "sharing.h"
#include "sites.h"
#include "source.h"
#include "views.h"

int fetch_pages(const struct source *src, pid_t pid, struct pages *out, struct err *e);
int fetch_family(const struct source *src, pid_t pid, struct family *out, struct err *e);
int fetch_pairs(const struct source *src, pid_t pid, struct pairs *out, struct err *e);
int fetch_inherited(const struct source *src, pid_t pid, struct inherited *out,
		    struct err *e);
int fetch_forecast(const struct source *src, pid_t pid, struct forecast *out,
		   struct err *e);
int fetch_birth(const struct source *src, pid_t pid, struct birth *out, struct err *e);
int fetch_sharing(const struct source *src, pid_t pid, struct sharing *out, struct err *e);
int fetch_files(const struct source *src, pid_t pid, struct files *out, struct err *e);
int fetch_latency(const struct source *src, pid_t pid, struct latency *out, struct err *e);
/* No rows: it is not watched. */
int fetch_sites(const struct source *src, pid_t pid, struct sites *out, struct err *e);
int fetch_walk(const struct source *src, pid_t pid, uint64_t address,
	       struct walk *out, struct err *e);

#endif
