// SPDX-License-Identifier: GPL-2.0-only
/*
 * totals: the causes summed over everything since load.
 */
#include "record.h"
#include "view.h"

static void put_scope(struct seq_file *m, const char *scope, const struct cws_sums *sums)
{
	seq_puts(m, scope);
	cws_view_put_counts(m, sums);
	seq_putc(m, '\n');
}

static int totals_show(struct seq_file *m, void *unused)
{
	struct cws_sums live = {}, exited = {}, untracked = {}, total = {};

	cws_records_sums(&live, &exited);
	cws_records_untracked(&untracked);
	cws_sums_add(&total, &live);
	cws_sums_add(&total, &exited);
	cws_sums_add(&total, &untracked);
	seq_puts(m, COWSCOPE_HEADER_TOTALS "\n");
	put_scope(m, "live", &live);
	put_scope(m, "exited", &exited);
	put_scope(m, "untracked", &untracked);
	put_scope(m, "total", &total);
	return 0;
}

const struct cws_view cws_view_totals = { .show = totals_show };
