/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which kernel is this: what kernels do differently is a stated expectation of a
 * test, each place with what the difference is, never a reason to skip.
 */
#ifndef SELFTEST_KERNEL_H
#define SELFTEST_KERNEL_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/utsname.h>

/* Is the running kernel of this version or a later one? */
static inline bool kernel_at_least(int major, int minor)
{
	struct utsname name;
	int has_major, has_minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &has_major, &has_minor) != 2)
		return false;
	return has_major > major || (has_major == major && has_minor >= minor);
}

#endif /* SELFTEST_KERNEL_H */
