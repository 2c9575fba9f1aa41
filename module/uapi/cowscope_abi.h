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
	X(cgroups,	0400, 1)		\
	X(sharing,	0400, 1)		\
	X(control,	0600, 0)		\
	X(watch,	0600, 0)		\
	X(query,	0600, 0)

#define COWSCOPE_WATCHED	"watched"

/*
 * Views of one process: name, mode below watched/PID/, help. query answers
 * "PID VIEW" for the read-only ones and "PID walk ADDRESS".
 */
#define COWSCOPE_VIEWS(X)								\
	X(status,    0400, "who it is, its lineage, its birth, its sums")		\
	X(cow,	     0400, "region x cause")						\
	X(birth,     0400, "what clone was asked to share, what it copied, what is shared now")	\
	X(pages,     0400, "what every page of it is: runs of equal state, mapping by mapping")	\
	X(sharing,   0400, "every resource of its tasks, and with whom it is shared")	\
	X(files,     0400, "its descriptors, and who else holds the same open file descriptions")	\
	X(family,    0400, "pages shared with each relative, what is armed, the worst case")	\
	X(pairs,     0400, "pages shared by each two members of its family")		\
	X(walk,	     0600, "write an address, read its page-table walk")			\
	X(inherited, 0400, "what became of the pages that it got at fork")			\
	X(forecast,  0400, "what a fork of it now would put at risk")			\
	X(sites,     0400, "while it is watched: which code counted, by cause")		\
	X(latency,   0600, "while it is watched, write on or off: how long its copies took")
/* What the views after birth answer when the address space has ended. */
#define COWSCOPE_GONE	"gone"

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

/*
 * Bits of clone and clone3, CLONE_NAME. By number, not by the header's names: a newer
 * kernel's bits are shown by name on an older one, whose header does not know them.
 */
#define COWSCOPE_CLONE_FLAGS(X)								\
	X(7,  NEWTIME)		X(8,  VM)		X(9,  FS)			\
	X(10, FILES)		X(11, SIGHAND)		X(12, PIDFD)			\
	X(13, PTRACE)		X(14, VFORK)		X(15, PARENT)			\
	X(16, THREAD)		X(17, NEWNS)		X(18, SYSVSEM)			\
	X(19, SETTLS)		X(20, PARENT_SETTID)	X(21, CHILD_CLEARTID)		\
	X(22, DETACHED)		X(23, UNTRACED)		X(24, CHILD_SETTID)		\
	X(25, NEWCGROUP)	X(26, NEWUTS)		X(27, NEWIPC)			\
	X(28, NEWUSER)		X(29, NEWPID)		X(30, NEWNET)			\
	X(31, IO)		X(32, CLEAR_SIGHAND)	X(33, INTO_CGROUP)		\
	X(34, AUTOREAP)		X(35, NNP)		X(36, PIDFD_AUTOKILL)		\
	X(37, EMPTY_MNTNS)

/* States of a page: words of pages, walk and the tools. */
#define COWSCOPE_STATES(X)								\
	X(NONE,	   none,    "nothing there")						\
	X(SWAP,	   swap,    "swapped out")						\
	X(ZERO,	   zero,    "the zero page")						\
	X(FILE,	   file,    "page cache, not private")					\
	X(SHARED,  shared,  "anonymous, mapped by others too")				\
	X(OWN,	   own,	    "anonymous, exclusive")					\
	X(LAST,	   last,    "anonymous, not exclusive, mapped by nobody else any more")	\
	X(KSM,	   ksm,	    "merged by KSM")						\
	X(SPECIAL, special, "vdso and the like, PFN maps, markers, device and broken pages")
/* Suffixes: mapped by a huge entry; write-protected in a writable mapping. */
#define COWSCOPE_STATE_HUGE	"+huge"
#define COWSCOPE_STATE_RO	"+ro"

/* Header lines of the tables, without the newline. */
#define COWSCOPE_PROCESS_COLUMNS						\
	"pid ppid tasks" COWSCOPE_CAUSE_COLUMNS					\
	" inherited_pages since_ns cgroup comm"					\
	" inherited_hugetlb_pages inherited_swap_pages mm parent_mm born"
