// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cowtop_keys.h"

/* The cursor into the rows, the rows around the cursor. */
static void settle(struct top_ui *ui, const struct top_rows *rows, size_t height)
{
	if (!height)
		height = 1;
	if (ui->cursor >= rows->n)
		ui->cursor = rows->n ? rows->n - 1 : 0;
	if (ui->first > ui->cursor)
		ui->first = ui->cursor;
	if (ui->cursor - ui->first >= height)
		ui->first = ui->cursor - height + 1;
	/* No empty lines below while there are rows above. */
	if (ui->first && rows->n - ui->first < height)
		ui->first = rows->n > height ? rows->n - height : 0;
	ui->cursor_mm = rows->n ? rows->row[ui->cursor].node->rec.mm.n : 0;
}

void top_ui_follow(struct top_ui *ui, const struct top_rows *rows, size_t height)
{
	size_t i;

	for (i = 0; i < rows->n && ui->cursor_mm; i++)
		if (value_is(&rows->row[i].node->rec.mm, ui->cursor_mm)) {
			ui->cursor = i;
			break;
		}
	settle(ui, rows, height);
}

static size_t moved(size_t at, int key, size_t page)
{
	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		return at ? at - 1 : 0;
	case TOP_KEY_DOWN:
	case 'j':
		return at + 1;
	case TOP_KEY_PAGE_UP:
		return at > page ? at - page : 0;
	case TOP_KEY_PAGE_DOWN:
		return at + page;
	case TOP_KEY_HOME:
		return 0;
	case TOP_KEY_END:
		return SIZE_MAX / 2;
	default:
		return TOP_NONE;
	}
}

static enum top_do take_sort(struct top_ui *ui)
{
	struct err e = { 0 };

	if (!*ui->input)
		return TOP_DO_DRAW;
	if (!column_find(&top_columns, ui->input, strlen(ui->input), &ui->choice.sort, &e))
		return TOP_DO_ROWS;
	snprintf(ui->message, sizeof(ui->message), "%.79s", e.text);
	return TOP_DO_DRAW;
}

static enum top_do prompt_key(struct top_ui *ui, int key)
{
	enum top_prompt prompt = ui->prompt;
	size_t len = strlen(ui->input);

	switch (key) {
	case TOP_KEY_ESC:
		ui->prompt = TOP_PROMPT_NONE;
		return TOP_DO_DRAW;
	case TOP_KEY_ENTER:
		ui->prompt = TOP_PROMPT_NONE;
		if (prompt == TOP_PROMPT_SORT)
			return take_sort(ui);
		strcpy(ui->choice.filter, ui->input);
		return TOP_DO_ROWS;
	case TOP_KEY_BACKSPACE:
	case '\b':
		if (len)
			ui->input[len - 1] = '\0';
		return TOP_DO_DRAW;
	default:
		if (key >= ' ' && key < 127 && len + 1 < sizeof(ui->input)) {
			ui->input[len] = key;
			ui->input[len + 1] = '\0';
		}
		return TOP_DO_DRAW;
	}
}

static enum top_do start_prompt(struct top_ui *ui, enum top_prompt prompt, const char *text)
{
	ui->prompt = prompt;
	snprintf(ui->input, sizeof(ui->input), "%s", text);
	return TOP_DO_DRAW;
}

/* The column shown before or after the one sorted by. */
static enum top_do sort_beside(struct top_ui *ui, const struct column_list *list, int by)
{
	size_t i;

	for (i = 0; i < list->n && list->index[i] != ui->choice.sort; i++)
		;
	if (i == list->n)
		i = 0;
	else
		i = (i + list->n + by) % list->n;
	ui->choice.sort = list->index[i];
	return TOP_DO_ROWS;
}

