// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address space from top to bottom, as textbooks draw it: a line for each
 * block, the bar in it says what its pages are, in parts of the whole.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap.h"
#include "cowmap_paint.h"
#include "cowmap_read.h"
#include "name.h"
#include "size.h"

#define BAR	30	/* cells of a bar */
#define LINE	80

/* Mappings that touch and belong together. */
struct block {
	uint64_t start, end;
	const char *name;
	enum region region;
	bool library;		/* a file in several regions */
	struct tally tally;
};

struct blocks {
	struct block *block;
	size_t n;
};

/*
 * The program's own file is drawn by region, text apart from data; the regions of
 * every other file make one block.
 */
static bool belongs(const struct block *b, const struct mapping *m,
		    const char *program)
{
	if (b->end != m->start || strcmp(b->name, m->name) != 0)
		return false;
	if (b->region == m->region && !b->library)
		return true;
	return *m->name == '/' && (!program || strcmp(m->name, program) != 0);
}

static int gather(const struct pages *p, struct blocks *out)
{
	const char *program = NULL;
	const struct mapping *m;
	struct block *b;
	size_t i;

	out->n = 0;
	out->block = calloc(p->nmappings + 1, sizeof(*b));
	if (!out->block)
		return -ENOMEM;
	for (i = 0; i < p->nmappings && !program; i++)
		if (*p->mapping[i].name == '/')
			program = p->mapping[i].name;
	for (i = 0; i < p->nmappings; i++) {
		m = &p->mapping[i];
		b = out->n ? &out->block[out->n - 1] : NULL;
		if (b && belongs(b, m, program)) {
			b->library |= b->region != m->region;
		} else {
			b = &out->block[out->n++];
			*b = (struct block){
				.start = m->start, .name = m->name, .region = m->region,
			};
		}
		b->end = m->end;
		tally_add_range(&b->tally, p, m->start, m->end);
	}
	return 0;
}

/*
 * Cells of each state, BAR in all. What is there at all gets a cell; the largest
 * one gives it.
 */
static void bar_cells(const struct tally *t, uint64_t size, unsigned int cells[STATE_COUNT])
{
	unsigned int used = 0;
	uint64_t n;
	int i, largest;

	for (i = 0; i < STATE_COUNT; i++) {
		n = t->state[i];
		if (i == STATE_NONE)
			n += size - t->pages;
		cells[i] = (unsigned int)((double)n / (double)size * BAR + 0.5);
		if (n && !cells[i])
			cells[i] = 1;
		used += cells[i];
	}
	while (used != BAR) {
		for (i = 1, largest = 0; i < STATE_COUNT; i++)
			if (cells[i] > cells[largest])
				largest = i;
		cells[largest] += used < BAR ? 1 : -1;
		used += used < BAR ? 1 : -1;
	}
}

static void print_bar(struct brush *brush, const struct block *b)
{
	static const enum page_state order[STATE_COUNT] = {
		STATE_SHARED, STATE_OWN, STATE_LAST, STATE_KSM, STATE_FILE,
		STATE_ZERO, STATE_SWAP, STATE_SPECIAL, STATE_NONE,
	};
	unsigned int cells[STATE_COUNT], i, j;

	bar_cells(&b->tally, pages_between(b->start, b->end), cells);
	brush_text(brush, "|");
	for (i = 0; i < STATE_COUNT; i++)
		for (j = 0; j < cells[order[i]]; j++)
			brush_letter(brush, order[i], true);
	brush_text(brush, "|");
}

/* The end of a name says more than its beginning. */
static void print_name(const char *name, size_t room)
{
	char *buf = malloc(strlen(name) * NAME_GROWTH + 1);
	size_t len;

	if (!buf)
		return;
	name_clean(name, buf);
	len = strlen(buf);
	if (len > room)
		printf("..%s\n", buf + len - (room - 2));
	else
		printf("%s\n", buf);
	free(buf);
}

static void print_edge(int width, uint64_t address, bool labelled)
{
	char line[BAR + 1];

	memset(line, '-', BAR);
	line[BAR] = '\0';
	if (labelled)
		printf("%*" PRIx64 " +%s+\n", width, address, line);
	else
		printf("%*s +%s+\n", width, "", line);
}

static void print_block(struct brush *brush, int width, const struct block *b)
{
	char size[SIZE_TEXT_MAX];
	int used;

	printf("%*" PRIx64 " ", width, b->start);
	print_bar(brush, b);
	printf(" %-9s %5s ", b->library ? "library" : region_names[b->region],
	       size_text(b->end - b->start, size));
	used = width + 1 + BAR + 2 + 1 + 9 + 1 + 5 + 1;
	print_name(b->name, LINE - used);
}

static void print_gap(int width, uint64_t bytes)
{
	char size[SIZE_TEXT_MAX], text[BAR + 1];

	snprintf(text, sizeof(text), "%s not mapped", size_text(bytes, size));
	printf("%*s :%*s%*s:\n", width, "", (BAR + (int)strlen(text)) / 2, text,
	       BAR - (BAR + (int)strlen(text)) / 2, "");
}

static void print_layout(const struct cowmap_options *o, const struct blocks *blocks)
{
	struct brush brush = {
		.out = stdout, .colour = paint_has_colour(stdout), .state = -1,
	};
	const struct block *b, *above;
	int width = 12;
	size_t i;

	if (blocks->n && blocks->block[blocks->n - 1].end >> 48)
		width = 16;
	for (i = blocks->n; i; i--) {
		b = &blocks->block[i - 1];
		above = i < blocks->n ? b + 1 : NULL;
		if (above && above->start > b->end) {
			print_edge(width, 0, false);
			print_gap(width, above->start - b->end);
		}
		if (!above || above->start > b->end)
			print_edge(width, b->end, true);
		print_block(&brush, width, b);
	}
	if (blocks->n)
		print_edge(width, 0, false);
	if (blocks->n && blocks->block[0].start)
		print_gap(width, blocks->block[0].start);
	if (o->table.no_headings)
		return;
	puts("\nA bar shows the parts of its block, not their places (for these: --picture).");
	brush_legend(&brush);
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct blocks blocks;
	struct pages pages;
	struct who who;
	int ret;

	ret = read_who(src, o->pid, &who, e);
	if (ret)
		return ret;
	ret = read_pages(src, o->pid, &pages, e);
	if (ret)
		goto out;
	if (!gather(&pages, &blocks)) {
		cowmap_print_title(o, who.status.text[PROCESS_comm],
				   "address space, highest address on top, from %s",
				   src->root);
		print_layout(o, &blocks);
		free(blocks.block);
	} else {
		ret = err_sys(e, -ENOMEM, "layout");
	}
	pages_free(&pages);
out:
	who_free(&who);
	return ret;
}

const struct cowmap_mode cowmap_layout = {
	.option = "--layout",
	.run = run,
};
