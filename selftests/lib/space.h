/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A second truth about whole address spaces: every page of a process as
 * /proc/PID/maps, pagemap, kpageflags and kpagecount tell it, and two of them
 * compared frame by frame, wherever the pages stand. Knows nothing of the module.
 */
#ifndef SELFTEST_SPACE_H
#define SELFTEST_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum space_kind { SPACE_ANON, SPACE_FILE, SPACE_KSM, SPACE_ZERO, SPACE_SWAP };

/* What holds it (frame or swap entry), where, and how. */
struct space_page {
	uint64_t what;
	uint64_t at;
	enum space_kind kind;
	bool cow;	/* in a private mapping that may be written */
	bool shared;	/* anonymous, mapped more than once */
	bool hugetlb;
};

/* By what holds them. */
struct space {
	struct space_page *page;
	size_t nr;
	size_t room;
};

/* Pages that two processes have in common, as the views count them. */
struct space_common {
	long long shared;
	long long elsewhere;
	long long cache;
	long long swap;
};

/* Adds a copy of all pages of another space. */
int space_join(struct space *space, const struct space *other);
/* The process has to sit still. vdso and the like are left out. 0 or -errno. */
int space_read(pid_t pid, struct space *space);
void space_free(struct space *space);
struct space_common space_compare(const struct space *one, const struct space *other);
/* The same for pages that one of them has in a range. */
struct space_common space_compare_range(const struct space *one, const struct space *other,
					const void *base, size_t pages);
/* Pages that are there, the zero page not counted. */
long long space_present(const struct space *space);
/* Pages of a kind that the next write replaces, but for hugetlb. */
long long space_armed(const struct space *space, enum space_kind kind);

/*
 * Writes one byte back from outside. 0 or -errno. The kernel keeps the page that it looked
 * at for a while, and who holds a page makes the next writer copy it.
 */
int space_poke(pid_t pid, uint64_t at);
/* In an actor: writes every page that is there and may be written; how many, or -errno. */
long space_rewrite(void *arg);

#endif /* SELFTEST_SPACE_H */
