// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers and worsened texts; see fuzz.h. */
#include <string.h>

#include "fuzz.h"

struct fuzz fuzz_start(uint64_t seed, unsigned int stream)
{
	struct fuzz fuzz = { .state = seed * 0x9e3779b97f4a7c15ULL + stream };

	fuzz_next(&fuzz);
	return fuzz;
}

/* A counter whose bits are mixed until they look random: every seed is as good as any. */
uint64_t fuzz_next(struct fuzz *fuzz)
{
	uint64_t bits = fuzz->state += 0x9e3779b97f4a7c15ULL;

	bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9ULL;
	bits = (bits ^ bits >> 27) * 0x94d049bb133111ebULL;
	return bits ^ bits >> 31;
}

size_t fuzz_below(struct fuzz *fuzz, size_t n)
{
	return n ? fuzz_next(fuzz) % n : 0;
}

bool fuzz_one_in(struct fuzz *fuzz, size_t n)
{
	return fuzz_below(fuzz, n) == 0;
}

uint64_t fuzz_number(struct fuzz *fuzz)
{
	return fuzz_next(fuzz) >> fuzz_below(fuzz, 64);
}

/* What commands are made of, and what often goes wrong. */
static const char *const pieces[] = {
	" ", "\n", "-", "0", "x", "0x", "on", "off", "clear", "nofollow", "cow", "walk", "pages",
	"\t", "%s", "%n", "\\x20", "4194304", "2147483648", "18446744073709551616", "ffff8",
	"\xff", "\xc3\xa9", "7fffffffffff", "..", "/", "+",
};

static size_t insert(char *text, size_t length, size_t room, size_t at, const char *from,
		     size_t count)
{
	if (count > room - length)
		count = room - length;
	memmove(text + at + count, text + at, length - at);
	memcpy(text + at, from, count);
	return length + count;
}

static size_t worsen_once(struct fuzz *fuzz, char *text, size_t length, size_t room)
{
	size_t at = fuzz_below(fuzz, length + 1), count;
	const char *piece;
	char again[64];

	switch (fuzz_below(fuzz, 7)) {
	case 0:		/* a bit */
		if (at < length)
			text[at] ^= 1 << fuzz_below(fuzz, 8);
		return length;
	case 1:		/* a byte, also NUL */
		if (at < length)
			text[at] = fuzz_next(fuzz);
		return length;
	case 2:		/* a digit */
		if (at < length)
			text[at] = '0' + fuzz_below(fuzz, 10);
		return length;
	case 3:		/* some bytes go */
		count = fuzz_below(fuzz, length - at + 1);
		memmove(text + at, text + at + count, length - at - count);
		return length - count;
	case 4:		/* cut off */
		return at;
	case 5:		/* some bytes twice */
		count = fuzz_below(fuzz, length - at + 1);
		if (count > sizeof(again))
			count = sizeof(again);
		memcpy(again, text + at, count);
		return insert(text, length, room, at, again, count);
	default:
		piece = pieces[fuzz_below(fuzz, sizeof(pieces) / sizeof(*pieces))];
		return insert(text, length, room, at, piece, strlen(piece));
	}
}

size_t fuzz_worsen(struct fuzz *fuzz, char *text, size_t length, size_t room)
{
	size_t times = 1 + fuzz_below(fuzz, 4);

	while (times--)
		length = worsen_once(fuzz, text, length, room);
	return length;
}
