// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a record: how it ended, and the ring in which it stays until it is
 * pushed out.
 */
#include <linux/cgroup.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>

#include "birth.h"
#include "exited.h"
#include "latency.h"
#include "trace.h"

/*
 * Protects ring_next and the slots; a leaf, taken from probes. Readers go by
 * RCU: each slot holds a reference.
 */
static DEFINE_RAW_SPINLOCK(ring_lock);
static struct cws_record __rcu **ring;
static unsigned int ring_max;
static u64 ring_next;	/* records ever entered; the slot is this modulo ring_max */

/* The caller's reference passes to the ring. */
static void ring_enter(struct cws_record *rec)
{
	struct cws_record __rcu **slot;
	struct cws_record *old;

	raw_spin_lock(&ring_lock);
	slot = &ring[ring_next % ring_max];
	old = rcu_dereference_protected(*slot, lockdep_is_held(&ring_lock));
	rcu_assign_pointer(*slot, rec);
	WRITE_ONCE(ring_next, ring_next + 1);
	raw_spin_unlock(&ring_lock);
	if (old)
		cws_record_put(old);
}

/*
 * An embryo never came to run: its fork or exec failed. Unless a process exits in
 * it whose birth found no room for a record: that one ran, and is named late.
 */
static enum cws_end record_verdict(struct cws_record *rec, enum cws_end end)
{
	if (cws_birth_published(rec))
		return end;
	if (rec->lineage || !(current->flags & PF_EXITING))
		return CWS_END_FAILED;
	cws_birth_publish(rec, CWS_BORN_EVENT, current, NULL);
	return end;
}

/*
 * The process whose end this is: current, unless a reader held the address space for
 * longer than its process did. Then that is there until it is waited for. What never came
 * to run belongs to the one that tried. RCU held.
 */
static struct task_struct *ending_process(const struct cws_record *rec, enum cws_end end)
{
	if (!rec->lineage)
		return end == CWS_END_FAILED ? current : NULL;
	if (rec->lineage->pid == task_tgid(current))
		return current;
	return pid_task(rec->lineage->pid, PIDTYPE_TGID);
}

/* What can be told only as long as the process is there. */
static void record_last_words(struct cws_record *rec, enum cws_end end)
{
	struct task_struct *process;
	struct cgroup *cgroup;

	rcu_read_lock();
	process = ending_process(rec, end);
	if (process == current && rec->lineage && end != CWS_END_EXEC)
		cws_lineage_rename(rec->lineage, current);
	if (process) {
		cgroup = task_dfl_cgroup(process);
		if (css_tryget(&cgroup->self))
			rec->cgroup = cgroup;
	}
	rcu_read_unlock();
}

/**
 * cws_exited_retire() - an address space is being torn down
 * @mm: the key of its record; still whole
 * @end: why
 *
 * An embryo that counted nothing leaves no line.
 *
 * Context: probe of exit_mmap, preemption disabled.
 */
void cws_exited_retire(struct mm_struct *mm, enum cws_end end)
{
	struct cws_record *rec = cws_record_find(mm);

	if (!rec)
		return;
	rec->ended_ns = ktime_get_boot_fast_ns();
	end = record_verdict(rec, end);
	record_last_words(rec, end);
	cws_record_unlink(rec);
	cws_sites_end(rec, mm);
	/* Pairs with the acquire in cws_record_end(): what is told of the end first. */
	smp_store_release(&rec->end, end);
	cws_latency_end(rec);
	if (end == CWS_END_FAILED && cws_matrix_empty(&rec->matrix)) {
		cws_record_put(rec);
		return;
	}
	trace_exit(rec);
	ring_enter(rec);
}

/**
 * cws_exited_get() - a record by its place
 * @nr: counted from the first that ever entered
 *
 * Context: process context.
 * Return: it or the one that took its slot since, referenced, or NULL.
 */
struct cws_record *cws_exited_get(u64 nr)
{
	struct cws_record *rec;

	rcu_read_lock();
	rec = rcu_dereference(ring[nr % ring_max]);
	if (rec && !cws_record_get(rec))
		rec = NULL;
	rcu_read_unlock();
	return rec;
}

/* The newest that is wanted, referenced. */
static struct cws_record *find_newest(bool (*wanted)(const struct cws_record *rec, void *data),
				      void *data)
{
	struct cws_exited_stats stats;
	struct cws_record *rec;
	u64 at, first;

	cws_exited_stats(&stats);
	first = stats.exited_dropped;
	for (at = first + stats.exited; at-- > first;) {
		rec = cws_exited_get(at);
		if (!rec)
			continue;
		if (wanted(rec, data))
			return rec;
		cws_record_put(rec);
	}
	return NULL;
}

struct numbered {
	pid_t nr;
	struct pid_namespace *ns;
};

static bool is_of_process(const struct cws_record *rec, void *data)
{
	const struct numbered *numbered = data;

	return rec->end != CWS_END_FAILED && rec->lineage &&
	       pid_nr_ns(rec->lineage->pid, numbered->ns) == numbered->nr;
}

/**
 * cws_exited_find() - the newest address space of a process that is gone
 * @nr: its number
 * @ns: in this PID namespace
 *
 * Context: process context.
 * Return: the record, referenced, or NULL.
 */
struct cws_record *cws_exited_find(pid_t nr, struct pid_namespace *ns)
{
	return find_newest(is_of_process, &(struct numbered){ nr, ns });
}

static bool has_serial(const struct cws_record *rec, void *data)
{
	return rec->serial == *(u64 *)data;
}

/**
 * cws_exited_find_serial() - an address space that is gone
 * @serial: its number
 *
 * Context: process context.
 * Return: the record, referenced, or NULL.
 */
struct cws_record *cws_exited_find_serial(u64 serial)
{
	return find_newest(has_serial, &serial);
}

/**
 * cws_exited_stats() - numbers for status
 * @stats: filled in; the ring holds the places from exited_dropped on
 */
void cws_exited_stats(struct cws_exited_stats *stats)
{
	u64 entered = READ_ONCE(ring_next);

	stats->exited = min_t(u64, entered, ring_max);
	stats->exited_max = ring_max;
	stats->exited_dropped = entered - stats->exited;
	stats->bytes = sizeof(*ring) * ring_max;
}

/**
 * cws_exited_init() - make the ring
 * @max: records it keeps
 *
 * Return: 0 or -ENOMEM.
 */
int cws_exited_init(unsigned int max)
{
	ring_max = max;
	ring = vzalloc(array_size(max, sizeof(*ring)));
	return ring ? 0 : -ENOMEM;
}

/**
 * cws_exited_exit() - free the ring and put what is in it
 *
 * Context: no hook is attached, no file is open.
 */
void cws_exited_exit(void)
{
	struct cws_record *rec;
	unsigned int i;

	for (i = 0; i < ring_max; i++) {
		rec = rcu_dereference_protected(ring[i], true);
		if (rec)
			cws_record_put(rec);
	}
	vfree(ring);
}
