// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a chunk: what the leader holds is counted, and what others may hold too is
 * noted. 64 pages at a time where that can be: what a page costs here is what it costs
 * to read a family.
 */
#include <linux/rmap.h>

#include "chunk.h"

struct reading {
	struct cws_chunk *chunk;
	struct cws_member *member;
	const unsigned long *done;
	bool files;
};

/* Pages of one word, by what they are; gathered in registers. */
struct word {
	unsigned long present;
	unsigned long anon;
	unsigned long cache;
	unsigned long swap;
	unsigned long piece;
	unsigned long file;
	unsigned long zero;
	unsigned long ksm;
	unsigned long last_piece;
};

/* Migrating pages are taken down one by one: their mappers cannot be counted. */
static void note_absent(struct cws_chunk *chunk, unsigned int i, u64 token)
{
	chunk->token[i] = token;
	chunk->mappers[i] = 0;
}

/**
 * look_at_folio() - note what an entry is of
 * @reading: the leader
 * @word: gathers
 * @i: page of the chunk
 * @token: of the entry
 * @state: of the page
 * @mappers: of the page, if @state is shared
 * @folio: its folio
 * @page: it
 */
static __always_inline void look_at_folio(const struct reading *reading, struct word *word,
					  unsigned int i, u64 token, u8 state,
					  unsigned int mappers, struct folio *folio,
					  struct page *page)
{
	struct cws_chunk *chunk = reading->chunk;
	unsigned long bit = BIT_MASK(i);

	switch (state) {
	case CWS_STATE_SHARED:
		chunk->token[i] = token;
		chunk->mappers[i] = mappers;
		word->anon |= bit;
		if (folio_test_large(folio) && !chunk->hugetlb)
			word->piece |= bit;
		break;
	case CWS_STATE_LAST:
		if (folio_test_large(folio))
			word->last_piece |= bit;
		else if (cws_token_cached(page, &chunk->token[i]))
			word->swap |= bit;
		break;
	case CWS_STATE_FILE:
		word->file |= bit;
		chunk->token[i] = token;
		break;
	case CWS_STATE_KSM:
		word->ksm |= bit;
		break;
	case CWS_STATE_SPECIAL:
		return;
	}
	word->present |= bit;
}

static void look_at_special(const struct cws_part *part, const struct reading *reading,
			    struct word *word, unsigned int i, pte_t pte)
{
	u8 state = cws_special_pte_state(part, pte) & CWS_PAGE_STATE;

	if (state == CWS_STATE_ZERO)
		word->zero |= BIT_MASK(i);
	else if (state != CWS_STATE_SPECIAL)
		look_at_folio(reading, word, i, cws_token_present(pte), state,
			      cws_compat_page_mapcount(pte_page(pte)),
			      page_folio(pte_page(pte)), pte_page(pte));
}

static void look_at_absent(const struct cws_part *part, const struct reading *reading,
			   struct word *word, unsigned int i, pte_t pte)
{
	swp_entry_t entry = cws_compat_leaf_from_pte(pte);
	unsigned long bit = BIT_MASK(i);

	switch (cws_absent_state(part, entry)) {
	case CWS_STATE_SWAP:
		if (pte_swp_exclusive(pte))
			return;
		word->swap |= bit;
		break;
	case CWS_STATE_SHARED:
		word->anon |= bit;
		word->present |= bit;
		break;
	case CWS_STATE_FILE:
		word->file |= bit;
		word->present |= bit;
		break;
	case CWS_STATE_OWN:
		word->present |= bit;
		return;
	default:
		return;
	}
	note_absent(reading->chunk, i, cws_token_absent(entry));
}

static noinline void look_at_odd(const struct cws_part *part, const struct reading *reading,
				 struct word *word, unsigned int i, pte_t pte)
{
	if (pte_present(pte))
		look_at_special(part, reading, word, i, pte);
	else if (!pte_none(pte))
		look_at_absent(part, reading, word, i, pte);
}

static __always_inline void look_at(const struct cws_part *part,
				    const struct reading *reading, struct word *word,
				    unsigned int i, pte_t pte)
{
	unsigned int mappers = 0;
	struct folio *folio;
	struct page *page;
	u8 state;

	if (unlikely(!cws_pte_plain(part, pte))) {
		look_at_odd(part, reading, word, i, pte);
		return;
	}
	if (cws_compat_pte_write(pte) && part->cow) {
		word->present |= BIT_MASK(i);
		return;
	}
	page = cws_plain_page(pte);
	folio = page_folio(page);
	state = cws_folio_state(part, folio, page, page, &mappers);
	look_at_folio(reading, word, i, cws_token_plain(pte), state, mappers, folio, page);
}

