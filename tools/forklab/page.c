// SPDX-License-Identifier: GPL-2.0-only
/* The lines that an experiment prints: what was measured, and the verdict. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"

#define WHAT_WIDTH	62

static void line(struct lab *lab, const char *what, const char *measured,
		 const char *expected, bool ok)
{
	if (lab->broken)
		return;
	if (ok) {
		printf("    %-*s %10s  ok\n", WHAT_WIDTH, what, measured);
		return;
	}
	lab->differ++;
	printf("    %-*s %10s  FAILED: expected %s, measured %s\n", WHAT_WIDTH,
	       what, measured, expected, measured);
}

void lab_is(struct lab *lab, const char *what, struct value measured,
	    uint64_t expected)
{
	char is[VALUE_TEXT_MAX], should[VALUE_TEXT_MAX];

	value_print(&measured, is, sizeof(is));
	snprintf(should, sizeof(should), "%" PRIu64, expected);
	line(lab, what, is, should, value_is(&measured, expected));
}

void lab_is_number(struct lab *lab, const char *what, int64_t measured,
		   int64_t expected)
{
	char is[VALUE_TEXT_MAX], should[VALUE_TEXT_MAX];

	snprintf(is, sizeof(is), "%" PRId64, measured);
	snprintf(should, sizeof(should), "%" PRId64, expected);
	line(lab, what, is, should, measured == expected);
}

void lab_at_least(struct lab *lab, const char *what, struct value measured,
		  uint64_t least)
{
	char is[VALUE_TEXT_MAX], should[VALUE_TEXT_MAX + 16];

	value_print(&measured, is, sizeof(is));
	snprintf(should, sizeof(should), "%" PRIu64 " or more", least);
	line(lab, what, is, should, value_known(&measured) &&
	     !(measured.flags & VALUE_NEGATIVE) && measured.n >= least);
}

void lab_is_text(struct lab *lab, const char *what, const char *measured,
		 const char *expected)
{
	line(lab, what, measured, expected, !strcmp(measured, expected));
}

void lab_holds(struct lab *lab, const char *what, bool holds)
{
	line(lab, what, holds ? "yes" : "no", "yes", holds);
}

void lab_note(struct lab *lab, const char *fmt, ...)
{
	va_list ap;

	if (lab->broken)
		return;
	fputs("    ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}
