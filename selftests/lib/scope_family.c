// SPDX-License-Identifier: GPL-2.0-only
/* The views family and pairs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "scope_family.h"

int scope_family_read(pid_t pid, struct scope_family *family)
{
	char *text = scope_query(pid, "family"), *keys;

	memset(family, 0, sizeof(*family));
	if (!text)
		return -errno;
	keys = strstr(text, "\nmembers ");
	if (!keys) {
		int ret = strcmp(text, COWSCOPE_GONE "\n") ? -EPROTO : -ESTALE;

		free(text);
		return ret;
	}
	family->keys = strdup(keys + 1);
	keys[1] = '\0';
	return scope_table_parse(text, &family->table);
}

void scope_family_free(struct scope_family *family)
{
	free(family->keys);
	scope_table_free(&family->table);
	family->keys = NULL;
}

#define SHARE_OF_ROW(name)	.name = scope_number(table, row, #name "_pages"),
struct scope_share scope_family_share(const struct scope_family *family, pid_t pid,
				      const char *region)
{
	const struct scope_table *table = &family->table;
	int row = -1;

	while ((row = scope_find_pid(table, row + 1, "pid", pid)) >= 0)
		if (!strcmp(scope_field(table, row, "region"), region))
			return (struct scope_share){ SCOPE_SHARES(SHARE_OF_ROW) };
	return (struct scope_share){ 0 };
}

const char *scope_family_relation(const struct scope_family *family, pid_t pid)
{
	int row = scope_find_pid(&family->table, 0, "pid", pid);

	return row < 0 ? NULL : scope_field(&family->table, row, "relation");
}

long long scope_family_key(const struct scope_family *family, const char *key)
{
	char value[32], *end;
	long long number;

	if (scope_key(family->keys, key, value, sizeof(value)))
		return -ENOENT;
	number = strtoll(value, &end, 10);
	return *end || end == value ? -1 : number;
}

int scope_pairs_read(pid_t pid, struct scope_table *pairs)
{
	char *text = scope_query(pid, "pairs");

	memset(pairs, 0, sizeof(*pairs));
	return text ? scope_table_parse(text, pairs) : -errno;
}

int scope_pair_row(const struct scope_table *pairs, pid_t one, pid_t other)
{
	size_t row;

	for (row = 0; row < pairs->rows; row++) {
		pid_t left = scope_number(pairs, row, "pid");
		pid_t right = scope_number(pairs, row, "peer");

		if ((left == one && right == other) || (left == other && right == one))
			return row;
	}
	return -1;
}
