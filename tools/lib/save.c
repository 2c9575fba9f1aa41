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

#include "cowscope_abi.h"
#include "slurp.h"
#include "source.h"

/* These answer only after a write on the same descriptor: nothing to copy. */
static const char * const write_first[] = { "query", "walk" };

struct copy {
	const struct timespec *when;	/* stamp of every file written */
	bool flat;			/* no directories */
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
		return c->flat ? 0 : copy_dir(from, to, name, c);
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

/* Opens an empty directory, made if it is not there. */
static int open_empty(const char *dir, struct err *e)
{
	int fd, ret;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return err_sys(e, -errno, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, -errno, dir);
	ret = dir_check_empty(fd);
	if (!ret)
		return fd;
	close(fd);
	return err_sys(e, ret, dir);
}

static int save_files(const struct source *src, int to, const struct copy *c)
{
	int from = open(src->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret;

	if (from < 0)
		return err_sys(c->e, -errno, src->root);
	ret = copy_tree(from, to, c);
	close(from);
	return ret;
}

int source_save(const struct source *src, const char *dir, struct err *e)
{
	struct timespec when;
	const struct copy c = { .when = &when, .e = e };
	int to, ret;

	source_time(src, &when);
	to = open_empty(dir, e);
	if (to < 0)
		return to;
	ret = save_files(src, to, &c);
	close(to);
	return ret;
}

/* Those that are read; what answers only after a write is no use in a copy. */
#define VIEW_NAME(name, mode, help)	#name,
static const char * const views[] = { COWSCOPE_VIEWS(VIEW_NAME) };

static int save_process(const struct source *src, pid_t pid, int to, bool needed,
			const struct copy *c)
{
	size_t i, len;
	char *text;
	int ret = 0;

	for (i = 0; i < sizeof(views) / sizeof(views[0]) && !ret; i++) {
		if (is_write_first(views[i]))
			continue;
		ret = source_query(src, pid, views[i], &text, &len, c->e);
		if (ret)
			break;
		if (needed && !strcmp(text, COWSCOPE_GONE "\n")) {
			free(text);
			return err_set(c->e, -ESRCH, "%d: the process has ended", pid);
		}
		ret = write_file(to, views[i], text, len, c->when);
		free(text);
		if (ret)
			err_sys(c->e, ret, views[i]);
	}
	return ret;
}

/* One that ended meanwhile is no failure, if it is not @needed. */
static int save_directory(const struct source *src, pid_t pid, int to, bool needed,
			  const struct copy *c)
{
	char name[16];
	int fd, ret;

	snprintf(name, sizeof(name), "%d", pid);
	if (mkdirat(to, name, 0700))
		return err_sys(c->e, -errno, name);
	fd = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(c->e, -errno, name);
	ret = save_process(src, pid, fd, needed, c);
	close(fd);
	if (!needed && (ret == -ESRCH || ret == -ENXIO || ret == -ENOENT))
		ret = 0;
	return ret;
}

int source_save_processes(const struct source *src, const char *dir,
			  const pid_t *pids, size_t n, struct err *e)
{
	struct timespec when;
	const struct copy c = { .when = &when, .flat = true, .e = e };
	int to, watched, ret;
	size_t i;

	source_time(src, &when);
	to = open_empty(dir, e);
	if (to < 0)
		return to;
	ret = save_files(src, to, &c);
	if (!ret && mkdirat(to, COWSCOPE_WATCHED, 0700))
		ret = err_sys(e, -errno, COWSCOPE_WATCHED);
	if (ret)
		goto err_close;
	watched = openat(to, COWSCOPE_WATCHED, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (watched < 0) {
		ret = err_sys(e, -errno, COWSCOPE_WATCHED);
		goto err_close;
	}
	for (i = 0; i < n && !ret; i++)
		ret = save_directory(src, pids[i], watched, !i, &c);
	close(watched);
err_close:
	close(to);
	return ret;
}
