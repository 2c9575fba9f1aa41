// SPDX-License-Identifier: GPL-2.0-only
/*
 * family and pairs: who shares how much with whom. The comparison runs to its end,
 * step by step, before the first row is printed.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "compare.h"
#include "headroom.h"
#include "view.h"
#include "view_reader.h"

/**
 * struct report - one reading of either view
 * @compare: the numbers
 * @who: by member, asked when the comparison is finished
 * @row: one more than the member whose rows this part is, 0 none yet
 */
struct report {
	struct cws_compare *compare;
	struct cws_view_who *who;
	unsigned int row;
};

static const char *const relation_word[] = {
	[CWS_SELF] = "self",
	[CWS_PARENT] = "parent",
	[CWS_CHILD] = "child",
	[CWS_SIBLING] = "sibling",
	[CWS_GRANDPARENT] = "grandparent",
	[CWS_GRANDCHILD] = "grandchild",
	[CWS_ANCESTOR] = "ancestor",
	[CWS_DESCENDANT] = "descendant",
	[CWS_COUSIN] = "cousin",
	[CWS_RELATIVE] = "relative",
	[CWS_INFERRED] = "inferred",
};

static void *report_begin(struct cws_record *rec, enum cws_compare_what what)
{
	struct report *report = kzalloc(sizeof(*report), GFP_KERNEL);
	void *err;

	if (!report)
		return ERR_PTR(-ENOMEM);
	report->compare = cws_compare_begin(cws_family_of(rec), what);
	if (!IS_ERR(report->compare))
		return report;
	err = report->compare;
	kfree(report);
	return err;
}

static void *family_begin(struct cws_record *rec, unsigned long arg)
{
	return report_begin(rec, CWS_COMPARE_ALL);
}

static void *pairs_begin(struct cws_record *rec, unsigned long arg)
{
	return report_begin(rec, CWS_COMPARE_PAIRS);
}

static int ask_who(struct report *report)
{
	const struct cws_family *family = report->compare->family;
	unsigned int i;

	report->who = kvcalloc(family->nr ?: 1, sizeof(*report->who), GFP_KERNEL);
	if (!report->who)
		return -ENOMEM;
	for (i = 0; i < family->nr; i++) {
		cws_view_who_quick(family->member[i].rec, &report->who[i]);
		cond_resched();
	}
	return 1;
}

static int report_step(void *state)
{
	struct report *report = state;
	int more;

	/* One part for an empty family, which has ended. */
	if (report->who)
		return report->row++ < max(report->compare->family->nr, 1U);
	more = cws_compare_step(report->compare);
	return more ?: ask_who(report);
}

static void report_end(void *state)
{
	struct report *report = state;
	unsigned int i;

	for (i = 0; report->who && i < report->compare->family->nr; i++)
		cws_view_who_put(&report->who[i]);
	kvfree(report->who);
	cws_compare_end(report->compare);
	kfree(report);
}

static void add_share(struct cws_share *to, const struct cws_share *from)
{
	to->present += from->present;
	to->shared += from->shared;
	to->elsewhere += from->elsewhere;
	to->cache += from->cache;
	to->swap += from->swap;
	to->armed_anon += from->armed_anon;
	to->armed_file += from->armed_file;
	to->armed_zero += from->armed_zero;
	to->armed_ksm += from->armed_ksm;
	to->pieces += from->pieces;
}

static void sum_shares(const struct cws_member *member, struct cws_share *sum)
{
	int region;

	memset(sum, 0, sizeof(*sum));
	for (region = 0; region < CWS_NR_REGIONS; region++)
		add_share(sum, &member->share[region]);
}

static void put_row(struct seq_file *m, const struct cws_member *member,
		    const struct cws_view_who *who, const char *region,
		    const struct cws_share *share)
{
	seq_printf(m, "%s ", relation_word[member->relation]);
	cws_view_put_pid(m, who->pid);
	seq_printf(m, " %s %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu ", region,
		   share->present, share->shared, share->elsewhere, share->cache,
		   share->swap, share->armed_anon, share->armed_file, share->armed_zero,
		   share->armed_ksm, member->rec->serial);
	cws_view_put_name(m, who->comm);
	seq_putc(m, '\n');
}

