// SPDX-License-Identifier: GPL-2.0-only
/* The pure layers of cowtop: differences, trees, rows, lines, budget. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowtop_fixture.h"
#include "tap.h"

static void test_model(void)
{
	struct world w;
	struct err e;

	world_make(&w);
	ok(w.m.n == 5, "one that ended in the refresh is still there");
	ok(value_is(&node(&w.m, 101)->own.delta[TOP_COPIES], 18), "copies: copied and file");
	ok(!strcmp(node(&w.m, 101)->own.rate[TOP_COPIES], "9.0"), "per second: by the time");
	ok(value_is(&node(&w.m, 101)->own.count[CAUSE_COPIED], 7), "counts since birth");
	ok(value_is(&node(&w.m, 102)->own.delta[CAUSE_COPIED], 19),
	   "what one that ended had copied until then");
	ok(value_is(&node(&w.m, 100)->sum.delta[TOP_COPIES], 3 + 18 + 19 + 13),
	   "a family's sum");
	ok(node(&w.m, 100)->sum.processes == 3, "living members, the ended one left out");
	ok(node(&w.m, 104)->parent == TOP_NONE, "an exec leaves the family");
	ok(node(&w.m, 103)->root == top_find(&w.m, 100), "the root of a grandchild");
	if (top_update(&w.m, &w.after, &w.after, 2, 5, &e))
		abort();
	ok(node(&w.m, 102)->ended, "an ended one stays while it ties relatives together");
	ok(!strcmp(node(&w.m, 102)->own.rate[TOP_COPIES], "-"), "and has no rate any more");
	world_free(&w);
}

static void test_alone(void)
{
	struct snapshot s = snapshot(HEAD WORKER, HEAD_EXITED MIDDLE_ENDED);
	struct top_model m = { 0 };
	struct err e;

	ok(!top_update(&m, NULL, &s, 0, 1, &e) && m.n == 1, "who ended before is not shown");
	ok(node(&m, 101)->parent == TOP_NONE, "a parent that is not known is none");
	ok(!strcmp(node(&m, 101)->own.rate[TOP_COPIES], "-"), "no rate at the first refresh");
	ok(top_next_look(&m) == TOP_NONE, "one without relatives needs no look");
	top_free(&m);
	snap_free(&s);
}

static struct family family(uint64_t mm, uint64_t shared, struct family_row row[2])
{
	struct family f = { .row = row, .n = 2 };

	row[0] = (struct family_row){
		.relation = "self", .region = "total", .mm = value_of(mm),
		.present = value_of(100), .shared = value_of(shared), .swap = value_of(3),
	};
	row[1] = (struct family_row){
		.relation = "parent", .region = "total", .mm = value_of(1),
		.present = value_of(50),
	};
	f.key[FAMILY_worst_case_pages] = value_of(shared + 1);
	f.key[FAMILY_worst_case_family_pages] = value_of(shared + 2);
	return f;
}

static void test_looks(void)
{
	struct family_row row[2];
	struct world w;
	struct family f;
	size_t first;

	world_make(&w);
	first = top_next_look(&w.m);
	ok(first == top_find(&w.m, 100), "looks begin with one that was never looked at");
	f = family(100, 40, row);
	ok(top_take_look(&w.m, first, &f), "a look is taken");
	ok(w.m.node[first].look.cost == 153, "it costs the pages of all members");
	ok(top_next_look(&w.m) == top_find(&w.m, 101), "then the next");
	f = family(999, 40, row);
	ok(!top_take_look(&w.m, top_next_look(&w.m), &f), "one of another address space is not");
	top_sum(&w.m);
	ok(value_is(&node(&w.m, 100)->own.shared, 40) && !node(&w.m, 100)->own.stale,
	   "of this refresh: fresh");
	ok(node(&w.m, 100)->sum.stale, "a sum that lacks a member is not");
	ok(value_is(&node(&w.m, 100)->sum.worst, 42), "a family's worst case is the family's");
	w.m.now = 5;
	top_sum(&w.m);
	ok(node(&w.m, 100)->own.stale, "older than the refresh: stale");
	ok(top_next_look(&w.m) == top_find(&w.m, 103), "who was never looked at comes first");
	world_free(&w);
}

static void test_budget(void)
{
	struct budget b = { .pages = 100 };

	budget_begin(&b);
	ok(budget_left(&b), "a budget allows a look");
	budget_take(&b, 60);
	ok(budget_left(&b), "and one more while some is left");
	budget_take(&b, 290);
	ok(!budget_left(&b), "none when it is used up");
	budget_end(&b);
	budget_begin(&b);
	ok(!budget_left(&b), "what was beyond it is saved: second refresh");
	budget_begin(&b);
	ok(!budget_left(&b), "third");
	budget_begin(&b);
	ok(budget_left(&b), "paid");
	b = (struct budget){ 0 };
	budget_begin(&b);
	ok(!budget_left(&b), "a budget of nothing allows nothing");
}

/* PIDs of the rows as text, with the tree in front. */
static const char *rows_text(const struct top_model *m, const struct top_choice *choice)
{
	static char text[512];
	struct top_rows rows;
	struct err e;
	size_t i, used = 0;

	*text = '\0';
	if (top_rows_build(m, choice, false, &rows, &e))
		abort();
	for (i = 0; i < rows.n; i++)
		used += snprintf(text + used, sizeof(text) - used, "%s%s%d", i ? " " : "",
				 rows.row[i].tree, (int)rows.row[i].node->rec.pid.n);
	top_rows_free(&rows);
	return text;
}

