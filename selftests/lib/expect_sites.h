/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view sites: its rows by place and by kind, and its sum against cow. To be included
 * after expect.h.
 */
#ifndef SELFTEST_EXPECT_SITES_H
#define SELFTEST_EXPECT_SITES_H

#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define WORLD_PAGES	1009

/* Each of the two stands in a section of its own: its bounds are known. */
#define SITE(name)	__attribute__((noinline, noclone, section(#name)))
extern const char __start_site_first[], __stop_site_first[];
extern const char __start_site_second[], __stop_site_second[];

SITE(site_first) static void write_first(volatile char *at, size_t pages)
{
	for (; pages; pages--, at += PAGE_BYTES)
		*at = 1;
}

SITE(site_second) static void write_second(volatile char *at, size_t pages)
{
	for (; pages; pages--, at += PAGE_BYTES)
		*at = 2;
}

/* A part of the world. */
struct part {
	char *base;
	size_t pages;
};

/* An heir that is watched, and shares a world with its owner. */
FIXTURE(sites) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct world world;
};

FIXTURE_SETUP(sites)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_EQ(0, scope_command("watch", "clear"));
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, WORLD_PAGES);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, scope_commandf("watch", "%d", self->heir->pid));
}

FIXTURE_TEARDOWN(sites)
{
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

static inline struct part part_of(FIXTURE_DATA(sites) *self, size_t first, size_t pages)
{
	return (struct part){ self->world.base + first * PAGE_BYTES, pages };
}

static inline struct scope_table
sites_of(struct __test_metadata *_metadata, const struct actor *actor)
{
	char *text = scope_query(actor->pid, "sites");
	struct scope_table table;

	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, strncmp(text, COWSCOPE_HEADER_SITES "\n", strlen(COWSCOPE_HEADER_SITES) + 1));
	ASSERT_EQ(0, scope_table_parse(text, &table));
	return table;
}

static inline uint64_t address_of(const struct scope_table *table, size_t row)
{
	return strtoull(scope_field(table, row, "address"), NULL, 16);
}

/* The only row of an instruction between two addresses, or -1. */
static inline int row_between(const struct scope_table *table, const char *start, const char *stop)
{
	int found = -1;
	size_t row;

	for (row = 0; row < table->rows; row++)
		if (!strcmp("user", scope_field(table, row, "by")) &&
		    address_of(table, row) >= (uintptr_t)start &&
		    address_of(table, row) < (uintptr_t)stop) {
			if (found >= 0)
				return -1;
			found = row;
		}
	return found;
}

/* What rows of one kind, and of one system call unless it is NULL, counted. */
static inline long long
counted(const struct scope_table *table, const char *by, const char *nr, const char *cause)
{
	long long sum = 0;
	size_t row;

	for (row = 0; row < table->rows; row++)
		if (!strcmp(by, scope_field(table, row, "by")) &&
		    (!nr || !strcmp(nr, scope_field(table, row, "syscall"))))
			sum += scope_number(table, row, cause);
	return sum;
}

static inline long long
counted_now(struct __test_metadata *_metadata, const struct actor *actor, const char *by,
	    const char *nr)
{
	struct scope_table table = sites_of(_metadata, actor);
	long long sum = counted(&table, by, nr, "copied");

	scope_table_free(&table);
	return sum;
}

static inline void expect_sum(struct __test_metadata *_metadata, const struct actor *actor)
{
	struct scope_table table = sites_of(_metadata, actor);
	struct scope_cow cow = cow_of(_metadata, actor);
	long long sum;
	size_t row;
	int cause;

	ASSERT_LE(0, scope_find(&table, 0, "by", "before"));
	for (cause = 0; cause < CAUSE_COUNT; cause++) {
		sum = 0;
		for (row = 0; row < table.rows; row++)
			sum += scope_number(&table, row, scope_cause_name[cause]);
		if (sum != cow.cell[REGION_TOTAL][cause])
			TH_LOG("%s", scope_cause_name[cause]);
		EXPECT_EQ(cow.cell[REGION_TOTAL][cause], sum);
	}
	scope_table_free(&table);
}

struct place {
	const char *at;
	uint64_t offset;
	const char *name;
};

/* Where an address of this program lies in its file, by the dynamic linker's word. */
static inline int is_there(struct dl_phdr_info *info, size_t size, void *data)
{
	struct place *place = data;
	const Elf64_Phdr *part;
	uintptr_t start;
	int i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		part = &info->dlpi_phdr[i];
		start = info->dlpi_addr + part->p_vaddr;
		if (part->p_type != PT_LOAD || (uintptr_t)place->at < start ||
		    (uintptr_t)place->at >= start + part->p_memsz)
			continue;
		place->offset = (uintptr_t)place->at - start + part->p_offset;
		place->name = info->dlpi_name;
		return size;
	}
	return 0;
}

static inline void
expect_place(struct __test_metadata *_metadata, const struct scope_table *table, int row)
{
	struct place place = { .at = (const char *)(uintptr_t)address_of(table, row) };
	char path[512] = "", dev[24];
	struct stat st;

	ASSERT_NE(0, dl_iterate_phdr(is_there, &place));
	ASSERT_LT(0, readlink("/proc/self/exe", path, sizeof(path) - 1));
	EXPECT_STREQ(path, scope_field(table, row, "mapping"));
	EXPECT_EQ(place.offset, strtoull(scope_field(table, row, "offset"), NULL, 16));
	ASSERT_EQ(0, stat(path, &st));
	snprintf(dev, sizeof(dev), "%02x:%02x", major(st.st_dev), minor(st.st_dev));
	EXPECT_STREQ(dev, scope_field(table, row, "dev"));
	EXPECT_EQ(st.st_ino, scope_number(table, row, "inode"));
	EXPECT_EQ(st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec,
		  scope_number(table, row, "mtime_ns"));
}

static inline void
expect_function(struct __test_metadata *_metadata, const struct actor *actor, const char *start,
		const char *stop, long long pages)
{
	struct scope_table table = sites_of(_metadata, actor);
	int row = row_between(&table, start, stop);

	EXPECT_LE(0, row);
	if (row >= 0) {
		EXPECT_EQ(pages, scope_number(&table, row, "copied"));
		EXPECT_EQ(0, scope_number(&table, row, "remote"));
		EXPECT_STREQ("-", scope_field(&table, row, "syscall"));
		expect_place(_metadata, &table, row);
	}
	scope_table_free(&table);
}

#endif /* SELFTEST_EXPECT_SITES_H */