static void put_member(struct seq_file *m, const struct cws_member *member,
		       const struct cws_view_who *who)
{
	static const struct cws_share nothing;
	struct cws_share sum;
	int region;

	for (region = 0; region < CWS_NR_REGIONS; region++)
		if (memcmp(&member->share[region], &nothing, sizeof(nothing)))
			put_row(m, member, who, cws_region_name[region],
				&member->share[region]);
	sum_shares(member, &sum);
	put_row(m, member, who, COWSCOPE_REGION_TOTAL, &sum);
}

/*
 * Zero page, KSM and page cache stay what they are: a copy for each who may write. And
 * pieces of huge pages, but for the last.
 */
static u64 always_copied(const struct cws_share *share)
{
	return share->armed_file + share->armed_zero + share->armed_ksm + share->pieces;
}

static void put_sums(struct seq_file *m, const struct cws_compare *compare)
{
	const struct cws_family *family = compare->family;
	u64 others = 0, skipped = 0;
	struct cws_share self, sum;
	struct cws_headroom room;
	unsigned int i;

	for (i = 0; i < family->nr; i++) {
		sum_shares(&family->member[i], &sum);
		others += always_copied(&sum);
		skipped += family->member[i].skipped;
	}
	sum_shares(&family->member[0], &self);
	cws_view_put_number(m, "members", family->nr);
	cws_view_put_number(m, "skipped", skipped);
	cws_view_put_number(m, "armed_anon_pages", self.armed_anon);
	cws_view_put_number(m, "armed_file_pages", self.armed_file);
	cws_view_put_number(m, "armed_zero_pages", self.armed_zero);
	cws_view_put_number(m, "armed_ksm_pages", self.armed_ksm);
	cws_view_put_number(m, "armed_hugetlb_bytes", compare->self_hugetlb_bytes);
	cws_view_put_number(m, "swap_in_pages", compare->self_swap_in);
	cws_view_put_number(m, "worst_case_pages", self.armed_anon + always_copied(&self));
	cws_view_put_number(m, "worst_case_hugetlb_bytes", compare->self_hugetlb_bytes);
	cws_view_put_number(m, "worst_case_family_pages", compare->worst + others);
	cws_view_put_number(m, "worst_case_family_hugetlb_bytes", compare->worst_hugetlb_bytes);
	cws_headroom(family->member[0].mm, &room);
	cws_view_put_headroom(m, &room);
}

/* Nothing before the first row; one line for a process that has ended. */
static bool report_begun(struct seq_file *m, const struct report *report,
			 const char *header)
{
	if (!report->row)
		return false;
	if (report->row == 1)
		seq_puts(m, report->compare->family->nr ? header : COWSCOPE_GONE "\n");
	return report->compare->family->nr;
}

static void family_print(struct seq_file *m, void *state)
{
	const struct report *report = state;
	const struct cws_family *family = report->compare->family;
	unsigned int i = report->row - 1;

	if (!report_begun(m, report, COWSCOPE_HEADER_FAMILY "\n"))
		return;
	put_member(m, &family->member[i], &report->who[i]);
	if (report->row == family->nr)
		put_sums(m, report->compare);
}

/* The row of a member and each before it. */
static void pairs_print(struct seq_file *m, void *state)
{
	const struct report *report = state;
	const struct cws_family *family = report->compare->family;
	unsigned int i = report->row - 1, j;

	if (!report_begun(m, report, COWSCOPE_HEADER_PAIRS "\n"))
		return;
	for (j = 0; j < i; j++) {
		const struct cws_pair *pair = cws_compare_pair(report->compare, i, j);

		cws_view_put_pid(m, report->who[j].pid);
		seq_putc(m, ' ');
		cws_view_put_pid(m, report->who[i].pid);
		seq_printf(m, " %llu %llu %llu %llu %llu %llu\n", pair->shared,
			   pair->elsewhere, pair->cache, pair->swap,
			   family->member[j].rec->serial, family->member[i].rec->serial);
	}
}

const struct cws_process_view cws_process_view_family = {
	.begin = family_begin,
	.step = report_step,
	.print = family_print,
	.end = report_end,
};

const struct cws_process_view cws_process_view_pairs = {
	.begin = pairs_begin,
	.step = report_step,
	.print = pairs_print,
	.end = report_end,
};
