// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who belongs to a family: first by lineage, which was recorded at fork. Those that
 * are older than the module are found by the root that their anonymous memory has in
 * common with the process asked for: every fork hands it down, exec begins a new one.
 */
#include <linux/bsearch.h>
#include <linux/err.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "birth.h"
#include "by_address.h"
#include "family.h"
#include "file_twice.h"
#include "roster.h"
#include "walk.h"

/* Children that may be born before another look. */
#define FAMILY_SLACK	16
/* Most families are smaller. */
#define FAMILY_FEW	32

static bool older_than_us(const struct cws_lineage *top)
{
	return top->born == CWS_BORN_LOAD || top->born == CWS_BORN_EVENT;
}

/**
 * struct gather - the search for the members
 * @self: whom it is about
 * @top: where its lineage begins
 * @by_root: also collect who may be related without a common lineage
 * @nr: candidates
 * @room: of @rec
 * @missed: candidates that found none
 * @rec: candidates, referenced
 * @few: the first room
 */
struct gather {
	const struct cws_record *self;
	const struct cws_lineage *top;
	bool by_root;
	unsigned int nr;
	unsigned int room;
	unsigned int missed;
	struct cws_record **rec;
	struct cws_record *few[FAMILY_FEW];
};

static void gather_one(struct cws_record *rec, void *data)
{
	struct gather *gather = data;
	const struct cws_lineage *top;

	if (rec == gather->self || !cws_birth_published(rec) || !rec->lineage)
		return;
	top = rec->lineage->top;
	if (top != gather->top && !(gather->by_root && older_than_us(top)))
		return;
	if (gather->nr == gather->room)
		gather->missed++;
	else if (cws_record_get(rec))
		gather->rec[gather->nr++] = rec;
}

/* Steps up from @node to @top; the depth of a family is bounded. */
static unsigned int steps_up(const struct cws_lineage *node, const struct cws_lineage *top)
{
	unsigned int steps = 0;

	for (; node != top; node = node->parent)
		steps++;
	return steps;
}

static const struct cws_lineage *common(const struct cws_lineage *a,
					const struct cws_lineage *b)
{
	while (a != b) {
		if (a->depth < b->depth)
			b = b->parent;
		else
			a = a->parent;
	}
	return a;
}

/* By the steps from the first member up to the common ancestor and down again. */
static u8 relation(const struct cws_lineage *self, const struct cws_lineage *other)
{
	const struct cws_lineage *ancestor = common(self, other);
	unsigned int up = steps_up(self, ancestor), down = steps_up(other, ancestor);
	static const u8 near[3][3] = {
		{ CWS_SELF, CWS_CHILD, CWS_GRANDCHILD },
		{ CWS_PARENT, CWS_SIBLING, CWS_RELATIVE },
		{ CWS_GRANDPARENT, CWS_RELATIVE, CWS_COUSIN },
	};

	if (up < 3 && down < 3)
		return near[up][down];
	if (!down)
		return CWS_ANCESTOR;
	return up ? CWS_RELATIVE : CWS_DESCENDANT;
}

/* Where the anonymous memory of an address space comes from; only compared. */
struct roots {
	unsigned int nr;
	unsigned int room;
	const void **root;
};

static bool has_root(const struct roots *roots, const void *root)
{
	return bsearch(&root, roots->root, roots->nr, sizeof(*roots->root), cws_by_address);
}

static int collect_roots(struct mm_struct *mm, struct roots *roots)
{
	struct vm_area_struct *vma;
	int ret;

	roots->nr = 0;
	roots->room = READ_ONCE(mm->map_count);
	roots->root = kvmalloc_array(roots->room ?: 1, sizeof(*roots->root), GFP_KERNEL);
	if (!roots->root)
		return -ENOMEM;
	ret = cws_walk_lock(mm);
	if (ret <= 0)
		return ret;
	cws_walk_for_each(vma, mm, 0, ULONG_MAX)
		if (vma->anon_vma && roots->nr < roots->room)
			roots->root[roots->nr++] = vma->anon_vma->root;
	cws_walk_unlock(mm);
	sort(roots->root, roots->nr, sizeof(*roots->root), cws_by_address, NULL);
	return 0;
}

/**
 * look_over() - one pass over the mappings of a member
 * @member: its address space; @moved and @twice are set
 * @roots: to be compared with, or NULL
 *
 * A new stack is made at one place and moved to another by exec itself.
 *
 * Return: 1 has one of the roots, 0 has not or is gone, -EINTR killed.
 */
static int look_over(struct cws_member *member, const struct roots *roots)
{
	struct mm_struct *mm = member->mm;
	struct cws_file_twice twice = {};
	struct vm_area_struct *vma;
	bool related = false;
	int ret = cws_walk_lock(mm);

	if (ret <= 0)
		return ret;
	cws_walk_for_each(vma, mm, 0, ULONG_MAX) {
		cws_file_twice_look(&twice, vma);
		if (!vma->anon_vma)
			continue;
		if (!vma->vm_file && vma->vm_pgoff != vma->vm_start >> PAGE_SHIFT &&
		    cws_region(vma, vma->vm_start) != CWS_REGION_STACK)
			member->moved = true;
		if (!related && roots)
			related = has_root(roots, vma->anon_vma->root);
	}
	cws_walk_unlock(mm);
	member->twice = twice.found;
	return related;
}

