// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cowmap_paint.h"

const char * const paint_words[STATE_COUNT] = {
	[STATE_NONE] = "nothing",
	[STATE_SWAP] = "swapped out",
	[STATE_ZERO] = "zero page",
	[STATE_FILE] = "page cache",
	[STATE_SHARED] = "shared",
	[STATE_OWN] = "own",
	[STATE_LAST] = "own, last mapper",
	[STATE_KSM] = "KSM",
	[STATE_SPECIAL] = "special",
};

static const struct {
	char letter;
	const char *colour;	/* parameter of the terminal's SGR */
} looks[STATE_COUNT] = {
	[STATE_NONE] = { '.', "2" },
	[STATE_SWAP] = { 'W', "35" },
	[STATE_ZERO] = { 'Z', "37" },
	[STATE_FILE] = { 'F', "34" },
	[STATE_SHARED] = { 'S', "1;32" },
	[STATE_OWN] = { 'O', "31" },
	[STATE_LAST] = { 'L', "33" },
	[STATE_KSM] = { 'K', "36" },
	[STATE_SPECIAL] = { 'X', "2;37" },
};

enum page_state paint_main_state(const struct tally *t, bool *pure)
{
	enum page_state most = STATE_NONE;
	int i;

	for (i = 0; i < STATE_COUNT; i++)
		if (i != STATE_NONE && t->state[i] &&
		    (most == STATE_NONE || t->state[i] > t->state[most]))
			most = i;
	*pure = t->state[most] == t->pages;
	return most;
}

char paint_letter(enum page_state state, bool pure)
{
	char letter = looks[state].letter;

	return pure ? letter : (char)tolower((unsigned char)letter);
}

bool paint_has_colour(FILE *out)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no_colour && *no_colour)
		return false;
	return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
}

void brush_text(struct brush *b, const char *text)
{
	if (b->colour && b->state >= 0)
		fputs("\033[0m", b->out);
	b->state = -1;
	fputs(text, b->out);
}

void brush_letter(struct brush *b, enum page_state state, bool pure)
{
	if (b->colour && b->state != (int)state)
		fprintf(b->out, "\033[0;%sm", looks[state].colour);
	b->state = (int)state;
	fputc(paint_letter(state, pure), b->out);
}

void brush_legend(struct brush *b)
{
	static const enum page_state order[] = {
		STATE_SHARED, STATE_OWN, STATE_LAST, STATE_FILE,
		STATE_ZERO, STATE_KSM, STATE_SWAP, STATE_SPECIAL, STATE_NONE,
	};
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		brush_letter(b, order[i], true);
		brush_text(b, " ");
		brush_text(b, paint_words[order[i]]);
		brush_text(b, i == 3 || i == 8 ? "\n" : "   ");
	}
}
