// SPDX-License-Identifier: GPL-2.0-only
/* The contract's refusals; see answer.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "cowscope_abi.h"

/* One more than any PID, of most kernels and of those made to be small. */
#define PIDS		"4194304"
#define PIDS_SMALL	"32768"
#define PID_MAX_FILE	"/proc/sys/kernel/pid_max"
/* User space ends below the first with four levels of page tables, the second with five. */
#define USER_END_4	0x7ffffffff000ULL
#define USER_END_5	0xfffffffffff000ULL

/* What a text comes to beside 0 and -errno: either of two answers, the machine decides. */
#define LETTER_OR_NOT	1	/* EOPNOTSUPP or EINVAL */
#define USER_OR_NOT	2	/* 0 or ERANGE */

#define VIEW_NAME(name, mode, help)	#name,
static const char *const view[] = { COWSCOPE_VIEWS(VIEW_NAME) };

static bool is_letter(unsigned char byte)
{
	return (byte | 32) >= 'a' && (byte | 32) <= 'z';
}

static int hex_digit(unsigned char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return (byte | 32) >= 'a' && (byte | 32) <= 'f' ? (byte | 32) - 'a' + 10 : -1;
}

/* A whole word as a number; @base 10 or 16. Large ones end at the largest. */
static bool number(const char *word, size_t length, unsigned int base, uint64_t *value)
{
	size_t i;
	int digit;

	*value = 0;
	for (i = 0; i < length; i++) {
		digit = hex_digit(word[i]);
		if (digit < 0 || digit >= (int)base)
			return false;
		*value = *value > (UINT64_MAX - digit) / base ? UINT64_MAX :
								*value * base + digit;
	}
	return length;
}

/* A kernel made to be small (CONFIG_BASE_SMALL) refuses the others' highest pid_max. */
static uint64_t pids(void)
{
	static uint64_t limit;
	char before[16] = "";
	ssize_t length;
	int fd;

	if (limit)
		return limit;
	fd = open(PID_MAX_FILE, O_RDWR | O_CLOEXEC);
	length = pread(fd, before, sizeof(before), 0);
	if (length > 0 && pwrite(fd, PIDS, strlen(PIDS), 0) > 0) {
		limit = strtoull(PIDS, NULL, 10);
		/* Without this the tests go on, in a wider range of numbers. */
		if (pwrite(fd, before, length, 0) != length)
			fprintf(stderr, "# %s: left at " PIDS "\n", PID_MAX_FILE);
	} else {
		limit = strtoull(PIDS_SMALL, NULL, 10);
	}
	close(fd);
	return limit;
}

static int pid_word(const char *word, size_t length)
{
	uint64_t value;

	if (!number(word, length, 10, &value))
		return -EINVAL;
	if (value >= pids())
		return -ERANGE;
	return value ? 0 : -EINVAL;
}

static int address_word(const char *word, size_t length)
{
	uint64_t value;

	if (length >= 2 && word[0] == '0' && (word[1] | 32) == 'x') {
		word += 2;
		length -= 2;
	}
	if (!number(word, length, 16, &value))
		return -EINVAL;
	if (value < USER_END_4)
		return 0;
	return value >= USER_END_5 ? -ERANGE : USER_OR_NOT;
}

/* The first word is no number: a word that is not known, or no word at all. */
static int no_number(unsigned char first)
{
	/* Above ASCII the kernel has letters of its own. */
	if (first >= 0x80)
		return LETTER_OR_NOT;
	return is_letter(first) ? -EOPNOTSUPP : -EINVAL;
}

static bool is(const char *word, size_t length, const char *wanted)
{
	return length == strlen(wanted) && !memcmp(word, wanted, length);
}

static int of_control(const char *text, size_t length)
{
	return is(text, length, "on") || is(text, length, "off") ? 0 : -EOPNOTSUPP;
}

static int of_watch(const char *text, size_t length)
{
	const char *blank = memchr(text, ' ', length);
	bool stop = text[0] == '-';
	size_t first = blank ? blank - text : length;
	int error;

	if (is(text, length, "clear"))
		return 0;
	if (!stop && (text[0] < '0' || text[0] > '9'))
		return no_number(text[0]);
	error = pid_word(text + stop, first - stop);
	if (error || !blank)
		return error;
	return stop || !is(blank + 1, length - first - 1, "nofollow") ? -EOPNOTSUPP : 0;
}

static int of_query(const char *text, size_t length)
{
	const char *blank = memchr(text, ' ', length), *end = text + length, *address = NULL;
	size_t first = blank ? blank - text : length, i;
	int error;

	if (text[0] < '0' || text[0] > '9')
		return no_number(text[0]);
	error = pid_word(text, first);
	if (error)
		return error;
	if (!blank)
		return -EOPNOTSUPP;
	blank++;
	address = memchr(blank, ' ', end - blank);
	for (i = 0; i < sizeof(view) / sizeof(*view); i++)
		if (is(blank, (address ?: end) - blank, view[i]))
			break;
	if (i == sizeof(view) / sizeof(*view))
		return -EOPNOTSUPP;
	if (strcmp(view[i], "walk"))
		return address ? -EOPNOTSUPP : 0;
	return address ? address_word(address + 1, end - address - 1) : -EINVAL;
}

static int of_text(enum answer_file file, const char *text, size_t length)
{
	if (length > COWSCOPE_COMMAND_MAX)
		return -E2BIG;
	if (length && text[length - 1] == '\n')
		length--;
	if (!length || memchr(text, '\n', length) || memchr(text, '\0', length))
		return -EINVAL;
	switch (file) {
	case ANSWER_WATCH:
		return of_watch(text, length);
	case ANSWER_QUERY:
		return of_query(text, length);
	case ANSWER_WALK:
		return address_word(text, length);
	default:
		return of_control(text, length);
	}
}

/* What may be wrong with the process that a good command names. */
static bool of_process(enum answer_file file, const char *text, int answer)
{
	switch (file) {
	case ANSWER_WATCH:
		if (text[0] == '-')
			return answer == -ENOENT;
		return text[0] != 'c' && (answer == -ESRCH || answer == -ENXIO ||
					  answer == -EEXIST || answer == -ENOSPC);
	case ANSWER_QUERY:
		return answer == -ESRCH || answer == -ENXIO;
	default:
		return false;
	}
}

bool answer_right(enum answer_file file, const char *text, size_t length, int answer)
{
	int wanted = of_text(file, text, length);

	/* latency looks for its process before it looks at the word. */
	if (file == ANSWER_LATENCY && answer == -ENOENT)
		return wanted != -E2BIG && wanted != -EINVAL;
	switch (wanted) {
	case LETTER_OR_NOT:
		return answer == -EOPNOTSUPP || answer == -EINVAL;
	case USER_OR_NOT:
		return answer == -ERANGE || !answer || of_process(file, text, answer);
	case 0:
		return !answer || of_process(file, text, answer);
	default:
		return answer == wanted;
	}
}
