// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages: the whole address space as runs of equal state. A step reads one
 * page-table page and holds back its last run, which the next step may lengthen.
 */
#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "roster.h"
#include "view.h"
#include "view_mapping.h"
#include "view_reader.h"
#include "walk.h"

#define STATE_NAME(id, name, help)	[CWS_STATE_##id] = #name,

struct run {
	unsigned long start, end;
	u8 state;
	u8 region;
};

/* Every page of a table may be a run, after one that was held back. */
#define PAGES_RUNS	(PTRS_PER_PTE + 1)
/* Rows of one part: seq_file throws away and asks again for what did not fit. */
#define PAGES_ROWS	64

/**
 * struct pages - one reading of the view
 * @mm: whose; its struct is referenced. NULL it has ended
 * @next: address to go on at
 * @first: this part is the first
 * @ended: no part comes after this one
 * @mapping: where it reads
 * @heading: the mapping begins in this part,
 * @before: after so many runs
 * @from: the first run of this part
 * @to: behind its last run
 * @nr: runs
 * @held: 1 when the last of them is not yet to be printed, else 0
 * @run: the runs
 * @state: room for the pages of one table
 */
struct pages {
	struct mm_struct *mm;
	unsigned long next;
	bool first;
	bool ended;
	struct cws_mapping mapping;
	bool heading;
	unsigned int before;
	unsigned int from;
	unsigned int to;
	unsigned int nr;
	unsigned int held;
	struct run run[PAGES_RUNS];
	u8 state[PTRS_PER_PTE];
};

static void add_run(struct pages *pages, u8 region, unsigned long start, unsigned long end,
		    u8 state)
{
	struct run *last = pages->nr > pages->before ? &pages->run[pages->nr - 1] : NULL;

	if (last && last->end == start && last->state == state && last->region == region) {
		last->end = end;
		return;
	}
	pages->run[pages->nr++] = (struct run){ start, end, state, region };
}

/* Runs are of one page or long. */
static unsigned int run_end(const u8 *state, unsigned int from, unsigned int nr)
{
	const u8 *end;

	if (from + 1 == nr || state[from + 1] != state[from])
		return from + 1;
	end = memchr_inv(state + from, state[from], nr - from);
	return end ? end - state : nr;
}

static void add_states(struct pages *pages, const struct cws_part *part)
{
	unsigned int nr = (part->end - part->addr) >> PAGE_SHIFT;
	unsigned int from, to;

	for (from = 0; from < nr; from = to) {
		to = run_end(pages->state, from, nr);
		add_run(pages, part->region, part->addr + from * PAGE_SIZE,
			part->addr + to * PAGE_SIZE, pages->state[from]);
	}
}

static void look_at_each(const struct cws_part *part, const pte_t *pte, u8 *state,
			 unsigned int nr)
{
	for (; nr; nr--)
		*state++ = cws_pte_state(part, READ_ONCE(*pte++));
}

/* Eight of a kind are one look. */
static __always_inline void look_at_eight(const struct cws_part *part, const pte_t *pte,
					  u8 *state)
{
	struct cws_eight eight = cws_eight_read(pte);
	u8 left;

	if (cws_eight_own(&eight)) {
		memset(state, CWS_STATE_OWN, CWS_EIGHT);
		return;
	}
	left = cws_eight_left(&eight, pte, NULL);
	if (left)
		memset(state, left | (part->writable ? CWS_PAGE_RO : 0), CWS_EIGHT);
	else
		look_at_each(part, pte, state, CWS_EIGHT);
}

static void pages_table(const struct cws_part *part, const pte_t *pte, void *data)
{
	unsigned int i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	struct pages *pages = data;

	for (i = 0; part->cow && i + CWS_EIGHT <= nr; i += CWS_EIGHT)
		look_at_eight(part, pte + i, pages->state + i);
	look_at_each(part, pte + i, pages->state + i, nr - i);
	add_states(pages, part);
}

static void pages_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	unsigned int i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	struct pages *pages = data;

	if (!huge->each) {
		add_run(pages, part->region, part->addr, part->end, huge->state);
		return;
	}
	for (i = 0; i < nr; i++)
		pages->state[i] = cws_huge_state(huge, i);
	add_states(pages, part);
}

static void pages_hole(const struct cws_part *part, void *data)
{
	add_run(data, part->region, part->addr, part->end, CWS_STATE_NONE);
}

/* A heading unless the part before was of this mapping, as it is now. */
static void pages_mapping(struct vm_area_struct *vma, unsigned long addr, void *data)
{
	struct pages *pages = data;

	if (cws_mapping_goes_on(&pages->mapping, vma, addr))
		return;
	cws_mapping_look(&pages->mapping, vma, addr);
	pages->heading = true;
	pages->before = pages->nr;
}

static const struct cws_walk_ops pages_ops = {
	.mapping = pages_mapping,
	.table = pages_table,
	.huge = pages_huge,
	.hole = pages_hole,
};

