// SPDX-License-Identifier: GPL-2.0-only
/* Inputs for the module's files; see hammer.h. What is written: hammer_command.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hammer_inner.h"
#include "scope.h"

#define KIND_NAME(name)	[HAMMER_##name] = #name,
const char *const hammer_kind_name[HAMMER_COUNT] = { HAMMER_KINDS(KIND_NAME) };

static const struct hammer_file files[] = {
#define DEBUGFS_FILE(name, mode, proc)	{ COWSCOPE_DEBUGFS, #name, (mode) & 0200, false },
	COWSCOPE_FILES(DEBUGFS_FILE)
#define PROCFS_FILE(name, mode, proc)	{ (proc) ? COWSCOPE_PROCFS : NULL, #name, false, false },
	COWSCOPE_FILES(PROCFS_FILE)
#define VIEW_FILE(name, mode, help)	{ NULL, #name, (mode) & 0200, true },
	COWSCOPE_VIEWS(VIEW_FILE)
};

#define FILES	(sizeof(files) / sizeof(*files))

void hammer_wrong(struct hammer *h, const struct hammer_open *open, const char *format, ...)
{
	char *at = h->report->wrong, *end = at + sizeof(h->report->wrong);
	va_list args;

	if (*at)
		return;
	at += snprintf(at, end - at, "input %lu of row %u, %s%s: ", h->report->done, h->stream,
		       open && open->file->view ? "watched/.../" : "",
		       open ? open->file->name : "");
	va_start(args, format);
	vsnprintf(at, end - at, format, args);
	va_end(args);
}

/* Counts an answer; errno is that of a failed call. */
static int answer(struct hammer *h, enum hammer_kind kind, long ret)
{
	int error = ret < 0 ? errno : 0;

	h->report->count[kind][error < HAMMER_ERRNOS ? error : HAMMER_ERRNOS - 1]++;
	return -error;
}

static void drop(struct hammer_open *open)
{
	if (open->file)
		close(open->fd);
	open->file = NULL;
}

/* Those that take commands most of the time; views are often not there. */
static const struct hammer_file *any_file(struct hammer *h)
{
	const struct hammer_file *file;
	size_t again = 1 + fuzz_below(&h->fuzz, 4);

	do
		file = &files[fuzz_below(&h->fuzz, FILES)];
	while ((!file->view && !file->dir) || (!file->written && again--));
	return file;
}

static void do_open(struct hammer *h)
{
	static const int mode[] = { O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };
	struct hammer_open *open_file = &h->open[fuzz_below(&h->fuzz, HAMMER_OPEN)];
	const struct hammer_file *file = any_file(h);
	int flags = mode[fuzz_below(&h->fuzz, 5)], error;
	char path[128];

	drop(open_file);
	if (file->view)
		snprintf(path, sizeof(path), "%s/" COWSCOPE_WATCHED "/%d/%s", COWSCOPE_DEBUGFS,
			 hammer_pid(h), file->name);
	else
		snprintf(path, sizeof(path), "%s/%s", file->dir, file->name);
	if (fuzz_one_in(&h->fuzz, 8))
		flags |= O_TRUNC | O_NONBLOCK;
	if (fuzz_one_in(&h->fuzz, 8))
		flags |= O_APPEND;
	open_file->fd = open(path, flags | O_CLOEXEC);
	error = answer(h, HAMMER_open, open_file->fd);
	if (error == -ENOENT && file->view)
		return;
	if (error) {
		hammer_wrong(h, NULL, "open %s: %s", path, strerror(-error));
		return;
	}
	open_file->file = file;
	open_file->mode = flags & O_ACCMODE;
	open_file->asked = strcmp(file->name, "query") && strcmp(file->name, "walk");
}

bool hammer_far(const struct hammer_open *open)
{
	return lseek(open->fd, 0, SEEK_CUR) > INT64_MAX / 2;
}

/* The errno of a reading that the state of the descriptor explains. */
static bool may_fail(const struct hammer_open *open, int error, bool bad_pointer)
{
	switch (error) {
	case 0:
		return true;
	case -EBADF:
		return open->mode == O_WRONLY;
	case -ENODATA:
		return !open->asked;
	case -EIO:
	case -ENOENT:
		return open->file->view;
	case -EFAULT:
		return bad_pointer;
	default:
		return false;
	}
}

