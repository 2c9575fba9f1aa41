// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "sharing.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

#define KIND_WORDS(id, name, flag, help)	[KIND_##id] = { #name, #flag, help },
const struct kind_words kind_words[KIND_COUNT] = { COWSCOPE_KINDS(KIND_WORDS) };

#define VALUE(type, name)	{ #name, offsetof(struct type, name), FIELD_VALUE }
#define TEXT(type, name)	{ #name, offsetof(struct type, name), FIELD_TEXT }

static const struct field_map shared_map[] = {
	TEXT(shared, kind), TEXT(shared, id), VALUE(shared, tasks), VALUE(shared, processes),
	TEXT(shared, members), TEXT(shared, mark),
};

static const struct field_map open_file_map[] = {
	VALUE(open_file, fd), TEXT(open_file, id), TEXT(open_file, offset),
	TEXT(open_file, flags), TEXT(open_file, type), TEXT(open_file, cloexec),
	TEXT(open_file, holders), TEXT(open_file, peer), TEXT(open_file, path),
};

int parse_sharing(char *text, size_t len, struct sharing *out, struct err *e)
{
	void *rows = NULL;
	int ret;

	*out = (struct sharing){ .text = text };
	ret = grid_rows("sharing", text, len, shared_map, COUNT(shared_map),
			sizeof(*out->row), &rows, &out->n, e);
	out->row = rows;
	if (ret)
		sharing_free(out);
	return ret;
}

int parse_files(char *text, size_t len, struct files *out, struct err *e)
{
	void *rows = NULL;
	int ret;

	*out = (struct files){ .text = text };
	ret = grid_rows("files", text, len, open_file_map, COUNT(open_file_map),
			sizeof(*out->row), &rows, &out->n, e);
	out->row = rows;
	if (ret)
		files_free(out);
	return ret;
}

void sharing_free(struct sharing *s)
{
	free(s->row);
	free(s->text);
	*s = (struct sharing){ 0 };
}

void files_free(struct files *f)
{
	free(f->row);
	free(f->text);
	*f = (struct files){ 0 };
}

enum kind kind_find(const char *name)
{
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++)
		if (!strcmp(name, kind_words[kind].name))
			break;
	return kind;
}

const struct shared *sharing_of_kind(const struct sharing *s, enum kind kind)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (!strcmp(s->row[i].kind, kind_words[kind].name))
			return &s->row[i];
	return NULL;
}

uint64_t members_first(const char *members)
{
	return *members == '+' ? 0 : strtoull(members, NULL, 10);
}

void members_without(const char *members, uint64_t pid, char *out)
{
	char own[VALUE_TEXT_MAX];
	size_t n = snprintf(own, sizeof(own), "%llu(", (unsigned long long)pid), len;
	char *to = out;

	for (; *members; members += len + (members[len] == ',')) {
		len = strcspn(members, ",");
		if (!strncmp(members, own, n))
			continue;
		if (to != out)
			*to++ = ',';
		memcpy(to, members, len);
		to += len;
	}
	if (to == out)
		*to++ = '-';
	*to = '\0';
}
