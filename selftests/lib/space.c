// SPDX-License-Identifier: GPL-2.0-only
/* Whole address spaces from outside; see space.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oracle.h"
#include "space.h"

#define PAGEMAP_WHAT	PAGEMAP_FRAME	/* a swap entry stands in the same bits */
#define KPAGE_ANON	(1ULL << 12)
#define KPAGE_HUGE	(1ULL << 17)
#define KPAGE_ZERO	(1ULL << 24)

/* The files that space_read() looks into. */
struct reading {
	int pagemap;
	int flags;
	int counts;
	struct space *space;
	bool cow;
};

static uint64_t word_at(int fd, uint64_t index)
{
	uint64_t word = 0;

	if (pread(fd, &word, sizeof(word), index * sizeof(word)) != sizeof(word))
		return 0;
	return word;
}

static int make_room(struct space *space, size_t more)
{
	struct space_page *page;

	if (space->nr + more <= space->room)
		return 0;
	space->room = (space->nr + more) * 2;
	page = realloc(space->page, space->room * sizeof(*page));
	if (!page)
		return -ENOMEM;
	space->page = page;
	return 0;
}

static int add_page(struct reading *reading, uint64_t at, uint64_t entry)
{
	struct space *space = reading->space;
	struct space_page *page;
	uint64_t frame = entry & PAGEMAP_WHAT, flags;

	if (make_room(space, 1))
		return -ENOMEM;
	page = &space->page[space->nr++];
	*page = (struct space_page){ .what = frame << 1, .at = at, .cow = reading->cow };
	if (entry & PAGEMAP_SWAPPED) {
		page->what |= 1;
		page->kind = SPACE_SWAP;
		return 0;
	}
	flags = word_at(reading->flags, frame);
	if (flags & KPAGE_ZERO)
		page->kind = SPACE_ZERO;
	else if (flags & KPAGE_KSM)
		page->kind = SPACE_KSM;
	else
		page->kind = flags & KPAGE_ANON ? SPACE_ANON : SPACE_FILE;
	page->hugetlb = flags & KPAGE_HUGE;
	page->shared = page->kind == SPACE_ANON && word_at(reading->counts, frame) > 1;
	return 0;
}

static int add_range(struct reading *reading, uint64_t start, uint64_t end)
{
	uint64_t entry[512];
	ssize_t got, i;
	int ret = 0;

	while (start < end && !ret) {
		uint64_t pages = (end - start) / PAGE_BYTES;

		got = pread(reading->pagemap, entry,
			    (pages < 512 ? pages : 512) * sizeof(*entry),
			    start / PAGE_BYTES * sizeof(*entry));
		if (got <= 0)
			return -EIO;
		for (i = 0; i < got / (ssize_t)sizeof(*entry) && !ret; i++)
			if (entry[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED))
				ret = add_page(reading, start + i * PAGE_BYTES, entry[i]);
		start += got / sizeof(*entry) * PAGE_BYTES;
	}
	return ret;
}

static int compare_pages(const void *a, const void *b)
{
	const struct space_page *left = a, *right = b;

	if (left->what != right->what)
		return left->what < right->what ? -1 : 1;
	return left->at < right->at ? -1 : left->at > right->at;
}

static int read_mappings(struct reading *reading, FILE *maps)
{
	unsigned long start, end;
	char line[512], perms[8];
	int ret = 0;

	while (!ret && fgets(line, sizeof(line), maps)) {
		if (strstr(line, "[v") ||
		    sscanf(line, "%lx-%lx %7s", &start, &end, perms) != 3)
			continue;
		reading->cow = perms[1] == 'w' && perms[3] == 'p';
		ret = add_range(reading, start, end);
	}
	return ret;
}

static int open_of(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* 6.12 says of every anonymous page that it is KSM's: does this kernel? */
static bool every_page_ksm(struct reading *reading)
{
	static char own[2 * PAGE_BYTES];
	uint64_t entry;

	own[PAGE_BYTES] = 1;
	if (oracle_pagemap(getpid(), own + PAGE_BYTES, PAGE_BYTES, 1, &entry))
		return false;
	return word_at(reading->flags, entry & PAGEMAP_FRAME) & KPAGE_KSM;
}

/* There KSM's are those that the process has twice, as our worlds make them. */
static void tell_ksm_apart(struct reading *reading)
{
	struct space_page *page = reading->space->page;
	size_t i, nr = reading->space->nr;

	for (i = 0; i < nr; i++) {
		if (page[i].kind != SPACE_KSM || (i && page[i - 1].what == page[i].what) ||
		    (i + 1 < nr && page[i + 1].what == page[i].what))
			continue;
		page[i].kind = SPACE_ANON;
		page[i].shared = word_at(reading->counts, page[i].what >> 1) > 1;
	}
}

int space_read(pid_t pid, struct space *space)
{
	struct reading reading = {
		.pagemap = open_of(pid, "pagemap"),
		.flags = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC),
		.counts = open("/proc/kpagecount", O_RDONLY | O_CLOEXEC),
		.space = space,
	};
	char path[64];
	FILE *maps;
	int ret = -EIO;

	memset(space, 0, sizeof(*space));
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (maps && reading.pagemap >= 0 && reading.flags >= 0 && reading.counts >= 0)
		ret = read_mappings(&reading, maps);
	if (maps)
		fclose(maps);
	qsort(space->page, space->nr, sizeof(*space->page), compare_pages);
	if (!ret && every_page_ksm(&reading))
		tell_ksm_apart(&reading);
	close(reading.pagemap);
	close(reading.flags);
	close(reading.counts);
	return ret;
}

