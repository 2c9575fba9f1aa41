/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the contract has the module answer to a command, from the command's text alone: a
 * second reading of the list of refusals in cowscope_abi.h, to hold the module's against.
 * Knows nothing of processes.
 */
#ifndef SELFTEST_ANSWER_H
#define SELFTEST_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* Files that take commands; the last two below watched/PID/. */
enum answer_file {
	ANSWER_CONTROL, ANSWER_WATCH, ANSWER_QUERY, ANSWER_WALK, ANSWER_LATENCY, ANSWER_FILES
};

/*
 * Is this the right answer (0 or -errno) to a command of so many bytes? Of a command whose
 * text is in order, any that its process can be the reason for.
 */
bool answer_right(enum answer_file file, const char *text, size_t length, int answer);

#endif /* SELFTEST_ANSWER_H */
