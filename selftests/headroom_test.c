// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the worst case is measured against: limits of cgroups, and the memory of the
 * machine.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/kin.h"

#define PAGES	101
#define CGROUP	"/sys/fs/cgroup/cowscope-worst"
#define MIB	(1LL << 20)

FIXTURE(headroom) {
	struct kin kin;
	struct actor *owner;
};

FIXTURE_SETUP(headroom)
{
	kin_begin(_metadata, &self->kin);
	self->owner = kin_member(&self->kin, 0);
}

FIXTURE_TEARDOWN(headroom)
{
	kin_end(_metadata, &self->kin);
	rmdir(CGROUP "/inner");
	rmdir(CGROUP);
}

static long long read_number(const char *path)
{
	char *text = scope_slurp(path);
	long long number = text ? strtoll(text, NULL, 10) : -errno;

	free(text);
	return number;
}

static int enter_cgroup(const char *path, const struct actor *who)
{
	char file[128], pid[16];

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	snprintf(pid, sizeof(pid), "%d", who->pid);
	return world_setting(file, pid);
}

/* Two cgroups, one in the other; the tighter limit is the outer one's. */
/* Broken: the room that is left is that of a limit which is never reached. */
TEST_F(headroom, memory_max)
{
	long long before, after, room;

	EXPECT_EQ(-1, kin_key(_metadata, self->owner, "memory_max_pages"));
	ASSERT_EQ(0, world_setting("/sys/fs/cgroup/cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(CGROUP, 0755));
	ASSERT_EQ(0, world_setting(CGROUP "/cgroup.subtree_control", "+memory"));
	ASSERT_EQ(0, mkdir(CGROUP "/inner", 0755));
	ASSERT_EQ(0, enter_cgroup(CGROUP "/inner", self->owner));
	EXPECT_EQ(-1, kin_key(_metadata, self->owner, "memory_max_pages"));
	ASSERT_EQ(0, world_setting(CGROUP "/inner/memory.max", "64M"));
	ASSERT_EQ(0, world_setting(CGROUP "/memory.max", "32M"));
	make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	before = read_number(CGROUP "/memory.current");
	room = kin_key(_metadata, self->owner, "memory_max_pages");
	after = read_number(CGROUP "/memory.current");
	ASSERT_EQ(before, after);
	EXPECT_LE(PAGES * PAGE_BYTES, before);
	EXPECT_EQ((32 * MIB - before) / PAGE_BYTES, room);
	ASSERT_EQ(0, world_setting(CGROUP "/inner/memory.max", "16M"));
	before = read_number(CGROUP "/inner/memory.current");
	EXPECT_EQ((16 * MIB - before) / PAGE_BYTES,
		  kin_key(_metadata, self->owner, "memory_max_pages"));
	ASSERT_EQ(0, enter_cgroup("/sys/fs/cgroup", self->owner));
	EXPECT_EQ(0, rmdir(CGROUP "/inner"));
	EXPECT_EQ(0, rmdir(CGROUP));
}

static long long available(void)
{
	char *text = scope_slurp("/proc/meminfo");
	const char *line = text ? strstr(text, "MemAvailable:") : NULL;
	long long kib = line ? strtoll(line + strlen("MemAvailable:"), NULL, 10) : -1;

	free(text);
	return kib * 1024 / PAGE_BYTES;
}

/* What the machine has left is what /proc/meminfo says, but for what moves meanwhile. */
/* Broken: a machine that is full looks empty. */
TEST_F(headroom, memory_available)
{
	long long before = available(), seen, after;

	seen = kin_key(_metadata, self->owner, "memory_available_pages");
	after = available();
	ASSERT_LT(0, before);
	/* Free lists and statistics of two CPUs: some batches. */
	EXPECT_LE((before < after ? before : after) - 1024, seen);
	EXPECT_GE((before > after ? before : after) + 1024, seen);
	EXPECT_LT(4096, seen);
}

TEST_HARNESS_MAIN
