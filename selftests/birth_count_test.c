// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: what is counted, and where things are: descriptors, mappings, threads,
 * arguments, the cgroup; beside what /proc says.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/birth.h"

static long long open_descriptors(pid_t pid)
{
	char path[64];
	long long nr = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	/* cppcheck-suppress readdirCalled ; one thread has the directory */
	while (dir && readdir(dir))
		nr++;
	if (dir)
		closedir(dir);
	return nr - 2;
}

/* Descriptors and open files in common, as one opens and closes. */
/* Broken: a file that a worker keeps open for its parent is not found. */
TEST_F(birth, open_files)
{
	long long common, born;
	long fd;

	make_kid(_metadata, self, 0, true);
	born = open_descriptors(self->child);
	common = birth_number(&self->birth, "open_files", "count_now");
	EXPECT_EQ(born, birth_number(&self->birth, "descriptors", "count_at_birth"));
	EXPECT_EQ(born, birth_number(&self->birth, "descriptors", "count_now"));
	EXPECT_LT(0, common);
	fd = kid_tell(&self->kid, KID_OPEN, 0);
	ASSERT_LE(0, fd);
	look(_metadata, self);
	EXPECT_EQ(born + 1, birth_number(&self->birth, "descriptors", "count_now"));
	EXPECT_EQ(born, birth_number(&self->birth, "descriptors", "count_at_birth"));
	EXPECT_EQ(common, birth_number(&self->birth, "open_files", "count_now"));
	tell(_metadata, self, KID_CLOSE, fd);
	/* An end of a pipe that the test does not need any more in this child. */
	tell(_metadata, self, KID_CLOSE, self->kid.line.order[1]);
	EXPECT_EQ(born - 1, birth_number(&self->birth, "descriptors", "count_now"));
	EXPECT_EQ(common - 1, birth_number(&self->birth, "open_files", "count_now"));
	expect_birth(_metadata, &self->birth, "open_files", "- shared shared");
	expect_birth(_metadata, &self->birth, "ofd_locks", "- shared shared");
}

static long advise_mappings(void *arg)
{
	char *base = mmap(NULL, 5 * PAGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)arg;
	if (base == MAP_FAILED || madvise(base, PAGE_BYTES, MADV_DONTFORK) ||
	    madvise(base + 2 * PAGE_BYTES, PAGE_BYTES, MADV_WIPEONFORK) ||
	    madvise(base + 4 * PAGE_BYTES, PAGE_BYTES, MADV_WIPEONFORK))
		return -errno;
	return 0;
}

/* Mappings kept back and wiped; the second is counted for watched parents only. */
/* Broken: secrets that a child must not see are believed to be kept from it. */
TEST_F(birth, mappings)
{
	ASSERT_EQ(0, actor_call(self->parent, advise_mappings, NULL, 0));
	make_kid(_metadata, self, 0, true);
	EXPECT_EQ(1, birth_number(&self->birth, "mappings_dontfork", "count_at_birth"));
	EXPECT_STREQ("-", birth_word(&self->birth, "mappings_wipeonfork", "at_birth"));
	EXPECT_STREQ("-", birth_word(&self->birth, "mappings_wipeonfork", "count_at_birth"));
	EXPECT_EQ(oracle_mappings(self->child), birth_number(&self->birth, "mappings",
							     "count_at_birth"));
	end_kid(_metadata, self);
	ASSERT_EQ(0, scope_commandf("watch", "%d", self->parent->pid));
	make_kid(_metadata, self, 0, true);
	EXPECT_EQ(1, birth_number(&self->birth, "mappings_dontfork", "count_at_birth"));
	EXPECT_EQ(2, birth_number(&self->birth, "mappings_wipeonfork", "count_at_birth"));
	EXPECT_STREQ("new", birth_word(&self->birth, "mappings_wipeonfork", "at_birth"));
	EXPECT_EQ(0, scope_command("watch", "clear"));
}

static int wait_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return 0;
}

static long make_threads(void *arg)
{
	static char stack[3][16384] __attribute__((aligned(16)));
	int i;

	(void)arg;
	for (i = 0; i < 3; i++)
		if (clone(wait_for_ever, stack[i] + sizeof(stack[i]), CLONE_VM | CLONE_FS |
			  CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, NULL) < 0)
			return -errno;
	return 0;
}

