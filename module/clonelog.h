/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last fork, vfork, clone and clone3 events: a bounded ring. Knows nothing
 * of hooks or files.
 */
#ifndef CWS_CLONELOG_H
#define CWS_CLONELOG_H

#include <linux/pid.h>
#include <linux/sched.h>

#include "cowscope_abi.h"

struct cgroup;

/*
 * process: address space copied; vfork: CLONE_VFORK, the parent waits, address space
 * shared; thread: CLONE_THREAD; shared-vm: CLONE_VM without the other two.
 */
#define CWS_SHAPE_ENUM(id, name)	CWS_SHAPE_##id,
enum cws_shape {
	COWSCOPE_SHAPES(CWS_SHAPE_ENUM)
};

/**
 * struct cws_clone_event - one call
 * @time_ns: its entry
 * @duration_ns: from there to the child being runnable, 0 for a failed call
 * @flags: as the kernel got them, all 64 bits
 * @parent: thread group of the caller, referenced while in the ring
 * @child: the new task, referenced; NULL for a failed call
 * @cgroup: of the child, referenced, or NULL
 * @pages: resident pages the child got by copying page tables
 * @pgtable_bytes: page tables made for that
 * @vmas: mappings copied
 * @threads: of the parent
 * @exit_signal: sent to the parent, 0 none
 * @syscall: enum cws_syscall
 * @shape: enum cws_shape
 * @flags_known: false for tasks the kernel made without kernel_clone()
 * @copied_known: @exec_copied_pages was told
 * @error: errno of a failed call, 0 not known
 * @exec_ns: from being runnable to its first exec, 0 none yet
 * @exec_copied_pages: copied for the child up to there
 * @comm: of the caller
 */
struct cws_clone_event {
	u64 time_ns;
	u64 duration_ns;
	u64 flags;
	struct pid *parent;
	struct pid *child;
	struct cgroup *cgroup;
	u64 pages;
	u64 pgtable_bytes;
	u32 vmas;
	u32 threads;
	int exit_signal;
	u8 syscall;
	u8 shape;
	bool flags_known;
	bool copied_known;
	int error;
	u64 exec_ns;
	u64 exec_copied_pages;
	char comm[TASK_COMM_LEN];
};

/**
 * struct cws_exec_told - what the log knows of a child when it does an exec
 * @since_birth_ns: since it was runnable; -1 not its first exec, or its event is gone
 * @copied_pages: for it meanwhile; -1 not known, or it shared the memory
 */
struct cws_exec_told {
	s64 since_birth_ns;
	s64 copied_pages;
};

struct cws_clonelog_stats {
	unsigned int clones, clones_max;
	u64 clones_dropped;
	size_t bytes;
};

int cws_clonelog_init(unsigned int max);
void cws_clonelog_exit(void);
void cws_clonelog_add(struct cws_clone_event *event);
void cws_clonelog_exec_copied(struct pid *child, u64 pages);
void cws_clonelog_execed(struct pid *child, u64 now_ns, struct cws_exec_told *told);
bool cws_clonelog_read(u64 *nr, u64 end, struct cws_clone_event *event);
void cws_clonelog_release(struct cws_clone_event *event);
void cws_clonelog_stats(struct cws_clonelog_stats *stats);

#endif /* CWS_CLONELOG_H */
