// SPDX-License-Identifier: GPL-2.0-only
/* All objects that are shared; or all that one process uses, and with whom. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_views.h"
#include "lsshare.h"

struct object {
	struct shared shared;
	const char *flag, *about;
	const char *comm;	/* of the oldest member */
	const char *with;	/* members but for the process asked for */
	const char *is_shared;
};

static const struct column object_columns[] = {
	LSSHARE_TEXT(object, shared.kind, "kind", "what is shared"),
	LSSHARE_TEXT(object, shared.id, "id", "which; of namespaces and cgroups the inode number"),
	LSSHARE_VALUE(object, shared.tasks, "tasks", "tasks that use it"),
	LSSHARE_VALUE(object, shared.processes, "processes", "processes that these belong to"),
	LSSHARE_TEXT(object, shared.mark, "mark", "what is unusual"),
	LSSHARE_TEXT(object, comm, "comm", "command of the oldest process"),
	LSSHARE_TEXT(object, shared.members, "members", "PID(TASKS) of each; +N: N more"),
	LSSHARE_TEXT(object, flag, "flag", "flag of clone that shares it, or makes it new"),
	LSSHARE_TEXT(object, about, "about", "the kind in words"),
};

static const struct column process_columns[] = {
	LSSHARE_TEXT(object, shared.kind, "kind", "resource"),
	LSSHARE_TEXT(object, is_shared, "shared",
		     "yes: by another process; threads: by several of its own; no"),
	LSSHARE_VALUE(object, shared.tasks, "tasks", "tasks that use it"),
	LSSHARE_VALUE(object, shared.processes, "processes", "processes that these belong to"),
	LSSHARE_TEXT(object, shared.mark, "mark", "what is unusual"),
	LSSHARE_TEXT(object, with, "with", "the others, as PID(TASKS); +N: N more"),
	LSSHARE_TEXT(object, shared.id, "id", "which; of namespaces and cgroups the inode number"),
	LSSHARE_TEXT(object, shared.members, "members", "all, as PID(TASKS); +N: N more"),
	LSSHARE_TEXT(object, flag, "flag", "flag of clone that shares it, or makes it new"),
	LSSHARE_TEXT(object, about, "about", "the kind in words"),
};

static const struct column_set objects = LSSHARE_SET(object_columns);
static const struct column_set resources = LSSHARE_SET(process_columns);

static const char *shared_word(const struct shared *s)
{
	if (!value_is(&s->processes, 1))
		return "yes";
	return value_is(&s->tasks, 1) ? "no" : "threads";
}

/* Rows with what the tool knows beside them; "with" is on the heap if @pid is given. */
static struct object *make_rows(const struct sharing *s, uint64_t pid)
{
	struct object *rows = calloc(s->n + 1, sizeof(*rows)), *row;
	enum kind kind;
	char *with;
	size_t i;

	for (i = 0; rows && i < s->n; i++) {
		row = &rows[i];
		row->shared = s->row[i];
		row->is_shared = shared_word(&row->shared);
		kind = kind_find(row->shared.kind);
		if (kind < KIND_COUNT) {
			row->flag = kind_words[kind].flag;
			row->about = kind_words[kind].help;
		}
		if (!pid)
			continue;
		with = malloc(strlen(row->shared.members) + 2);
		if (with)
			members_without(row->shared.members, pid, with);
		row->with = with;
	}
	return rows;
}

static void free_rows(struct object *rows, size_t n)
{
	size_t i;

	for (i = 0; rows && i < n; i++)
		free((char *)rows[i].with);
	free(rows);
}

static void name_rows(struct object *rows, size_t n, const struct lsshare_who *who)
{
	size_t i, at;

	for (i = 0; i < n; i++) {
		at = lsshare_find_who(who, members_first(rows[i].shared.members));
		if (at < who->n)
			rows[i].comm = who->rec[at].comm;
	}
}

/*
 * What the threads of a process share is told by one row, its thread group. Newer
 * kinds are kept.
 */
static size_t keep_glance(struct shared *row, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (!value_is(&row[i].processes, 1) ||
		    kind_find(row[i].kind) == KIND_SIGNAL ||
		    kind_find(row[i].kind) == KIND_COUNT)
			row[kept++] = row[i];
	return kept;
}

static int run_objects(const struct lsshare_options *o, const struct source *src, struct err *e)
{
	struct lsshare_who who;
	struct sharing sharing;
	struct object *rows;
	char *text;
	size_t len;
	int ret;

	ret = source_read(src, "sharing", &text, &len, e);
	if (ret)
		return ret;
	ret = parse_sharing(text, len, &sharing, e);
	if (ret)
		return ret;
	ret = lsshare_read_who(src, &who, e);
	if (ret) {
		sharing_free(&sharing);
		return ret;
	}
	if (!o->all)
		sharing.n = keep_glance(sharing.row, sharing.n);
	rows = make_rows(&sharing, 0);
	if (rows) {
		name_rows(rows, sharing.n, &who);
		ret = lsshare_print(o, "sharing", rows, sharing.n, sizeof(*rows), NULL, e);
	} else {
		ret = err_sys(e, -ENOMEM, "sharing");
	}
	free_rows(rows, sharing.n);
	lsshare_free_who(&who);
	sharing_free(&sharing);
	return ret;
}

static int run_process(const struct lsshare_options *o, const struct source *src, struct err *e)
{
	struct sharing sharing;
	struct object *rows;
	int ret = fetch_sharing(src, o->pid[0], &sharing, e);

	if (ret)
		return ret;
	rows = make_rows(&sharing, o->pid[0]);
	if (rows)
		ret = lsshare_print(o, "resources", rows, sharing.n, sizeof(*rows), NULL, e);
	else
		ret = err_sys(e, -ENOMEM, "sharing");
	free_rows(rows, sharing.n);
	sharing_free(&sharing);
	return ret;
}

const struct lsshare_mode lsshare_objects = {
	.set = &objects,
	.preset = "kind,tasks,processes,mark,comm,members",
	.preset_script = "kind,id,tasks,processes,mark,comm,members",
	.run = run_objects,
};

const struct lsshare_mode lsshare_process = {
	.set = &resources,
	.preset = "kind,shared,tasks,processes,mark,with",
	.preset_script = "kind,id,shared,tasks,processes,mark,with",
	.pids_min = 1, .pids_max = 1,
	.run = run_process,
};
