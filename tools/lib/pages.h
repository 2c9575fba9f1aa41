/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view pages as mappings and runs, and sums over any range of it. Pure.
 */
#ifndef COWSCOPE_TOOLS_PAGES_H
#define COWSCOPE_TOOLS_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse.h"

#define PAGES_SHIFT	12

#define PAGES_ENUM_STATE(id, name, help)	STATE_##id,
enum page_state { COWSCOPE_STATES(PAGES_ENUM_STATE) STATE_COUNT };

extern const char * const page_state_names[STATE_COUNT];
extern const char * const page_state_helps[STATE_COUNT];

/* What a write to an armed page would copy from. */
enum armed { ARMED_ANON, ARMED_FILE, ARMED_ZERO, ARMED_KSM, ARMED_COUNT };

/* Pages of equal state; end is exclusive. */
struct run {
	uint64_t start, end;
	uint8_t state, region;		/* enum page_state, enum region */
	bool huge;			/* mapped by a huge entry */
	bool ro;			/* write-protected in a writable mapping */
	bool armed;			/* and a write would make new memory */
};

struct mapping {
	uint64_t start, end;
	enum region region;
	const char *perms, *name;	/* as the file writes them */
	size_t run, nruns;		/* first of its runs, how many */
};

/* Mappings and runs rise in address. */
struct pages {
	struct mapping *mapping;
	size_t nmappings;
	struct run *run;
	size_t nruns;
	char *text;			/* owned; names point into it */
};

/* Takes @text over, whatever it returns. */
int parse_pages(char *text, size_t len, struct pages *out, struct err *e);
void pages_free(struct pages *p);

/* In 4 KiB pages. */
struct tally {
	uint64_t pages;
	uint64_t state[STATE_COUNT];
	uint64_t armed[ARMED_COUNT];
	uint64_t huge;
};

/* Adds what [@start, @end) of @run holds; what is outside of it adds nothing. */
void tally_add_run(struct tally *t, const struct run *run, uint64_t start,
		   uint64_t end);
void tally_add(struct tally *t, const struct tally *more);

/* Adds what [@start, @end) holds; addresses that no run covers add nothing. */
void tally_add_range(struct tally *t, const struct pages *p, uint64_t start,
		     uint64_t end);

/* First run that ends after @address; p->nruns if there is none. */
size_t pages_find_run(const struct pages *p, uint64_t address);

/* Anonymous or page cache; the zero page is not counted. */
uint64_t tally_present(const struct tally *t);

/* Armed by any source. */
uint64_t tally_armed(const struct tally *t);

static inline uint64_t pages_between(uint64_t start, uint64_t end)
{
	return (end - start) >> PAGES_SHIFT;
}

#endif
