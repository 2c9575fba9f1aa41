/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view sites as structs. Pure. The parser takes the text over, whatever it
 * returns, and the struct points into it until it is freed. Names stay escaped as
 * the file writes them.
 */
#ifndef COWSCOPE_TOOLS_SITES_H
#define COWSCOPE_TOOLS_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse.h"

#define SITES_ENUM_WORD(id, name, help)	SITE_##id,
enum site_by { COWSCOPE_SITE_WORDS(SITES_ENUM_WORD) SITE_UNKNOWN, SITE_COUNT };

struct site_word {
	const char *name, *help;
};

/* SITE_UNKNOWN is of a newer module. */
extern const struct site_word site_words[SITE_COUNT];

struct site {
	enum site_by kind;
	const char *by;
	bool has_address, has_offset, has_syscall;
	uint64_t address, offset;
	int syscall;
	bool compat;			/* the number is one of the 32-bit calls */
	const char *mapping;		/* "-": none, or not known */
	const char *dev, *inode, *mtime_ns;	/* which file; "-" none */
	struct value cause[CAUSE_COUNT];
	const char *address_text, *offset_text, *syscall_text;
};

/* No rows: the process is not watched. */
struct sites {
	struct site *row;
	size_t n;
	char *text;
};

int parse_sites(char *text, size_t len, struct sites *out, struct err *e);
void sites_free(struct sites *s);

/* Sum of all causes but the subsets of others. */
uint64_t causes_sum(const struct value cause[CAUSE_COUNT]);

#endif
