// SPDX-License-Identifier: GPL-2.0-only
/* The verdict lines of forklab: what agrees, what fails, and how loudly. */
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "tap.h"

static char *said;
static size_t said_len;

/* What a line prints, and whether it counts as a difference. */
static bool verdict(void (*line)(struct lab *), bool differs, const char *words)
{
	struct lab *lab = calloc(1, sizeof(*lab));
	FILE *screen = stdout;
	bool good;

	if (!lab)
		return false;
	stdout = open_memstream(&said, &said_len);
	if (!stdout) {
		stdout = screen;
		free(lab);
		return false;
	}
	line(lab);
	fclose(stdout);
	stdout = screen;
	good = lab->differ == (unsigned int)differs && strstr(said, words);
	free(said);
	free(lab);
	return good;
}

static void equal(struct lab *lab)
{
	lab_is(lab, "copied", value_of(61), 61);
}

static void one_off(struct lab *lab)
{
	lab_is(lab, "copied", value_of(62), 61);
}

static void unknown(struct lab *lab)
{
	lab_is(lab, "copied", (struct value){ 0 }, 0);
}

static void negative(struct lab *lab)
{
	lab_at_least(lab, "copied",
		     (struct value){ .n = 9, .flags = VALUE_KNOWN | VALUE_NEGATIVE }, 1);
}

static void enough(struct lab *lab)
{
	lab_at_least(lab, "pages", value_of(61), 61);
}

static void too_few(struct lab *lab)
{
	lab_at_least(lab, "pages", value_of(60), 61);
}

static void wrong_word(struct lab *lab)
{
	lab_is_text(lab, "shape", "vfork", "thread");
}

static void no(struct lab *lab)
{
	lab_holds(lab, "claim", false);
}

static void broken(struct lab *lab)
{
	lab->broken = true;
	one_off(lab);
	lab_note(lab, "note");
	printf("silent");
}

int main(void)
{
	ok(verdict(equal, false, "61  ok\n"), "the expected number is ok");
	ok(verdict(one_off, true, "62  FAILED: expected 61, measured 62\n"),
	   "another number fails, and both are named");
	ok(verdict(unknown, true, "FAILED: expected 0, measured -\n"),
	   "not known is not 0");
	ok(verdict(enough, false, "ok\n"), "as many as are needed are ok");
	ok(verdict(too_few, true, "FAILED: expected 61 or more, measured 60\n"),
	   "fewer fail");
	ok(verdict(negative, true, "FAILED"), "a number below 0 is never enough");
	ok(verdict(wrong_word, true, "FAILED: expected thread, measured vfork\n"),
	   "another word fails");
	ok(verdict(no, true, "FAILED: expected yes, measured no\n"), "no fails");
	ok(verdict(broken, false, "silent"), "a broken bench says nothing more");
	return tap_failed != 0;
}
