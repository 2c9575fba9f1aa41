/* SPDX-License-Identifier: GPL-2.0-only */
/* What every task uses at one moment, as keys to be compared. */
#ifndef CWS_SHARE_LOOK_H
#define CWS_SHARE_LOOK_H

#include <linux/sched.h>

#include "cowscope_abi.h"

#define CWS_KIND_ID(id, name, flag, help)	CWS_KIND_##id,
enum cws_kind { COWSCOPE_KINDS(CWS_KIND_ID) CWS_NR_KINDS };

/* What is not a namespace or a cgroup: its key is its address, else an inode number. */
static inline bool cws_kind_by_address(enum cws_kind kind)
{
	return kind <= CWS_KIND_SYSVSEM;
}

/* An address space has a number of its own. */
static inline bool cws_kind_hashed(enum cws_kind kind)
{
	return cws_kind_by_address(kind) && kind != CWS_KIND_MM;
}

/**
 * struct cws_look - what one task uses
 * @task: compared and looked at again, under the RCU lock it was found in only
 * @nsproxy: compared
 * @tgid: its process in the initial PID namespace
 * @nr: the same in the reader's, 0 it is invisible there
 * @kthread: a kernel thread
 * @mm_serial: number of its address space, 0 none or not known
 * @key: one per kind, 0 it has none or has let go of it
 */
struct cws_look {
	struct task_struct *task;
	const struct nsproxy *nsproxy;
	pid_t tgid;
	pid_t nr;
	bool kthread;
	u64 mm_serial;
	u64 key[CWS_NR_KINDS];
};

/* Tasks of one process stand side by side. */
struct cws_looks {
	u32 nr;
	struct cws_look look[];
};

struct cws_looks *cws_looks_take(void);
void cws_looks_free(struct cws_looks *looks);

#endif /* CWS_SHARE_LOOK_H */
