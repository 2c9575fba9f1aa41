// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to learn which pages of a process are shared: the module's views, and
 * whatever else tells something like it, of one process with 256 MiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actor.h"
#include "cowscope_abi.h"
#include "measure.h"

#define PAGES	65536UL		/* 256 MiB */
#define ENTRIES	8192		/* of pagemap in one read */
#define PRESENT	(1ULL << 63)
#define FRAME	((1ULL << 55) - 1)
#define ROUNDS	3

static char *memory;	/* at the same place in the owner and in its child */

static long own(void *arg)
{
	size_t i;

	memory = small_pages(PAGES);
	for (i = 0; i < PAGES; i++)
		memory[i * PAGE] = 1;
	*(char **)arg = memory;
	return 0;
}

struct writes { size_t from, step; };

/* Writes from a page on; the rest stays as it is. */
static long write_some(void *arg)
{
	const struct writes *writes = arg;
	size_t i;

	for (i = writes->from; i < PAGES; i += writes->step)
		memory[i * PAGE] = 2;
	return 0;
}

__attribute__((format(printf, 1, 2)))
static int open_file(const char *format, ...)
{
	char path[128];
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_RDWR);
	if (fd < 0 && (errno == EACCES || errno == EISDIR))
		fd = open(path, O_RDONLY);
	if (fd < 0)
		die(path);
	return fd;
}

static void ask(pid_t pid, const char *view)
{
	int fd = open_file("/sys/kernel/debug/cowscope/query");

	if (dprintf(fd, "%d %s", pid, view) < 0)
		die(view);
	drain(fd, view);
	close(fd);
}

static void proc_file(pid_t pid, const char *name)
{
	int fd = open_file("/proc/%d/%s", pid, name);

	drain(fd, name);
	close(fd);
}

/* One bit of each entry says whether the page is mapped once. */
static void read_pagemap(pid_t pid, const char *unused)
{
	static uint64_t entry[ENTRIES];
	int fd = open_file("/proc/%d/pagemap", pid);
	size_t at;

	(void)unused;
	for (at = 0; at < PAGES; at += ENTRIES)
		if (pread(fd, entry, sizeof(entry), ((uintptr_t)memory / PAGE + at) * 8) !=
		    sizeof(entry))
			die("pagemap");
	close(fd);
}

/* How many map each page; frames that follow each other are asked for at once. */
static void read_kpagecount(pid_t pid, const char *unused)
{
	static uint64_t entry[ENTRIES], mapped[ENTRIES];
	int fd = open_file("/proc/%d/pagemap", pid);
	int counts = open("/proc/kpagecount", O_RDONLY);
	size_t at, i, run;

	(void)unused;
	for (at = 0; at < PAGES; at += ENTRIES) {
		if (pread(fd, entry, sizeof(entry), ((uintptr_t)memory / PAGE + at) * 8) !=
		    sizeof(entry))
			die("pagemap");
		for (i = 0; i < ENTRIES; i += run) {
			for (run = 1; i + run < ENTRIES &&
			     entry[i + run] == entry[i] + run; run++)
				;
			if (entry[i] & PRESENT &&
			    pread(counts, mapped, run * 8, (entry[i] & FRAME) * 8) !=
			    (ssize_t)run * 8)
				die("kpagecount");
		}
	}
	close(counts);
	close(fd);
}

/* A walk that tells nothing, of one address space or against another. */
static void bare(pid_t pid, const char *unused)
{
	int fd = open_file("/proc/cowscope_limit");

	(void)unused;
	if (dprintf(fd, "%d", pid) < 0)
		die("walk");
	close(fd);
}

static pid_t partner;

static void bare_pair(pid_t pid, const char *unused)
{
	int fd = open_file("/proc/cowscope_limit");

	(void)unused;
	if (dprintf(fd, "%d %d", pid, partner) < 0)
		die("pair");
	close(fd);
}

struct reader {
	const char *name;
	void (*read)(pid_t pid, const char *argument);
	const char *argument;
};

/* Of the module with walks that tell nothing. */
static const struct reader limits[] = {
	{ "walk", bare, NULL },
	{ "pair", bare_pair, NULL },
	{ }
};

static const struct reader readers[] = {
	{ "pages", ask, "pages" },
	{ "family", ask, "family" },
	{ "forecast", ask, "forecast" },
	{ "smaps", proc_file, "smaps" },
	{ "smaps_rollup", proc_file, "smaps_rollup" },
	{ "pagemap", read_pagemap, NULL },
	{ "kpagecount", read_kpagecount, NULL },
	{ }
};

static void told_of(const char *name, const char *state, double value)
{
	char figure[64];

	snprintf(figure, sizeof(figure), "%s.%s", name, state);
	told(figure, value);
}

static void read_files(const struct reader *r, pid_t pid, const char *state, int spaces)
{
	uint64_t sample[ROUNDS], before;
	double pages;
	size_t round;

	for (; r->name; r++) {
		pages = PAGES;
		if (!strcmp(r->name, "family") || r->read == bare_pair)
			pages *= spaces;
		if (r->read == bare_pair && spaces < 2)
			continue;
		for (round = 0; round < ROUNDS; round++) {
			before = instructions();
			r->read(pid, r->argument);
			sample[round] = instructions() - before;
		}
		told_of(r->name, state, median(sample, ROUNDS) / pages);
	}
}

static void run_programs(pid_t pid, const char *state, const char *page_types)
{
	char number[16];
	char *const cowmap[] = { "cowmap", number, NULL };
	char *const types[] = { (char *)page_types, "-p", number, NULL };
	char *const smem[] = { "smem", "-P", "measure", NULL };

	snprintf(number, sizeof(number), "%d", pid);
	/* The first run reads it from the disk. */
	run_program(cowmap);
	told_of("cowmap", state, run_program(cowmap) / (double)PAGES);
	run_program(types);
	told_of("page-types", state, run_program(types) / (double)PAGES);
	run_program(smem);
	told_of("smem", state, run_program(smem) / (double)PAGES);
}

static void look(pid_t pid, const char *state, int spaces, const char *page_types)
{
	if (!strcmp(page_types, "limit")) {
		read_files(limits, pid, state, spaces);
		return;
	}
	read_files(readers, pid, state, spaces);
	if (*page_types)
		run_programs(pid, state, page_types);
}

/* @page_types: the program, "" leave programs out, "limit" walks that tell nothing. */
void measure_readers(const char *page_types)
{
	struct writes second_half = { PAGES / 2, 1 }, every_second = { 1, 2 };
	struct cast cast;
	pid_t pid;

	if (cast_begin(&cast))
		die("actors");
	pid = actor_found(&cast, 0);
	if (pid < 0 || actor_call(&cast.actor[0], own, &memory, sizeof(memory)))
		die("owner");
	look(pid, "own", 1, page_types);
	partner = actor_fork(&cast, 0, 1);
	if (partner < 0)
		die("partner");
	look(pid, "shared", 2, page_types);
	actor_call(&cast.actor[1], write_some, &second_half, sizeof(second_half));
	look(pid, "half", 2, page_types);
	actor_quit(&cast.actor[1]);
	actor_call(&cast.actor[0], write_some, &(struct writes){ 0, 1 }, sizeof(struct writes));
	partner = actor_fork(&cast, 0, 2);
	if (partner < 0)
		die("partner");
	actor_call(&cast.actor[2], write_some, &every_second, sizeof(every_second));
	look(pid, "second", 2, page_types);
	cast_end(&cast);
}
