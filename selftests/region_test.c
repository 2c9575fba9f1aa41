// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every region of the contract: a copy is booked on the row of the mapping it
 * happened in, and on no other.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kernel.h"

#define PAGES		43

/* Global arrays: one without and one with a value in the program's file. */
static char zeroed[PAGES * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static char given[PAGES * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES))) = { 'g' };

/* Code to be patched: nobody calls it, the linker keeps it in the text. */
__attribute__((used, noinline, aligned(4096))) static void patched(void)
{
	__asm__ volatile(".fill 8192, 1, 0x90");
}

FIXTURE(region) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(region)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(region)
{
	stage_end(_metadata, &self->cast);
}

/* The owner writes the range, forks, and the heir's copies are booked there. */
static void expect_copies_in(struct __test_metadata *_metadata,
			     FIXTURE_DATA(region) *self, const struct world *world,
			     enum scope_region region)
{
	struct scope_cow before, after;

	write_part(_metadata, self->owner, world, 0, PAGES);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, world);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world->base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	before = cow_of(_metadata, self->heir);
	expect_attempts(_metadata, PAGES,
			write_part(_metadata, self->heir, world, 0, PAGES));
	after = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, world->base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after, GREW({ region, CAUSE_COPIED, PAGES }));
	EXPECT_EQ(PAGES, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

/* Memory between start_brk and brk is heap. */
/* Broken: malloc's small blocks appear as something else. */
TEST_F(region, heap)
{
	struct world world = make_world(_metadata, self->owner, WORLD_HEAP, PAGES);

	expect_copies_in(_metadata, self, &world, REGION_HEAP);
}

/* Global variables without a value in the file are data. */
/* Broken: a program's bss hides among anonymous mappings. */
TEST_F(region, bss)
{
	struct world world = { .base = zeroed, .pages = PAGES, .stride = PAGE_BYTES };

	expect_copies_in(_metadata, self, &world, REGION_DATA);
}

/* Global variables with a value: first a file copy, then copies, all in data. */
/* Broken: initialised globals are missing or are called text. */
TEST_F(region, initialised_data)
{
	struct world world = { .base = given, .pages = PAGES, .stride = PAGE_BYTES };
	struct scope_cow before, after;

	warm_up(_metadata, self->owner, &world);
	before = cow_of(_metadata, self->owner);
	write_part(_metadata, self->owner, &world, 0, PAGES);
	after = cow_of(_metadata, self->owner);
	expect_grown(_metadata, &before, &after, GREW({ REGION_DATA, CAUSE_FILE, PAGES }));
	expect_copies_in(_metadata, self, &world, REGION_DATA);
}

/* Private anonymous memory from mmap is anon. */
/* Broken: big allocations are booked elsewhere. */
TEST_F(region, anon)
{
	struct world world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);

	expect_copies_in(_metadata, self, &world, REGION_ANON);
}

/* In an actor: serves from a frame that has room for the test's pages. */
static long stack_world(void *arg)
{
	char room[(PAGES + 1) * PAGE_BYTES];
	struct world *world = arg;

	world->base = (char *)(((uintptr_t)room + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1));
	world->stride = PAGE_BYTES;
	memset(room, 's', sizeof(room));
	/* The pages stay below the stack pointer: mapped, and nobody's. */
	__asm__ volatile("" : : "r"(room) : "memory");
	return 0;
}

/* The initial stack is stack, also deep below the part in use. */
/* Broken: deep recursion in a child looks like heap or anonymous memory. */
TEST_F(region, stack)
{
	struct world world = { .pages = PAGES };

	ASSERT_EQ(0, actor_call(self->owner, stack_world, PASSING(&world)));
	/* The top places lie under the frames of the calls that follow. */
	world.base -= 16 * PAGE_BYTES;
	expect_copies_in(_metadata, self, &world, REGION_STACK);
}

static void *serve_in_thread(void *arg)
{
	actor_serve(arg);
}

static long start_thread(void *arg)
{
	static struct actor actor;
	pthread_t thread;

	memcpy(&actor, arg, sizeof(actor));
	return -pthread_create(&thread, NULL, serve_in_thread, &actor);
}

static long thread_stack_world(void *arg)
{
	return stack_world(arg);
}

/* A thread's stack is ordinary memory to the kernel: anon. */
/* Broken: thread stacks are promised to be stack, which nobody can know. */
TEST_F(region, thread_stack)
{
	struct actor *thread = &self->cast.actor[2];
	struct world world = { .pages = PAGES };

	ASSERT_EQ(0, actor_call(self->owner, start_thread, PASSING(thread)));
	thread->pid = self->owner->pid;
	ASSERT_EQ(0, actor_call(thread, thread_stack_world, PASSING(&world)));
	thread->pid = 0;
	world.base -= 16 * PAGE_BYTES;
	expect_copies_in(_metadata, self, &world, REGION_ANON);
}

/* One byte through /proc/PID/mem, which writes where the owner may not. */
static int poke(pid_t pid, const void *at)
{
	char path[64], byte;
	int fd, ret = -1;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pread(fd, &byte, 1, (off_t)(uintptr_t)at) == 1 &&
	    pwrite(fd, &byte, 1, (off_t)(uintptr_t)at) == 1)
		ret = 0;
	close(fd);
	return ret ? -errno : 0;
}

