/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that others read while they are written. */
#ifndef COWSCOPE_TOOLS_REPLACE_H
#define COWSCOPE_TOOLS_REPLACE_H

#include <stddef.h>

#include "err.h"

/*
 * Puts @text into the file @path in one step: who reads it sees all of the old text or all
 * of the new one. Readable by everybody. What is there and is no regular file is refused.
 */
int file_replace(const char *path, const char *text, size_t len, struct err *e);

#endif
