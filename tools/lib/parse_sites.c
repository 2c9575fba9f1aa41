// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "sites.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define SITE_WORD(id, name, help)	[SITE_##id] = { #name, help },
const struct site_word site_words[SITE_COUNT] = {
	COWSCOPE_SITE_WORDS(SITE_WORD)
	[SITE_UNKNOWN] = { "?", "not known to this program" },
};

#define TEXT(column, member)	{ column, offsetof(struct site, member), FIELD_TEXT }
#define VALUE(column, member)	{ column, offsetof(struct site, member), FIELD_VALUE }
#define CAUSE(id, name, help)	VALUE(#name, cause[CAUSE_##id]),

static const struct field_map map[] = {
	TEXT("by", by),
	TEXT("address", address_text),
	TEXT("syscall", syscall_text),
	TEXT("mapping", mapping),
	TEXT("offset", offset_text),
	COWSCOPE_CAUSES(CAUSE)
	TEXT("dev", dev),
	TEXT("inode", inode),
	TEXT("mtime_ns", mtime_ns),
};

static int read_hex(const char *word, bool *known, uint64_t *out)
{
	*known = strcmp(word, "-");
	return *known ? value_parse_hex(word, out) : 0;
}

/* A number, "32:" before one of the 32-bit calls, or "-". */
static int read_syscall(struct site *site)
{
	const char *word = site->syscall_text;
	struct value number;

	site->has_syscall = strcmp(word, "-");
	if (!site->has_syscall)
		return 0;
	site->compat = !strncmp(word, "32:", 3);
	if (value_parse(word + (site->compat ? 3 : 0), &number) || number.n > INT_MAX)
		return -EINVAL;
	site->syscall = (int)number.n;
	return 0;
}

static enum site_by kind_of(const char *word)
{
	enum site_by kind = 0;

	while (kind < SITE_UNKNOWN && strcmp(site_words[kind].name, word))
		kind++;
	return kind;
}

static int read_row(struct site *site, size_t line, struct err *e)
{
	const char *word = site->address_text;
	int ret = read_hex(word, &site->has_address, &site->address);

	if (!ret) {
		word = site->offset_text;
		ret = read_hex(word, &site->has_offset, &site->offset);
	}
	if (!ret) {
		word = site->syscall_text;
		ret = read_syscall(site);
	}
	if (ret)
		return err_set(e, -EPROTO, "sites: line %zu: not a number \"%.40s\"", line, word);
	site->kind = kind_of(site->by);
	return 0;
}

int parse_sites(char *text, size_t len, struct sites *out, struct err *e)
{
	void *rows = NULL;
	size_t i;
	int ret;

	*out = (struct sites){ .text = text };
	ret = grid_rows("sites", text, len, map, COUNT(map), sizeof(*out->row), &rows,
			&out->n, e);
	out->row = rows;
	for (i = 0; i < out->n && !ret; i++)
		ret = read_row(&out->row[i], i + 2, e);
	if (ret)
		sites_free(out);
	return ret;
}

void sites_free(struct sites *s)
{
	free(s->row);
	free(s->text);
	*s = (struct sites){ 0 };
}

uint64_t causes_sum(const struct value cause[CAUSE_COUNT])
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < CAUSE_COUNT; i++)
		if (i != CAUSE_SOLE && i != CAUSE_REMOTE)
			sum += cause[i].n;
	return sum;
}
