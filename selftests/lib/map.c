// SPDX-License-Identifier: GPL-2.0-only
/* Parsing and checking the view pages; see map.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map.h"
#include "oracle.h"

#define PAGEMAP_EXCLUSIVE	(1ULL << 56)	/* mapped once */
#define PAGEMAP_FILE		(1ULL << 61)	/* or shared anonymous */
#define LONG_RUN		65536UL		/* pages; longer ones are left out */

/* One row with its numbers. */
struct row {
	unsigned long start, end, pages;
	const char *state, *region, *perms, *name;
	bool heading;
};

static bool get_row(const struct scope_table *map, size_t nr, struct row *row)
{
	char **field = map->field + nr * map->columns;
	char *end[3];

	if (nr >= map->rows)
		return false;
	row->start = strtoul(field[0], &end[0], 16);
	row->end = strtoul(field[1], &end[1], 16);
	row->pages = strtoul(field[2], &end[2], 10);
	row->state = field[3];
	row->region = field[4];
	row->perms = field[5];
	row->name = field[6];
	row->heading = !strcmp(row->state, COWSCOPE_STATE_MAPPING);
	return !*end[0] && !*end[1] && !*end[2];
}

int map_read(pid_t pid, struct scope_table *map)
{
	char *text = scope_query(pid, "pages");
	size_t length = strlen(COWSCOPE_HEADER_PAGES);

	if (!text)
		return -errno;
	if (strncmp(text, COWSCOPE_HEADER_PAGES, length) || text[length] != '\n') {
		free(text);
		return -EPROTO;
	}
	return scope_table_parse(text, map);
}

#define STATE_WORD(id, name, help)	#name,
static bool known_state(const char *state)
{
	static const char *const word[] = { COWSCOPE_STATES(STATE_WORD) };
	size_t i, length = strcspn(state, "+");
	const char *suffix = state + length;

	for (i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strlen(word[i]) == length && !strncmp(word[i], state, length))
			break;
	if (!strncmp(suffix, COWSCOPE_STATE_HUGE, strlen(COWSCOPE_STATE_HUGE)))
		suffix += strlen(COWSCOPE_STATE_HUGE);
	if (!strncmp(suffix, COWSCOPE_STATE_RO, strlen(COWSCOPE_STATE_RO)))
		suffix += strlen(COWSCOPE_STATE_RO);
	return i < sizeof(word) / sizeof(word[0]) && !*suffix;
}

/* What is wrong with a row that follows others; NULL: nothing. */
static const char *wrong(const struct row *row, const struct row *heading,
			 const struct row *before, bool whole)
{
	bool first = before->heading;

	if (row->start >= row->end || row->start % PAGE_BYTES || row->end % PAGE_BYTES)
		return "no range";
	if (row->pages != (row->end - row->start) / PAGE_BYTES)
		return "pages are not those of the range";
	if (row->start < before->end && !first)
		return "not in order";
	if (row->heading && whole && before->end != heading->end)
		return "the mapping before is not covered";
	if (row->heading)
		return strlen(row->perms) == 4 ? NULL : "no permissions";
	if (strcmp(row->perms, "-") || strcmp(row->name, "-"))
		return "a run with permissions or a name";
	if (!known_state(row->state))
		return "unknown state";
	if (row->end > heading->end)
		return "behind its mapping";
	if (row->start != (first ? heading->start : before->end))
		return "a gap between runs";
	if (!first && !strcmp(row->state, before->state) && !strcmp(row->region, before->region))
		return "equal to the run before";
	return NULL;
}

bool map_well_formed(const struct scope_table *map, bool whole, char *why, size_t size)
{
	struct row row, heading = { 0 }, before = { 0 };
	const char *text = NULL;
	size_t i;

	for (i = 0; i < map->rows && !text; i++) {
		if (!get_row(map, i, &row))
			text = "not a number";
		else if (!i && !row.heading)
			text = "no heading first";
		else if (row.heading && before.heading && whole)
			text = "a mapping without runs";
		else
			text = wrong(&row, &heading, &before, whole);
		if (text)
			snprintf(why, size, "row %zu, 0x%lx %s: %s", i, row.start, row.state,
				 text);
		before = row;
		if (row.heading)
			heading = row;
	}
	if (!text && whole && before.end != heading.end) {
		text = "the last mapping is not covered";
		snprintf(why, size, "%s", text);
	}
	return !text;
}

