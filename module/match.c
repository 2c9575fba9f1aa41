// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chunk looked for in another member: at the same addresses, where a fork leaves
 * it, and elsewhere, where mremap may have taken it. The entries of the two are read
 * under their own table's lock, one after the other: a page that changes meanwhile
 * counts as it was at either moment.
 */
#include <linux/rmap.h>

#include "match.h"

/**
 * struct matching - the search in one mapping of a member
 * @chunk: what is looked for
 * @member: where
 * @match: what was found
 * @shift: pages by which the mapping's addresses are ahead of the chunk's
 * @first: the member is compared with the first one: add to what they share
 */
struct matching {
	struct cws_chunk *chunk;
	struct cws_member *member;
	struct cws_match *match;
	unsigned long shift;
	bool first;
};

static bool same_source(const struct vm_area_struct *vma, const struct cws_source *source)
{
	if (source->mapping && vma->vm_file && vma->vm_file->f_mapping == source->mapping)
		return true;
	return source->root && vma->anon_vma && vma->anon_vma->root == source->root;
}

static unsigned long shift_of(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT);
}

/* Pages at the same address will not be looked at again when this member leads. */
static void book_here(const struct matching *matching, const struct cws_part *part,
		      unsigned int at, unsigned long pages)
{
	struct cws_share *share = &matching->member->share[part->region];
	const struct cws_chunk *chunk = matching->chunk;

	matching->match->done[at] |= pages;
	share->present += hweight_long(pages & ~chunk->swap[at]);
	if (!part->writable || (part->vma->vm_flags & VM_MAYSHARE))
		return;
	if (!chunk->hugetlb)
		share->armed_anon += hweight_long(pages & chunk->anon[at]);
	share->armed_file += hweight_long(pages & chunk->cache[at]);
}

static void book_found(const struct matching *matching, const struct cws_part *part,
		       unsigned int at, unsigned long pages)
{
	struct cws_share *share = &matching->member->share[part->region];
	struct cws_match *match = matching->match;
	struct cws_chunk *chunk = matching->chunk;

	/* A file's page may be mapped twice. */
	pages &= ~match->page[at];
	if (!pages)
		return;
	match->page[at] |= pages;
	if (matching->shift)
		match->away[at] |= pages;
	else
		book_here(matching, part, at, pages);
	if (part->writable)
		cws_tally_add(&chunk->writers, at, pages);
	if (!matching->first)
		return;
	share->shared += hweight_long(pages & chunk->anon[at]);
	if (matching->shift)
		share->elsewhere += hweight_long(pages & chunk->anon[at]);
	share->cache += hweight_long(pages & chunk->cache[at]);
	share->swap += hweight_long(pages & chunk->swap[at]);
}

/* Of a page that both have in swap, one may have got it back. */
static bool same_page(const struct cws_chunk *chunk, unsigned int i, pte_t pte)
{
	u64 token = chunk->token[i];

	if (likely(pte_present(pte))) {
		if (cws_token_present(pte) == token)
			return true;
		return (token & 1) && !pte_special(pte) && pfn_valid(pte_pfn(pte)) &&
		       cws_token_cached(pte_page(pte), &token) && token == chunk->token[i];
	}
	return !pte_none(pte) && cws_token_absent(cws_compat_leaf_from_pte(pte)) == token;
}

/* Of @want, a full word most often, what a table holds too. */
static unsigned long compare_word(const struct cws_chunk *chunk, const pte_t *ptes,
				  unsigned int at, unsigned long want)
{
	unsigned int i = at * BITS_PER_LONG, bit;
	const u64 *token = &chunk->token[i];
	unsigned long found = 0;

	ptes += i;
	if (want == ~0UL && !chunk->swap[at]) {
		u64 differ = 0, all = ~0ULL;

		for (bit = 0; bit < BITS_PER_LONG; bit++) {
			pte_t pte = READ_ONCE(ptes[bit]);

			differ |= pte.pte ^ token[bit];
			all &= pte.pte;
		}
		if (!(differ & PTE_PFN_MASK) && (all & _PAGE_PRESENT))
			return want;
	}
	for_each_set_bit(bit, &want, BITS_PER_LONG)
		if (same_page(chunk, i + bit, READ_ONCE(ptes[bit])))
			found |= BIT_MASK(bit);
	return found;
}

/* Page of the chunk that a part begins with. */
static unsigned int first_page(const struct matching *matching, const struct cws_part *part)
{
	return (part->addr >> PAGE_SHIFT) - matching->shift -
	       (matching->chunk->window >> PAGE_SHIFT);
}

/* Of word @at, the pages from @first up to @end. */
static unsigned long word_part(unsigned int at, unsigned int first, unsigned int end)
{
	unsigned long pages = ~0UL;

	if (first > at * BITS_PER_LONG)
		pages &= BITMAP_FIRST_WORD_MASK(first);
	if (end < (at + 1) * BITS_PER_LONG)
		pages &= BITMAP_LAST_WORD_MASK(end);
	return pages;
}

static void match_table(const struct cws_part *part, const pte_t *ptes, void *data)
{
	struct matching *matching = data;
	const struct cws_chunk *chunk = matching->chunk;
	unsigned int first = first_page(matching, part), at;
	unsigned int end = first + ((part->end - part->addr) >> PAGE_SHIFT);

	for (at = first / BITS_PER_LONG; at * BITS_PER_LONG < end; at++) {
		unsigned long want = chunk->todo[at] & word_part(at, first, end);

		if (want)
			book_found(matching, part, at,
				   compare_word(chunk, ptes - first, at, want));
	}
}

