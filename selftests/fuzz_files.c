// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's files under random and worsened inputs, by two processes at once. After each
 * batch of inputs the next good command gives the exact answer, and no attempt to copy has
 * been lost sight of. COWSCOPE_FUZZ_INPUTS: how many; COWSCOPE_FUZZ_SEED: which ones, a
 * number that each run prints.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"
#include "lib/hammer.h"

#define PAGES		101
#define HAMMERS		2
#define INPUTS		6000	/* where nobody says how many */
#define BATCH		5000	/* of both */
#define LIMIT		14400

FIXTURE(fuzz) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct world world;
	struct hammer_report *report;	/* of each, shared with them */
	pid_t named[2];			/* who may be named in commands */
	uint64_t seed;
	unsigned int stream;
};

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

FIXTURE_SETUP(fuzz)
{
	uint64_t any;

	ASSERT_EQ(sizeof(any), getrandom(&any, sizeof(any), 0));
	self->seed = number_of("COWSCOPE_FUZZ_SEED", any >> 32);
	self->stream = 0;
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_found(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	self->named[0] = self->owner->pid;
	self->named[1] = self->owner->pid;
	self->report = mmap(NULL, HAMMERS * sizeof(*self->report), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->report);
}

FIXTURE_TEARDOWN(fuzz)
{
	EXPECT_EQ(0, scope_command("control", "on"));
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

static void be_hammer(FIXTURE_DATA(fuzz) *self, int which, unsigned long inputs)
{
	run_on_cpu(which);
	hammer(&self->report[which], self->seed, self->stream + which, inputs, self->named, 2);
	_exit(0);
}

/* Each batch is a row of numbers of its own, so that a failed one can be found again. */
static void batch(struct __test_metadata *_metadata, FIXTURE_DATA(fuzz) *self,
		  unsigned long inputs)
{
	pid_t pid[HAMMERS];
	int i, status;

	for (i = 0; i < HAMMERS; i++) {
		pid[i] = fork();
		ASSERT_LE(0, pid[i]);
		if (!pid[i])
			be_hammer(self, i, inputs / HAMMERS + (i < inputs % HAMMERS));
	}
	for (i = 0; i < HAMMERS; i++) {
		ASSERT_EQ(pid[i], waitpid(pid[i], &status, 0));
		if (status)
			TH_LOG("status %x after %lu inputs", status, self->report[i].done);
		ASSERT_EQ(0, status);
		if (self->report[i].wrong[0])
			TH_LOG("seed %llu: %s", (unsigned long long)self->seed,
			       self->report[i].wrong);
		ASSERT_EQ('\0', self->report[i].wrong[0]);
	}
	self->stream += HAMMERS;
}

/* No number of a view is the frame of a page that it tells of. */
static void expect_no_frames(struct __test_metadata *_metadata, FIXTURE_DATA(fuzz) *self)
{
	char *at = self->world.base, command[48], frame[2][32], *text, *word, *rest;
	uint64_t entry;
	size_t i;

	ASSERT_EQ(0, oracle_pagemap(self->owner->pid, at, PAGE_BYTES, 1, &entry));
	snprintf(frame[0], sizeof(frame[0]), "%llu", entry & PAGEMAP_FRAME);
	snprintf(frame[1], sizeof(frame[1]), "%llx", entry & PAGEMAP_FRAME);
	snprintf(command, sizeof(command), "walk %p", at);
	text = scope_query(self->owner->pid, command);
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "next_write"));
	for (word = strtok_r(text, "\n ", &rest); word; word = strtok_r(NULL, "\n ", &rest))
		for (i = 0; i < 2; i++)
			EXPECT_STRNE(frame[i], word + (strncmp(word, "0x", 2) ? 0 : 2));
	free(text);
}

/* Good commands, of which each answer is known: copies to the page, then who is watched. */
static void expect_exact(struct __test_metadata *_metadata, FIXTURE_DATA(fuzz) *self,
			 size_t pages)
{
	struct scope_cow before, after;
	struct scope_table watched;
	long long attempts;

	ASSERT_EQ(0, scope_command("control", "on"));
	ASSERT_EQ(0, scope_command("watch", "clear"));
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &self->world);
	before = cow_of(_metadata, self->heir);
	attempts = write_part(_metadata, self->heir, &self->world, 0, pages);
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after, GREW({ REGION_ANON, CAUSE_COPIED, pages }));
	expect_attempts(_metadata, pages, attempts);

	ASSERT_EQ(0, scope_commandf("watch", "%d", self->heir->pid));
	EXPECT_EQ(-EEXIST, scope_commandf("watch", "%d", self->heir->pid));
	ASSERT_EQ(0, scope_table_read("watch", &watched));
	EXPECT_EQ(1, watched.rows);
	EXPECT_EQ(0, scope_find_pid(&watched, 0, "pid", self->heir->pid));
	scope_table_free(&watched);
	self->named[1] = self->heir->pid;
	ASSERT_EQ(0, scope_commandf("watch", "-%d", self->heir->pid));
	ASSERT_EQ(0, actor_quit(self->heir));
	expect_no_frames(_metadata, self);
}

static void tell(struct __test_metadata *_metadata, FIXTURE_DATA(fuzz) *self,
		 unsigned long batches)
{
	unsigned long done = 0, count;
	unsigned long long bytes = 0;
	char line[512], *at;
	int kind, error, i;

	for (i = 0; i < HAMMERS; i++) {
		done += self->report[i].done;
		bytes += self->report[i].bytes;
	}
	TH_LOG("%lu inputs in %lu batches, %llu bytes read, seed %llu", done, batches, bytes,
	       (unsigned long long)self->seed);
	for (kind = 0; kind < HAMMER_COUNT; kind++) {
		at = line;
		for (error = 0; error < HAMMER_ERRNOS; error++) {
			for (count = 0, i = 0; i < HAMMERS; i++)
				count += self->report[i].count[kind][error];
			if (count)
				at += snprintf(at, line + sizeof(line) - at, " %s %lu",
					       error ? strerrorname_np(error) : "done", count);
		}
		*at = '\0';
		TH_LOG("%s:%s", hammer_kind_name[kind], at == line ? " never" : line);
	}
}

/* Whatever is written or read: the documented errno, and nothing that harms what follows. */
/* Broken: who may write to these files can make the machine or the numbers wrong. */
TEST_F_TIMEOUT(fuzz, inputs, LIMIT)
{
	static const size_t primes[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47 };
	unsigned long inputs = number_of("COWSCOPE_FUZZ_INPUTS", INPUTS), batches = 0, now;
	char why[128] = "";
	bool balanced;

	TH_LOG("seed %llu", (unsigned long long)self->seed);
	ASSERT_LT(0, inputs);
	while (inputs) {
		now = inputs < BATCH ? inputs : BATCH;
		batch(_metadata, self, now);
		expect_exact(_metadata, self, primes[batches++ % ARRAY_SIZE(primes)]);
		balanced = scope_balanced(&losses_before, why, sizeof(why));
		if (!balanced)
			TH_LOG("batch %lu: %s", batches, why);
		ASSERT_TRUE(balanced);
		inputs -= now;
	}
	tell(_metadata, self, batches);
}

TEST_HARNESS_MAIN
