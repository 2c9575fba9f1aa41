// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cowsites.h"

static void get_text(const void *row, unsigned int arg, struct cell *cell)
{
	cell->text = *(const char * const *)((const char *)row + arg);
}

static void get_words(const void *row, unsigned int arg, struct cell *cell)
{
	get_text(row, arg, cell);
	cell->words = true;
}

static void get_value(const void *row, unsigned int arg, struct cell *cell)
{
	cell->value = *(const struct value *)((const char *)row + arg);
}

static void get_all(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->value = value_of(causes_sum(((const struct place *)row)->cause));
}

static void get_processes(const void *row, unsigned int arg, struct cell *cell)
{
	const struct place *p = row;

	(void)arg;
	cell->value = p->processes ? value_of(p->processes) : (struct value){ 0 };
}

static void get_pid(const void *row, unsigned int arg, struct cell *cell)
{
	const struct place *p = row;

	(void)arg;
	cell->value = p->processes == 1 ? value_of(p->pid) : (struct value){ 0 };
}

static void get_image(const void *row, unsigned int arg, struct cell *cell)
{
	(void)arg;
	cell->text = file_words[((const struct place *)row)->state].name;
}

/* The table writes a cell down before it asks for the next one. */
static void put_hex(bool known, uint64_t n, struct cell *cell)
{
	static char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	cell->text = known ? text : "-";
}

static void get_address(const void *row, unsigned int arg, struct cell *cell)
{
	const struct place *p = row;

	(void)arg;
	put_hex(p->has_address, p->address, cell);
}

static void get_offset(const void *row, unsigned int arg, struct cell *cell)
{
	const struct place *p = row;

	(void)arg;
	put_hex(p->has_offset, p->offset, cell);
}

static void get_into(const void *row, unsigned int arg, struct cell *cell)
{
	const struct place *p = row;

	(void)arg;
	put_hex(p->has_offset && strcmp(p->function, "-"), p->into, cell);
}

#define TEXT(column, member, about)						\
	{ .name = column, .help = about, .text = true, .get = get_text,		\
	  .arg = offsetof(struct place, member) }
#define MADE(column, getter, about)						\
	{ .name = column, .help = about, .text = true, .get = getter }
#define CAUSE(id, column, about)						\
	{ .name = #column, .help = about, .get = get_value,			\
	  .arg = offsetof(struct place, cause[CAUSE_##id]) },

static const struct column columns[] = {
	TEXT("by", by, "an instruction (user), the kernel for it (syscall, ...), or whom else"),
	{ .name = "code", .help = "function, system call, or file and offset in it",
	  .text = true, .get = get_words, .arg = offsetof(struct place, code) },
	TEXT("function", function, "symbol that the instruction lies in"),
	MADE("into", get_into, "bytes after the beginning of the function"),
	TEXT("inlined", inlined, "function that was put in place of a call there"),
	TEXT("source", source, "file and line"),
	TEXT("path", path, "the same with its directory"),
	TEXT("syscall", syscall, "name of the system call"),
	TEXT("object", object, "program or library"),
	TEXT("mapping", mapping, "the same with its directory, or [name], as mapped"),
	MADE("offset", get_offset, "in the file, or from the beginning of the mapping"),
	MADE("address", get_address, "of the instruction, of a system call the next one"),
	MADE("image", get_image, "is the file the one that was mapped: same replaced deleted ..."),
	TEXT("dev", dev, "device of the file"),
	TEXT("inode", inode, "inode of the file"),
	{ .name = "processes", .help = "in how many", .get = get_processes },
	{ .name = "pid", .help = "which, if it is one", .get = get_pid },
	{ .name = "all", .help = "sum of all that was counted", .get = get_all },
	COWSCOPE_CAUSES(CAUSE)
	{ .name = "note", .help = "what that code is known for, or why there is no symbol",
	  .text = true, .get = get_words, .arg = offsetof(struct place, note) },
};

const struct column_set cowsites_set = { columns, sizeof(columns) / sizeof(columns[0]) };
