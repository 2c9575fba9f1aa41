/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages of a chunk looked for in another member. */
#ifndef CWS_MATCH_H
#define CWS_MATCH_H

#include "chunk.h"

/**
 * struct cws_match - what a member has too
 * @page: of a chunk
 * @away: of @page, at another address,
 * @shift: so many pages ahead
 * @covered: all of the chunk is mapped there too, at the same addresses
 * @window: what @done is of
 * @done: of all that @window maps: found when another member led
 */
struct cws_match {
	DECLARE_BITMAP(page, CWS_CHUNK_PAGES);
	DECLARE_BITMAP(away, CWS_CHUNK_PAGES);
	unsigned long shift;
	bool covered;
	unsigned long window;
	DECLARE_BITMAP(done, CWS_CHUNK_PAGES);
};

int cws_match_here(struct cws_chunk *chunk, struct cws_member *member,
		   struct cws_match *match, bool first);
int cws_match_covers(const struct cws_chunk *chunk, struct cws_member *member,
		     struct cws_match *match);
int cws_match_away(struct cws_chunk *chunk, struct cws_member *member,
		   struct cws_match *match, bool first);

#endif /* CWS_MATCH_H */
