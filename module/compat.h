/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between kernel versions and architectures, and nothing
 * else. Main code calls the newest kernel's shape under a cws_compat_ name;
 * the newest branch stands first, so retiring a kernel deletes the bottom.
 */
#ifndef CWS_COMPAT_H
#define CWS_COMPAT_H

#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/shmem_fs.h>
#include <linux/thread_info.h>
#include <linux/version.h>

/* Hexadecimal digits. Until 6.5 they are in linux/kernel.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <linux/hex.h>
#endif

#include <asm/syscall.h>

#include "compat_leaf.h"
#include "compat_page.h"

/*
 * 6.2 gave ftrace_regs accessors of its own (94d095ffa0e1 "ftrace: abstract
 * DYNAMIC_FTRACE_WITH_ARGS accesses"); before, x86 keeps a pt_regs inside whose
 * argument registers are always saved. Needed until support for 6.1 ends.
 */
#ifdef ftrace_regs_get_argument
#define cws_compat_arg(fregs, n)	ftrace_regs_get_argument(fregs, n)
#else
#define cws_compat_arg(fregs, n)	regs_get_kernel_argument(&(fregs)->regs, n)
#endif

/**
 * cws_compat_site_armed() - is anything attached at a probe site
 * @addr: the site, as ftrace or kprobes gave it
 *
 * x86 has a five-byte nop at an idle ftrace site (0x0f) and a call (0xe8) at an
 * armed one; a kprobe elsewhere leaves int3 (0xcc) or a jump (0xe9).
 */
static inline bool cws_compat_site_armed(unsigned long addr)
{
	u8 first = READ_ONCE(*(u8 *)addr);

	return first == 0xe8 || first == 0xcc || first == 0xe9;
}

/**
 * cws_compat_mm_counter() - pages of one kind, exactly
 * @mm: nobody faults on it
 * @member: MM_ANONPAGES and the like
 *
 * Since 6.2 each CPU keeps a part of the counters (f1a7941243c1 "mm: convert mm's
 * rss stats into percpu_counter") and a read leaves them out; the sum is asked of
 * all CPUs, under a spinlock.
 *
 * Return: pages.
 */
static inline unsigned long cws_compat_mm_counter(struct mm_struct *mm, int member)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
	return percpu_counter_sum_positive(&mm->rss_stat[member]);
#else
	return get_mm_counter(mm, member);
#endif
}

/* The same of all that is mapped. */
static inline unsigned long cws_compat_mm_rss(struct mm_struct *mm)
{
	return cws_compat_mm_counter(mm, MM_FILEPAGES) +
	       cws_compat_mm_counter(mm, MM_ANONPAGES) +
	       cws_compat_mm_counter(mm, MM_SHMEMPAGES);
}

/* hugetlb pages mapped by an address space, in 4 KiB pages. */
static inline u64 cws_compat_hugetlb_pages(struct mm_struct *mm)
{
#ifdef CONFIG_HUGETLB_PAGE
	return atomic_long_read(&mm->hugetlb_usage);
#else
	return 0;
#endif
}

/*
 * Made by the kernel inside a process, without kernel_clone(). 6.4 added
 * PF_USER_WORKER for vhost's (54e6842d0775 "fork/vm: Move common PF_IO_WORKER
 * behavior to new flag") and sets it for io_uring's as well.
 */
static inline bool cws_compat_is_worker(const struct task_struct *task)
{
#ifdef PF_USER_WORKER
	return task->flags & PF_USER_WORKER;
#else
	return task->flags & PF_IO_WORKER;
#endif
}

/*
 * copy_process() called for such a task. 6.4 gave the arguments a bit for each
 * kind (54e6842d0775); io_thread is set for io_uring's in both.
 */
static inline bool cws_compat_worker_args(const struct kernel_clone_args *args)
{
#ifdef PF_USER_WORKER
	return args->io_thread || args->user_worker;
#else
	return args->io_thread;
#endif
}

/**
 * cws_compat_mnt_ns_inum() - the inode number of a mount namespace
 * @nsproxy: of a task, kept by its task_lock
 *
 * The struct is the kernel's own and its getter is not exported. The common part
 * stands first in all of them, unless the layout is shuffled.
 *
 * Return: the number; 0 not known.
 */
static inline u32 cws_compat_mnt_ns_inum(const struct nsproxy *nsproxy)
{
#ifdef CONFIG_RANDSTRUCT
	return 0;
#else
	return ((const struct ns_common *)nsproxy->mnt_ns)->inum;
#endif
}

/*
 * The type that stat() tells. 6.9 gave pidfds a file system of their own (cb12fd8e0dab
 * "pidfd: add pidfs"), whose inodes are regular files and say that they have no type,
 * since programs count on that.
 */
static inline umode_t cws_compat_file_type(const struct inode *inode)
{
#ifdef PID_FS_MAGIC
	if (inode->i_sb->s_magic == PID_FS_MAGIC)
		return 0;
#endif
	return inode->i_mode & S_IFMT;
}

/* A file without a name in any directory, of shared memory. 7.0 has a type for its flags. */
static inline struct file *cws_compat_shmem_file(const char *name, loff_t size)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return shmem_file_setup(name, size, EMPTY_VMA_FLAGS);
#else
	return shmem_file_setup(name, size, 0);
