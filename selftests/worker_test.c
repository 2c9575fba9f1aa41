// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker that the kernel made for a process writes into its memory: the
 * process pays, and the worker is no outsider.
 */
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

#define PAGES		41

FIXTURE(worker) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct world world;
	uint64_t frame[2][PAGES];
};

FIXTURE_SETUP(worker)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
}

FIXTURE_TEARDOWN(worker)
{
	stage_end(_metadata, &self->cast);
}

/* The parts of a ring that one request needs; lives in the actor. */
static struct {
	int fd;
	int file;
	struct io_uring_sqe *sqe;
	unsigned int *tail;
	unsigned int *array;
	unsigned int asked;	/* requests so far; nobody takes their results away */
} ring;

static void *ring_map(int fd, size_t bytes, off_t offset)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		    offset);
}

/* In the actor: a ring, and a file of zeros to read from. arg: struct world. */
static long ring_open(void *arg)
{
	const struct world *world = arg;
	struct io_uring_params params = { 0 };
	size_t bytes;
	char *sq;

	ring.file = memfd_create("cowscope-source", MFD_CLOEXEC);
	if (ring.file < 0 || ftruncate(ring.file, world->pages * PAGE_BYTES))
		return -errno;
	ring.fd = syscall(SYS_io_uring_setup, 1, &params);
	if (ring.fd < 0)
		return -errno;
	bytes = params.sq_off.array + params.sq_entries * sizeof(unsigned int);
	sq = ring_map(ring.fd, bytes, IORING_OFF_SQ_RING);
	ring.sqe = ring_map(ring.fd, params.sq_entries * sizeof(*ring.sqe), IORING_OFF_SQES);
	if (sq == MAP_FAILED || ring.sqe == MAP_FAILED)
		return -errno;
	ring.tail = (unsigned int *)(sq + params.sq_off.tail);
	ring.array = (unsigned int *)(sq + params.sq_off.array);
	return 0;
}

/* In the actor: a worker reads the file into the first pages of the world. */
static long ring_read(void *arg)
{
	const struct world *world = arg;
	struct io_uring_sqe *sqe = ring.sqe;

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_READ;
	sqe->flags = IOSQE_ASYNC;
	sqe->fd = ring.file;
	sqe->addr = (uintptr_t)world->base;
	sqe->len = world->pages * PAGE_BYTES;
	ring.array[0] = 0;
	__atomic_store_n(ring.tail, *ring.tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, ++ring.asked, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		return -errno;
	return 0;
}

/* An io_uring worker's copies are its process' own: not remote. */
/* Broken: programs that use io_uring look as if somebody wrote into them. */
TEST_F(worker, io_uring)
{
	struct scope_cow before, after;
	struct world nothing = self->world;

	nothing.pages = 0;
	ASSERT_EQ(0, actor_call(self->heir, ring_open, PASSING(&self->world)));
	ASSERT_EQ(0, actor_call(self->heir, ring_read, PASSING(&nothing)));
	warm_up(_metadata, self->heir, &self->world);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[0]));
	before = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, actor_call(self->heir, ring_read, PASSING(&self->world)));
	after = cow_of(_metadata, self->heir);
	ASSERT_EQ(0, oracle_pagemap(self->heir->pid, self->world.base, PAGE_BYTES, PAGES,
				    self->frame[1]));
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }));
	EXPECT_EQ(PAGES, oracle_moved(self->frame[0], self->frame[1], PAGES));
}

TEST_HARNESS_MAIN
