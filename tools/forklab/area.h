/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kinds of memory that the experiments write to, each in pages of its own, so
 * that nothing else a program does falls into them. Used inside the actors.
 */
#ifndef COWSCOPE_FORKLAB_AREA_H
#define COWSCOPE_FORKLAB_AREA_H

#include <stddef.h>
#include <stdint.h>

enum area {
	AREA_ANON,	/* mmap, private, no file */
	AREA_HEAP,	/* sbrk */
	AREA_DATA,	/* globals with a value */
	AREA_BSS,	/* globals without */
	AREA_STACK,	/* an array in the outermost function */
	AREA_TEXT,	/* this program's code; only read */
	AREA_SHARED,	/* mmap, MAP_SHARED */
	AREA_FILE,	/* mmap of a file, private */
	AREA_COUNT
};

/* Most pages that an area has, a prime. */
#define AREA_PAGES	61
/* Pages of the areas that stand in the program file or on the stack. */
#define AREA_FEW	7

struct stage {
	unsigned char *area[AREA_COUNT];
	size_t page;		/* bytes */
	size_t text_pages;	/* whole ones in AREA_TEXT */
	int file;		/* behind AREA_FILE, -1 without */
};

/* Makes the area of @pages pages; memory only, nothing is touched. -errno. */
int area_map(struct stage *st, enum area kind, size_t pages);

/* Writes @mark into each page from @first on. */
void area_write(const struct stage *st, enum area kind, size_t first,
		size_t count, unsigned char mark);

/* Reads each page; the sum of their marks. */
int64_t area_read(const struct stage *st, enum area kind, size_t first,
		  size_t count);

/* madvise() over the area. -errno. */
int area_advise(const struct stage *st, enum area kind, size_t pages, int advice);

/* As area_read(), but of the file behind AREA_FILE. -errno. */
int64_t area_read_file(const struct stage *st, size_t first, size_t count);

#endif
