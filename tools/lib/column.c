// SPDX-License-Identifier: GPL-2.0-only
/* Choosing, listing and sorting by columns; table.c draws them. Pure. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "table.h"

void column_capitals(char *text, size_t len)
{
	for (; len && *text; len--, text++)
		*text = toupper((unsigned char)*text);
}

int column_find(const struct column_set *set, const char *name, size_t len,
		unsigned int *index, struct err *e)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (strlen(set->column[i].name) != len ||
		    strncasecmp(set->column[i].name, name, len))
			continue;
		*index = i;
		return 0;
	}
	return err_set(e, -EINVAL, "unknown column \"%.*s\"",
		       len > 60 ? 60 : (int)len, name);
}

static int choose(const struct column_set *set, const char *spec,
		  struct column_list *out, struct err *e)
{
	size_t len;
	int ret;

	for (;; spec += len + 1) {
		len = strcspn(spec, ",");
		if (out->n == TABLE_COLUMNS_MAX)
			return err_set(e, -EINVAL, "more than %d columns",
				       TABLE_COLUMNS_MAX);
		ret = column_find(set, spec, len, &out->index[out->n], e);
		if (ret)
			return ret;
		out->n++;
		if (!spec[len])
			return 0;
	}
}

int column_choose(const struct column_set *set, const char *preset,
		  const char *spec, struct column_list *out, struct err *e)
{
	int ret;

	out->n = 0;
	if (!spec)
		return choose(set, preset, out, e);
	if (*spec != '+')
		return choose(set, spec, out, e);
	ret = choose(set, preset, out, e);
	return ret ? ret : choose(set, spec + 1, out, e);
}

void column_print_all(const struct column_set *set, FILE *out)
{
	const struct column *c;
	size_t i;

	for (i = 0; i < set->count; i++) {
		c = &set->column[i];
		fprintf(out, "%-24s %-11s %s\n", c->name,
			c->unit ? c->unit : "-", c->help);
	}
}

struct sort_key {
	const struct column *by;
	int (*tie)(const void *a, const void *b);
};

static int row_compare(const void *a, const void *b, void *arg)
{
	const struct sort_key *key = arg;
	struct cell x = { 0 }, y = { 0 };
	int order;

	key->by->get(a, key->by->arg, &x);
	key->by->get(b, key->by->arg, &y);
	if (x.text && y.text)
		order = strcmp(x.text, y.text);
	else
		order = value_compare(&y.value, &x.value);
	return order ? order : key->tie(a, b);
}

void table_sort(const struct column *by, void *rows, size_t n, size_t stride,
		int (*tie)(const void *a, const void *b))
{
	struct sort_key key = { .by = by, .tie = tie };

	qsort_r(rows, n, stride, row_compare, &key);
}
