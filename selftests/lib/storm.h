/* SPDX-License-Identifier: GPL-2.0-only */
/* An actor that forks without end, and whose children copy. After kselftest_harness.h. */
#ifndef SELFTEST_STORM_H
#define SELFTEST_STORM_H

#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cpu.h"
#include "world.h"

struct storm {
	struct world world;
	time_t until;		/* CLOCK_MONOTONIC seconds */
	bool both;		/* the parent writes too, while the child does */
	long forks;		/* answer */
};

static inline time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* In an actor, on any CPU: forks, lets the child copy, reaps. arg: struct storm. */
static inline long storm(void *arg)
{
	struct storm *work = arg;
	volatile char *at = work->world.base;
	pid_t pid;
	size_t i;

	run_anywhere();
	for (work->forks = 0; seconds() < work->until; work->forks++) {
		pid = fork();
		if (pid < 0)
			return -errno;
		for (i = 0; (!pid || work->both) && i < work->world.pages; i++)
			at[i * PAGE_BYTES]++;
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return 0;
}

#endif /* SELFTEST_STORM_H */