static void expect_poke(struct __test_metadata *_metadata, FIXTURE_DATA(region) *self,
			const void *at, enum scope_region region)
{
	struct scope_cow before, after;

	before = cow_of(_metadata, self->owner);
	ASSERT_EQ(0, poke(self->owner->pid, at));
	after = cow_of(_metadata, self->owner);
	expect_grown(_metadata, &before, &after,
		     GREW({ region, CAUSE_FILE, 1 }, { region, CAUSE_REMOTE, 1 }));
}

/* A breakpoint in the program's code is a file copy in text. */
/* Broken: a debugged process hides what its breakpoints cost. */
TEST_F(region, text)
{
	expect_poke(_metadata, self, (const char *)patched, REGION_TEXT);
}

/* Where the kernel finds an address of ours in the program's file. */
static int file_offset(const void *address, char *path, size_t size, unsigned long *offset)
{
	unsigned long start, end, at = (unsigned long)address;
	FILE *file = fopen("/proc/self/maps", "re");
	char line[512], name[256];
	int ret = -ENOENT;

	while (file && ret && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %255s", &start, &end, offset,
			   name) != 4 || at < start || at >= end)
			continue;
		*offset += at - start;
		snprintf(path, size, "%s", name);
		ret = 0;
	}
	if (file)
		fclose(file);
	return ret;
}

#define UPROBE	"/sys/kernel/tracing/events/cowscope_selftest/patch/enable"

/* A uprobe patches a private page of text, by a fault or without: a file copy. */
/* Broken: tracing a service costs it memory that nothing shows. */
TEST_F(region, uprobe)
{
	char path[256], command[512];
	struct scope_cow before, after;
	unsigned long offset;

	ASSERT_EQ(0, file_offset((const char *)patched + 16, path, sizeof(path), &offset));
	snprintf(command, sizeof(command), "p:cowscope_selftest/patch %s:0x%lx", path,
		 offset);
	ASSERT_EQ(0, world_setting("/sys/kernel/tracing/uprobe_events", command));
	before = cow_of(_metadata, self->owner);
	EXPECT_EQ(0, world_setting(UPROBE, "1"));
	after = cow_of(_metadata, self->owner);
	EXPECT_EQ(0, world_setting(UPROBE, "0"));
	EXPECT_EQ(0, world_setting("/sys/kernel/tracing/uprobe_events",
				   "-:cowscope_selftest/patch"));
	/* 7.3 writes as a debugger does: on behalf of whoever switched it on. */
	expect_grown(_metadata, &before, &after, kernel_at_least(7, 0) ?
		     GREW({ REGION_TEXT, CAUSE_FILE, 1 }, { REGION_TEXT, CAUSE_REMOTE, 1 }) :
		     GREW({ REGION_TEXT, CAUSE_FILE, 1 }));
}

/* A private file mapping that may only be read is mapfile. */
/* Broken: patched read-only data is booked on data or text. */
TEST_F(region, mapfile)
{
	struct world world = make_world(_metadata, self->owner, WORLD_FILE_READONLY, PAGES);

	expect_poke(_metadata, self, world.base, REGION_MAPFILE);
}

/* The kernel's own mappings, the vdso for one, are special. */
/* Broken: a breakpoint in the vdso is taken for a change of the program. */
TEST_F(region, special)
{
	const char *vdso = (const char *)getauxval(AT_SYSINFO_EHDR);

	ASSERT_NE(NULL, vdso);
	expect_poke(_metadata, self, vdso, REGION_SPECIAL);
}

/* Shared mappings have a row of their own, and it stays empty. */
/* Broken: people look for their shared memory and find it nowhere. */
TEST_F(region, mapshared)
{
	struct world world = make_world(_metadata, self->owner, WORLD_SHARED_FILE, PAGES);
	struct scope_cow before, after;
	int cause;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, self->heir, &world, 0, PAGES);
	/* Mapped by now; a tracker makes the kernel look at each write again. */
	ASSERT_EQ(0, actor_call(self->heir, world_clear_soft_dirty, NULL, 0));
	warm_up(_metadata, self->heir, &world);
	before = cow_of(_metadata, self->heir);
	write_part(_metadata, self->heir, &world, 0, PAGES);
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after, GREW_NOTHING);
	for (cause = 0; cause < CAUSE_COUNT; cause++)
		EXPECT_EQ(0, after.cell[REGION_MAPSHARED][cause]);
}

/* The total row is the sum of the rows above it, in every column. */
/* Broken: the matrix does not add up, and nobody trusts any of it. */
TEST_F(region, total_is_the_sum)
{
	struct world world = make_world(_metadata, self->owner, WORLD_HEAP, PAGES);
	struct scope_cow cow;
	long long sum;
	int region, cause;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, self->heir, &world, 0, PAGES);
	cow = cow_of(_metadata, self->heir);
	for (cause = 0; cause < CAUSE_COUNT; cause++) {
		for (sum = 0, region = 0; region < REGION_TOTAL; region++)
			sum += cow.cell[region][cause];
		EXPECT_EQ(sum, cow.cell[REGION_TOTAL][cause]);
	}
	EXPECT_LE(PAGES, cow.cell[REGION_TOTAL][CAUSE_COPIED]);
}

TEST_HARNESS_MAIN
