// SPDX-License-Identifier: GPL-2.0-only
/* The relatives of a process as a tree, and what it shares with each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap.h"
#include "cowmap_pairs.h"
#include "cowmap_read.h"
#include "cowmap_tree.h"
#include "cowmap_worst.h"
#include "document.h"

struct member_row {
	struct value pid, parent;
	const char *relation, *region;
	struct value present, shared, elsewhere, cache, swap, armed;
	struct value armed_anon, armed_file, armed_zero, armed_ksm;
	struct value mm;
	const char *comm;
};

#define NUMBER(name, help)	COWMAP_NUMBER(member_row, name, "pages", help)

static const struct column columns[] = {
	COWMAP_NUMBER(member_row, pid, NULL, "process"),
	COWMAP_TEXT(member_row, relation,
		    "what it is to the process asked for; ended: above two of them"),
	COWMAP_TEXT(member_row, region, "region, or the total over all"),
	NUMBER(present, "anonymous and page cache; the zero page is not counted"),
	NUMBER(shared, "anonymous, mapped by both now; self: by any other member"),
	NUMBER(elsewhere, "of them at another address"),
	NUMBER(cache, "page cache mapped by both"),
	NUMBER(swap, "swapped-out pages held by both"),
	NUMBER(armed, "the next write makes new memory: sum of armed_*"),
	NUMBER(armed_anon, "armed, mapped by others too"),
	NUMBER(armed_file, "armed, of the page cache"),
	NUMBER(armed_zero, "armed, the zero page"),
	NUMBER(armed_ksm, "armed, merged by KSM"),
	COWMAP_NUMBER(member_row, mm, NULL, "serial number of the address space"),
	COWMAP_NUMBER(member_row, parent, NULL, "process above it in the tree"),
	COWMAP_TEXT(member_row, comm, "command name"),
};

static const struct column_set set = COWMAP_SET(columns);
#define TREE_COLUMN	0	/* pid */

/* Everything that one report needs. */
struct kindred {
	struct family family;
	struct pairs pairs;
	bool no_pairs;				/* there are too many */
	const struct family_row **member;	/* the totals */
	struct who *who;			/* beside them */
	size_t n;
	struct tree tree;
};

static void kindred_free(struct kindred *k)
{
	size_t i;

	for (i = 0; i < k->n && k->who; i++)
		who_free(&k->who[i]);
	free(k->who);
	free(k->member);
	tree_free(&k->tree);
	pairs_free(&k->pairs);
	family_free(&k->family);
}

static int find_members(struct kindred *k, struct err *e)
{
	size_t i;

	k->member = calloc(k->family.n + 1, sizeof(*k->member));
	k->who = calloc(k->family.n + 1, sizeof(*k->who));
	if (!k->member || !k->who)
		return err_sys(e, -ENOMEM, "family");
	for (i = 0; i < k->family.n; i++)
		if (family_row_is_member(&k->family.row[i]))
			k->member[k->n++] = &k->family.row[i];
	return 0;
}

/* The ancestors of one that cannot be asked, or ended meanwhile, are not known. */
static int build_tree(struct kindred *k, const struct source *src, struct err *e)
{
	struct tree_member *m = calloc(k->n + 1, sizeof(*m));
	struct err ignored;
	size_t i;
	int ret;

	if (!m)
		return err_sys(e, -ENOMEM, "family");
	for (i = 0; i < k->n; i++) {
		m[i].mm = k->member[i]->mm.n;
		m[i].relation = k->member[i]->relation;
		if (!value_known(&k->member[i]->pid) || k->member[i]->pid.n > INT32_MAX ||
		    read_who(src, (pid_t)k->member[i]->pid.n, &k->who[i], &ignored))
			continue;
		m[i].lineage = k->who[i].status.text[PROCESS_lineage];
	}
	ret = tree_build(m, k->n, &k->tree, e);
	free(m);
	return ret;
}

static int read_all(const struct cowmap_options *o, const struct source *src,
		    struct kindred *k, struct err *e)
{
	int ret = read_family(src, o->pid, &k->family, e);

	if (!ret)
		ret = find_members(k, e);
	if (!ret)
		ret = build_tree(k, src, e);
	if (ret || o->by_region || o->table.raw)
		return ret;
	ret = read_pairs(src, o->pid, &k->pairs, e);
	k->no_pairs = ret == -EOVERFLOW;	/* the tree stands without them */
	return k->no_pairs ? 0 : ret;
}

static struct value sum_of(const struct family_row *f)
{
	const struct value *part[] = {
		&f->armed_anon, &f->armed_file, &f->armed_zero, &f->armed_ksm,
	};
	struct value sum = value_of(0);
	size_t i;

	for (i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		sum.n += part[i]->n;
		sum.flags |= part[i]->flags;
		if (!value_known(part[i]))
			return (struct value){ 0 };
	}
	return sum;
}

