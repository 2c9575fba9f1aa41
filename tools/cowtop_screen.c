// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cowtop_keys.h"
#include "cowtop_screen.h"

static SCREEN *screen;

bool screen_open(void)
{
	set_escdelay(50);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return false;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	return true;
}

void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

void screen_size(size_t *width, size_t *height)
{
	*width = COLS;
	*height = LINES;
}

static void put(int y, const char *text, enum top_style style)
{
	static const attr_t attrs[] = {
		[TOP_PLAIN] = A_NORMAL, [TOP_HEAD] = A_REVERSE,
		[TOP_STRONG] = A_BOLD, [TOP_CURSOR] = A_REVERSE | A_BOLD,
	};

	attrset(attrs[style]);
	mvaddstr(y, 0, text);
	/* The bar goes from edge to edge. */
	if (style == TOP_HEAD || style == TOP_CURSOR)
		for (int x = getcurx(stdscr); getcury(stdscr) == y && x < COLS; x++)
			mvaddch(y, x, ' ');
	attrset(A_NORMAL);
}

void screen_draw(const struct top_lines *l, const char *bottom, bool typing)
{
	size_t i;

	erase();
	for (i = 0; i < l->n && (int)i < LINES - 1; i++)
		put((int)i, l->line[i].text, l->line[i].style);
	mvaddnstr(LINES - 1, 0, bottom, COLS - 1);
	curs_set(typing);
	refresh();
}

static int code_of(int c)
{
	switch (c) {
	case KEY_UP:
		return TOP_KEY_UP;
	case KEY_DOWN:
		return TOP_KEY_DOWN;
	case KEY_PPAGE:
		return TOP_KEY_PAGE_UP;
	case KEY_NPAGE:
		return TOP_KEY_PAGE_DOWN;
	case KEY_HOME:
		return TOP_KEY_HOME;
	case KEY_END:
		return TOP_KEY_END;
	case KEY_ENTER:
	case '\n':
		return TOP_KEY_ENTER;
	case KEY_BACKSPACE:
		return TOP_KEY_BACKSPACE;
	case KEY_RESIZE:
		return TOP_KEY_RESIZE;
	case ERR:
		return TOP_KEY_NONE;
	default:
		return c < 256 ? c : TOP_KEY_NONE;
	}
}

/* Signals are let in here alone, so that none is missed between a check and a wait. */
int screen_key(double seconds)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec wait = {
		.tv_sec = (time_t)floor(seconds),
		.tv_nsec = (long)((seconds - floor(seconds)) * 1e9),
	};
	sigset_t none;
	int c = getch(), ret;

	if (c != ERR)
		return code_of(c);
	sigemptyset(&none);
	ret = ppoll(&fd, 1, &wait, &none);
	if (ret < 0 && errno != EINTR)
		return -1;
	/* A terminal that is gone can be read for ever: there is nothing in it. */
	if (ret > 0 && fd.revents != POLLIN)
		return -1;
	return code_of(getch());
}
