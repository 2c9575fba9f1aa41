// SPDX-License-Identifier: GPL-2.0-only
/* Ranges of memory in a known state; see world.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "world.h"

static void fill(char *base, size_t stride, size_t pages, char value)
{
	volatile char *at = base;
	size_t i;

	for (i = 0; i < pages; i++)
		at[i * stride] = value;
}

static void look(const char *base, size_t stride, size_t pages)
{
	const volatile char *at = base;
	size_t i;

	for (i = 0; i < pages; i++)
		(void)at[i * stride];
}

/* A file whose pages are in the page cache; unlinked, held by the mapping. */
static int cached_file(bool memfd, size_t bytes)
{
	char path[] = "/dev/shm/cowscope-world-XXXXXX";
	static const char page[PAGE_BYTES] = { 'f' };
	int fd = memfd ? memfd_create("cowscope-world", MFD_CLOEXEC)
		       : mkostemp(path, O_CLOEXEC);
	size_t done;

	if (fd < 0)
		return -errno;
	if (!memfd)
		unlink(path);
	for (done = 0; done < bytes; done += sizeof(page))
		if (write(fd, page, sizeof(page)) != sizeof(page)) {
			close(fd);
			return -EIO;
		}
	return fd;
}

static char *map_file(struct world *world, int prot, int flags, bool memfd)
{
	size_t bytes = world->pages * PAGE_BYTES;
	int fd = cached_file(memfd, bytes);
	char *base;

	if (fd < 0) {
		errno = -fd;
		return MAP_FAILED;
	}
	base = mmap(NULL, bytes, prot, flags, fd, 0);
	close(fd);
	return base;
}

/*
 * A mapping of its own: a hole on either side keeps neighbours from merging
 * with it, and huge pages stay away unless they are the subject.
 */
