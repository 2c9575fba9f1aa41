/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a report could not count, in words: exact or visibly inexact. Pure.
 */
#ifndef COWSCOPE_TOOLS_LOSS_H
#define COWSCOPE_TOOLS_LOSS_H

#include <stdbool.h>
#include <stddef.h>

#include "snap.h"

/*
 * Writes what was lost up to @now, since @before if that is not NULL, as one
 * line without a newline. False, and an empty line, when nothing was.
 * @rows: of the same report, NULL where only sums are shown. @exited: the
 * lines of exited are what is shown.
 */
bool loss_describe(const struct snapshot *before, const struct snapshot *now,
		   const struct rows *rows, bool exited, char *buf, size_t size);

#endif