static enum top_do fold(struct top_ui *ui, struct top_model *m, const struct top_rows *rows)
{
	if (ui->choice.flat || ui->cursor >= rows->n || !rows->row[ui->cursor].below) {
		snprintf(ui->message, sizeof(ui->message), "nothing was forked from it");
		return TOP_DO_DRAW;
	}
	m->node[rows->row[ui->cursor].index].folded ^= true;
	return TOP_DO_ROWS;
}

static enum top_do fold_all(struct top_ui *ui, struct top_model *m, bool folded)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		m->node[i].folded = folded && m->node[i].parent == TOP_NONE;
	/* The process under the cursor may be out of sight: then its family has it. */
	i = top_find(m, ui->cursor_mm);
	if (folded && i != TOP_NONE)
		ui->cursor_mm = m->node[m->node[i].root].rec.mm.n;
	return TOP_DO_ROWS;
}

static enum top_do open_process(struct top_ui *ui, const struct top_rows *rows)
{
	if (ui->cursor >= rows->n)
		return TOP_DO_NOTHING;
	if (rows->row[ui->cursor].node->ended) {
		snprintf(ui->message, sizeof(ui->message), "it has ended");
		return TOP_DO_DRAW;
	}
	ui->page = TOP_PAGE_PROCESS;
	ui->scroll = 0;
	ui->process_mm = ui->cursor_mm;
	return TOP_DO_PROCESS;
}

static enum top_do list_key(struct top_ui *ui, int key, struct top_model *m,
			    const struct top_rows *rows, const struct column_list *list)
{
	switch (key) {
	case TOP_KEY_ENTER:
		return open_process(ui, rows);
	case ' ':
		return fold(ui, m, rows);
	case '-':
	case '+':
		return fold_all(ui, m, key == '-');
	case '<':
	case '>':
		return sort_beside(ui, list, key == '<' ? -1 : 1);
	case 's':
		return start_prompt(ui, TOP_PROMPT_SORT, "");
	case '/':
		return start_prompt(ui, TOP_PROMPT_FILTER, ui->choice.filter);
	case 't':
		ui->choice.flat ^= true;
		return TOP_DO_ROWS;
	case 'a':
		ui->choice.all ^= true;
		return TOP_DO_ROWS;
	default:
		return TOP_DO_NOTHING;
	}
}

/* Keys that do the same on every page. */
static enum top_do common_key(struct top_ui *ui, int key)
{
	switch (key) {
	case 'q':
	case TOP_KEY_ESC:
		if (ui->page == TOP_PAGE_LIST)
			return key == 'q' ? TOP_DO_QUIT : TOP_DO_NOTHING;
		ui->page = TOP_PAGE_LIST;
		return TOP_DO_DRAW;
	case 'h':
	case '?':
		ui->page = TOP_PAGE_HELP;
		ui->scroll = 0;
		return TOP_DO_DRAW;
	case 'p':
		ui->paused ^= true;
		return ui->paused ? TOP_DO_DRAW : TOP_DO_REFRESH;
	case 'r':
		return TOP_DO_REFRESH;
	case TOP_KEY_RESIZE:
		return TOP_DO_DRAW;
	default:
		return TOP_DO_NOTHING;
	}
}

enum top_do top_key(struct top_ui *ui, int key, struct top_model *m,
		    const struct top_rows *rows, const struct column_list *list,
		    size_t height)
{
	size_t *at = ui->page == TOP_PAGE_LIST ? &ui->cursor : &ui->scroll;
	enum top_do what;

	if (key != TOP_KEY_RESIZE)
		*ui->message = '\0';
	if (ui->prompt != TOP_PROMPT_NONE && key != TOP_KEY_RESIZE)
		return prompt_key(ui, key);
	if (moved(*at, key, height) != TOP_NONE) {
		*at = moved(*at, key, height);
		if (ui->page == TOP_PAGE_LIST)
			settle(ui, rows, height);
		return TOP_DO_DRAW;
	}
	what = common_key(ui, key);
	if (what == TOP_DO_NOTHING && ui->page == TOP_PAGE_LIST)
		what = list_key(ui, key, m, rows, list);
	return what;
}
