/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of a family compared: who shares which page with whom, and what
 * it costs if all of them write.
 */
#ifndef CWS_COMPARE_H
#define CWS_COMPARE_H

#include "family.h"
#include "match.h"

/* The pair matrix grows with the square of the family. */
#define CWS_PAIRS_MAX	2048

/* What two members share, in pages. */
struct cws_pair {
	u64 shared;
	u64 elsewhere;
	u64 cache;
	u64 swap;
};

/* What is wanted of a comparison. */
enum cws_compare_what {
	CWS_COMPARE_ALL,	/* what each holds, and shares with the first */
	CWS_COMPARE_PAIRS,	/* and what each two share */
	CWS_COMPARE_FIRST,	/* only what the first shares */
};

/**
 * struct cws_compare - the comparison of a family
 * @family: whose
 * @pair: of members i > j at [i * (i - 1) / 2 + j], NULL when not wanted
 * @leaders: so many members lead
 * @leader: the member whose pages are looked for in the others
 * @moved: a member has moved memory
 * @worst: new pages if every member writes every page it may
 * @worst_hugetlb_bytes: the same for hugetlb pages
 * @self_hugetlb_shared: pages of hugetlb that the first member shares
 * @self_swap_in: swap entries of the first member that others hold too
 * @self_hugetlb_bytes: armed hugetlb memory of the first member
 * @chunk: the leader's pages
 * @match: by member, which pages of the chunk it has too
 * @holders: members that have a page of the chunk
 */
struct cws_compare {
	struct cws_family *family;
	struct cws_pair *pair;
	unsigned int leaders;
	unsigned int leader;
	bool moved;
	u64 worst;
	u64 worst_hugetlb_bytes;
	u64 self_hugetlb_shared;
	u64 self_swap_in;
	u64 self_hugetlb_bytes;
	struct cws_chunk chunk;
	struct cws_match *match;
	struct cws_tally holders;
};

struct cws_compare *cws_compare_begin(struct cws_family *family,
				      enum cws_compare_what what) __must_check;
int cws_compare_step(struct cws_compare *compare);
void cws_compare_end(struct cws_compare *compare);

/* Pages shared by two members, i > j. */
static inline struct cws_pair *cws_compare_pair(const struct cws_compare *compare,
						unsigned int i, unsigned int j)
{
	return &compare->pair[i * (i - 1) / 2 + j];
}

#endif /* CWS_COMPARE_H */
