// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cowmap_paint.h"
#include "cowmap_svg.h"
#include "cowmap_xml.h"
#include "size.h"

/* Pixels. */
#define LEFT		128	/* addresses */
#define RIGHT		270	/* names */
#define COLUMN		150
#define BETWEEN		16
#define TOP		52
#define LEGEND		58
#define LABEL_STEP	12	/* least distance of two labels */
#define TEXT_MIN	13	/* of a cell that has a text in it */

/*
 * A class for each state, light and dark; no variables, which not every viewer
 * knows. The lightness differs, too, for those who do not see the colours.
 */
static const char style[] =
	"svg.cowmap { background: #ffffff; font: 11px ui-monospace, monospace; }\n"
	".cowmap text { fill: #1b1f24; } .cowmap text.faint { fill: #6a737d; }\n"
	".cowmap text.word { fill: #10161c; pointer-events: none; }\n"
	".cowmap text.head { font-weight: bold; }\n"
	".cowmap .edge { fill: none; stroke: #c8ced6; pointer-events: none; }\n"
	".cowmap .gap { stroke: #c8ced6; stroke-dasharray: 2 4; }\n"
	".cowmap .armed { stroke: #1b1f24; stroke-width: 0.6; stroke-dasharray: 3 2; }\n"
	".cowmap rect:hover { stroke: #1b1f24; stroke-width: 1.5; }\n"
	".shared { fill: #1b9e5a; } .own { fill: #d95f30; }\n"
	".last { fill: #e8b53c; } .file { fill: #4a7fc1; }\n"
	".zero { fill: #b9b2c8; } .ksm { fill: #17a2a2; }\n"
	".swap { fill: #9b4f9e; } .special { fill: #8c8c8c; }\n"
	".none { fill: #f0f2f5; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"svg.cowmap { background: #14181d; }\n"
	".cowmap text { fill: #e6e9ed; } .cowmap text.faint { fill: #97a1ad; }\n"
	".cowmap text.word { fill: #0b0e11; }\n"
	".cowmap .edge, .cowmap .gap { stroke: #3b434d; }\n"
	".cowmap .armed, .cowmap rect:hover { stroke: #e6e9ed; }\n"
	".shared { fill: #2fb672; } .own { fill: #e4703f; }\n"
	".last { fill: #d6a636; } .file { fill: #5b92d6; }\n"
	".zero { fill: #7d7591; } .ksm { fill: #2bb3b3; }\n"
	".swap { fill: #b267b5; } .special { fill: #7b8087; }\n"
	".none { fill: #20262d; }\n"
	"}\n";

struct drawing {
	FILE *out;
	const struct scene *s;
	const struct scene_column *column;
	double x;
};

static double column_x(size_t i)
{
	return LEFT + (double)i * (COLUMN + BETWEEN);
}

/* Without what closes the element. */
static void put_rect(FILE *out, const char *class, const char *more, double x,
		     double y, double width, double height)
{
	fprintf(out, "<rect class=\"%s%s\" x=\"%.1f\" y=\"%.2f\"", class, more, x, y);
	fprintf(out, " width=\"%.0f\" height=\"%.2f\"", width, height);
}

/* What follows is the text. */
static void open_text(FILE *out, const char *class, bool to_the_left, double x, double y)
{
	fprintf(out, "<text class=\"%s\"%s x=\"%.1f\" y=\"%.2f\">", class,
		to_the_left ? " text-anchor=\"end\"" : "", x, y);
}

static void close_text(FILE *out)
{
	fputs("</text>\n", out);
}

/* "12 shared, 3 own" in falling order of the states' numbers; what is there. */
static void put_states(FILE *out, const struct tally *t)
{
	const char *comma = "";
	int i;

	for (i = STATE_COUNT - 1; i >= 0; i--) {
		if (!t->state[i])
			continue;
		fprintf(out, "%s%" PRIu64 " %s", comma, t->state[i], paint_words[i]);
		comma = ", ";
	}
}

static void put_hover(const struct drawing *d, const struct scene_cell *cell)
{
	const struct mapping *m = scene_mapping(d->column, cell->start);
	uint64_t armed = tally_armed(&cell->tally);
	char size[SIZE_TEXT_MAX];

	fprintf(d->out, "<title>0x%" PRIx64 " - 0x%" PRIx64 "\n", cell->start, cell->end);
	put_states(d->out, &cell->tally);
	if (armed)
		fprintf(d->out, "\n%" PRIu64 " armed: the next write makes new memory", armed);
	if (cell->tally.huge)
		fprintf(d->out, "\n%" PRIu64 " by huge entries", cell->tally.huge);
	fprintf(d->out, "\n%" PRIu64 " pages, %s", cell->tally.pages,
		size_text(cell->tally.pages << PAGES_SHIFT, size));
	if (m) {
		fprintf(d->out, "\n%s ", region_names[m->region]);
		xml_put(d->out, m->perms);
		fputc(' ', d->out);
		xml_put(d->out, m->name);
	}
	fputs("</title>", d->out);
}

static void draw_cell(const struct scene_cell *cell, void *arg)
{
	const struct drawing *d = arg;
	const char *name = page_state_names[cell->state];
	uint64_t n = cell->tally.state[cell->state];

	put_rect(d->out, name, tally_armed(&cell->tally) ? " armed" : "", d->x,
		 TOP + cell->y, COLUMN, cell->height);
	fputc('>', d->out);
	put_hover(d, cell);
	fputs("</rect>\n", d->out);
	if (cell->height < TEXT_MIN || cell->state == STATE_NONE)
		return;
	open_text(d->out, "word", false, d->x + 4, TOP + cell->y + cell->height / 2 + 4);
	fprintf(d->out, "%s %" PRIu64 "%s", name, n, n < cell->tally.pages ? ", ..." : "");
	close_text(d->out);
}

static void draw_head(const struct drawing *d)
{
	const struct family_row *member = d->column->member;
	const uint64_t *state = d->column->sum.state;
	char name[32];

	snprintf(name, sizeof(name), "%.*s%s", 12, member->comm,
		 strlen(member->comm) > 12 ? ".." : "");
	open_text(d->out, "head", false, d->x, 16);
	fprintf(d->out, "%" PRIu64 " ", member->pid.n);
	xml_put(d->out, name);
	close_text(d->out);
	open_text(d->out, "faint", false, d->x, 31);
	xml_put(d->out, member->relation);
	close_text(d->out);
	open_text(d->out, "faint", false, d->x, 45);
	fprintf(d->out, "shared %" PRIu64 ", own %" PRIu64, state[STATE_SHARED],
		state[STATE_OWN] + state[STATE_LAST]);
	close_text(d->out);
}

static void draw_column(struct drawing *d, size_t i)
{
	const struct scene *s = d->s;
	const struct scene_band *band;
	size_t j;

	d->column = &s->column[i];
	d->x = column_x(i);
	fputs("<g>\n", d->out);
	draw_head(d);
	for (j = 0; j < s->nbands; j++) {
		band = &s->band[j];
		if (!scene_mapping(d->column, band->start))
			continue;
		scene_cells(d->column, band, draw_cell, d);
		put_rect(d->out, "edge", "", d->x, TOP + band->y, COLUMN, band->height);
		fputs("/>\n", d->out);
	}
	fputs("</g>\n", d->out);
}

/* The name of a mapping, from whichever column has it. */
static const struct mapping *any_mapping(const struct scene *s, uint64_t address)
{
	const struct mapping *m = NULL;
	size_t i;

	for (i = 0; i < s->ncolumns && !m; i++)
		m = scene_mapping(&s->column[i], address);
	return m;
}

/* A long name is cut at its beginning. */
static void draw_name(FILE *out, const struct mapping *m, double x, double y)
{
	size_t len = strlen(m->name);

	open_text(out, "name", false, x, y);
	fprintf(out, "%s ", region_names[m->region]);
	if (len > 28)
		fputs("..", out);
	if (strcmp(m->name, "-") != 0)
		xml_put(out, len > 28 ? m->name + len - 26 : m->name);
	close_text(out);
}

static void draw_gap(FILE *out, const struct scene *s, const struct scene_band *band)
{
	double y = TOP + band->y + band->height / 2, end = column_x(s->ncolumns) - BETWEEN;
	char size[SIZE_TEXT_MAX];

	fprintf(out, "<line class=\"gap\" x1=\"%d\" y1=\"%.2f\"", LEFT, y);
	fprintf(out, " x2=\"%.1f\" y2=\"%.2f\"/>\n", end, y);
	open_text(out, "faint", false, end + 8, y + 4);
	fprintf(out, "%s not mapped", size_text(band->end - band->start, size));
	close_text(out);
}

static void draw_address(FILE *out, uint64_t address, double y)
{
	open_text(out, "faint", true, LEFT - 8, TOP + y + 4);
	fprintf(out, "%" PRIx64, address);
	close_text(out);
}

/* Names on the right, as many as do not touch. */
static void draw_names(FILE *out, const struct scene *s)
{
	double y = -LABEL_STEP, middle;
	const struct scene_band *band;
	const struct mapping *m;
	size_t i;

	for (i = 0; i < s->nbands; i++) {
		band = &s->band[i];
		middle = band->y + band->height / 2;
		m = any_mapping(s, band->start);
		if (!m)
			draw_gap(out, s, band);
		else if (middle - y >= LABEL_STEP)
			draw_name(out, m, column_x(s->ncolumns) - BETWEEN + 8,
				  TOP + middle + 4);
		else
			continue;
		y = middle;
	}
}

/* The edges of gaps, and others that are far from the one before. */
static void draw_addresses(FILE *out, const struct scene *s)
{
	const struct scene_band *band;
	double y = -LABEL_STEP;
	size_t i;

	for (i = 0; i < s->nbands; i++) {
		band = &s->band[i];
		if (band->y - y < LABEL_STEP ||
		    (i && band[-1].gap == band->gap && band->y - y < 2 * LABEL_STEP))
			continue;
		y = band->y;
		draw_address(out, band->end, y);
	}
	if (s->nbands && s->height - y >= LABEL_STEP)
		draw_address(out, s->band[s->nbands - 1].start, s->height);
}

static void draw_sample(FILE *out, const char *class, const char *more,
			const char *word, double x, double y)
{
	put_rect(out, class, more, x, y - 10, 11, 11);
	fputs("/>", out);
	open_text(out, "name", false, x + 15, y);
	fputs(word, out);
	close_text(out);
}

static void draw_legend(FILE *out, double y)
{
	static const enum page_state order[] = {
		STATE_SHARED, STATE_OWN, STATE_LAST, STATE_FILE, STATE_ZERO,
		STATE_KSM, STATE_SWAP, STATE_SPECIAL, STATE_NONE,
	};
	double x = 8;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (i == 5) {
			x = 8;
			y += 18;
		}
		draw_sample(out, page_state_names[order[i]], "", paint_words[order[i]],
			    x, y);
		x += 28 + 6.8 * (double)strlen(paint_words[order[i]]);
	}
	draw_sample(out, "shared", " armed", "armed", x, y);
}

