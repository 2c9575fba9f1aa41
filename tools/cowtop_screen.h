/* SPDX-License-Identifier: GPL-2.0-only */
/* The terminal. The only part of cowtop that knows curses. */
#ifndef COWSCOPE_TOOLS_COWTOP_SCREEN_H
#define COWSCOPE_TOOLS_COWTOP_SCREEN_H

#include "cowtop_lines.h"

/* False: curses cannot drive this terminal. */
bool screen_open(void);
void screen_close(void);
void screen_size(size_t *width, size_t *height);

/* @bottom stands on the last line; with @typing the cursor is at its end. */
void screen_draw(const struct top_lines *l, const char *bottom, bool typing);

/*
 * Waits for a key, a resize, a signal, or @seconds; enum top_key_code or a character,
 * TOP_KEY_NONE for the other two, -1 when the terminal is gone.
 */
int screen_key(double seconds);

#endif
