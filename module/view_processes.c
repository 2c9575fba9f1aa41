// SPDX-License-Identifier: GPL-2.0-only
/*
 * processes and exited: one row per address space, live or gone.
 */
#include "roster.h"
#include "view.h"

/* Made when reading begins, so that rows neither repeat nor vanish on the way. */
struct rows {
	struct cws_roster *roster;
};

static struct cws_roster_row *row_at(struct rows *rows, loff_t pos)
{
	if (!rows->roster || pos > rows->roster->nr)
		return NULL;
	return &rows->roster->row[pos - 1];
}

static void *rows_start(struct seq_file *m, loff_t *pos, bool exited)
{
	struct rows *rows = m->private;

	if (*pos == 0) {
		cws_roster_free(rows->roster);
		rows->roster = exited ? cws_roster_exited() : cws_roster_live();
		if (!rows->roster)
			return ERR_PTR(-ENOMEM);
		return SEQ_START_TOKEN;
	}
	return row_at(rows, *pos);
}

static void *processes_start(struct seq_file *m, loff_t *pos)
{
	return rows_start(m, pos, false);
}

static void *exited_start(struct seq_file *m, loff_t *pos)
{
	return rows_start(m, pos, true);
}

static void *rows_next(struct seq_file *m, void *v, loff_t *pos)
{
	return row_at(m->private, ++*pos);
}

static void rows_stop(struct seq_file *m, void *v)
{
}

static void rows_release(void *private)
{
	struct rows *rows = private;

	cws_roster_free(rows->roster);
}

static void put_row(struct seq_file *m, const struct cws_roster_row *row,
		    const struct cws_view_who *who)
{
	struct cws_record *rec = row->rec;
	struct cws_lineage *lineage = rec->lineage;
	struct cws_sums sums = {};

	cws_matrix_sum(&rec->matrix, &sums);
	cws_view_put_pid(m, who->pid);
	seq_putc(m, ' ');
	cws_view_put_pid(m, who->ppid);
	seq_put_decimal_ull(m, " ", who->tasks);
	cws_view_put_counts(m, &sums);
	cws_view_put_inherited(m, rec, rec->inherited_pages);
	seq_put_decimal_ull(m, " ", rec->since_ns);
	seq_putc(m, ' ');
	cws_view_put_cgroup(m, who->cgroup);
	seq_putc(m, ' ');
	cws_view_put_name(m, who->comm);
	cws_view_put_inherited(m, rec, rec->inherited_hugetlb_pages);
	cws_view_put_inherited(m, rec, rec->inherited_swap_pages);
	seq_put_decimal_ull(m, " ", rec->serial);
	if (lineage && lineage->parent_serial)
		seq_put_decimal_ull(m, " ", lineage->parent_serial);
	else
		seq_puts(m, " -");
	seq_printf(m, " %s", cws_view_born(rec));
}

/* The last column of both tables. */
static void put_end_of_row(struct seq_file *m, struct cws_view_who *who)
{
	seq_putc(m, ' ');
	cws_view_put_inner_pid(m, who->pid);
	seq_putc(m, '\n');
	cws_view_who_put(who);
}

static int processes_show(struct seq_file *m, void *v)
{
	const struct cws_roster_row *row = v;
	struct cws_view_who who;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, COWSCOPE_HEADER_PROCESSES "\n");
		return 0;
	}
	/* Ended since the list was made: its row is in exited. */
	if (cws_record_end(row->rec) != CWS_END_NONE)
		return SEQ_SKIP;
	cws_view_who(row->rec, &row->users, &who);
	put_row(m, row, &who);
	put_end_of_row(m, &who);
	return 0;
}

static int exited_show(struct seq_file *m, void *v)
{
	const struct cws_roster_row *row = v;
	struct cws_view_who who;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, COWSCOPE_HEADER_EXITED "\n");
		return 0;
	}
	cws_view_who(row->rec, &row->users, &who);
	put_row(m, row, &who);
	seq_printf(m, " %s %llu", cws_view_end(row->rec),
		   row->rec->ended_ns - row->rec->since_ns);
	put_end_of_row(m, &who);
	return 0;
}

static const struct seq_operations processes_table = {
	.start = processes_start,
	.next = rows_next,
	.stop = rows_stop,
	.show = processes_show,
};

static const struct seq_operations exited_table = {
	.start = exited_start,
	.next = rows_next,
	.stop = rows_stop,
	.show = exited_show,
};

const struct cws_view cws_view_processes = {
	.table = &processes_table,
	.private_size = sizeof(struct rows),
	.release = rows_release,
};

const struct cws_view cws_view_exited = {
	.table = &exited_table,
	.private_size = sizeof(struct rows),
	.release = rows_release,
};