#define COWSCOPE_HEADER_PROCESSES	COWSCOPE_PROCESS_COLUMNS " inner_pid"
/*
 * inner_pid: its PID in the PID namespace that it runs in itself.
 * mm, parent_mm: serial numbers of address spaces. born: fork, exec, load (was there
 * at load), event (its birth found no room); inherited_*: "-" for the last two.
 */
#define COWSCOPE_HEADER_EXITED	COWSCOPE_PROCESS_COLUMNS " end lived_ns inner_pid"
/* end: COWSCOPE_ENDS; failed: a fork or exec that never came to run */
#define COWSCOPE_ENDS(X)	\
	X(NONE,	  "-")		\
	X(EXIT,	  "exit")	\
	X(EXEC,	  "exec")	\
	X(FAILED, "failed")
#define COWSCOPE_HEADER_CLONES							\
	"time_ns parent child syscall shape flags exit_signal duration_ns"	\
	" pages pgtable_bytes vmas threads result cgroup comm"			\
	" errno exec_ns exec_copied_pages inner_pid"
#define COWSCOPE_SYSCALLS(X)	\
	X(FORK,	  "fork")	\
	X(VFORK,  "vfork")	\
	X(CLONE,  "clone")	\
	X(CLONE3, "clone3")	\
	X(KERNEL, "kernel")
#define COWSCOPE_SHAPES(X)		\
	X(PROCESS,   "process")		\
	X(VFORK,     "vfork")		\
	X(THREAD,    "thread")		\
	X(SHARED_VM, "shared-vm")
/*
 * syscall: COWSCOPE_SYSCALLS   shape: COWSCOPE_SHAPES
 * flags: CLONE_ names joined by "|", unknown bits as one hex number, "none"
 * result: ok, failed   errno: of a failed call, by name; "-" without failed_clones=1
 * exec_ns: from being runnable to the child's first exec, "-" none yet, or a thread
 * exec_copied_pages: copied for the child up to there, "-" when it shared the memory
 * inner_pid: of the child, as in processes
 */
/*
 * Tracepoints, system cowscope: name, fields in the order in which they are printed. Numbers of
 * cause, region, syscall, shape and end: their places in the lists, from 0. PIDs of the initial
 * namespace, 0 not known; mm: as in processes, 0 no record.
 * cow: one thing was counted; owner: the process its address space was made for; sole, remote: 1
 *   when counted there as well   clone: a row of clones; errno a number   exec: since_birth_ns and
 *   copied_pages are exec_ns and exec_copied_pages of clones, -1 for "-"   exit: a row of exited
 */
#define COWSCOPE_TRACEPOINTS(X)								\
	X(cow,	 "cause region address owner mm sole remote")				\
	X(clone, "time_ns comm parent child syscall shape flags exit_signal duration_ns pages"	\
		 " pgtable_bytes vmas threads result errno")				\
	X(exec,	 "process comm filename since_birth_ns copied_pages mm replaced_mm")	\
	X(exit,	 "owner comm end lived_ns copied file ksm unshared zero reused sole remote mm")
#define COWSCOPE_HEADER_TOTALS	"scope" COWSCOPE_CAUSE_COLUMNS
/* scope, one row each: live exited untracked total */
/*
 * Scopes of cgroups: address spaces that are alive, with their process in this cgroup now;
 * that ended with it there; that ended below it in cgroups that were removed since. One row
 * for each of a cgroup's scopes in which there is any, then one of untracked.
 */
#define COWSCOPE_CGROUP_SCOPES(X)						\
	X(LIVE,	   live,    "its process is in this cgroup now")		\
	X(EXITED,  exited,  "ended with its process in this cgroup")		\
	X(REMOVED, removed, "ended in a cgroup below this one that was removed since")
#define COWSCOPE_HEADER_CGROUPS	"cgroup scope spaces" COWSCOPE_CAUSE_COLUMNS " id"
/*
 * cgroup: path in the v2 hierarchy, from its root; "-" not known, or untracked, as in totals
 * (spaces is "-" there); COWSCOPE_CGROUP_OTHER: found no room in the table
 * spaces: address spaces   id: inode number of the cgroup's directory, never used again, or "-"
 * What was counted follows the process: all of it is where the process is now, and in the end
 * where it ended. Rows exited and removed of a cgroup never go down. Each address space is in
 * one reading once: all rows together are live, exited and untracked of totals.
 */
