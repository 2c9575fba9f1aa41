/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The views family, pairs, inherited, forecast, walk and latency, and the file watch, as
 * structs. Pure. Every parser takes the text over, whatever it returns, and the
 * struct points into it until it is freed. Names stay escaped as the files write
 * them.
 */
#ifndef COWSCOPE_TOOLS_VIEWS_H
#define COWSCOPE_TOOLS_VIEWS_H

#include <stdbool.h>
#include <stddef.h>

#include "parse.h"

#define VIEWS_ENUM_FAMILY(key)	FAMILY_##key,
enum family_key { COWSCOPE_FAMILY_KEYS(VIEWS_ENUM_FAMILY) FAMILY_COUNT };

#define VIEWS_ENUM_FORECAST(key)	FORECAST_##key,
enum forecast_key { COWSCOPE_FORECAST_KEYS(VIEWS_ENUM_FORECAST) FORECAST_COUNT };

#define VIEWS_ENUM_WALK(key)	WALK_##key,
enum walk_key { COWSCOPE_WALK_KEYS(VIEWS_ENUM_WALK) WALK_COUNT };

#define VIEWS_ENUM_LATENCY(id, name)	LATENCY_##id,
enum latency_cause { COWSCOPE_LATENCY_CAUSES(VIEWS_ENUM_LATENCY) LATENCY_CAUSES };

/* One member and region, or the member's sum: region "total". */
struct family_row {
	const char *relation;
	struct value pid;
	const char *region;
	struct value present, shared, elsewhere, cache, swap;
	struct value armed_anon, armed_file, armed_zero, armed_ksm;
	struct value mm;
	const char *comm;
};

struct family {
	struct family_row *row;
	size_t n;
	struct value key[FAMILY_COUNT];
	char *text;
};

struct pair {
	struct value pid, peer, shared, elsewhere, cache, swap, mm, peer_mm;
};

struct pairs {
	struct pair *row;
	size_t n;
	char *text;
};

struct inherited_row {
	const char *region;
	struct value inherited, shared, child_broke, parent_broke, other;
};

struct inherited {
	struct inherited_row *row;
	size_t n;
	const struct inherited_row *total;	/* one of the rows */
	char *text;
};

struct forecast {
	const char *value[FORECAST_COUNT];	/* as text */
	char *text;
};

struct walk_level {
	const char *level, *start;
	struct value bytes;
	const char *entry, *flags;
};

struct walk {
	struct walk_level *level;
	size_t n;
	const char *value[WALK_COUNT];		/* as text */
	char *text;
};

/* A power of two of nanoseconds; below is not known in the last. */
struct latency_row {
	struct value at_least, below;
	struct value cause[LATENCY_CAUSES];
};

struct latency {
	struct latency_row *row;
	size_t n;
	bool counting;
	struct value since;			/* ns; not known: it was never asked for */
	struct value sum, max;			/* ns, of all that are counted */
	char *text;
};

/* One watched process: a line of the file watch. */
struct watch_row {
	struct value pid;
	const char *state;			/* live, exited */
};

struct watchlist {
	struct watch_row *row;
	size_t n;
	char *text;
};

int parse_family(char *text, size_t len, struct family *out, struct err *e);
int parse_pairs(char *text, size_t len, struct pairs *out, struct err *e);
int parse_inherited(char *text, size_t len, struct inherited *out, struct err *e);
int parse_forecast(char *text, size_t len, struct forecast *out, struct err *e);
int parse_walk(char *text, size_t len, struct walk *out, struct err *e);
int parse_latency(char *text, size_t len, struct latency *out, struct err *e);
int parse_watch(char *text, size_t len, struct watchlist *out, struct err *e);

void family_free(struct family *f);
void pairs_free(struct pairs *p);
void inherited_free(struct inherited *i);
void forecast_free(struct forecast *f);
void walk_free(struct walk *w);
void latency_free(struct latency *l);
void watchlist_free(struct watchlist *w);

/* Row of the process asked for: relation "self", region "total". */
const struct family_row *family_self(const struct family *f);

/* Pages that the module walked to tell all this: those that the members hold. */
uint64_t family_walked(const struct family *f);

/* The row is a member's sum over all regions. */
bool family_row_is_member(const struct family_row *row);

#endif
