/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the families of the watched processes may cost at worst, beside the memory there is.
 * Reading walks the page tables of every member: each family is read once, whoever of it is
 * watched.
 */
#ifndef COWSCOPE_TOOLS_WORST_H
#define COWSCOPE_TOOLS_WORST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "budget.h"
#include "snap.h"
#include "source.h"

/* A watched process that lives. */
struct worst {
	pid_t pid;
	const struct record *rec;	/* of the snapshot */
	uint64_t family;		/* mm of the oldest member: tells families apart */
	struct value pages;		/* if all members write all they may */
	struct value hugetlb_bytes;
	struct value at_risk;		/* pages, if it forked now and both wrote all */
	struct value memory_max, available;	/* pages */
};

struct worsts {
	struct worst *row;		/* oldest first: in the order of mm */
	size_t n;
	size_t families;
	size_t unread;			/* watched, but could not be read */
	size_t left_out;		/* not read: the budget was used up */
	bool no_watch;			/* who is watched could not be read */
	uint64_t walked;		/* pages, for all of this */
	struct err why;			/* of unread and no_watch, the first */
};

/* A bound for all of it; of several readings the next goes on where this one had to stop. */
struct worst_budget {
	struct budget budget;
	uint64_t last;			/* mm of the last that was read */
};

/*
 * Points into @s. What cannot be read is said in @out and is no failure. @b: NULL for no
 * bound.
 */
int worsts_fetch(const struct source *src, const struct snapshot *s, struct worst_budget *b,
		 struct worsts *out, struct err *e);
/* Something of one of them could not be read, later. */
void worsts_note_unread(struct worsts *w, const struct err *why);

/* What is missing in words, or an empty text. */
void worsts_describe(const struct worsts *w, char *buf, size_t size);

void worsts_free(struct worsts *w);

/* It is the first of its family. */
bool worsts_first(const struct worsts *w, size_t i);

/* Whether so much new memory is there, "-" if that cannot be told. */
const char *worst_fits(const struct value *pages, const struct value *memory_max,
		       const struct value *available);

#endif