size_t map_pages(const struct scope_table *map, const void *base, size_t pages,
		 const char *state)
{
	unsigned long start = (unsigned long)base, end = start + pages * PAGE_BYTES;
	unsigned long from, to;
	size_t count = 0, i;
	struct row row;

	for (i = 0; get_row(map, i, &row); i++) {
		from = row.start > start ? row.start : start;
		to = row.end < end ? row.end : end;
		if (!row.heading && from < to && !strcmp(row.state, state))
			count += (to - from) / PAGE_BYTES;
	}
	return count;
}

const char *map_at(const struct scope_table *map, const void *addr, bool heading,
		   const char *column)
{
	unsigned long at = (unsigned long)addr;
	struct row row;
	size_t i;

	for (i = 0; get_row(map, i, &row); i++)
		if (row.heading == heading && row.start <= at && at < row.end)
			return scope_field(map, i, column);
	return NULL;
}

bool map_like_maps(const struct scope_table *map, pid_t pid, char *why, size_t size)
{
	char path[64], line[512], perms[8], name[256];
	unsigned long start, end;
	bool like = true;
	struct row row;
	size_t i = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	while (file && like && fgets(line, sizeof(line), file)) {
		snprintf(name, sizeof(name), "-");
		if (strstr(line, "[vsyscall]") ||
		    sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &start, &end, perms,
			   name) < 3)
			continue;
		while (get_row(map, i, &row) && !row.heading)
			i++;
		/* " (deleted)" and the like are one word in the view. */
		like = get_row(map, i++, &row) && row.start == start && row.end == end &&
		       !strcmp(row.perms, perms) && !strncmp(row.name, name, strlen(name));
		if (!like)
			snprintf(why, size, "not in the view: %s", line);
	}
	if (file)
		fclose(file);
	while (like && get_row(map, i, &row) && !row.heading)
		i++;
	if (like && i < map->rows)
		snprintf(why, size, "not in /proc/PID/maps: row %zu", i);
	return file && like && i == map->rows;
}

/* Does a pagemap entry agree with a state? */
static bool agrees(uint64_t entry, const char *state)
{
	uint64_t bits = entry & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED | PAGEMAP_FILE |
				 PAGEMAP_EXCLUSIVE);
	size_t length = strcspn(state, "+");

#define IS(word)	(length == strlen(word) && !strncmp(state, word, length))
	if (IS("none"))
		return !(bits & (PAGEMAP_PRESENT | PAGEMAP_SWAPPED));
	if (IS("swap"))
		return (bits & PAGEMAP_SWAPPED) && !(bits & PAGEMAP_PRESENT);
	if (IS("zero"))
		return bits == PAGEMAP_PRESENT;
	if (IS("own") || IS("last"))
		return bits == (PAGEMAP_PRESENT | PAGEMAP_EXCLUSIVE);
	if (IS("shared"))
		return bits == PAGEMAP_PRESENT;
	if (IS("file"))
		return (bits & PAGEMAP_PRESENT) && (bits & PAGEMAP_FILE);
	if (IS("ksm"))
		return (bits & PAGEMAP_PRESENT) && !(bits & PAGEMAP_FILE);
#undef IS
	return false;
}

bool map_like_pagemap(const struct scope_table *map, pid_t pid, char *why, size_t size)
{
	uint64_t *entry;
	struct row row;
	size_t i, page;
	bool like = true;

	for (i = 0; like && get_row(map, i, &row); i++) {
		if (row.heading || row.pages > LONG_RUN || strstr(row.state, "+huge") ||
		    !strncmp(row.state, "special", strlen("special")))
			continue;
		entry = calloc(row.pages, sizeof(*entry));
		if (!entry || oracle_pagemap_read(pid, (void *)row.start, row.pages, entry)) {
			snprintf(why, size, "pagemap cannot be read at 0x%lx", row.start);
			like = false;
		}
		for (page = 0; like && page < row.pages; page++) {
			like = agrees(entry[page], row.state);
			if (!like)
				snprintf(why, size, "0x%llx is %s, pagemap has 0x%llx",
					 (unsigned long long)(row.start + page * PAGE_BYTES),
					 row.state,
					 (unsigned long long)(entry[page] & ~PAGEMAP_FRAME));
		}
		free(entry);
	}
	return like;
}
