// SPDX-License-Identifier: GPL-2.0-only
/* The page-table walk of one address, and what a write there would do. */
#include <inttypes.h>
#include <stdio.h>

#include "cowmap.h"
#include "cowmap_read.h"
#include "document.h"

static const struct column level_columns[] = {
	COWMAP_TEXT(walk_level, level, "level of the page table"),
	COWMAP_TEXT(walk_level, start, "first address that the entry covers"),
	COWMAP_NUMBER(walk_level, bytes, "bytes", "how much it covers"),
	COWMAP_TEXT(walk_level, entry,
		    "table none page swap migration marker device special"),
	COWMAP_TEXT(walk_level, flags, "what the entry and its page allow"),
};

static const struct column_set level_set = COWMAP_SET(level_columns);

static void get_key(const void *row, unsigned int arg, struct cell *cell)
{
	const struct walk *walk = row;

	cell->text = walk->value[arg];
	cell->words = arg == WALK_why || arg == WALK_mapping;
}

/* All words, but for one number. */
#define KEY_COLUMN(key)	\
	{ #key, NULL, WALK_##key != WALK_mapped_by, false, "", get_key, WALK_##key },
static const struct column key_columns[] = { COWSCOPE_WALK_KEYS(KEY_COLUMN) };
static const struct column_set key_set = COWMAP_SET(key_columns);

static int print_page(const struct cowmap_options *o, struct document *doc,
		      const struct walk *walk, struct err *e)
{
	const struct table_style style = cowmap_style(o, "page");
	struct column_list list;
	size_t i;

	for (i = 0; i < key_set.count; i++)
		list.index[i] = i;
	list.n = key_set.count;
	if (o->table.json)
		return document_table(doc, &key_set, &list, walk, 1, sizeof(*walk),
				      &style, e);
	if (!o->table.raw) {
		putchar('\n');
		cowmap_print_sheet(&key_set, &list, walk);
	}
	return 0;
}

static int print_walk(const struct cowmap_options *o, const struct walk *walk,
		      struct err *e)
{
	const struct table_style style = cowmap_style(o, "levels");
	struct document doc = { .out = stdout, .json = o->table.json };
	int ret;

	ret = document_table(&doc, &level_set, &o->list, walk->level, walk->n,
			     sizeof(*walk->level), &style, e);
	if (!ret)
		ret = print_page(o, &doc, walk, e);
	document_end(&doc);
	return ret;
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct walk walk;
	int ret;

	ret = fetch_walk(src, o->pid, o->address, &walk, e);
	if (ret)
		return ret;
	if (cowmap_for_people(o))
		printf("%d: page-table walk of 0x%" PRIx64 ", from %s\n", o->pid,
		       o->address, src->root);
	ret = print_walk(o, &walk, e);
	walk_free(&walk);
	return ret;
}

#define PRESET	"level,start,bytes,entry,flags"

const struct cowmap_mode cowmap_walk = {
	.option = "--walk",
	.set = &level_set,
	.preset = PRESET,
	.preset_script = PRESET,
	.run = run,
};
