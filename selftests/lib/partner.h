/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A task made by clone flags that then serves as an actor, and what the kernel
 * itself says of two tasks' resources. Knows nothing of the module.
 */
#ifndef SELFTEST_PARTNER_H
#define SELFTEST_PARTNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "actor.h"
#include "cowscope_abi.h"

#define PARTNER_KIND(id, name, flag, help)	KIND_##id,
enum kind { COWSCOPE_KINDS(PARTNER_KIND) KIND_COUNT };

extern const char *const kind_name[KIND_COUNT];

/*
 * Makes one actor clone another with these flags of clone3. With CLONE_THREAD
 * the partner is a thread of the parent. The task's number or -errno.
 */
pid_t partner_start(struct cast *cast, int parent, int index, unsigned long long flags);

/*
 * In an actor; each takes its argument by pointer and returns 0 or -errno:
 * unshare(flags), setns(descriptor of a pidfd's process, flags) by struct enter.
 */
struct enter {
	pid_t pid;
	unsigned long flags;
};

long partner_unshare(void *arg);
long partner_enter(void *arg);
/* Never answers: runs sleep instead. To be sent; wait with partner_executed. */
long partner_exec(void *arg);
bool partner_executed(pid_t pid);
/* Gives the calling actor an I/O context and a list of semaphore undos. */
long partner_equip(void *arg);

/* 1 the same, or neither has one; 0 not; -errno. By kcmp and /proc. */
int oracle_same(pid_t one, pid_t other, enum kind kind);
/* Inode number of a namespace, 0 when it cannot be had. */
unsigned long oracle_ns(pid_t pid, enum kind kind);

#endif /* SELFTEST_PARTNER_H */
