// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>

#include "erosion.h"

#define LEVELS	8

/* Beyond this it is the rounding that is told. */
#define LONGEST	1e9

/* Means and spreads grow sample by sample, so that large times lose nothing. */
static void fit_add(struct erosion *e, double t, double y)
{
	double dt = t - e->mean_t;

	if (!e->n)
		e->first_y = y;
	e->last_y = y;
	e->n++;
	e->mean_t += dt / (double)e->n;
	e->mean_y += (y - e->mean_y) / (double)e->n;
	e->spread_t += dt * (t - e->mean_t);
	e->spread_ty += dt * (y - e->mean_y);
}

void erosion_add(struct erosion *e, double seconds, uint64_t number)
{
	if (number)
		fit_add(e, seconds, log2((double)number));
	if (number > e->highest)
		e->highest = number;
	if (e->nlast == EROSION_BARS)
		memmove(e->last, e->last + 1, --e->nlast * sizeof(e->last[0]));
	e->last[e->nlast++] = number;
}

double erosion_half_life(const struct erosion *e)
{
	double slope;

	if (e->n < 3 || e->spread_t <= 0 || e->last_y >= e->first_y)
		return NAN;
	slope = e->spread_ty / e->spread_t;
	return slope < -1 / LONGEST ? -1 / slope : NAN;
}

const char *erosion_bars(const struct erosion *e, bool utf8,
			 char buf[EROSION_TEXT_MAX])
{
	static const char ascii[LEVELS + 1] = "_.:-=+*#";
	unsigned int level;
	char *p = buf;
	size_t i;

	for (i = 0; i < e->nlast; i++) {
		level = e->highest ? (unsigned int)((double)e->last[i] /
				     (double)e->highest * (LEVELS - 1) + 0.5) : 0;
		if (!utf8) {
			*p++ = ascii[level];
			continue;
		}
		memcpy(p, "\xe2\x96\x81", 3);	/* U+2581, the lowest of the blocks */
		p[2] += level;
		p += 3;
	}
	*p = '\0';
	return buf;
}