/* Takes the candidate's reference over, or drops it. */
static int add_member(struct cws_family *family, struct cws_record *rec, u8 how,
		      const struct roots *roots)
{
	struct cws_member *member = &family->member[family->nr];
	int related;

	member->rec = rec;
	member->relation = how;
	member->moved = false;
	member->twice = false;
	member->next = 0;
	member->mm = cws_roster_mm(rec);
	related = member->mm ? look_over(member, how == CWS_INFERRED ? roots : NULL) : 0;
	if (!member->mm || related < 0 || (how == CWS_INFERRED && !related)) {
		if (member->mm)
			mmdrop(member->mm);
		cws_record_put(rec);
		return min(related, 0);
	}
	family->nr++;
	return 0;
}

static int add_members(struct cws_family *family, struct gather *gather,
		       const struct roots *roots)
{
	const struct cws_lineage *self = gather->self->lineage;
	unsigned int i;
	int err = 0;

	for (i = 0; i < gather->nr; i++) {
		struct cws_record *rec = gather->rec[i];
		bool known = self && rec->lineage->top == gather->top;

		if (!err && fatal_signal_pending(current))
			err = -EINTR;
		if (err)
			cws_record_put(rec);
		else
			err = add_member(family, rec, known ? relation(self, rec->lineage) :
					 CWS_INFERRED, roots);
		cond_resched();
	}
	return err;
}

static int compare_members(const void *a, const void *b)
{
	const struct cws_member *left = a, *right = b;

	return left->rec->serial < right->rec->serial ? -1 :
	       left->rec->serial > right->rec->serial;
}

/* What add_members() does not take over. */
static void gather_drop(struct gather *gather)
{
	while (gather->nr)
		cws_record_put(gather->rec[--gather->nr]);
}

static void gather_end(struct gather *gather)
{
	if (gather->rec != gather->few)
		kvfree(gather->rec);
}

/* Looks until all have had room: a family that forks has more at each look, but is bounded. */
static int gather_all(struct gather *gather)
{
	gather->rec = gather->few;
	gather->room = FAMILY_FEW;
	cws_records_each(gather_one, gather);
	while (gather->missed) {
		gather->room = 2 * (gather->nr + gather->missed) + FAMILY_SLACK;
		gather->missed = 0;
		gather_drop(gather);
		gather_end(gather);
		gather->rec = kvmalloc_array(gather->room, sizeof(*gather->rec), GFP_KERNEL);
		if (!gather->rec)
			return -ENOMEM;
		cws_records_each(gather_one, gather);
	}
	return 0;
}

static int fill(struct cws_family *family, struct cws_record *rec, struct gather *gather)
{
	struct roots roots = {};
	int err = 0;

	if (cws_record_get(rec))
		err = add_member(family, rec, CWS_SELF, NULL);
	if (!err && family->nr && gather->by_root)
		err = collect_roots(family->member[0].mm, &roots);
	if (!err && family->nr)
		err = add_members(family, gather, &roots);
	else
		gather_drop(gather);
	kvfree(roots.root);
	if (!err && family->nr)
		sort(family->member + 1, family->nr - 1, sizeof(*family->member),
		     compare_members, NULL);
	return err;
}

/**
 * cws_family_of() - the living relatives of an address space, itself first
 * @rec: of the address space; the others follow by their age
 *
 * Context: process context, may sleep; no mmap lock is held.
 * Return: the family, for cws_family_put(); empty when the address space has
 * ended. -ENOMEM, -EINTR killed.
 */
struct cws_family *cws_family_of(struct cws_record *rec)
{
	struct gather gather = { .self = rec };
	struct cws_family *family;
	int err;

	if (rec->lineage) {
		gather.top = rec->lineage->top;
		gather.by_root = older_than_us(gather.top);
	}
	err = gather_all(&gather);
	if (err)
		return ERR_PTR(err);
	family = kvzalloc(struct_size(family, member, gather.nr + 1), GFP_KERNEL);
	if (family) {
		err = fill(family, rec, &gather);
	} else {
		gather_drop(&gather);
		err = -ENOMEM;
	}
	gather_end(&gather);
	if (err) {
		cws_family_put(family);
		return ERR_PTR(err);
	}
	return family;
}

struct sought {
	u64 serial;
	struct cws_record *rec;
};

static void find_serial(struct cws_record *rec, void *data)
{
	struct sought *sought = data;

	if (rec->serial == sought->serial && !sought->rec && cws_record_get(rec))
		sought->rec = rec;
}

/**
 * cws_family_pair() - an address space and one other, if that lives
 * @rec: of the first
 * @serial: number of the other
 *
 * Context: process context, may sleep; no mmap lock is held.
 * Return: the two or the first alone, for cws_family_put(); empty when the first
 * has ended. -ENOMEM, -EINTR killed.
 */
struct cws_family *cws_family_pair(struct cws_record *rec, u64 serial)
{
	struct sought sought = { .serial = serial };
	struct cws_family *family;
	int err = 0;

	family = kvzalloc(struct_size(family, member, 2), GFP_KERNEL);
	if (!family)
		return ERR_PTR(-ENOMEM);
	if (cws_record_get(rec))
		err = add_member(family, rec, CWS_SELF, NULL);
	if (!err && family->nr)
		cws_records_each(find_serial, &sought);
	if (sought.rec)
		err = add_member(family, sought.rec, CWS_RELATIVE, NULL);
	if (!err)
		return family;
	cws_family_put(family);
	return ERR_PTR(err);
}

/**
 * cws_family_put() - drop it
 * @family: or NULL
 */
void cws_family_put(struct cws_family *family)
{
	unsigned int i;

	for (i = 0; family && i < family->nr; i++) {
		mmdrop(family->member[i].mm);
		cws_record_put(family->member[i].rec);
	}
	kvfree(family);
}
