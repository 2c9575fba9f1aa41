/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a process came to be: what was asked of clone, and what the child had when
 * it was about to run. Kept by process, for two may share an address space.
 */
#ifndef CWS_ORIGIN_H
#define CWS_ORIGIN_H

#include <linux/build_bug.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "cowscope_abi.h"
#include "resources.h"

#define CWS_RESOURCE_ENUM(id, name, flag, help)	CWS_RESOURCE_##id,
enum cws_resource {
	COWSCOPE_RESOURCES(CWS_RESOURCE_ENUM)
	CWS_NR_RESOURCES
};

enum cws_at_birth {
	CWS_AT_BIRTH_UNKNOWN,
	CWS_AT_BIRTH_SHARED,
	CWS_AT_BIRTH_COPIED,
	CWS_AT_BIRTH_NEW,
	CWS_AT_BIRTH_EMPTY,
};

/* Which of the child's registers were the caller's. */
struct cws_registers {
	bool known;	/* the caller came from user space */
	bool sp;
	bool ip;
	bool tls;
	bool others;	/* all but the stack pointer and the return value */
};

/**
 * struct cws_origin - the birth of one process
 * @node: in its bucket; writers hold the lock, readers RCU
 * @rcu: frees after the last reader
 * @ref: one for the hash, one per reader
 * @ended: it stands in the ring of the ended, too; the lock
 * @flags_known: @flags are the caller's
 * @registers: which were the caller's
 * @pid: the process, referenced
 * @caller: the thread that called clone, referenced
 * @caller_group: its process, referenced
 * @flags: as the kernel got them
 * @ip: where the child starts
 * @parent_threads: when it called
 * @dontfork: mappings left out, or CWS_COUNT_UNKNOWN
 * @wipeonfork: mappings given empty, or CWS_COUNT_UNKNOWN
 * @had: what the caller had
 * @born: what the child had
 *
 * Written before it is in the hash, every part of it, and never after. It stays there when the
 * process has ended, until pushed out of the ring of the ended.
 */
struct cws_origin {
	struct hlist_node node;
	struct rcu_head rcu;
	refcount_t ref;
	bool ended;
	bool flags_known;
	struct cws_registers registers;
	struct pid *pid;
	struct pid *caller;
	struct pid *caller_group;
	u64 flags;
	unsigned long ip;
	u32 parent_threads;
	u32 dontfork;
	u32 wipeonfork;
	struct cws_had had;
	struct cws_resources born;
};

static_assert(sizeof(struct cws_origin) <= 1024);

struct cws_origin_stats {
	unsigned int births, births_max;
	u64 births_dropped;
	size_t bytes;
};

int cws_origins_init(unsigned int max, unsigned int ended_max);
void cws_origins_exit(void);
void cws_origin_born(struct task_struct *child, const u64 *flags, bool watched);
void cws_origin_ended(const struct pid *pid);
struct cws_origin *cws_origin_get(const struct pid *pid) __must_check;
void cws_origin_put(struct cws_origin *origin);
void cws_origin_stats(struct cws_origin_stats *stats);

#endif /* CWS_ORIGIN_H */