#define COWSCOPE_CGROUP_OTHER	"other"
#define COWSCOPE_HEADER_COW	"region" COWSCOPE_CAUSE_COLUMNS
/*
 * Resources: rows of birth. Name, the flag of clone that is about it or "-", help.
 */
#define COWSCOPE_RESOURCES(X)								\
	X(ADDRESS_SPACE, address_space, "CLONE_VM", "memory; id: serial number, as mm elsewhere") \
	X(PAGE_TABLES,	page_tables,	"CLONE_VM", "count: bytes")			\
	X(STACK,	stack,		"CLONE_VM", "the initial stack")		\
	X(HEAP,		heap,		"CLONE_VM", "grown by brk")			\
	X(DATA,		data,		"CLONE_VM", "variables of the program")		\
	X(TEXT,		text,		"CLONE_VM", "code of the program")		\
	X(ARGUMENTS,	arguments,	"CLONE_VM", "id: its range of addresses; count: pages") \
	X(ENVIRONMENT,	environment,	"CLONE_VM", "id: its range of addresses; count: pages") \
	X(MAPPINGS,	mappings,	"CLONE_VM", "all mappings; count: mappings")	\
	X(DONTFORK,	mappings_dontfork, "-",	"not given to the child: MADV_DONTFORK; count: mappings") \
	X(WIPEONFORK,	mappings_wipeonfork, "-", "given empty: MADV_WIPEONFORK; count: mappings") \
	X(PID,		pid,		"-", "id: PID")					\
	X(PPID,		ppid,		"CLONE_PARENT", "whose child it is; id: PID")	\
	X(THREAD_GROUP,	thread_group,	"CLONE_THREAD", "id: PID of the process")	\
	X(THREADS,	threads,	"-", "only the caller is copied; count: the parent's, then its own; id: hazard") \
	X(REGISTERS,	registers,	"-", "all but the next three")			\
	X(RETURN_VALUE,	return_value,	"-", "0 in the child")				\
	X(STACK_POINTER, stack_pointer,	"-", "new when the caller gave a stack")	\
	X(TLS,		tls,		"CLONE_SETTLS", "where thread-local variables are") \
	X(IP,		ip,		"-", "where the child starts; id: address")	\
	X(DESCRIPTORS,	descriptors,	"CLONE_FILES", "table of descriptors; count: open ones") \
	X(OPEN_FILES,	open_files,	"-", "open file descriptions; count: those the parent has, too") \
	X(FS,		fs,		"CLONE_FS", "cwd, root and umask together")	\
	X(CWD,		cwd,		"CLONE_FS", "working directory")		\
	X(ROOT,		root,		"CLONE_FS", "root directory")			\
	X(UMASK,	umask,		"CLONE_FS", "id: octal")			\
	X(IO_CONTEXT,	io_context,	"CLONE_IO", "I/O context")			\
	X(SYSVSEM,	sysvsem,	"CLONE_SYSVSEM", "undo list of System V semaphores") \
	X(SIGNAL_HANDLERS, signal_handlers, "CLONE_SIGHAND", "new when all were reset")	\
	X(HANDLERS_RESET, handlers_reset, "CLONE_CLEAR_SIGHAND", "a request; see signal_handlers") \
	X(BLOCKED,	blocked_signals, "-", "id: mask in hexadecimal")		\
	X(PENDING,	pending_signals, "-", "of its first thread and the process")	\
	X(POSIX_LOCKS,	posix_locks,	"CLONE_FILES", "record locks, held by the table of descriptors") \
	X(OFD_LOCKS,	ofd_locks,	"-", "flock and open-file-description locks, held by open_files") \
	X(TIMERS,	timers,		"-", "POSIX and interval timers")		\
	X(MNT_NS,	mnt_ns,		"CLONE_NEWNS", "id of all namespaces: as in /proc/PID/ns") \
	X(UTS_NS,	uts_ns,		"CLONE_NEWUTS", "names of the host")		\
	X(IPC_NS,	ipc_ns,		"CLONE_NEWIPC", "System V IPC, message queues")	\
	X(PID_NS,	pid_ns,		"CLONE_NEWPID", "the one it runs in itself")	\
	X(USER_NS,	user_ns,	"CLONE_NEWUSER", "users and capabilities")	\
	X(NET_NS,	net_ns,		"CLONE_NEWNET", "network")			\
	X(CGROUP_NS,	cgroup_ns,	"CLONE_NEWCGROUP", "view of the cgroups")	\
	X(TIME_NS,	time_ns,	"CLONE_NEWTIME", "clock offsets")		\
	X(CGROUP,	cgroup,		"CLONE_INTO_CGROUP", "v2; id: inode number of its directory") \
	X(PIDFD,	pidfd,		"CLONE_PIDFD", "descriptor of the child, for the parent") \
	X(PTRACE,	ptrace,		"CLONE_PTRACE", "shared: traced by the parent's tracer") \
	X(UNTRACED,	untraced,	"CLONE_UNTRACED", "a request")			\
	X(PARENT_TID,	parent_tid,	"CLONE_PARENT_SETTID", "child's TID written for the parent") \
	X(CHILD_TID,	child_tid,	"CLONE_CHILD_SETTID", "child's TID written for the child") \
	X(CLEAR_TID,	clear_tid,	"CLONE_CHILD_CLEARTID", "word cleared at the child's end") \
	X(VFORK_WAIT,	vfork_wait,	"CLONE_VFORK", "the parent waits for exec or exit") \
	X(DETACHED,	detached,	"CLONE_DETACHED", "without effect")		\
	X(AUTOREAP,	autoreap,	"CLONE_AUTOREAP", "newer kernels: reaped by itself") \
	X(NO_NEW_PRIVS,	no_new_privs,	"CLONE_NNP", "newer kernels: no_new_privs set")	\
	X(AUTOKILL,	pidfd_autokill,	"CLONE_PIDFD_AUTOKILL", "newer kernels: killed with its pidfd") \
	X(EMPTY_MNTNS,	empty_mntns,	"CLONE_EMPTY_MNTNS", "newer kernels: mount namespace made empty") \
	X(UNKNOWN,	unknown,	"-", "bits without a name; id: hexadecimal")

