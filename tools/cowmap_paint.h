/* SPDX-License-Identifier: GPL-2.0-only */
/* How states look: a letter for every terminal, and a colour where there is one. */
#ifndef COWSCOPE_TOOLS_COWMAP_PAINT_H
#define COWSCOPE_TOOLS_COWMAP_PAINT_H

#include <stdbool.h>
#include <stdio.h>

#include "pages.h"

/* What a person calls it. */
extern const char * const paint_words[STATE_COUNT];

/*
 * The state of most pages that hold something; none if there are no such pages.
 * @pure: all pages are of this state.
 */
enum page_state paint_main_state(const struct tally *t, bool *pure);

/* Capital when pure, else small; "." for none. */
char paint_letter(enum page_state state, bool pure);

/* A terminal that shows colours, and nobody asked for none (NO_COLOR). */
bool paint_has_colour(FILE *out);

/* One after the other, with as few changes of colour as there are. */
struct brush {
	FILE *out;
	bool colour;
	int state;		/* of the last one; -1: plain */
};

void brush_letter(struct brush *b, enum page_state state, bool pure);
void brush_text(struct brush *b, const char *text);	/* plain */

/* Two lines that name the letters. */
void brush_legend(struct brush *b);

#endif
