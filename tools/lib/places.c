// SPDX-License-Identifier: GPL-2.0-only
/* The rows of a report: putting together what belongs together, and their order. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "name.h"
#include "places.h"

const char * const places_by_names[BY_COUNT] = { "site", "function", "mapping" };

static const char *texts_keep(struct texts *t, char *text)
{
	size_t max = t->max ? t->max * 2 : 256;
	char **more;

	if (text && t->n == t->max) {
		more = reallocarray(t->text, max, sizeof(*more));
		if (!more) {
			free(text);
			return NULL;
		}
		t->text = more;
		t->max = max;
	}
	if (text)
		t->text[t->n++] = text;
	return text;
}

const char *texts_add(struct texts *t, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : texts_keep(t, text);
}

const char *texts_name(struct texts *t, const char *name)
{
	char *text = malloc(strlen(name) * NAME_GROWTH + 1);

	if (text)
		name_clean(name, text);
	return texts_keep(t, text);
}

void texts_free(struct texts *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->text[i]);
	free(t->text);
	*t = (struct texts){ 0 };
}

/* A place of nothing. */
static const struct place nowhere = {
	.by = "-", .syscall = "-", .mapping = "-", .object = "-", .dev = "-", .inode = "-",
	.mtime_ns = "-", .function = "-", .inlined = "-", .source = "-", .path = "-",
	.code = "-", .note = "-",
};

struct place *places_add(struct places *p)
{
	size_t max = p->max ? p->max * 2 : 64;
	struct place *row = p->row;

	if (p->n == p->max) {
		row = reallocarray(p->row, max, sizeof(*row));
		if (!row)
			return NULL;
		p->row = row;
		p->max = max;
	}
	row = &p->row[p->n++];
	*row = nowhere;
	return row;
}

void places_free(struct places *p)
{
	free(p->row);
	texts_free(&p->texts);
	*p = (struct places){ 0 };
}

/* Code that two processes have in common, by name and place. */
static bool is_common(const struct place *p)
{
	return strcmp(p->inode, "-") || !strcmp(p->mapping, "[vdso]");
}

/* Memory without a file is another one in each process. */
static const char *key_of_mapping(const struct place *p, struct texts *t)
{
	if (is_common(p))
		return texts_add(t, "%s %s %s %s", p->mapping, p->dev, p->inode, p->mtime_ns);
	return texts_add(t, "%s %d", p->mapping, p->pid);
}

static const char *key_of(const struct place *p, enum places_by by, struct texts *t)
{
	const char *mapping;

	if (!p->has_address || (by == BY_MAPPING && p->kind == SITE_SYSCALL))
		return texts_add(t, "%s %s", p->by, p->syscall);
	mapping = key_of_mapping(p, t);
	if (!mapping)
		return NULL;
	if (by == BY_MAPPING)
		return texts_add(t, "%s %s", p->by, mapping);
	if (by == BY_FUNCTION)
		return texts_add(t, "%s %s %s %s", p->by, p->syscall, mapping, p->function);
	return texts_add(t, "%s %s %s %" PRIx64, p->by, p->syscall, mapping,
			 is_common(p) ? p->offset : p->address);
}

static int compare_keys(const void *a, const void *b)
{
	const struct place *one = a, *other = b;
	int order = strcmp(one->key, other->key);

	return order ? order : one->pid - other->pid;
}

static void keep_equal(const char **text, const char *other)
{
	if (strcmp(*text, other))
		*text = "-";
}

static void add_causes(struct place *to, const struct place *from)
{
	int i;

	for (i = 0; i < CAUSE_COUNT; i++) {
		to->cause[i].n += from->cause[i].n;
		to->cause[i].flags |= from->cause[i].flags;
	}
}

/* What is not of both is of none; the same place is at several addresses in several. */
static void merge(struct place *to, const struct place *from, enum places_by by)
{
	add_causes(to, from);
	to->has_address = to->has_address && from->has_address && to->address == from->address;
	if (by == BY_SITE)
		return;
	to->has_offset = to->has_offset && from->has_offset && to->offset == from->offset;
	keep_equal(&to->function, from->function);
	keep_equal(&to->inlined, from->inlined);
	keep_equal(&to->source, from->source);
	keep_equal(&to->path, from->path);
	/* A function in which others were put in place of calls is known for what it is itself. */
	if (strcmp(to->function, "-") && strcmp(to->note, from->note))
		to->note = note_of(to);
	else
		keep_equal(&to->note, from->note);
	keep_equal(&to->mapping, from->mapping);
	keep_equal(&to->object, from->object);
	keep_equal(&to->dev, from->dev);
	keep_equal(&to->inode, from->inode);
	keep_equal(&to->mtime_ns, from->mtime_ns);
}

