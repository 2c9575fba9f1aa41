/* SPDX-License-Identifier: GPL-2.0-only */
/* The views family and pairs, by the names of the contract. */
#ifndef SELFTEST_SCOPE_FAMILY_H
#define SELFTEST_SCOPE_FAMILY_H

#include "scope.h"

/* The numbers of one row of family. */
#define SCOPE_SHARES(X)								\
	X(present) X(shared) X(elsewhere) X(cache) X(swap)			\
	X(armed_anon) X(armed_file) X(armed_zero) X(armed_ksm)
struct scope_share {
	long long present, shared, elsewhere, cache, swap;
	long long armed_anon, armed_file, armed_zero, armed_ksm;
};

/* One reading of family: its rows, and the text of its keys. */
struct scope_family {
	struct scope_table table;
	char *keys;
};

/* 0 or -errno; -ESTALE: the process is gone. */
int scope_family_read(pid_t pid, struct scope_family *family);
void scope_family_free(struct scope_family *family);
/* A row; all 0 where there is none. */
struct scope_share scope_family_share(const struct scope_family *family, pid_t pid,
				      const char *region);
/* The word for a member, NULL if it is none. */
const char *scope_family_relation(const struct scope_family *family, pid_t pid);
/* A number behind a key; -1 for "-", -ENOENT where there is none. */
long long scope_family_key(const struct scope_family *family, const char *key);

/* The row of two processes in a reading of pairs, in whatever order; or -1. */
int scope_pair_row(const struct scope_table *pairs, pid_t one, pid_t other);
int scope_pairs_read(pid_t pid, struct scope_table *pairs);

#endif /* SELFTEST_SCOPE_FAMILY_H */
