// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring of clone events, written in probes, read one event at a time.
 */
#include <linux/cgroup.h>
#include <linux/vmalloc.h>

#include "clonelog.h"

/* Protects everything below; a leaf, taken from probes, held for one event. */
static DEFINE_RAW_SPINLOCK(log_lock);
static struct cws_clone_event *log_ring;
static unsigned int log_max;
static u64 log_next;	/* events ever added; the slot is this modulo log_max */

/**
 * cws_clonelog_init() - make the ring
 * @max: events it keeps
 *
 * Return: 0 or -ENOMEM.
 */
int cws_clonelog_init(unsigned int max)
{
	log_max = max;
	log_next = 0;
	log_ring = vzalloc(array_size(max, sizeof(*log_ring)));
	return log_ring ? 0 : -ENOMEM;
}

/**
 * cws_clonelog_exit() - free the ring and what it refers to
 *
 * Context: no hook is attached, no file is open.
 */
void cws_clonelog_exit(void)
{
	unsigned int i;

	for (i = 0; i < log_max; i++)
		cws_clonelog_release(&log_ring[i]);
	vfree(log_ring);
}

/**
 * cws_clonelog_release() - drop an event's references
 * @event: copied out by cws_clonelog_read(), or pushed out of the ring
 *
 * Context: any.
 */
void cws_clonelog_release(struct cws_clone_event *event)
{
	put_pid(event->parent);
	put_pid(event->child);
	if (event->cgroup)
		cgroup_put(event->cgroup);
}

/**
 * cws_clonelog_add() - enter an event
 * @event: its references pass to the ring
 *
 * Context: probes.
 */
void cws_clonelog_add(struct cws_clone_event *event)
{
	struct cws_clone_event *slot, old;

	raw_spin_lock(&log_lock);
	slot = &log_ring[log_next++ % log_max];
	old = *slot;
	*slot = *event;
	raw_spin_unlock(&log_lock);
	cws_clonelog_release(&old);
}

/**
 * cws_clonelog_read() - the next event from a place on
 * @nr: event number wanted; moved on to the oldest one there is when it has
 *	been pushed out
 * @end: where to stop
 * @event: a copy with references of its own, for cws_clonelog_release()
 *
 * Context: process context.
 * Return: false at @end or past the newest event.
 */
bool cws_clonelog_read(u64 *nr, u64 end, struct cws_clone_event *event)
{
	bool found;

	raw_spin_lock(&log_lock);
	if (log_next > log_max && *nr < log_next - log_max)
		*nr = log_next - log_max;
	found = *nr < min(log_next, end);
	if (found) {
		*event = log_ring[*nr % log_max];
		get_pid(event->parent);
		get_pid(event->child);
		if (event->cgroup)
			cgroup_get(event->cgroup);
	}
	raw_spin_unlock(&log_lock);
	return found;
}

/**
 * cws_clonelog_stats() - numbers for status
 * @stats: filled in
 */
void cws_clonelog_stats(struct cws_clonelog_stats *stats)
{
	u64 added;

	raw_spin_lock(&log_lock);
	added = log_next;
	raw_spin_unlock(&log_lock);
	stats->clones = min_t(u64, added, log_max);
	stats->clones_max = log_max;
	stats->clones_dropped = added - stats->clones;
	stats->bytes = array_size(log_max, sizeof(*log_ring));
}
