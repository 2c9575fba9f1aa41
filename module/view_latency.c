// SPDX-License-Identifier: GPL-2.0-only
/* latency: how long the copies of a watched process took, while it is asked for. */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "latency.h"
#include "record.h"
#include "view.h"
#include "view_reader.h"

static u64 row_sum(const struct cws_latency_counts *counts, unsigned int row)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < CWS_NR_LATENCY_CAUSES; i++)
		sum += counts->nr[row][i];
	return sum;
}

static void put_row(struct seq_file *m, const struct cws_latency_counts *counts,
		    unsigned int row)
{
	int i;

	seq_printf(m, "%llu", row ? 1ULL << row : 0);
	if (row == CWS_LATENCY_BUCKETS - 1)
		seq_puts(m, " -");
	else
		seq_printf(m, " %llu", 2ULL << row);
	for (i = 0; i < CWS_NR_LATENCY_CAUSES; i++)
		seq_printf(m, " %llu", counts->nr[row][i]);
	seq_putc(m, '\n');
}

/* From the first row that holds something to the last. */
static u64 put_rows(struct seq_file *m, const struct cws_latency_counts *counts)
{
	unsigned int row, first = CWS_LATENCY_BUCKETS, last = 0;
	u64 sum = 0;

	for (row = 0; row < CWS_LATENCY_BUCKETS; row++) {
		if (!row_sum(counts, row))
			continue;
		first = min(first, row);
		last = row;
		sum += row_sum(counts, row);
	}
	for (row = first; row <= last; row++)
		put_row(m, counts, row);
	return sum;
}

static int latency_show(struct seq_file *m, struct cws_record *rec)
{
	struct cws_latency_counts *counts = kzalloc(sizeof(*counts), GFP_KERNEL);
	u64 sum;

	if (!counts)
		return -ENOMEM;
	cws_latency_read(rec, counts);
	seq_puts(m, COWSCOPE_HEADER_LATENCY "\n");
	sum = put_rows(m, counts);
	cws_view_put_word(m, "counting", str_yes_no(counts->on));
	if (counts->since_ns)
		cws_view_put_number(m, "since_ns", counts->since_ns);
	else
		cws_view_put_word(m, "since_ns", "-");
	cws_view_put_number(m, "copies", sum);
	cws_view_put_number(m, "sum_ns", counts->sum_ns);
	cws_view_put_number(m, "max_ns", counts->max_ns);
	kfree(counts);
	return 0;
}

static int latency_command(struct cws_record *rec, const char *word)
{
	if (!strcmp(word, "on"))
		return cws_latency_switch(rec, true);
	if (!strcmp(word, "off"))
		return cws_latency_switch(rec, false);
	return -EOPNOTSUPP;
}

const struct cws_process_view cws_process_view_latency = {
	.show = latency_show,
	.command = latency_command,
};