int space_join(struct space *space, const struct space *other)
{
	if (make_room(space, other->nr))
		return -ENOMEM;
	memcpy(space->page + space->nr, other->page, other->nr * sizeof(*other->page));
	space->nr += other->nr;
	qsort(space->page, space->nr, sizeof(*space->page), compare_pages);
	return 0;
}

void space_free(struct space *space)
{
	free(space->page);
	memset(space, 0, sizeof(*space));
}

/* Counts a page of one that the other has in its places from .. to. */
static void count_common(struct space_common *common, const struct space_page *page,
			 const struct space_page *from, const struct space_page *to)
{
	bool other_place = false;

	for (; from < to; from++)
		other_place |= from->at != page->at;
	switch (page->kind) {
	case SPACE_ANON:
		common->shared++;
		common->elsewhere += other_place;
		break;
	case SPACE_FILE:
		common->cache++;
		break;
	case SPACE_SWAP:
		common->swap++;
		break;
	default:
		break;
	}
}

struct space_common space_compare_range(const struct space *one, const struct space *other,
					const void *base, size_t pages)
{
	uint64_t start = (uintptr_t)base, end = start + pages * PAGE_BYTES;
	const struct space_page *from = other->page, *to;
	const struct space_page *last = other->page + other->nr;
	struct space_common common = { 0 };
	size_t i;

	for (i = 0; i < one->nr; i++) {
		const struct space_page *page = &one->page[i];

		while (from < last && from->what < page->what)
			from++;
		for (to = from; to < last && to->what == page->what;)
			to++;
		if (from < to && page->at >= start && page->at < end)
			count_common(&common, page, from, to);
	}
	return common;
}

struct space_common space_compare(const struct space *one, const struct space *other)
{
	return space_compare_range(one, other, NULL, SIZE_MAX / PAGE_BYTES);
}

long long space_present(const struct space *space)
{
	long long count = 0;
	size_t i;

	for (i = 0; i < space->nr; i++)
		count += space->page[i].kind != SPACE_SWAP &&
			 space->page[i].kind != SPACE_ZERO;
	return count;
}

static bool is_armed(const struct space_page *page)
{
	return page->cow && !page->hugetlb && page->kind != SPACE_SWAP &&
	       (page->kind != SPACE_ANON || page->shared);
}

long long space_armed(const struct space *space, enum space_kind kind)
{
	long long count = 0;
	size_t i;

	for (i = 0; i < space->nr; i++)
		count += space->page[i].kind == kind && is_armed(&space->page[i]);
	return count;
}

int space_poke(pid_t pid, uint64_t at)
{
	int fd, ret = 0;
	char path[64], byte;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pread(fd, &byte, 1, at) != 1 || pwrite(fd, &byte, 1, at) != 1)
		ret = -EIO;
	close(fd);
	return ret;
}

/* Pages of one mapping that are there; a bare loop, since it writes its own stack. */
static long rewrite_mapping(int pagemap, uintptr_t at, uintptr_t end)
{
	static uint64_t entry[512];
	long written = 0;
	ssize_t got, i;

	for (; at < end; at += got / sizeof(*entry) * PAGE_BYTES) {
		size_t pages = (end - at) / PAGE_BYTES;

		got = pread(pagemap, entry, (pages < 512 ? pages : 512) * sizeof(*entry),
			    at / PAGE_BYTES * sizeof(*entry));
		if (got <= 0)
			return -EIO;
		for (i = 0; i < got / (ssize_t)sizeof(*entry); i++) {
			volatile char *page = (char *)at + i * PAGE_BYTES;

			if (!(entry[i] & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED)))
				continue;
			*page = *page;	/* cppcheck-suppress selfAssignment ; volatile */
			written++;
		}
	}
	return written;
}

/* All that is used stands in memory of its own: nothing is allocated meanwhile. */
long space_rewrite(void *arg)
{
	static char maps[65536];
	int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	long written = file < 0 || pagemap < 0 ? -errno : 0;
	char *line = maps, *end;
	ssize_t got, used = 0;

	(void)arg;
	while (written >= 0 && (got = read(file, maps + used, sizeof(maps) - 1 - used)) > 0)
		used += got;
	maps[used] = '\0';
	for (; written >= 0 && *line; line = strchr(line, '\n') + 1) {
		uintptr_t start = strtoul(line, &end, 16), stop = strtoul(end + 1, &end, 16);
		long more = 0;

		/* START-END PERMS: may be written, private */
		if (end[2] == 'w' && end[4] == 'p')
			more = rewrite_mapping(pagemap, start, stop);
		written = more < 0 ? more : written + more;
	}
	close(file);
	close(pagemap);
	return written;
}
