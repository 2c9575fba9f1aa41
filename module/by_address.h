/* SPDX-License-Identifier: GPL-2.0-only */
/* An order of pointers, for sort() and bsearch(). */
#ifndef CWS_BY_ADDRESS_H
#define CWS_BY_ADDRESS_H

/* @a and @b point to pointers, which are compared and never followed. */
static inline int cws_by_address(const void *a, const void *b)
{
	const void *left = *(const void **)a, *right = *(const void **)b;

	return left < right ? -1 : left > right;
}

#endif /* CWS_BY_ADDRESS_H */
