// SPDX-License-Identifier: GPL-2.0-only
/* A library whose code writes to pages; see site_writer.c. */
#include "site_library.h"

void library_write(volatile char *at, size_t pages, size_t bytes)
{
	for (; pages; pages--, at += bytes)
		*at = 2;	/* LINE library */
}
