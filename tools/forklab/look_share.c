// SPDX-License-Identifier: GPL-2.0-only
/* What the module says of shared resources, for one experiment; see lab.h. */
#include <errno.h>
#include <stdio.h>

#include "lab.h"

static void missing(struct lab *lab, const char *view, const char *row)
{
	if (!lab->broken)
		lab->broken = err_set(&lab->err, -ENOENT, "%s: no row %s", view, row);
}

const struct birth_row *lab_birth(struct lab *lab, enum role who, const char *resource)
{
	static const struct birth_row nothing = {
		.asked = "-", .at_birth = "-", .now = "-", .id = "-", .runs = "-",
	};
	const struct birth_row *row = NULL;

	if (lab->broken)
		return &nothing;
	birth_free(&lab->birth);
	lab->broken = fetch_birth(lab->src, lab->pid[who], &lab->birth, &lab->err);
	if (!lab->broken)
		row = birth_find(&lab->birth, resource);
	if (row)
		return row;
	missing(lab, "birth", resource);
	return &nothing;
}

void lab_born(struct lab *lab, const char *what, const char *resource, const char *words)
{
	const struct birth_row *row = lab_birth(lab, CHILD, resource);
	char said[64];

	snprintf(said, sizeof(said), "%s %s %s", row->asked, row->at_birth, row->now);
	lab_is_text(lab, what, said, words);
}

const struct shared *lab_sharing(struct lab *lab, enum role who, enum kind kind)
{
	static const struct shared nothing = { .id = "-", .members = "-", .mark = "-" };
	const struct shared *row = NULL;

	if (lab->broken)
		return &nothing;
	sharing_free(&lab->sharing);
	lab->broken = fetch_sharing(lab->src, lab->pid[who], &lab->sharing, &lab->err);
	if (!lab->broken)
		row = sharing_of_kind(&lab->sharing, kind);
	if (row)
		return row;
	missing(lab, "sharing", kind_words[kind].name);
	return &nothing;
}

static const struct open_file *find_file(struct lab *lab, enum role who, int fd)
{
	size_t i;

	if (lab->broken)
		return NULL;
	files_free(&lab->files);
	lab->broken = fetch_files(lab->src, lab->pid[who], &lab->files, &lab->err);
	for (i = 0; !lab->broken && i < lab->files.n; i++)
		if (value_is(&lab->files.row[i].fd, fd))
			return &lab->files.row[i];
	return NULL;
}

bool lab_has_file(struct lab *lab, enum role who, int fd)
{
	return find_file(lab, who, fd);
}

const struct open_file *lab_file(struct lab *lab, enum role who, int fd)
{
	static const struct open_file nothing = { .id = "-", .offset = "-", .holders = "-" };
	const struct open_file *file = find_file(lab, who, fd);
	char text[16];

	if (file)
		return file;
	snprintf(text, sizeof(text), "%d", fd);
	missing(lab, "files", text);
	return &nothing;
}
