// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two tables of descriptors, read one after the other: the addresses of the open
 * file descriptions are sorted, compared, and never followed.
 */
#include <linux/bsearch.h>
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/sched/task.h>
#include <linux/sort.h>

#include "by_address.h"
#include "common_files.h"
#include "resources.h"

#define FILES_MAX	65536

struct list {
	u32 nr;
	u32 room;
	const void **file;
};

static int note_file(const void *data, struct file *file, unsigned int fd)
{
	struct list *list = (struct list *)data;

	if (list->nr < list->room)
		list->file[list->nr] = file;
	return ++list->nr > FILES_MAX;
}

/* One pass for their number, one for themselves; sleeps for memory between them. */
static bool list_files(struct list *list, struct task_struct *task)
{
	int try;

	for (try = 0; try < 4; try++) {
		list->nr = 0;
		task_lock(task);
		if (task->files)
			iterate_fd(task->files, 0, note_file, list);
		task_unlock(task);
		if (list->nr > FILES_MAX)
			return false;
		if (list->nr <= list->room)
			return true;
		kvfree(list->file);
		list->room = list->nr + list->nr / 8 + 16;
		list->file = kvmalloc_array(list->room, sizeof(*list->file), GFP_KERNEL);
		if (!list->file)
			return false;
	}
	return false;
}

static u32 count_common(struct list *one, struct list *other)
{
	u32 i, nr = 0;

	sort(one->file, one->nr, sizeof(*one->file), cws_by_address, NULL);
	sort(other->file, other->nr, sizeof(*other->file), cws_by_address, NULL);
	for (i = 0; i < one->nr; i++) {
		if (i && one->file[i] == one->file[i - 1])
			continue;	/* a duplicate of the descriptor before */
		nr += !!bsearch(&one->file[i], other->file, other->nr,
				sizeof(*other->file), cws_by_address);
	}
	return nr;
}

/**
 * cws_common_files() - open file descriptions that both have
 * @task: referenced by the caller
 * @with: likewise
 *
 * Context: process context, may sleep.
 * Return: how many, each once; CWS_COUNT_UNKNOWN one has more than 65,536
 * descriptors, or no memory.
 */
u32 cws_common_files(struct task_struct *task, struct task_struct *with)
{
	struct list one = {}, other = {};
	u32 nr = CWS_COUNT_UNKNOWN;

	if (list_files(&one, task) && list_files(&other, with))
		nr = count_common(&one, &other);
	kvfree(one.file);
	kvfree(other.file);
	return nr;
}