#define COWSCOPE_HEADER_BIRTH							\
	"resource flag asked at_birth now id count_at_birth count_now"		\
	" shared_pages own_pages runs"
/*
 * asked: yes no, "-" no flag is about it, or the birth was not seen
 * at_birth, compared with the caller of clone when the child was about to run: shared (the
 *   very same object), copied (an object of its own with the same content), new (of its
 *   own, with other content), empty (none), "-" not known, or a flag without an object
 * now, compared with the caller of clone as it is now, or its process when that thread is
 *   gone: shared, own (not shared, still the one it had at birth), changed (not shared, and
 *   another one than at birth: by unshare, setns, exec, chdir and the like), "-" cannot be
 *   told: the caller is gone and nothing changed, it has ended itself, or the row is about
 *   the birth alone
 * id: of the object it has now, "-" none: namespaces their inode number, address spaces
 *   their serial number, the rest 16 hexadecimal digits: equal in one load of the module
 *   means the same object. threads: "hazard" when memory was copied from a parent with
 *   several threads: a lock that one of the others held stays locked in the child for ever
 * count_at_birth, count_now: in the unit of the row, "-" not known. What takes more than
 *   constant time is counted at birth only when the parent is watched: mappings_wipeonfork,
 *   and mappings_dontfork of a parent with threads. Each task is read under its own lock;
 *   signal masks, timers and single words may be older by a moment than the rest of the
 *   line. An object freed and another one made at its address looks unchanged.
 * shared_pages, own_pages: of arguments and environment, pages that the caller of clone has at
 *   the same address now, and pages that it has not; "-" all other rows, and when either of
 *   them has no memory any more. A page that changes meanwhile is told as it was when looked at
 * runs: which pages: WORD:PAGES joined by ",", from the first page on; words shared, own, none
 *   (nothing is there); then "+N": N pages more, beyond COWSCOPE_BIRTH_RUNS_MAX runs
 */
