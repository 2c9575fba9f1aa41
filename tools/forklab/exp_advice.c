// SPDX-License-Identifier: GPL-2.0-only
/* Memory that a process keeps from its children. */
#include "experiments.h"

/* Nothing of the area is shared in the parent, and writing it costs nothing. */
static void is_the_parents(struct lab *lab)
{
	struct tally parent = lab_tally(lab, PARENT, AREA_ANON, N);
	struct cow cow;

	lab_is_number(lab, "the parent's pages are its own", parent.state[STATE_OWN], N);
	lab_mark(lab, PARENT);
	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, N, 'q');
	cow = lab_counted(lab, PARENT);
	lab_is(lab, "parent writes 61 pages: copied",
	       cow.cause[REGION_ANON][CAUSE_COPIED], 0);
	lab_is(lab, "  or taken over", cow.cause[REGION_ANON][CAUSE_REUSED], 0);
}

static void run_dontfork(struct lab *lab)
{
	const struct walk *walk;
	struct tally child;

	lab_is_number(lab, "madvise(MADV_DONTFORK)",
		      lab_order(lab, PARENT, ORDER_NO_FORK, AREA_ANON, N, 0), 0);
	lab_fork(lab);
	child = lab_tally(lab, CHILD, AREA_ANON, N);
	lab_is_number(lab, "pages that the child has mapped there", child.pages, 0);
	walk = lab_walk(lab, CHILD, lab_where(lab, AREA_ANON));
	lab_is_text(lab, "the child's mapping at this address", walk->value[WALK_mapping],
		    "-");
	lab_is_text(lab, "  a write of the child would be", walk->value[WALK_next_write],
		    "signal");
	is_the_parents(lab);
}

const struct experiment exp_dontfork = {
	.name = "dontfork",
	.title = "MADV_DONTFORK: the child does without",
	.book = "the mapping is missing in the child, which gets a signal if it tries. The\n"
		"  parent shares nothing and never copies: for memory that a device writes to.",
	.setup = SETUP_MEMORY,
	.run = run_dontfork,
};

static void run_wipeonfork(struct lab *lab)
{
	struct tally child;

	lab_is_number(lab, "madvise(MADV_WIPEONFORK)",
		      lab_order(lab, PARENT, ORDER_WIPE, AREA_ANON, N, 0), 0);
	lab_fork(lab);
	child = lab_tally(lab, CHILD, AREA_ANON, N);
	lab_is_number(lab, "pages that the child has mapped there", child.pages, N);
	lab_is_number(lab, "  of them empty", child.state[STATE_NONE], N);
	lab_is_number(lab, "child reads them: sum of the marks",
		      lab_order(lab, CHILD, ORDER_READ, AREA_ANON, N, 0), 0);
	child = lab_tally(lab, CHILD, AREA_ANON, N);
	lab_is_number(lab, "  now they are the zero page", child.state[STATE_ZERO], N);
	lab_is_number(lab, "parent reads its own: the old marks",
		      lab_order(lab, PARENT, ORDER_READ, AREA_ANON, N, 0), N * 'p');
	is_the_parents(lab);
}

const struct experiment exp_wipeonfork = {
	.name = "wipeonfork",
	.title = "MADV_WIPEONFORK: the child begins with zeros",
	.book = "the mapping is there in the child, but empty: reading gives zeros. The\n"
		"  parent shares nothing: for keys that no child may know.",
	.setup = SETUP_MEMORY,
	.run = run_wipeonfork,
};
