// SPDX-License-Identifier: GPL-2.0-only
/* Values, names and tables as text: what is accepted, what is refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "name.h"
#include "parse.h"
#include "tap.h"

static bool parses(const char *text, uint64_t n, unsigned int flags)
{
	struct value v;

	return !value_parse(text, &v) && v.n == n && v.flags == flags;
}

static bool refused(const char *text, int why)
{
	struct value v;

	return value_parse(text, &v) == why && !v.n && !v.flags;
}

static void test_values(void)
{
	const struct value small = value_of(3), big = value_of(5), unknown = { 0 };
	struct value less = value_minus(&small, &big);
	char buf[VALUE_TEXT_MAX];

	ok(parses("0", 0, VALUE_KNOWN), "0 is a number");
	ok(parses("18446744073709551615", UINT64_MAX, VALUE_KNOWN), "2^64-1 is a number");
	ok(parses("-", 0, 0), "- is not known");
	ok(parses("~12", 12, VALUE_KNOWN | VALUE_ESTIMATE), "~12 is an estimate");
	ok(refused("18446744073709551616", -ERANGE), "2^64 is too big");
	ok(refused("", -EINVAL) && refused("~", -EINVAL) && refused("-1", -EINVAL) &&
	   refused("0x10", -EINVAL) && refused("1 ", -EINVAL) && refused("+1", -EINVAL),
	   "nothing, ~, -1, 0x10, 1 with a blank and +1 are no numbers");
	value_print(&less, buf, sizeof(buf));
	ok(!strcmp(buf, "-2"), "3 - 5 prints as -2");
	less = value_minus(&unknown, &big);
	ok(!value_known(&less), "a difference with something unknown is not known");
	less = value_minus(&small, &big);
	ok(value_compare(&less, &small) < 0 && value_compare(&small, &big) < 0 &&
	   value_compare(&unknown, &less) < 0 && !value_compare(&big, &big),
	   "order: unknown, negative, small, big");
}

static void test_names(void)
{
	char buf[64];

	name_clean("a\x1b[31m\xff \x7f.", buf);
	ok(!strcmp(buf, "a\\x1b[31m\\xff\\x20\\x7f."),
	   "what a terminal would obey is escaped");
	name_decode("a\\x20b\\x5cc\\x1", buf);
	ok(!strcmp(buf, "a b\\c\\x1"), "escapes are decoded, half ones stay");
	name_decode("a\\x00b", buf);
	ok(!strcmp(buf, "a\\x00b"), "an escaped NUL stays escaped");
}

static int try_grid(const char *text, size_t len, struct err *e)
{
	struct grid g;
	char *copy = malloc(len + 1);
	int ret;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	ret = grid_parse(&g, "file", copy, len, e);
	if (!ret)
		grid_free(&g);
	free(copy);
	return ret;
}

#define TRY(text, e)	try_grid(text, sizeof(text) - 1, e)

static void test_grids(void)
{
	struct err e = { "" };

	ok(!TRY("a b\n", &e), "a table may have no rows");
	ok(!TRY("  a\tb\n1   2\n", &e), "any number of blanks separates");
	ok(TRY("", &e) == -EPROTO && strstr(e.text, "empty"), "an empty file is refused");
	ok(TRY("\n1\n", &e) == -EPROTO, "a file without a header is refused");
	ok(TRY("a b\n1 2\n3", &e) == -EPROTO && strstr(e.text, "cut short"),
	   "a file cut in a line is refused");
	ok(TRY("a b\n1 2\n3\n", &e) == -EPROTO && strstr(e.text, "line 3"),
	   "a short line is refused by its number");
	ok(TRY("a b\n1 2 3\n", &e) == -EPROTO, "a long line is refused");
	ok(TRY("a b\n1 2\0\n", &e) == -EPROTO && strstr(e.text, "NUL"),
	   "a NUL byte is refused");
}

static void test_cow(void)
{
	char header[] = COWSCOPE_HEADER_COW "\n";
	struct cow cow;
	struct err e = { "" };

	ok(parse_cow(header, sizeof(header) - 1, &cow, &e) == -EPROTO &&
	   strstr(e.text, "no row \"mapshared\""),
	   "a matrix without a region is refused, naming it");
}

int main(void)
{
	test_values();
	test_names();
	test_grids();
	test_cow();
	return tap_failed != 0;
}
