// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the child was given: each resource compared with that of current, which
 * waits in clone. The child has not run, and nobody has changed it yet.
 */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "newborn.h"
#include "origin.h"

/* Mappings that are looked at one by one, for a watched parent. */
#define NEWBORN_MAPPINGS_MAX	1024

/* Both sides of one birth. */
struct pair {
	struct cws_origin *origin;
	struct task_struct *child;
	const struct cws_resources *had;	/* the caller */
	const struct cws_resources *got;	/* the child */
};

#define SET(pair, id, word)	((pair)->origin->at_birth[CWS_RESOURCE_##id] = (word))

/* An object: the same one, none, or one of its own. */
static u8 by_object(const struct pair *pair, enum cws_object object, u8 own)
{
	unsigned long got = pair->got->object[object];

	if (!got)
		return CWS_AT_BIRTH_EMPTY;
	return got == pair->had->object[object] ? CWS_AT_BIRTH_SHARED : own;
}

static u8 by_ns(const struct pair *pair, enum cws_ns ns)
{
	u32 got = pair->got->ns[ns];

	if (!got)
		return CWS_AT_BIRTH_UNKNOWN;
	return got == pair->had->ns[ns] ? CWS_AT_BIRTH_SHARED : CWS_AT_BIRTH_NEW;
}

/* A value of its own. */
static u8 by_value(const struct pair *pair, enum cws_value value)
{
	return pair->got->value[value] == pair->had->value[value] ? CWS_AT_BIRTH_COPIED :
								    CWS_AT_BIRTH_NEW;
}

/* Something that starts with nothing, or was asked for. */
static u8 by_presence(bool present)
{
	return present ? CWS_AT_BIRTH_NEW : CWS_AT_BIRTH_EMPTY;
}

static void look_at_memory(struct pair *pair)
{
	u8 word = by_object(pair, CWS_OBJECT_MM, CWS_AT_BIRTH_COPIED);

	SET(pair, ADDRESS_SPACE, word);
	SET(pair, PAGE_TABLES, word);
	SET(pair, STACK, word);
	SET(pair, HEAP, word);
	SET(pair, DATA, word);
	SET(pair, TEXT, word);
	SET(pair, ARGUMENTS, word);
	SET(pair, ENVIRONMENT, word);
	SET(pair, MAPPINGS, word);
}

/* How many mappings of an address space have a flag; CWS_COUNT_UNKNOWN too many. */
static u32 count_flagged(struct mm_struct *mm, unsigned long flag)
{
	struct vm_area_struct *vma;
	u32 seen = 0, nr = 0;

	VMA_ITERATOR(vmi, mm, 0);

	if (!mmap_read_trylock(mm))
		return CWS_COUNT_UNKNOWN;
	for_each_vma(vmi, vma) {
		if (++seen > NEWBORN_MAPPINGS_MAX)
			break;
		nr += !!(vma->vm_flags & flag);
	}
	mmap_read_unlock(mm);
	return seen > NEWBORN_MAPPINGS_MAX ? CWS_COUNT_UNKNOWN : nr;
}

static u8 by_count(u32 count, u8 some)
{
	if (count == CWS_COUNT_UNKNOWN)
		return CWS_AT_BIRTH_UNKNOWN;
	return count ? some : CWS_AT_BIRTH_EMPTY;
}

/*
 * A caller without other threads waits in clone, so what the child lacks was left
 * out. Beyond that mappings have to be looked at one by one.
 */
static void look_at_mappings(struct pair *pair, bool watched)
{
	struct cws_origin *origin = pair->origin;
	struct mm_struct *mm = pair->child->mm;

	origin->dontfork = CWS_COUNT_UNKNOWN;
	origin->wipeonfork = CWS_COUNT_UNKNOWN;
	if (mm == current->mm || !current->mm)
		return;
	if (origin->parent_threads == 1)
		origin->dontfork = pair->had->mappings - pair->got->mappings;
	else if (watched)
		origin->dontfork = count_flagged(current->mm, VM_DONTCOPY);
	if (watched)
		origin->wipeonfork = count_flagged(mm, VM_WIPEONFORK);
	SET(pair, DONTFORK, by_count(origin->dontfork, CWS_AT_BIRTH_EMPTY));
	SET(pair, WIPEONFORK, by_count(origin->wipeonfork, CWS_AT_BIRTH_NEW));
}

static void look_at_process(struct pair *pair)
{
	SET(pair, PID, CWS_AT_BIRTH_NEW);
	SET(pair, PPID, by_object(pair, CWS_OBJECT_PARENT, CWS_AT_BIRTH_NEW));
	SET(pair, THREAD_GROUP, CWS_AT_BIRTH_NEW);
	SET(pair, THREADS, CWS_AT_BIRTH_NEW);
}

