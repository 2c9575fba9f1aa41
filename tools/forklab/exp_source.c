// SPDX-License-Identifier: GPL-2.0-only
/* First writes without a fork: pages that come from zeros or from a file. */
#include "experiments.h"

static void run_zero(struct lab *lab)
{
	struct cow parent;

	lab_order(lab, PARENT, ORDER_MAP, AREA_ANON, N, 0);
	lab_mark(lab, PARENT);
	lab_is_number(lab, "61 fresh pages read: sum of their contents",
		      lab_order(lab, PARENT, ORDER_READ, AREA_ANON, N, 0), 0);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "anything counted by reading", lab_row_sum(&parent, REGION_ANON), 0);
	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, N, 'p');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "then written: pages that were the zero page (zero)",
	       parent.cause[REGION_ANON][CAUSE_ZERO], N);
	lab_is(lab, "copied", parent.cause[REGION_ANON][CAUSE_COPIED], 0);
}

const struct experiment exp_zero = {
	.name = "zero",
	.title = "the zero page stands for memory never written",
	.book = "fresh memory that is only read is one page of zeros, shared by the whole\n"
		"  machine. The first write replaces it by a page of its own; there is nothing to copy.",
	.run = run_zero,
};

static void run_file(struct lab *lab)
{
	struct cow parent;

	lab_order(lab, PARENT, ORDER_MAP, AREA_FILE, N, 0);
	lab_mark(lab, PARENT);
	lab_order(lab, PARENT, ORDER_WRITE, AREA_FILE, AREA_FEW, 'p');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "7 pages written that were not mapped yet (file)",
	       parent.cause[REGION_DATA][CAUSE_FILE], AREA_FEW);
	lab_order(lab, PARENT, ORDER_READ, AREA_FILE, N, 0);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "all 61 pages read: still", parent.cause[REGION_DATA][CAUSE_FILE],
	       AREA_FEW);
	lab_order(lab, PARENT, ORDER_WRITE, AREA_FILE, N, 'p');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "all 61 pages written (file)",
	       parent.cause[REGION_DATA][CAUSE_FILE], N);
	lab_is(lab, "copied", parent.cause[REGION_DATA][CAUSE_COPIED], 0);
	lab_is_number(lab, "the file itself still holds its old marks: sum",
		      lab_order(lab, PARENT, ORDER_READ_FILE, AREA_FILE, N, 0),
		      N * 'f');
}

const struct experiment exp_file = {
	.name = "file",
	.title = "a private file mapping is copied from the page cache",
	.book = "a file mapped MAP_PRIVATE shows the page cache until written; a write\n"
		"  makes a private copy of the page and never reaches the file.",
	.run = run_file,
};
