/* SPDX-License-Identifier: GPL-2.0-only */
/* Which code counted, with names: rows of the view sites, symbols, what well-known code is. */
#ifndef COWSCOPE_TOOLS_PLACES_H
#define COWSCOPE_TOOLS_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "sites.h"
#include "source.h"
#include "table.h"

#define PLACES_PIDS_MAX	512

enum places_by { BY_SITE, BY_FUNCTION, BY_MAPPING, BY_COUNT };

extern const char * const places_by_names[BY_COUNT];

/* Texts that live as long as the report. NULL: no memory. */
struct texts {
	char **text;
	size_t n, max;
};

__attribute__((format(printf, 2, 3)))
const char *texts_add(struct texts *t, const char *fmt, ...);
/* A name as the module's files would write it. */
const char *texts_name(struct texts *t, const char *name);
void texts_free(struct texts *t);

enum file_state { FILE_NONE, FILE_SAME, FILE_OTHER, FILE_REPLACED, FILE_DELETED, FILE_MISSING,
		  FILE_UNREADABLE, FILE_STATES };

/*
 * A row of the report: one place in the code, or all of a function or a mapping. Texts are
 * "-" where there is none, or where what was put together differs.
 */
struct place {
	enum site_by kind;
	const char *by;
	pid_t pid;			/* the lowest */
	uint64_t processes;
	bool has_address, has_offset;
	uint64_t address, offset;
	const char *syscall;
	const char *mapping, *object, *dev, *inode, *mtime_ns;
	enum file_state state;		/* of the file */
	const char *function, *inlined, *source, *path;
	uint64_t into;			/* bytes after the function's beginning */
	const char *code, *note;
	struct value cause[CAUSE_COUNT];
	const char *key;		/* places with the same are put together */
};

struct places {
	struct place *row;
	size_t n, max;
	struct texts texts;
};

/* A further row, all of it zero; NULL without memory. */
struct place *places_add(struct places *p);
void places_free(struct places *p);

/*
 * The program or library whose places without a symbol copied most, though the file that
 * was mapped is there; and how much. NULL: none.
 */
const char *places_nameless(const struct places *p, uint64_t *copied);

/* Keys, then rows of the same key as one. */
int places_fold(struct places *p, enum places_by by, struct err *e);

/*
 * Sorts by a column; what is of no place stays below. Of more than @lines places the
 * others become one row.
 */
int places_arrange(struct places *p, const struct column *by, uint64_t lines, struct err *e);

/* --- which file it was: place_file.c ------------------------------------------ */

struct file_word {
	const char *name, *note;
};

extern const struct file_word file_words[FILE_STATES];

/* The file that was mapped, or with @any one of that name; -1 and why there is none. */
int file_open(const struct place *p, bool any, enum file_state *state);

/* A copy of this kernel's vdso, or -1. */
int file_vdso(enum file_state *state);

/* --- what stands there: place_symbol.c ---------------------------------------- */

struct symbols;

/*
 * Files are opened once, and what stands in them is looked up once, for any number of places
 * of any number of reports. @kernel: release that the module runs on. NULL without memory.
 */
struct symbols *symbols_begin(bool any_file, const char *kernel);
void symbols_end(struct symbols *s);
/* Fills in function, into, inlined, source, path and state; the texts end with @s. */
int symbols_name(struct symbols *s, struct place *p);

/* --- in words: place_note.c --------------------------------------------------- */

/* Of a place whose function is known or not; "-" nothing to say. */
const char *note_of(const struct place *p);

/* Debian's package with the symbols that a program or library itself has not. */
const char *debug_package(const char *object);

/* What people read: function, call, or file and place in it. NULL without memory. */
const char *code_of(const struct place *p, enum places_by by, struct texts *t);

/* --- reading: place_gather.c -------------------------------------------------- */

/* Of whom the rows are, and whether they add up. Starts as zero. */
struct gathered {
	struct places places;
	pid_t pid[PLACES_PIDS_MAX];
	size_t n;
	size_t unwatched;		/* of which nothing is known */
	struct value sum[CAUSE_COUNT];	/* of cow */
	char differs[160];		/* empty: the rows add up to cow */
};

/* Adds the rows of a process. One that nobody watches has none. */
int gather(struct gathered *g, const struct source *src, pid_t pid, struct err *e);

/* For the kernel that the files are of; NULL and why not. */
struct symbols *gather_symbols(const struct source *src, bool any_file, struct err *e);

/* Names and notes for all rows; the names end with @symbols. */
int gather_names(struct gathered *g, struct symbols *symbols, struct err *e);

/*
 * The places of a report: rows of the same key as one, with what people read, sorted by a
 * column of places; of more than @lines (0: all) the others become one row.
 */
int gather_report(struct gathered *g, enum places_by by, const struct column *sort,
		  uint64_t lines, struct err *e);

#endif
