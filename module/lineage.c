// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lineage nodes: made in probes from a pool, freed after a grace period.
 */
#include <linux/sched/signal.h>

#include "lineage.h"
#include "pool.h"

static struct cws_pool lineage_pool;
static atomic_t nr_lineages;
static atomic64_t lineages_dropped;
static unsigned int lineages_max;

/**
 * cws_lineage_init() - fill the pool
 * @want: nodes to keep ready
 * @max: most nodes
 *
 * Return: 0 or -ENOMEM.
 */
int cws_lineage_init(unsigned int want, unsigned int max)
{
	lineages_max = max;
	return cws_pool_init(&lineage_pool, "cowscope_lineage",
			     sizeof(struct cws_lineage), want);
}

/**
 * cws_lineage_exit() - free the pool
 *
 * Context: all nodes are put; waits for those on their way through RCU.
 */
void cws_lineage_exit(void)
{
	rcu_barrier();
	cws_pool_exit(&lineage_pool);
}

/**
 * cws_lineage_grow() - have nodes ready for the processes found at load
 * @want: how many
 *
 * Return: 0 or -ENOMEM.
 */
int cws_lineage_grow(unsigned int want)
{
	return cws_pool_grow(&lineage_pool, want);
}

/**
 * cws_lineage_create() - the node of a new address space
 * @born: how it came to be
 * @serial: its number
 * @creator: task whose thread group it belongs to
 * @parent: node it was forked from, or NULL; a reference is taken
 * @parent_serial: of what it was copied from or replaces, 0 when not known
 *
 * Context: probes.
 * Return: the node with one reference, NULL at the cap or when the pool is empty:
 * counted as dropped.
 */
struct cws_lineage *cws_lineage_create(enum cws_born born, u64 serial,
				       struct task_struct *creator,
				       struct cws_lineage *parent,
				       u64 parent_serial)
{
	struct cws_lineage *node;

	if (!atomic_add_unless(&nr_lineages, 1, lineages_max))
		goto err_dropped;
	node = cws_pool_take(&lineage_pool);
	if (!node)
		goto err_count;
	if (parent && parent->depth + 1 >= CWS_LINEAGE_DEPTH)
		parent = NULL;
	refcount_set(&node->ref, 1);
	node->born = born;
	node->depth = parent ? parent->depth + 1 : 0;
	node->parent = parent;
	node->top = parent ? parent->top : node;
	if (parent)
		refcount_inc(&parent->ref);
	node->serial = serial;
	node->parent_serial = parent_serial;
	rcu_read_lock();
	node->pid = get_pid(task_tgid(creator));
	node->ppid = get_pid(task_tgid(rcu_dereference(creator->real_parent)));
	rcu_read_unlock();
	cws_lineage_name(node->comm, creator);
	return node;

err_count:
	atomic_dec(&nr_lineages);
err_dropped:
	atomic64_inc(&lineages_dropped);
	return NULL;
}

/**
 * cws_lineage_rename() - take over the present name of a process
 * @node: of one of its address spaces
 * @task: of that process
 *
 * Context: probes. Readers may see a mix of the two names, always terminated.
 */
void cws_lineage_rename(struct cws_lineage *node, struct task_struct *task)
{
	cws_lineage_name(node->comm, task->group_leader);
}

static void lineage_free_rcu(struct rcu_head *rcu)
{
	struct cws_lineage *node = container_of(rcu, struct cws_lineage, rcu);

	put_pid(node->pid);
	put_pid(node->ppid);
	atomic_dec(&nr_lineages);
	cws_pool_give(&lineage_pool, node);
}

/**
 * cws_lineage_put() - drop a reference
 * @node: or NULL
 *
 * Frees upwards as long as it held the last reference, CWS_LINEAGE_DEPTH nodes at
 * the most.
 *
 * Context: any.
 */
void cws_lineage_put(struct cws_lineage *node)
{
	while (node && refcount_dec_and_test(&node->ref)) {
		struct cws_lineage *parent = node->parent;

		call_rcu(&node->rcu, lineage_free_rcu);
		node = parent;
	}
}

/**
 * cws_lineage_stats() - numbers for status
 * @stats: filled in
 */
void cws_lineage_stats(struct cws_lineage_stats *stats)
{
	stats->lineages_dropped = atomic64_read(&lineages_dropped);
	stats->bytes = cws_pool_bytes(&lineage_pool);
}
