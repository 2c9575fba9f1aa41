// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a chunk and looking for it elsewhere. Two entries are of the same page
 * when they hold the same page frame or the same swap entry. Both are read
 * under their own table's lock, one after the other: a page that changes
 * meanwhile counts as it was at either moment.
 */
#include <linux/rmap.h>

#include "chunk.h"

/* Page frames are even, swap entries odd; their type leaves the top bit free. */
static __always_inline u64 page_token(unsigned long pfn)
{
	return (u64)pfn << 1;
}

static u64 absent_token(swp_entry_t entry)
{
	if (!non_swap_entry(entry))
		return (u64)entry.val << 1 | 1;
	return is_migration_entry(entry) ? page_token(swp_offset_pfn(entry)) : 0;
}

/* 0 for what is no page. */
static __always_inline u64 pte_token(pte_t pte)
{
	if (likely(pte_present(pte)))
		return page_token(pte_pfn(pte));
	return pte_none(pte) ? 0 : absent_token(pte_to_swp_entry(pte));
}

static void source_of(const struct vm_area_struct *vma, struct cws_source *source)
{
	source->root = vma->anon_vma ? vma->anon_vma->root : NULL;
	source->mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;
	source->shift = vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT);
}

static bool same_source(const struct vm_area_struct *vma, const struct cws_source *source)
{
	if (source->mapping && vma->vm_file && vma->vm_file->f_mapping == source->mapping)
		return true;
	return source->root && vma->anon_vma && vma->anon_vma->root == source->root;
}

struct reading {
	struct cws_chunk *chunk;
	struct cws_member *member;
	bool files;
};

static void want(struct cws_chunk *chunk, unsigned int i, unsigned long *kind, u64 token)
{
	chunk->token[i] = token;
	__set_bit(i, chunk->todo);
	__set_bit(i, kind);
}

/* Migrating pages are taken down one by one: their mappers cannot be counted. */
static void want_anon(struct cws_chunk *chunk, unsigned int i, struct page *page,
		      bool writable)
{
	want(chunk, i, chunk->anon, page_token(page_to_pfn(page)));
	chunk->mappers[i] = cws_compat_page_mapcount(page);
	chunk->writers[i] = writable;
	if (PageCompound(page) && !chunk->hugetlb)
		__set_bit(i, chunk->piece);
}

static void read_shared(const struct cws_part *part, struct cws_chunk *chunk, unsigned int i,
			pte_t pte)
{
	if (pte_present(pte)) {
		want_anon(chunk, i, pte_page(pte), part->writable);
		return;
	}
	want(chunk, i, chunk->anon, pte_token(pte));
	chunk->mappers[i] = 0;
	chunk->writers[i] = part->writable;
}

static void count_armed(const struct cws_part *part, struct cws_share *share, u8 state,
			unsigned int nr)
{
	if (!part->writable || (part->vma->vm_flags & VM_MAYSHARE))
		return;
	switch (state) {
	case CWS_STATE_SHARED:
		if (!is_vm_hugetlb_page(part->vma))
			share->armed_anon += nr;
		break;
	case CWS_STATE_FILE:
		share->armed_file += nr;
		break;
	case CWS_STATE_ZERO:
		share->armed_zero += nr;
		break;
	case CWS_STATE_KSM:
		share->armed_ksm += nr;
		break;
	}
}

/* The other pieces hold the huge page: a write copies it though nobody else maps it. */
static void count_piece(const struct cws_part *part, struct cws_share *share, unsigned int nr)
{
	if (part->writable)
		share->pieces += nr;
}

static void read_table(const struct cws_part *part, const pte_t *ptes, void *data)
{
	struct reading *reading = data;
	struct cws_chunk *chunk = reading->chunk;
	struct cws_share *share = &reading->member->share[part->region];
	unsigned int i, nr = (part->end - part->addr) >> PAGE_SHIFT;
	unsigned int own = 0;

	chunk->nr = nr;
	chunk->region = part->region;
	for (i = 0; i < nr; i++) {
		pte_t pte = READ_ONCE(ptes[i]);
		u8 state = cws_pte_state(part, pte) & CWS_PAGE_STATE;

		switch (state) {
		case CWS_STATE_OWN:
			own++;
			continue;
		case CWS_STATE_LAST:
			own++;
			if (PageCompound(pte_page(pte)))
				count_piece(part, share, 1);
			continue;
		case CWS_STATE_SHARED:
			own++;
			read_shared(part, chunk, i, pte);
			break;
		case CWS_STATE_KSM:
			own++;
			break;
		case CWS_STATE_FILE:
			own++;
			if (reading->files)
				want(chunk, i, chunk->cache, pte_token(pte));
			break;
		case CWS_STATE_SWAP:
			if (!pte_swp_exclusive(pte))
				want(chunk, i, chunk->swap, pte_token(pte));
			continue;
		}
		count_armed(part, share, state, 1);
	}
	share->present += own;
}

