/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading and commanding the module through its files, by the names of the
 * contract. Knows nothing of memory, processes under test or expectations.
 * Functions return 0 or a count, or -errno; buffers handed out are freed by
 * the caller.
 */
#ifndef SELFTEST_SCOPE_H
#define SELFTEST_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cowscope_abi.h"

#define SCOPE_CAUSE_ID(id, name, help)	CAUSE_##id,
enum scope_cause { COWSCOPE_CAUSES(SCOPE_CAUSE_ID) CAUSE_COUNT };

#define SCOPE_REGION_ID(id, name, help)	REGION_##id,
enum scope_region { COWSCOPE_REGIONS(SCOPE_REGION_ID) REGION_TOTAL, REGION_ROWS };

/* The cow view of one process; the last row is the module's own sum. */
struct scope_cow {
	long long cell[REGION_ROWS][CAUSE_COUNT];
};

/* A parsed table: field[row * columns + column], all pointing into text. */
struct scope_table {
	char *text;
	char **header;
	char **field;
	size_t columns;
	size_t rows;
};

extern const char *const scope_cause_name[CAUSE_COUNT];
extern const char *const scope_region_name[REGION_ROWS];

/* Path of a file below the debugfs directory, in a static buffer. */
const char *scope_path(const char *name);

/* Whole file as one string; NULL with errno set. Caller frees. */
char *scope_slurp(const char *path);
char *scope_slurp_fd(int fd);

/* One write() of one command; 0 or -errno. */
int scope_command(const char *name, const char *command);
int scope_commandf(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Opens query, asks, and returns the answer; NULL with errno set. */
char *scope_query(pid_t pid, const char *view);

/*
 * Something in it looks like an address of the kernel: ffff8880deadbeef, or with five levels
 * of page tables ff11000012345678.
 */
bool scope_has_address(const char *text);

/* Takes text over, also when it fails. */
int scope_table_parse(char *text, struct scope_table *table);
int scope_table_read(const char *name, struct scope_table *table);
void scope_table_free(struct scope_table *table);
/* -1 when there is no such column. */
int scope_column(const struct scope_table *table, const char *name);
/* NULL when row or column does not exist. */
const char *scope_field(const struct scope_table *table, size_t row, const char *column);
/* Value of a numeric field, -1 for "-" or a field that is not there. */
long long scope_number(const struct scope_table *table, size_t row, const char *column);
/* First row at or after from whose column holds the value, or -1. */
int scope_find(const struct scope_table *table, size_t from, const char *column,
	       const char *value);
int scope_find_pid(const struct scope_table *table, size_t from, const char *column,
		   pid_t pid);

/* How often "PID(tasks)" stands in a members field; *tasks is the last one's. */
int scope_member(const char *members, pid_t pid, int *tasks);

int scope_cow_parse(char *text, struct scope_cow *cow);
int scope_cow(pid_t pid, struct scope_cow *cow);

/* Value behind "key " in a status text, copied to value; -ENOENT if absent. */
int scope_key(const char *text, const char *key, char *value, size_t size);
/* A number of the global status; negative errno when it cannot be had. */
long long scope_status(const char *key);
/* STATE of a hook line, copied to state; -ENOENT for an unknown hook. */
int scope_hook_state(const char *hook, char *state, size_t size);

/* What was lost or not understood since load, to be compared later. */
#define SCOPE_LOSSES	16
struct scope_losses {
	long long count[SCOPE_LOSSES];
};

int scope_losses(struct scope_losses *losses);

/*
 * The identity of attempts and outcomes, and that nothing more was lost than
 * before. True when both hold; otherwise why says what is wrong. Tries again
 * for a while, because the identity is promised for quiet moments only.
 */
bool scope_balanced(const struct scope_losses *losses, char *why, size_t size);

#endif /* SELFTEST_SCOPE_H */
