/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of one member below one page-table page, to be looked for in others. */
#ifndef CWS_CHUNK_H
#define CWS_CHUNK_H

#include <linux/bitmap.h>

#include "family.h"
#include "page_token.h"
#include "tally.h"
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
 * struct cws_chunk - a part of the member that leads; a page is numbered by its
 * entry in the page-table page
 * @source: of its mapping
 * @window: what one page-table page maps: the address of page 0
 * @addr: first byte of the part
 * @end: behind its last byte; nothing was read when it is @addr
 * @region: of all of it
 * @hugetlb: these are parts of hugetlb pages
 * @writable: their mapping may be written
 * @moved: the leader has moved memory
 * @token: says what an entry is of, where @todo is set: page frame or swap entry
 * @mappers: page-table entries that map the page, 0 not known; anonymous pages
 * @writers: members that have the page and may write it
 * @todo: others may have it too
 * @anon: of @todo, anonymous
 * @cache: of @todo, page cache
 * @swap: of @todo, swapped out, or mapped here alone and still in its swap slot
 * @piece: of @anon, a piece of a transparent huge page
 */
struct cws_chunk {
	struct cws_source source;
	unsigned long window;
	unsigned long addr;
	unsigned long end;
	u8 region;
	bool hugetlb;
	bool writable;
	bool moved;
	u64 token[CWS_CHUNK_PAGES];
	unsigned int mappers[CWS_CHUNK_PAGES];
	struct cws_tally writers;
	DECLARE_BITMAP(todo, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(anon, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(cache, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(swap, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(piece, CWS_CHUNK_PAGES);
};

int cws_chunk_read(struct cws_chunk *chunk, struct cws_member *member,
		   const unsigned long *done, bool files);

#endif /* CWS_CHUNK_H */
