/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWSITES_H
#define COWSCOPE_TOOLS_COWSITES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli.h"
#include "sites.h"
#include "source.h"
#include "table.h"

#define COWSITES_PIDS_MAX	512

enum cowsites_by { BY_SITE, BY_FUNCTION, BY_MAPPING, BY_COUNT };

extern const char * const cowsites_by_names[BY_COUNT];

struct cowsites_options {
	pid_t pid[COWSITES_PIDS_MAX];
	size_t npids;
	bool family, any_file;
	enum cowsites_by by;
	const char *sort;
	uint64_t lines;			/* 0 all */
	struct cli_table table;

	struct column_list list;	/* filled when the options are checked */
	unsigned int sort_column;
};

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
int places_fold(struct places *p, enum cowsites_by by, struct err *e);

/*
 * Sorts by a column; what is of no place stays below. Of more than @lines places the
 * others become one row.
 */
int places_arrange(struct places *p, const struct column *by, uint64_t lines, struct err *e);

/* --- which file it was: cowsites_file.c -------------------------------------- */

struct file_word {
	const char *name, *note;
};

extern const struct file_word file_words[FILE_STATES];

/* The file that was mapped, or with @any one of that name; -1 and why there is none. */
int file_open(const struct place *p, bool any, enum file_state *state);

/* A copy of this kernel's vdso, or -1. */
int file_vdso(enum file_state *state);

/* --- what stands there: cowsites_symbol.c -------------------------------------- */

struct symbols;

/* @kernel: release that the module runs on. NULL without memory. */
struct symbols *symbols_begin(bool any_file, const char *kernel);
void symbols_end(struct symbols *s);
/* Fills in function, into, inlined, source, path and state; keeps pointers to the texts of @p. */
int symbols_name(struct symbols *s, struct place *p, struct texts *t);

/* --- in words ------------------------------------------------------------------ */

/* Of a place whose function is known or not; "-" nothing to say. */
const char *note_of(const struct place *p);

/* Debian's package with the symbols that a program or library itself has not. */
const char *debug_package(const char *object);

/* What people read: function, call, or file and place in it. NULL without memory. */
const char *code_of(const struct place *p, enum cowsites_by by, struct texts *t);

extern const struct column_set cowsites_set;

/* --- reading: cowsites_gather.c ------------------------------------------------- */

/* Of whom the report is, and whether it adds up. */
struct gathered {
	struct places places;
	pid_t pid[COWSITES_PIDS_MAX];
	size_t n;
	size_t unwatched;		/* relatives of which nothing is known */
	const char *comm;		/* of the first; texts of places */
	const char *end;		/* how that one ended, "-" it lives */
	struct value sum[CAUSE_COUNT];	/* of cow */
	char differs[160];		/* empty: the rows add up to cow */
};

int gather(const struct cowsites_options *o, const struct source *src, struct gathered *g,
	   struct err *e);

#endif