static void look_at_registers(struct pair *pair)
{
	const struct pt_regs *had = task_pt_regs(current);
	const struct pt_regs *got = task_pt_regs(pair->child);
	u8 sp = user_stack_pointer((struct pt_regs *)had) ==
		user_stack_pointer((struct pt_regs *)got) ? CWS_AT_BIRTH_COPIED :
							    CWS_AT_BIRTH_NEW;

	if (current->flags & PF_KTHREAD)
		return;
	SET(pair, REGISTERS, cws_compat_registers_copied(got, had) ? CWS_AT_BIRTH_COPIED :
								     CWS_AT_BIRTH_NEW);
	SET(pair, RETURN_VALUE, CWS_AT_BIRTH_NEW);
	SET(pair, STACK_POINTER, sp);
	SET(pair, TLS, cws_compat_same_tls(pair->child, current) ? CWS_AT_BIRTH_COPIED :
								   CWS_AT_BIRTH_NEW);
	SET(pair, IP, instruction_pointer((struct pt_regs *)got) ==
		      instruction_pointer((struct pt_regs *)had) ? CWS_AT_BIRTH_COPIED :
								   CWS_AT_BIRTH_NEW);
	pair->origin->ip = instruction_pointer((struct pt_regs *)got);
}

static void look_at_files(struct pair *pair)
{
	u8 files = by_object(pair, CWS_OBJECT_FILES, CWS_AT_BIRTH_COPIED);
	u8 fs = by_object(pair, CWS_OBJECT_FS, CWS_AT_BIRTH_COPIED);
	bool same = fs == CWS_AT_BIRTH_SHARED;

	SET(pair, DESCRIPTORS, files);
	SET(pair, OPEN_FILES, CWS_AT_BIRTH_SHARED);
	SET(pair, POSIX_LOCKS, files == CWS_AT_BIRTH_SHARED ? files : CWS_AT_BIRTH_EMPTY);
	SET(pair, OFD_LOCKS, CWS_AT_BIRTH_SHARED);
	SET(pair, FS, fs);
	SET(pair, CWD, same ? fs : by_value(pair, CWS_VALUE_CWD));
	SET(pair, ROOT, same ? fs : by_value(pair, CWS_VALUE_ROOT));
	SET(pair, UMASK, same ? fs : by_value(pair, CWS_VALUE_UMASK));
	SET(pair, IO_CONTEXT, by_object(pair, CWS_OBJECT_IO, CWS_AT_BIRTH_COPIED));
	SET(pair, SYSVSEM, by_object(pair, CWS_OBJECT_SYSVSEM, CWS_AT_BIRTH_NEW));
}

static void look_at_signals(struct pair *pair)
{
	bool reset = pair->origin->flags & CLONE_CLEAR_SIGHAND;

	SET(pair, SIGNAL_HANDLERS, by_object(pair, CWS_OBJECT_SIGHAND,
					     reset ? CWS_AT_BIRTH_NEW : CWS_AT_BIRTH_COPIED));
	SET(pair, BLOCKED, by_value(pair, CWS_VALUE_BLOCKED));
	SET(pair, PENDING, by_presence(pair->got->value[CWS_VALUE_PENDING]));
	SET(pair, TIMERS, by_presence(pair->got->value[CWS_VALUE_TIMERS]));
}

static void look_at_namespaces(struct pair *pair)
{
	u64 had = pair->had->value[CWS_VALUE_CGROUP];

	SET(pair, MNT_NS, by_ns(pair, CWS_NS_MNT));
	SET(pair, UTS_NS, by_ns(pair, CWS_NS_UTS));
	SET(pair, IPC_NS, by_ns(pair, CWS_NS_IPC));
	SET(pair, PID_NS, by_ns(pair, CWS_NS_PID));
	SET(pair, USER_NS, by_ns(pair, CWS_NS_USER));
	SET(pair, NET_NS, by_ns(pair, CWS_NS_NET));
	SET(pair, CGROUP_NS, by_ns(pair, CWS_NS_CGROUP));
	SET(pair, TIME_NS, by_ns(pair, CWS_NS_TIME));
	SET(pair, CGROUP, pair->got->value[CWS_VALUE_CGROUP] == had ? CWS_AT_BIRTH_SHARED :
								      CWS_AT_BIRTH_NEW);
}

/* What a call may ask for besides. */
static void look_at_requests(struct pair *pair)
{
	u64 flags = pair->origin->flags;

	SET(pair, PTRACE, by_object(pair, CWS_OBJECT_TRACER, CWS_AT_BIRTH_NEW));
	SET(pair, CHILD_TID, by_presence(pair->got->value[CWS_VALUE_CHILD_TID]));
	SET(pair, CLEAR_TID, by_presence(pair->got->value[CWS_VALUE_CLEAR_TID]));
	SET(pair, VFORK_WAIT, by_presence(pair->got->value[CWS_VALUE_VFORK_WAIT]));
	if (!pair->origin->flags_known)
		return;
	SET(pair, PIDFD, by_presence(flags & CLONE_PIDFD));
	SET(pair, PARENT_TID, by_presence(flags & CLONE_PARENT_SETTID));
}

/**
 * cws_newborn_look() - compare a child with its maker
 * @origin: of the child, not in the hash yet; its call is known
 * @child: about to run
 * @watched: look at mappings one by one
 *
 * Context: probe of wake_up_new_task; current is the maker.
 */
void cws_newborn_look(struct cws_origin *origin, struct task_struct *child, bool watched)
{
	struct cws_resources had;
	struct pair pair = {
		.origin = origin, .child = child, .had = &had, .got = &origin->born,
	};

	cws_resources_read(current, &had);
	cws_resources_read(child, &origin->born);
	origin->parent_threads = had.threads;
	look_at_memory(&pair);
	look_at_mappings(&pair, watched);
	look_at_process(&pair);
	look_at_registers(&pair);
	look_at_files(&pair);
	look_at_signals(&pair);
	look_at_namespaces(&pair);
	look_at_requests(&pair);
}
