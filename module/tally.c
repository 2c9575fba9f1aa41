// SPDX-License-Identifier: GPL-2.0-only
#include "tally.h"

/**
 * cws_tally_sum() - all numbers together
 * @tally: the numbers
 * @pages: of these pages
 */
u64 cws_tally_sum(const struct cws_tally *tally, const unsigned long *pages)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < tally->nr; i++)
		sum += (u64)bitmap_weight_and(tally->bit[i], pages, CWS_TALLY_PAGES) << i;
	return sum;
}

/**
 * cws_tally_equal() - pages whose number is a given one
 * @tally: the numbers
 * @word: which 64 pages
 * @pages: which of them
 * @number: by page of all 512, to compare with; 0 is equal to none
 *
 * Most often it is the same for all 64.
 *
 * Return: the pages.
 */
unsigned long cws_tally_equal(const struct cws_tally *tally, unsigned int word,
			      unsigned long pages, const unsigned int *number)
{
	unsigned long equal = 0, left = pages;
	unsigned int first, i;

	number += word * BITS_PER_LONG;
	while (left) {
		unsigned long same = 0;

		first = number[__ffs(left)];
		if (left == ~0UL) {
			unsigned int differ = 0;

			for (i = 0; i < BITS_PER_LONG; i++)
				differ |= number[i] ^ first;
			same = differ ? 0 : left;
		}
		if (!same)
			for_each_set_bit(i, &left, BITS_PER_LONG)
				same |= (unsigned long)(number[i] == first) << i;
		if (first)
			equal |= cws_tally_is(tally, word, same, first);
		left &= ~same;
	}
	return equal;
}
