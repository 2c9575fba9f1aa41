// SPDX-License-Identifier: GPL-2.0-only
/* Tables of the module: text to rows and columns, looked up by name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"

static size_t count_char(const char *text, char wanted)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == wanted;
	return count;
}

/* Splits one line in place; returns how many fields, at most max. */
static size_t split_line(char *line, char **field, size_t max)
{
	size_t count = 0;
	char *save, *word;

	for (word = strtok_r(line, " \t", &save); word && count < max;
	     word = strtok_r(NULL, " \t", &save))
		field[count++] = word;
	return word ? max + 1 : count;
}

int scope_table_parse(char *text, struct scope_table *table)
{
	size_t lines = count_char(text, '\n'), max;
	char *line, *next;

	memset(table, 0, sizeof(*table));
	table->text = text;
	line = text;
	next = strchr(line, '\n');
	if (!next)
		goto err_proto;
	*next = '\0';
	max = count_char(line, ' ') + 1;
	table->header = calloc(max, sizeof(char *));
	if (!table->header)
		goto err_memory;
	table->columns = split_line(line, table->header, max);
	table->field = calloc((lines + 1) * table->columns, sizeof(char *));
	if (!table->field)
		goto err_memory;
	for (line = next + 1; *line; line = next + 1) {
		next = strchr(line, '\n');
		if (!next)
			goto err_proto;
		*next = '\0';
		if (split_line(line, table->field + table->rows * table->columns,
			       table->columns) != table->columns)
			goto err_proto;
		table->rows++;
	}
	return 0;

err_memory:
	scope_table_free(table);
	return -ENOMEM;
err_proto:
	scope_table_free(table);
	return -EPROTO;
}

int scope_table_read(const char *name, struct scope_table *table)
{
	char *text = scope_slurp(scope_path(name));

	if (!text)
		return -errno;
	return scope_table_parse(text, table);
}

void scope_table_free(struct scope_table *table)
{
	free(table->field);
	free(table->header);
	free(table->text);
	memset(table, 0, sizeof(*table));
}

int scope_column(const struct scope_table *table, const char *name)
{
	size_t column;

	for (column = 0; column < table->columns; column++)
		if (!strcmp(table->header[column], name))
			return column;
	return -1;
}

const char *scope_field(const struct scope_table *table, size_t row, const char *column)
{
	int at = scope_column(table, column);

	if (at < 0 || row >= table->rows)
		return NULL;
	return table->field[row * table->columns + at];
}

long long scope_number(const struct scope_table *table, size_t row, const char *column)
{
	const char *text = scope_field(table, row, column);
	char *end;
	long long value;

	if (!text)
		return -1;
	value = strtoll(text, &end, 10);
	return *end || end == text ? -1 : value;
}

int scope_find(const struct scope_table *table, size_t from, const char *column,
	       const char *value)
{
	const char *text;
	size_t row;

	for (row = from; row < table->rows; row++) {
		text = scope_field(table, row, column);
		if (text && !strcmp(text, value))
			return row;
	}
	return -1;
}

int scope_find_pid(const struct scope_table *table, size_t from, const char *column,
		   pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return scope_find(table, from, column, text);
}

int scope_member(const char *members, pid_t pid, int *tasks)
{
	char wanted[32];
	int times = 0;
	const char *at;

	snprintf(wanted, sizeof(wanted), "%d(", pid);
	for (at = members; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (!strncmp(at, wanted, strlen(wanted))) {
			*tasks = atoi(at + strlen(wanted));
			times++;
		}
	return times;
}
