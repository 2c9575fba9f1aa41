/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view birth as structs. Pure. The parser takes the text over, whatever it
 * returns, and the struct points into it until it is freed.
 */
#ifndef COWSCOPE_TOOLS_BIRTHS_H
#define COWSCOPE_TOOLS_BIRTHS_H

#include <stddef.h>

#include "err.h"
#include "value.h"

/* A resource. */
struct birth_row {
	const char *resource, *flag;
	const char *asked, *at_birth, *now;
	const char *id;
	struct value count_at_birth, count_now;
	struct value shared_pages, own_pages;
	const char *runs;
};

struct birth {
	struct birth_row *row;
	size_t n;
	char *text;
};

int parse_birth(char *text, size_t len, struct birth *out, struct err *e);
void birth_free(struct birth *b);

/* NULL: the module does not know this resource. */
const struct birth_row *birth_find(const struct birth *b, const char *resource);

#endif
