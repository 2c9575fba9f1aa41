/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes of one refresh as trees of who was forked from whom, with what was
 * counted since the refresh before, and what was last seen of their pages. Pure.
 */
#ifndef COWSCOPE_TOOLS_COWTOP_MODEL_H
#define COWSCOPE_TOOLS_COWTOP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "erosion.h"
#include "kin.h"
#include "snap.h"
#include "views.h"

#define TOP_NONE	KIN_NONE
/* After the causes: the sum of those that are copies of 4 KiB. */
#define TOP_COPIES	CAUSE_COUNT
#define TOP_COUNTS	(CAUSE_COUNT + 1)
#define TOP_RATE_MAX	24

/* Of a process, or of all below it. */
struct top_numbers {
	struct value count[TOP_COUNTS];		/* since birth */
	struct value delta[TOP_COUNTS];		/* since the refresh before */
	char rate[TOP_COUNTS][TOP_RATE_MAX];	/* per second */
	struct value inherited, shared, worst;
	uint64_t processes;			/* that live */
	bool stale;				/* a page count that is not of this refresh */
};

/* What the view family said when it was read last. */
struct top_look {
	bool ever;
	double when;			/* on the caller's clock */
	struct value shared, worst, worst_family;
	uint64_t cost;			/* pages walked for it */
	struct erosion erosion;		/* of shared */
};

struct top_node {
	struct record rec;		/* first, for kin.h; strings belong to the snapshot */
	bool ended, recent;		/* recent: lived at some time in this refresh */
	bool folded;
	size_t parent, root;		/* parent stands before it; TOP_NONE */
	struct top_look look;
	struct top_numbers own, sum;	/* sum: with all below it */
};

/* Nodes rise in mm. Starts as zero. */
struct top_model {
	struct top_node *node;
	size_t n;
	double seconds, now;		/* between the refreshes; on the caller's clock */
};

/*
 * Takes over what is in @now, since @before if that is not NULL; @now has to
 * outlive the model or its next update. Looks and folds stay with their address space.
 */
int top_update(struct top_model *m, const struct snapshot *before,
	       const struct snapshot *now, double seconds, double clock, struct err *e);

/* After the looks: own numbers, and sums. */
void top_sum(struct top_model *m);

void top_free(struct top_model *m);

/* Index of an address space, TOP_NONE. */
size_t top_find(const struct top_model *m, uint64_t mm);

/* More than one process of its family lives: its pages are worth a look. */
bool top_has_family(const struct top_model *m, size_t i);

/* Whose look is the oldest, of those not looked at since this refresh began. */
size_t top_next_look(const struct top_model *m);

/*
 * Takes what the view says of node @i. False: it speaks of another address space, as
 * after an exec.
 */
bool top_take_look(struct top_model *m, size_t i, const struct family *f);

#endif
