/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second truth beside the module: page frames as /proc/PID/pagemap tells
 * them, page flags, and the kernel's own attempts to copy as counted by a perf
 * event of one task. Knows nothing of the module.
 */
#ifndef SELFTEST_ORACLE_H
#define SELFTEST_ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

#define PAGE_BYTES	4096UL
#define HUGE_BYTES	(2UL << 20)

/* Bits of a pagemap entry and of kpageflags that tests ask for. */
#define PAGEMAP_PRESENT		(1ULL << 63)
#define PAGEMAP_SWAPPED		(1ULL << 62)
#define PAGEMAP_FRAME		((1ULL << 55) - 1)
#define KPAGE_KSM		(1ULL << 21)
#define KPAGE_THP		(1ULL << 22)

/*
 * pagemap entries of count places, stride bytes apart. The array is given by
 * the caller. 0 or -errno.
 */
int oracle_pagemap(pid_t pid, const void *base, size_t stride, size_t count,
		   uint64_t *entry);
/* pagemap entries of so many pages, in one read. 0 or -errno. */
int oracle_pagemap_read(pid_t pid, const void *base, size_t pages, uint64_t *entry);
/* How many of the places had a frame before and have another one now. */
size_t oracle_moved(const uint64_t *before, const uint64_t *after, size_t count);
/*
 * How many of the places are mapped with all of these flags. KSM's are those alone
 * that share their frame with another of the places.
 */
size_t oracle_flagged(const uint64_t *entry, size_t count, uint64_t flags);
/* Waits until all are, as the last entries say; how many are in the end. */
size_t oracle_wait_flagged(pid_t pid, const void *base, size_t stride, size_t count,
			   uint64_t *entry, uint64_t flags);
/* How many different frames the mapped ones of the places have. */
size_t oracle_frames(const uint64_t *entry, size_t count);
/* How many of the places are swap entries. */
size_t oracle_swapped(const uint64_t *entry, size_t count);

/*
 * Attempts to copy, counted for the calling task alone. setup makes the probe
 * event (1: it is there, 0: this kernel has no such function, else -errno).
 * open gives a stopped counter for the calling task, or -1 without the event.
 */
int oracle_attempts_setup(void);
void oracle_attempts_cleanup(void);
int oracle_attempts_open(void);
void oracle_attempts_start(int counter);
/* Stops, closes and returns the count; -1 without the event. */
long long oracle_attempts_stop(int counter);
/* Does it count copies that were made in vain? Else those alone that were installed. */
bool oracle_attempts_lost_too(void);

/* A field of /proc/PID/status or the like, in its own unit; -1: not there. */
long long oracle_status(pid_t pid, const char *field);
/* A counter of /proc/vmstat; -1: this kernel has none of that name. */
long long oracle_vmstat(const char *name);
/* A field of smaps, in pages, of the mapping that holds an address; -1: not there. */
long oracle_smaps(pid_t pid, const void *addr, const char *field);
/* Waits until the process has one thread; joining returns before that. */
bool oracle_alone(pid_t pid);
/* Waits until all threads of the process sleep. */
bool oracle_asleep(pid_t pid);
/* The first child of the process, or -1. */
pid_t oracle_child(pid_t pid);
/* Lines of /proc/PID/maps, but for vsyscall, which is in no address space. */
long oracle_mappings(pid_t pid);

#endif /* SELFTEST_ORACLE_H */
