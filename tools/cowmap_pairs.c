// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap_pairs.h"
#include "cowmap_read.h"

#define MATRIX_MAX	8	/* members that fit 80 columns */
#define LIST_MAX	16	/* pairs below a tree */

#define NUMBER(name, help)	COWMAP_NUMBER(pair, name, "pages", help)

static const struct column columns[] = {
	COWMAP_NUMBER(pair, pid, NULL, "one of the two"),
	COWMAP_NUMBER(pair, peer, NULL, "the other"),
	NUMBER(shared, "anonymous, mapped by both now"),
	NUMBER(elsewhere, "of them at another address"),
	NUMBER(cache, "page cache mapped by both"),
	NUMBER(swap, "swapped-out pages held by both"),
	COWMAP_NUMBER(pair, mm, NULL, "serial number of the one address space"),
	COWMAP_NUMBER(pair, peer_mm, NULL, "serial number of the other"),
};

static const struct column_set set = COWMAP_SET(columns);

#define PRESET	"pid,peer,shared,elsewhere,cache,swap"

int pairs_document(const struct cowmap_options *o, struct document *doc,
		   const struct pairs *pairs, struct err *e)
{
	const struct table_style style = cowmap_style(o, "pairs");
	struct column_list list;
	int ret = column_choose(&set, PRESET ",mm,peer_mm", NULL, &list, e);

	return ret ? ret : document_table(doc, &set, &list, pairs->row, pairs->n,
					  sizeof(*pairs->row), &style, e);
}

/* Most shared first, the older address space before the younger. */
static int by_shared(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = value_compare(&y->shared, &x->shared);

	if (!order)
		order = value_compare(&x->mm, &y->mm);
	return order ? order : value_compare(&x->peer_mm, &y->peer_mm);
}

static int print_most(const struct cowmap_options *o, const struct pairs *pairs,
		      struct err *e)
{
	const struct table_style style = cowmap_style(o, "pairs");
	struct pair *rows = calloc(pairs->n + 1, sizeof(*rows));
	size_t shown = pairs->n < LIST_MAX ? pairs->n : LIST_MAX;
	struct column_list list;
	int ret;

	if (!rows)
		return err_sys(e, -ENOMEM, "pairs");
	ret = column_choose(&set, PRESET, NULL, &list, e);
	if (ret) {
		free(rows);
		return ret;
	}
	if (pairs->n)
		memcpy(rows, pairs->row, pairs->n * sizeof(*rows));
	qsort(rows, pairs->n, sizeof(*rows), by_shared);
	if (cowmap_for_people(o))
		printf("\nPairs that share most, %zu of %zu (all: --pairs)\n", shown,
		       pairs->n);
	ret = table_print(&set, &list, rows, shown, sizeof(*rows), &style, stdout, e);
	free(rows);
	return ret;
}

/* A line: who it is, then a cell for each member. */
struct matrix {
	char name[MATRIX_MAX][VALUE_TEXT_MAX];
	struct column column[MATRIX_MAX + 1];
	struct value cell[MATRIX_MAX][MATRIX_MAX + 1];
	size_t n;
};

static void matrix_name(struct matrix *m, size_t i, const struct family_row *member)
{
	m->column[i + 1] = (struct column){
		.name = m->name[i], .get = cowmap_get_value,
		.arg = (i + 1) * sizeof(struct value),
	};
	if (value_known(&member->pid))
		value_print(&member->pid, m->name[i], sizeof(m->name[i]));
	else
		snprintf(m->name[i], sizeof(m->name[i]), "-");
}

static size_t member_index(const struct family_row * const *member, size_t n,
			   const struct value *mm)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (value_is(mm, member[i]->mm.n))
			break;
	return i;
}

static void matrix_fill(struct matrix *m, const struct family_row * const *member,
			const struct pairs *pairs)
{
	const struct pair *pair;
	size_t i, j, k;

	m->column[0] = (struct column){ .name = "pid", .get = cowmap_get_value };
	for (i = 0; i < m->n; i++) {
		matrix_name(m, i, member[i]);
		m->cell[i][0] = member[i]->pid;
		m->cell[i][i + 1] = member[i]->present;
	}
	for (k = 0; k < pairs->n; k++) {
		pair = &pairs->row[k];
		i = member_index(member, m->n, &pair->mm);
		j = member_index(member, m->n, &pair->peer_mm);
		if (i == j || i == m->n || j == m->n)
			continue;
		m->cell[i][j + 1] = pair->shared;
		m->cell[j][i + 1] = pair->shared;
	}
}

int pairs_print_matrix(const struct cowmap_options *o,
		       const struct family_row * const *member, size_t n,
		       const struct pairs *pairs, struct err *e)
{
	const struct table_style style = cowmap_style(o, "matrix");
	struct matrix m = { .n = n };
	const struct column_set columns_of_m = { m.column, n + 1 };
	struct column_list list = { .n = n + 1 };
	size_t i;

	if (n > MATRIX_MAX)
		return print_most(o, pairs, e);
	matrix_fill(&m, member, pairs);
	for (i = 0; i <= n; i++)
		list.index[i] = i;
	if (cowmap_for_people(o))
		puts("\nAnonymous pages that two of them share, and present ones of each");
	return table_print(&columns_of_m, &list, m.cell, n, sizeof(m.cell[0]), &style,
			   stdout, e);
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	const struct table_style style = cowmap_style(o, "pairs");
	struct document doc = { .out = stdout, .json = o->table.json };
	struct pairs pairs;
	struct who who;
	int ret;

	ret = read_who(src, o->pid, &who, e);
	if (ret)
		return ret;
	ret = read_pairs(src, o->pid, &pairs, e);
	if (!ret) {
		cowmap_print_title(o, who.status.text[PROCESS_comm],
				   "pairs of its family, counts in 4 KiB pages, from %s",
				   src->root);
		ret = document_table(&doc, &set, &o->list, pairs.row, pairs.n,
				     sizeof(*pairs.row), &style, e);
		document_end(&doc);
		pairs_free(&pairs);
	}
	who_free(&who);
	return ret;
}

const struct cowmap_mode cowmap_pairs = {
	.option = "--pairs",
	.set = &set,
	.preset = PRESET,
	.preset_script = PRESET ",mm,peer_mm",
	.run = run,
};
