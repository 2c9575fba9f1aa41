// SPDX-License-Identifier: GPL-2.0-only
/* What the module reads from page tables, for one experiment; see lab.h. */
#include <errno.h>
#include <string.h>

#include "lab.h"

uint64_t lab_where(struct lab *lab, enum area area)
{
	return lab_order(lab, PARENT, ORDER_WHERE, area, 0, 0);
}

const struct walk *lab_walk(struct lab *lab, enum role who, uint64_t address)
{
	static struct walk_level no_level = { .level = "-", .entry = "-", .flags = "-" };
	static struct walk nothing = { .level = &no_level, .n = 1 };
	size_t key;

	for (key = 0; key < WALK_COUNT; key++)
		nothing.value[key] = "-";
	if (lab->broken)
		return &nothing;
	walk_free(&lab->walk);
	memset(&lab->walk, 0, sizeof(lab->walk));
	lab->broken = fetch_walk(lab->src, lab->pid[who], address, &lab->walk, &lab->err);
	if (!lab->broken && !lab->walk.n)
		lab->broken = err_set(&lab->err, -EPROTO, "walk: no level");
	return lab->broken ? &nothing : &lab->walk;
}

const struct pages *lab_pages(struct lab *lab, enum role who)
{
	static const struct pages nothing;

	if (lab->broken)
		return &nothing;
	pages_free(&lab->pages);
	memset(&lab->pages, 0, sizeof(lab->pages));
	lab->broken = fetch_pages(lab->src, lab->pid[who], &lab->pages, &lab->err);
	return lab->broken ? &nothing : &lab->pages;
}

const struct walk_level *lab_entry(const struct walk *walk)
{
	return &walk->level[walk->n - 1];
}

bool lab_has_flag(const struct walk_level *level, const char *flag)
{
	const size_t len = strlen(flag);
	const char *at = level->flags;

	for (; at; at = strchr(at, '|'), at = at ? at + 1 : NULL)
		if (!strncmp(at, flag, len) && (!at[len] || at[len] == '|'))
			return true;
	return false;
}

struct tally lab_tally(struct lab *lab, enum role who, enum area area, size_t count)
{
	const uint64_t start = lab_where(lab, area);
	struct tally tally = { 0 };

	tally_add_range(&tally, lab_pages(lab, who), start,
			start + (count << PAGES_SHIFT));
	return tally;
}