static void *pages_begin(struct cws_record *rec, unsigned long arg)
{
	struct pages *pages = kvzalloc(sizeof(*pages), GFP_KERNEL);

	if (!pages)
		return ERR_PTR(-ENOMEM);
	pages->mm = cws_roster_mm(rec);
	return pages;
}

/* On to the next rows of what was read. */
static bool next_slice(struct pages *pages)
{
	unsigned int shown = pages->nr - pages->held;

	pages->from = pages->to;
	pages->to = min(shown, pages->from + PAGES_ROWS);
	pages->heading &= !pages->from;
	return pages->to > pages->from;
}

static int pages_step(void *state)
{
	struct pages *pages = state;
	int more = 0;

	pages->first = false;
	if (next_slice(pages))
		return 1;
	if (pages->ended)
		return 0;
	pages->first = !pages->next;
	/* Only what was held back is still to be printed. */
	if (pages->held)
		pages->run[0] = pages->run[pages->nr - 1];
	pages->nr = pages->held;
	pages->to = 0;
	pages->before = 0;
	pages->heading = false;
	if (pages->mm)
		more = cws_walk_step(pages->mm, &pages->next, &pages_ops, pages);
	if (more < 0)
		return more;
	pages->ended = !more;
	pages->held = more && pages->nr > pages->before && pages->next < pages->mapping.end;
	return next_slice(pages) || more || pages->first;
}

static const char *const state_name[CWS_NR_STATES] = { COWSCOPE_STATES(STATE_NAME) };

/**
 * cws_view_put_state() - a state with its suffixes
 * @m: output
 * @state: as cws_pte_state() gives it
 */
void cws_view_put_state(struct seq_file *m, u8 state)
{
	seq_puts(m, state_name[state & CWS_PAGE_STATE]);
	if (state & CWS_PAGE_HUGE)
		seq_puts(m, COWSCOPE_STATE_HUGE);
	if (state & CWS_PAGE_RO)
		seq_puts(m, COWSCOPE_STATE_RO);
}

static void put_heading(struct seq_file *m, const struct cws_mapping *mapping)
{
	seq_printf(m, "0x%lx 0x%lx %lu " COWSCOPE_STATE_MAPPING " %s ",
		   mapping->start, mapping->end,
		   (mapping->end - mapping->start) >> PAGE_SHIFT,
		   cws_region_name[mapping->region]);
	cws_mapping_put_perms(m, mapping);
	seq_putc(m, ' ');
	cws_view_put_name(m, mapping->name ?: "");
	seq_putc(m, '\n');
}

/* 0x and as many digits as there are, and a blank. */
static char *hex(char *to, unsigned long number)
{
	int shift = __fls(number | 1) & ~3;

	*to++ = '0';
	*to++ = 'x';
	if (!(shift & 4)) {
		*to++ = hex_asc_lo(number >> shift);
		shift -= 4;
	}
	for (shift -= 4; shift >= 0; shift -= BITS_PER_BYTE)
		to = hex_byte_pack(to, number >> shift);
	*to++ = ' ';
	return to;
}

static char *decimal(char *to, unsigned long number)
{
	char digit[20];
	unsigned int nr = 0;

	do {
		digit[nr++] = '0' + number % 10;
		number /= 10;
	} while (number);
	while (nr)
		*to++ = digit[--nr];
	*to++ = ' ';
	return to;
}

static char *text(char *to, const char *from)
{
	while (*from)
		*to++ = *from++;
	return to;
}

/* The row that may come once per page, so without seq_printf(). */
static void put_run(struct seq_file *m, const struct run *run)
{
	char line[2 * sizeof("0x0123456789abcdef ") + 20 + 3 * 16 + 16];
	char *to = hex(hex(line, run->start), run->end);

	to = decimal(to, (run->end - run->start) >> PAGE_SHIFT);
	to = text(to, state_name[run->state & CWS_PAGE_STATE]);
	if (run->state & CWS_PAGE_HUGE)
		to = text(to, COWSCOPE_STATE_HUGE);
	if (run->state & CWS_PAGE_RO)
		to = text(to, COWSCOPE_STATE_RO);
	*to++ = ' ';
	to = text(to, cws_region_name[run->region]);
	to = text(to, " - -\n");
	seq_write(m, line, to - line);
}

static void pages_print(struct seq_file *m, void *state)
{
	const struct pages *pages = state;
	unsigned int i;

	if (pages->first)
		seq_puts(m, pages->mm ? COWSCOPE_HEADER_PAGES "\n" : COWSCOPE_GONE "\n");
	for (i = pages->from; i < pages->to && i < pages->before; i++)
		put_run(m, &pages->run[i]);
	if (pages->heading)
		put_heading(m, &pages->mapping);
	for (; i < pages->to; i++)
		put_run(m, &pages->run[i]);
}

static void pages_end(void *state)
{
	struct pages *pages = state;

	if (pages->mm)
		mmdrop(pages->mm);
	kvfree(pages);
}

const struct cws_process_view cws_process_view_pages = {
	.begin = pages_begin,
	.step = pages_step,
	.print = pages_print,
	.end = pages_end,
};
