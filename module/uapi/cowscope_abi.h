/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The contract between the module, the tools and the tests: file names, column
 * names, keys, words and limits. Everything is text; nothing here is a binary
 * layout. Plain C for kernel and user space alike.
 *
 * Tables:  first line names the columns, then one record a line, fields
 *          separated by blanks. Look columns up by name: new ones are added at
 *          the end, none is ever renamed or given another meaning.
 * Status:  "key value" lines, the first one "abi N".
 * "-" is "not known", a leading "~" marks an estimate, "\x20" and the like
 * escape blanks, control characters and the backslash in names. Numbers are
 * decimal, units stand in the name. Times are CLOCK_BOOTTIME nanoseconds.
 */
#ifndef COWSCOPE_ABI_H
#define COWSCOPE_ABI_H

#define COWSCOPE_ABI		1
#define COWSCOPE_VERSION	"0.1.0"
#define COWSCOPE_NAME		"cowscope"

/* Where the files stand; the second holds the global read-only tables. */
#define COWSCOPE_DEBUGFS	"/sys/kernel/debug/cowscope"
#define COWSCOPE_PROCFS		"/proc/cowscope"

/*
 * File table: name, mode, also below /proc/cowscope.
 * Directories are 0700, watched/PID/ is made for each watched process.
 */
#define COWSCOPE_FILES(X)			\
	X(README,	0400, 0)		\
	X(status,	0400, 1)		\
	X(processes,	0400, 1)		\
	X(exited,	0400, 1)		\
	X(clones,	0400, 1)		\
	X(totals,	0400, 1)		\
	X(control,	0600, 0)		\
	X(watch,	0600, 0)		\
	X(query,	0600, 0)

#define COWSCOPE_WATCHED	"watched"

/* Views of one process: below watched/PID/, and for "PID VIEW" in query. */
#define COWSCOPE_VIEWS(X)			\
	X(status)				\
	X(cow)

/*
 * Causes: what a counter counts, in column order. Unit: 4 KiB pages where not
 * said otherwise. sole and remote are subsets of the copies, not added to them.
 */
#define COWSCOPE_CAUSES(X)								\
	X(COPIED,	copied,	    "anonymous page replaced by a private copy")	\
	X(FILE,		file,	    "private copy of a page-cache page")		\
	X(KSM,		ksm,	    "private copy of a page merged by KSM")		\
	X(UNSHARED,	unshared,   "copied because a read-only pin needs its own page")	\
	X(HUGETLB,	hugetlb,    "hugetlb page copied, by a fault or at fork; huge pages")	\
	X(PINNED,	pinned,	    "page copied at fork because it may be pinned for DMA")	\
	X(COLLAPSED,	collapsed,  "huge page installed by khugepaged or MADV_COLLAPSE; huge pages")	\
	X(REUSED,	reused,	    "write to a page whose other users are gone: taken over, no copy")	\
	X(THP_SPLIT,	thp_split,  "huge mapping of a shared page split by a write; splits")	\
	X(THP_REUSED,	thp_reused, "shared huge page taken over whole; huge pages")	\
	X(ZERO,		zero,	    "first write to a page that read as the zero page")	\
	X(ZERO_HUGE,	zero_huge,  "huge zero page replaced by a fresh huge page; huge pages")	\
	X(NOTIFIED,	notified,   "write to a page that was exclusive and only write-protected")	\
	X(KEPT,		kept,	    "unshare request satisfied without a copy")		\
	X(USERFAULT,	userfault,  "write handed to userfaultfd")			\
	X(LOST,		lost,	    "attempt whose copy was thrown away or not made")	\
	X(SOLE,		sole,	    "subset of copied: nobody else mapped the page")	\
	X(REMOTE,	remote,	    "subset of the copies by fault: made by another address space's task")

/*
 * Outcomes of an attempt (one entry of the kernel's do_wp_page on a mapping
 * that is not MAP_SHARED), keys "outcome_NAME" in status. file and ksm here by
 * the write-protect path only. At any quiet moment
 *   attempts = sum of outcome_* + open + unclassified
 */
#define COWSCOPE_OUTCOMES(X)	\
	X(COPIED,    copied)	\
	X(FILE,      file)	\
	X(KSM,       ksm)	\
	X(ZERO,      zero)	\
	X(UNSHARED,  unshared)	\
	X(REUSED,    reused)	\
	X(NOTIFIED,  notified)	\
	X(KEPT,      kept)	\
	X(USERFAULT, userfault)	\
	X(LOST,      lost)

/* Regions: rows of the cow view, in the order in which they are decided. */
#define COWSCOPE_REGIONS(X)								\
	X(MAPSHARED,	mapshared, "MAP_SHARED: never copy-on-write")			\
	X(SPECIAL,	special,   "vdso and the like, PFN maps")			\
	X(HEAP,		heap,	   "between start_brk and brk")				\
	X(DATA,		data,	   "bss, or a writable private file mapping")		\
	X(STACK,	stack,	   "the mapping that holds the initial stack")		\
	X(TEXT,		text,	   "executable file mapping")				\
	X(MAPFILE,	mapfile,   "any other private file mapping")			\
	X(ANON,		anon,	   "other private memory: mmap, thread stacks, library bss")
