/* SPDX-License-Identifier: GPL-2.0-only */
/* Intervals that do not drift. */
#ifndef COWSCOPE_TOOLS_CLOCK_H
#define COWSCOPE_TOOLS_CLOCK_H

#include <time.h>

double clock_between(const struct timespec *a, const struct timespec *b);

/* Moves *t on. */
void clock_add(struct timespec *t, double seconds);

/* Moves *next on and sleeps until then, on CLOCK_MONOTONIC. */
void clock_sleep(struct timespec *next, double seconds);

#endif
