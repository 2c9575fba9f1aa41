// SPDX-License-Identifier: GPL-2.0-only
/*
 * status and cow: who a process is, and its counts. Both stay when it has ended.
 */
#include <linux/string_helpers.h>

#include "roster.h"
#include "view.h"
#include "view_reader.h"
#include "watch.h"

#define CWS_CAUSE_NAME(id, name, help)	#name,
static const char *const cause_name[] = { COWSCOPE_CAUSES(CWS_CAUSE_NAME) };

static void put_inherited(struct seq_file *m, const char *key,
			  const struct cws_record *rec, u64 pages)
{
	seq_puts(m, key);
	cws_view_put_inherited(m, rec, pages);
	seq_putc(m, '\n');
}

/* This process and who it was forked from, up to where the family begins. */
static void put_lineage(struct seq_file *m, const struct cws_record *rec)
{
	const struct cws_lineage *node = rec->lineage;

	seq_puts(m, "lineage");
	if (!node)
		seq_puts(m, " -");
	/* A node holds its parent, and the record holds the first. */
	for (; node; node = node->parent) {
		seq_putc(m, ' ');
		cws_view_put_pid(m, node->pid);
		seq_printf(m, "(%llu)", node->serial);
		if (node->parent)
			seq_puts(m, " <");
	}
	seq_putc(m, '\n');
}

static void put_who(struct seq_file *m, const struct cws_view_who *who, bool ended)
{
	seq_puts(m, "pid ");
	cws_view_put_pid(m, who->pid);
	seq_puts(m, "\ncomm ");
	cws_view_put_name(m, who->comm);
	seq_printf(m, "\nstate %s\ntasks %u\nppid ", ended ? "exited" : "live", who->tasks);
	cws_view_put_pid(m, who->ppid);
	seq_putc(m, '\n');
}

static int show_status(struct seq_file *m, struct cws_record *rec)
{
	bool ended = cws_record_end(rec) != CWS_END_NONE;
	struct cws_users users;
	struct cws_view_who who;
	struct cws_sums sums = {};
	int cause;

	cws_roster_users(rec, &users);
	cws_view_who(rec, &users, &who);
	cws_matrix_sum(&rec->matrix, &sums);
	cws_view_put_number(m, "abi", COWSCOPE_ABI);
	put_who(m, &who, ended);
	cws_view_put_number(m, "mm", rec->serial);
	put_lineage(m, rec);
	cws_view_put_word(m, "born", cws_view_born(rec));
	cws_view_put_number(m, "since_ns", rec->since_ns);
	cws_view_put_word(m, "end", cws_view_end(rec));
	if (ended)
		cws_view_put_number(m, "lived_ns", rec->ended_ns - rec->since_ns);
	else
		cws_view_put_word(m, "lived_ns", "-");
	cws_view_put_word(m, "watched", str_yes_no(who.pid && cws_watchlist_has(who.pid, false)));
	seq_puts(m, "cgroup ");
	cws_view_put_cgroup(m, who.cgroup);
	seq_putc(m, '\n');
	put_inherited(m, "inherited_pages", rec, rec->inherited_pages);
	put_inherited(m, "inherited_hugetlb_pages", rec, rec->inherited_hugetlb_pages);
	put_inherited(m, "inherited_swap_pages", rec, rec->inherited_swap_pages);
	for (cause = 0; cause < CWS_NR_CAUSES; cause++)
		cws_view_put_number(m, cause_name[cause], sums.cause[cause]);
	cws_view_who_put(&who);
	return 0;
}

static int show_cow(struct seq_file *m, struct cws_record *rec)
{
	struct cws_sums row, total = {};
	int region, cause;

	seq_puts(m, COWSCOPE_HEADER_COW "\n");
	for (region = 0; region < CWS_NR_REGIONS; region++) {
		for (cause = 0; cause < CWS_NR_CAUSES; cause++)
			row.cause[cause] = cws_matrix_read(&rec->matrix, region, cause);
		seq_puts(m, cws_region_name[region]);
		cws_view_put_counts(m, &row);
		seq_putc(m, '\n');
		cws_sums_add(&total, &row);
	}
	seq_puts(m, COWSCOPE_REGION_TOTAL);
	cws_view_put_counts(m, &total);
	seq_putc(m, '\n');
	return 0;
}

const struct cws_process_view cws_process_view_status = { .show = show_status };
const struct cws_process_view cws_process_view_cow = { .show = show_cow };
