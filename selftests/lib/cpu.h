/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the calling thread runs. Actors begin on CPU 0, so that their order is known. */
#ifndef SELFTEST_CPU_H
#define SELFTEST_CPU_H

#include <errno.h>
#include <sched.h>
#include <string.h>

/* From now on it runs there. 0 or -errno. */
static inline int run_on_cpu(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) ? -errno : 0;
}

/* From now on it runs anywhere. 0 or -errno. */
static inline int run_anywhere(void)
{
	cpu_set_t all;

	memset(&all, 0xff, sizeof(all));
	return sched_setaffinity(0, sizeof(all), &all) ? -errno : 0;
}

#endif /* SELFTEST_CPU_H */
