// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_save(): a copy of the tree that the tools can read with --root. The
 * files have no size, so that tar and cp -r by size copy nothing; this reads
 * each one to its end.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slurp.h"
#include "source.h"

/* These answer only after a write on the same descriptor: nothing to copy. */
static const char * const write_first[] = { "query", "walk" };

struct copy {
	const struct timespec *when;	/* stamp of every file written */
	struct err *e;
};

static bool is_write_first(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(write_first) / sizeof(write_first[0]); i++)
		if (!strcmp(name, write_first[i]))
			return true;
	return false;
}

static int write_file(int to, const char *name, const char *text, size_t len,
		      const struct timespec *when)
{
	const struct timespec stamp[2] = { *when, *when };
	int fd = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int ret;

	if (fd < 0)
		return -errno;
	ret = spew(fd, text, len);
	if (!ret && futimens(fd, stamp))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* A file that is gone meanwhile was a process that ended: not an error. */
static int copy_file(int from, int to, const char *name, const struct copy *c)
{
	char *text = NULL;
	size_t len;
	int fd, ret;

	fd = openat(from, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(c->e, -errno, name);
	ret = slurp(fd, &text, &len);
	close(fd);
	if (ret == -ENODATA || ret == -ENOENT)
		return 0;
	if (!ret)
		ret = write_file(to, name, text, len, c->when);
	free(text);
	return ret ? err_sys(c->e, ret, name) : 0;
}

static int copy_tree(int from, int to, const struct copy *c);

static int copy_dir(int from, int to, const char *name, const struct copy *c)
{
	int in, out, ret;

	in = openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in < 0)
		return errno == ENOENT ? 0 : err_sys(c->e, -errno, name);
	if (mkdirat(to, name, 0700)) {
		ret = err_sys(c->e, -errno, name);
		goto err_close_in;
	}
	out = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0) {
		ret = err_sys(c->e, -errno, name);
		goto err_close_in;
	}
	ret = copy_tree(in, out, c);
	close(out);
err_close_in:
	close(in);
	return ret;
}

static int copy_entry(int from, int to, const char *name, const struct copy *c)
{
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, "..") || is_write_first(name))
		return 0;
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : err_sys(c->e, -errno, name);
	if (S_ISDIR(st.st_mode))
		return copy_dir(from, to, name, c);
	return S_ISREG(st.st_mode) ? copy_file(from, to, name, c) : 0;
}

static int copy_tree(int from, int to, const struct copy *c)
{
	int fd = dup(from), ret = 0;
	struct dirent *d;
	DIR *dir;

	if (fd < 0)
		return err_sys(c->e, -errno, "dup");
	dir = fdopendir(fd);
	if (!dir) {
		ret = err_sys(c->e, -errno, "opendir");
		close(fd);
		return ret;
	}
	while (!ret) {
		errno = 0;
		d = readdir(dir);
		if (!d) {
			if (errno)
				ret = err_sys(c->e, -errno, "readdir");
			break;
		}
		ret = copy_entry(from, to, d->d_name, c);
	}
	closedir(dir);
	return ret;
}

/* 0 if @fd is an empty directory. */
static int dir_check_empty(int fd)
{
	int copy = dup(fd), ret = 0;
	struct dirent *d;
	DIR *dir;

	if (copy < 0)
		return -errno;
	dir = fdopendir(copy);
	if (!dir) {
		ret = -errno;
		close(copy);
		return ret;
	}
	while (!ret && (d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			ret = -ENOTEMPTY;
	closedir(dir);
	return ret;
}

int source_save(const struct source *src, const char *dir, struct err *e)
{
	struct timespec when;
	const struct copy c = { .when = &when, .e = e };
	int from, to, ret;

	source_time(src, &when);
	from = open(src->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		return err_sys(e, -errno, src->root);
	if (mkdir(dir, 0700) && errno != EEXIST) {
		ret = err_sys(e, -errno, dir);
		goto err_close_from;
	}
	to = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0) {
		ret = err_sys(e, -errno, dir);
		goto err_close_from;
	}
	ret = dir_check_empty(to);
	if (ret)
		ret = err_sys(e, ret, dir);
	else
		ret = copy_tree(from, to, &c);
	close(to);
err_close_from:
	close(from);
	return ret;
}
