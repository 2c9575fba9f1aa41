// SPDX-License-Identifier: GPL-2.0-only
/*
 * sharing: the objects that tasks share, of all tasks as a file, of one process as
 * a view. Read from one look at everybody, taken when reading begins.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "share.h"
#include "view.h"
#include "view_reader.h"

#define KIND_WORD(id, name, flag, help)	[CWS_KIND_##id] = #name,
static const char *const kind_word[] = { COWSCOPE_KINDS(KIND_WORD) };

static void put_members(struct seq_file *m, const struct cws_share_object *object)
{
	u32 i;

	for (i = 0; i < object->members; i++) {
		seq_put_decimal_ull(m, i ? "," : "", object->member[i].nr);
		seq_put_decimal_ull(m, "(", object->member[i].tasks);
		seq_putc(m, ')');
	}
	if (object->members < object->processes)
		seq_printf(m, "%s+%u", i ? "," : "", object->processes - object->members);
}

static void put_object(struct seq_file *m, enum cws_kind kind,
		       const struct cws_share_object *object)
{
	seq_puts(m, kind_word[kind]);
	if (cws_kind_hashed(kind))
		seq_printf(m, " %016llx", object->id);
	else if (object->id)
		seq_put_decimal_ull(m, " ", object->id);
	else
		seq_puts(m, " -");
	seq_put_decimal_ull(m, " ", object->tasks);
	seq_put_decimal_ull(m, " ", object->processes);
	seq_putc(m, ' ');
	put_members(m, object);
	seq_printf(m, " %s%s%s\n", object->across ? COWSCOPE_MARK_ACROSS : "",
		   object->across && object->kthreads ? "|" : "",
		   object->kthreads ? COWSCOPE_MARK_KTHREADS : object->across ? "" : "-");
}

/* The file. */

struct table {
	struct cws_share *share;
	enum cws_kind kind;	/* of the row that seq_file is at */
};

/* Where seq_file is: the header, then the objects. */
static void *table_at(struct table *table, loff_t pos)
{
	if (!pos)
		return SEQ_START_TOKEN;
	if (!table->share)
		return NULL;
	return (void *)cws_share_at(table->share, pos - 1, &table->kind);
}

static void *table_start(struct seq_file *m, loff_t *pos)
{
	struct table *table = m->private;

	if (!*pos) {
		cws_share_free(table->share);
		table->share = cws_share_take(0);
		if (!table->share)
			return ERR_PTR(-ENOMEM);
	}
	return table_at(table, *pos);
}

static void *table_next(struct seq_file *m, void *v, loff_t *pos)
{
	return table_at(m->private, ++*pos);
}

static void table_stop(struct seq_file *m, void *v)
{
}

static int table_show(struct seq_file *m, void *v)
{
	const struct table *table = m->private;

	if (v == SEQ_START_TOKEN)
		seq_puts(m, COWSCOPE_HEADER_SHARING "\n");
	else
		put_object(m, table->kind, v);
	return 0;
}

static void table_release(void *private)
{
	struct table *table = private;

	cws_share_free(table->share);
}

static const struct seq_operations table_seq = {
	.start = table_start,
	.next = table_next,
	.stop = table_stop,
	.show = table_show,
};

const struct cws_view cws_view_sharing = {
	.table = &table_seq,
	.private_size = sizeof(struct table),
	.release = table_release,
};

/* The view of a process. */

/**
 * struct resources - one reading of the view
 * @share: what it uses; NULL it has ended
 * @at: the part that is to be printed: 0 the header, then the objects
 * @begun: the header was stepped to
 */
struct resources {
	struct cws_share *share;
	u64 at;
	bool begun;
};

static bool lives(struct pid *pid)
{
	bool lives;

	rcu_read_lock();
	lives = pid && pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	return lives;
}

static void *resources_begin(struct pid *pid)
{
	struct resources *resources = kzalloc(sizeof(*resources), GFP_KERNEL);

	if (!resources)
		return ERR_PTR(-ENOMEM);
	if (!lives(pid))
		return resources;
	resources->share = cws_share_take(pid_nr(pid));
	if (resources->share)
		return resources;
	kfree(resources);
	return ERR_PTR(-ENOMEM);
}

static int resources_step(void *state)
{
	struct resources *resources = state;
	enum cws_kind kind;

	if (!resources->begun) {
		resources->begun = true;
		return 1;
	}
	return resources->share && cws_share_at(resources->share, resources->at++, &kind);
}

static void resources_print(struct seq_file *m, void *state)
{
	const struct resources *resources = state;
	const struct cws_share_object *object;
	enum cws_kind kind;

	if (!resources->at) {
		seq_puts(m, resources->share ? COWSCOPE_HEADER_SHARING "\n" : COWSCOPE_GONE "\n");
		return;
	}
	object = cws_share_at(resources->share, resources->at - 1, &kind);
	put_object(m, kind, object);
}

static void resources_end(void *state)
{
	struct resources *resources = state;

	cws_share_free(resources->share);
	kfree(resources);
}

const struct cws_process_view cws_process_view_sharing = {
	.begin_process = resources_begin,
	.step = resources_step,
	.print = resources_print,
	.end = resources_end,
};
