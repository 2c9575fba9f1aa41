// SPDX-License-Identifier: GPL-2.0-only
/* clonesnoop: the calls that the module still remembers, from its table clones. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clonesnoop.h"
#include "cowscope_abi.h"
#include "grid.h"

struct row {
	struct value time_ns, parent, child, duration_ns, pages, pgtable_bytes, vmas, threads;
	struct value exec_ns, exec_copied_pages;
	const char *syscall, *shape, *flags, *exit_signal, *result, *comm, *error;
};

#define VALUE(name)	{ #name, offsetof(struct row, name), FIELD_VALUE }
#define TEXT(name)	{ #name, offsetof(struct row, name), FIELD_TEXT }

static const struct field_map map[] = {
	VALUE(time_ns), VALUE(parent), VALUE(child), VALUE(duration_ns), VALUE(pages),
	VALUE(pgtable_bytes), VALUE(vmas), VALUE(threads), VALUE(exec_ns),
	VALUE(exec_copied_pages), TEXT(syscall), TEXT(shape), TEXT(flags), TEXT(exit_signal),
	TEXT(result), TEXT(comm), { "errno", offsetof(struct row, error), FIELD_TEXT },
};

static int shape_of(const char *name)
{
#define NAME(id, name)	name,
	static const char *const names[] = { COWSCOPE_SHAPES(NAME) };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static bool tell(const struct row *row, const struct snoop_sink *sink)
{
	struct snoop_call call = {
		.time_ns = row->time_ns.n, .duration_ns = row->duration_ns.n,
		.pages = row->pages.n, .pgtable_bytes = row->pgtable_bytes.n,
		.vmas = row->vmas.n, .threads = row->threads.n,
		.parent = row->parent.n, .child = row->child.n,
		.failed = !strcmp(row->result, "failed"),
		.kernel = !strcmp(row->syscall, "kernel"), .saved = true,
		.timed = value_known(&row->duration_ns),
		.shape = shape_of(row->shape), .shape_name = row->shape,
		.syscall = row->syscall,
	};
	struct snoop_exec exec = {
		.process = call.child, .after_ns = row->exec_ns.n,
		.copied_pages = value_known(&row->exec_copied_pages) ?
				(int64_t)row->exec_copied_pages.n : -1,
	};

	snprintf(call.error, sizeof(call.error), "%s", row->error);
	snprintf(call.exit_signal, sizeof(call.exit_signal), "%s", row->exit_signal);
	snprintf(call.comm, sizeof(call.comm), "%s", row->comm);
	snprintf(call.flags, sizeof(call.flags), "%s", row->flags);
	if (!sink->call(&call, sink->data))
		return false;
	if (value_known(&row->exec_ns))
		sink->exec(&exec, sink->data);
	return true;
}

int snoop_saved(const struct source *src, const struct snoop_sink *sink, struct err *e)
{
	size_t len, n, i;
	void *rows;
	char *text;
	int ret;

	ret = source_read(src, "clones", &text, &len, e);
	if (ret)
		return ret;
	ret = grid_rows("clones", text, len, map, sizeof(map) / sizeof(*map),
			sizeof(struct row), &rows, &n, e);
	for (i = 0; !ret && i < n; i++)
		if (!tell((struct row *)rows + i, sink))
			break;
	if (!ret)
		free(rows);
	free(text);
	return ret;
}
