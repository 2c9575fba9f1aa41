/* SPDX-License-Identifier: GPL-2.0-only */
/* What keys do to the view. Pure: the codes are those below, or characters. */
#ifndef COWSCOPE_TOOLS_COWTOP_KEYS_H
#define COWSCOPE_TOOLS_COWTOP_KEYS_H

#include "cowtop_table.h"

enum top_key_code {
	TOP_KEY_NONE = 0, TOP_KEY_ENTER = '\r', TOP_KEY_ESC = 27, TOP_KEY_BACKSPACE = 127,
	TOP_KEY_UP = 1000, TOP_KEY_DOWN, TOP_KEY_PAGE_UP, TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME, TOP_KEY_END, TOP_KEY_RESIZE,
};

enum top_page { TOP_PAGE_LIST, TOP_PAGE_PROCESS, TOP_PAGE_HELP };
enum top_prompt { TOP_PROMPT_NONE, TOP_PROMPT_FILTER, TOP_PROMPT_SORT };

/* What has to be done after a key. */
enum top_do {
	TOP_DO_NOTHING,
	TOP_DO_DRAW,
	TOP_DO_ROWS,		/* choose and sort anew */
	TOP_DO_REFRESH,		/* read anew */
	TOP_DO_PROCESS,		/* read what the page of a process shows */
	TOP_DO_QUIT,
};

struct top_ui {
	enum top_page page;
	enum top_prompt prompt;
	char input[TOP_FILTER_MAX];
	char message[80];		/* why a key did nothing */
	struct top_choice choice;
	bool paused;
	uint64_t cursor_mm;		/* it follows its process, not its line */
	size_t cursor, first;		/* rows */
	size_t scroll;			/* first line of the page of a process */
	uint64_t process_mm;		/* whose page it is */
};

/* @height: rows that the screen has room for. */
enum top_do top_key(struct top_ui *ui, int key, struct top_model *m,
		    const struct top_rows *rows, const struct column_list *list,
		    size_t height);

/* After the rows have changed: the cursor goes to its process, or stays in place. */
void top_ui_follow(struct top_ui *ui, const struct top_rows *rows, size_t height);

#endif
