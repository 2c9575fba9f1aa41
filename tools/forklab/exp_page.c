// SPDX-License-Identifier: GPL-2.0-only
/* What page tables say: one page while it is split, the walk to it, the layout. */
#include <inttypes.h>

#include "experiments.h"

static void is_state(struct lab *lab, enum role who, uint64_t address, const char *what,
		     const char *state, const char *mapped_by, const char *next_write)
{
	const struct walk *walk = lab_walk(lab, who, address);

	lab_is_text(lab, what, walk->value[WALK_state], state);
	lab_is_text(lab, "  mapped by so many page-table entries",
		    walk->value[WALK_mapped_by], mapped_by);
	lab_is_text(lab, "  what the next write will do", walk->value[WALK_next_write],
		    next_write);
}

static void run_page(struct lab *lab)
{
	struct tally child, parent;
	uint64_t address;

	address = lab_where(lab, AREA_ANON);
	is_state(lab, PARENT, address, "parent alone: its first page", "own", "1", "nothing");
	lab_fork(lab);
	is_state(lab, PARENT, address, "after fork, the parent's page", "shared+ro", "2",
		 "copy");
	is_state(lab, CHILD, address, "the child's page", "shared+ro", "2", "copy");
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, 1, 'c');
	is_state(lab, CHILD, address, "the child wrote: its page", "own", "1", "nothing");
	is_state(lab, PARENT, address, "the parent's page, untouched", "last+ro", "1",
		 "take-over");
	child = lab_tally(lab, CHILD, AREA_ANON, N);
	parent = lab_tally(lab, PARENT, AREA_ANON, N);
	lab_is_number(lab, "the child's 60 other pages are shared still",
		      child.state[STATE_SHARED], N - 1);
	lab_is_number(lab, "the parent's too", parent.state[STATE_SHARED], N - 1);
	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, 1, 'q');
	is_state(lab, PARENT, address, "the parent wrote: its page", "own", "1", "nothing");
}

const struct experiment exp_page = {
	.name = "page",
	.title = "one page, watched while it is split",
	.book = "one page has two entries after fork, both write-protected. The first\n"
		"  write gives one side a page of its own; the other side's is its last.",
	.setup = SETUP_MEMORY,
	.run = run_page,
};

static void print_walk(struct lab *lab, const char *what, const struct walk *walk)
{
	size_t i;

	lab_note(lab, "%s:", what);
	for (i = 0; i < walk->n; i++)
		lab_note(lab, "  %-5s %-5s %s", walk->level[i].level, walk->level[i].entry,
			 walk->level[i].flags);
	lab_note(lab, "  a write: %s (%s)", walk->value[WALK_next_write],
		 walk->value[WALK_why]);
}

static void is_writable(struct lab *lab, const char *what, const struct walk *walk,
			bool writable)
{
	lab_is_yes(lab, what, lab_has_flag(lab_entry(walk), "writable"), writable);
}

static void run_walk(struct lab *lab)
{
	const struct walk *walk;
	uint64_t address;

	lab_order(lab, PARENT, ORDER_MAP, AREA_ANON, N, 0);
	address = lab_where(lab, AREA_ANON);
	walk = lab_walk(lab, PARENT, address);
	lab_is_text(lab, "mapped, never touched: the lowest entry", lab_entry(walk)->entry,
		    "none");
	lab_is_text(lab, "  a write would be", walk->value[WALK_next_write], "first-touch");
	lab_order(lab, PARENT, ORDER_WRITE, AREA_ANON, N, 'p');
	walk = lab_walk(lab, PARENT, address);
	print_walk(lab, "written once", walk);
	lab_is_text(lab, "the lowest entry", lab_entry(walk)->entry, "page");
	is_writable(lab, "  writable", walk, true);
	lab_holds(lab, "  dirty", lab_has_flag(lab_entry(walk), "dirty"));
	lab_holds(lab, "  exclusive", lab_has_flag(lab_entry(walk), "exclusive"));
	lab_fork(lab);
	walk = lab_walk(lab, PARENT, address);
	print_walk(lab, "the parent after fork", walk);
	is_writable(lab, "  writable", walk, false);
	lab_holds(lab, "  shared", lab_has_flag(lab_entry(walk), "shared"));
	is_writable(lab, "and in the child", lab_walk(lab, CHILD, address), false);
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, 1, 'c');
	walk = lab_walk(lab, CHILD, address);
	print_walk(lab, "the child after its write", walk);
	is_writable(lab, "  writable", walk, true);
	lab_holds(lab, "  exclusive", lab_has_flag(lab_entry(walk), "exclusive"));
	is_writable(lab, "the parent's entry is as it was: writable",
		    lab_walk(lab, PARENT, address), false);
}

