// SPDX-License-Identifier: GPL-2.0-only
/* Texts of the views to structs, and what is refused; see lib/pages.h, lib/views.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "births.h"
#include "pages.h"
#include "size.h"
#include "tap.h"
#include "views.h"

#define HEAD	COWSCOPE_HEADER_PAGES "\n"
#define MAP	HEAD "0x1000 0x9000 8 mapping anon rw-p -\n"

static struct err e;

static int pages_of(const char *text, struct pages *p)
{
	char *copy = strdup(text);

	if (!copy)
		abort();
	e.text[0] = '\0';
	return parse_pages(copy, strlen(copy), p, &e);
}

/* Refused, and the text names @why. */
static bool refused(const char *text, const char *why)
{
	struct pages p;

	if (!pages_of(text, &p)) {
		pages_free(&p);
		return false;
	}
	return strstr(e.text, why) && !p.text && !p.run && !p.mapping;
}

static void test_pages(void)
{
	struct pages p;

	ok(!pages_of(HEAD, &p) && !p.nruns && !p.nmappings, "no mapping at all");
	pages_free(&p);
	ok(!pages_of(MAP "0x2000 0x4000 2 shared+huge+ro anon - -\n"
		     "0x4000 0x5000 1 own heap - -\n", &p) && p.nruns == 2 &&
	   p.run[0].state == STATE_SHARED && p.run[0].huge && p.run[0].ro && p.run[0].armed &&
	   p.run[1].region == REGION_HEAP && !p.run[1].ro && p.mapping[0].nruns == 2,
	   "states, suffixes and regions of runs");
	pages_free(&p);
	ok(!pages_of("name x end start pages perms state region\n"
		     "- ? 0x9000 0x1000 8 r--p mapping text\n"
		     "- ? 0x2000 0x1000 1 - file text\n", &p) && p.nruns == 1 &&
	   p.run[0].start == 0x1000, "columns by name, and one of a later version");
	pages_free(&p);
	ok(!pages_of(MAP "0x1000 0x2000 1 own anon - -\n"
		     "0x2000 0x5000 3 mapping anon r--p -\n"
		     "0x2000 0x3000 1 own anon - -\n", &p) && p.nmappings == 2 &&
	   p.mapping[0].end == 0x2000,
	   "a mapping that changed while it was read goes on under a new heading");
	pages_free(&p);
	ok(!pages_of(MAP "0x1000 0x2000 1 last+ro anon - -\n0x2000 0x3000 1 own+ro anon - -\n"
		     "0x3000 0x4000 1 file+ro anon - -\n0x4000 0x5000 1 zero+ro anon - -\n"
		     "0x5000 0x6000 1 ksm+ro anon - -\n0x6000 0x7000 1 swap anon - -\n", &p) &&
	   !p.run[0].armed && !p.run[1].armed && p.run[2].armed && p.run[3].armed &&
	   p.run[4].armed && !p.run[5].armed, "armed: what a write would copy from");
	pages_free(&p);
	ok(!pages_of(HEAD "0x1000 0x2000 1 mapping mapshared rw-s -\n"
		     "0x1000 0x2000 1 file+ro mapshared - -\n", &p) && !p.run[0].armed,
	   "nothing is armed in a shared mapping");
	pages_free(&p);
}

