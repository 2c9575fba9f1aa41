/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bench of an experiment: two actors, the module's files, and a page to
 * write the result on. Experiments are straight-line code: after a failure of
 * the bench itself every call does nothing, and lab_run() reports it.
 */
#ifndef COWSCOPE_FORKLAB_LAB_H
#define COWSCOPE_FORKLAB_LAB_H

#include <stdbool.h>

#include "actor.h"
#include "fetch.h"
#include "fetch_views.h"

struct lab {
	const struct source *src;
	struct troupe troupe;
	pid_t pid[ACTORS];
	struct cow before[ACTORS];	/* as lab_mark() read them */
	struct snapshot snap;		/* of the last lab_live() or lab_exited() */
	struct clone_event *clones;
	char *clones_text;
	struct walk walk;		/* of the last lab_walk() */
	struct pages pages;		/* of the last lab_pages() */
	struct birth birth;		/* of the last lab_birth() */
	struct sharing sharing;		/* of the last lab_sharing() */
	struct files files;		/* of the last lab_file() */
	bool broken;			/* the bench failed; err says how */
	const char *skipped;		/* why it cannot be carried out here */
	unsigned int differ;		/* lines that are not as the book says */
	struct err err;
};

/* What an experiment finds when it begins; the counters are noted from there on. */
enum setup {
	SETUP_BARE,	/* a parent that has done nothing yet */
	SETUP_MEMORY,	/* it has written 'p' into each page of AREA_ANON */
	SETUP_FORKED,	/* and it has forked */
};

/* Pages of AREA_ANON in every set-up. */
#define N	AREA_PAGES

struct experiment {
	const char *name;
	const char *title;
	const char *book;		/* what the book says */
	enum setup setup;
	void (*run)(struct lab *lab);
};

#define LAB_SKIPPED	2

/* 0; 1 if something differed; LAB_SKIPPED; -errno with @e if it could not be carried out. */
int lab_run(const struct experiment *x, const struct source *src, struct err *e);

/* --- the actors ----------------------------------------------------------- */

/* Gives an order and waits for the answer. */
int64_t lab_order(struct lab *lab, enum role who, enum order_op op, enum area area,
		  size_t count, unsigned char mark);

/* The same for an order of act.c. */
int64_t lab_act(struct lab *lab, enum role who, enum order_op op, uint64_t arg);

/* Gives the order only, for what is answered later. */
void lab_send(struct lab *lab, enum role who, enum order_op op);
int64_t lab_answer(struct lab *lab, enum role who);

/* The parent maps the area and writes @mark into each page. */
void lab_prepare(struct lab *lab, enum area area, size_t count, unsigned char mark);

/* The parent forks; child and parent are quiet afterwards. */
void lab_fork(struct lab *lab);

/* The parent makes a child with these flags of clone; both are quiet afterwards. */
void lab_make(struct lab *lab, uint64_t flags);

/* The child ends and is reaped. */
void lab_end_child(struct lab *lab);

/* --- what the module counted ----------------------------------------------- */

/* Notes the counters from which lab_counted() counts on. */
void lab_mark(struct lab *lab, enum role who);

/* Since lab_mark(), by region; reads the module's file anew. */
struct cow lab_counted(struct lab *lab, enum role who);

/* Sum of a region's row over the causes that make or take over a page. */
struct value lab_row_sum(const struct cow *cow, enum region region);

/*
 * Row of processes, exited or clones; they live until the next of these calls.
 * A record that is not there breaks the bench, but for lab_live_maybe().
 */
const struct record *lab_live(struct lab *lab, pid_t pid);
const struct record *lab_live_maybe(struct lab *lab, pid_t pid);
const struct record *lab_exited(struct lab *lab, uint64_t mm);
const struct clone_event *lab_clone(struct lab *lab, pid_t child);

/* Living address spaces with this serial number in the last snapshot. */
size_t lab_count_mm(const struct lab *lab, uint64_t mm);

/* Where an area is; the same in parent and child. */
uint64_t lab_where(struct lab *lab, enum area area);

/*
 * The page-table walk of an address, and the whole map of pages; each lives until
 * the next call.
 */
const struct walk *lab_walk(struct lab *lab, enum role who, uint64_t address);
const struct pages *lab_pages(struct lab *lab, enum role who);

/* Entry and flags of the lowest level that the walk reached. */
const struct walk_level *lab_entry(const struct walk *walk);
bool lab_has_flag(const struct walk_level *level, const char *flag);

/* Pages of an area by state, from lab_pages(). */
struct tally lab_tally(struct lab *lab, enum role who, enum area area, size_t count);

/* mm of "PID status"; any process that uses the address space will do. */
struct value lab_mm(struct lab *lab, pid_t pid);

/* --- who shares what --------------------------------------------------------- */

/*
 * A row of birth, of a process's sharing, and of its files; each lives until the
 * next call of its own. What is not there breaks the bench.
 */
const struct birth_row *lab_birth(struct lab *lab, enum role who, const char *resource);
const struct shared *lab_sharing(struct lab *lab, enum role who, enum kind kind);
const struct open_file *lab_file(struct lab *lab, enum role who, int fd);

/* The same, and no row is an answer as well. */
bool lab_has_file(struct lab *lab, enum role who, int fd);

/* A line: "asked at_birth now" of a row of the child's birth. */
void lab_born(struct lab *lab, const char *what, const char *resource, const char *words);

/* Of the kernel's own words: kcmp(2); /proc/PID/ns; a line of /proc/PID/FILE. */
bool lab_same(struct lab *lab, int type, int fd, int other_fd);
uint64_t lab_namespace(struct lab *lab, enum role who, const char *name);
uint64_t lab_proc(struct lab *lab, pid_t pid, const char *file, const char *key, int base);

/* --- the page --------------------------------------------------------------- */

void lab_is(struct lab *lab, const char *what, struct value measured,
	    uint64_t expected);
void lab_is_number(struct lab *lab, const char *what, int64_t measured,
		   int64_t expected);
void lab_at_least(struct lab *lab, const char *what, struct value measured,
		  uint64_t least);
void lab_is_text(struct lab *lab, const char *what, const char *measured,
		 const char *expected);
void lab_holds(struct lab *lab, const char *what, bool holds);
void lab_is_yes(struct lab *lab, const char *what, bool measured, bool expected);

/* A remark, or a number that the book does not foretell. */
__attribute__((format(printf, 2, 3)))
void lab_note(struct lab *lab, const char *fmt, ...);

#endif
