// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file that was mapped. While its process lives it can be had from the mapping
 * itself, also when it has no name any more; else by its name, seen from the process or
 * from here. Wherever it comes from, it has to be that inode, not written since.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name.h"
#include "places.h"
#include "slurp.h"

const struct file_word file_words[FILE_STATES] = {
	[FILE_NONE] = { "-", "code made at run time" },
	[FILE_SAME] = { "same", NULL },
	[FILE_OTHER] = { "other", NULL },
	[FILE_REPLACED] = { "replaced", "no symbol: the file was replaced" },
	[FILE_DELETED] = { "deleted", "no symbol: the file was deleted" },
	[FILE_MISSING] = { "missing", "no symbol: the file is not here" },
	[FILE_UNREADABLE] = { "unreadable", "no symbol: the file cannot be read" },
};

#define DELETED	" (deleted)"

/* One line of /proc/PID/maps. */
struct mapped {
	uint64_t start, end;
	char dev[16], inode[24];
};

static bool read_mapped(const char *line, struct mapped *m)
{
	return sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %15s %23s", &m->start, &m->end,
		      m->dev, m->inode) == 4;
}

/* The first line that @is_it says yes to. */
static bool find_mapped(const char *path, bool (*is_it)(const struct mapped *, const void *),
			const void *arg, struct mapped *m)
{
	FILE *maps = fopen(path, "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	if (!maps)
		return false;
	while (!found && getline(&line, &size, maps) > 0)
		found = read_mapped(line, m) && is_it(m, arg);
	free(line);
	fclose(maps);
	return found;
}

static bool starts_at(const struct mapped *m, const void *arg)
{
	return m->start == (uintptr_t)arg;
}

static bool is_of_place(const struct mapped *m, const void *arg)
{
	const struct place *p = arg;

	return !strcmp(m->dev, p->dev) && !strcmp(m->inode, p->inode);
}

/*
 * Device and inode as the kernel tells them of mappings: on some file systems stat() says
 * something else.
 */
static bool is_same(int fd, const struct place *p)
{
	char mtime[24];
	struct mapped m;
	struct stat st;
	bool same;
	void *at;

	if (fstat(fd, &st))
		return false;
	snprintf(mtime, sizeof(mtime), "%lld",
		 st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec);
	if (strcmp(mtime, p->mtime_ns))
		return false;
	at = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return false;
	same = find_mapped("/proc/self/maps", starts_at, at, &m) && is_of_place(&m, p);
	munmap(at, 1);
	return same;
}

/* A regular file; what else a process may have put there is not touched. */
static int open_regular(const char *path)
{
	int where = open(path, O_PATH | O_CLOEXEC), fd = -1;
	char again[40];
	struct stat st;

	if (where < 0)
		return -1;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", where);
	if (!fstat(where, &st) && S_ISREG(st.st_mode))
		fd = open(again, O_RDONLY | O_CLOEXEC);
	close(where);
	return fd;
}

/* Opens @path, and keeps it if it is the one that was mapped. */
static int open_same(const char *path, const struct place *p)
{
	int fd = open_regular(path);

	if (fd < 0 || is_same(fd, p))
		return fd;
	close(fd);
	return -1;
}

static int open_of_process(const struct place *p, const char *name)
{
	char path[PATH_MAX + 64];
	struct mapped m;
	int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/maps", p->pid);
	if (find_mapped(path, is_of_place, p, &m)) {
		snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, p->pid,
			 m.start, m.end);
		fd = open_same(path, p);
	}
	if (fd < 0) {
		snprintf(path, sizeof(path), "/proc/%d/root%s", p->pid, name);
		fd = open_same(path, p);
	}
	return fd;
}

static enum file_state why_not(const char *name)
{
	const size_t len = strlen(name), tail = strlen(DELETED);
	struct stat st;

	if (len > tail && !strcmp(name + len - tail, DELETED))
		return FILE_DELETED;
	if (lstat(name, &st))
		return FILE_MISSING;
	return access(name, R_OK) ? FILE_UNREADABLE : FILE_REPLACED;
}

int file_open(const struct place *p, bool any, enum file_state *state)
{
	char *name;
	int fd = -1;

	*state = FILE_NONE;
	if (!strcmp(p->inode, "-"))
		return -1;
	*state = FILE_SAME;
	name = strdup(p->mapping);
	if (name) {
		name_decode(name, name);
		fd = open_of_process(p, name);
		if (fd < 0)
			fd = open_same(name, p);
		if (fd < 0)
			*state = why_not(name);
		if (fd < 0 && any) {
			fd = open_regular(name);
			*state = fd < 0 ? *state : FILE_OTHER;
		}
	}
	free(name);
	return fd;
}

int file_vdso(enum file_state *state)
{
	const char *image = (const char *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
	struct mapped m;
	int fd;

	*state = FILE_MISSING;
	if (!image || !find_mapped("/proc/self/maps", starts_at, image, &m))
		return -1;
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (spew(fd, image, m.end - m.start)) {
		close(fd);
		return -1;
	}
	*state = FILE_SAME;
	return fd;
}
