// SPDX-License-Identifier: GPL-2.0-only
/*
 * What new memory is measured against: the limits of the cgroups above a
 * process, and the memory of the machine.
 */
#include <linux/memcontrol.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/page_counter.h>

#include "headroom.h"

/* Usage and limits are read racily: they move while one looks. */
static void below_limits(const struct page_counter *counter, struct cws_headroom *room)
{
	unsigned long max, used;

	for (; counter; counter = counter->parent) {
		max = READ_ONCE(counter->max);
		if (max >= PAGE_COUNTER_MAX)
			continue;
		used = page_counter_read((struct page_counter *)counter);
		room->max_pages = min_t(u64, room->max_pages, max > used ? max - used : 0);
		room->limited = true;
	}
}

/**
 * cws_headroom() - how much memory there is for an address space
 * @mm: its struct is referenced
 * @room: filled in
 *
 * Context: process context.
 */
void cws_headroom(struct mm_struct *mm, struct cws_headroom *room)
{
	room->limited = false;
	room->max_pages = U64_MAX;
	room->available_pages = max(si_mem_available(), 0L);
#ifdef CONFIG_MEMCG
	if (mem_cgroup_disabled())
		return;
	rcu_read_lock();
	{
		struct task_struct *owner = rcu_dereference(mm->owner);
		struct mem_cgroup *memcg = owner ? mem_cgroup_from_task(owner) : NULL;

		if (memcg)
			below_limits(&memcg->memory, room);
	}
	rcu_read_unlock();
#endif
}
