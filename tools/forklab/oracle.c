// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's own words on the same things, without the module; see lab.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

static void broken(struct lab *lab, const char *what)
{
	lab->broken = err_sys(&lab->err, errno ? -errno : -EPROTO, what);
}

bool lab_same(struct lab *lab, int type, int fd, int other_fd)
{
	long ret;

	if (lab->broken)
		return false;
	ret = syscall(SYS_kcmp, lab->pid[PARENT], lab->pid[CHILD], type, fd, other_fd);
	if (ret < 0)
		broken(lab, "kcmp");
	return !ret;
}

uint64_t lab_namespace(struct lab *lab, enum role who, const char *name)
{
	char path[64];
	struct stat st;

	if (lab->broken)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", lab->pid[who], name);
	if (!stat(path, &st))
		return st.st_ino;
	broken(lab, path);
	return 0;
}

uint64_t lab_proc(struct lab *lab, pid_t pid, const char *file, const char *key, int base)
{
	const size_t len = strlen(key);
	char path[64], line[512];
	uint64_t n = 0;
	bool found = false;
	FILE *f;

	if (lab->broken)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	errno = 0;
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		found = !strncmp(line, key, len) && line[len] == ':';
		if (found)
			n = strtoull(line + len + 1, NULL, base);
	}
	if (!found)
		broken(lab, path);
	if (f)
		fclose(f);
	return n;
}