const struct experiment exp_walk = {
	.name = "walk",
	.title = "the page-table walk, before and after",
	.book = "the tables lead level by level to one entry. fork takes its permission to\n"
		"  write away, in both; the fault that follows puts a new page and gives it back.",
	.run = run_walk,
};

/* Lowest mapping that holds pages of a region, or the highest. */
static const struct mapping *find_region(const struct pages *pages, enum region region,
					 bool highest)
{
	const struct mapping *found = NULL;
	size_t i;

	for (i = 0; i < pages->nmappings; i++)
		if (pages->mapping[i].region == region && (highest || !found))
			found = &pages->mapping[i];
	return found;
}

static void print_mapping(struct lab *lab, const struct pages *pages,
			  const struct mapping *mapping)
{
	struct tally tally = { 0 };

	tally_add_range(&tally, pages, mapping->start, mapping->end);
	lab_note(lab, "0x%012" PRIx64 " %6" PRIu64 " pages %6" PRIu64 " present %6" PRIu64
		 " shared  %-9s %s %s", mapping->start, tally.pages, tally_present(&tally),
		 tally.state[STATE_SHARED], region_names[mapping->region], mapping->perms,
		 mapping->name);
}

static void is_above(struct lab *lab, const char *what, const struct pages *pages,
		     enum region above, enum region below)
{
	const struct mapping *upper = find_region(pages, above, false);
	const struct mapping *lower = find_region(pages, below, false);

	lab_holds(lab, what, upper && lower && upper->start >= lower->end);
}

static void run_layout(struct lab *lab)
{
	const struct pages *pages;
	const struct mapping *stack, *anon;
	uint64_t area;
	size_t i;

	lab_prepare(lab, AREA_HEAP, AREA_FEW, 'p');
	lab_prepare(lab, AREA_DATA, AREA_FEW, 'p');
	lab_fork(lab);
	area = lab_where(lab, AREA_ANON);
	pages = lab_pages(lab, CHILD);
	lab_note(lab, "the child, from top to bottom:");
	for (i = pages->nmappings; i--;)
		print_mapping(lab, pages, &pages->mapping[i]);
	stack = find_region(pages, REGION_STACK, true);
	anon = find_region(pages, REGION_ANON, true);
	lab_holds(lab, "the stack stands above all memory from mmap", stack && anon &&
		  stack->start >= anon->end && stack->start > area);
	is_above(lab, "its globals stand above its code", pages, REGION_DATA, REGION_TEXT);
	is_above(lab, "its heap stands above its globals", pages, REGION_HEAP, REGION_DATA);
	lab_holds(lab, "memory from mmap stands above the heap",
		  find_region(pages, REGION_HEAP, true) &&
		  area >= find_region(pages, REGION_HEAP, true)->end);
}

const struct experiment exp_layout = {
	.name = "layout",
	.title = "the memory layout, from stack to code",
	.book = "from top to bottom: the stack, mappings and libraries, the heap, globals,\n"
		"  code. The child has the same at the same addresses, and most of it is shared.",
	.setup = SETUP_MEMORY,
	.run = run_layout,
};
