/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who was forked from whom, address space by address space. What is recorded at
 * birth stays: neither exit nor reparenting changes it.
 */
#ifndef CWS_LINEAGE_H
#define CWS_LINEAGE_H

#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/string.h>

enum cws_born {
	CWS_BORN_EVENT,		/* met through an event, its birth was not seen */
	CWS_BORN_LOAD,		/* was there when the module was loaded */
	CWS_BORN_FORK,
	CWS_BORN_EXEC,
};

/*
 * How many forks a family reaches back: beyond, a new family begins. It bounds
 * what a chain of forks pins, what is freed at once, and a line of output.
 */
#define CWS_LINEAGE_DEPTH	64

/**
 * struct cws_lineage - the identity of an address space, outliving it
 * @ref: one for its record, one for each child's node
 * @born: how it came to be
 * @depth: nodes above this one
 * @parent: the node it was forked from, NULL at the top of a family: exec,
 *	load, a node that could not be had, or CWS_LINEAGE_DEPTH; holds a reference
 * @top: where the family begins, reached by @parent and held by it; the node itself there
 * @serial: own number of the address space, never reused
 * @parent_serial: of what it was copied from or, at exec, replaced; 0 unknown
 * @pid: thread group of the creator, referenced, NULL unknown
 * @ppid: thread group of the creator's parent at birth, referenced, or NULL
 * @comm: the creator's name when it was last looked at
 * @rcu: readers walk @parent under RCU
 *
 * A node is written before its record is published, but for @comm, which is
 * replaced racily (at worst a mix of two names is read). The chain cannot loop:
 * a parent is always older. A node lives until its own record and all
 * descendants' nodes are gone. Their number is capped, a refusal is counted.
 */
struct cws_lineage {
	refcount_t ref;
	u8 born;
	u8 depth;
	struct cws_lineage *parent;
	const struct cws_lineage *top;
	u64 serial;
	u64 parent_serial;
	struct pid *pid;
	struct pid *ppid;
	char comm[TASK_COMM_LEN];
	struct rcu_head rcu;
};

struct cws_lineage_stats {
	u64 lineages_dropped;
	size_t bytes;
};

/* A task's name, whole as the kernel's own events take it: racy, always terminated. */
static __always_inline void cws_lineage_name(char *name, const struct task_struct *task)
{
	/* Changed at any time: at worst a mix of two names. */
	data_race(memcpy(name, task->comm, TASK_COMM_LEN));
}

int cws_lineage_init(unsigned int want, unsigned int max);
void cws_lineage_exit(void);
int cws_lineage_grow(unsigned int want);
struct cws_lineage *cws_lineage_create(enum cws_born born, u64 serial,
				       struct task_struct *creator,
				       struct cws_lineage *parent,
				       u64 parent_serial) __must_check;
void cws_lineage_rename(struct cws_lineage *node, struct task_struct *task);
void cws_lineage_put(struct cws_lineage *node);
void cws_lineage_stats(struct cws_lineage_stats *stats);

#endif /* CWS_LINEAGE_H */
