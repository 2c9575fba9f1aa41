/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inputs by the thousand for the module's files: commands whole and worsened, reads, seeks
 * and splices at any offset and size, on many descriptors, of processes that live, end and
 * have ended. Every answer is held against the contract as it comes. Numbers come from a
 * seed; what processes do meanwhile does not.
 */
#ifndef SELFTEST_HAMMER_H
#define SELFTEST_HAMMER_H

#include <stdint.h>
#include <sys/types.h>

#define HAMMER_ERRNOS	140

/* What an input is. */
#define HAMMER_KINDS(X)	X(open) X(write) X(read) X(seek) X(splice) X(other) X(fork)
#define HAMMER_ENUM(name)	HAMMER_##name,
enum hammer_kind { HAMMER_KINDS(HAMMER_ENUM) HAMMER_COUNT };

extern const char *const hammer_kind_name[HAMMER_COUNT];

/* Written by the one that hammers, in memory that others see, too. */
struct hammer_report {
	unsigned long done;
	unsigned long long bytes;			/* read and looked at */
	unsigned long count[HAMMER_COUNT][HAMMER_ERRNOS];	/* by errno; 0: a success */
	char wrong[512];				/* the first wrong answer; "": none */
};

/*
 * Ends after so many inputs, or the first wrong answer. Leaves no child; commands stay in
 * effect. other: processes that it may name, besides its own and those of the system.
 */
void hammer(struct hammer_report *report, uint64_t seed, unsigned int stream,
	    unsigned long inputs, const pid_t *other, size_t others);

#endif /* SELFTEST_HAMMER_H */
