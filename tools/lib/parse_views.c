// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "keys.h"
#include "views.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define KEY_NAME(key)	#key,
static const char * const family_keys[] = { COWSCOPE_FAMILY_KEYS(KEY_NAME) };
static const char * const forecast_keys[] = { COWSCOPE_FORECAST_KEYS(KEY_NAME) };
static const char * const walk_keys[] = { COWSCOPE_WALK_KEYS(KEY_NAME) };
static const char * const latency_keys[] = { COWSCOPE_LATENCY_KEYS(KEY_NAME) };

#define LATENCY_ENUM_KEY(key)	LATENCY_KEY_##key,
enum { COWSCOPE_LATENCY_KEYS(LATENCY_ENUM_KEY) LATENCY_KEYS };

#define VALUE(type, member, column)	{ column, offsetof(struct type, member), FIELD_VALUE }
#define TEXT(type, member)		{ #member, offsetof(struct type, member), FIELD_TEXT }

static const struct field_map family_map[] = {
	TEXT(family_row, relation),
	VALUE(family_row, pid, "pid"),
	TEXT(family_row, region),
	VALUE(family_row, present, "present_pages"),
	VALUE(family_row, shared, "shared_pages"),
	VALUE(family_row, elsewhere, "elsewhere_pages"),
	VALUE(family_row, cache, "cache_pages"),
	VALUE(family_row, swap, "swap_pages"),
	VALUE(family_row, armed_anon, "armed_anon_pages"),
	VALUE(family_row, armed_file, "armed_file_pages"),
	VALUE(family_row, armed_zero, "armed_zero_pages"),
	VALUE(family_row, armed_ksm, "armed_ksm_pages"),
	VALUE(family_row, mm, "mm"),
	TEXT(family_row, comm),
};

static const struct field_map pairs_map[] = {
	VALUE(pair, pid, "pid"),
	VALUE(pair, peer, "peer"),
	VALUE(pair, shared, "shared_pages"),
	VALUE(pair, elsewhere, "elsewhere_pages"),
	VALUE(pair, cache, "cache_pages"),
	VALUE(pair, swap, "swap_pages"),
	VALUE(pair, mm, "mm"),
	VALUE(pair, peer_mm, "peer_mm"),
};

static const struct field_map inherited_map[] = {
	TEXT(inherited_row, region),
	VALUE(inherited_row, inherited, "inherited_pages"),
	VALUE(inherited_row, shared, "shared_pages"),
	VALUE(inherited_row, child_broke, "child_broke_pages"),
	VALUE(inherited_row, parent_broke, "parent_broke_pages"),
	VALUE(inherited_row, other, "other_pages"),
};

static const struct field_map watch_map[] = {
	VALUE(watch_row, pid, "pid"),
	TEXT(watch_row, state),
};

static const struct field_map walk_map[] = {
	TEXT(walk_level, level),
	TEXT(walk_level, start),
	VALUE(walk_level, bytes, "bytes"),
	TEXT(walk_level, entry),
	TEXT(walk_level, flags),
};

#define LATENCY_CAUSE(id, name)	VALUE(latency_row, cause[LATENCY_##id], #name),
static const struct field_map latency_map[] = {
	VALUE(latency_row, at_least, "at_least_ns"),
	VALUE(latency_row, below, "below_ns"),
	COWSCOPE_LATENCY_CAUSES(LATENCY_CAUSE)
};

/*
 * Where the table ends and the lines of keys begin: the line that starts with
 * the first key. Its length if there is none.
 */
static size_t table_length(const char *text, size_t len, const char *first_key)
{
	const size_t n = strlen(first_key);
	const char *line = text, *end;

	while (line < text + len) {
		if (!strncmp(line, first_key, n) && (line[n] == ' ' || line[n] == '\t'))
			break;
		end = memchr(line, '\n', text + len - line);
		line = end ? end + 1 : text + len;
	}
	return line - text;
}

struct layout {
	const char *file;
	const struct field_map *map;
	size_t nmap, stride;
	const char * const *keys;
	size_t nkeys;
};

/*
 * A table with lines of keys below it. The table's last newline makes room for
 * the NUL that ends it.
 */
static int parse_both(const struct layout *l, char *text, size_t len, void **rows,
		      size_t *n, const char **values, struct err *e)
{
	size_t table;
	int ret = text_check(l->file, text, len, e);

	if (ret)
		return ret;
	table = table_length(text, len, l->keys[0]);
	ret = keys_parse(l->file, text + table, l->keys, values, l->nkeys, e);
	if (ret)
		return ret;
	return grid_rows(l->file, text, table, l->map, l->nmap, l->stride, rows, n, e);
}

bool family_row_is_member(const struct family_row *row)
{
	return !strcmp(row->region, COWSCOPE_REGION_TOTAL);
}

const struct family_row *family_self(const struct family *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (family_row_is_member(&f->row[i]) &&
		    !strcmp(f->row[i].relation, "self"))
			return &f->row[i];
	return NULL;
}

uint64_t family_walked(const struct family *f)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < f->n; i++)
		if (family_row_is_member(&f->row[i]))
			n += f->row[i].present.n + f->row[i].swap.n;
	return n;
}

/* Members are told apart by their serial numbers, and one of them is asked for. */
static int family_check(const struct family *f, struct err *e)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (!value_known(&f->row[i].mm))
			return err_set(e, -EPROTO,
				       "family: line %zu has no serial number in column \"mm\"",
				       i + 2);
	if (!family_self(f))
		return err_set(e, -EPROTO, "family: no row \"self\" for region \"total\"");
	return 0;
}

static int family_numbers(struct family *f, const char * const values[FAMILY_COUNT],
			  struct err *e)
{
	int i;