#endif
}

/* When a file was last written. 6.7 has accessors (077c212f0344 "fs: new accessor ..."). */
static inline struct timespec64 cws_compat_mtime(const struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return inode_get_mtime(inode);
#else
	return inode->i_mtime;
#endif
}

/*
 * What a task's system calls use. 7.x has another one beside it, for a while, when
 * the kernel works on behalf of the task.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define cws_compat_fs(task)	((task)->real_fs)
#else
#define cws_compat_fs(task)	((task)->fs)
#endif

/* 6.12 made the list of POSIX timers an hlist. */
static inline bool cws_compat_has_posix_timers(const struct signal_struct *signal)
{
#ifndef CONFIG_POSIX_TIMERS
	return false;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return !hlist_empty(&signal->posix_timers);
#else
	return !list_empty(&signal->posix_timers);
#endif
}

/*
 * Copies a string into a trace event. Since 6.10 the macro knows the source from
 * __string() (2c92ca849fcc "tracing/treewide: Remove second parameter of
 * __assign_str()").
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define cws_compat_assign_str(field, source)	__assign_str(field)
#else
#define cws_compat_assign_str(field, source)	__assign_str(field, source)
#endif

/**
 * cws_compat_user_fault() - is current in a fault of an instruction in user space
 *
 * Kernels that count per-task faults of memory cgroups say so; 6.12 does when built with
 * CONFIG_MEMCG_V1. Elsewhere the way into the kernel tells, which takes what the kernel
 * itself writes on the way back from an interrupt for the interrupted instruction's doing.
 *
 * Context: probe of a fault, in a task with a user space.
 * Return: whether it is.
 */
static inline bool cws_compat_user_fault(void)
{
#if defined(CONFIG_MEMCG_V1) ||	\
	(defined(CONFIG_MEMCG) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0))
	return current->in_user_fault;
#else
	return syscall_get_nr(current, task_pt_regs(current)) < 0;
#endif
}

/*
 * Whether current's system call is under way: until it is done its return value is
 * ENOSYS, on its way back it is what the call gave.
 */
static inline bool cws_compat_in_syscall(void)
{
	const struct pt_regs *regs = task_pt_regs(current);

	return (long)regs->orig_ax >= 0 && (long)regs->ax == -ENOSYS;
}

/* Whether it has a number of the 32-bit calls. */
static inline bool cws_compat_syscall_is_32(void)
{
	return current_thread_info()->status & TS_COMPAT;
}

/* Where current wants to read on which CPU it is. 6.18 moved it. */
static inline const void __user *cws_compat_rseq(void)
{
#if !defined(CONFIG_RSEQ)
	return NULL;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	return current->rseq.usrptr;
#else
	return current->rseq;
#endif
}

/* All registers but return value and stack pointer. */
static inline bool cws_compat_registers_copied(const struct pt_regs *child,
					       const struct pt_regs *parent)
{
	const unsigned long *one = (void *)child, *other = (void *)parent;
	unsigned long differ = 0;
	unsigned int i;

	/* In one run: every fork does it. */
#pragma GCC unroll 32
	for (i = 0; i < sizeof(*child) / sizeof(*one); i++)
		if (i != offsetof(struct pt_regs, ax) / sizeof(*one) &&
		    i != offsetof(struct pt_regs, sp) / sizeof(*one))
			differ |= one[i] ^ other[i];
	return !differ;
}

/* copy_thread() has saved the parent's before it copied them. */
static inline bool cws_compat_same_tls(const struct task_struct *child,
				       const struct task_struct *parent)
{
	return child->thread.fsbase == parent->thread.fsbase &&
	       !memcmp(child->thread.tls_array, parent->thread.tls_array,
		       sizeof(child->thread.tls_array));
}

/* A fork-like system call under the number of the calling convention in use. */
enum cws_syscall {
	CWS_SYS_FORK,
	CWS_SYS_VFORK,
	CWS_SYS_CLONE,
	CWS_SYS_CLONE3,
	CWS_SYS_KERNEL,
};

/**
 * cws_compat_clone_syscall() - which system call current is in
 *
 * Context: current's own kernel entry, any lock.
 * Return: the fork-like call, CWS_SYS_KERNEL for anything else.
 */
static inline enum cws_syscall cws_compat_clone_syscall(void)
{
	long nr = task_pt_regs(current)->orig_ax;

	if (current->flags & PF_KTHREAD)
		return CWS_SYS_KERNEL;
	if (current_thread_info()->status & TS_COMPAT) {
		switch (nr) {
		case 2:
			return CWS_SYS_FORK;
		case 190:
			return CWS_SYS_VFORK;
		case 120:
			return CWS_SYS_CLONE;
		case 435:
			return CWS_SYS_CLONE3;
		}
		return CWS_SYS_KERNEL;
	}
	/* x32 sets bit 30 over the same numbers. */
	switch (nr & ~0x40000000L) {
	case 57:
		return CWS_SYS_FORK;
	case 58:
		return CWS_SYS_VFORK;
	case 56:
		return CWS_SYS_CLONE;
	case 435:
		return CWS_SYS_CLONE3;
	}
	return CWS_SYS_KERNEL;
}

#endif /* CWS_COMPAT_H */