/* Only the caller is copied: with other threads that is a hazard, and said so. */
/* Broken: deadlocks in a child after fork have no visible cause. */
TEST_F(birth, threads_hazard)
{
	make_kid(_metadata, self, 0, true);
	EXPECT_EQ(1, birth_number(&self->birth, "threads", "count_at_birth"));
	EXPECT_STREQ("-", birth_word(&self->birth, "threads", "id"));
	end_kid(_metadata, self);
	ASSERT_EQ(0, actor_call(self->parent, make_threads, NULL, 0));
	make_kid(_metadata, self, 0, true);
	EXPECT_EQ(4, birth_number(&self->birth, "threads", "count_at_birth"));
	EXPECT_EQ(1, birth_number(&self->birth, "threads", "count_now"));
	EXPECT_STREQ("hazard", birth_word(&self->birth, "threads", "id"));
	end_kid(_metadata, self);
	make_kid(_metadata, self, CLONE_VM, false);
	EXPECT_STREQ("-", birth_word(&self->birth, "threads", "id"));
}

/* Arguments and environment lie where /proc/PID/stat says. */
/* Broken: the pages that are copied by every fork for nothing are not found. */
TEST_F(birth, arguments_and_environment)
{
	unsigned long at[4] = { 0 };
	char path[64], line[2048], range[64], *word, *rest = NULL;
	FILE *file;
	int i;

	make_kid(_metadata, self, 0, true);
	snprintf(path, sizeof(path), "/proc/%d/stat", self->child);
	file = fopen(path, "re");
	ASSERT_NE(NULL, file);
	ASSERT_NE(NULL, fgets(line, sizeof(line), file));
	fclose(file);
	/* The third field follows the name in brackets; 48 to 51 are wanted. */
	word = strtok_r(strrchr(line, ')') + 1, " ", &rest);
	for (i = 3; word && i <= 51; i++, word = strtok_r(NULL, " ", &rest))
		if (i >= 48)
			at[i - 48] = strtoul(word, NULL, 10);
	ASSERT_LT(0, at[3]);
	snprintf(range, sizeof(range), "0x%lx-0x%lx", at[0], at[1]);
	EXPECT_STREQ(range, birth_word(&self->birth, "arguments", "id"));
	snprintf(range, sizeof(range), "0x%lx-0x%lx", at[2], at[3]);
	EXPECT_STREQ(range, birth_word(&self->birth, "environment", "id"));
	EXPECT_EQ((long long)((at[3] + PAGE_BYTES - 1) / PAGE_BYTES - at[2] / PAGE_BYTES),
		  birth_number(&self->birth, "environment", "count_at_birth"));
}

/* A cgroup to be born into: a new one below the v2 root. */
static int make_cgroup(char *path, size_t size, long long *inode)
{
	char top[] = "/tmp/cowscope-cgroup-XXXXXX";
	struct stat st;
	int fd = -1;

	if (!mkdtemp(top))
		return -errno;
	snprintf(path, size, "%s/born", top);
	if (!mount("cgroup2", top, "cgroup2", 0, NULL) && !mkdir(path, 0755) &&
	    !stat(path, &st)) {
		*inode = st.st_ino;
		fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	return fd;
}

static void remove_cgroup(char *path)
{
	rmdir(path);
	*strrchr(path, '/') = '\0';
	umount(path);
	rmdir(path);
}

/* CLONE_INTO_CGROUP puts the child where its parent is not. */
/* Broken: limits that hold for a child are looked for in its parent's cgroup. */
TEST_F(birth, cgroup)
{
	long long inode = 0;
	char path[128];
	int fd = make_cgroup(path, sizeof(path), &inode);

	ASSERT_LE(0, fd);
	ASSERT_LT(0, actor_start(&self->cast, 1));
	self->parent = &self->cast.actor[1];
	make_kid(_metadata, self, 0, true);
	expect_birth(_metadata, &self->birth, "cgroup", "no shared shared");
	end_kid(_metadata, self);
	self->kid.cgroup = fd;
	make_kid(_metadata, self, CLONE_INTO_CGROUP, true);
	expect_birth(_metadata, &self->birth, "cgroup", "yes new own");
	EXPECT_EQ(inode, birth_number(&self->birth, "cgroup", "id"));
	end_kid(_metadata, self);
	close(fd);
	actor_quit(self->parent);
	remove_cgroup(path);
}

TEST_HARNESS_MAIN
