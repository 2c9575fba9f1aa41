/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoints: cowscope:cow, clone, exec and exit. What is counted or logged is
 * told here as well, in the same place, so that events and numbers agree. Read
 * twice, see linux/tracepoint.h. No kernel address is in any of them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cowscope

#if !defined(CWS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CWS_TRACE_H

#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "clonelog.h"
#include "compat.h"
#include "counts.h"
#include "record.h"

/*
 * The numbers of causes, regions and the like by name, for programs that read
 * the format files. The lists below begin with a number that never occurs: the
 * contract's tables make every further entry with a comma before it.
 */
#define CWS_TRACE_CAUSE(id, name, help)		TRACE_DEFINE_ENUM(CWS_CNT_##id);
#define CWS_TRACE_REGION(id, name, help)	TRACE_DEFINE_ENUM(CWS_REGION_##id);
#define CWS_TRACE_SYSCALL(id, name)		TRACE_DEFINE_ENUM(CWS_SYS_##id);
#define CWS_TRACE_SHAPE(id, name)		TRACE_DEFINE_ENUM(CWS_SHAPE_##id);
#define CWS_TRACE_END(id, name)			TRACE_DEFINE_ENUM(CWS_END_##id);
COWSCOPE_CAUSES(CWS_TRACE_CAUSE)
COWSCOPE_REGIONS(CWS_TRACE_REGION)
COWSCOPE_SYSCALLS(CWS_TRACE_SYSCALL)
COWSCOPE_SHAPES(CWS_TRACE_SHAPE)
COWSCOPE_ENDS(CWS_TRACE_END)

#define CWS_NAME_CAUSE(id, name, help)	, { CWS_CNT_##id, #name }
#define CWS_NAME_REGION(id, name, help)	, { CWS_REGION_##id, #name }
#define CWS_NAME_SYSCALL(id, name)	, { CWS_SYS_##id, name }
#define CWS_NAME_SHAPE(id, name)	, { CWS_SHAPE_##id, name }
#define CWS_NAME_END(id, name)		, { CWS_END_##id, name }
/* Of flags every bit may occur: the first stands there twice, which shows once. */
#define CWS_NAME_FLAG(bit, name)	, { 1UL << (bit), "CLONE_" #name }
#define CWS_FLAG_NAMES	{ 1UL << 7, "CLONE_NEWTIME" } COWSCOPE_CLONE_FLAGS(CWS_NAME_FLAG)

/* One thing of a cause was counted. */
TRACE_EVENT(cow,
	TP_PROTO(pid_t owner, u64 mm, unsigned long address, enum cws_region region,
		 enum cws_cause cause, bool sole, bool remote),
	TP_ARGS(owner, mm, address, region, cause, sole, remote),
	TP_STRUCT__entry(
		__field(unsigned long, address)
		__field(u64, mm)
		__field(pid_t, owner)
		__field(u8, cause)
		__field(u8, region)
		__field(u8, sole)
		__field(u8, remote)
	),
	TP_fast_assign(
		__entry->address = address;
		__entry->mm = mm;
		__entry->owner = owner;
		__entry->cause = cause;
		__entry->region = region;
		__entry->sole = sole;
		__entry->remote = remote;
	),
	TP_printk("cause=%s region=%s address=0x%lx owner=%d mm=%llu sole=%u remote=%u",
		  __print_symbolic(__entry->cause,
				   { 255, "?" } COWSCOPE_CAUSES(CWS_NAME_CAUSE)),
		  __print_symbolic(__entry->region,
				   { 255, "?" } COWSCOPE_REGIONS(CWS_NAME_REGION)),
		  __entry->address, __entry->owner, __entry->mm, __entry->sole,
		  __entry->remote)
);

/* A row was entered into clones. */
TRACE_EVENT(clone,
	TP_PROTO(const struct cws_clone_event *event),
	TP_ARGS(event),
	TP_STRUCT__entry(
		__field(u64, time_ns)
		__field(u64, duration_ns)
		__field(unsigned long, flags)
		__field(u64, pages)
		__field(u64, pgtable_bytes)
		__field(u32, vmas)
		__field(u32, threads)
		__field(pid_t, parent)
		__field(pid_t, child)
		__field(int, exit_signal)
		__field(int, error)
		__field(u8, syscall)
		__field(u8, shape)
		__field(u8, flags_known)
		__field(u8, failed)
		__array(char, comm, TASK_COMM_LEN)
	),
	TP_fast_assign(
		__entry->time_ns = event->time_ns;
		__entry->duration_ns = event->duration_ns;
		__entry->flags = event->flags;
		__entry->pages = event->pages;
		__entry->pgtable_bytes = event->pgtable_bytes;
		__entry->vmas = event->vmas;
		__entry->threads = event->threads;
		__entry->parent = pid_nr(event->parent);
		__entry->child = pid_nr(event->child);
		__entry->exit_signal = event->exit_signal;
		__entry->error = event->error;
		__entry->syscall = event->syscall;
		__entry->shape = event->shape;
		__entry->flags_known = event->flags_known;
		__entry->failed = !event->child;
		memcpy(__entry->comm, event->comm, TASK_COMM_LEN);
	),
	TP_printk("time_ns=%llu comm=%s parent=%d child=%d syscall=%s shape=%s flags=%s exit_signal=%d duration_ns=%llu pages=%llu pgtable_bytes=%llu vmas=%u threads=%u result=%s errno=%d",
		  __entry->time_ns, __entry->comm, __entry->parent, __entry->child,
		  __print_symbolic(__entry->syscall,
				   { 255, "?" } COWSCOPE_SYSCALLS(CWS_NAME_SYSCALL)),
		  __print_symbolic(__entry->shape,
				   { 255, "?" } COWSCOPE_SHAPES(CWS_NAME_SHAPE)),
		  !__entry->flags_known ? "-" : !__entry->flags ? "none" :
		  __print_flags(__entry->flags, "|", CWS_FLAG_NAMES),
		  __entry->exit_signal, __entry->duration_ns, __entry->pages,
		  __entry->pgtable_bytes, __entry->vmas, __entry->threads,
		  __entry->failed ? "failed" : "ok", __entry->error)
);

