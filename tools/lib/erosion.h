/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a number falls over time: the half-life of a fit over all samples, and the
 * last of them as a row of bars. Pure.
 */
#ifndef COWSCOPE_TOOLS_EROSION_H
#define COWSCOPE_TOOLS_EROSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EROSION_BARS	20
/* Three bytes of UTF-8 each, and a NUL. */
#define EROSION_TEXT_MAX	(EROSION_BARS * 3 + 1)

/* Starts as zero. */
struct erosion {
	/* Of the samples above zero: the fit is to the logarithm. */
	size_t n;
	double mean_t, mean_y;		/* seconds; log2 of the number */
	double spread_t, spread_ty;	/* sums of squares and products about the means */
	double first_y, last_y;

	uint64_t last[EROSION_BARS];	/* oldest first */
	size_t nlast;
	uint64_t highest;		/* of all samples */
};

void erosion_add(struct erosion *e, double seconds, uint64_t number);

/*
 * Seconds in which half is lost, by least squares over log2. NAN while it cannot
 * be known: fewer than three samples above zero, or nothing lost.
 */
double erosion_half_life(const struct erosion *e);

/* The last samples, a bar each, of the highest of all. */
const char *erosion_bars(const struct erosion *e, bool utf8,
			 char buf[EROSION_TEXT_MAX]);

#endif
