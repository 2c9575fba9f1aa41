// SPDX-License-Identifier: GPL-2.0-only
/*
 * inherited: of the anonymous pages that came by fork, what is still shared with the
 * parent, and who ended it. Shared is read from the page tables; copies are
 * those counted since the fork, of pages that nobody else can have shared if neither
 * side forked again; the rest ended without a copy.
 */
#include <linux/err.h>
#include <linux/slab.h>

#include "compare.h"
#include "exited.h"
#include "view.h"
#include "view_reader.h"

/**
 * struct heritage - one reading of the view
 * @rec: the child; the reader holds it
 * @parent: record of the parent, living or ended, referenced; NULL not to be had
 * @compare: of the two
 * @done: the comparison is finished
 */
struct heritage {
	struct cws_record *rec;
	struct cws_record *parent;
	struct cws_compare *compare;
	bool done;
};

static u64 parent_serial(const struct cws_record *rec)
{
	return rec->lineage && rec->lineage->born == CWS_BORN_FORK ?
	       rec->lineage->parent_serial : 0;
}

static void *inherited_begin(struct cws_record *rec, unsigned long arg)
{
	struct heritage *heritage = kzalloc(sizeof(*heritage), GFP_KERNEL);
	struct cws_compare *compare;

	if (!heritage)
		return ERR_PTR(-ENOMEM);
	compare = cws_compare_begin(cws_family_pair(rec, parent_serial(rec)),
				    CWS_COMPARE_FIRST);
	if (IS_ERR(compare)) {
		kfree(heritage);
		return compare;
	}
	heritage->rec = rec;
	heritage->compare = compare;
	if (compare->family->nr > 1) {
		heritage->parent = compare->family->member[1].rec;
		if (!cws_record_get(heritage->parent))
			heritage->parent = NULL;
	} else {
		heritage->parent = cws_exited_find_serial(parent_serial(rec));
	}
	return heritage;
}

static int inherited_step(void *state)
{
	struct heritage *heritage = state;
	int more = 0;

	if (heritage->done)
		return 0;
	if (heritage->compare->family->nr)
		more = cws_compare_step(heritage->compare);
	heritage->done = !more;
	return more < 0 ? more : 1;
}

static void inherited_end(void *state)
{
	struct heritage *heritage = state;

	if (heritage->parent)
		cws_record_put(heritage->parent);
	cws_compare_end(heritage->compare);
	kfree(heritage);
}

/* One row; what is not known is below zero. */
struct row {
	s64 inherited;
	s64 shared;
	s64 child_broke;
	s64 parent_broke;
};

static void put_value(struct seq_file *m, bool estimate, s64 value)
{
	if (value < 0)
		seq_puts(m, " -");
	else
		seq_printf(m, estimate ? " ~%lld" : " %lld", value);
}

static void put_row(struct seq_file *m, const char *region, bool estimate,
		    const struct row *row)
{
	bool known = row->inherited >= 0 && row->child_broke >= 0 && row->parent_broke >= 0;
	s64 other = row->inherited - row->shared - row->child_broke - row->parent_broke;

	seq_puts(m, region);
	put_value(m, estimate, row->inherited);
	put_value(m, false, row->shared);
	put_value(m, false, row->child_broke);
	put_value(m, false, row->parent_broke);
	put_value(m, estimate, known ? other : -1);
	seq_putc(m, '\n');
}

/* Neither forked again: every copy of either ended the sharing of the two. */
static bool pair_only(const struct heritage *heritage)
{
	const struct cws_record *rec = heritage->rec, *parent = heritage->parent;

	return parent && !atomic_read(&rec->forks) &&
	       atomic_read(&parent->forks) == rec->nth_fork;
}

static void put_region(struct seq_file *m, const struct heritage *heritage, int region)
{
	const struct cws_record *rec = heritage->rec;
	const struct cws_inherited *books = rec->inherited;
	const struct cws_matrix *matrix = &rec->matrix;
	struct row row = { .child_broke = -1, .parent_broke = -1 };

	row.inherited = books->pages[region] -
			cws_matrix_read(matrix, region, CWS_CNT_PINNED);
	row.shared = heritage->compare->family->member[0].share[region].shared;
	if (region == CWS_REGION_ANON)
		row.shared -= heritage->compare->self_hugetlb_shared;
	if (pair_only(heritage)) {
		row.child_broke = cws_inherit_broke(matrix, region);
		row.parent_broke = cws_inherit_broke(&heritage->parent->matrix, region) -
				   books->parent_broke[region];
	}
	if (row.inherited || row.shared)
		put_row(m, cws_region_name[region], books->mixed, &row);
}

static void put_total(struct seq_file *m, const struct heritage *heritage)
{
	const struct cws_record *rec = heritage->rec;
	struct row row = { .inherited = -1, .child_broke = -1, .parent_broke = -1 };
	u64 before = rec->parent_broke;
	int region;

	for (region = 0; region < CWS_NR_REGIONS; region++)
		row.shared += heritage->compare->family->member[0].share[region].shared;
	row.shared -= heritage->compare->self_hugetlb_shared;
	if (rec->inherited)
		for (region = 0, before = 0; region < CWS_NR_REGIONS; region++)
			before += rec->inherited->parent_broke[region];
	if (parent_serial(rec))
		row.inherited = rec->inherited_anon_pages -
				cws_matrix_cause(&rec->matrix, CWS_CNT_PINNED);
	if (pair_only(heritage)) {
		row.child_broke = cws_inherit_broke_all(&rec->matrix);
		row.parent_broke = cws_inherit_broke_all(&heritage->parent->matrix) - before;
	}
	put_row(m, COWSCOPE_REGION_TOTAL, false, &row);
}

static void inherited_print(struct seq_file *m, void *state)
{
	const struct heritage *heritage = state;
	int region;

	if (!heritage->done)
		return;
	if (!heritage->compare->family->nr) {
		seq_puts(m, COWSCOPE_GONE "\n");
		return;
	}
	seq_puts(m, COWSCOPE_HEADER_INHERITED "\n");
	for (region = 0; heritage->rec->inherited && region < CWS_NR_REGIONS; region++)
		put_region(m, heritage, region);
	put_total(m, heritage);
}

const struct cws_process_view cws_process_view_inherited = {
	.begin = inherited_begin,
	.step = inherited_step,
	.print = inherited_print,
	.end = inherited_end,
};