#define COWSCOPE_BIRTH_RUNS_MAX	16
#define COWSCOPE_HEADER_WATCH	"pid follow state comm"
/* follow: yes no   state: live exited */
#define COWSCOPE_HEADER_PAGES	"start end pages state region perms name"
/*
 * Addresses are hexadecimal with 0x, end is exclusive. One row of state "mapping" heads each
 * mapping, with its permissions as in /proc/PID/maps and its name; then its runs, which
 * have "-" for both. pages are 4 KiB. A page that changes meanwhile is told as it was when looked
 * at.
 */
#define COWSCOPE_STATE_MAPPING	"mapping"
#define COWSCOPE_HEADER_FAMILY							\
	"relation pid region present_pages shared_pages elsewhere_pages"	\
	" cache_pages swap_pages armed_anon_pages armed_file_pages"		\
	" armed_zero_pages armed_ksm_pages mm comm"
/*
 * One row per member and region where it has anything, then its row "total".
 * relation: self parent child sibling grandparent grandchild ancestor descendant cousin relative,
 *   or inferred: older than the module, known by a common root of its anonymous memory
 * present: anonymous or page cache, the zero page not counted
 * shared: anonymous pages that this member and the process asked for both map now (row self: that
 *   any other member maps); elsewhere: of them at another address; cache: the same of page cache;
 *   swap: swapped-out pages held by both
 * Then "key value" lines, COWSCOPE_FAMILY_KEYS.
 */
#define COWSCOPE_FAMILY_KEYS(X)							\
	X(members) X(skipped)							\
	X(armed_anon_pages) X(armed_file_pages) X(armed_zero_pages)		\
	X(armed_ksm_pages) X(armed_hugetlb_bytes) X(swap_in_pages)		\
	X(worst_case_pages) X(worst_case_hugetlb_bytes)				\
	X(worst_case_family_pages) X(worst_case_family_hugetlb_bytes)		\
	X(memory_max_pages) X(memory_available_pages)
/*
 * armed_*, swap_in: of the process asked for. worst_case: new memory if it alone wrote every armed
 * page; worst_case_family: if every member did, whatever the order. Pieces of huge pages count for
 * each writer, those that nobody else maps any more as well: an upper bound, at least one page per
 * huge page too high. A page held by more than page tables (a pipe, a pin, one of the kernel's
 * batches) costs one copy more. memory_max: the least room below a memory.max of its cgroups, "-"
 * no limit; memory_available: of the machine. skipped: members that ended or could not be read
 */
#define COWSCOPE_HEADER_PAIRS							\
	"pid peer shared_pages elsewhere_pages cache_pages swap_pages mm peer_mm"
#define COWSCOPE_HEADER_INHERITED						\
	"region inherited_pages shared_pages child_broke_pages parent_broke_pages other_pages"
/*
 * Anonymous pages that came by fork. shared: still shared with the parent; *_broke: copied by
 * the child or by the parent, "-" when either of them forked again since; other: ended without a
 * copy (unmapped, swapped out, taken over). By region when the parent was watched at the fork, else
 * the row total alone.
 */
/* Who counted: words of sites. */
#define COWSCOPE_SITE_WORDS(X)								\
	X(USER,	   user,    "an instruction of the process")				\
	X(SYSCALL, syscall, "the kernel, in a system call of the process")		\
	X(RSEQ,	   rseq,    "the kernel, telling it the CPU for restartable sequences")	\
	X(RETURN,  return,  "the kernel on the way back to it: the frame of a signal and the like") \
	X(EXIT,	   exit,    "the kernel when a thread ends: robust futexes, its TID")	\
	X(KTHREAD, kthread, "a kernel thread or worker: khugepaged, io_uring")		\
	X(REMOTE,  remote,  "another process: a debugger, /proc/PID/mem, process_vm_writev") \
	X(LATE,	   late,    "attempts that came to nothing, found later")		\
	X(OTHER,   other,   "places that had to make room for others")			\
	X(BEFORE,  before,  "all that was counted before it was watched")
