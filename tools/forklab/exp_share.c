// SPDX-License-Identifier: GPL-2.0-only
/* Two processes and their common pages: who writes, who pays. */
#include "experiments.h"

static void run_fork(struct lab *lab)
{
	const struct clone_event *clone;
	const struct record *rec;
	struct cow child, parent;

	rec = lab_live(lab, lab->pid[CHILD]);
	lab_at_least(lab, "pages the child was born with (inherited_pages)",
		     rec->inherited_pages, N);
	clone = lab_clone(lab, lab->pid[CHILD]);
	lab_is(lab, "the same number in clones (pages)", clone->pages,
	       rec->inherited_pages.n);
	lab_is_text(lab, "what was made (shape)", clone->shape, "process");
	lab_note(lab, "glibc's fork() is the %s system call on this machine; flags %s",
		 clone->syscall, clone->flags);
	lab_note(lab, "fork took %llu us and %llu bytes of page tables",
		 (unsigned long long)clone->duration_ns.n / 1000,
		 (unsigned long long)clone->pgtable_bytes.n);

	lab_is_number(lab, "child reads 61 pages: sum of their marks",
		      lab_order(lab, CHILD, ORDER_READ, AREA_ANON, N, 0), N * 'p');
	lab_is_number(lab, "parent reads them too: the same sum",
		      lab_order(lab, PARENT, ORDER_READ, AREA_ANON, N, 0), N * 'p');
	child = lab_counted(lab, CHILD);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "pages copied in the child", child.cause[REGION_ANON][CAUSE_COPIED], 0);
	lab_is(lab, "pages copied in the parent", parent.cause[REGION_ANON][CAUSE_COPIED], 0);
}

const struct experiment exp_fork = {
	.name = "fork",
	.title = "fork copies page tables, not pages",
	.book = "after fork, parent and child share every private page, write-protected\n"
		"  in both. Reading costs nothing; both see the same contents.",
	.setup = SETUP_FORKED,
	.run = run_fork,
};

static void run_write(struct lab *lab)
{
	struct cow child, parent;

	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, 1, 'c');
	child = lab_counted(lab, CHILD);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "child writes 1 of 61 pages: copied in the child",
	       child.cause[REGION_ANON][CAUSE_COPIED], 1);
	lab_is(lab, "copied in the parent", parent.cause[REGION_ANON][CAUSE_COPIED], 0);
	lab_is_number(lab, "child reads the page: its own mark",
		      lab_order(lab, CHILD, ORDER_READ, AREA_ANON, 1, 0), 'c');
	lab_is_number(lab, "parent reads the page: the old mark",
		      lab_order(lab, PARENT, ORDER_READ, AREA_ANON, 1, 0), 'p');
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, 1, 'd');
	child = lab_counted(lab, CHILD);
	lab_is(lab, "child writes the page again: copied, all in all",
	       child.cause[REGION_ANON][CAUSE_COPIED], 1);
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, N, 'c');
	child = lab_counted(lab, CHILD);
	lab_is(lab, "child writes all 61 pages: copied, all in all",
	       child.cause[REGION_ANON][CAUSE_COPIED], N);
}

const struct experiment exp_write = {
	.name = "write",
	.title = "a write copies one page, for the writer alone",
	.book = "the first write to a shared page gives the writer a copy of its own.\n"
		"  The other side keeps the old page and its contents; a second write is free.",
	.setup = SETUP_FORKED,
	.run = run_write,
};

static void run_parent_first(struct lab *lab)
{
	struct cow child, parent;

	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, N, 'q');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "parent writes 61 pages: copied in the parent",
	       parent.cause[REGION_ANON][CAUSE_COPIED], N);
	lab_is_number(lab, "child still reads the old marks",
		      lab_order(lab, CHILD, ORDER_READ, AREA_ANON, N, 0), N * 'p');
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, N, 'c');
	child = lab_counted(lab, CHILD);
	lab_is(lab, "child writes them now: copied in the child",
	       child.cause[REGION_ANON][CAUSE_COPIED], 0);
	lab_is(lab, "taken over by the child without a copy (reused)",
	       child.cause[REGION_ANON][CAUSE_REUSED], N);
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "copied in the parent, all in all",
	       parent.cause[REGION_ANON][CAUSE_COPIED], N);
}

const struct experiment exp_parent_first = {
	.name = "parent-first",
	.title = "whoever writes first pays, be it the parent",
	.book = "copy-on-write knows no owner: a parent that writes first gets the copy,\n"
		"  and the child, now alone with the old page, takes it over for nothing.",
	.setup = SETUP_FORKED,
	.run = run_parent_first,
};

static void run_last_owner(struct lab *lab)
{
	struct cow parent;

	lab_end_child(lab);
	lab_mark(lab, PARENT);
	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, N, 'q');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "child ended, parent writes 61 pages: copied",
	       parent.cause[REGION_ANON][CAUSE_COPIED], 0);
	lab_is(lab, "taken over without a copy (reused)",
	       parent.cause[REGION_ANON][CAUSE_REUSED], N);
}

const struct experiment exp_last_owner = {
	.name = "last-owner",
	.title = "the last owner takes the page over",
	.book = "a page is copied only while somebody else has it. When the child is gone,\n"
		"  the parent's write fault finds it alone and makes the page writable.",
	.setup = SETUP_FORKED,
	.run = run_last_owner,
};
