// SPDX-License-Identifier: GPL-2.0-only
/* The table of a process by mapping, as pmap has it, and by region. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap.h"
#include "cowmap_read.h"
#include "cowmap_worst.h"
#include "document.h"

struct sum_row {
	char start[20], end[20];
	const char *start_text, *end_text;	/* the above, or "total" and "-" */
	const char *region, *perms, *name, *mapping;
	struct value mappings, size, present, shared, own, armed, cache, swap;
	struct value exclusive, last, ksm, zero, special, none, huge;
	struct value armed_anon, armed_file, armed_zero, armed_ksm;
};

#define NUMBER(name, help)	COWMAP_NUMBER(sum_row, name, "pages", help)
#define ADDRESS(name, help) \
	{ #name, NULL, true, false, help, cowmap_get_text, offsetof(struct sum_row, name##_text) }

#define SUM_COLUMNS								\
	NUMBER(size, "pages of its address range"),				\
	NUMBER(present, "anonymous and page cache; the zero page is not counted"), \
	NUMBER(shared, "anonymous, mapped by others too"),			\
	NUMBER(own, "anonymous, mapped by nobody else: exclusive and last"),	\
	NUMBER(armed, "the next write makes new memory: sum of armed_*"),	\
	NUMBER(cache, "page cache, not private"),				\
	NUMBER(swap, "swapped out"),						\
	NUMBER(exclusive, "anonymous, exclusive"),				\
	NUMBER(last, "anonymous, not exclusive, but nobody else maps it any more"), \
	NUMBER(ksm, "merged by KSM"),						\
	NUMBER(zero, "the zero page"),						\
	NUMBER(special, "vdso and the like, PFN maps, markers, device and broken pages"), \
	NUMBER(none, "nothing there"),						\
	NUMBER(huge, "mapped by a huge entry, whatever the state"),		\
	NUMBER(armed_anon, "armed, mapped by others too"),			\
	NUMBER(armed_file, "armed, of the page cache"),				\
	NUMBER(armed_zero, "armed, the zero page"),				\
	NUMBER(armed_ksm, "armed, merged by KSM")

static const struct column mapping_columns[] = {
	ADDRESS(start, "first address"),
	ADDRESS(end, "address after the last"),
	COWMAP_TEXT(sum_row, perms, "permissions, p: private, s: shared"),
	COWMAP_TEXT(sum_row, region, "region of its first page"),
	SUM_COLUMNS,
	COWMAP_TEXT(sum_row, mapping, "last part of the name"),
	COWMAP_TEXT(sum_row, name, "file or kind, in full"),
};

static const struct column region_columns[] = {
	COWMAP_TEXT(sum_row, region, "region, then their sum"),
	COWMAP_NUMBER(sum_row, mappings, NULL, "mappings that have a page in it"),
	SUM_COLUMNS,
};

static const struct column_set mapping_set = COWMAP_SET(mapping_columns);
static const struct column_set region_set = COWMAP_SET(region_columns);

static void row_numbers(struct sum_row *row, const struct tally *t, uint64_t size)
{
	row->size = value_of(size);
	row->present = value_of(tally_present(t));
	row->shared = value_of(t->state[STATE_SHARED]);
	row->own = value_of(t->state[STATE_OWN] + t->state[STATE_LAST]);
	row->exclusive = value_of(t->state[STATE_OWN]);
	row->last = value_of(t->state[STATE_LAST]);
	row->armed = value_of(tally_armed(t));
	row->armed_anon = value_of(t->armed[ARMED_ANON]);
	row->armed_file = value_of(t->armed[ARMED_FILE]);
	row->armed_zero = value_of(t->armed[ARMED_ZERO]);
	row->armed_ksm = value_of(t->armed[ARMED_KSM]);
	row->cache = value_of(t->state[STATE_FILE]);
	row->swap = value_of(t->state[STATE_SWAP]);
	row->ksm = value_of(t->state[STATE_KSM]);
	row->zero = value_of(t->state[STATE_ZERO]);
	row->special = value_of(t->state[STATE_SPECIAL]);
	row->none = value_of(t->state[STATE_NONE]);
	row->huge = value_of(t->huge);
}

static const char *last_part(const char *name)
{
	const char *slash = *name == '/' ? strrchr(name, '/') : NULL;

	return slash && slash[1] ? slash + 1 : name;
}

static void mapping_row(struct sum_row *row, const struct pages *p,
			const struct mapping *m, struct tally *sum)
{
	struct tally t = { 0 };
	size_t i;

	for (i = 0; i < m->nruns; i++)
		tally_add_run(&t, &p->run[m->run + i], m->start, m->end);
	tally_add(sum, &t);
	snprintf(row->start, sizeof(row->start), "0x%" PRIx64, m->start);
	snprintf(row->end, sizeof(row->end), "0x%" PRIx64, m->end);
	row->start_text = row->start;
	row->end_text = row->end;
	row->perms = m->perms;
	row->region = region_names[m->region];
	row->name = m->name;
	row->mapping = last_part(m->name);
	row->mappings = value_of(1);
	row_numbers(row, &t, pages_between(m->start, m->end));
}

/* A row for each mapping, then the total. */
static struct sum_row *mapping_rows(const struct pages *p)
{
	struct sum_row *rows = calloc(p->nmappings + 1, sizeof(*rows)), *total;
	struct tally sum = { 0 };
	uint64_t size = 0;
	size_t i;

	if (!rows)
		return NULL;
	for (i = 0; i < p->nmappings; i++) {
		mapping_row(&rows[i], p, &p->mapping[i], &sum);
		size += rows[i].size.n;
	}
	total = &rows[p->nmappings];
	total->start_text = "total";
	total->mappings = value_of(p->nmappings);
	row_numbers(total, &sum, size);
	return rows;
}

/*
 * Sums by region. A mapping may lie in more than one, so its range counts where
 * its runs are; what no run covers, in the region of the mapping.
 */
static void region_sums(const struct pages *p, struct tally t[REGION_COUNT],
			uint64_t size[REGION_COUNT], uint64_t mappings[REGION_COUNT])
{
	const struct mapping *m;
	const struct run *run;
	uint64_t rest;
	unsigned int seen;
	size_t i, j;
	int r;

	for (i = 0; i < p->nmappings; i++) {
		m = &p->mapping[i];
		rest = pages_between(m->start, m->end);
		seen = 0;
		for (j = 0; j < m->nruns; j++) {
			run = &p->run[m->run + j];
			tally_add_run(&t[run->region], run, run->start, run->end);
			size[run->region] += pages_between(run->start, run->end);
			rest -= pages_between(run->start, run->end);
			seen |= 1u << run->region;
		}
		size[m->region] += rest;
		if (rest || !seen)
			seen |= 1u << m->region;
		for (r = 0; r < REGION_TOTAL; r++)
			mappings[r] += seen >> r & 1;
	}
}

static size_t region_rows(const struct pages *p, struct sum_row rows[REGION_COUNT])
{
	struct tally t[REGION_COUNT] = { 0 };
	uint64_t size[REGION_COUNT] = { 0 }, mappings[REGION_COUNT] = { 0 };
	size_t n = 0;
	int r;

	region_sums(p, t, size, mappings);
	mappings[REGION_TOTAL] = p->nmappings;
	for (r = 0; r < REGION_TOTAL; r++) {
		tally_add(&t[REGION_TOTAL], &t[r]);
		size[REGION_TOTAL] += size[r];
	}
	for (r = 0; r < REGION_COUNT; r++) {
		if (r != REGION_TOTAL && !mappings[r])
			continue;
		rows[n].region = region_names[r];
		rows[n].mappings = value_of(mappings[r]);
		row_numbers(&rows[n++], &t[r], size[r]);
	}
	return n;
}

/* For programs the sum is a member of its own, not one more row. */
static int put_rows(const struct cowmap_options *o, struct document *doc,
		    const struct sum_row *rows, size_t n, struct err *e)
{
	const bool regions = o->mode == &cowmap_regions;
	struct table_style style = cowmap_style(o, regions ? "regions" : "mappings");
	int ret;

	ret = document_table(doc, o->mode->set, &o->list, rows, o->table.json ? n - 1 : n,
			     sizeof(*rows), &style, e);
	if (ret || !o->table.json)
		return ret;
	style.name = "total";
	return document_table(doc, o->mode->set, &o->list, rows + n - 1, 1,
			      sizeof(*rows), &style, e);
}

static int print_report(const struct cowmap_options *o, const struct source *src,
			const struct pages *p, const struct family *f, struct err *e)
{
	struct document doc = { .out = stdout, .json = o->table.json };
	struct sum_row regions[REGION_COUNT] = { 0 }, *rows = regions;
	size_t n;
	int ret;

	if (o->mode == &cowmap_regions) {
		n = region_rows(p, regions);
	} else {
		rows = mapping_rows(p);
		n = p->nmappings + 1;
	}
	if (!rows)
		return err_sys(e, -ENOMEM, "rows");
	cowmap_print_title(o, family_self(f)->comm, "counts in 4 KiB pages, from %s",
			   src->root);
	ret = put_rows(o, &doc, rows, n, e);
	if (!ret && o->table.json)
		ret = worst_document(o, &doc, f, e);
	else if (!ret && cowmap_for_people(o))
		worst_print(f);
	document_end(&doc);
	if (rows != regions)
		free(rows);
	return ret;
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct family family;
	struct pages pages;
	int ret;

	ret = read_pages(src, o->pid, &pages, e);
	if (ret)
		return ret;
	ret = read_family(src, o->pid, &family, e);
	if (!ret) {
		ret = print_report(o, src, &pages, &family, e);
		family_free(&family);
	}
	pages_free(&pages);
	return ret;
}

#define PRESET	"size,present,shared,own,armed,cache,swap"

const struct cowmap_mode cowmap_mappings = {
	.set = &mapping_set,
	.preset = "start," PRESET ",perms,mapping",
	.preset_script = "start,end," PRESET ",perms,region,name",
	.run = run,
};

const struct cowmap_mode cowmap_regions = {
	.option = "--regions",
	.set = &region_set,
	.preset = "region,mappings," PRESET,
	.preset_script = "region,mappings," PRESET,
	.run = run,
};
