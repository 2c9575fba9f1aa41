/* SPDX-License-Identifier: GPL-2.0-only */
/* Random numbers that a seed repeats, and texts made worse by them. */
#ifndef SELFTEST_FUZZ_H
#define SELFTEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz {
	uint64_t state;
};

/* The @stream-th of the rows of numbers that a seed gives. */
struct fuzz fuzz_start(uint64_t seed, unsigned int stream);
uint64_t fuzz_next(struct fuzz *fuzz);
/* From 0 to below @n. */
size_t fuzz_below(struct fuzz *fuzz, size_t n);
bool fuzz_one_in(struct fuzz *fuzz, size_t n);
/* Small and large numbers alike, each size of number as often as any other. */
uint64_t fuzz_number(struct fuzz *fuzz);
/*
 * Changes a text of @length bytes in a few places: bits, bytes, digits, repeats, cuts.
 * Returns its new length, at most @room.
 */
size_t fuzz_worsen(struct fuzz *fuzz, char *text, size_t length, size_t room);

#endif /* SELFTEST_FUZZ_H */
