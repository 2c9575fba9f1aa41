// SPDX-License-Identifier: GPL-2.0-only
/* The regions of an address space: which are copied on write, which never. */
#include "experiments.h"

static const struct {
	enum area area;
	enum region region;
	size_t pages;
	const char *what;
} writes[] = {
	{ AREA_STACK, REGION_STACK, AREA_FEW, "stack: 7 pages written, copied in row stack" },
	{ AREA_HEAP, REGION_HEAP, AREA_FEW, "heap (sbrk): 7 pages, row heap" },
	{ AREA_DATA, REGION_DATA, AREA_FEW, "globals with a value: 7 pages, row data" },
	{ AREA_BSS, REGION_DATA, AREA_FEW, "globals without (bss): 7 pages, row data" },
	{ AREA_ANON, REGION_ANON, AREA_FEW, "mmap, private: 7 pages, row anon" },
};

#define WRITES	(sizeof(writes) / sizeof(writes[0]))

static void run_regions(struct lab *lab)
{
	struct cow child, parent;
	size_t i;

	for (i = 0; i < WRITES; i++)
		lab_prepare(lab, writes[i].area, writes[i].pages, 'p');
	lab_fork(lab);
	lab_mark(lab, PARENT);
	for (i = 0; i < WRITES; i++) {
		lab_mark(lab, CHILD);
		lab_order(lab, CHILD, ORDER_WRITE, writes[i].area, writes[i].pages, 'c');
		child = lab_counted(lab, CHILD);
		lab_is(lab, writes[i].what,
		       child.cause[writes[i].region][CAUSE_COPIED], writes[i].pages);
		lab_is(lab, "  and nowhere else (row total)",
		       child.cause[REGION_TOTAL][CAUSE_COPIED], writes[i].pages);
	}
	for (i = 0; i < WRITES; i++)
		if (lab_order(lab, PARENT, ORDER_READ, writes[i].area,
			      writes[i].pages, 0) != (int64_t)writes[i].pages * 'p')
			lab_holds(lab, "parent reads its old contents", false);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "copied in the parent, in all regions",
	       parent.cause[REGION_TOTAL][CAUSE_COPIED], 0);
}

const struct experiment exp_regions = {
	.name = "regions",
	.title = "stack, heap, globals and mmap are all alike",
	.book = "stack, heap, globals and private mappings are each shared after fork and\n"
		"  each copied page by page when written.",
	.run = run_regions,
};

static void run_text(struct lab *lab)
{
	struct cow child;
	size_t pages;

	lab_order(lab, PARENT, ORDER_MAP, AREA_TEXT, 0, 0);
	lab_fork(lab);
	lab_mark(lab, CHILD);
	pages = lab_order(lab, CHILD, ORDER_TEXT_PAGES, AREA_TEXT, 0, 0);
	lab_holds(lab, "there is code to read (1 page or more)", pages > 0);
	lab_order(lab, CHILD, ORDER_READ, AREA_TEXT, pages, 0);
	child = lab_counted(lab, CHILD);
	lab_note(lab, "child ran this program's code and read its %zu pages", pages);
	lab_is(lab, "anything counted in row text", lab_row_sum(&child, REGION_TEXT), 0);
}

const struct experiment exp_text = {
	.name = "text",
	.title = "code is shared and stays shared",
	.book = "the program's code is mapped from its file; running and reading it\n"
		"  copies nothing, in no process.",
	.run = run_text,
};

static void run_shared(struct lab *lab)
{
	struct cow child, parent;

	lab_prepare(lab, AREA_SHARED, AREA_PAGES, 'p');
	lab_fork(lab);
	lab_mark(lab, PARENT);
	lab_mark(lab, CHILD);
	lab_order(lab, CHILD, ORDER_WRITE, AREA_SHARED, AREA_PAGES, 'c');
	lab_is_number(lab, "child writes 61 pages; parent reads the sum of the new marks",
		      lab_order(lab, PARENT, ORDER_READ, AREA_SHARED, AREA_PAGES, 0),
		      AREA_PAGES * 'c');
	child = lab_counted(lab, CHILD);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "anything counted in the child, row mapshared",
	       lab_row_sum(&child, REGION_MAPSHARED), 0);
	lab_is(lab, "anything counted in the child, all rows",
	       lab_row_sum(&child, REGION_TOTAL), 0);
	lab_is(lab, "anything counted in the parent, all rows",
	       lab_row_sum(&parent, REGION_TOTAL), 0);
}

const struct experiment exp_shared = {
	.name = "shared",
	.title = "MAP_SHARED is never copied",
	.book = "a shared mapping is the same memory in both processes, before and after\n"
		"  a write: what the child writes the parent reads.",
	.run = run_shared,
};
