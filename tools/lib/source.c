// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cowscope_abi.h"
#include "slurp.h"
#include "source.h"

/* The file that says whether a directory is the module's. */
#define PROBE	"status"

static int path_join(char *buf, size_t size, const char *dir, const char *name)
{
	int n = snprintf(buf, size, "%s/%s", dir, name);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* 0 if the directory holds the module's files, else -errno. */
static int root_probe(const char *dir)
{
	char path[4096];
	int ret = path_join(path, sizeof(path), dir, PROBE);

	if (ret)
		return ret;
	return access(path, R_OK) ? -errno : 0;
}

static int root_use(struct source *src, const char *dir, bool given)
{
	src->given = given;
	if (strlen(dir) >= sizeof(src->root))
		return -ENAMETOOLONG;
	memcpy(src->root, dir, strlen(dir) + 1);
	return 0;
}

static int open_given(struct source *src, const char *dir, struct err *e)
{
	int ret = root_probe(dir);

	if (!ret)
		ret = root_use(src, dir, true);
	if (ret == -ENOENT || ret == -ENOTDIR)
		return err_set(e, -ENODEV,
			       "%s: no cowscope files here (no " PROBE ")", dir);
	return ret ? err_sys(e, ret, dir) : 0;
}

int source_open(struct source *src, const char *root, struct err *e)
{
	int debugfs, procfs;

	if (root)
		return open_given(src, root, e);
	debugfs = root_probe(COWSCOPE_DEBUGFS);
	if (!debugfs)
		return root_use(src, COWSCOPE_DEBUGFS, false);
	procfs = root_probe(COWSCOPE_PROCFS);
	if (!procfs)
		return root_use(src, COWSCOPE_PROCFS, false);
	/*
	 * An ordinary user sees neither, and cannot tell why from debugfs, which
	 * is closed as a whole; the procfs directory at least shows its name.
	 */
	if (access(COWSCOPE_PROCFS, F_OK) && errno == ENOENT &&
	    (debugfs == -ENOENT || debugfs == -EACCES))
		return err_set(e, -ENODEV, "module not loaded: neither "
			       COWSCOPE_DEBUGFS " nor " COWSCOPE_PROCFS);
	return err_sys(e, procfs, COWSCOPE_PROCFS "/" PROBE);
}

int source_read(const struct source *src, const char *name, char **text,
		size_t *len, struct err *e)
{
	char path[4096 + 256];
	int fd, ret;

	ret = path_join(path, sizeof(path), src->root, name);
	if (ret)
		return err_sys(e, ret, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, -errno, path);
	ret = slurp(fd, text, len);
	close(fd);
	return ret ? err_sys(e, ret, path) : 0;
}

static int query_saved(const struct source *src, pid_t pid, const char *view,
		       char **text, size_t *len, struct err *e)
{
	char name[64];

	if (strchr(view, ' '))
		return err_set(e, -EOPNOTSUPP, "%d %s: a saved copy answers no such question",
			       pid, view);
	snprintf(name, sizeof(name), COWSCOPE_WATCHED "/%d/%s", pid, view);
	return source_read(src, name, text, len, e);
}

int source_query(const struct source *src, pid_t pid, const char *view,
		 char **text, size_t *len, struct err *e)
{
	char path[4096 + 256], ask[COWSCOPE_COMMAND_MAX + 1];
	int fd, n, ret;

	ret = path_join(path, sizeof(path), src->root, "query");
	if (ret)
		return err_sys(e, ret, "query");
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && src->given)
		return query_saved(src, pid, view, text, len, e);
	if (fd < 0 && errno == EPERM)
		return err_set(e, -EPERM, "%s: refused: no CAP_SYS_ADMIN, or kernel lockdown",
			       path);
	if (fd < 0 && errno == ENOENT && !src->given)
		return err_set(e, -ENOENT, "%s: not there: asking about a process needs debugfs",
			       path);
	if (fd < 0)
		return err_sys(e, -errno, path);
	n = snprintf(ask, sizeof(ask), "%d %s", pid, view);
	if (write(fd, ask, n) != n)
		ret = -(errno ? errno : EIO);
	else
		ret = slurp(fd, text, len);
	close(fd);
	return ret ? err_set(e, ret, "query \"%s\": %s", ask, strerror(-ret)) : 0;
}

/* Files that the kernel makes up carry no time of their own. */
static bool root_is_live(const char *root)
{
	struct statfs fs;

	if (statfs(root, &fs))
		return false;
	return fs.f_type == DEBUGFS_MAGIC || fs.f_type == PROC_SUPER_MAGIC;
}

void source_time(const struct source *src, struct timespec *when)
{
	char path[4096 + 256];
	struct stat st;

	if (!root_is_live(src->root) &&
	    !path_join(path, sizeof(path), src->root, PROBE) &&
	    !stat(path, &st)) {
		*when = st.st_mtim;
		return;
	}
	clock_gettime(CLOCK_REALTIME, when);
}
