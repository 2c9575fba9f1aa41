// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages in the order of their addresses, one letter for so many. What touches
 * is drawn in one piece; each piece begins a line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cowmap.h"
#include "cowmap_paint.h"
#include "cowmap_read.h"
#include "size.h"

#define CELLS		64	/* of a line */
#define LINES_MORE	16	/* that a chosen scale may take beyond one for each piece */

/* Address range without a gap, its first run and the one after its last. */
struct piece {
	uint64_t start, end;
	size_t run, last_run;
};

/* The next one from mapping *i on; false after the last. */
static bool next_piece(const struct pages *p, size_t *i, struct piece *out)
{
	if (*i == p->nmappings)
		return false;
	out->start = p->mapping[*i].start;
	out->run = p->mapping[*i].run;
	do {
		out->end = p->mapping[*i].end;
		out->last_run = p->mapping[*i].run + p->mapping[*i].nruns;
		++*i;
	} while (*i < p->nmappings && p->mapping[*i].start == out->end);
	return true;
}

static uint64_t line_of(const struct piece *piece, uint64_t address, uint64_t scale)
{
	return pages_between(piece->start, address) / (CELLS * scale);
}

/* Lines of a piece that hold something, the first one always. */
static uint64_t count_lines(const struct pages *p, const struct piece *piece,
			    uint64_t scale)
{
	uint64_t next = 1, from, to;	/* lines before @next are counted */
	uint64_t lines = 1;
	size_t i;

	for (i = piece->run; i < piece->last_run; i++) {
		if (p->run[i].state == STATE_NONE)
			continue;
		from = line_of(piece, p->run[i].start, scale);
		to = line_of(piece, p->run[i].end - 1, scale);
		if (from < next)
			from = next;
		if (to < from)
			continue;
		lines += to - from + 1;
		next = to + 1;
	}
	return lines;
}

static bool fits(const struct pages *p, uint64_t scale)
{
	uint64_t lines = 0, pieces = 0;
	struct piece piece;
	size_t i = 0;

	while (next_piece(p, &i, &piece)) {
		lines += count_lines(p, &piece, scale);
		pieces++;
	}
	return lines <= pieces + LINES_MORE;
}

static uint64_t choose_scale(const struct pages *p)
{
	uint64_t scale = 1;

	while (scale < UINT64_C(1) << 40 && !fits(p, scale))
		scale *= 2;
	return scale;
}

/* Where the next thing that is there begins, at or after @address. */
static uint64_t next_something(const struct pages *p, const struct piece *piece,
			       uint64_t address)
{
	size_t i;

	for (i = pages_find_run(p, address); i < piece->last_run; i++)
		if (p->run[i].state != STATE_NONE)
			return p->run[i].start > address ? p->run[i].start : address;
	return piece->end;
}

static void print_line(struct brush *brush, const struct pages *p,
		       const struct piece *piece, uint64_t start, uint64_t scale)
{
	const uint64_t step = scale << PAGES_SHIFT;
	enum page_state state;
	struct tally t;
	uint64_t end;
	bool pure;
	int i;

	printf("%12" PRIx64 "  ", start);
	for (i = 0; i < CELLS && start < piece->end; i++, start = end) {
		end = piece->end - start < step ? piece->end : start + step;
		t = (struct tally){ 0 };
		tally_add_range(&t, p, start, end);
		t.state[STATE_NONE] += pages_between(start, end) - t.pages;
		t.pages = pages_between(start, end);
		state = paint_main_state(&t, &pure);
		brush_letter(brush, state, pure);
	}
	brush_text(brush, "\n");
}

/* Lines without anything are told in one, but for the first of a piece. */
static void print_piece(struct brush *brush, const struct pages *p,
			const struct piece *piece, uint64_t scale)
{
	const uint64_t step = CELLS * scale << PAGES_SHIFT;
	uint64_t at = piece->start, next;
	char size[SIZE_TEXT_MAX];

	for (;;) {
		print_line(brush, p, piece, at, scale);
		if (piece->end - at <= step)
			return;
		at += step;
		next = next_something(p, piece, at);
		if (next == piece->end) {
			printf("%12s  %s of nothing\n", ":",
			       size_text(piece->end - at, size));
			return;
		}
		next = piece->start + line_of(piece, next, scale) * step;
		if (next > at)
			printf("%12s  %s of nothing\n", ":", size_text(next - at, size));
		at = next;
	}
}

static void print_picture(const struct cowmap_options *o, const struct pages *p)
{
	struct brush brush = {
		.out = stdout, .colour = paint_has_colour(stdout), .state = -1,
	};
	const uint64_t scale = o->scale ? o->scale : choose_scale(p);
	char size[SIZE_TEXT_MAX];
	struct piece piece;
	size_t i = 0;

	while (next_piece(p, &i, &piece))
		print_piece(&brush, p, &piece, scale);
	if (o->table.no_headings)
		return;
	printf("\nOne character: %" PRIu64 " page%s (%s)%s\n", scale, scale > 1 ? "s" : "",
	       size_text(scale << PAGES_SHIFT, size),
	       scale > 1 ? "; small: not all, but most of what is there" : "");
	brush_legend(&brush);
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct pages pages;
	struct who who;
	int ret;

	ret = read_who(src, o->pid, &who, e);
	if (ret)
		return ret;
	ret = read_pages(src, o->pid, &pages, e);
	if (!ret) {
		cowmap_print_title(o, who.status.text[PROCESS_comm],
				   "its pages, lowest address on top, from %s", src->root);
		print_picture(o, &pages);
		pages_free(&pages);
	}
	who_free(&who);
	return ret;
}

const struct cowmap_mode cowmap_picture = {
	.option = "--picture",
	.run = run,
};
