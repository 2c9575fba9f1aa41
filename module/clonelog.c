// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring of clone events, written in probes, read one event at a time. What follows
 * later, an exec, is entered into the event of the child by a hash of the children.
 */
#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/vmalloc.h>

#include "clonelog.h"
#include "trace.h"

struct log_slot {
	struct hlist_node node;	/* in its child's bucket, unless a thread's or failed */
	struct cws_clone_event event;
};

/* Protects everything below; a leaf, taken from probes, held for one event. */
static DEFINE_RAW_SPINLOCK(log_lock);
static struct log_slot *log_ring;
static struct hlist_head *log_children;	/* as many buckets as slots, or more */
static unsigned int log_bits;
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
	log_bits = order_base_2(max);
	log_ring = vzalloc(array_size(max, sizeof(*log_ring)));
	if (!log_ring)
		return -ENOMEM;
	log_children = vzalloc(sizeof(*log_children) << log_bits);
	if (log_children)
		return 0;
	vfree(log_ring);
	return -ENOMEM;
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
		cws_clonelog_release(&log_ring[i].event);
	vfree(log_children);
	vfree(log_ring);
}

static void references_drop(struct pid *parent, struct pid *child, struct cgroup *cgroup)
{
	put_pid(parent);
	put_pid(child);
	if (cgroup)
		cgroup_put(cgroup);
}

/**
 * cws_clonelog_release() - drop an event's references
 * @event: copied out by cws_clonelog_read(), or left in the ring
 *
 * Context: any.
 */
void cws_clonelog_release(struct cws_clone_event *event)
{
	references_drop(event->parent, event->child, event->cgroup);
}

static struct hlist_head *bucket_of(const struct pid *child)
{
	return &log_children[hash_ptr(child, log_bits)];
}

/**
 * cws_clonelog_add() - enter an event
 * @event: its references pass to the ring
 *
 * Context: probes.
 */
void cws_clonelog_add(struct cws_clone_event *event)
{
	struct pid *parent, *child;
	struct cgroup *cgroup;
	struct log_slot *slot;

	trace_clone(event);
	raw_spin_lock(&log_lock);
	slot = &log_ring[log_next++ % log_max];
	if (!hlist_unhashed(&slot->node))
		hlist_del_init(&slot->node);
	parent = slot->event.parent;
	child = slot->event.child;
	cgroup = slot->event.cgroup;
	slot->event = *event;
	if (event->child && event->shape != CWS_SHAPE_THREAD)
		hlist_add_head(&slot->node, bucket_of(event->child));
	raw_spin_unlock(&log_lock);
	references_drop(parent, child, cgroup);
}

/*
 * The event of a process that has not done an exec since. A bucket holds one on
 * average; its address does not serve another process while the ring refers to it.
 */
static struct cws_clone_event *born_locked(const struct pid *child)
{
	struct log_slot *slot;

	lockdep_assert_held(&log_lock);
	hlist_for_each_entry(slot, bucket_of(child), node)
		if (slot->event.child == child)
			return slot->event.exec_ns ? NULL : &slot->event;
	return NULL;
}

/**
 * cws_clonelog_exec_copied() - how many pages were copied for a child up to its exec
 * @child: its thread group
 * @pages: so far; told again when more is known
 *
 * Context: probes.
 */
void cws_clonelog_exec_copied(struct pid *child, u64 pages)
{
	struct cws_clone_event *event;

	raw_spin_lock(&log_lock);
	event = born_locked(child);
	if (event) {
		event->exec_copied_pages = pages;
		event->copied_known = true;
	}
	raw_spin_unlock(&log_lock);
}

/**
 * cws_clonelog_execed() - a child has done an exec
 * @child: its thread group
 * @now_ns: when
 * @told: filled in
 *
 * Context: probes.
 */
void cws_clonelog_execed(struct pid *child, u64 now_ns, struct cws_exec_told *told)
{
	struct cws_clone_event *event;

	*told = (struct cws_exec_told){ -1, -1 };
	raw_spin_lock(&log_lock);
	event = born_locked(child);
	if (event) {
		event->exec_ns = max(now_ns - event->time_ns - event->duration_ns, 1ULL);
		told->since_birth_ns = event->exec_ns;
		if (event->copied_known)
			told->copied_pages = event->exec_copied_pages;
	}
	raw_spin_unlock(&log_lock);
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
		*event = log_ring[*nr % log_max].event;
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
	stats->bytes = array_size(log_max, sizeof(*log_ring)) +
		       (sizeof(*log_children) << log_bits);
}
