// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors are collected as pointers, then every table of the machine is gone
 * through for the same pointers. No file is kept: while its descriptor stands in a
 * table, and the table is locked, it is alive. A file that was closed and one opened
 * at the same place meanwhile are told apart by the reader, who finds the
 * descriptor changed when he looks again.
 *
 * Locks: task_lock keeps a task's table, the table's own lock keeps what is in it.
 */
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "descriptors.h"

#define SLOT_BITS	(ilog2(CWS_FDS) + 1)
/* Files looked at before a table's lock is let go for a moment. */
#define LOOK_MAX	4096
/* Processes that may appear between counting and listing. */
#define TABLES_SLACK	256
#define TABLES_TRIES	4
/* Tables of a process that a thread's is compared with before it counts as another. */
#define TABLES_BACK	16

/* Tables of all processes, each once; the tasks are referenced. */
struct tables {
	u32 nr;
	struct table {
		struct task_struct *task;
		const struct files_struct *files;	/* compared */
		pid_t nr;
	} table[];
};

static int with_table(struct task_struct *task, u32 from,
		      int (*look)(const void *data, struct file *file, unsigned int fd),
		      const void *data)
{
	int ret;

	task_lock(task);
	ret = iterate_fd(task->files, from, look, data);
	task_unlock(task);
	return ret;
}

static void tables_free(struct tables *tables)
{
	u32 i;

	for (i = 0; tables && i < tables->nr; i++)
		put_task_struct(tables->table[i].task);
	kvfree(tables);
}

/* The process's own first, then those of threads that have another one. */
static bool tables_add(struct tables *tables, u32 room, struct task_struct *process)
{
	struct pid_namespace *reader = task_active_pid_ns(current);
	u32 first = tables->nr, i;
	struct files_struct *files;
	struct task_struct *task;

	for_each_thread(process, task) {
		files = READ_ONCE(task->files);
		if (!files || task->flags & PF_KTHREAD)
			continue;
		for (i = tables->nr; i > first && i + TABLES_BACK > tables->nr; i--)
			if (tables->table[i - 1].files == files)
				goto next;
		if (tables->nr == room)
			return false;
		tables->table[tables->nr] = (struct table){
			.task = get_task_struct(task), .files = files,
			.nr = tables->nr == first ? task_tgid_nr_ns(task, reader) :
						    task_pid_nr_ns(task, reader),
		};
		tables->nr++;
next:;
	}
	return true;
}

static bool tables_fill(struct tables *tables, u32 room)
{
	struct task_struct *process;
	bool all = true;

	rcu_read_lock();
	for_each_process(process) {
		all = tables_add(tables, room, process);
		if (!all)
			break;
	}
	rcu_read_unlock();
	return all;
}

static struct tables *tables_take(void)
{
	struct task_struct *process;
	struct tables *tables;
	u32 try, room = 0;

	rcu_read_lock();
	for_each_process(process)
		room++;
	rcu_read_unlock();
	for (try = 0; try < TABLES_TRIES; try++) {
		room = 2 * room + TABLES_SLACK;
		tables = kvzalloc(struct_size(tables, table, room), GFP_KERNEL);
		if (!tables || tables_fill(tables, room))
			return tables;
		tables_free(tables);
	}
	return NULL;
}

/* The slot of a file: its own, or the free one where it would go. */
static u16 *slot_of(struct cws_descriptors *d, const struct file *file)
{
	u32 at = hash_ptr(file, SLOT_BITS);

	while (d->slot[at] && d->held[d->slot[at] - 1].file != file)
		at = (at + 1) & (ARRAY_SIZE(d->slot) - 1);
	return &d->slot[at];
}

