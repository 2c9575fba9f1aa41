/* SPDX-License-Identifier: GPL-2.0-only */
/* A family as a tree, from what each member's view status says of its ancestors. Pure. */
#ifndef COWSCOPE_TOOLS_COWMAP_TREE_H
#define COWSCOPE_TOOLS_COWMAP_TREE_H

#include <stddef.h>

#include "err.h"
#include "value.h"

/* One member. */
struct tree_member {
	uint64_t mm;
	const char *relation;
	const char *lineage;	/* "PID(mm) < PID(mm)"; NULL or "-" if not known */
};

/* One line of the tree, those above it first. */
struct tree_node {
	size_t member;		/* index; TREE_ENDED: an ancestor that has ended */
	size_t parent;		/* line of the node above, its own if there is none */
	struct value pid, mm;	/* of an ended one */
};

#define TREE_ENDED	((size_t)-1)

struct tree {
	struct tree_node *node;
	size_t n;
};

/*
 * Ancestors that have ended stand where two branches meet, else they are left
 * out. A member whose lineage is not known is placed by its relation.
 */
int tree_build(const struct tree_member *member, size_t n, struct tree *out,
	       struct err *e);
void tree_free(struct tree *tree);

#endif