int places_fold(struct places *p, enum places_by by, struct err *e)
{
	struct place *row = p->row;
	size_t i, kept = 0;
	pid_t last = 0;

	for (i = 0; i < p->n; i++) {
		row[i].key = key_of(&row[i], by, &p->texts);
		if (!row[i].key)
			return err_sys(e, -ENOMEM, "sites");
	}
	if (p->n)
		qsort(row, p->n, sizeof(*row), compare_keys);
	for (i = 0; i < p->n; i++) {
		if (!kept || strcmp(row[kept - 1].key, row[i].key)) {
			row[kept] = row[i];
			row[kept++].processes = 1;
		} else {
			merge(&row[kept - 1], &row[i], by);
			row[kept - 1].processes += row[i].pid != last;
		}
		last = row[i].pid;
	}
	p->n = kept;
	return 0;
}

static bool is_nameless(const struct place *p)
{
	return p->kind == SITE_USER && p->state == FILE_SAME && !strcmp(p->function, "-");
}

static uint64_t nameless_of(const struct places *p, const char *object)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (is_nameless(&p->row[i]) && !strcmp(p->row[i].object, object))
			sum += p->row[i].cause[CAUSE_COPIED].n;
	return sum;
}

const char *places_nameless(const struct places *p, uint64_t *copied)
{
	const char *most = NULL;
	uint64_t sum;
	size_t i;

	*copied = 0;
	for (i = 0; i < p->n; i++) {
		if (!is_nameless(&p->row[i]) || (most && !strcmp(most, p->row[i].object)))
			continue;
		sum = nameless_of(p, p->row[i].object);
		if (sum > *copied) {
			*copied = sum;
			most = p->row[i].object;
		}
	}
	return most;
}

static bool is_place(const struct place *p)
{
	return p->kind != SITE_OTHER && p->kind != SITE_BEFORE;
}

/* More of all, then by name: the same report twice is the same. */
static int tie(const void *a, const void *b)
{
	const struct place *one = a, *other = b;
	uint64_t x = causes_sum(one->cause), y = causes_sum(other->cause);

	return x != y ? (x < y ? 1 : -1) : strcmp(one->key, other->key);
}

/* Other and before to the end; returns how many stand before them. */
static size_t places_first(struct places *p)
{
	size_t i, n = 0;
	struct place row;

	for (i = 0; i < p->n; i++) {
		if (!is_place(&p->row[i]))
			continue;
		row = p->row[i];
		memmove(&p->row[n + 1], &p->row[n], (i - n) * sizeof(row));
		p->row[n++] = row;
	}
	if (p->n == n + 2 && p->row[n].kind == SITE_BEFORE) {
		row = p->row[n];
		p->row[n] = p->row[n + 1];
		p->row[n + 1] = row;
	}
	return n;
}

/* Rows from @lines to @n become one; its name says how many they were. */
static int cut(struct places *p, size_t lines, size_t n, struct err *e)
{
	struct place rest = nowhere;
	size_t i;

	for (i = lines; i < n; i++)
		add_causes(&rest, &p->row[i]);
	rest.kind = SITE_UNKNOWN;
	rest.by = "rest";
	rest.note = texts_add(&p->texts, "%zu more", n - lines);
	if (!rest.note)
		return err_sys(e, -ENOMEM, "sites");
	p->row[lines] = rest;
	memmove(&p->row[lines + 1], &p->row[n], (p->n - n) * sizeof(rest));
	p->n -= n - lines - 1;
	return 0;
}

int places_arrange(struct places *p, const struct column *by, uint64_t lines, struct err *e)
{
	size_t n = places_first(p);

	if (n)
		table_sort(by, p->row, n, sizeof(*p->row), tie);
	return lines && n > lines ? cut(p, lines, n, e) : 0;
}
