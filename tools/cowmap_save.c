// SPDX-License-Identifier: GPL-2.0-only
/* A copy of what the other modes need of a process and its family. */
#include <errno.h>
#include <stdlib.h>

#include "cowmap.h"
#include "cowmap_read.h"

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	const struct family_row *row;
	struct family family;
	size_t i, n = 0;
	pid_t *pids;
	int ret;

	ret = read_family(src, o->pid, &family, e);
	if (ret)
		return ret;
	pids = calloc(family.n + 1, sizeof(*pids));
	if (!pids) {
		family_free(&family);
		return err_sys(e, -ENOMEM, "family");
	}
	pids[n++] = o->pid;
	for (i = 0; i < family.n; i++) {
		row = &family.row[i];
		if (family_row_is_member(row) && value_known(&row->pid) && row->pid.n &&
		    row->pid.n <= INT32_MAX && (pid_t)row->pid.n != o->pid)
			pids[n++] = (pid_t)row->pid.n;
	}
	ret = source_save_processes(src, o->file, pids, n, e);
	if (!ret)
		*e->text = '\0';	/* of a member that ended meanwhile */
	free(pids);
	family_free(&family);
	return ret;
}

const struct cowmap_mode cowmap_save = {
	.option = "--save",
	.run = run,
};
