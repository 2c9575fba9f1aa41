/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small number for each of 512 pages, kept bit by bit: one is added to any of 64
 * of them in a few operations on words. Pure functions.
 */
#ifndef CWS_TALLY_H
#define CWS_TALLY_H

#include <linux/bitmap.h>
#include <linux/types.h>

#define CWS_TALLY_PAGES	512
/* More than there can be members of a family. */
#define CWS_TALLY_BITS	32

/**
 * struct cws_tally - the numbers
 * @nr: bits in use
 * @bit: the lowest bit of all numbers, the next, ...
 */
struct cws_tally {
	unsigned int nr;
	unsigned long bit[CWS_TALLY_BITS][BITS_TO_LONGS(CWS_TALLY_PAGES)];
};

/**
 * cws_tally_add() - add one
 * @tally: @nr is 0 to begin with
 * @word: which 64 pages
 * @pages: which of them
 */
static inline void cws_tally_add(struct cws_tally *tally, unsigned int word,
				 unsigned long pages)
{
	unsigned int i;

	for (i = 0; pages && i < CWS_TALLY_BITS; i++) {
		unsigned long carry;

		if (i == tally->nr) {
			bitmap_zero(tally->bit[i], CWS_TALLY_PAGES);
			tally->nr++;
		}
		carry = tally->bit[i][word] & pages;
		tally->bit[i][word] ^= pages;
		pages = carry;
	}
}

/* Of @pages, those whose number is @number. */
static inline unsigned long cws_tally_is(const struct cws_tally *tally, unsigned int word,
					 unsigned long pages, unsigned int number)
{
	unsigned int i;

	for (i = 0; i < tally->nr; i++, number >>= 1)
		pages &= number & 1 ? tally->bit[i][word] : ~tally->bit[i][word];
	return number ? 0 : pages;
}

u64 cws_tally_sum(const struct cws_tally *tally, const unsigned long *pages);
unsigned long cws_tally_equal(const struct cws_tally *tally, unsigned int word,
			      unsigned long pages, const unsigned int *number);

#endif /* CWS_TALLY_H */
