// SPDX-License-Identifier: GPL-2.0-only
/* The keys of cowtop. */
#include "cowtop_fixture.h"
#include "tap.h"

struct desk {
	struct top_ui ui;
	struct column_list list;
	struct top_rows rows;
	struct world w;
};

static void desk_make(struct desk *d)
{
	struct err e;

	*d = (struct desk){ .ui.choice = { .sort = column("copies_s"), .all = true } };
	world_make(&d->w);
	if (column_choose(&top_columns, top_preset, NULL, &d->list, &e) ||
	    top_rows_build(&d->w.m, &d->ui.choice, false, &d->rows, &e))
		abort();
}

static void desk_free(struct desk *d)
{
	top_rows_free(&d->rows);
	world_free(&d->w);
}

#define KEY(key)	top_key(&d.ui, key, &d.w.m, &d.rows, &d.list, 2)

static void test_moving(void)
{
	struct desk d;

	desk_make(&d);
	ok(KEY(TOP_KEY_UP) == TOP_DO_DRAW && d.ui.cursor == 0, "up at the top stays");
	KEY(TOP_KEY_DOWN);
	KEY('j');
	ok(d.ui.cursor == 2 && d.ui.first == 1, "down moves, and the rows with it");
	ok(d.ui.cursor_mm == 103, "the cursor knows its process");
	KEY(TOP_KEY_END);
	ok(d.ui.cursor == 4 && d.ui.first == 3, "End: the last row");
	KEY(TOP_KEY_PAGE_DOWN);
	ok(d.ui.cursor == 4, "and no further");
	KEY(TOP_KEY_PAGE_UP);
	ok(d.ui.cursor == 2, "a page back");
	KEY(TOP_KEY_HOME);
	ok(d.ui.cursor == 0 && d.ui.first == 0, "Home");
	ok(KEY(' ') == TOP_DO_ROWS && d.w.m.node[0].folded, "space folds");
	KEY(' ');
	ok(!d.w.m.node[0].folded, "and unfolds");
	KEY(TOP_KEY_END);
	ok(KEY(' ') == TOP_DO_DRAW && *d.ui.message, "but not who forked nothing");
	ok(KEY('p') == TOP_DO_DRAW && d.ui.paused && KEY('p') == TOP_DO_REFRESH && !d.ui.paused,
	   "p pauses, and reads when it goes on");
	desk_free(&d);
}

static void test_questions(void)
{
	const char *p;
	struct desk d;

	desk_make(&d);
	KEY('s');
	for (p = "file_s"; *p; p++)
		KEY(*p);
	ok(KEY(TOP_KEY_ENTER) == TOP_DO_ROWS && d.ui.choice.sort == column("file_s"),
	   "s takes the name of a column");
	KEY('>');
	ok(d.ui.choice.sort == column("zero_s"), "> the next column shown");
	KEY('<');
	ok(d.ui.choice.sort == column("file_s"), "< the one before");
	KEY('s');
	KEY('x');
	ok(KEY(TOP_KEY_ENTER) == TOP_DO_DRAW && d.ui.choice.sort == column("file_s") &&
	   *d.ui.message, "an unknown column is said and changes nothing");
	KEY('/');
	KEY('q');
	KEY('x');
	KEY(TOP_KEY_BACKSPACE);
	ok(KEY(TOP_KEY_ENTER) == TOP_DO_ROWS && !strcmp(d.ui.choice.filter, "q"),
	   "letters in a question are no keys");
	KEY('/');
	KEY('z');
	ok(KEY(TOP_KEY_ESC) == TOP_DO_DRAW && !strcmp(d.ui.choice.filter, "q"),
	   "Esc leaves a question as it was");
	desk_free(&d);
}

static void test_pages(void)
{
	struct desk d;

	desk_make(&d);
	KEY(TOP_KEY_HOME);
	ok(KEY(TOP_KEY_DOWN) == TOP_DO_DRAW && KEY(TOP_KEY_ENTER) == TOP_DO_DRAW &&
	   d.ui.page == TOP_PAGE_LIST, "who has ended has no page");
	KEY(TOP_KEY_HOME);
	ok(KEY(TOP_KEY_ENTER) == TOP_DO_PROCESS && d.ui.process_mm == 100, "Enter: its page");
	ok(KEY('q') == TOP_DO_DRAW && d.ui.page == TOP_PAGE_LIST, "q goes back");
	KEY('?');
	ok(d.ui.page == TOP_PAGE_HELP && KEY(TOP_KEY_ESC) == TOP_DO_DRAW &&
	   d.ui.page == TOP_PAGE_LIST, "help and back");
	ok(KEY(TOP_KEY_ESC) == TOP_DO_NOTHING && KEY('q') == TOP_DO_QUIT, "q on the list ends it");
	desk_free(&d);
}

static void test_order(void)
{
	struct err e;
	struct desk d;

	desk_make(&d);
	d.ui.cursor_mm = 103;
	d.ui.choice.flat = true;
	d.ui.choice.sort = column("mm");
	top_rows_free(&d.rows);
	if (top_rows_build(&d.w.m, &d.ui.choice, false, &d.rows, &e))
		abort();
	top_ui_follow(&d.ui, &d.rows, 2);
	ok(d.ui.cursor == 1, "the cursor follows its process into another order");
	desk_free(&d);
}

int main(void)
{
	test_moving();
	test_questions();
	test_pages();
	test_order();
	return tap_failed != 0;
}
