/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names as the files write them ("a\x20b") made safe to print, or decoded.
 * Pure.
 */
#ifndef COWSCOPE_TOOLS_NAME_H
#define COWSCOPE_TOOLS_NAME_H

#include <stddef.h>

/* Every byte of @in needs at most this many in @out, and a NUL. */
#define NAME_GROWTH	4

/*
 * Whatever is not printable ASCII becomes \xNN, whatever the locale: no name
 * can speak to a terminal or break JSON. @out holds NAME_GROWTH * strlen + 1.
 */
void name_clean(const char *in, char *out);

/* As above, of a sentence: its blanks stay. */
void words_clean(const char *in, char *out);

/* \xNN back to the byte, but for \x00. @out may be @in. */
void name_decode(const char *in, char *out);

#endif