static void test_refusals(void)
{
	ok(refused("", "empty") && refused(MAP "0x1000 0x2000 1 own anon -", "cut short"),
	   "a text that is cut is refused");
	ok(refused("start end pages state region perms\n", "no column \"name\""),
	   "a missing column is named");
	ok(refused(MAP "0x1000 0x2000 1 own anon -\n", "line 3 has 6 fields"),
	   "a short line is refused by its number");
	ok(refused(HEAD "0x1000 0x2000 1 own anon - -\n", "outside of its mapping"),
	   "a run before any mapping is refused");
	ok(refused(MAP "0x8000 0xa000 2 own anon - -\n", "outside of its mapping"),
	   "a run that leaves its mapping is refused");
	ok(refused(MAP "0x2000 0x4000 2 own anon - -\n0x3000 0x5000 2 own anon - -\n",
		   "below the one before"), "runs that overlap are refused");
	ok(refused(MAP "0x1000 0x9000 8 own anon - -\n0x2000 0x3000 1 mapping anon r--p -\n",
		   "below the one before"), "a mapping below what was told is refused");
	ok(refused(MAP "0x1000 0x2000 1 owned anon - -\n", "no state") &&
	   refused(MAP "0x1000 0x2000 1 own+rw anon - -\n", "no state") &&
	   refused(MAP "0x1000 0x2000 1 own+ anon - -\n", "no state"),
	   "unknown states and suffixes are refused");
	ok(refused(MAP "0x1000 0x2000 1 own total - -\n", "no region"),
	   "a region that no page has is refused");
	ok(refused(MAP "0x1000 0x2000 2 own anon - -\n", "not the pages") &&
	   refused(MAP "0x1000 0x2000 - own anon - -\n", "not the pages"),
	   "a count that is not that of the range is refused");
	ok(refused(MAP "1000 0x2000 1 own anon - -\n", "no address") &&
	   refused(MAP "0x 0x2000 1 own anon - -\n", "no address") &&
	   refused(MAP "0x1001 0x2000 1 own anon - -\n", "no address") &&
	   refused(MAP "0x00000000000001000 0x2000 1 own anon - -\n", "no address") &&
	   refused(MAP "0x2000 0x2000 0 own anon - -\n", "no end"),
	   "addresses that are none are refused");
	ok(refused(HEAD "0x1000 0x2000 1 mapping anon rw -\n", "no permissions"),
	   "permissions that are none are refused");
	ok(refused(MAP "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6\n",
		   "too many fields"), "a line without end is refused");
}

static void test_tallies(void)
{
	struct tally t = { 0 };
	struct pages p;

	ok(!pages_of(MAP "0x1000 0x3000 2 shared+ro anon - -\n0x4000 0x6000 2 ksm+ro anon - -\n"
		     "0x6000 0x9000 3 own+huge anon - -\n", &p), "a mapping with a hole");
	tally_add_range(&t, &p, 0x2000, 0x7000);
	ok(t.pages == 4 && t.state[STATE_SHARED] == 1 && t.state[STATE_KSM] == 2 &&
	   t.state[STATE_OWN] == 1 && t.huge == 1 && t.armed[ARMED_ANON] == 1 &&
	   t.armed[ARMED_KSM] == 2 && tally_present(&t) == 4 && tally_armed(&t) == 3,
	   "a range counts the parts of runs that lie in it");
	tally_add_range(&t, &p, 0x3000, 0x4000);
	tally_add_range(&t, &p, 0x9000, 0x20000);
	tally_add_range(&t, &p, 0, 0x1000);
	ok(t.pages == 4, "holes and what is outside add nothing");
	ok(pages_find_run(&p, 0) == 0 && pages_find_run(&p, 0x2fff) == 0 &&
	   pages_find_run(&p, 0x3000) == 1 && pages_find_run(&p, 0x8fff) == 2 &&
	   pages_find_run(&p, 0x9000) == 3, "the run at or above an address");
	pages_free(&p);
}

#define FAMILY_ROW	"self 7 total 1 2 3 4 5 6 7 8 9 44 a\n"
#define FAMILY_TEXT	COWSCOPE_HEADER_FAMILY "\n" FAMILY_ROW
#define KEY_LINE(key)	#key " 3\n"
#define FAMILY_LINES	COWSCOPE_FAMILY_KEYS(KEY_LINE)
#define WALK_LINES	COWSCOPE_WALK_KEYS(KEY_LINE)

static bool family_refused(const char *text, const char *why)
{
	struct family f;

	e.text[0] = '\0';
	if (!parse_family(strdup(text), strlen(text), &f, &e)) {
		family_free(&f);
		return false;
	}
	return strstr(e.text, why);
}