#define COWSCOPE_HEADER_SITES							\
	"by address syscall mapping offset" COWSCOPE_CAUSE_COLUMNS " dev inode mtime_ns"
/*
 * One row per place, those that counted most first, then other and before: the rows add up to
 * the row total of cow. Only the header when it is not watched; what was counted stays readable
 * when it has ended. A followed child is watched from its birth, a new program from its first
 * instruction on.
 * address: user space, hexadecimal: of the instruction, of a system call the one after it; "-" no
 *   instruction of the process
 * syscall: its number, with "32:" before it if it is one of the 32-bit calls, or "-"
 * mapping, offset: where the address lies: name as in /proc/PID/maps and hexadecimal offset in that
 *   file, or from the start of memory without a file; as of now, or as it was at the end; "-" not
 *   known, or nothing is there any more
 * dev, inode, mtime_ns: which file that is, as in /proc/PID/maps, and when it was last written, in
 *   nanoseconds since 1970; of the same moment as mapping; "-" no file
 * The table has room for COWSCOPE_SITES_MAX pairs of place and cause; one that finds none takes the
 * room of a small one.
 */
#define COWSCOPE_SITES_MAX	256

/* Causes with a histogram: the copies that an attempt makes, and first writes to the zero page. */
#define COWSCOPE_LATENCY_CAUSES(X)	\
	X(COPIED,   copied)		\
	X(FILE,     file)		\
	X(KSM,      ksm)		\
	X(UNSHARED, unshared)		\
	X(ZERO,     zero)
#define COWSCOPE_LATENCY_COLUMN(id, name)	" " #name
#define COWSCOPE_HEADER_LATENCY	\
	"at_least_ns below_ns" COWSCOPE_LATENCY_CAUSES(COWSCOPE_LATENCY_COLUMN)
#define COWSCOPE_LATENCY_KEYS(X)	\
	X(counting) X(since_ns) X(copies) X(sum_ns) X(max_ns)
/*
 * One row per power of two, from the first that holds something to the last; below_ns "-": no
 * limit. From the entry of do_wp_page until the copy is mapped: allocation, charge, reclaim,
 * copying, flush. Not in it: the way into the kernel and back, copies made by no attempt (file
 * pages never read before, hugetlb, fork). counting: yes no   since_ns: of the last "on", "-"
 * none; copies, sum_ns and max_ns are of attempts begun since. "on" begins anew, "off" keeps what
 * was counted. A new program and a child begin without.
 */

#define COWSCOPE_FORECAST_KEYS(X)						\
	X(abi) X(pid) X(comm) X(threads)					\
	X(mappings) X(skipped_mappings) X(wiped_mappings)			\
	X(shared_pages) X(at_risk_pages) X(at_risk_hugetlb_bytes) X(swap_pages)	\
	X(pgtable_bytes) X(memory_max_pages) X(memory_available_pages) X(fits)
/*
 * If it forked now. mappings: copied; skipped: MADV_DONTFORK; wiped: MADV_WIPEONFORK; shared:
 * pages that the child would map at once; at_risk: new pages if both wrote all that they may, one
 * for each such page, two for a piece of a huge page; pgtable: page tables of the child; fits: yes
 * no, at_risk and pgtable beside memory_max and memory_available.
 */
#define COWSCOPE_HEADER_WALK	"level start bytes entry flags"
/*
 * One row per level, from pgd down to the entry that maps the page or is empty; a level that the
 * machine does not have (p4d with four levels) has no row. start and bytes: the range that the
 * entry covers. entry: table none page swap migration marker device special. flags:
 * COWSCOPE_WALK_FLAGS joined by "|", or "-": what the entry says, and of the page exclusive (the
 * kernel's mark) and shared (more than one entry maps it). An entry "page" without "present" is
 * one of PROT_NONE. Then "key value" lines, COWSCOPE_WALK_KEYS. mapping: "0xSTART 0xEND", "-"
 * where nothing is mapped. mapped_by: page-table entries that map the page. next_write:
 * COWSCOPE_NEXT_WRITES; why: the rest of the line, in words.
 */
