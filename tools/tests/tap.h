/* SPDX-License-Identifier: GPL-2.0-only */
/* Smallest TAP for the unit tests: a line per claim; tests/run adds the plan. */
#ifndef COWSCOPE_TOOLS_TESTS_TAP_H
#define COWSCOPE_TOOLS_TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_failed;

static inline void ok(bool good, const char *claim)
{
	printf("%s %s\n", good ? "ok" : "not ok", claim);
	tap_failed += !good;
}

#endif