static void match_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	struct matching *matching = data;
	const struct cws_chunk *chunk = matching->chunk;
	unsigned int first = first_page(matching, part), i = first;
	unsigned int end = first + ((part->end - part->addr) >> PAGE_SHIFT);

	if (!huge->page)
		return;
	for_each_set_bit_from(i, chunk->todo, end)
		if (cws_token_page(huge->page + (i - first)) == chunk->token[i])
			book_found(matching, part, i / BITS_PER_LONG, BIT_MASK(i));
}

static void match_hole(const struct cws_part *part, void *data)
{
}

static const struct cws_walk_ops match_ops = {
	.table = match_table,
	.huge = match_huge,
	.hole = match_hole,
};

/* Look in what of a mapping may hold the chunk; bytes looked at. */
static unsigned long match_mapping(struct matching *matching, struct vm_area_struct *vma)
{
	const struct cws_chunk *chunk = matching->chunk;
	unsigned long ahead = matching->shift * PAGE_SIZE;
	unsigned long addr = max(chunk->addr + ahead, vma->vm_start), next;
	unsigned long end = min(chunk->end + ahead, vma->vm_end);

	if (addr >= end)
		return 0;
	for (next = addr; next < end;)
		next = cws_walk_part(vma, next, end, &match_ops, matching);
	return end - addr;
}

/**
 * cws_match_here() - look for a chunk in another member, at the same addresses
 * @chunk: as cws_chunk_read() left it
 * @member: where to look
 * @match: what it has too
 * @first: the leader is the first member
 *
 * Context: may sleep; one mmap lock at a time.
 * Return: 1, 0 the member has ended, -EINTR killed.
 */
int cws_match_here(struct cws_chunk *chunk, struct cws_member *member,
		   struct cws_match *match, bool first)
{
	struct matching matching = { chunk, member, match, 0, first };
	struct vm_area_struct *vma;
	unsigned long looked = 0;
	int ret = cws_walk_lock(member->mm);

	bitmap_zero(match->page, CWS_CHUNK_PAGES);
	bitmap_zero(match->away, CWS_CHUNK_PAGES);
	if (match->window != chunk->window) {
		bitmap_zero(match->done, CWS_CHUNK_PAGES);
		match->window = chunk->window;
	}
	/* Of a member that has ended nothing is elsewhere. */
	match->covered = true;
	if (ret <= 0)
		return ret;
	cws_walk_for_each(vma, member->mm, chunk->addr, chunk->end)
		if (same_source(vma, &chunk->source) && shift_of(vma) == chunk->source.shift)
			looked += match_mapping(&matching, vma);
	match->covered = looked == chunk->end - chunk->addr;
	cws_walk_unlock(member->mm);
	return 1;
}

/**
 * cws_match_covers() - whether a member maps all of a chunk at the same addresses
 * @chunk: as cws_chunk_read() left it
 * @member: where to look
 * @match: @covered is set, and nothing found yet
 *
 * Context: may sleep; one mmap lock at a time.
 * Return: 1, 0 the member has ended, -EINTR killed.
 */
int cws_match_covers(const struct cws_chunk *chunk, struct cws_member *member,
		     struct cws_match *match)
{
	struct vm_area_struct *vma;
	unsigned long mapped = 0;
	int ret = cws_walk_lock(member->mm);

	bitmap_zero(match->page, CWS_CHUNK_PAGES);
	bitmap_zero(match->away, CWS_CHUNK_PAGES);
	match->covered = true;
	if (ret <= 0)
		return ret;
	cws_walk_for_each(vma, member->mm, chunk->addr, chunk->end)
		if (same_source(vma, &chunk->source) && shift_of(vma) == chunk->source.shift)
			mapped += min(chunk->end, vma->vm_end) -
				  max(chunk->addr, vma->vm_start);
	match->covered = mapped == chunk->end - chunk->addr;
	cws_walk_unlock(member->mm);
	return 1;
}

/**
 * cws_match_away() - look for a chunk in another member, at other addresses
 * @chunk: as cws_chunk_read() left it
 * @member: where to look
 * @match: what it has too; added to
 * @first: the leader is the first member
 *
 * A page keeps the source and the offset of its mapping for as long as it is mapped.
 *
 * Context: may sleep; one mmap lock at a time.
 * Return: 1, 0 the member has ended, -EINTR killed.
 */
int cws_match_away(struct cws_chunk *chunk, struct cws_member *member,
		   struct cws_match *match, bool first)
{
	const struct cws_source *source = &chunk->source;
	struct matching matching = { chunk, member, match, 0, first };
	struct vm_area_struct *vma;
	int ret = cws_walk_lock(member->mm);

	if (ret <= 0)
		return ret;
	cws_walk_for_each(vma, member->mm, 0, ULONG_MAX) {
		if (shift_of(vma) == source->shift || !same_source(vma, source))
			continue;
		matching.shift = source->shift - shift_of(vma);
		match->shift = matching.shift;
		match_mapping(&matching, vma);
	}
	cws_walk_unlock(member->mm);
	return 1;
}
