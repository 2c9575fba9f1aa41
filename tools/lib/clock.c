// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>

#include "clock.h"

double clock_between(const struct timespec *a, const struct timespec *b)
{
	return (double)(b->tv_sec - a->tv_sec) + (double)(b->tv_nsec - a->tv_nsec) / 1e9;
}

void clock_add(struct timespec *t, double seconds)
{
	long nsec = t->tv_nsec + (long)((seconds - floor(seconds)) * 1e9);

	t->tv_sec += (time_t)floor(seconds) + nsec / 1000000000;
	t->tv_nsec = nsec % 1000000000;
}

void clock_sleep(struct timespec *next, double seconds)
{
	clock_add(next, seconds);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR)
		;
}
