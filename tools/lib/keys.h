/* SPDX-License-Identifier: GPL-2.0-only */
/* "key value" lines of the contract. Pure; alters the text. */
#ifndef COWSCOPE_TOOLS_KEYS_H
#define COWSCOPE_TOOLS_KEYS_H

#include <stddef.h>

#include "err.h"

/*
 * The rest of the line after each of the keys, into values[count]. Other keys
 * are ignored, a missing one is an error, the first of two counts. @text is
 * whole lines.
 */
int keys_parse(const char *file, char *text, const char * const *keys,
	       const char **values, size_t count, struct err *e);

/*
 * As above, of any text; it has to begin with the ABI number of the contract:
 * -EPROTONOSUPPORT if that is another one.
 */
int keys_parse_abi(const char *file, char *text, size_t len,
		   const char * const *keys, const char **values, size_t count,
		   struct err *e);

#endif