static void read_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	struct reading *reading = data;
	struct cws_chunk *chunk = reading->chunk;
	struct cws_share *share = &reading->member->share[part->region];
	unsigned long nr = (part->end - part->addr) >> PAGE_SHIFT;
	unsigned int i, last = 0;

	chunk->hugetlb = is_vm_hugetlb_page(part->vma);
	chunk->region = part->region;
	if (nr > CWS_CHUNK_PAGES) {
		nr = CWS_CHUNK_PAGES;
		chunk->next = part->addr + nr * PAGE_SIZE;
	}
	chunk->nr = nr;
	for (i = 0; i < nr; i++) {
		u8 state = cws_huge_state(huge, i) & CWS_PAGE_STATE;

		if (state != CWS_STATE_SPECIAL && state != CWS_STATE_ZERO &&
		    state != CWS_STATE_SWAP)
			share->present++;
		count_armed(part, share, state, 1);
		last += state == CWS_STATE_LAST;
		if (!huge->page)
			continue;
		if (state == CWS_STATE_SHARED)
			want_anon(chunk, i, huge->page + i, part->writable);
		else if (state == CWS_STATE_FILE && reading->files)
			want(chunk, i, chunk->cache, page_token(page_to_pfn(huge->page + i)));
	}
	/* Whole it would be taken over; others have a part of it. */
	if (last < nr && !chunk->hugetlb)
		count_piece(part, share, last);
}

static void read_hole(const struct cws_part *part, void *data)
{
}

static void read_mapping(struct vm_area_struct *vma, unsigned long addr, void *data)
{
	struct reading *reading = data;

	source_of(vma, &reading->chunk->source);
	reading->chunk->addr = addr;
}

static const struct cws_walk_ops read_ops = {
	.mapping = read_mapping,
	.table = read_table,
	.huge = read_huge,
	.hole = read_hole,
};

/**
 * cws_chunk_read() - read the next pages of a member, and count what it holds
 * @chunk: filled in; only what @todo names is good
 * @member: whose
 * @next: address to go on at
 * @files: page cache may be shared too
 *
 * Return: 1, 0 there is nothing more or it has ended, -EINTR killed.
 */
int cws_chunk_read(struct cws_chunk *chunk, struct cws_member *member,
		   unsigned long next, bool files)
{
	struct reading reading = { chunk, member, files };
	unsigned long from = next;
	int ret;

	chunk->nr = 0;
	chunk->next = 0;
	chunk->hugetlb = false;
	bitmap_zero(chunk->todo, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->anon, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->cache, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->swap, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->piece, CWS_CHUNK_PAGES);
	ret = cws_walk_step(member->mm, &from, &read_ops, &reading);
	if (!chunk->next)
		chunk->next = from;
	return ret;
}

/**
 * struct matching - the search in one mapping of a member
 * @chunk: what is looked for
 * @member: where
 * @match: what was found
 * @shift: pages by which the mapping's addresses are ahead of the chunk's
 * @count: add to the member's shares: the first member leads
 */
struct matching {
	struct cws_chunk *chunk;
	struct cws_member *member;
	struct cws_match *match;
	unsigned long shift;
	bool count;
};

static unsigned int first_page(const struct matching *matching, const struct cws_part *part)
{
	return (part->addr >> PAGE_SHIFT) - matching->shift -
	       (matching->chunk->addr >> PAGE_SHIFT);
}