static void test_family(void)
{
	static const char good[] = FAMILY_TEXT FAMILY_LINES;
	struct family f;

	ok(!parse_family(strdup(good), strlen(good), &f, &e) && f.n == 1 &&
	   value_is(&f.row[0].armed_ksm, 9) && value_is(&f.key[FAMILY_worst_case_pages], 3) &&
	   family_self(&f) == &f.row[0], "a family of one, its numbers below");
	family_free(&f);
	ok(family_refused(FAMILY_TEXT, "no key \"members\""), "no numbers below: refused");
	ok(family_refused(FAMILY_LINES, "empty"), "no table: refused");
	ok(family_refused(COWSCOPE_HEADER_FAMILY "\n" FAMILY_LINES, "no row \"self\""),
	   "nobody asked for: refused");
	ok(family_refused(COWSCOPE_HEADER_FAMILY "\nself 7 total 1 2 3 4 5 6 7 8 9 - a\n"
			  FAMILY_LINES, "no serial number"), "a member without a number: refused");
	ok(family_refused(FAMILY_TEXT "members x\n" FAMILY_LINES, "not a number"),
	   "a word for a number is refused");
}

static void test_others(void)
{
	static const char walk[] = COWSCOPE_HEADER_WALK "\n"
		"pgd 0x0 512 table present|user\n" WALK_LINES;
	static const char pairs[] = COWSCOPE_HEADER_PAIRS "\n1 2 3 4 5 6 7 -\n";
	static const char inherited[] = COWSCOPE_HEADER_INHERITED "\nheap 1 1 - - -\n";
	struct inherited i;
	struct pairs p;
	struct walk w;

	ok(!parse_walk(strdup(walk), strlen(walk), &w, &e) && w.n == 1 &&
	   !strcmp(w.level[0].flags, "present|user") && !strcmp(w.value[WALK_why], "3"),
	   "a walk and the words below it");
	walk_free(&w);
	ok(parse_walk(strdup("level\n"), 6, &w, &e) == -EPROTO, "a walk without words: refused");
	ok(parse_pairs(strdup(pairs), strlen(pairs), &p, &e) == -EPROTO &&
	   strstr(e.text, "peer_mm"), "a pair without numbers: refused");
	ok(parse_inherited(strdup(inherited), strlen(inherited), &i, &e) == -EPROTO &&
	   strstr(e.text, "no row \"total\""), "inherited without a total: refused");
}

static void test_birth(void)
{
	static const char birth[] = COWSCOPE_HEADER_BIRTH " later\n"
		"fs CLONE_FS yes shared changed 0123456789abcdef - - - - - x\n"
		"threads - - new - hazard 7 1 3 2 own:2,shared:3 x\n";
	static const char bad[] = COWSCOPE_HEADER_BIRTH "\nfs CLONE_FS yes\n";
	const struct birth_row *row;
	struct birth b;

	ok(!parse_birth(strdup(birth), strlen(birth), &b, &e) && b.n == 2, "a birth");
	row = birth_find(&b, "threads");
	ok(row && !strcmp(row->id, "hazard") && value_is(&row->count_at_birth, 7) &&
	   value_is(&row->own_pages, 2) && !strcmp(row->runs, "own:2,shared:3") &&
	   !value_known(&birth_find(&b, "fs")->count_now) && !birth_find(&b, "soul"),
	   "its rows by name, and columns of a later version");
	birth_free(&b);
	ok(parse_birth(strdup(bad), strlen(bad), &b, &e) == -EPROTO && !b.text && !b.row,
	   "a row that is cut short: refused");
}

static bool size_is(uint64_t bytes, const char *want)
{
	char buf[SIZE_TEXT_MAX];

	return !strcmp(size_text(bytes, buf), want);
}

static void test_sizes(void)
{
	ok(size_is(0, "0B") && size_is(999, "999B") && size_is(4096, "4.0K") &&
	   size_is(10239, "9.9K") && size_is(10240, "10K") && size_is(999 << 10, "999K") &&
	   size_is(1000 << 10, "0.9M") && size_is(1 << 28, "256M") &&
	   size_is(UINT64_C(1) << 47, "128T") && size_is(UINT64_MAX, "15E"),
	   "sizes have three digits at most, rounded down");
}

int main(void)
{
	test_pages();
	test_refusals();
	test_tallies();
	test_family();
	test_others();
	test_birth();
	test_sizes();
	return tap_failed != 0;
}
