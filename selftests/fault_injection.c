// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation of load, watch, query and each file's reading fails once, one after the
 * other, by the kernel's fail-nth. Each time the call is refused with ENOMEM and leaves
 * nothing, or does without; it never succeeds by half. For a kernel with fault injection;
 * started with no module loaded, and leaves none.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/scope.h"
#include "lib/storm.h"

#define NTH_MAX		20000
#define NTH_NEVER	1000000000
#define TEXT_MAX	(4 << 20)

/* A call under test: 0 or a count, or -errno. */
typedef long (*call_fn)(void);

static char name[300];	/* of the file that read_file() reads */
static char *text;
static int ko;

static int write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = fd < 0 || write(fd, value, strlen(value)) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

/* Also those that would rather wait, and without a report for each. */
static int fail_all(void)
{
	static const char * const dir[] = { "failslab", "fail_page_alloc" };
	char path[96];
	int i, err = 0;

	for (i = 0; i < 2 && !err; i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/ignore-gfp-wait", dir[i]);
		err = write_file(path, "N");
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/verbose", dir[i]);
		err = err ?: write_file(path, "0");
	}
	return err ?: write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
}

/* Makes the Nth allocation of @call fail. *@left: of N; 0: it had as many. */
static long call_with(call_fn call, int nth, int *left)
{
	char rest[16] = "", order[16];
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	long ret;

	snprintf(order, sizeof(order), "%d", nth);
	if (fd < 0 || write(fd, order, strlen(order)) < 0)
		return -ENXIO;
	ret = call();
	if (pread(fd, rest, sizeof(rest) - 1, 0) <= 0)
		ret = -ENXIO;
	*left = atoi(rest);
	pwrite(fd, "0", 1, 0);
	close(fd);
	return ret;
}

static long load(void)
{
	return syscall(SYS_finit_module, ko, "", 0) ? -errno : 0;
}

/* Refused for a parameter, before anything of the module's is allocated. */
static long load_refused(void)
{
	return syscall(SYS_finit_module, ko, "records_max=1", 0) ? -errno : 0;
}

static long unload(void)
{
	int tries;

	for (tries = 0; syscall(SYS_delete_module, "cowscope", O_NONBLOCK); tries++) {
		if (tries == 100)
			return -errno;
		usleep(20000);
	}
	return 0;
}

static bool is_there(void)
{
	return !access("/sys/module/cowscope", F_OK) || !access(scope_path(""), F_OK);
}

/* Whole lines: what was cut off would end anywhere. */
static long whole(long got)
{
	return got > 0 && text[got - 1] != '\n' ? -EBADMSG : got;
}