/* A process runs another program. */
TRACE_EVENT(exec,
	TP_PROTO(struct task_struct *task, const char *filename,
		 const struct cws_record *rec, const struct cws_exec_told *told),
	TP_ARGS(task, filename, rec, told),
	TP_STRUCT__entry(
		__field(u64, mm)
		__field(u64, replaced_mm)
		__field(s64, since_birth_ns)
		__field(s64, copied_pages)
		__field(pid_t, process)
		__array(char, comm, TASK_COMM_LEN)
		__string(filename, filename)
	),
	TP_fast_assign(
		__entry->mm = rec ? rec->serial : 0;
		__entry->replaced_mm = rec && rec->lineage ? rec->lineage->parent_serial : 0;
		__entry->since_birth_ns = told->since_birth_ns;
		__entry->copied_pages = told->copied_pages;
		__entry->process = task_tgid_nr(task);
		memcpy(__entry->comm, task->comm, TASK_COMM_LEN);
		cws_compat_assign_str(filename, filename);
	),
	TP_printk("process=%d comm=%s filename=%s since_birth_ns=%lld copied_pages=%lld mm=%llu replaced_mm=%llu",
		  __entry->process, __entry->comm, __get_str(filename),
		  __entry->since_birth_ns, __entry->copied_pages, __entry->mm,
		  __entry->replaced_mm)
);

/* A row was entered into exited. */
TRACE_EVENT(exit,
	TP_PROTO(const struct cws_record *rec),
	TP_ARGS(rec),
	TP_STRUCT__entry(
		__field(u64, mm)
		__field(u64, lived_ns)
		__field(u64, copied)
		__field(u64, file)
		__field(u64, ksm)
		__field(u64, unshared)
		__field(u64, zero)
		__field(u64, reused)
		__field(u64, sole)
		__field(u64, remote)
		__field(pid_t, owner)
		__field(u8, end)
		__array(char, comm, TASK_COMM_LEN)
	),
	TP_fast_assign(
		__entry->mm = rec->serial;
		__entry->lived_ns = rec->ended_ns - rec->since_ns;
		__entry->copied = cws_matrix_cause(&rec->matrix, CWS_CNT_COPIED);
		__entry->file = cws_matrix_cause(&rec->matrix, CWS_CNT_FILE);
		__entry->ksm = cws_matrix_cause(&rec->matrix, CWS_CNT_KSM);
		__entry->unshared = cws_matrix_cause(&rec->matrix, CWS_CNT_UNSHARED);
		__entry->zero = cws_matrix_cause(&rec->matrix, CWS_CNT_ZERO);
		__entry->reused = cws_matrix_cause(&rec->matrix, CWS_CNT_REUSED);
		__entry->sole = cws_matrix_cause(&rec->matrix, CWS_CNT_SOLE);
		__entry->remote = cws_matrix_cause(&rec->matrix, CWS_CNT_REMOTE);
		__entry->owner = rec->lineage ? pid_nr(rec->lineage->pid) : 0;
		__entry->end = rec->end;
		strscpy(__entry->comm, rec->lineage ? rec->lineage->comm : "-",
			TASK_COMM_LEN);
	),
	TP_printk("owner=%d comm=%s end=%s lived_ns=%llu copied=%llu file=%llu ksm=%llu unshared=%llu zero=%llu reused=%llu sole=%llu remote=%llu mm=%llu",
		  __entry->owner, __entry->comm,
		  __print_symbolic(__entry->end,
				   { 255, "?" } COWSCOPE_ENDS(CWS_NAME_END)),
		  __entry->lived_ns, __entry->copied, __entry->file, __entry->ksm,
		  __entry->unshared, __entry->zero, __entry->reused, __entry->sole,
		  __entry->remote, __entry->mm)
);

#endif /* CWS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
