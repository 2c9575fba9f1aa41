// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address space is gone through window by window, a window being what one
 * page-table page maps. In each every member leads once: its pages are read and looked
 * for in the members after it. What they have at the same address is done with when
 * it is their turn; what a member before has at another address was or will be dealt
 * with when that one leads. So each page is counted once, by the first that has it.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "compare.h"

/**
 * cws_compare_end() - give everything back
 * @compare: begun, be it not to the end
 */
void cws_compare_end(struct cws_compare *compare)
{
	cws_family_put(compare->family);
	kvfree(compare->pair);
	kvfree(compare->match);
	kvfree(compare);
}

/**
 * cws_compare_begin() - get ready
 * @family: it is taken over, also when this fails; or an error, which is handed on
 * @what: is wanted
 *
 * Context: may sleep.
 * Return: the comparison, for cws_compare_end(). -ENOMEM, -EOVERFLOW pairs of more
 * than CWS_PAIRS_MAX members.
 */
struct cws_compare *cws_compare_begin(struct cws_family *family, enum cws_compare_what what)
{
	bool pairs = what == CWS_COMPARE_PAIRS;
	struct cws_compare *compare;
	size_t nr, i;

	if (IS_ERR(family))
		return ERR_CAST(family);
	nr = family->nr;
	compare = kvzalloc(sizeof(*compare), GFP_KERNEL);
	if (!compare) {
		cws_family_put(family);
		return ERR_PTR(-ENOMEM);
	}
	compare->family = family;
	compare->leaders = what == CWS_COMPARE_FIRST ? min_t(size_t, nr, 1) : nr;
	compare->leader = compare->leaders;
	for (i = 0; i < nr; i++)
		compare->moved |= family->member[i].moved;
	if (pairs && nr > CWS_PAIRS_MAX) {
		cws_compare_end(compare);
		return ERR_PTR(-EOVERFLOW);
	}
	compare->match = kvcalloc(nr ?: 1, sizeof(*compare->match), GFP_KERNEL);
	if (pairs)
		compare->pair = kvcalloc(nr * (nr - 1) / 2 ?: 1, sizeof(*compare->pair),
					 GFP_KERNEL);
	if (!compare->match || (pairs && !compare->pair)) {
		cws_compare_end(compare);
		return ERR_PTR(-ENOMEM);
	}
	return compare;
}

/* The first member's own row: what anybody has too. */
static void count_self(struct cws_compare *compare)
{
	struct cws_family *family = compare->family;
	struct cws_chunk *chunk = &compare->chunk;
	struct cws_share *share = &family->member[0].share[chunk->region];
	DECLARE_BITMAP(any, CWS_CHUNK_PAGES) = {};
	DECLARE_BITMAP(away, CWS_CHUNK_PAGES) = {};
	unsigned int i, swap, anon;

	for (i = 1; i < family->nr; i++) {
		bitmap_or(any, any, compare->match[i].page, CWS_CHUNK_PAGES);
		bitmap_or(away, away, compare->match[i].away, CWS_CHUNK_PAGES);
	}
	swap = bitmap_weight_and(any, chunk->swap, CWS_CHUNK_PAGES);
	anon = bitmap_weight_and(any, chunk->anon, CWS_CHUNK_PAGES);
	share->shared += anon;
	if (chunk->hugetlb)
		compare->self_hugetlb_shared += anon;
	share->elsewhere += bitmap_weight_and(away, chunk->anon, CWS_CHUNK_PAGES);
	share->cache += bitmap_weight_and(any, chunk->cache, CWS_CHUNK_PAGES);
	share->swap += swap;
	compare->self_swap_in += swap;
}

static void count_self_hugetlb(struct cws_compare *compare)
{
	const struct cws_chunk *chunk = &compare->chunk;

	if (chunk->hugetlb && chunk->writable)
		compare->self_hugetlb_bytes += PAGE_SIZE * bitmap_weight(chunk->anon,
									 CWS_CHUNK_PAGES);
}