static long read_file(void)
{
	int fd = open(scope_path(name), O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got = 0;

	if (fd < 0)
		return -errno;
	while ((got = read(fd, text + used, TEXT_MAX - used)) > 0)
		used += got;
	got = got < 0 ? -errno : (ssize_t)used;
	close(fd);
	return whole(got);
}

static long watch_it(void)
{
	return scope_commandf("watch", "%d", getpid());
}

/* The own views, by query. */
static long query_it(void)
{
	int fd = open(scope_path("query"), O_RDWR | O_CLOEXEC);
	char order[320];
	ssize_t got = fd < 0 ? -errno : 0;

	snprintf(order, sizeof(order), "%d %s", getpid(), name);
	if (!got && write(fd, order, strlen(order)) < 0)
		got = -errno;
	if (!got) {
		got = pread(fd, text, TEXT_MAX, 0);
		if (got < 0)
			got = -errno;
	}
	if (fd >= 0)
		close(fd);
	return whole(got);
}

FIXTURE(faults) {
	int refused;	/* calls that were refused for want of memory */
};

FIXTURE_SETUP(faults)
{
	const char *path = getenv("VM_MODULE");

	ASSERT_NE(NULL, path);
	ko = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, ko);
	text = mmap(NULL, TEXT_MAX, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_NE(MAP_FAILED, text);
	ASSERT_EQ(0, fail_all());
	if (is_there())
		ASSERT_EQ(0, unload());
	ASSERT_FALSE(is_there());
}

FIXTURE_TEARDOWN(faults)
{
	if (is_there())
		EXPECT_EQ(0, unload());
	EXPECT_FALSE(is_there());
	munmap(text, TEXT_MAX);
	close(ko);
}

/*
 * Allocation by allocation from the first one on, until the call has no more. The answers
 * are ENOMEM or what it gives without a fault; @undo takes back what succeeded, @there says
 * whether something is left by a refusal.
 */
static void each_fails(struct __test_metadata *_metadata, FIXTURE_DATA(faults) *self,
		       int first, call_fn call, call_fn undo, bool (*there)(void))
{
	int nth, rest = 0;
	bool left;
	long ret;

	for (nth = first; !rest && nth < NTH_MAX; nth++) {
		ret = call_with(call, nth, &rest);
		if (ret == -ENOMEM) {
			self->refused++;
			left = there && there();
		} else if (ret >= 0 && undo) {
			left = undo();
		} else {
			left = false;
		}
		if ((ret < 0 && ret != -ENOMEM) || left)
			TH_LOG("%s: allocation %d: %ld, left %d", name, nth, ret, left);
		ASSERT_TRUE(ret >= 0 || ret == -ENOMEM);
		ASSERT_FALSE(left);
		if (nth % 100 == 0)
			TH_LOG("%s: up to allocation %d, %ld s", name, nth, (long)seconds());
	}
	ASSERT_NE(0, rest);
	TH_LOG("%s: allocations %d to %d, refused so far %d", name, first, nth - 2,
	       self->refused);
}

/*
 * The first allocation of the module's own, of a load. Those before it are of the kernel's
 * loader, a thousand pages for the file alone. A little too low: a refusal may allocate, too.
 */
static int first_of_load(struct __test_metadata *_metadata)
{
	int rest = 0, first;

	ASSERT_EQ(-EINVAL, call_with(load_refused, NTH_NEVER, &rest));
	first = NTH_NEVER - rest;
	ASSERT_LT(0, first);
	return first > 20 ? first - 20 : 1;
}

/* Broken: a load that fails half-way leaves a file, a hook or memory. */
TEST_F_TIMEOUT(faults, load, 1800)
{
	strcpy(name, "load");
	each_fails(_metadata, self, first_of_load(_metadata), load, unload, is_there);
	EXPECT_LT(20, self->refused);
}

static bool is_watched(void)
{
	char path[32];

	snprintf(path, sizeof(path), "watched/%d", getpid());
	return !access(scope_path(path), F_OK);
}

static long unwatch(void)
{
	return scope_command("watch", "clear");
}

/* Broken: a watch that fails half-way leaves a directory, or files that tell nothing. */
TEST_F_TIMEOUT(faults, watch, 900)
{
	ASSERT_EQ(0, load());
	strcpy(name, "watch");
	each_fails(_metadata, self, 1, watch_it, unwatch, is_watched);
	EXPECT_LT(5, self->refused);
	ASSERT_EQ(0, watch_it());
	EXPECT_TRUE(is_watched());
	ASSERT_EQ(0, unwatch());
}

/* Broken: a reader that gets no memory gets half a file, or keeps the module for good. */
TEST_F_TIMEOUT(faults, read_each_file, 1800)
{
	static const char * const views[] = {
		"status", "processes", "exited", "totals", "clones", "cgroups", "control",
		"README", "watch", NULL
	};
	char dir[64];
	struct dirent *entry;
	DIR *watched;
	int i;

	ASSERT_EQ(0, load());
	ASSERT_EQ(0, watch_it());
	for (i = 0; views[i]; i++) {
		strcpy(name, views[i]);
		if (access(scope_path(name), R_OK))
			continue;
		each_fails(_metadata, self, 1, read_file, NULL, NULL);
	}
	snprintf(dir, sizeof(dir), "watched/%d", getpid());
	watched = opendir(scope_path(dir));
	ASSERT_NE(NULL, watched);
	/* cppcheck-suppress readdirCalled ; one thread has the directory */
	while ((entry = readdir(watched))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "watched/%d/%s", getpid(), entry->d_name);
		each_fails(_metadata, self, 1, read_file, NULL, NULL);
	}
	closedir(watched);
	EXPECT_LT(20, self->refused);
	ASSERT_EQ(0, unwatch());
}

/* Broken: an answer to a question is cut off without a word. */
TEST_F_TIMEOUT(faults, query, 900)
{
	static const char * const views[] = { "cow", "sharing", "files", "birth", "forecast" };
	size_t i;

	ASSERT_EQ(0, load());
	for (i = 0; i < sizeof(views) / sizeof(*views); i++) {
		strcpy(name, views[i]);
		each_fails(_metadata, self, 1, query_it, NULL, NULL);
	}
	EXPECT_LT(5, self->refused);
}

TEST_HARNESS_MAIN