/* @word's numbers go to the books and to the chunk. */
static void book_word(const struct cws_part *part, const struct reading *reading,
		      const struct word *word, unsigned int at)
{
	struct cws_share *share = &reading->member->share[part->region];
	struct cws_chunk *chunk = reading->chunk;
	unsigned long cache = reading->files ? word->file : 0;

	share->present += hweight_long(word->present);
	if (!(word->anon | word->file | word->swap | word->zero | word->ksm |
	      word->last_piece))
		return;
	if (part->writable && !(part->vma->vm_flags & VM_MAYSHARE)) {
		if (!chunk->hugetlb)
			share->armed_anon += hweight_long(word->anon);
		share->armed_file += hweight_long(word->file);
		share->armed_zero += hweight_long(word->zero);
		share->armed_ksm += hweight_long(word->ksm);
	}
	/* The other pieces hold the huge page: a write copies what nobody else maps. */
	if (part->writable)
		share->pieces += hweight_long(word->last_piece);
	chunk->todo[at] |= word->anon | cache | word->swap;
	chunk->anon[at] |= word->anon;
	chunk->cache[at] |= cache;
	chunk->swap[at] |= word->swap;
	chunk->piece[at] |= word->piece;
}

static unsigned int page_number(unsigned long addr)
{
	return (addr >> PAGE_SHIFT) % CWS_CHUNK_PAGES;
}

/* The pages from @i on that stand in the same word, up to @end. */
static unsigned int word_end(unsigned int i, unsigned int end)
{
	return min_t(unsigned int, round_up(i + 1, BITS_PER_LONG), end);
}

/* Eight pages from @i on, if they are of the kinds that most are of. */
static __always_inline bool look_at_eight(struct cws_chunk *chunk, struct word *word,
					  const pte_t *ptes, unsigned int i)
{
	unsigned long bits = 0xffUL << i % BITS_PER_LONG;
	struct cws_eight eight = cws_eight_read(ptes + i);
	unsigned int end = i + CWS_EIGHT;
	u8 left;

	if (!cws_eight_own(&eight)) {
		left = cws_eight_left(&eight, ptes + i, chunk->mappers + i);
		if (!left)
			return false;
		if (left == CWS_STATE_SHARED) {
			word->anon |= bits;
			for (; i < end; i++)
				chunk->token[i] = cws_token_plain(READ_ONCE(ptes[i]));
		}
	}
	word->present |= bits;
	return true;
}

/* Pages @i up to @stop of one word, but for what is @done. */
static void look_at_word(const struct cws_part *part, const struct reading *reading,
			 struct word *word, const pte_t *ptes, unsigned int i,
			 unsigned int stop, unsigned long done)
{
	bool eights = part->cow && !done;
	unsigned int next;

	for (; i < stop; i = next) {
		next = min_t(unsigned int, round_up(i + 1, CWS_EIGHT), stop);
		if (eights && next - i == CWS_EIGHT &&
		    look_at_eight(reading->chunk, word, ptes, i))
			continue;
		for (; i < next; i++)
			if (!(done & BIT_MASK(i)))
				look_at(part, reading, word, i, READ_ONCE(ptes[i]));
	}
}

static void read_table(const struct cws_part *part, const pte_t *ptes, void *data)
{
	struct reading *reading = data;
	unsigned int i = page_number(part->addr), stop, at;
	unsigned int end = i + ((part->end - part->addr) >> PAGE_SHIFT);
	unsigned long done;

	for (ptes -= i; i < end; i = stop) {
		struct word word = {};

		stop = word_end(i, end);
		at = i / BITS_PER_LONG;
		done = reading->done ? reading->done[at] : 0;
		if (done != ~0UL)
			look_at_word(part, reading, &word, ptes, i, stop, done);
		book_word(part, reading, &word, at);
	}
}

static unsigned int mappers_of(const struct cws_huge *huge, unsigned int i)
{
	return cws_compat_mapcount_in(page_folio(huge->page), huge->page + i);
}