#define ROWS(want, about)							\
	do {									\
		const char *got = rows_text(&w.m, &choice);			\
		ok(!strcmp(got, want), about);					\
		if (strcmp(got, want))						\
			fprintf(stderr, "# %s\n", got);				\
	} while (0)

static void test_rows(void)
{
	struct top_choice choice = { .sort = column("copies_s") };
	struct world w;

	world_make(&w);
	ROWS("10 |-12 | `-13 `-11", "a tree, by the sums of what is below each");
	choice.all = true;
	ROWS("10 |-12 | `-13 `-11 14", "all: those without relatives, too");
	choice.flat = true;
	ROWS("12 11 13 10 14", "flat: by the numbers of each");
	choice.sort = column("comm");
	ROWS("14 13 10 11 12", "names rise, between equals the lower PID");
	choice = (struct top_choice){ .sort = column("pid"), .filter = "help" };
	ROWS("10 `-12   `-13", "a filter keeps those that a match comes from");
	strcpy(choice.filter, "11");
	ROWS("10 `-11", "a PID is a filter");
	strcpy(choice.filter, "/cg/alone");
	ROWS("14", "a cgroup is one, and shows who has no relatives");
	strcpy(choice.filter, "1");
	ROWS("", "a part of a PID is none");
	choice = (struct top_choice){ .sort = column("pid"), .pids = { 13 }, .npids = 1 };
	ROWS("10 |-12 | `-13 `-11", "a PID asked for brings its family");
	w.m.node[top_find(&w.m, 100)].folded = true;
	choice.npids = 0;
	ROWS("10", "folded: one line");
	world_free(&w);
}

/* The line of a PID in a list. */
static const char *line_of(const struct top_lines *l, const char *start)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!strncmp(l->line[i].text, start, strlen(start)))
			return l->line[i].text;
	return "";
}

static void test_lines(void)
{
	struct top_choice choice = { .sort = column("copies_s") };
	struct top_lines l = { 0 };
	struct column_list list;
	struct top_rows rows;
	struct world w;
	struct err e;
	size_t width, i, longest;

	world_make(&w);
	w.m.node[top_find(&w.m, 100)].folded = true;
	if (column_choose(&top_columns, top_preset, NULL, &list, &e) ||
	    top_rows_build(&w.m, &choice, false, &rows, &e))
		abort();
	top_lines_rows(&l, &rows, &list, 0, 9, 0, 80);
	ok(l.n == 2 && l.line[0].style == TOP_HEAD && l.line[1].style == TOP_CURSOR,
	   "a heading, and a row under the cursor");
	ok(!strcmp(line_of(&l, "    10"),
		   "    10     26.5      -      -                21.0    5.5      0 server +2"),
	   "a folded family: sums, and how many it stands for");
	top_lines_free(&l);
	for (width = 1, longest = 0; width < 200; width++) {
		top_lines_rows(&l, &rows, &list, 0, 9, 0, width);
		for (i = 0; i < l.n; i++)
			if (strlen(l.line[i].text) > width)
				longest = width;
		top_lines_free(&l);
	}
	ok(!longest, "no line is wider than the screen");
	top_lines_rows(&l, &rows, &list, 0, 9, 0, 60);
	ok(!strcmp(l.line[0].text, "   PID COPIES/S SHARED  WORST EROSION    COMM"),
	   "on a narrow screen the last columns go, the name stays");
	top_lines_free(&l);
	top_say(&l, 3, TOP_PLAIN, "%s", "\xe2\x96\x81\xe2\x96\x88\xe2\x96\x85\xe2\x96\x81");
	ok(!strcmp(l.line[0].text, "\xe2\x96\x81\xe2\x96\x88\xe2\x96\x85"),
	   "characters are cut whole");
	top_lines_free(&l);
	top_rows_free(&rows);
	world_free(&w);
}

int main(void)
{
	test_model();
	test_alone();
	test_looks();
	test_budget();
	test_rows();
	test_lines();
	return tap_failed != 0;
}