static void count_pair(struct cws_pair *pair, const struct cws_chunk *chunk,
		       const struct cws_match *a, const struct cws_match *b)
{
	DECLARE_BITMAP(both, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(apart, CWS_CHUNK_PAGES);

	if (!bitmap_and(both, a->page, b->page, CWS_CHUNK_PAGES))
		return;
	pair->shared += bitmap_weight_and(both, chunk->anon, CWS_CHUNK_PAGES);
	pair->cache += bitmap_weight_and(both, chunk->cache, CWS_CHUNK_PAGES);
	pair->swap += bitmap_weight_and(both, chunk->swap, CWS_CHUNK_PAGES);
	/* Both away to the same place are not apart. */
	if (a->shift == b->shift)
		bitmap_xor(apart, a->away, b->away, CWS_CHUNK_PAGES);
	else
		bitmap_or(apart, a->away, b->away, CWS_CHUNK_PAGES);
	bitmap_and(apart, apart, both, CWS_CHUNK_PAGES);
	pair->elsewhere += bitmap_weight_and(apart, chunk->anon, CWS_CHUNK_PAGES);
}

/* Pairs among those that have pages of this chunk, the leader among them. */
static void count_pairs(struct cws_compare *compare)
{
	unsigned int i, j;

	if (!compare->pair)
		return;
	for (i = compare->leader + 1; i < compare->family->nr; i++) {
		if (bitmap_empty(compare->match[i].page, CWS_CHUNK_PAGES))
			continue;
		for (j = compare->leader; j < i; j++)
			count_pair(cws_compare_pair(compare, i, j), &compare->chunk,
				   &compare->match[i], &compare->match[j]);
		cond_resched();
	}
}

/*
 * What a page costs if all write that may: a copy for each. If nobody else maps it,
 * the last one takes it over, but not a piece of a huge page. One writer after the other
 * would leave the last the whole; in turn, both mappings are split, and each
 * piece is held by the references of the others and copied.
 */
static void count_worst(struct cws_compare *compare)
{
	const struct cws_chunk *chunk = &compare->chunk;
	u64 cost = cws_tally_sum(&chunk->writers, chunk->anon);
	unsigned int at;

	for (at = 0; at < BITS_TO_LONGS(CWS_CHUNK_PAGES); at++)
		cost -= hweight_long(cws_tally_equal(&chunk->writers, at,
						     chunk->anon[at] & ~chunk->piece[at],
						     chunk->mappers));
	if (chunk->hugetlb)
		compare->worst_hugetlb_bytes += cost * PAGE_SIZE;
	else
		compare->worst += cost;
}

/* In the members after the leader, where a fork leaves it. */
static int look_here(struct cws_compare *compare)
{
	struct cws_family *family = compare->family;
	struct cws_chunk *chunk = &compare->chunk;
	struct cws_match *match = &compare->match[compare->leader];
	unsigned int i, at;
	int ret;

	bitmap_copy(match->page, chunk->todo, CWS_CHUNK_PAGES);
	bitmap_zero(match->away, CWS_CHUNK_PAGES);
	match->shift = 0;
	for (at = 0; chunk->writable && at < BITS_TO_LONGS(CWS_CHUNK_PAGES); at++)
		cws_tally_add(&chunk->writers, at, chunk->todo[at]);
	for (i = compare->leader + 1; i < family->nr; i++) {
		ret = cws_match_here(chunk, &family->member[i], &compare->match[i],
				     !compare->leader);
		if (ret < 0)
			return ret;
		cond_resched();
	}
	return 0;
}

/*
 * Pages whose mappers have all been found are nowhere else. How many have a page of
 * the page cache or a swap entry cannot be said.
 */
static bool any_left(struct cws_compare *compare)
{
	struct cws_chunk *chunk = &compare->chunk;
	unsigned int i, at;

	compare->holders.nr = 0;
	for (at = 0; at < BITS_TO_LONGS(CWS_CHUNK_PAGES); at++) {
		for (i = compare->leader; chunk->anon[at] && i < compare->family->nr; i++)
			cws_tally_add(&compare->holders, at, compare->match[i].page[at]);
		if (chunk->todo[at] & ~cws_tally_equal(&compare->holders, at, chunk->anon[at],
						       chunk->mappers))
			return true;
	}
	return false;
}

/*
 * Anonymous memory is elsewhere only if either has moved some; a page of a file's mapping,
 * only if the file is not mapped here, or twice.
 */
static int look_away_in(struct cws_compare *compare, unsigned int i)
{
	struct cws_member *member = &compare->family->member[i];
	struct cws_match *match = &compare->match[i];
	struct cws_chunk *chunk = &compare->chunk;
	bool moved = chunk->moved || member->moved;
	int ret;

	if (i < compare->leader) {
		bitmap_zero(match->page, CWS_CHUNK_PAGES);
		if (!moved && !chunk->source.mapping)
			return 0;
		ret = cws_match_covers(chunk, member, match);
		if (ret <= 0)
			return ret;
	}
	if (!moved && match->covered && !(chunk->source.mapping && member->twice))
		return 0;
	return cws_match_away(chunk, member, match, !compare->leader);
}

/* What a member before the leader has is counted when that one leads. */
static void leave_out(struct cws_chunk *chunk, const struct cws_match *match)
{
	bitmap_andnot(chunk->anon, chunk->anon, match->page, CWS_CHUNK_PAGES);
	bitmap_andnot(chunk->cache, chunk->cache, match->page, CWS_CHUNK_PAGES);
	bitmap_andnot(chunk->swap, chunk->swap, match->page, CWS_CHUNK_PAGES);
	bitmap_andnot(chunk->todo, chunk->todo, match->page, CWS_CHUNK_PAGES);
}

static int look_away(struct cws_compare *compare)
{
	struct cws_chunk *chunk = &compare->chunk;
	unsigned int i;
	int ret;

	if (!compare->moved && !chunk->source.mapping)
		return 0;
	if (!any_left(compare))
		return 0;
	for (i = 0; i < compare->family->nr; i++) {
		if (i == compare->leader)
			continue;
		ret = look_away_in(compare, i);
		if (ret < 0)
			return ret;
		if (i < compare->leader)
			leave_out(chunk, &compare->match[i]);
		cond_resched();
	}
	return 0;
}

static int compare_chunk(struct cws_compare *compare)
{
	int ret;

	if (!compare->leader)
		count_self_hugetlb(compare);
	ret = look_here(compare);
	if (ret)
		return ret;
	ret = look_away(compare);
	if (ret)
		return ret;
	if (!compare->leader)
		count_self(compare);
	count_pairs(compare);
	count_worst(compare);
	return 0;
}

/* On to the lowest window where a leader has not read all; false if there is none. */
static bool next_window(struct cws_compare *compare)
{
	unsigned long low = ULONG_MAX;
	unsigned int i;

	for (i = 0; i < compare->leaders; i++)
		low = min(low, compare->family->member[i].next);
	compare->chunk.window = low & PMD_MASK;
	compare->leader = 0;
	return low != ULONG_MAX;
}

/* The next member that has something to read in this window. */
static bool next_leader(struct cws_compare *compare)
{
	struct cws_member *member = compare->family->member;

	while (compare->leader < compare->leaders &&
	       member[compare->leader].next - compare->chunk.window >= PMD_SIZE)
		compare->leader++;
	return compare->leader < compare->leaders;
}

/**
 * cws_compare_step() - go on by a chunk
 * @compare: begun
 *
 * Page cache costs a copy for each writer whoever has it too, so only the first
 * member's pages are looked for, unless pairs are wanted.
 *
 * Context: may sleep; holds one mmap lock at a time.
 * Return: 1 there is more to do, 0 all was compared, or an error.
 */
int cws_compare_step(struct cws_compare *compare)
{
	struct cws_chunk *chunk = &compare->chunk;
	const struct cws_match *match;
	struct cws_member *member;
	int ret;

	if (!next_leader(compare) && (!next_window(compare) || !next_leader(compare)))
		return 0;
	member = &compare->family->member[compare->leader];
	match = &compare->match[compare->leader];
	ret = cws_chunk_read(chunk, member,
			     match->window == chunk->window ? match->done : NULL,
			     !compare->leader || compare->pair);
	if (ret < 0)
		return ret;
	if (!ret) {
		member->skipped = !atomic_read(&member->mm->mm_users);
		member->next = ULONG_MAX;
		return 1;
	}
	if (!bitmap_empty(chunk->todo, CWS_CHUNK_PAGES))
		ret = compare_chunk(compare);
	return ret < 0 ? ret : 1;
}
