// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites: which code counted. The counts are of one moment; where each address lies is
 * asked row by row, of the living address space or of what was kept of it.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "roster.h"
#include "sites.h"
#include "view.h"
#include "view_reader.h"
#include "walk.h"

#define SITE_WORD(id, name, help)	[CWS_SITE_##id] = #name,
static const char *const site_word[CWS_NR_SITE_WORDS] = { COWSCOPE_SITE_WORDS(SITE_WORD) };

/* The causes of one place: neighbours in the sorted table. */
struct row {
	u16 first;
	u16 nr;
	u64 weight;
};

/**
 * struct reading - one reading of the view
 * @rec: of whom; the reader holds it
 * @mm: its struct is referenced; NULL it has ended
 * @any: it has a table
 * @begun: the header is printed
 * @at: the row of this part; behind them come other and before
 * @nr: rows
 * @row: those that counted most first
 * @copy: the counts; the same place stands side by side
 * @known: where the address of this row lies is in @place
 * @place: name, offset and file
 * @name: NULL none, or not known
 * @room: for a name
 */
struct reading {
	struct cws_record *rec;
	struct mm_struct *mm;
	bool any;
	bool begun;
	unsigned int at;
	unsigned int nr;
	struct row row[CWS_SITES_MAX];
	struct cws_sites_copy copy;
	bool known;
	struct cws_site_place place;
	char room[PATH_MAX];
	const char *name;
};

static int compare_numbers(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

static int compare_places(const struct cws_site *a, const struct cws_site *b)
{
	return compare_numbers(a->by, b->by) ?: compare_numbers(a->address, b->address) ?:
	       compare_numbers(a->syscall, b->syscall) ?: compare_numbers(a->compat, b->compat);
}

/* Free entries last. */
static int compare_sites(const void *a, const void *b)
{
	const struct cws_site *one = a, *other = b;

	return compare_numbers(!one->count, !other->count) ?: compare_places(one, other);
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	return compare_numbers(other->weight, one->weight) ?:
	       compare_numbers(one->first, other->first);
}

static void rows_make(struct reading *reading)
{
	struct cws_site *site = reading->copy.site;
	struct row *row = NULL;
	unsigned int i;

	sort(site, CWS_SITES_MAX, sizeof(*site), compare_sites, NULL);
	for (i = 0; i < CWS_SITES_MAX && site[i].count; i++) {
		if (!row || compare_places(&site[row->first], &site[i])) {
			row = &reading->row[reading->nr++];
			row->first = i;
		}
		row->nr++;
		/* Subsets of the others. */
		if (site[i].cause != CWS_CNT_SOLE && site[i].cause != CWS_CNT_REMOTE)
			row->weight += site[i].count;
	}
	sort(reading->row, reading->nr, sizeof(*reading->row), compare_rows, NULL);
}

static void *sites_begin(struct cws_record *rec, unsigned long arg)
{
	struct reading *reading = kvzalloc(sizeof(*reading), GFP_KERNEL);

	if (!reading)
		return ERR_PTR(-ENOMEM);
	reading->rec = rec;
	reading->any = cws_sites_read(rec, &reading->copy);
	if (reading->any) {
		rows_make(reading);
		reading->mm = cws_roster_mm(rec);
	}
	return reading;
}

/* 1 it lives, 0 it does not, or -EINTR. */
static int look_now(struct reading *reading, u64 address)
{
	struct vm_area_struct *vma;
	int alive = reading->mm ? cws_walk_lock(reading->mm) : 0;

	if (alive <= 0)
		return alive;
	vma = vma_lookup(reading->mm, address);
	if (vma) {
		reading->known = true;
		reading->place.offset = address - vma->vm_start;
		if (vma->vm_file)
			reading->place.offset += (u64)vma->vm_pgoff << PAGE_SHIFT;
		reading->place.file = cws_mapping_file(vma);
		reading->name = cws_mapping_name(vma, reading->room, sizeof(reading->room));
	}
	cws_walk_unlock(reading->mm);
	return 1;
}

/* Where the address of the row lies, or lay. */
static int look(struct reading *reading)
{
	u64 address = reading->copy.site[reading->row[reading->at].first].address;
	int alive;

	reading->known = false;
	reading->name = NULL;
	if (!address)
		return 0;
	alive = look_now(reading, address);
	if (alive || cws_record_end(reading->rec) == CWS_END_NONE)
		return min(alive, 0);
	reading->known = cws_sites_past(reading->rec, address, &reading->place);
	if (reading->known && *reading->place.name)
		reading->name = reading->place.name;
	return 0;
}

/* The header, the rows, other and before: one part each. */
static int sites_step(void *state)
{
	struct reading *reading = state;
	int err;

	if (!reading->begun) {
		reading->begun = true;
		reading->at = UINT_MAX;
		return 1;
	}
	if (!reading->any || reading->at == reading->nr + 1)
		return 0;
	reading->at++;
	err = reading->at < reading->nr ? look(reading) : 0;
	return err ?: 1;
}

/* As /proc/PID/maps writes them. */
static void put_file(struct seq_file *m, const struct cws_file_id *file)
{
	seq_printf(m, " %02x:%02x %llu %lld", MAJOR(file->dev), MINOR(file->dev), file->inode,
		   file->mtime_ns);
}

static void put_row(struct seq_file *m, const struct reading *reading)
{
	const struct row *row = &reading->row[reading->at];
	const struct cws_site *site = &reading->copy.site[row->first];
	struct cws_sums sums = {};
	int i;

	for (i = 0; i < row->nr; i++)
		sums.cause[site[i].cause] += site[i].count;
	seq_puts(m, site_word[site->by]);
	if (site->address)
		seq_printf(m, " 0x%llx", site->address);
	else
		seq_puts(m, " -");
	if (site->syscall >= 0)
		seq_printf(m, site->compat ? " 32:%d " : " %d ", site->syscall);
	else
		seq_puts(m, " - ");
	cws_view_put_name(m, reading->name ?: "");
	if (reading->known)
		seq_printf(m, " 0x%llx", reading->place.offset);
	else
		seq_puts(m, " -");
	cws_view_put_counts(m, &sums);
	if (reading->known && reading->place.file.inode)
		put_file(m, &reading->place.file);
	else
		seq_puts(m, " - - -");
	seq_putc(m, '\n');
}

static void put_rest(struct seq_file *m, enum cws_site_by by, const struct cws_sums *sums)
{
	seq_printf(m, "%s - - - -", site_word[by]);
	cws_view_put_counts(m, sums);
	seq_puts(m, " - - -\n");
}

static void sites_print(struct seq_file *m, void *state)
{
	const struct reading *reading = state;

	if (reading->at == UINT_MAX)
		seq_puts(m, COWSCOPE_HEADER_SITES "\n");
	else if (reading->at < reading->nr)
		put_row(m, reading);
	else if (reading->at == reading->nr)
		put_rest(m, CWS_SITE_OTHER, &reading->copy.other);
	else
		put_rest(m, CWS_SITE_BEFORE, &reading->copy.before);
}

static void sites_end(void *state)
{
	struct reading *reading = state;

	if (reading->mm)
		mmdrop(reading->mm);
	kvfree(reading);
}

const struct cws_process_view cws_process_view_sites = {
	.begin = sites_begin,
	.step = sites_step,
	.print = sites_print,
	.end = sites_end,
};