#define COWSCOPE_WALK_FLAGS(X)							\
	X(PRESENT, "present") X(WRITABLE, "writable") X(USER, "user")		\
	X(ACCESSED, "accessed") X(DIRTY, "dirty") X(HUGE, "huge")		\
	X(GLOBAL, "global") X(NX, "nx") X(SOFT_DIRTY, "soft-dirty")		\
	X(UFFD_WP, "uffd-wp") X(EXCLUSIVE, "exclusive") X(SHARED, "shared")
/* What a write by the process itself would do next; the cause it would count as, if any. */
#define COWSCOPE_NEXT_WRITES(X)							\
	X(NOTHING,   "nothing")		/* no fault that copies or takes over */	\
	X(COPY,	     "copy")		/* copied, file, ksm, hugetlb */		\
	X(TAKE_OVER, "take-over")	/* reused, thp_reused */			\
	X(EITHER,    "copy-or-take-over")	/* depends on a reference held at that moment */ \
	X(TOUCH,     "first-touch")	/* zero where it read as the zero page */	\
	X(SPLIT,     "split")		/* thp_split, then copied */			\
	X(NOTIFY,    "notify")		/* notified */					\
	X(SWAP_IN,   "swap-in")		/* then copied where others hold the page */	\
	X(WAIT,	     "wait")		/* for a page that is being moved */		\
	X(USERFAULT, "userfault")	/* userfault */					\
	X(SIGNAL,    "signal")		/* SIGSEGV or SIGBUS */
#define COWSCOPE_WALK_KEYS(X)							\
	X(address) X(mapping) X(perms) X(region) X(name) X(state) X(mapped_by)	\
	X(next_write) X(why)

/*
 * Kinds of kernel objects that tasks can share: word, the CLONE_ flag that shares it or, for
 * namespaces and cgroup, makes it new, help. Order of the rows of sharing.
 */
#define COWSCOPE_KINDS(X)								\
	X(MM,		 mm,		       CLONE_VM,      "address space")		\
	X(FILES,	 files,		       CLONE_FILES,   "descriptor table")	\
	X(FS,		 fs,		       CLONE_FS,      "working directory, root, umask")	\
	X(SIGHAND,	 sighand,	       CLONE_SIGHAND, "signal handlers")	\
	X(SIGNAL,	 signal,	       CLONE_THREAD,  "thread group: pending signals, limits, timers")	\
	X(IO,		 io,		       CLONE_IO,      "I/O context")		\
	X(SYSVSEM,	 sysvsem,	       CLONE_SYSVSEM, "undo list of System V semaphores")	\
	X(MNT_NS,	 mnt_ns,	       CLONE_NEWNS,   "mount namespace")	\
	X(UTS_NS,	 uts_ns,	       CLONE_NEWUTS,  "UTS namespace")		\
	X(IPC_NS,	 ipc_ns,	       CLONE_NEWIPC,  "IPC namespace")		\
	X(NET_NS,	 net_ns,	       CLONE_NEWNET,  "network namespace")	\
	X(PID_NS,	 pid_ns,	       CLONE_NEWPID,  "PID namespace that the task is in")	\
	X(PID_NS_CHILD,	 pid_ns_for_children,  CLONE_NEWPID,  "PID namespace of its future children")	\
	X(USER_NS,	 user_ns,	       CLONE_NEWUSER, "user namespace")		\
	X(TIME_NS,	 time_ns,	       CLONE_NEWTIME, "time namespace that the task is in")	\
	X(TIME_NS_CHILD, time_ns_for_children, CLONE_NEWTIME, "time namespace of its future children")	\
	X(CGROUP_NS,	 cgroup_ns,	       CLONE_NEWCGROUP, "cgroup namespace")	\
	X(CGROUP,	 cgroup,	       CLONE_INTO_CGROUP, "cgroup of the v2 hierarchy")

