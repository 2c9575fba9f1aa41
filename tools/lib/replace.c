// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replace.h"
#include "slurp.h"

/* A link or a device would be replaced by a file, which nobody means. */
static int check_target(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return S_ISREG(st.st_mode) ? 0 : -EEXIST;
}

/*
 * In the same directory, as only then it can be renamed, and hidden: the node exporter takes
 * whatever ends in .prom.
 */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash + 1 - path) : 0;
	char *name;

	return asprintf(&name, "%.*s.%s.XXXXXX", dir, path, path + dir) < 0 ? NULL : name;
}

/* A write that does not arrive may be told by close() alone. */
static int write_all(int fd, const char *text, size_t len)
{
	int ret = spew(fd, text, len);

	if (!ret && fchmod(fd, 0644))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

static int write_and_rename(char *name, const char *path, const char *text, size_t len)
{
	int fd = mkostemp(name, O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, len);
	if (!ret && rename(name, path))
		ret = -errno;
	if (ret)
		unlink(name);
	return ret;
}

int file_replace(const char *path, const char *text, size_t len, struct err *e)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction was;
	sigset_t all, before;
	int ret = check_target(path);
	char *name;

	if (ret == -EEXIST)
		return err_set(e, ret, "%s: not a regular file", path);
	if (ret)
		return err_sys(e, ret, path);
	name = temporary_name(path);
	if (!name)
		return err_sys(e, -ENOMEM, path);
	/*
	 * A signal that ends the program must not leave half of it behind. That of a limit is
	 * an error of write() instead: ignored, and not held back, as then it would stay.
	 */
	sigfillset(&all);
	sigdelset(&all, SIGXFSZ);
	sigprocmask(SIG_BLOCK, &all, &before);
	sigaction(SIGXFSZ, &ignore, &was);
	ret = write_and_rename(name, path, text, len);
	sigaction(SIGXFSZ, &was, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(name);
	return ret ? err_sys(e, ret, path) : 0;
}
