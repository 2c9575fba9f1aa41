// SPDX-License-Identifier: GPL-2.0-only
/* Half-life and bars of series whose answer is known; see erosion.h. */
#include <math.h>
#include <string.h>

#include "erosion.h"
#include "tap.h"

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9 * fabs(b);
}

static double half_life_of(const uint64_t *number, size_t n, double step, double from)
{
	struct erosion e = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		erosion_add(&e, from + (double)i * step, number[i]);
	return erosion_half_life(&e);
}

#define HALF_LIFE(step, from, ...)						\
	half_life_of((const uint64_t[]){ __VA_ARGS__ },				\
		     sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t), step, from)

static void test_half_life(void)
{
	ok(near(HALF_LIFE(1, 0, 1024, 512, 256, 128), 1), "halved each second: 1 s");
	ok(near(HALF_LIFE(7, 0, 1024, 512, 256), 7), "halved each 7 seconds: 7 s");
	ok(near(HALF_LIFE(2, 0, 4096, 1024, 256, 64), 1), "a quarter each 2 seconds: 1 s");
	ok(near(HALF_LIFE(7, 1e7, 1024, 512, 256), 7), "the same long after the start");
	/* log2: 10 9 9 8 at 0 1 2 3: slope -0.6 by least squares */
	ok(near(HALF_LIFE(1, 0, 1024, 512, 512, 256), 1 / 0.6),
	   "an uneven fall: least squares, not the ends alone");
	ok(near(HALF_LIFE(1, 0, 1024, 512, 256, 0, 0), 1),
	   "what is all gone adds nothing");
	ok(isnan(HALF_LIFE(1, 0, 1024, 512)), "two looks are not enough");
	ok(isnan(HALF_LIFE(1, 0, 1024, 0, 0, 0)), "one look above zero is not enough");
	ok(isnan(HALF_LIFE(1, 0, 7, 7, 7, 7, 7, 7)), "nothing lost: not known");
	ok(isnan(HALF_LIFE(1, 0, 7, 8, 9)), "more than before: not known");
	ok(isnan(HALF_LIFE(1, 0, 10, 12, 2, 10)), "back where it was: not known");
	ok(isnan(HALF_LIFE(0, 0, 9, 8, 7)), "all at once: not known");
	ok(isnan(HALF_LIFE(1, 0, 0, 0, 0)), "nothing ever: not known");
}

static void test_bars(void)
{
	char buf[EROSION_TEXT_MAX];
	struct erosion e = { 0 };
	int i;

	ok(!strcmp(erosion_bars(&e, false, buf), ""), "no look, no bar");
	erosion_add(&e, 0, 0);
	ok(!strcmp(erosion_bars(&e, false, buf), "_"), "zero is the lowest bar");
	erosion_add(&e, 1, 70);
	erosion_add(&e, 2, 35);
	erosion_add(&e, 3, 1);
	ok(!strcmp(erosion_bars(&e, false, buf), "_#=_"), "bars are parts of the highest");
	ok(!strcmp(erosion_bars(&e, true, buf), "\xe2\x96\x81\xe2\x96\x88\xe2\x96\x85\xe2\x96\x81"),
	   "blocks where they can be shown");
	for (i = 0; i < 1000; i++)
		erosion_add(&e, 4 + i, i % 2 ? 70 : 0);
	ok(!strcmp(erosion_bars(&e, false, buf), "_#_#_#_#_#_#_#_#_#_#"), "the last twenty");
	ok(strlen(erosion_bars(&e, true, buf)) == EROSION_TEXT_MAX - 1,
	   "twenty blocks fill the buffer");
}

int main(void)
{
	test_half_life();
	test_bars();
	return tap_failed != 0;
}
