// SPDX-License-Identifier: GPL-2.0-only
/*
 * clones: one row per fork, vfork, clone or clone3.
 */
#include <linux/err.h>
#include <linux/kernel.h>

#include "cloneflags.h"
#include "clonelog.h"
#include "compat.h"
#include "view.h"

/* The event the reader is at, with references until it moves on. */
struct place {
	u64 nr;
	u64 end;	/* what came after reading began is not chased */
	struct cws_clone_event event;
	bool held;
};

static void place_drop(struct place *place)
{
	if (place->held)
		cws_clonelog_release(&place->event);
	place->held = false;
}

static void *place_read(struct place *place)
{
	place_drop(place);
	place->held = cws_clonelog_read(&place->nr, place->end, &place->event);
	return place->held ? place : NULL;
}

static void *clones_start(struct seq_file *m, loff_t *pos)
{
	struct place *place = m->private;

	if (*pos == 0) {
		struct cws_clonelog_stats stats;

		cws_clonelog_stats(&stats);
		place->nr = stats.clones_dropped;
		place->end = stats.clones_dropped + stats.clones;
		return SEQ_START_TOKEN;
	}
	return place_read(place);
}

static void *clones_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct place *place = m->private;

	++*pos;
	if (v != SEQ_START_TOKEN)
		place->nr++;
	return place_read(place);
}

static void clones_stop(struct seq_file *m, void *v)
{
	place_drop(m->private);
}

#define SYSCALL_NAME(id, name)	[CWS_SYS_##id] = name,
static const char *const syscall_name[] = { COWSCOPE_SYSCALLS(SYSCALL_NAME) };
#define SHAPE_NAME(id, name)	[CWS_SHAPE_##id] = name,
static const char *const shape_name[] = { COWSCOPE_SHAPES(SHAPE_NAME) };

/* By name where the kernel has names, else the number. */
static void put_error(struct seq_file *m, int error)
{
	char name[32];

	if (!error) {
		seq_puts(m, " -");
		return;
	}
	snprintf(name, sizeof(name), "%pe", ERR_PTR(-error));
	seq_printf(m, " %s", name[0] == '-' ? name + 1 : name);
}

static void put_known(struct seq_file *m, bool known, u64 number)
{
	if (known)
		seq_put_decimal_ull(m, " ", number);
	else
		seq_puts(m, " -");
}

static int clones_show(struct seq_file *m, void *v)
{
	struct place *place = v;
	const struct cws_clone_event *event;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, COWSCOPE_HEADER_CLONES "\n");
		return 0;
	}
	event = &place->event;
	seq_put_decimal_ull(m, "", event->time_ns);
	seq_putc(m, ' ');
	cws_view_put_pid(m, event->parent);
	seq_putc(m, ' ');
	cws_view_put_pid(m, event->child);
	seq_printf(m, " %s %s ", syscall_name[event->syscall], shape_name[event->shape]);
	if (event->flags_known) {
		cws_cloneflags_put(m, event->flags);
		seq_printf(m, " %d", event->exit_signal);
	} else {
		seq_puts(m, "- -");
	}
	put_known(m, event->child && event->flags_known, event->duration_ns);
	seq_put_decimal_ull(m, " ", event->pages);
	seq_put_decimal_ull(m, " ", event->pgtable_bytes);
	seq_put_decimal_ull(m, " ", event->vmas);
	seq_put_decimal_ull(m, " ", event->threads);
	seq_printf(m, " %s ", event->child ? "ok" : "failed");
	cws_view_put_cgroup(m, event->cgroup);
	seq_putc(m, ' ');
	cws_view_put_name(m, event->comm);
	put_error(m, event->error);
	put_known(m, event->exec_ns, event->exec_ns);
	put_known(m, event->exec_ns && event->copied_known, event->exec_copied_pages);
	seq_putc(m, ' ');
	cws_view_put_inner_pid(m, event->child);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations clones_table = {
	.start = clones_start,
	.next = clones_next,
	.stop = clones_stop,
	.show = clones_show,
};

const struct cws_view cws_view_clones = {
	.table = &clones_table,
	.private_size = sizeof(struct place),
};
