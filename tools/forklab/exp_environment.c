// SPDX-License-Identifier: GPL-2.0-only
/* Arguments and environment: strings at the top of the stack, copied like the rest. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "experiments.h"

/* Where the module says they begin; 0 there are none. */
static uint64_t find(struct lab *lab, const char *resource)
{
	uint64_t start, end;

	if (sscanf(lab_birth(lab, CHILD, resource)->id, "0x%" SCNx64 "-0x%" SCNx64,
		   &start, &end) != 2 || start >= end)
		return 0;
	return start;
}

/* First byte of a file of /proc, -1 without. */
static int first_byte(pid_t pid, const char *file)
{
	char path[64];
	int byte = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	f = fopen(path, "re");
	if (!f)
		return -1;
	byte = getc(f);
	fclose(f);
	return byte;
}

/* The words of the module add up to its own number of pages. */
static void count_pages(struct lab *lab, const char *resource, bool first_is_own)
{
	const struct birth_row *row = lab_birth(lab, CHILD, resource);
	const uint64_t pages = row->shared_pages.n + row->own_pages.n;

	lab_note(lab, "  pages shared with the parent %llu, own %llu: %s",
		 (unsigned long long)row->shared_pages.n,
		 (unsigned long long)row->own_pages.n, row->runs);
	lab_is(lab, "  together as many as the strings take", row->count_now, pages);
	if (first_is_own)
		lab_holds(lab, "  the first is the child's own now (runs)",
			  !strncmp(row->runs, "own:", 4));
}

static int64_t poke(struct lab *lab, enum role who, uint64_t address, unsigned char mark)
{
	const struct order o = { .op = ORDER_POKE, .arg = address, .mark = mark };

	if (!lab->broken)
		lab->broken = troupe_send(&lab->troupe, who, &o, &lab->err);
	return lab_answer(lab, who);
}

static void change(struct lab *lab, const char *resource, const char *file)
{
	const uint64_t address = find(lab, resource);
	int old;

	if (!address) {
		lab_note(lab, "%s: there are none", resource);
		return;
	}
	lab_note(lab, "%s: begin at 0x%" PRIx64, resource, address);
	lab_born(lab, "  asked at_birth now", resource, "no copied own");
	old = first_byte(lab->pid[PARENT], file);
	lab_is_number(lab, "  the first byte there in the parent: that of its file in /proc",
		      lab_act(lab, PARENT, ORDER_PEEK, address), old);
	lab_is_number(lab, "  and in the child", lab_act(lab, CHILD, ORDER_PEEK, address), old);
	count_pages(lab, resource, false);
	poke(lab, CHILD, address, '#');
	lab_is_number(lab, "  child writes '#': in /proc it has",
		      first_byte(lab->pid[CHILD], file), '#');
	lab_is_number(lab, "  the parent has the old byte still",
		      first_byte(lab->pid[PARENT], file), old);
	count_pages(lab, resource, true);
}

static void run_environment(struct lab *lab)
{
	lab_fork(lab);
	change(lab, "arguments", "cmdline");
	change(lab, "environment", "environ");
}

const struct experiment exp_environment = {
	.name = "environment",
	.title = "arguments and environment are copied",
	.book = "they are strings in memory, at the top of the stack: the child has the\n"
		"  same at the same address, and what it changes there is changed for itself.",
	.run = run_environment,
};