static void found(struct matching *matching, const struct cws_part *part, unsigned int i)
{
	struct cws_chunk *chunk = matching->chunk;
	struct cws_share *share = &matching->member->share[part->region];
	bool away = matching->shift;

	/* A file's page may be mapped twice. */
	if (__test_and_set_bit(i, matching->match->page))
		return;
	if (away)
		__set_bit(i, matching->match->away);
	if (part->writable)
		chunk->writers[i]++;
	if (!matching->count)
		return;
	if (test_bit(i, chunk->anon)) {
		share->shared++;
		share->elsewhere += away;
	} else if (test_bit(i, chunk->cache)) {
		share->cache++;
	} else {
		share->swap++;
	}
}

static void match_table(const struct cws_part *part, const pte_t *ptes, void *data)
{
	struct matching *matching = data;
	struct cws_chunk *chunk = matching->chunk;
	unsigned int first = first_page(matching, part);
	unsigned int end = first + ((part->end - part->addr) >> PAGE_SHIFT);
	unsigned int i = first;

	for_each_set_bit_from(i, chunk->todo, end)
		if (pte_token(READ_ONCE(ptes[i - first])) == chunk->token[i])
			found(matching, part, i);
}

static void match_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	struct matching *matching = data;
	struct cws_chunk *chunk = matching->chunk;
	unsigned int first = first_page(matching, part);
	unsigned int end = first + ((part->end - part->addr) >> PAGE_SHIFT);
	unsigned int i = first;

	if (!huge->page)
		return;
	for_each_set_bit_from(i, chunk->todo, end)
		if (page_token(page_to_pfn(huge->page + (i - first))) == chunk->token[i])
			found(matching, part, i);
}

static const struct cws_walk_ops match_ops = {
	.table = match_table,
	.huge = match_huge,
	.hole = read_hole,
};

/* Look in what of a mapping may hold the chunk; number of pages looked at. */
static unsigned int match_mapping(struct matching *matching, struct vm_area_struct *vma)
{
	const struct cws_chunk *chunk = matching->chunk;
	unsigned long addr, end, from = chunk->addr + matching->shift * PAGE_SIZE;

	addr = max(from, vma->vm_start);
	end = min(from + chunk->nr * PAGE_SIZE, vma->vm_end);
	if (addr >= end)
		return 0;
	for (from = addr; from < end;)
		from = cws_walk_part(vma, from, end, &match_ops, matching);
	return (end - addr) >> PAGE_SHIFT;
}

static unsigned int match_same_address(struct matching *matching)
{
	const struct cws_chunk *chunk = matching->chunk;
	unsigned long end = chunk->addr + chunk->nr * PAGE_SIZE;
	struct vm_area_struct *vma;
	unsigned int looked = 0;

	matching->shift = 0;
	cws_walk_for_each(vma, matching->member->mm, chunk->addr, end)
		if (same_source(vma, &chunk->source) &&
		    vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT) == chunk->source.shift)
			looked += match_mapping(matching, vma);
	return looked;
}

static void match_elsewhere(struct matching *matching)
{
	const struct cws_source *source = &matching->chunk->source;
	struct vm_area_struct *vma;
	unsigned long shift;

	cws_walk_for_each(vma, matching->member->mm, 0, ULONG_MAX) {
		shift = vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT);
		if (shift == source->shift || !same_source(vma, source))
			continue;
		matching->shift = source->shift - shift;
		matching->match->shift = matching->shift;
		match_mapping(matching, vma);
	}
}

/**
 * cws_chunk_match() - look for a chunk in another member
 * @chunk: as cws_chunk_read() left it
 * @member: where to look
 * @match: what it has too
 * @count: add to the member's shares
 *
 * At the same address first. Everywhere else when that did not cover the chunk, or
 * when either side has moved memory: then the same offset may be there twice.
 *
 * Context: may sleep; one mmap lock at a time.
 * Return: 1, 0 the member has ended, -EINTR killed.
 */
int cws_chunk_match(struct cws_chunk *chunk, struct cws_member *member,
		    struct cws_match *match, bool count)
{
	struct matching matching = {
		.chunk = chunk, .member = member, .match = match, .count = count,
	};
	int ret = cws_walk_lock(member->mm);

	bitmap_zero(match->page, CWS_CHUNK_PAGES);
	bitmap_zero(match->away, CWS_CHUNK_PAGES);
	if (ret <= 0)
		return ret;
	if (match_same_address(&matching) < chunk->nr || member->moved)
		match_elsewhere(&matching);
	cws_walk_unlock(member->mm);
	return 1;
}
