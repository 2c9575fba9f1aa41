/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages of one member below one page-table page, and the same pages looked
 * for in another member.
 */
#ifndef CWS_CHUNK_H
#define CWS_CHUNK_H

#include <linux/bitmap.h>

#include "family.h"
#include "walk.h"

#define CWS_CHUNK_PAGES	PTRS_PER_PTE

/**
 * struct cws_source - what a mapping is of; pointers are only compared
 * @root: of its anonymous memory, or NULL
 * @mapping: of its file, or NULL
 * @shift: pages by which its offset is ahead of its address
 *
 * A page keeps root and offset, or mapping and offset, for as long as it is
 * mapped, wherever mremap moves it.
 */
struct cws_source {
	const void *root;
	const void *mapping;
	unsigned long shift;
};

/**
 * struct cws_chunk - pages of the member that leads
 * @source: of their mapping
 * @addr: of the first
 * @next: where the member goes on after them
 * @nr: pages
 * @region: of all of them
 * @hugetlb: these are parts of hugetlb pages
 * @token: says what an entry is of, where @todo is set: page frame or swap entry
 * @mappers: page-table entries that map the page, 0 not known; anonymous pages
 * @writers: members that have the page and may write it
 * @todo: others may have it too
 * @anon: of @todo, anonymous
 * @cache: of @todo, page cache
 * @swap: of @todo, swapped out
 * @piece: of @anon, a piece of a transparent huge page
 */
struct cws_chunk {
	struct cws_source source;
	unsigned long addr;
	unsigned long next;
	unsigned int nr;
	u8 region;
	bool hugetlb;
	u64 token[CWS_CHUNK_PAGES];
	unsigned int mappers[CWS_CHUNK_PAGES];
	unsigned int writers[CWS_CHUNK_PAGES];
	DECLARE_BITMAP(todo, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(anon, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(cache, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(swap, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(piece, CWS_CHUNK_PAGES);
};

/* Of a chunk, what a member has too; @away at another address. */
struct cws_match {
	DECLARE_BITMAP(page, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(away, CWS_CHUNK_PAGES);
	unsigned long shift;
};

int cws_chunk_read(struct cws_chunk *chunk, struct cws_member *member,
		   unsigned long next, bool files);
int cws_chunk_match(struct cws_chunk *chunk, struct cws_member *member,
		    struct cws_match *match, bool count);

#endif /* CWS_CHUNK_H */