static void fill_row(struct member_row *row, const struct family_row *f)
{
	*row = (struct member_row){
		.pid = f->pid, .relation = f->relation, .region = f->region,
		.present = f->present, .shared = f->shared,
		.elsewhere = f->elsewhere, .cache = f->cache, .swap = f->swap,
		.armed = sum_of(f), .armed_anon = f->armed_anon,
		.armed_file = f->armed_file, .armed_zero = f->armed_zero,
		.armed_ksm = f->armed_ksm, .mm = f->mm, .comm = f->comm,
	};
}

/* One line of the tree; @rows holds those above it. */
static void fill_node(struct member_row *rows, size_t line, const struct kindred *k)
{
	const struct tree_node *node = &k->tree.node[line];
	struct member_row *row = &rows[line];

	if (node->member == TREE_ENDED)
		*row = (struct member_row){
			.pid = node->pid, .relation = "ended", .mm = node->mm,
			.region = COWSCOPE_REGION_TOTAL,
		};
	else
		fill_row(row, k->member[node->member]);
	if (node->parent != line)
		row->parent = rows[node->parent].pid;
}

static int print_tree(const struct cowmap_options *o, struct document *doc,
		      const struct kindred *k, struct err *e)
{
	struct table_style style = cowmap_style(o, "family");
	struct table_tree branches = { .column = TREE_COLUMN };
	struct member_row *rows = calloc(k->tree.n + 1, sizeof(*rows));
	size_t *parent = calloc(k->tree.n + 1, sizeof(*parent));
	int ret = -ENOMEM;
	size_t i;

	for (i = 0; rows && parent && i < k->tree.n; i++) {
		parent[i] = k->tree.node[i].parent;
		fill_node(rows, i, k);
	}
	branches.parent = parent;
	style.tree = &branches;
	if (rows && parent)
		ret = document_table(doc, &set, &o->list, rows, k->tree.n,
				     sizeof(*rows), &style, e);
	else
		err_sys(e, ret, "family");
	free(rows);
	free(parent);
	return ret;
}

/* By region there is no tree: the rows of a member stand together. */
static int print_regions(const struct cowmap_options *o, struct document *doc,
			 const struct kindred *k, struct err *e)
{
	const struct table_style style = cowmap_style(o, "family");
	struct member_row *rows = calloc(k->family.n + 1, sizeof(*rows));
	size_t i, j;
	int ret;

	if (!rows)
		return err_sys(e, -ENOMEM, "family");
	for (i = 0; i < k->family.n; i++) {
		fill_row(&rows[i], &k->family.row[i]);
		for (j = 0; j < k->tree.n; j++)
			if (k->tree.node[j].member != TREE_ENDED &&
			    k->member[k->tree.node[j].member]->mm.n == rows[i].mm.n)
				break;
		if (j == k->tree.n || k->tree.node[j].parent == j)
			continue;
		j = k->tree.node[k->tree.node[j].parent].member;
		if (j != TREE_ENDED)
			rows[i].parent = k->member[j]->pid;
	}
	ret = document_table(doc, &set, &o->list, rows, k->family.n, sizeof(*rows),
			     &style, e);
	free(rows);
	return ret;
}

static int print_pairs(const struct cowmap_options *o, struct document *doc,
		       const struct kindred *k, struct err *e)
{
	if (o->by_region || o->table.raw || k->no_pairs)
		return 0;
	if (o->table.json)
		return pairs_document(o, doc, &k->pairs, e);
	return k->n > 1 ? pairs_print_matrix(o, k->member, k->n, &k->pairs, e) : 0;
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct document doc = { .out = stdout, .json = o->table.json };
	struct kindred k = { 0 };
	int ret;

	ret = read_all(o, src, &k, e);
	if (!ret) {
		cowmap_print_title(o, family_self(&k.family)->comm,
				   "its family, counts in 4 KiB pages, from %s", src->root);
		ret = o->by_region ? print_regions(o, &doc, &k, e) :
				     print_tree(o, &doc, &k, e);
	}
	if (!ret)
		ret = print_pairs(o, &doc, &k, e);
	if (!ret && o->table.json)
		ret = worst_document(o, &doc, &k.family, e);
	else if (!ret && cowmap_for_people(o))
		worst_print(&k.family);
	document_end(&doc);
	kindred_free(&k);
	return ret;
}

#define PRESET	"present,shared,elsewhere,cache,swap,armed"

const struct cowmap_mode cowmap_family = {
	.option = "--family",
	.set = &set,
	.preset = "pid,relation," PRESET ",comm",
	.preset_script = "pid,parent,relation," PRESET ",mm,comm",
	.run = run,
};

const struct cowmap_mode cowmap_family_regions = {
	.option = "--family",
	.set = &set,
	.preset = "pid,relation,region," PRESET,
	.preset_script = "pid,parent,relation,region," PRESET ",mm,comm",
	.run = run,
};
