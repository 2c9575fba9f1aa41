// SPDX-License-Identifier: GPL-2.0-only
/* Open file descriptions: what two descriptors have in common. */
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"

/* No two of them, nor their sums, are alike. */
#define FIRST	7
#define SECOND	12
#define THIRD	10

static int64_t read_on(struct lab *lab, enum role who, int fd, size_t count)
{
	const struct order o = { .op = ORDER_READ_ON, .arg = fd, .count = count };

	if (!lab->broken)
		lab->broken = troupe_send(&lab->troupe, who, &o, &lab->err);
	return lab_answer(lab, who);
}

static uint64_t position(struct lab *lab, enum role who, int fd)
{
	char file[32];

	snprintf(file, sizeof(file), "fdinfo/%d", fd);
	return lab_proc(lab, lab->pid[who], file, "pos", 10);
}

static void is_at(struct lab *lab, const char *what, enum role who, int fd, uint64_t place)
{
	const uint64_t module = strtoull(lab_file(lab, who, fd)->offset, NULL, 10);

	lab_is_number(lab, what, (int64_t)module, (int64_t)place);
	lab_is_number(lab, "  and by /proc/PID/fdinfo", (int64_t)position(lab, who, fd),
		      (int64_t)place);
}

static bool same_id(struct lab *lab, int fd, int other_fd)
{
	char id[32];

	snprintf(id, sizeof(id), "%s", lab_file(lab, PARENT, fd)->id);
	return !strcmp(id, lab_file(lab, CHILD, other_fd)->id);
}

static void holds_both(struct lab *lab, int fd)
{
	char child[32];

	snprintf(child, sizeof(child), "%d:%d", lab->pid[CHILD], fd);
	lab_is_text(lab, "  who else holds the parent's (holders)",
		    strcmp(lab_file(lab, PARENT, fd)->holders, child) ? "others" : "child",
		    "child");
}

static void run_offset(struct lab *lab)
{
	const int fd = (int)lab_act(lab, PARENT, ORDER_OPEN, 0);
	int again;

	lab_fork(lab);
	lab_holds(lab, "one description behind both descriptors (id in files)",
		  same_id(lab, fd, fd));
	lab_holds(lab, "  and by kcmp", lab_same(lab, KCMP_FILE, fd, fd));
	holds_both(lab, fd);
	lab_holds(lab, "  and two tables of descriptors (kcmp)",
		  !lab_same(lab, KCMP_FILES, 0, 0));
	lab_is_number(lab, "child reads 7 bytes: place of the last",
		      read_on(lab, CHILD, fd, FIRST), FIRST - 1);
	is_at(lab, "the parent's offset (files)", PARENT, fd, FIRST);
	lab_is_number(lab, "parent reads 12 bytes: they begin there, place of the last",
		      read_on(lab, PARENT, fd, SECOND), FIRST + SECOND - 1);
	is_at(lab, "the child's offset (files)", CHILD, fd, FIRST + SECOND);
	again = (int)lab_act(lab, CHILD, ORDER_REOPEN, fd);
	lab_holds(lab, "child opens the same file again: another description (id)",
		  !same_id(lab, fd, again));
	lab_holds(lab, "  and by kcmp", !lab_same(lab, KCMP_FILE, fd, again));
	lab_is_number(lab, "child reads 10 bytes of that: place of the last",
		      read_on(lab, CHILD, again, THIRD), THIRD - 1);
	is_at(lab, "the parent's offset (files)", PARENT, fd, FIRST + SECOND);
}

const struct experiment exp_offset = {
	.name = "offset",
	.title = "descriptors are copied, the offset is one",
	.book = "a copied descriptor refers to the same open file description, and the\n"
		"  offset is in there: what the child reads the parent does not read again.",
	.run = run_offset,
};
