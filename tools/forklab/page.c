// SPDX-License-Identifier: GPL-2.0-only
/* The lines that an experiment prints: what was measured, and the verdict. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"

/* Of a line, up to its verdict. */
#define LINE_WIDTH	72

static void line(struct lab *lab, const char *what, const char *measured,
		 const char *expected, bool ok)
{
	const int len = (int)strlen(what), room = len < LINE_WIDTH ? LINE_WIDTH - len : 0;

	if (lab->broken)
		return;
	if (ok) {
		printf("    %s %*s  ok\n", what, room, measured);
		return;
	}
	lab->differ++;
	printf("    %s %*s  FAILED: expected %s, measured %s\n", what,
	       room, measured, expected, measured);
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

void lab_is_yes(struct lab *lab, const char *what, bool measured, bool expected)
{
	lab_is_text(lab, what, measured ? "yes" : "no", expected ? "yes" : "no");
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
