/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the jobs of the measuring program share: the count of instructions, the median,
 * the place where figures go.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <x86intrin.h>

#define PAGE	4096UL

/* Instructions so far, when the VM counts them (selftests/vm/run -I). */
static inline uint64_t instructions(void)
{
	return __rdtsc();
}

/* Sorts them. */
uint64_t median(uint64_t *sample, size_t nr);
/* "ROW FIGURE VALUE", a line of the output. */
void told(const char *figure, double value);
void die(const char *what) __attribute__((noreturn));

/* Private anonymous memory in small pages, not there yet. */
char *small_pages(size_t nr);
/* Reads all that a file gives, from where its offset is. */
void drain(int fd, const char *what);
/* Runs a program that prints nowhere; what it cost with its exec, in instructions. */
uint64_t run_program(char *const argv[]);

/* The jobs. */
void measure_faults(void);
void measure_readers(const char *page_types);
void measure_tasks(int tasks);
void measure_unload(void);
void hold_crowd(int tasks);

#endif /* BENCH_MEASURE_H */
