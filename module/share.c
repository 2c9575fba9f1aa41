// SPDX-License-Identifier: GPL-2.0-only
/*
 * From keys of tasks to objects and their users, kind by kind. Threads mostly use
 * the same memory, and neighbours the same namespaces: runs of tasks that have all
 * of a group in common are counted at once.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "objid.h"
#include "share.h"

#define NO_OBJECT	U32_MAX

/* Neighbours that agree in all kinds of a group. */
struct run {
	u32 first;
	u32 tasks;
	u32 processes;
};

/**
 * struct found - an object while its users are gathered
 * @key: of the looks
 * @serial: of the address space, kind mm
 * @tasks: users
 * @processes: of them
 * @tgid: the process counted last
 * @slot: where it is in the hash
 * @user: used by a process
 * @kthread: used by a kernel thread
 * @wanted: used by the process asked for
 * @shown: where it goes; NULL nowhere
 */
struct found {
	u64 key;
	u64 serial;
	u32 tasks;
	u32 processes;
	pid_t tgid;
	u32 slot;
	bool user, kthread, wanted;
	struct cws_share_object *shown;
};

/**
 * struct sift - one kind at work
 * @looks: all tasks
 * @tgid: process asked for, 0 all that is shared
 * @kind: which
 * @nr: objects found
 * @found: room for one per task
 * @runs: of its group
 * @run: room for one per task
 * @of: for each run, which object
 * @bits: size of the hash
 * @slot: 1 + object, 0 free
 */
struct sift {
	struct cws_looks *looks;
	pid_t tgid;
	enum cws_kind kind;
	u32 nr;
	struct found *found;
	u32 runs;
	struct run *run;
	u32 *of;
	unsigned int bits;
	u32 *slot;
};

static bool same_group(const struct cws_look *a, const struct cws_look *b, enum cws_kind from,
		       enum cws_kind to)
{
	int kind;

	for (kind = from; kind <= to; kind++)
		if (a->key[kind] != b->key[kind])
			return false;
	return a->kthread == b->kthread;
}

static void sift_runs(struct sift *sift, enum cws_kind from, enum cws_kind to)
{
	const struct cws_look *look = sift->looks->look;
	struct run *run = NULL;
	u32 i;

	sift->runs = 0;
	for (i = 0; i < sift->looks->nr; i++) {
		if (!run || !same_group(&look[i - 1], &look[i], from, to)) {
			run = &sift->run[sift->runs++];
			*run = (struct run){ i, 1, 1 };
			continue;
		}
		run->tasks++;
		run->processes += look[i].tgid != look[i - 1].tgid;
	}
}

/* At most half of the slots are in use. */
static u32 sift_find(struct sift *sift, u64 key)
{
	u32 mask = (1U << sift->bits) - 1;
	u32 at = hash_64(key, sift->bits);

	for (; sift->slot[at]; at = (at + 1) & mask)
		if (sift->found[sift->slot[at] - 1].key == key)
			return sift->slot[at] - 1;
	sift->found[sift->nr] = (struct found){ .key = key, .slot = at };
	sift->slot[at] = ++sift->nr;
	return sift->nr - 1;
}

static bool run_has(const struct sift *sift, const struct run *run, pid_t tgid)
{
	u32 i;

	for (i = run->first; i < run->first + run->tasks; i++)
		if (sift->looks->look[i].tgid == tgid)
			return true;
	return false;
}

static void sift_count(const struct sift *sift, struct found *found, const struct run *run)
{
	const struct cws_look *first = &sift->looks->look[run->first];

	found->tasks += run->tasks;
	/* Its first process may be the last one of the run before. */
	found->processes += run->processes - (found->processes && found->tgid == first->tgid);
	found->tgid = first[run->tasks - 1].tgid;
	if (first->kthread)
		found->kthread = true;
	else
		found->user = true;
	if (first->mm_serial)
		found->serial = first->mm_serial;
	if (sift->tgid && run_has(sift, run, sift->tgid))
		found->wanted = true;
}

/* Which objects there are, and by how many they are used. */
static void sift_tasks(struct sift *sift)
{
	u32 i, last = NO_OBJECT;
	u64 key, last_key = 0;

	for (i = 0; i < sift->nr; i++)
		sift->slot[sift->found[i].slot] = 0;
	sift->nr = 0;
	for (i = 0; i < sift->runs; i++) {
		key = sift->looks->look[sift->run[i].first].key[sift->kind];
		if (!key) {
			sift->of[i] = NO_OBJECT;
			continue;
		}
		if (key != last_key) {
			last = sift_find(sift, key);
			last_key = key;
		}
		sift->of[i] = last;
		sift_count(sift, &sift->found[last], &sift->run[i]);
	}
}

static bool sift_shows(const struct sift *sift, const struct found *found)
{
	return sift->tgid ? found->wanted : found->tasks > 1;
}

static u32 members_of(const struct found *found)
{
	return min_t(u32, found->processes, COWSCOPE_MEMBERS_MAX);
}

static u64 object_id(enum cws_kind kind, const struct found *found)
{
	if (kind == CWS_KIND_MM)
		return found->serial;
	return cws_kind_hashed(kind) ? cws_objid((void *)found->key) : found->key;
}

static void show_object(enum cws_kind kind, struct found *found,
			struct cws_share_object *object, struct cws_share_member *member)
{
	bool alone = cws_kind_by_address(kind) && kind != CWS_KIND_SIGNAL;