static char *map_anon(size_t bytes, int flags)
{
	char *base = mmap(NULL, bytes + 2 * PAGE_BYTES, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return base;
	base = mmap(base + PAGE_BYTES, bytes, PROT_READ | PROT_WRITE,
		    flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (base != MAP_FAILED && flags & MAP_PRIVATE)
		madvise(base, bytes, MADV_NOHUGEPAGE);
	return base;
}

static char *map_huge(size_t pages)
{
	size_t bytes = pages * HUGE_BYTES;
	char *base = mmap(NULL, bytes + HUGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return base;
	base = (char *)(((uintptr_t)base + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
	if (madvise(base, bytes, MADV_HUGEPAGE))
		return MAP_FAILED;
	return base;
}

static char *grow_heap(size_t bytes)
{
	uintptr_t end = (uintptr_t)sbrk(0);
	size_t pad = -end & (PAGE_BYTES - 1);
	char *base = sbrk(pad + bytes);

	return base == (char *)-1 ? MAP_FAILED : base + pad;
}

static char *map_kind(struct world *world)
{
	size_t bytes = world->pages * PAGE_BYTES;

	switch (world->kind) {
	case WORLD_ANON:
	case WORLD_UNTOUCHED:
	case WORLD_ZERO:
	case WORLD_MERGEABLE:
		return map_anon(bytes, MAP_PRIVATE);
	case WORLD_SHARED_ANON:
		return map_anon(bytes, MAP_SHARED);
	case WORLD_FILE_ABSENT:
	case WORLD_FILE_MAPPED:
		return map_file(world, PROT_READ | PROT_WRITE, MAP_PRIVATE, false);
	case WORLD_FILE_READONLY:
		return map_file(world, PROT_READ, MAP_PRIVATE, false);
	case WORLD_MEMFD_MAPPED:
		return map_file(world, PROT_READ | PROT_WRITE, MAP_PRIVATE, true);
	case WORLD_SHARED_FILE:
		return map_file(world, PROT_READ | PROT_WRITE, MAP_SHARED, false);
	case WORLD_HEAP:
		return grow_heap(bytes);
	case WORLD_THP:
	case WORLD_THP_ZERO:
		return map_huge(world->pages);
	case WORLD_HUGETLB:
		return mmap(NULL, world->pages * HUGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	}
	errno = EINVAL;
	return MAP_FAILED;
}

/* Brings the pages of a fresh mapping into the state that the kind names. */
static void settle(struct world *world)
{
	size_t i;

	switch (world->kind) {
	case WORLD_UNTOUCHED:
	case WORLD_FILE_ABSENT:
		break;
	case WORLD_ZERO:
	case WORLD_FILE_MAPPED:
	case WORLD_FILE_READONLY:
	case WORLD_MEMFD_MAPPED:
	case WORLD_THP_ZERO:
		look(world->base, world->stride, world->pages);
		break;
	case WORLD_MERGEABLE:
		for (i = 0; i < world->pages; i++)
			memset(world->base + i * world->stride, 'm', world->stride);
		madvise(world->base, world->pages * world->stride, MADV_MERGEABLE);
		break;
	default:
		fill(world->base, world->stride, world->pages, 'w');
	}
}

long world_make(void *arg)
{
	struct world *world = arg;
	bool huge = world->kind == WORLD_THP || world->kind == WORLD_THP_ZERO ||
		    world->kind == WORLD_HUGETLB;

	world->stride = huge ? HUGE_BYTES : PAGE_BYTES;
	world->base = map_kind(world);
	if (world->base == MAP_FAILED)
		return -errno;
	settle(world);
	return 0;
}

long world_write(void *arg)
{
	struct pass *pass = arg;
	int counter = oracle_attempts_open();

	oracle_attempts_start(counter);
	fill(pass->world.base + pass->first * pass->world.stride, pass->world.stride,
	     pass->count, pass->value);
	pass->attempts = oracle_attempts_stop(counter);
	return 0;
}

long world_read(void *arg)
{
	struct pass *pass = arg;

	look(pass->world.base + pass->first * pass->world.stride, pass->world.stride,
	     pass->count);
	return 0;
}

long world_write_every_other(void *arg)
{
	const struct world *world = arg;

	fill(world->base, 2 * world->stride, (world->pages + 1) / 2, 'e');
	return 0;
}

long world_check(void *arg)
{
	const struct pass *pass = arg;
	const volatile char *at = pass->world.base;
	long equal = 0;
	size_t i;

	for (i = pass->first; i < pass->first + pass->count; i++)
		equal += at[i * pass->world.stride] == pass->value;
	return equal;
}

long world_drop(void *arg)
{
	const struct world *world = arg;

	if (madvise(world->base, world->pages * world->stride, MADV_DONTNEED))
		return -errno;
	return 0;
}

long world_advise(void *arg)
{
	const struct advice *advice = arg;

	if (madvise(advice->world.base, advice->world.pages * advice->world.stride,
		    advice->advice))
		return -errno;
	return 0;
}

long world_protect(void *arg)
{
	const struct protect *protect = arg;

	if (mprotect(protect->world.base, protect->world.pages * protect->world.stride,
		     protect->prot))
		return -errno;
	return 0;
}

long world_pin(void *arg)
{
	const struct world *world = arg;
	struct io_uring_params params = { 0 };
	struct iovec buffer = { world->base, world->pages * world->stride };
	int fd = syscall(SYS_io_uring_setup, 1, &params);

	if (fd < 0 || syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS,
			      &buffer, 1))
		return -errno;
	return 0;
}

/* Writes to the pages of a range that are there. */
static int own_range(char *start, char *end)
{
	volatile char *at;
	uint64_t entry;
	int ret = 0;

	for (at = start; at < end && !ret; at += PAGE_BYTES) {
		ret = oracle_pagemap(getpid(), (char *)at, PAGE_BYTES, 1, &entry);
		if (!ret && entry & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED))
			*at = *at;	/* cppcheck-suppress selfAssignment ; volatile */
	}
	return ret;
}

long world_own_all(void *arg)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char line[512], perms[8];
	int ret = file ? 0 : -errno;

	(void)arg;
	while (!ret && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx-%lx %7s", &start, &end, perms) == 3 &&
		    !strncmp(perms, "rw", 2) && perms[3] == 'p')
			ret = own_range((char *)start, (char *)end);
	if (file)
		fclose(file);
	return ret;
}

long world_clear_soft_dirty(void *arg)
{
	(void)arg;
	return world_setting("/proc/self/clear_refs", "4");
}
