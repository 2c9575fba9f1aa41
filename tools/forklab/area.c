// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "area.h"

/* The largest page size that the supported machines have. */
#define PAGE_MAX	65536

/* The byte of a page that carries its mark. */
#define MARK_OFFSET	7

/* A value at the end keeps the array in the file; its pages start clean. */
static unsigned char data_pages[AREA_FEW * PAGE_MAX + 1]
	__attribute__((aligned(PAGE_MAX))) = { [AREA_FEW * PAGE_MAX] = 1 };
static unsigned char bss_pages[AREA_FEW * PAGE_MAX]
	__attribute__((aligned(PAGE_MAX)));

static int map_anon(struct stage *st, enum area kind, size_t pages, int flags,
		    int fd)
{
	void *p = mmap(NULL, pages * st->page, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	/* EINVAL: a kernel without huge pages, which is as good. */
	madvise(p, pages * st->page, MADV_NOHUGEPAGE);
	st->area[kind] = p;
	return 0;
}

static int map_heap(struct stage *st, size_t pages)
{
	unsigned char *top = sbrk(0);
	size_t pad = -(uintptr_t)top % st->page;

	if (sbrk(pad + pages * st->page) == (void *)-1)
		return -errno;
	st->area[AREA_HEAP] = top + pad;
	return 0;
}

/* A file with a mark in each page, in memory: no disk is needed. */
static int map_file(struct stage *st, size_t pages)
{
	const unsigned char mark = 'f';
	size_t i;

	st->file = memfd_create("forklab", MFD_CLOEXEC);
	if (st->file < 0 || ftruncate(st->file, pages * st->page))
		return -errno;
	for (i = 0; i < pages; i++)
		if (pwrite(st->file, &mark, 1, i * st->page + MARK_OFFSET) != 1)
			return errno ? -errno : -EIO;
	return map_anon(st, AREA_FILE, pages, MAP_PRIVATE, st->file);
}

/* The first object is the program itself; its code is what may be executed. */
static int find_text(struct dl_phdr_info *info, size_t size, void *data)
{
	struct stage *st = data;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type != PT_LOAD ||
		    !(info->dlpi_phdr[i].p_flags & PF_X))
			continue;
		st->area[AREA_TEXT] = (unsigned char *)
			(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
		st->text_pages = info->dlpi_phdr[i].p_memsz / st->page;
	}
	return 1;
}

static int map_text(struct stage *st)
{
	dl_iterate_phdr(find_text, st);
	return st->text_pages ? 0 : -ENOENT;
}

int area_map(struct stage *st, enum area kind, size_t pages)
{
	switch (kind) {
	case AREA_ANON:
		return map_anon(st, kind, pages, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	case AREA_SHARED:
		return map_anon(st, kind, pages, MAP_SHARED | MAP_ANONYMOUS, -1);
	case AREA_HEAP:
		return map_heap(st, pages);
	case AREA_FILE:
		return map_file(st, pages);
	case AREA_DATA:
		st->area[kind] = data_pages;
		return 0;
	case AREA_BSS:
		st->area[kind] = bss_pages;
		return 0;
	case AREA_TEXT:
		return map_text(st);
	default:
		return st->area[kind] ? 0 : -EINVAL;
	}
}

void area_write(const struct stage *st, enum area kind, size_t first,
		size_t count, unsigned char mark)
{
	volatile unsigned char *p = st->area[kind] + first * st->page + MARK_OFFSET;

	for (; count; count--, p += st->page)
		*p = mark;
}

int64_t area_read(const struct stage *st, enum area kind, size_t first,
		  size_t count)
{
	const volatile unsigned char *p =
		st->area[kind] + first * st->page + MARK_OFFSET;
	int64_t sum = 0;

	for (; count; count--, p += st->page)
		sum += *p;
	return sum;
}

int area_advise(const struct stage *st, enum area kind, size_t pages, int advice)
{
	return madvise(st->area[kind], pages * st->page, advice) ? -errno : 0;
}

int64_t area_read_file(const struct stage *st, size_t first, size_t count)
{
	unsigned char mark;
	int64_t sum = 0;
	size_t i;

	for (i = first; i < first + count; i++) {
		if (pread(st->file, &mark, 1, i * st->page + MARK_OFFSET) != 1)
			return errno ? -errno : -EIO;
		sum += mark;
	}
	return sum;
}