	object->id = object_id(kind, found);
	object->tasks = found->tasks;
	object->processes = found->processes;
	object->member = member;
	/* Kernel threads share among themselves by nature. */
	object->across = alone && found->user && found->processes > 1;
	object->kthreads = alone && found->user && found->kthread;
	found->shown = object;
}

/* Tasks of a process stand side by side, so a member is complete before the next. */
static void add_members(const struct sift *sift, struct found *found, const struct run *run)
{
	const struct cws_look *look = &sift->looks->look[run->first];
	struct cws_share_object *object = found->shown;
	struct cws_share_member *member;
	u32 i;

	for (i = 0; i < run->tasks; i++, look++) {
		/* In this pass tgid is the process that was entered last, -1 none. */
		if (found->tgid == look->tgid) {
			if (object->members && object->member[object->members - 1].nr == look->nr)
				object->member[object->members - 1].tasks++;
			continue;
		}
		if (object->members == members_of(found))
			return;
		found->tgid = look->tgid;
		if (!look->nr)
			continue;
		member = &object->member[object->members++];
		member->nr = look->nr;
		member->tasks = 1;
	}
}

/* The objects to be shown, in memory of just the size. */
static struct cws_share_part *sift_part(struct sift *sift)
{
	struct cws_share_member *member;
	struct cws_share_part *part;
	u32 i, objects = 0, members = 0;

	for (i = 0; i < sift->nr; i++)
		if (sift_shows(sift, &sift->found[i])) {
			objects++;
			members += members_of(&sift->found[i]);
		}
	if (!objects)
		return NULL;
	part = kvzalloc(struct_size(part, object, objects) +
			array_size(members, sizeof(*member)), GFP_KERNEL);
	if (!part)
		return ERR_PTR(-ENOMEM);
	member = (struct cws_share_member *)&part->object[objects];
	for (i = 0; i < sift->nr; i++) {
		struct found *found = &sift->found[i];

		if (!sift_shows(sift, found))
			continue;
		show_object(sift->kind, found, &part->object[part->nr++], member);
		member += members_of(found);
		found->tgid = -1;
	}
	for (i = 0; i < sift->runs; i++)
		if (sift->of[i] != NO_OBJECT && sift->found[sift->of[i]].shown)
			add_members(sift, &sift->found[sift->of[i]], &sift->run[i]);
	return part;
}

static int sift_alloc(struct sift *sift)
{
	sift->bits = order_base_2(2 * (size_t)sift->looks->nr + 2);
	sift->found = kvmalloc_array(sift->looks->nr, sizeof(*sift->found), GFP_KERNEL);
	sift->run = kvmalloc_array(sift->looks->nr, sizeof(*sift->run), GFP_KERNEL);
	sift->of = kvmalloc_array(sift->looks->nr, sizeof(*sift->of), GFP_KERNEL);
	sift->slot = kvcalloc(1UL << sift->bits, sizeof(*sift->slot), GFP_KERNEL);
	return sift->found && sift->run && sift->of && sift->slot ? 0 : -ENOMEM;
}

static void sift_free(struct sift *sift)
{
	kvfree(sift->slot);
	kvfree(sift->of);
	kvfree(sift->run);
	kvfree(sift->found);
	cws_looks_free(sift->looks);
}

static int sift_kinds(struct sift *sift, struct cws_share *share)
{
	struct cws_share_part *part;

	for (sift->kind = 0; sift->kind < CWS_NR_KINDS; sift->kind++) {
		if (sift->kind == CWS_KIND_MM)
			sift_runs(sift, CWS_KIND_MM, CWS_KIND_SYSVSEM);
		if (sift->kind == CWS_KIND_MNT_NS)
			sift_runs(sift, CWS_KIND_MNT_NS, CWS_KIND_CGROUP);
		sift_tasks(sift);
		part = sift_part(sift);
		if (IS_ERR(part))
			return PTR_ERR(part);
		share->part[sift->kind] = part;
		cond_resched();
	}
	return 0;
}

/**
 * cws_share_take() - who uses what now
 * @tgid: everything that this process uses, a number of the initial namespace; 0
 *	what two or more tasks use
 *
 * Context: process context, may sleep.
 * Return: for cws_share_free(), or NULL: no memory, or too many tasks.
 */
struct cws_share *cws_share_take(pid_t tgid)
{
	struct cws_share *share = kzalloc(sizeof(*share), GFP_KERNEL);
	struct sift sift = { .looks = cws_looks_take(), .tgid = tgid };
	int err = -ENOMEM;

	if (share && sift.looks)
		err = sift_alloc(&sift);
	if (!err)
		err = sift_kinds(&sift, share);
	sift_free(&sift);
	if (!err)
		return share;
	cws_share_free(share);
	return NULL;
}

/**
 * cws_share_free() - give a reading back
 * @share: from cws_share_take(), or NULL
 */
void cws_share_free(struct cws_share *share)
{
	int kind;

	for (kind = 0; share && kind < CWS_NR_KINDS; kind++)
		kvfree(share->part[kind]);
	kfree(share);
}

/**
 * cws_share_at() - one object of a reading
 * @share: the reading
 * @nr: counted over all kinds, from 0
 * @kind: set to its kind
 *
 * Return: the object, NULL behind the last one.
 */
const struct cws_share_object *cws_share_at(const struct cws_share *share, u64 nr,
					    enum cws_kind *kind)
{
	const struct cws_share_part *part;
	int i;

	for (i = 0; i < CWS_NR_KINDS; i++) {
		part = share->part[i];
		if (!part)
			continue;
		if (nr < part->nr) {
			*kind = i;
			return &part->object[nr];
		}
		nr -= part->nr;
	}
	return NULL;
}
