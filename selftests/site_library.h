/* SPDX-License-Identifier: GPL-2.0-only */
/* A library whose code writes to pages; see site_writer.c. */
#ifndef SITE_LIBRARY_H
#define SITE_LIBRARY_H

#include <stddef.h>

void library_write(volatile char *at, size_t pages, size_t bytes);

#endif /* SITE_LIBRARY_H */
