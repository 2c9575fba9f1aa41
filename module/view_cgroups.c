// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroups: the causes summed by cgroup.
 */
#include <linux/cgroup.h>

#include "cgroups.h"
#include "roster.h"
#include "view.h"

/* Made when reading begins; @at: the line whose turn it is, a scope of one of the rows. */
struct lines {
	struct cws_cgroup_rows *rows;
	size_t at;
};

/* The lines of all rows, then untracked. */
static void *line_at(struct lines *lines, loff_t pos)
{
	if (!lines->rows || pos > lines->rows->nr * CWS_NR_CGROUP_SCOPES + 1)
		return NULL;
	lines->at = pos - 1;
	return lines;
}

static void *lines_start(struct seq_file *m, loff_t *pos)
{
	struct lines *lines = m->private;

	if (*pos == 0) {
		cws_cgroups_free(lines->rows);
		lines->rows = cws_roster_cgroups();
		if (!lines->rows)
			return ERR_PTR(-ENOMEM);
		return SEQ_START_TOKEN;
	}
	return line_at(lines, *pos);
}

static void *lines_next(struct seq_file *m, void *v, loff_t *pos)
{
	return line_at(m->private, ++*pos);
}

static void lines_stop(struct seq_file *m, void *v)
{
}

static void lines_release(void *private)
{
	struct lines *lines = private;

	cws_cgroups_free(lines->rows);
}

#define SCOPE_NAME(id, name, help)	#name,
static const char *const scope_name[] = { COWSCOPE_CGROUP_SCOPES(SCOPE_NAME) };

static void put_line(struct seq_file *m, const struct cws_cgroup_row *row,
		     enum cws_cgroup_scope scope)
{
	const struct cws_cgroup_part *part = &row->part[scope];

	if (row->other)
		seq_puts(m, COWSCOPE_CGROUP_OTHER);
	else
		cws_view_put_cgroup(m, row->cgroup);
	seq_printf(m, " %s %llu", scope_name[scope], part->spaces);
	cws_view_put_counts(m, &part->sums);
	if (row->cgroup)
		seq_put_decimal_ull(m, " ", cgroup_id(row->cgroup));
	else
		seq_puts(m, " -");
	seq_putc(m, '\n');
}

static void put_untracked(struct seq_file *m)
{
	struct cws_sums sums = {};

	cws_records_untracked(&sums);
	seq_puts(m, "- untracked -");
	cws_view_put_counts(m, &sums);
	seq_puts(m, " -\n");
}

static int line_show(struct seq_file *m, void *v)
{
	const struct lines *lines = v;
	const struct cws_cgroup_row *row;
	enum cws_cgroup_scope scope;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, COWSCOPE_HEADER_CGROUPS "\n");
		return 0;
	}
	if (lines->at == lines->rows->nr * CWS_NR_CGROUP_SCOPES) {
		put_untracked(m);
		return 0;
	}
	row = &lines->rows->row[lines->at / CWS_NR_CGROUP_SCOPES];
	scope = lines->at % CWS_NR_CGROUP_SCOPES;
	if (!row->part[scope].spaces)
		return SEQ_SKIP;
	put_line(m, row, scope);
	return 0;
}

static const struct seq_operations cgroups_table = {
	.start = lines_start,
	.next = lines_next,
	.stop = lines_stop,
	.show = line_show,
};

const struct cws_view cws_view_cgroups = {
	.table = &cgroups_table,
	.private_size = sizeof(struct lines),
	.release = lines_release,
};
