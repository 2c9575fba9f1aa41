/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one task has at one moment, as values to be compared with another task's,
 * or with its own later. Knows nothing of flags or files.
 */
#ifndef CWS_RESOURCES_H
#define CWS_RESOURCES_H

#include <linux/sched.h>

#include "namespaces.h"

/* Told by their address, which is compared and hashed, never followed. */
enum cws_object {
	CWS_OBJECT_MM,
	CWS_OBJECT_FILES,
	CWS_OBJECT_FS,
	CWS_OBJECT_SIGHAND,
	CWS_OBJECT_IO,
	CWS_OBJECT_SYSVSEM,
	CWS_OBJECT_PARENT,	/* struct pid of the process whose child it is */
	CWS_OBJECT_TRACER,	/* the task that traces it */
	CWS_NR_OBJECTS
};

/* Values whose content is compared. */
enum cws_value {
	CWS_VALUE_CWD,		/* of two addresses, to be hashed when shown */
	CWS_VALUE_ROOT,		/* likewise */
	CWS_VALUE_UMASK,
	CWS_VALUE_BLOCKED,
	CWS_VALUE_CGROUP,	/* inode number */
	/* From here on with the same task later, not with its maker at its birth. */
	CWS_NR_VALUES_AT_BIRTH,
	CWS_VALUE_PENDING = CWS_NR_VALUES_AT_BIRTH,	/* 0 none, 1 some */
	CWS_VALUE_TIMERS,	/* 0 none, 1 some */
	CWS_VALUE_CLEAR_TID,	/* address of the word to be cleared */
	CWS_VALUE_CHILD_TID,
	CWS_VALUE_VFORK_WAIT,	/* 0 nobody waits */
	CWS_NR_VALUES
};

#define CWS_COUNT_UNKNOWN	U32_MAX

/* A range of addresses. */
struct cws_range {
	unsigned long start;
	unsigned long end;
};

/**
 * struct cws_had - of a task that makes another one, what that is compared with
 * @object: addresses, 0 none
 * @value: in the order of enum cws_value
 * @ns: inode numbers, 0 not known
 */
struct cws_had {
	unsigned long object[CWS_NR_OBJECTS];
	u64 value[CWS_NR_VALUES_AT_BIRTH];
	u32 ns[CWS_NR_NS];
};

/**
 * struct cws_resources - what one task has
 * @object: as in struct cws_had
 * @value: likewise, all of enum cws_value
 * @ns: as in struct cws_had
 * @mm_serial: number of its address space, 0 it has no record
 * @arguments: where they are
 * @environment: likewise
 * @pgtable_bytes: of its page tables
 * @mappings: of its address space
 * @descriptors: open ones, or CWS_COUNT_UNKNOWN beyond a cap
 * @threads: of its process
 */
struct cws_resources {
	unsigned long object[CWS_NR_OBJECTS];
	u64 value[CWS_NR_VALUES];
	u32 ns[CWS_NR_NS];
	u64 mm_serial;
	struct cws_range arguments;
	struct cws_range environment;
	u64 pgtable_bytes;
	u32 mappings;
	u32 descriptors;
	u32 threads;
};

void cws_resources_read(struct task_struct *task, struct cws_resources *res);
void cws_resources_read_had(struct task_struct *task, struct cws_had *had);

#endif /* CWS_RESOURCES_H */