void svg_write(FILE *out, const struct scene *s, bool alone)
{
	struct drawing d = { .out = out, .s = s };
	double width = column_x(s->ncolumns) - BETWEEN + RIGHT;
	double height = TOP + s->height + LEGEND;
	size_t i;

	if (alone)
		fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
	if (width < 560)
		width = 560;	/* the legend's */
	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cowmap\" role=\"img\"", out);
	fprintf(out, " width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n", width,
		height, width, height);
	fprintf(out, "<title>Address spaces of %" PRIu64 " ", family_self(&s->family)->pid.n);
	xml_put(out, family_self(&s->family)->comm);
	fprintf(out, " and its family</title>\n<style>\n%s</style>\n", style);
	draw_addresses(out, s);
	draw_names(out, s);
	for (i = 0; i < s->ncolumns; i++)
		draw_column(&d, i);
	draw_legend(out, TOP + s->height + 28);
	fputs("</svg>\n", out);
}

int svg_save(const struct cowmap_options *o, const struct source *src,
	     void (*write)(FILE *out, const struct cowmap_options *o,
			   const struct source *src, const struct scene *s),
	     struct err *e)
{
	bool to_stdout = !strcmp(o->file, "-");
	struct scene scene;
	FILE *out = stdout;
	int ret;

	ret = scene_read(src, o->pid, &scene, e);
	if (ret)
		return ret;
	if (!to_stdout)
		out = fopen(o->file, "we");
	if (!out) {
		ret = err_sys(e, -errno, o->file);
		goto out_free;
	}
	write(out, o, src, &scene);
	if (!to_stdout) {
		ret = ferror(out) ? -EIO : 0;
		if (fclose(out))
			ret = -errno;
		if (ret)
			err_sys(e, ret, o->file);
	}
out_free:
	scene_free(&scene);
	return ret;
}

static void write_alone(FILE *out, const struct cowmap_options *o,
			const struct source *src, const struct scene *s)
{
	(void)o;
	(void)src;
	svg_write(out, s, true);
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	return svg_save(o, src, write_alone, e);
}

const struct cowmap_mode cowmap_svg = {
	.option = "--svg",
	.run = run,
};
