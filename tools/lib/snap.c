// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "snap.h"

int snap_parse(struct snapshot *s, char *texts[SNAP_TEXTS],
	       const size_t lens[SNAP_TEXTS], struct err *e)
{
	int ret;

	memset(s, 0, sizeof(*s));
	memcpy(s->text, texts, sizeof(s->text));
	ret = parse_status(s->text[SNAP_STATUS_FIRST], lens[SNAP_STATUS_FIRST],
			   &s->first, e);
	if (!ret)
		ret = parse_processes(s->text[SNAP_PROCESSES],
				      lens[SNAP_PROCESSES], &s->live, &s->nlive, e);
	if (!ret)
		ret = parse_exited(s->text[SNAP_EXITED], lens[SNAP_EXITED],
				   &s->exited, &s->nexited, e);
	if (!ret)
		ret = parse_totals(s->text[SNAP_TOTALS], lens[SNAP_TOTALS],
				   &s->totals, e);
	if (!ret)
		ret = parse_status(s->text[SNAP_STATUS_LAST],
				   lens[SNAP_STATUS_LAST], &s->last, e);
	if (ret)
		snap_free(s);
	return ret;
}

void snap_free(struct snapshot *s)
{
	size_t i;

	free(s->live);
	free(s->exited);
	for (i = 0; i < SNAP_TEXTS; i++)
		free(s->text[i]);
	memset(s, 0, sizeof(*s));
}

/* Records of one table in the order of their serial numbers. */
struct index {
	const struct record **rec;
	size_t n;
};

static int by_mm(const void *a, const void *b)
{
	const struct record *x = *(const struct record * const *)a;
	const struct record *y = *(const struct record * const *)b;

	return (x->mm.n > y->mm.n) - (x->mm.n < y->mm.n);
}

static int index_build(struct index *ix, const struct record *rec, size_t n)
{
	size_t i;

	ix->n = n;
	ix->rec = calloc(n + 1, sizeof(*ix->rec));
	if (!ix->rec)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		ix->rec[i] = &rec[i];
	qsort(ix->rec, n, sizeof(*ix->rec), by_mm);
	return 0;
}

static const struct record *index_find(const struct index *ix,
				       const struct record *like)
{
	const struct record **hit;

	hit = bsearch(&like, ix->rec, ix->n, sizeof(*ix->rec), by_mm);
	return hit ? *hit : NULL;
}

static void rows_add(struct rows *rows, const struct record *rec,
		     const struct record *before, bool ended)
{
	struct row *row = &rows->row[rows->n++];
	int i;

	row->rec = *rec;
	row->ended = ended;
	for (i = 0; before && i < CAUSE_COUNT; i++)
		row->rec.cause[i] = value_minus(&rec->cause[i], &before->cause[i]);
}

/*
 * One that ended between the reads of the two tables stands in both: the line
 * in exited is the later one.
 */
int snap_since_start(const struct snapshot *s, struct rows *out, struct err *e)
{
	struct index exited;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (index_build(&exited, s->exited, s->nexited))
		return err_sys(e, -ENOMEM, "rows");
	out->row = calloc(s->nlive + s->nexited + 1, sizeof(*out->row));
	for (i = 0; out->row && i < s->nlive; i++)
		if (!index_find(&exited, &s->live[i]))
			rows_add(out, &s->live[i], NULL, false);
	for (i = 0; out->row && i < s->nexited; i++)
		rows_add(out, &s->exited[i], NULL, true);
	free(exited.rec);
	return out->row ? 0 : err_sys(e, -ENOMEM, "rows");
}

struct indexes {
	struct index live, exited;
};

static int indexes_build(struct indexes *ix, const struct snapshot *s)
{
	memset(ix, 0, sizeof(*ix));
	if (index_build(&ix->live, s->live, s->nlive))
		return -ENOMEM;
	return index_build(&ix->exited, s->exited, s->nexited);
}

static void indexes_free(struct indexes *ix)
{
	free(ix->live.rec);
	free(ix->exited.rec);
}

static void delta_rows(const struct snapshot *before, const struct indexes *was,
		       const struct snapshot *after, const struct indexes *is,
		       struct rows *out)
{
	const struct record *rec;
	size_t i;

	for (i = 0; i < after->nlive; i++) {
		rec = &after->live[i];
		if (!index_find(&is->exited, rec))
			rows_add(out, rec, index_find(&was->live, rec), false);
	}
	for (i = 0; i < after->nexited; i++) {
		rec = &after->exited[i];
		if (!index_find(&was->exited, rec))
			rows_add(out, rec, index_find(&was->live, rec), true);
	}
	for (i = 0; i < before->nlive; i++) {
		rec = &before->live[i];
		if (!index_find(&was->exited, rec) &&
		    !index_find(&is->live, rec) && !index_find(&is->exited, rec))
			out->vanished++;
	}
}

int snap_comparable(const struct snapshot *before, const struct snapshot *after,
		    struct err *e)
{
	if (!strcmp(before->last.text[STATUS_since_ns], after->first.text[STATUS_since_ns]))
		return 0;
	return err_set(e, -ESTALE, "the module was loaded anew in between: nothing to compare");
}

int snap_delta(const struct snapshot *before, const struct snapshot *after,
	       struct rows *out, struct err *e)
{
	struct indexes was = { 0 }, is = { 0 };
	int ret = -ENOMEM;

	memset(out, 0, sizeof(*out));
	if (snap_comparable(before, after, e))
		return -ESTALE;
	if (!indexes_build(&was, before) && !indexes_build(&is, after)) {
		out->row = calloc(after->nlive + after->nexited + 1,
				  sizeof(*out->row));
		if (out->row) {
			delta_rows(before, &was, after, &is, out);
			ret = 0;
		}
	}
	indexes_free(&was);
	indexes_free(&is);
	return ret ? err_sys(e, ret, "rows") : 0;
}

void snap_totals_delta(const struct totals *before, const struct totals *after,
		       struct totals *out)
{
	int scope, cause;

	for (scope = 0; scope < SCOPE_COUNT; scope++)
		for (cause = 0; cause < CAUSE_COUNT; cause++)
			out->cause[scope][cause] =
				value_minus(&after->cause[scope][cause],
					    &before->cause[scope][cause]);
}

void rows_free(struct rows *rows)
{
	free(rows->row);
	memset(rows, 0, sizeof(*rows));
}

void rows_filter(struct rows *rows, bool (*keep)(const struct row *, const void *),
		 const void *arg)
{
	size_t i, kept = 0;

	for (i = 0; i < rows->n; i++)
		if (keep(&rows->row[i], arg))
			rows->row[kept++] = rows->row[i];
	rows->n = kept;
}

struct value cause_copies(const struct value cause[CAUSE_COUNT])
{
	static const enum cause copies[] = {
		CAUSE_COPIED, CAUSE_FILE, CAUSE_KSM, CAUSE_UNSHARED, CAUSE_PINNED,
	};
	struct value sum = { 0 };
	size_t i;

	for (i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		value_add(&sum, &cause[copies[i]]);
	return sum;
}

bool row_active(const struct row *row)
{
	int i;

	for (i = 0; i < CAUSE_COUNT; i++)
		if (row->rec.cause[i].n)
			return true;
	return false;
}
