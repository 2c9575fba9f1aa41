// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who pays: copies are charged to the owner of the address space, whoever made
 * them; writers from outside make them remote. Threads and a vfork child are
 * no outsiders.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		37

FIXTURE(attribution) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct actor *writer;
	struct world world;
	uint64_t frame[2][PAGES];
	struct scope_cow before;
};

FIXTURE_SETUP(attribution)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	self->writer = &self->cast.actor[2];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	ASSERT_LT(0, actor_start(&self->cast, 2));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &self->world);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	self->before = cow_of(_metadata, self->heir);
}

FIXTURE_TEARDOWN(attribution)
{
	stage_end(_metadata, &self->cast);
}

/* All pages of the heir were copied by somebody: the heir's matrix says so. */
static void expect_heir(struct __test_metadata *_metadata,
			FIXTURE_DATA(attribution) *self, const struct grown *grown)
{
	struct scope_cow after = cow_of(_metadata, self->heir);

	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &self->before, &after, grown);
	EXPECT_EQ(PAGES, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

#define COPIED_FROM_OUTSIDE	GREW({ REGION_ANON, CAUSE_COPIED, PAGES },	\
				     { REGION_ANON, CAUSE_REMOTE, PAGES })

/* A write into another process: which one, and what the kernel tried. */
struct foreign {
	struct world world;
	pid_t pid;
	long long attempts;
};

static long write_by_vm(void *arg)
{
	struct foreign *foreign = arg;
	int counter = oracle_attempts_open();
	char byte = 'v';
	struct iovec here = { &byte, 1 }, there = { NULL, 1 };
	long ret = 0;
	size_t i;

	oracle_attempts_start(counter);
	for (i = 0; i < foreign->world.pages; i++) {
		there.iov_base = foreign->world.base + i * PAGE_BYTES;
		if (process_vm_writev(foreign->pid, &here, 1, &there, 1, 0) != 1)
			ret = -EIO;
	}
	foreign->attempts = oracle_attempts_stop(counter);
	return ret;
}

static long write_by_mem(void *arg)
{
	struct foreign *foreign = arg;
	int counter = oracle_attempts_open();
	char path[64], byte = 'm';
	long ret = 0;
	size_t i;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", foreign->pid);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	oracle_attempts_start(counter);
	for (i = 0; i < foreign->world.pages; i++)
		if (pwrite(fd, &byte, 1, (off_t)(uintptr_t)foreign->world.base +
			   i * PAGE_BYTES) != 1)
			ret = -EIO;
	foreign->attempts = oracle_attempts_stop(counter);
	close(fd);
	return ret;
}

static long write_by_ptrace(void *arg)
{
	struct foreign *foreign = arg;
	int counter = oracle_attempts_open();
	long ret = 0;
	int status;
	size_t i;

	if (ptrace(PTRACE_SEIZE, foreign->pid, 0, 0) ||
	    ptrace(PTRACE_INTERRUPT, foreign->pid, 0, 0) ||
	    waitpid(foreign->pid, &status, __WALL) != foreign->pid)
		return -errno;
	oracle_attempts_start(counter);
	for (i = 0; i < foreign->world.pages; i++)
		if (ptrace(PTRACE_POKEDATA, foreign->pid,
			   foreign->world.base + i * PAGE_BYTES, 'p'))
			ret = -errno;
	foreign->attempts = oracle_attempts_stop(counter);
	if (ptrace(PTRACE_DETACH, foreign->pid, 0, 0))
		ret = -errno;
	return ret;
}

static void expect_outsider(struct __test_metadata *_metadata,
			    FIXTURE_DATA(attribution) *self, actor_fn write_foreign)
{
	struct foreign foreign = { .world = self->world, .pid = self->heir->pid };
	struct scope_cow before, after;

	before = cow_of(_metadata, self->writer);
	ASSERT_EQ(0, actor_call(self->writer, write_foreign, PASSING(&foreign)));
	after = cow_of(_metadata, self->writer);
	expect_heir(_metadata, self, COPIED_FROM_OUTSIDE);
	expect_attempts(_metadata, PAGES, foreign.attempts);
	/* The writer paid for nothing of anon memory that it does not have. */
	EXPECT_EQ(0, after.cell[REGION_ANON][CAUSE_COPIED] -
		     before.cell[REGION_ANON][CAUSE_COPIED]);
	EXPECT_EQ(0, after.cell[REGION_TOTAL][CAUSE_REMOTE] -
		     before.cell[REGION_TOTAL][CAUSE_REMOTE]);
}

