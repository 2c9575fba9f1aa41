/* SPDX-License-Identifier: GPL-2.0-only */
/* One number of the contract: perhaps not known, perhaps an estimate. Pure. */
#ifndef COWSCOPE_TOOLS_VALUE_H
#define COWSCOPE_TOOLS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VALUE_KNOWN	1u	/* clear: "-" in the file, n is 0 */
#define VALUE_ESTIMATE	2u	/* "~" in the file */
#define VALUE_NEGATIVE	4u	/* a difference below zero; n is its size */

/* "-", a sign, 20 digits, a NUL */
#define VALUE_TEXT_MAX	24

struct value {
	uint64_t n;
	unsigned int flags;
};

/* -EINVAL: no number; -ERANGE: more than 64 bits. */
int value_parse(const char *text, struct value *v);

/* "0x" and up to 16 small hexadecimal digits; -EINVAL for anything else. */
int value_parse_hex(const char *text, uint64_t *out);

/* As the files write it. */
void value_print(const struct value *v, char *buf, size_t size);

/* after - before; unknown if one of them is. */
struct value value_minus(const struct value *after, const struct value *before);

/*
 * *to += v, which is nothing if it is not known. Beyond 64 bits the sum stays at their end,
 * as an estimate.
 */
void value_add(struct value *to, const struct value *v);

/* Order: unknown, then by number. */
int value_compare(const struct value *a, const struct value *b);

static inline bool value_known(const struct value *v)
{
	return v->flags & VALUE_KNOWN;
}

static inline bool value_is(const struct value *v, uint64_t n)
{
	return value_known(v) && !(v->flags & VALUE_NEGATIVE) && v->n == n;
}

static inline struct value value_of(uint64_t n)
{
	return (struct value){ .n = n, .flags = VALUE_KNOWN };
}

#endif