static int collect(const void *data, struct file *file, unsigned int fd)
{
	struct cws_descriptors *d = (struct cws_descriptors *)data;
	u16 *slot;

	if (d->fds == CWS_FDS) {
		d->next = fd;
		return 1;
	}
	slot = slot_of(d, file);
	if (!*slot) {
		d->held[d->files] = (struct cws_held){ .file = file };
		*slot = ++d->files;
	}
	d->fd[d->fds++] = (struct cws_fd){ .fd = fd, .held = *slot - 1 };
	return 0;
}

/* One table being searched. */
struct search {
	struct cws_descriptors *d;
	pid_t nr;
	u32 looked;
	u32 next;
};

static int search_one(const void *data, struct file *file, unsigned int fd)
{
	struct search *search = (struct search *)data;
	u16 slot = *slot_of(search->d, file);
	struct cws_held *held;

	if (slot) {
		held = &search->d->held[slot - 1];
		held->holders++;
		if (search->nr && held->listed < ARRAY_SIZE(held->holder))
			held->holder[held->listed++] = (struct cws_holder){ search->nr, fd };
	}
	search->next = fd + 1;
	return ++search->looked == LOOK_MAX;
}

static int search_all(struct cws_descriptors *d)
{
	struct tables *tables = tables_take();
	struct search search = { .d = d };
	u32 i;

	if (!tables)
		return -ENOMEM;
	for (i = 0; i < tables->nr; i++) {
		search.nr = tables->table[i].nr;
		search.next = 0;
		do {
			search.looked = 0;
			cond_resched();
		} while (with_table(tables->table[i].task, search.next, search_one, &search));
	}
	tables_free(tables);
	return 0;
}

/* A task of the process that has a table, referenced. */
static struct task_struct *table_owner(struct pid *pid)
{
	struct task_struct *process, *task, *found = NULL;

	rcu_read_lock();
	process = pid_task(pid, PIDTYPE_TGID);
	if (process)
		for_each_thread(process, task)
			if (READ_ONCE(task->files)) {
				found = get_task_struct(task);
				break;
			}
	rcu_read_unlock();
	return found;
}

/**
 * cws_descriptors_open() - begin with the descriptors of a process
 * @pid: its thread group
 *
 * Context: process context, may sleep.
 * Return: for cws_descriptors_close(), NULL it has ended, or -ENOMEM.
 */
struct cws_descriptors *cws_descriptors_open(struct pid *pid)
{
	struct task_struct *task = table_owner(pid);
	struct cws_descriptors *d;

	if (!task)
		return NULL;
	d = kvmalloc(sizeof(*d), GFP_KERNEL);
	if (!d) {
		put_task_struct(task);
		return ERR_PTR(-ENOMEM);
	}
	d->task = task;
	d->nr = pid_vnr(pid);
	d->next = 0;
	d->more = true;
	d->fds = 0;
	return d;
}

/**
 * cws_descriptors_next() - collect the next part and search for its holders
 * @d: opened
 *
 * Context: process context, may sleep.
 * Return: 1 there is one, 0 there is none, -ENOMEM.
 */
int cws_descriptors_next(struct cws_descriptors *d)
{
	if (!d->more)
		return 0;
	d->fds = 0;
	d->files = 0;
	memset(d->slot, 0, sizeof(d->slot));
	d->more = with_table(d->task, d->next, collect, d);
	if (!d->fds)
		return 0;
	return search_all(d) ?: 1;
}

/**
 * cws_descriptors_look() - look at the files of a part, with the table locked
 * @d: at a part
 * @from: first descriptor
 * @look: called for one after the other until it returns anything but 0; what is
 *	open now, which need not be what was collected. It must not sleep
 * @data: for @look
 */
void cws_descriptors_look(const struct cws_descriptors *d, u32 from,
			  int (*look)(const void *data, struct file *file, unsigned int fd),
			  const void *data)
{
	with_table(d->task, from, look, data);
}

/**
 * cws_descriptors_close() - the end
 * @d: opened, or NULL
 */
void cws_descriptors_close(struct cws_descriptors *d)
{
	if (!d)
		return;
	put_task_struct(d->task);
	kvfree(d);
}
