/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads and writes whole texts on descriptors; knows no names. */
#ifndef COWSCOPE_TOOLS_SLURP_H
#define COWSCOPE_TOOLS_SLURP_H

#include <stddef.h>

/* Reads to the end. Adds a NUL that *len does not count. The caller frees. */
int slurp(int fd, char **text, size_t *len);

/* Writes all of it, or fails. */
int spew(int fd, const char *text, size_t len);

#endif