/* Zero page, or a huge page that is being moved: nothing to look for. */
static void look_at_absent_huge(const struct cws_part *part, const struct reading *reading,
				struct word *word, unsigned int i, u8 state)
{
	switch (state) {
	case CWS_STATE_ZERO:
		word->zero |= BIT_MASK(i);
		break;
	case CWS_STATE_SHARED:
		note_absent(reading->chunk, i, 0);
		word->anon |= BIT_MASK(i);
		fallthrough;
	case CWS_STATE_FILE:
	case CWS_STATE_OWN:
		word->present |= BIT_MASK(i);
	}
}

static void read_huge(const struct cws_part *part, const struct cws_huge *huge, void *data)
{
	struct reading *reading = data;
	struct cws_chunk *chunk = reading->chunk;
	unsigned int first = page_number(part->addr), i = first, stop, at, last = 0;
	unsigned int end = min_t(unsigned long, CWS_CHUNK_PAGES,
				 i + ((part->end - part->addr) >> PAGE_SHIFT));
	struct folio *folio = huge->page ? page_folio(huge->page) : NULL;

	if (!folio && (huge->state & CWS_PAGE_STATE) == CWS_STATE_SPECIAL)
		return;
	chunk->hugetlb = is_vm_hugetlb_page(part->vma);
	chunk->end = part->addr + (end - first) * PAGE_SIZE;
	for (; i < end; i = stop) {
		struct word word = {};

		stop = word_end(i, end);
		at = i / BITS_PER_LONG;
		for (; i < stop; i++) {
			u8 state = cws_huge_state(huge, i - first) & CWS_PAGE_STATE;

			if (reading->done && test_bit(i, reading->done))
				continue;
			if (folio)
				look_at_folio(reading, &word, i,
					      cws_token_page(huge->page + (i - first)),
					      state, mappers_of(huge, i - first), folio,
					      huge->page + (i - first));
			else
				look_at_absent_huge(part, reading, &word, i, state);
		}
		last += hweight_long(word.last_piece);
		/* Whole it would be taken over, unless others have a part of it. */
		word.last_piece = 0;
		book_word(part, reading, &word, at);
	}
	if (last < end - first && !chunk->hugetlb && part->writable)
		reading->member->share[part->region].pieces += last;
}

static void read_hole(const struct cws_part *part, void *data)
{
}

static const struct cws_walk_ops read_ops = {
	.table = read_table,
	.huge = read_huge,
	.hole = read_hole,
};

static void source_of(const struct vm_area_struct *vma, struct cws_source *source)
{
	source->root = vma->anon_vma ? vma->anon_vma->root : NULL;
	source->mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;
	source->shift = vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT);
}

/* The next part in the window, or on to where the next mapping begins. */
static void read_part(struct reading *reading, struct vm_area_struct *vma)
{
	struct cws_chunk *chunk = reading->chunk;
	struct cws_member *member = reading->member;

	chunk->addr = max(member->next, vma->vm_start);
	chunk->end = chunk->addr;
	if (chunk->addr - chunk->window >= CWS_CHUNK_PAGES * PAGE_SIZE) {
		member->next = chunk->addr;
		return;
	}
	source_of(vma, &chunk->source);
	chunk->region = cws_region(vma, chunk->addr);
	chunk->writable = vma->vm_flags & VM_WRITE;
	member->next = cws_walk_part(vma, chunk->addr, vma->vm_end, &read_ops, reading);
	if (chunk->end > chunk->addr)
		member->next = chunk->end;	/* of a huge entry that reaches further */
	else
		chunk->end = member->next;
}

/**
 * cws_chunk_read() - read the next part of a member, and count what it holds
 * @chunk: @window is set; filled in
 * @member: whose; its @next is in the window, and is moved on
 * @done: pages that were counted already, or NULL
 * @files: page cache may be shared too
 *
 * Return: 1, 0 there is nothing more or it has ended, -EINTR killed.
 */
int cws_chunk_read(struct cws_chunk *chunk, struct cws_member *member,
		   const unsigned long *done, bool files)
{
	struct reading reading = { chunk, member, done, files };
	struct vm_area_struct *vma;
	int ret;

	chunk->hugetlb = false;
	chunk->moved = member->moved;
	chunk->writers.nr = 0;
	bitmap_zero(chunk->todo, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->anon, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->cache, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->swap, CWS_CHUNK_PAGES);
	bitmap_zero(chunk->piece, CWS_CHUNK_PAGES);
	ret = cws_walk_lock(member->mm);
	if (ret <= 0)
		return ret;
	vma = find_vma(member->mm, member->next);
	if (vma)
		read_part(&reading, vma);
	cws_walk_unlock(member->mm);
	return vma ? 1 : 0;
}
