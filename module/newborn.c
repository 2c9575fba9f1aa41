// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the child was given: each resource beside that of current, which waits in clone.
 * The child has not run, and nobody has changed it yet. Both sides are taken down, and
 * compared when somebody asks: a fork costs no more than that.
 */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "newborn.h"
#include "origin.h"

/* Mappings that are looked at one by one, for a watched parent. */
#define NEWBORN_MAPPINGS_MAX	1024

/* Both sides of one birth, and the words for it. */
struct pair {
	const struct cws_origin *origin;
	const struct cws_had *had;		/* the caller */
	const struct cws_resources *got;	/* the child */
	u8 *word;
};

#define SET(pair, id, is)	((pair)->word[CWS_RESOURCE_##id] = (is))

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

static void judge_memory(const struct pair *pair)
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

static u8 by_count(u32 count, u8 some)
{
	if (count == CWS_COUNT_UNKNOWN)
		return CWS_AT_BIRTH_UNKNOWN;
	return count ? some : CWS_AT_BIRTH_EMPTY;
}

static void judge_mappings(const struct pair *pair)
{
	SET(pair, DONTFORK, by_count(pair->origin->dontfork, CWS_AT_BIRTH_EMPTY));
	SET(pair, WIPEONFORK, by_count(pair->origin->wipeonfork, CWS_AT_BIRTH_NEW));
}

static void judge_process(const struct pair *pair)
{
	SET(pair, PID, CWS_AT_BIRTH_NEW);
	SET(pair, PPID, by_object(pair, CWS_OBJECT_PARENT, CWS_AT_BIRTH_NEW));
	SET(pair, THREAD_GROUP, CWS_AT_BIRTH_NEW);
	SET(pair, THREADS, CWS_AT_BIRTH_NEW);
}

static void judge_registers(const struct pair *pair)
{
	const struct cws_registers *same = &pair->origin->registers;

	if (!same->known)
		return;
	SET(pair, REGISTERS, same->others ? CWS_AT_BIRTH_COPIED : CWS_AT_BIRTH_NEW);
	SET(pair, RETURN_VALUE, CWS_AT_BIRTH_NEW);
	SET(pair, STACK_POINTER, same->sp ? CWS_AT_BIRTH_COPIED : CWS_AT_BIRTH_NEW);
	SET(pair, TLS, same->tls ? CWS_AT_BIRTH_COPIED : CWS_AT_BIRTH_NEW);
	SET(pair, IP, same->ip ? CWS_AT_BIRTH_COPIED : CWS_AT_BIRTH_NEW);
}

static void judge_files(const struct pair *pair)
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

static void judge_signals(const struct pair *pair)
{
	bool reset = pair->origin->flags & CLONE_CLEAR_SIGHAND;

	SET(pair, SIGNAL_HANDLERS, by_object(pair, CWS_OBJECT_SIGHAND,
					     reset ? CWS_AT_BIRTH_NEW : CWS_AT_BIRTH_COPIED));
	SET(pair, BLOCKED, by_value(pair, CWS_VALUE_BLOCKED));
	SET(pair, PENDING, by_presence(pair->got->value[CWS_VALUE_PENDING]));
	SET(pair, TIMERS, by_presence(pair->got->value[CWS_VALUE_TIMERS]));
}

static void judge_namespaces(const struct pair *pair)
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
static void judge_requests(const struct pair *pair)
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
 * cws_newborn_judge() - what a child got of its maker's
 * @origin: of the child
 * @word: enum cws_at_birth by resource, filled in
 *
 * Context: any.
 */
void cws_newborn_judge(const struct cws_origin *origin, u8 *word)
{
	const struct pair pair = {
		.origin = origin, .had = &origin->had, .got = &origin->born, .word = word,
	};

	memset(word, CWS_AT_BIRTH_UNKNOWN, CWS_NR_RESOURCES);
	judge_memory(&pair);
	judge_mappings(&pair);
	judge_process(&pair);
	judge_registers(&pair);
	judge_files(&pair);
	judge_signals(&pair);
	judge_namespaces(&pair);
	judge_requests(&pair);
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

/*
 * A caller without other threads waits in clone, so what the child lacks was left
 * out. Beyond that mappings have to be looked at one by one.
 */
static void look_at_mappings(struct cws_origin *origin, struct mm_struct *mm, bool watched)
{
	origin->dontfork = CWS_COUNT_UNKNOWN;
	origin->wipeonfork = CWS_COUNT_UNKNOWN;
	if (mm == current->mm || !current->mm)
		return;
	if (origin->parent_threads == 1)
		origin->dontfork = READ_ONCE(current->mm->map_count) - origin->born.mappings;
	else if (watched)
		origin->dontfork = count_flagged(current->mm, VM_DONTCOPY);
	if (watched)
		origin->wipeonfork = count_flagged(mm, VM_WIPEONFORK);
}

static void look_at_registers(struct cws_origin *origin, struct task_struct *child)
{
	struct pt_regs *had = task_pt_regs(current), *got = task_pt_regs(child);

	origin->registers = (struct cws_registers){};
	origin->ip = 0;
	if (current->flags & PF_KTHREAD)
		return;
	origin->registers.known = true;
	origin->registers.others = cws_compat_registers_copied(got, had);
	origin->registers.sp = user_stack_pointer(got) == user_stack_pointer(had);
	origin->registers.ip = instruction_pointer(got) == instruction_pointer(had);
	origin->registers.tls = cws_compat_same_tls(child, current);
	origin->ip = instruction_pointer(got);
}

/**
 * cws_newborn_look() - take down what a child has, and its maker
 * @origin: of the child, not in the hash yet; its call is known
 * @child: about to run
 * @watched: look at mappings one by one
 *
 * Context: probe of wake_up_new_task; current is the maker.
 */
void cws_newborn_look(struct cws_origin *origin, struct task_struct *child, bool watched)
{
	cws_resources_read_had(current, &origin->had);
	cws_resources_read(child, &origin->born);
	origin->parent_threads = get_nr_threads(current);
	look_at_mappings(origin, child->mm, watched);
	look_at_registers(origin, child);
}
