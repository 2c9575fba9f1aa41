/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two parts of hammer have in common. */
#ifndef SELFTEST_HAMMER_INNER_H
#define SELFTEST_HAMMER_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fuzz.h"
#include "hammer.h"

#define HAMMER_OPEN	200	/* descriptors at once */
#define HAMMER_KIDS	8
#define HAMMER_TEXT	65536	/* the longest read */

struct hammer_file {
	const char *dir;	/* NULL: not there, or a view */
	const char *name;
	bool written;		/* takes commands */
	bool view;		/* below watched/PID */
};

struct hammer_open {
	const struct hammer_file *file;		/* NULL: not open */
	int fd;
	int mode;
	bool asked;		/* has something to tell */
};

struct hammer {
	struct hammer_report *report;
	unsigned int stream;
	struct fuzz fuzz;
	const pid_t *other;
	size_t others;
	pid_t kid[HAMMER_KIDS];
	bool kid_waits[HAMMER_KIDS];
	struct hammer_open open[HAMMER_OPEN];
	char *text;
	char *hole;		/* may not be touched; two pages before it may */
	int pipe[2];
};

/* The first one is kept. */
void hammer_wrong(struct hammer *h, const struct hammer_open *open, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Near the largest offset, where the kernel itself refuses to go on. */
bool hammer_far(const struct hammer_open *open);
/* A process that is, was or never was. */
pid_t hammer_pid(struct hammer *h);
/* Writes something to an open file; what write() returned, with its errno. */
ssize_t hammer_write(struct hammer *h, struct hammer_open *open);

#endif /* SELFTEST_HAMMER_INNER_H */
