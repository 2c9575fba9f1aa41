// SPDX-License-Identifier: GPL-2.0-only
/* The descriptors of a process that others hold, too, or all of them. */
#include <string.h>

#include "fetch_views.h"
#include "lsshare.h"

static const struct column columns[] = {
	LSSHARE_VALUE(open_file, fd, "fd", "descriptor"),
	LSSHARE_TEXT(open_file, type, "type", "file dir char block pipe socket link anon"),
	LSSHARE_TEXT(open_file, offset, "offset", "of the next read or write"),
	LSSHARE_TEXT(open_file, flags, "flags", "access mode and O_ names"),
	LSSHARE_TEXT(open_file, cloexec, "cloexec", "closed by exec: yes no"),
	LSSHARE_TEXT(open_file, holders, "holders",
		     "the same open file description elsewhere, as PID:FD; +N: N more"),
	LSSHARE_TEXT(open_file, path, "path", "as in /proc/PID/fd"),
	LSSHARE_TEXT(open_file, peer, "peer", "the other end of a socket"),
	LSSHARE_TEXT(open_file, id, "id", "which open file description"),
};

static const struct column_set set = LSSHARE_SET(columns);

static size_t keep_shared(struct open_file *row, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (strcmp(row[i].holders, COWSCOPE_HOLDERS_NONE))
			row[kept++] = row[i];
	return kept;
}

static int run(const struct lsshare_options *o, const struct source *src, struct err *e)
{
	struct files files;
	int ret = fetch_files(src, o->pid[0], &files, e);

	if (ret)
		return ret;
	if (!o->all)
		files.n = keep_shared(files.row, files.n);
	ret = lsshare_print(o, "files", files.row, files.n, sizeof(*files.row), NULL, e);
	files_free(&files);
	return ret;
}

const struct lsshare_mode lsshare_files = {
	.option = "--files",
	.set = &set,
	.preset = "fd,type,offset,flags,cloexec,holders,path",
	.preset_script = "fd,id,type,offset,flags,cloexec,holders,peer,path",
	.pids_min = 1, .pids_max = 1,
	.run = run,
};