/* process_vm_writev is charged to the process written to, as remote. */
/* Broken: the copier pays, and the grown process shows nothing. */
TEST_F(attribution, process_vm_writev)
{
	expect_outsider(_metadata, self, write_by_vm);
}

/* /proc/PID/mem is charged to the process written to, as remote. */
/* Broken: debuggers make their victims' memory vanish from the books. */
TEST_F(attribution, proc_pid_mem)
{
	expect_outsider(_metadata, self, write_by_mem);
}

/* PTRACE_POKEDATA is charged to the process written to, as remote. */
/* Broken: as above, for tracers. */
TEST_F(attribution, ptrace_poke)
{
	expect_outsider(_metadata, self, write_by_ptrace);
}

static void *write_in_thread(void *arg)
{
	world_write(arg);
	return NULL;
}

/* In the actor: a thread of its own does the pass. */
static long write_by_thread(void *arg)
{
	pthread_t thread;
	int ret = pthread_create(&thread, NULL, write_in_thread, arg);

	if (!ret)
		ret = pthread_join(thread, NULL);
	return -ret;
}

/* Threads write into the one record of their process, and are not remote. */
/* Broken: multi-threaded programs split into rows, or look remote-controlled. */
TEST_F(attribution, thread)
{
	struct pass pass = { .world = self->world, .count = 0, .value = 't' };

	/* The first thread leaves libc's memory as written as it will be. */
	ASSERT_EQ(0, actor_call(self->heir, write_by_thread, PASSING(&pass)));
	ASSERT_EQ(0, actor_call(self->heir, write_by_thread, PASSING(&pass)));
	self->before = cow_of(_metadata, self->heir);
	pass.count = PAGES;
	ASSERT_EQ(0, actor_call(self->heir, write_by_thread, PASSING(&pass)));
	expect_heir(_metadata, self, GREW({ REGION_ANON, CAUSE_COPIED, PAGES }));
	expect_attempts(_metadata, PAGES, pass.attempts);
}

/* In the actor: a vfork child writes while its parent waits. */
static long write_by_vfork(void *arg)
{
	struct pass *pass = arg;
	volatile char *at = pass->world.base;
	pid_t pid = vfork();
	size_t i;

	if (!pid) {
		for (i = 0; i < pass->count; i++)
			at[i * PAGE_BYTES] = 'v';
		_exit(0);
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid ? 0 : -EIO;
}

/* A vfork child writes its parent's memory: the parent's record, not remote. */
/* Broken: a spawner's copies go to a child that has no memory. */
TEST_F(attribution, vfork_child)
{
	struct pass pass = { .world = self->world };

	ASSERT_EQ(0, actor_call(self->heir, write_by_vfork, PASSING(&pass)));
	self->before = cow_of(_metadata, self->heir);
	pass.count = PAGES;
	ASSERT_EQ(0, actor_call(self->heir, write_by_vfork, PASSING(&pass)));
	expect_heir(_metadata, self, GREW({ REGION_ANON, CAUSE_COPIED, PAGES }));
}

/* An address space is one row, by its process' number and real parent. */
/* Broken: threads multiply a process in the table. */
TEST_F(attribution, one_row_an_address_space)
{
	struct pass pass = { .world = self->world };
	struct scope_table table;
	int row;

	ASSERT_EQ(0, actor_call(self->heir, write_by_thread, PASSING(&pass)));
	ASSERT_TRUE(oracle_alone(self->heir->pid));
	ASSERT_EQ(0, scope_table_read("processes", &table));
	row = scope_find_pid(&table, 0, "pid", self->heir->pid);
	ASSERT_LE(0, row);
	EXPECT_EQ(1, scope_number(&table, row, "tasks"));
	EXPECT_EQ(self->owner->pid, scope_number(&table, row, "ppid"));
	EXPECT_EQ(-1, scope_find_pid(&table, row + 1, "pid", self->heir->pid));
	scope_table_free(&table);
}

TEST_HARNESS_MAIN
