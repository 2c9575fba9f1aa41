// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: which pages of its arguments and environment a process still shares with
 * the one that made it. Both have them at the same addresses, so page by page the
 * two entries are compared: first its own, then, under the other lock, the other's.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "page_token.h"
#include "view_birth.h"
#include "walk.h"

/* What execve takes at most is 1,536; a range moved by prctl is not looked into. */
#define BIRTH_PAGES_MAX	2048
/* A piece that both are asked about at a time. */
#define BIRTH_PIECE	256

/**
 * struct piece - some pages of one address space
 * @start: address of the first
 * @token: what the entry is of; 0 nothing of its own
 */
struct piece {
	unsigned long start;
	u64 token[BIRTH_PIECE];
};

static bool holds_something(u8 state)
{
	state &= CWS_PAGE_STATE;
	return state != CWS_STATE_NONE && state != CWS_STATE_ZERO;
}

static u64 *token_at(struct piece *piece, const struct cws_part *part)
{
	return &piece->token[(part->addr - piece->start) >> PAGE_SHIFT];
}

static void piece_table(const struct cws_part *part, const pte_t *ptes, void *data)
{
	unsigned int i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	u64 *token = token_at(data, part);

	for (i = 0; i < nr; i++) {
		pte_t pte = READ_ONCE(ptes[i]);

		if (!holds_something(cws_pte_state(part, pte)))
			continue;
		token[i] = pte_present(pte) ? cws_token_present(pte) :
					      cws_token_absent(cws_compat_leaf_from_pte(pte));
	}
}

static void piece_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	unsigned int i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	u64 *token = token_at(data, part);

	if (huge->page && holds_something(huge->state))
		for (i = 0; i < nr; i++)
			token[i] = cws_token_page(huge->page + i);
}

static void piece_hole(const struct cws_part *part, void *data)
{
}

static const struct cws_walk_ops piece_ops = {
	.table = piece_table,
	.huge = piece_huge,
	.hole = piece_hole,
};

/* 1, 0 the address space has ended, or -EINTR. */
static int read_piece(struct mm_struct *mm, struct piece *piece, unsigned long start,
		      unsigned long end)
{
	struct vm_area_struct *vma;
	unsigned long addr, last;
	int ret = cws_walk_lock(mm);

	if (ret <= 0)
		return ret;
	piece->start = start;
	memset(piece->token, 0, sizeof(piece->token));
	cws_walk_for_each(vma, mm, start, end) {
		last = min(end, vma->vm_end);
		for (addr = max(start, vma->vm_start); addr < last;)
			addr = cws_walk_part(vma, addr, last, &piece_ops, piece);
	}
	cws_walk_unlock(mm);
	return 1;
}

static void add_page(struct cws_birth_pages *pages, u8 is)
{
	pages->nr[is]++;
	if (pages->rest)
		pages->rest++;
	else if (pages->nr_runs && pages->run[pages->nr_runs - 1].is == is)
		pages->run[pages->nr_runs - 1].nr++;
	else if (pages->nr_runs < CWS_BIRTH_RUNS)
		pages->run[pages->nr_runs++] = (struct cws_birth_run){ .nr = 1, .is = is };
	else
		pages->rest++;
}

static void compare_piece(struct cws_birth_pages *pages, const struct piece *own,
			  const struct piece *other, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!own->token[i])
			add_page(pages, CWS_BIRTH_NO_PAGE);
		else if (own->token[i] == other->token[i])
			add_page(pages, CWS_BIRTH_SHARED);
		else
			add_page(pages, CWS_BIRTH_OWN);
}

/* One look at a time: two mmap locks are never held together. */
static int compare_range(struct cws_birth_pages *pages, struct mm_struct *mm,
			 struct mm_struct *with, struct piece *piece,
			 const struct cws_range *range)
{
	unsigned long end = PAGE_ALIGN(range->end), addr, next;
	int ret;

	for (addr = range->start & PAGE_MASK; addr < end; addr = next) {
		next = min(addr + BIRTH_PIECE * PAGE_SIZE, end);
		ret = read_piece(mm, &piece[0], addr, next);
		if (ret > 0)
			ret = read_piece(with, &piece[1], addr, next);
		if (ret <= 0)
			return ret;
		compare_piece(pages, &piece[0], &piece[1], (next - addr) >> PAGE_SHIFT);
	}
	return 1;
}

/**
 * cws_birth_look_at_pages() - compare a range page by page
 * @pages: filled in; @known stays false when one of the two has ended, or the
 *	range is longer than execve makes it
 * @mm: whose range; its struct is referenced
 * @with: of the other, likewise
 * @range: the addresses
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM or -EINTR.
 */
int cws_birth_look_at_pages(struct cws_birth_pages *pages, struct mm_struct *mm,
			    struct mm_struct *with, const struct cws_range *range)
{
	struct piece *piece;
	int ret;

	memset(pages, 0, sizeof(*pages));
	if (range->start >= range->end ||
	    PAGE_ALIGN(range->end) - (range->start & PAGE_MASK) > BIRTH_PAGES_MAX * PAGE_SIZE)
		return 0;
	piece = kmalloc_array(2, sizeof(*piece), GFP_KERNEL);
	if (!piece)
		return -ENOMEM;
	ret = compare_range(pages, mm, with, piece, range);
	pages->known = ret > 0;
	kfree(piece);
	return min(ret, 0);
}