	for (i = 0; i < FAMILY_COUNT; i++)
		if (value_parse(values[i], &f->key[i]))
			return err_set(e, -EPROTO, "family: key \"%s\": not a number \"%.40s\"",
				       family_keys[i], values[i]);
	return 0;
}

int parse_family(char *text, size_t len, struct family *out, struct err *e)
{
	static const struct layout layout = {
		"family", family_map, COUNT(family_map), sizeof(struct family_row),
		family_keys, FAMILY_COUNT,
	};
	const char *values[FAMILY_COUNT];
	void *rows = NULL;
	int ret;

	*out = (struct family){ .text = text };
	ret = parse_both(&layout, text, len, &rows, &out->n, values, e);
	out->row = rows;
	if (!ret)
		ret = family_numbers(out, values, e);
	if (!ret)
		ret = family_check(out, e);
	if (ret)
		family_free(out);
	return ret;
}

static int latency_numbers(struct latency *l, const char * const values[LATENCY_KEYS],
			   struct err *e)
{
	const struct {
		int key;
		struct value *into;
	} keys[] = {
		{ LATENCY_KEY_since_ns, &l->since },
		{ LATENCY_KEY_sum_ns, &l->sum },
		{ LATENCY_KEY_max_ns, &l->max },
	};
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		if (value_parse(values[keys[i].key], keys[i].into))
			return err_set(e, -EPROTO, "latency: key \"%s\": not a number \"%.40s\"",
				       latency_keys[keys[i].key], values[keys[i].key]);
	l->counting = !strcmp(values[LATENCY_KEY_counting], "yes");
	return 0;
}

int parse_latency(char *text, size_t len, struct latency *out, struct err *e)
{
	static const struct layout layout = {
		"latency", latency_map, COUNT(latency_map), sizeof(struct latency_row),
		latency_keys, LATENCY_KEYS,
	};
	const char *values[LATENCY_KEYS];
	void *rows = NULL;
	int ret;

	*out = (struct latency){ .text = text };
	ret = parse_both(&layout, text, len, &rows, &out->n, values, e);
	out->row = rows;
	if (!ret)
		ret = latency_numbers(out, values, e);
	if (ret)
		latency_free(out);
	return ret;
}

int parse_walk(char *text, size_t len, struct walk *out, struct err *e)
{
	static const struct layout layout = {
		"walk", walk_map, COUNT(walk_map), sizeof(struct walk_level),
		walk_keys, WALK_COUNT,
	};
	void *rows = NULL;
	int ret;

	*out = (struct walk){ .text = text };
	ret = parse_both(&layout, text, len, &rows, &out->n, out->value, e);
	out->level = rows;
	if (ret)
		walk_free(out);
	return ret;
}

int parse_pairs(char *text, size_t len, struct pairs *out, struct err *e)
{
	void *rows = NULL;
	size_t i;
	int ret;

	*out = (struct pairs){ .text = text };
	ret = grid_rows("pairs", text, len, pairs_map, COUNT(pairs_map),
			sizeof(*out->row), &rows, &out->n, e);
	out->row = rows;
	for (i = 0; i < out->n && !ret; i++)
		if (!value_known(&out->row[i].mm) || !value_known(&out->row[i].peer_mm))
			ret = err_set(e, -EPROTO,
				      "pairs: line %zu has no serial numbers in \"mm\" and \"peer_mm\"",
				      i + 2);
	if (ret)
		pairs_free(out);
	return ret;
}

int parse_inherited(char *text, size_t len, struct inherited *out, struct err *e)
{
	void *rows = NULL;
	size_t i;
	int ret;

	*out = (struct inherited){ .text = text };
	ret = grid_rows("inherited", text, len, inherited_map, COUNT(inherited_map),
			sizeof(*out->row), &rows, &out->n, e);
	out->row = rows;
	for (i = 0; i < out->n && !ret; i++)
		if (!strcmp(out->row[i].region, COWSCOPE_REGION_TOTAL))
			out->total = &out->row[i];
	if (!ret && !out->total)
		ret = err_set(e, -EPROTO, "inherited: no row \"" COWSCOPE_REGION_TOTAL "\"");
	if (ret)
		inherited_free(out);
	return ret;
}

int parse_watch(char *text, size_t len, struct watchlist *out, struct err *e)
{
	void *rows = NULL;
	int ret;

	*out = (struct watchlist){ .text = text };
	ret = grid_rows("watch", text, len, watch_map, COUNT(watch_map), sizeof(*out->row),
			&rows, &out->n, e);
	out->row = rows;
	if (ret)
		watchlist_free(out);
	return ret;
}

int parse_forecast(char *text, size_t len, struct forecast *out, struct err *e)
{
	int ret;

	*out = (struct forecast){ .text = text };
	ret = keys_parse_abi("forecast", text, len, forecast_keys, out->value,
			     FORECAST_COUNT, e);
	if (ret)
		forecast_free(out);
	return ret;
}

void family_free(struct family *f)
{
	free(f->row);
	free(f->text);
	*f = (struct family){ 0 };
}

void watchlist_free(struct watchlist *w)
{
	free(w->row);
	free(w->text);
	*w = (struct watchlist){ 0 };
}

void pairs_free(struct pairs *p)
{
	free(p->row);
	free(p->text);
	*p = (struct pairs){ 0 };
}

void inherited_free(struct inherited *i)
{
	free(i->row);
	free(i->text);
	*i = (struct inherited){ 0 };
}

void forecast_free(struct forecast *f)
{
	free(f->text);
	*f = (struct forecast){ 0 };
}

void latency_free(struct latency *l)
{
	free(l->row);
	free(l->text);
	*l = (struct latency){ 0 };
}

void walk_free(struct walk *w)
{
	free(w->level);
	free(w->text);
	*w = (struct walk){ 0 };
}
