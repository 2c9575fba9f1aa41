/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Texts of the contract to structs, columns and keys looked up by name. Pure:
 * no I/O. Every function alters the text it is given, and the structs point
 * into it, so the text has to outlive them. Names stay escaped as the files
 * write them.
 */
#ifndef COWSCOPE_TOOLS_PARSE_H
#define COWSCOPE_TOOLS_PARSE_H

#include <stddef.h>

#include "cowscope_abi.h"
#include "err.h"
#include "value.h"

#define PARSE_ENUM_CAUSE(id, name, help)	CAUSE_##id,
enum cause { COWSCOPE_CAUSES(PARSE_ENUM_CAUSE) CAUSE_COUNT };

/* The row after the last region is the sum over all of them. */
#define PARSE_ENUM_REGION(id, name, help)	REGION_##id,
enum region { COWSCOPE_REGIONS(PARSE_ENUM_REGION) REGION_TOTAL, REGION_COUNT };

enum scope { SCOPE_LIVE, SCOPE_EXITED, SCOPE_UNTRACKED, SCOPE_TOTAL, SCOPE_COUNT };

#define PARSE_ENUM_STATUS(key)	STATUS_##key,
enum status_key { COWSCOPE_STATUS_KEYS(PARSE_ENUM_STATUS) STATUS_COUNT };

#define PARSE_ENUM_PROCESS(key)	PROCESS_##key,
enum process_key { COWSCOPE_PROCESS_KEYS(PARSE_ENUM_PROCESS) PROCESS_COUNT };

extern const char * const cause_names[CAUSE_COUNT];
extern const char * const region_names[REGION_COUNT];
extern const char * const scope_names[SCOPE_COUNT];

/* One row of processes or exited. */
struct record {
	struct value pid, ppid, tasks;
	struct value cause[CAUSE_COUNT];
	struct value inherited_pages, inherited_hugetlb_pages, inherited_swap_pages;
	struct value since_ns;
	struct value mm, parent_mm;	/* serial numbers of address spaces */
	const char *cgroup, *comm, *born;
	const char *end;		/* NULL for a row of processes */
	struct value lived_ns;
};

/* One row of clones. */
struct clone_event {
	struct value time_ns, parent, child;
	const char *syscall, *shape, *flags, *exit_signal;
	struct value duration_ns, pages, pgtable_bytes, vmas, threads;
	const char *result, *cgroup, *comm;
};

struct totals {
	struct value cause[SCOPE_COUNT][CAUSE_COUNT];
};

struct cow {
	struct value cause[REGION_COUNT][CAUSE_COUNT];
};

/* Values as text, by key; of the hook lines only the first. */
struct status {
	const char *text[STATUS_COUNT];
};

/* "PID status": values as text. */
struct process_status {
	const char *text[PROCESS_COUNT];
};

/* The caller frees *out. mm is known in every row, or it is an error. */
int parse_processes(char *text, size_t len, struct record **out, size_t *n,
		    struct err *e);
int parse_exited(char *text, size_t len, struct record **out, size_t *n,
		 struct err *e);
int parse_clones(char *text, size_t len, struct clone_event **out, size_t *n,
		 struct err *e);

int parse_totals(char *text, size_t len, struct totals *out, struct err *e);
int parse_cow(char *text, size_t len, struct cow *out, struct err *e);

/* -EPROTONOSUPPORT when the first line names another ABI number. */
int parse_status(char *text, size_t len, struct status *out, struct err *e);
int parse_process_status(char *text, size_t len, struct process_status *out,
			 struct err *e);

/* Number under a key; not known if it is no number. */
struct value status_value(const struct status *st, enum status_key key);

#endif
