/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes for people. Pure. */
#ifndef COWSCOPE_TOOLS_SIZE_H
#define COWSCOPE_TOOLS_SIZE_H

#include <stdint.h>

#define SIZE_TEXT_MAX	8

/* At most three digits, a point among them, and one of B K M G T P E: "4.0K". */
const char *size_text(uint64_t bytes, char buf[SIZE_TEXT_MAX]);

#endif