/* Text alone, and nothing that looks like an address of the kernel. */
static void look_at(struct hammer *h, const struct hammer_open *open, char *text, ssize_t got)
{
	ssize_t i;

	h->report->bytes += got;
	for (i = 0; i < got; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			hammer_wrong(h, open, "byte %d in what was read", text[i]);
	text[got] = '\0';
	if (scope_has_address(text))
		hammer_wrong(h, open, "looks like a kernel address: %.200s", text);
}

static size_t any_size(struct hammer *h)
{
	static const size_t usual[] = { 1, 7, 4095, 4096, 4097, HAMMER_TEXT };

	if (fuzz_one_in(&h->fuzz, 2))
		return usual[fuzz_below(&h->fuzz, 6)];
	return fuzz_number(&h->fuzz) % (HAMMER_TEXT + 1);
}

static off_t any_offset(struct hammer *h)
{
	off_t at = fuzz_number(&h->fuzz) >> 1;

	if (fuzz_one_in(&h->fuzz, 16))
		return -at;
	return fuzz_one_in(&h->fuzz, 2) ? at % 5000 : at;
}

static void do_read(struct hammer *h, struct hammer_open *open)
{
	size_t size = any_size(h), half = fuzz_below(&h->fuzz, size + 1);
	struct iovec parts[2] = { { h->text, half }, { h->text + half, size - half } };
	bool bad = false, odd = false;
	off_t at = any_offset(h);
	ssize_t got;
	int error;

	switch (fuzz_below(&h->fuzz, 8)) {
	case 0:
		bad = true;
		got = read(open->fd, h->hole, size);
		break;
	case 1:
		odd = at < 0 || at > INT64_MAX / 2;
		got = preadv(open->fd, parts, 2, at);
		break;
	case 2:
	case 3:
		odd = at < 0 || at > INT64_MAX / 2;
		got = pread(open->fd, h->text, size, at);
		break;
	default:
		got = read(open->fd, h->text, size);
	}
	error = answer(h, HAMMER_read, got);
	if (error == -EINVAL && (odd || hammer_far(open)))
		return;
	if (!may_fail(open, error, bad) || got > (ssize_t)size)
		hammer_wrong(h, open, "read %zu bytes at %lld: %zd, %s", size, (long long)at,
			     got, strerror(-error));
	else if (got > 0 && !bad)
		look_at(h, open, h->text, got);
}

static void do_seek(struct hammer *h, struct hammer_open *open)
{
	int whence = fuzz_below(&h->fuzz, 4);	/* set, current, end, data */
	off_t at = any_offset(h);
	int error = answer(h, HAMMER_seek, lseek(open->fd, at, whence));

	if (error != -EINVAL && error != -EOVERFLOW && !may_fail(open, error, false))
		hammer_wrong(h, open, "lseek to %lld, %d: %s", (long long)at, whence,
			     strerror(-error));
}

/* To a pipe: these files are no such source, but for where the kernel makes them one. */
static void do_splice(struct hammer *h, struct hammer_open *open)
{
	loff_t at = any_offset(h);
	loff_t *where = fuzz_one_in(&h->fuzz, 2) ? &at : NULL;
	size_t size = any_size(h);
	off_t from = where ? at : lseek(open->fd, 0, SEEK_CUR);
	ssize_t got;
	int error;

	if (fuzz_one_in(&h->fuzz, 2))
		got = splice(open->fd, where, h->pipe[1], NULL, size, SPLICE_F_NONBLOCK);
	else
		got = sendfile(h->pipe[1], open->fd, where, size);
	error = answer(h, HAMMER_splice, got);
	/* Beyond the largest file of a file system without files of its own. */
	if (error == -EOVERFLOW && from > (off_t)INT32_MAX - (off_t)size)
		return;
	if (error != -EINVAL && error != -EAGAIN && !may_fail(open, error, false))
		hammer_wrong(h, open, "splice %zu bytes: %s", size, strerror(-error));
	got = read(h->pipe[0], h->text, HAMMER_TEXT);
	if (got > 0)
		look_at(h, open, h->text, got);
}

static void do_other(struct hammer *h, struct hammer_open *open)
{
	void *mapped;
	long ret;
	int error;

	switch (fuzz_below(&h->fuzz, 4)) {
	case 0:
		mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, open->fd, 0);
		ret = mapped == MAP_FAILED ? -1 : 0;
		if (!ret)
			hammer_wrong(h, open, "can be mapped");
		break;
	case 1:
		/* A command has no place in a file. */
		ret = pwrite(open->fd, "clear", 5, 1 + fuzz_below(&h->fuzz, 5000));
		if (ret >= 0)
			hammer_wrong(h, open, "pwrite: %ld", ret);
		break;
	case 2:
		ret = ioctl(open->fd, fuzz_number(&h->fuzz), h->hole);
		break;
	default:
		ret = fsync(open->fd);
	}
	error = answer(h, HAMMER_other, ret);
	if (error && error != -ENODEV && error != -EACCES && error != -ENOTTY &&
	    error != -EINVAL && error != -EIO && error != -EFAULT && error != -EBADF &&
	    error != -ESPIPE)
		hammer_wrong(h, open, "mmap, pwrite, ioctl or fsync: %s", strerror(-error));
}

