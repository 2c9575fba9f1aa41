// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "size.h"

const char *size_text(uint64_t bytes, char buf[SIZE_TEXT_MAX])
{
	static const char units[] = "BKMGTPE";
	uint64_t whole = bytes, rest = 0, tenths;
	unsigned int i;

	for (i = 0; whole >= 1000 && units[i + 1]; i++) {
		rest = whole & 1023;
		whole >>= 10;
	}
	tenths = (rest * 10) >> 10;
	if (!i || whole >= 10)
		snprintf(buf, SIZE_TEXT_MAX, "%" PRIu64 "%c", whole, units[i]);
	else
		snprintf(buf, SIZE_TEXT_MAX, "%" PRIu64 ".%" PRIu64 "%c", whole,
			 tenths, units[i]);
	return buf;
}
