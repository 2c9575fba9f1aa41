// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every member leads once: its pages are read a chunk at a time and looked for in
 * the members after it. A page that a member before it has too was dealt with when
 * that one led. So each page is counted once, by the first that has it.
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
 * @pairs: what each two members share is wanted too
 *
 * Context: may sleep.
 * Return: the comparison, for cws_compare_end(). -ENOMEM, -EOVERFLOW pairs of more
 * than CWS_PAIRS_MAX members.
 */
struct cws_compare *cws_compare_begin(struct cws_family *family, bool pairs)
{
	struct cws_compare *compare;
	size_t nr;

	if (IS_ERR(family))
		return ERR_CAST(family);
	nr = family->nr;
	compare = kvzalloc(sizeof(*compare), GFP_KERNEL);
	if (!compare) {
		cws_family_put(family);
		return ERR_PTR(-ENOMEM);
	}
	compare->family = family;
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
	unsigned int i;

	if (!chunk->hugetlb)
		return;
	for_each_set_bit(i, chunk->anon, chunk->nr)
		if (chunk->writers[i])
			compare->self_hugetlb_bytes += PAGE_SIZE;
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
	unsigned int i;
	u64 cost = 0;

	for_each_set_bit(i, chunk->anon, chunk->nr) {
		cost += chunk->writers[i];
		if (chunk->writers[i] && chunk->writers[i] == chunk->mappers[i] &&
		    !test_bit(i, chunk->piece))
			cost--;
	}
	if (chunk->hugetlb)
		compare->worst_hugetlb_bytes += cost * PAGE_SIZE;
	else
		compare->worst += cost;
}

/* Members before the leader: what they have was counted when they led. */
static int leave_out_earlier(struct cws_compare *compare)
{
	struct cws_chunk *chunk = &compare->chunk;
	struct cws_match *match;
	unsigned int i;
	int ret;

	for (i = 0; i < compare->leader; i++) {
		match = &compare->match[i];
		ret = cws_chunk_match(chunk, &compare->family->member[i], match, false);
		if (ret < 0)
			return ret;
		bitmap_andnot(chunk->anon, chunk->anon, match->page, CWS_CHUNK_PAGES);
		bitmap_andnot(chunk->cache, chunk->cache, match->page, CWS_CHUNK_PAGES);
		bitmap_andnot(chunk->swap, chunk->swap, match->page, CWS_CHUNK_PAGES);
		if (!bitmap_andnot(chunk->todo, chunk->todo, match->page, CWS_CHUNK_PAGES))
			return 0;
		cond_resched();
	}
	return 1;
}

static int look_in_later(struct cws_compare *compare)
{
	struct cws_family *family = compare->family;
	struct cws_chunk *chunk = &compare->chunk;
	struct cws_match *match = &compare->match[compare->leader];
	unsigned int i;
	int ret;

	bitmap_copy(match->page, chunk->todo, CWS_CHUNK_PAGES);
	bitmap_zero(match->away, CWS_CHUNK_PAGES);
	match->shift = 0;
	for (i = compare->leader + 1; i < family->nr; i++) {
		ret = cws_chunk_match(chunk, &family->member[i], &compare->match[i],
				      !compare->leader);
		if (ret < 0)
			return ret;
		cond_resched();
	}
	return 0;
}

static int compare_chunk(struct cws_compare *compare)
{
	int ret;

	if (!compare->leader)
		count_self_hugetlb(compare);
	ret = leave_out_earlier(compare);
	if (ret <= 0)
		return ret;
	ret = look_in_later(compare);
	if (ret)
		return ret;
	if (!compare->leader)
		count_self(compare);
	count_pairs(compare);
	count_worst(compare);
	return 0;
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
	struct cws_family *family = compare->family;
	bool files = !compare->leader || compare->pair;
	struct cws_member *member;
	int ret;

	if (compare->leader == family->nr)
		return 0;
	member = &family->member[compare->leader];
	ret = cws_chunk_read(&compare->chunk, member, compare->next, files);
	if (ret < 0)
		return ret;
	if (!ret) {
		member->skipped = !atomic_read(&member->mm->mm_users);
		compare->leader++;
		compare->next = 0;
		return 1;
	}
	compare->next = compare->chunk.next;
	if (!bitmap_empty(compare->chunk.todo, CWS_CHUNK_PAGES))
		ret = compare_chunk(compare);
	return ret < 0 ? ret : 1;
}