static void be_kid(struct hammer *h)
{
	size_t i;

	for (i = 0; i < HAMMER_TEXT; i += 4096)
		h->text[i]++;
	usleep(fuzz_below(&h->fuzz, 3000));
	if (fuzz_one_in(&h->fuzz, 4))
		execl("/bin/true", "true", NULL);
	_exit(0);
}

/* A child that copies and soon ends; its number stays in use here for a while. */
static void do_fork(struct hammer *h)
{
	size_t slot = fuzz_below(&h->fuzz, HAMMER_KIDS);
	pid_t kid;

	if (h->kid_waits[slot])
		waitpid(h->kid[slot], NULL, 0);
	kid = fork();
	if (!kid)
		be_kid(h);
	answer(h, HAMMER_fork, kid);
	h->kid_waits[slot] = kid > 0;
	h->kid[slot] = kid > 0 ? kid : 1;
}

static void one_input(struct hammer *h)
{
	struct hammer_open *open = &h->open[fuzz_below(&h->fuzz, HAMMER_OPEN)];
	size_t what = fuzz_below(&h->fuzz, 100), tries;

	for (tries = 0; !open->file && tries < 5; tries++)
		open = &h->open[fuzz_below(&h->fuzz, HAMMER_OPEN)];
	if (what == 0)
		do_fork(h);
	else if (!open->file || what < 6)
		do_open(h);
	else if (what < 64)
		answer(h, HAMMER_write, hammer_write(h, open));
	else if (what < 84)
		do_read(h, open);
	else if (what < 90)
		do_seek(h, open);
	else if (what < 95)
		do_splice(h, open);
	else
		do_other(h, open);
}

static bool prepare(struct hammer *h)
{
	/* What is read ends where nothing is mapped: a byte too many is a fault. */
	char *room = mmap(NULL, HAMMER_TEXT + 3 * 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED || pipe2(h->pipe, O_CLOEXEC | O_NONBLOCK))
		return false;
	h->text = room;
	h->hole = room + HAMMER_TEXT + 2 * 4096;
	mprotect(h->hole, 4096, PROT_NONE);
	return true;
}

void hammer(struct hammer_report *report, uint64_t seed, unsigned int stream,
	    unsigned long inputs, const pid_t *other, size_t others)
{
	struct hammer h = {
		.report = report, .stream = stream, .fuzz = fuzz_start(seed, stream),
		.other = other, .others = others,
	};
	size_t i;

	for (i = 0; i < HAMMER_KIDS; i++)
		h.kid[i] = getpid();
	if (!prepare(&h)) {
		hammer_wrong(&h, NULL, "cannot begin: %s", strerror(errno));
		return;
	}
	for (; inputs && !report->wrong[0]; inputs--) {
		one_input(&h);
		report->done++;
	}
	for (i = 0; i < HAMMER_KIDS; i++)
		if (h.kid_waits[i])
			waitpid(h.kid[i], NULL, 0);
	for (i = 0; i < HAMMER_OPEN; i++)
		drop(&h.open[i]);
	close(h.pipe[0]);
	close(h.pipe[1]);
	munmap(h.text, HAMMER_TEXT + 3 * 4096);
}