#define COWSCOPE_HEADER_SHARING	"kind id tasks processes members mark"
/*
 * The file: one row per object that two or more tasks use. The view of a process: one row per
 * object that any of its tasks uses, shared or not.
 * kind: COWSCOPE_KINDS
 * id: namespaces: inode number, as in /proc/PID/ns; cgroup: inode number of its directory; mm:
 *   serial number of the address space, "-" it has no record; the rest: 16 hexadecimal digits, the
 *   address hashed with a key of this load: equal as long as the object lives
 * tasks, processes: that use it. They all used it at one and the same moment, a different one for
 *   each reading; a task that came or went during the reading may be missing
 * members: PID(tasks) joined by ",", oldest first; then "+N": N processes more, beyond
 *   COWSCOPE_MEMBERS_MAX or invisible in the reader's PID namespace
 * mark: what is unusual, joined by "|", or "-":
 *   across: mm, files, fs, sighand, io or sysvsem of more than one process
 *   kthreads: of kernel threads and processes alike
 * More than 262,144 tasks are refused with ENOMEM.
 */
#define COWSCOPE_MEMBERS_MAX	16
#define COWSCOPE_MARK_ACROSS	"across"
#define COWSCOPE_MARK_KTHREADS	"kthreads"

#define COWSCOPE_HEADER_FILES	"fd id offset flags type cloexec holders peer path"
/*
 * One row per descriptor, ascending; what is opened or closed during the reading may be missing.
 * id: of the open file description: what fork, dup and SCM_RIGHTS share, offset and flags with it.
 *   Opening the same file twice makes two. 16 hexadecimal digits, as in sharing
 * offset: of the next read or write   flags: access mode, then O_ names, joined by "|", unknown
 *   bits as one hex number   type: file dir char block pipe socket link anon   cloexec: yes no
 * holders: the other descriptors that are the same open file description, as PID:FD joined by ",",
 *   then "+N": N more, beyond COWSCOPE_HOLDERS_MAX or invisible in the reader's PID namespace;
 *   COWSCOPE_HOLDERS_NONE; or "-", the descriptor changed during the reading. PID is a thread where
 *   a thread has a descriptor table of its own. In flight in a socket is in no table and not seen
 * peer: of a socket: socket:[INODE] of the other end, ADDRESS:PORT, or "-"
 * path: as /proc/PID/fd has it
 */
#define COWSCOPE_HOLDERS_MAX	16
#define COWSCOPE_HOLDERS_NONE	"none"

/*
 * Keys of status, in this order. A hook line is
 *   hook NAME MECHANISM NEED STATE HITS MISSED
 *   MECHANISM: ftrace kprobe kretprobe tracepoint   NEED: required optional
 *   STATE: proven unproven bad off, unused (not asked for at load, or of newer kernels)
 *   MISSED: number, or - where it cannot be known
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
	X(births) X(births_max) X(births_dropped)				\
	X(watched) X(watched_max) X(watched_dropped) X(inherits_dropped)	\
	X(sites_dropped) X(sites_other)						\
	X(cgroups) X(cgroups_max) X(cgroups_dropped)				\
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
 *   EINVAL      not a positive decimal number where a PID is due, not a hexadecimal one
 *               (0x or not) where an address is, empty command, more than one line
 *   ERANGE      a number no PID can have; walk: an address outside user space
 *   EOPNOTSUPP  unknown word: command, option, view, control state
 *   E2BIG       longer than COWSCOPE_COMMAND_MAX bytes
 *   ESRCH       no such process (a thread's TID is not a process)
 *   ENXIO       the process has no address space: kernel thread, zombie
 *   EEXIST      watch: already watched
 *   ENOENT      watch: "-PID" that is not watched; latency: it has ended, or has no table of sites
 *   ENOSPC      watch: the cap is reached and all watched processes live
 *   EOVERFLOW   pairs: a family of more than 2048
 *   ENODATA     query, walk: read before anything was asked
 *   EIO         files below watched/: open when its process was let go, debugfs says it
 *   EPERM       open without CAP_SYS_ADMIN
 *
 * Commands: one write is one command, a final newline is ignored.
 *   control: "on" | "off"
 *   watch:   "PID" | "PID nofollow" | "-PID" | "clear"
 *   query:   "PID VIEW" | "PID walk ADDRESS"
 *   walk:    "ADDRESS"
 *   latency: "on" | "off"
 */
#define COWSCOPE_COMMAND_MAX	64

#endif /* COWSCOPE_ABI_H */