/* The cow view closes with a row of this name: the sum over all regions. */
#define COWSCOPE_REGION_TOTAL	"total"

#define COWSCOPE_CAUSE_COLUMN(id, name, help)	" " #name
#define COWSCOPE_CAUSE_COLUMNS	COWSCOPE_CAUSES(COWSCOPE_CAUSE_COLUMN)

/* Header lines of the tables, without the newline. */
#define COWSCOPE_HEADER_PROCESSES						\
	"pid ppid tasks" COWSCOPE_CAUSE_COLUMNS					\
	" inherited_pages since_ns cgroup comm"					\
	" inherited_hugetlb_pages inherited_swap_pages mm parent_mm born"
/*
 * mm, parent_mm: serial numbers of address spaces. born: fork, exec, load (was there
 * at load), event (its birth found no room); inherited_*: "-" for the last two.
 */
#define COWSCOPE_HEADER_EXITED	COWSCOPE_HEADER_PROCESSES " end lived_ns"
/* end: exit, exec, or failed (a fork or exec that never came to run) */
#define COWSCOPE_HEADER_CLONES							\
	"time_ns parent child syscall shape flags exit_signal duration_ns"	\
	" pages pgtable_bytes vmas threads result cgroup comm"
/*
 * syscall: fork vfork clone clone3 kernel   shape: process vfork thread shared-vm
 * flags: CLONE_ names joined by "|", unknown bits as one hex number, "none"
 * result: ok, failed
 */
#define COWSCOPE_HEADER_TOTALS	"scope" COWSCOPE_CAUSE_COLUMNS
/* scope, one row each: live exited untracked total */
#define COWSCOPE_HEADER_COW	"region" COWSCOPE_CAUSE_COLUMNS
#define COWSCOPE_HEADER_WATCH	"pid follow state comm"
/* follow: yes no   state: live exited */

/*
 * Keys of status, in this order. A hook line is
 *   hook NAME MECHANISM NEED STATE HITS MISSED
 *   MECHANISM: ftrace kprobe tracepoint   NEED: required optional
 *   STATE: proven unproven bad off        MISSED: number, or - where it cannot be known
 * health is "ok" or the list of what is wrong, in words. balance is what the identity
 * is off by: 0, or with "~" before it when it could not be read at rest; it may be negative.
 */
#define COWSCOPE_STATUS_KEYS(X)							\
	X(abi) X(version) X(kernel) X(health) X(accounting) X(since_ns)		\
	X(attempts)								\
	X(outcome_copied) X(outcome_file) X(outcome_ksm) X(outcome_zero)	\
	X(outcome_unshared) X(outcome_reused) X(outcome_notified)		\
	X(outcome_kept) X(outcome_userfault) X(outcome_lost)			\
	X(open) X(unclassified) X(balance)					\
	X(unknown_callers) X(orphans) X(slots_dropped) X(splits_dropped)	\
	X(clone_slots_dropped)							\
	X(gaps) X(gap_ns)							\
	X(records) X(records_max) X(records_dropped) X(lineages_dropped)	\
	X(exited) X(exited_max) X(exited_dropped)				\
	X(clones) X(clones_max) X(clones_dropped)				\
	X(watched) X(watched_max) X(watched_dropped)				\
	X(memory_bytes)								\
	X(hook)

/*
 * Keys of watched/PID/status and "PID status", then one line for each cause.
 * state: live exited   born: as in processes   end: exit exec failed -
 * lineage: this process and its ancestors as PID(mm), nearest first, "<" between
 */
#define COWSCOPE_PROCESS_KEYS(X)						\
	X(abi) X(pid) X(comm) X(state) X(tasks) X(ppid) X(mm) X(lineage)	\
	X(born) X(since_ns) X(end) X(lived_ns) X(watched) X(cgroup)		\
	X(inherited_pages) X(inherited_hugetlb_pages) X(inherited_swap_pages)

/*
 * Refusals of a write or read: one errno each.
 *
 *   EINVAL      not a positive decimal number where a PID is due, empty command,
 *               more than one line
 *   ERANGE      a number no PID can have
 *   EOPNOTSUPP  unknown word: command, option, view, control state
 *   E2BIG       longer than COWSCOPE_COMMAND_MAX bytes
 *   ESRCH       no such process (a thread's TID is not a process)
 *   ENXIO       the process has no address space: kernel thread, zombie
 *   EEXIST      watch: already watched
 *   ENOENT      watch: "-PID" that is not watched
 *   ENOSPC      watch: the cap is reached and all watched processes live
 *   ENODATA     query: read before anything was asked
 *   EPERM       open without CAP_SYS_ADMIN
 *
 * Commands: one write is one command, a final newline is ignored.
 *   control: "on" | "off"
 *   watch:   "PID" | "PID nofollow" | "-PID" | "clear"
 *   query:   "PID VIEW"
 */
#define COWSCOPE_COMMAND_MAX	64

#endif /* COWSCOPE_ABI_H */
