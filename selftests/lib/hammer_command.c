// SPDX-License-Identifier: GPL-2.0-only
/* What hammer writes: commands in order, and such that were; see hammer.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "cowscope_abi.h"
#include "hammer_inner.h"

#define COMMAND_ROOM	(3 * COWSCOPE_COMMAND_MAX)

#define VIEW_NAME(name, mode, help)	#name,
static const char *const view[] = { COWSCOPE_VIEWS(VIEW_NAME) };

pid_t hammer_pid(struct hammer *h)
{
	switch (fuzz_below(&h->fuzz, 8)) {
	case 0:
		return 1;
	case 1:
		return 2;	/* kthreadd */
	case 2:
		return getpid();
	case 3:
		return fuzz_number(&h->fuzz) % 5000000;
	case 4:
		return h->others ? h->other[fuzz_below(&h->fuzz, h->others)] : 1;
	default:
		return h->kid[fuzz_below(&h->fuzz, HAMMER_KIDS)];
	}
}

static unsigned long address(struct hammer *h)
{
	if (fuzz_one_in(&h->fuzz, 2))
		return (unsigned long)h->text + fuzz_below(&h->fuzz, HAMMER_TEXT);
	return fuzz_number(&h->fuzz);
}

static int watch_command(struct hammer *h, char *text)
{
	pid_t pid = hammer_pid(h);

	if (fuzz_one_in(&h->fuzz, 64))
		return sprintf(text, "clear");
	switch (fuzz_below(&h->fuzz, 8)) {
	case 1:
		return sprintf(text, "%d nofollow", pid);
	case 2:
	case 3:
		return sprintf(text, "-%d", pid);
	default:
		return sprintf(text, "%d", pid);
	}
}

static int query_command(struct hammer *h, char *text)
{
	const char *word = view[fuzz_below(&h->fuzz, sizeof(view) / sizeof(*view))];
	int length = sprintf(text, "%d %s", hammer_pid(h), word);

	if (!strcmp(word, "walk"))
		length += sprintf(text + length, " %s%lx", fuzz_one_in(&h->fuzz, 2) ? "0x" : "",
				  address(h));
	return length;
}

static int good_command(struct hammer *h, enum answer_file file, char *text)
{
	switch (file) {
	case ANSWER_WATCH:
		return watch_command(h, text);
	case ANSWER_QUERY:
		return query_command(h, text);
	case ANSWER_WALK:
		return sprintf(text, "0x%lx", address(h));
	default:
		return sprintf(text, fuzz_one_in(&h->fuzz, 2) ? "on" : "off");
	}
}

static enum answer_file answer_of(const char *name)
{
	static const char *const names[ANSWER_FILES] = {
		[ANSWER_CONTROL] = "control", [ANSWER_WATCH] = "watch",
		[ANSWER_QUERY] = "query", [ANSWER_WALK] = "walk", [ANSWER_LATENCY] = "latency",
	};
	int file;

	for (file = 0; file < ANSWER_FILES && strcmp(name, names[file]); file++)
		;
	return file;
}

/*
 * Whether accounting is on is worth asking, but takes the kernel long to change: seldom a
 * command that does.
 */
static size_t make_command(struct hammer *h, enum answer_file file, char *text)
{
	bool seldom = file == ANSWER_CONTROL && !fuzz_one_in(&h->fuzz, 3000);
	size_t length = good_command(h, file, text);

	if (fuzz_one_in(&h->fuzz, 8))
		text[length++] = '\n';
	if (seldom || fuzz_one_in(&h->fuzz, 2))
		length = fuzz_worsen(&h->fuzz, text, length, COMMAND_ROOM);
	if (seldom && answer_right(file, text, length, 0) && length < COMMAND_ROOM)
		memset(text + length++, 'x', 1);
	return length;
}

/* Files that take no commands say so, however they were opened. */
static ssize_t write_closed(struct hammer *h, struct hammer_open *open)
{
	ssize_t ret = write(open->fd, h->text, fuzz_below(&h->fuzz, 100));
	int error = errno;

	if (ret >= 0 || (error != EINVAL && error != EIO && error != EBADF))
		hammer_wrong(h, open, "write: %zd, errno %d", ret, error);
	errno = error;
	return ret;
}

/* The command ends where nothing is mapped: looking further is a fault. */
static ssize_t write_command(struct hammer *h, struct hammer_open *open, const char *text,
			     size_t length, bool torn)
{
	char *from = h->hole - length + (torn ? fuzz_below(&h->fuzz, length) + 1 : 0);

	memcpy(from, text, h->hole - from);
	return write(open->fd, from, length);
}

static bool right(const struct hammer_open *open, enum answer_file file, const char *text,
		  size_t length, int error)
{
	if (error == -EBADF)
		return open->mode == O_RDONLY;
	if (error == -EIO)
		return open->file->view;
	if (error == -EINVAL && hammer_far(open))
		return true;
	return answer_right(file, text, length, error);
}

ssize_t hammer_write(struct hammer *h, struct hammer_open *open)
{
	enum answer_file file = answer_of(open->file->name);
	char text[COMMAND_ROOM + 1];
	bool torn = fuzz_one_in(&h->fuzz, 32);
	size_t length, i;
	ssize_t ret;
	int error;

	if (!open->file->written)
		return write_closed(h, open);
	length = make_command(h, file, text);
	torn = torn && length && length <= COWSCOPE_COMMAND_MAX;
	ret = write_command(h, open, text, length, torn);
	error = ret < 0 ? -errno : 0;
	if (ret >= 0 && !torn && ret == (ssize_t)length)
		open->asked = true;
	if (torn ? error == -EFAULT || error == -EBADF || error == -EIO || error == -EINVAL :
		   right(open, file, text, length, error) && (ret < 0 || ret == (ssize_t)length))
		goto out;
	for (i = 0; i < length; i++)
		if (text[i] < ' ')
			text[i] = '?';
	hammer_wrong(h, open, "wrote %zu%s bytes \"%.*s\": %zd, %s", length,
		     torn ? " torn" : "", (int)length, text, ret, strerror(-error));
out:
	errno = -error;
	return ret;
}
