/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of memory with a known number of pages in a known state, and the
 * plain accesses to them. Everything here runs inside an actor; every function
 * fits actor_call(). Knows nothing of the module.
 */
#ifndef SELFTEST_WORLD_H
#define SELFTEST_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "oracle.h"

enum world_kind {
	WORLD_ANON,		/* private anonymous, every page written */
	WORLD_UNTOUCHED,	/* private anonymous, no page present */
	WORLD_ZERO,		/* private anonymous, every page read only */
	WORLD_FILE_ABSENT,	/* private writable file mapping, no page mapped */
	WORLD_FILE_MAPPED,	/* the same, every page read */
	WORLD_FILE_READONLY,	/* private file mapping without PROT_WRITE, read */
	WORLD_MEMFD_MAPPED,	/* private writable memfd mapping, every page read */
	WORLD_SHARED_ANON,	/* MAP_SHARED, anonymous, every page written */
	WORLD_SHARED_FILE,	/* MAP_SHARED file, every page written */
	WORLD_HEAP,		/* grown by brk, every page written */
	WORLD_THP,		/* private anonymous huge pages, written */
	WORLD_THP_ZERO,		/* the huge zero page, read */
	WORLD_HUGETLB,		/* private hugetlb pages, written */
	WORLD_MERGEABLE,	/* private anonymous, equal pages offered to KSM */
};

struct world {
	enum world_kind kind;
	size_t pages;		/* places to write, one each stride bytes */
	size_t stride;		/* bytes; set by world_make */
	char *base;		/* set by world_make */
};

/* Fills in base and stride. 0 or -errno. arg: struct world. */
long world_make(void *arg);

/*
 * One pass over a part of a world: count places from the first one on. The
 * loop itself touches no other memory. attempts is what the kernel tried to
 * copy meanwhile in this task, -1 where that cannot be known.
 */
struct pass {
	struct world world;
	size_t first;
	size_t count;
	char value;		/* written to the first byte of each place */
	long long attempts;
};

/* arg: struct pass. 0 or -errno. */
long world_write(void *arg);
long world_read(void *arg);
/* Every second place, from the first one on. arg: struct world. */
long world_write_every_other(void *arg);
/* How many places hold value in their first byte. */
long world_check(void *arg);
/* MADV_DONTNEED over the whole world: gives the pages back. arg: struct world. */
long world_drop(void *arg);
/*
 * Writes what stands there to every page of the actor that may be written: nothing that
 * the test does to its own memory changes the actor's any more.
 */
long world_own_all(void *arg);
/* Makes soft-dirty tracking write-protect the whole address space. */
long world_clear_soft_dirty(void *arg);

/* Pins the whole world as an io_uring's fixed buffer. arg: struct world. */
long world_pin(void *arg);

/* The world and one MADV_ value. */
struct advice {
	struct world world;
	int advice;
};

/* arg: struct advice. */
long world_advise(void *arg);

/* The world and what may be done with it, PROT_ values. */
struct protect {
	struct world world;
	int prot;
};

/* arg: struct protect. */
long world_protect(void *arg);

/* Puts the actor into the cgroup of world_reclaim: what it touches from now on. */
long world_reclaim_join(void *arg);

/* Machine settings, run by the test itself; 0 or -errno. */
int world_hugetlb_reserve(size_t pages);
int world_thp_allow(void);
/* Lets khugepaged work in a hurry, also on pages that are shared, or not at all. */
int world_thp_daemon(bool run);
/* KSM on, in a hurry, and off; merging itself takes a while. */
int world_ksm_start(void);
int world_ksm_stop(void);
/* Some swap on zram, made once and left until world_swap_stop. */
int world_swap_start(void);
int world_swap_stop(void);
/* A cgroup, to have reclaimed what MADV_PAGEOUT leaves alone: pages mapped twice. */
int world_reclaim_start(void);
int world_reclaim(void);
int world_reclaim_stop(void);
int world_setting(const char *path, const char *value);

#endif /* SELFTEST_WORLD_H */
