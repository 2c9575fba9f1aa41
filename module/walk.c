// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walker. The tables above the lowest level cannot go away while the mmap
 * lock is held and their mapping is in the tree. A lowest-level table can: it is
 * collapsed into a huge page, or reclaimed, by others who hold its lock and free
 * it after a grace period of RCU. So: RCU, lock, and a second look at the entry that
 * leads to it.
 */
#include <linux/sched/mm.h>

#include "walk.h"

/* The zero page's entries are special too. */
u8 cws_special_pte_state(const struct cws_part *part, pte_t pte)
{
	u8 ro = cws_page_ro(part, pte);
	unsigned long pfn = pte_pfn(pte);
	struct page *page;

	if (pfn == page_to_pfn(ZERO_PAGE(0)))
		return CWS_STATE_ZERO | ro;
	if (pte_special(pte) || !pfn_valid(pfn))
		return CWS_STATE_SPECIAL | ro;
	page = pfn_to_page(pfn);
	return cws_page_state(part, page, page) | ro;
}

static unsigned long found_hole(struct cws_part *part, unsigned long next,
				const struct cws_walk_ops *ops, void *data)
{
	part->end = next;
	ops->hole(part, data);
	return next;
}

/* An entry that cannot be looked into: PFN maps, device memory, a broken table. */
static unsigned long found_special(struct cws_part *part, unsigned long next,
				   const struct cws_walk_ops *ops, void *data)
{
	struct cws_huge huge = { .state = CWS_STATE_SPECIAL | CWS_PAGE_HUGE };

	part->end = next;
	ops->huge(part, &huge, data);
	return next;
}

/*
 * A present entry of any size above the lowest level; @offset pages into it the
 * part begins. Only transparent huge pages can be mapped in pieces by others.
 */
static void found_huge(struct cws_part *part, struct page *head, unsigned long offset,
		       bool write, const struct cws_walk_ops *ops, void *data)
{
	struct cws_huge huge = { .page = head + offset };

	huge.state = CWS_PAGE_HUGE | (part->writable && !write ? CWS_PAGE_RO : 0);
	if (vma_is_anonymous(part->vma) && !PageAnon(head)) {
		huge.state |= CWS_STATE_ZERO;
		huge.page = NULL;
	} else if (is_vm_hugetlb_page(part->vma)) {
		huge.state |= cws_page_state(part, head, head);
	} else {
		huge.state |= cws_page_state(part, huge.page, head);
		huge.each = PageAnon(head) && !PageAnonExclusive(head);
	}
	ops->huge(part, &huge, data);
}

/* An entry that is neither table nor present: swap, migration, poison. */
static void found_absent(struct cws_part *part, swp_entry_t entry,
			 const struct cws_walk_ops *ops, void *data)
{
	struct cws_huge huge = { .state = CWS_PAGE_HUGE };

	huge.state |= cws_absent_state(part, entry);
	ops->huge(part, &huge, data);
}

static unsigned long walk_huge_pmd(struct cws_part *part, pmd_t *pmd, unsigned long next,
				   const struct cws_walk_ops *ops, void *data)
{
	spinlock_t *ptl = pmd_lock(part->vma->vm_mm, pmd);
	pmd_t entry = READ_ONCE(*pmd);
	unsigned long pfn = pmd_pfn(entry);
	unsigned long done = next;

	part->end = next;
	if (pmd_none(entry)) {
		ops->hole(part, data);
	} else if (!pmd_present(entry)) {
		found_absent(part, is_vm_hugetlb_page(part->vma) ?
			     cws_compat_leaf_from_pte(__pte(pmd_val(entry))) :
			     cws_compat_leaf_from_pmd(entry), ops, data);
	} else if (!pmd_leaf(entry)) {
		done = part->addr;	/* split meanwhile: look again */
	} else if (cws_compat_pmd_devmap(entry) || !pfn_valid(pfn)) {
		found_special(part, next, ops, data);
	} else {
		found_huge(part, pfn_to_page(pfn),
			   (part->addr & ~PMD_MASK) >> PAGE_SHIFT, pmd_write(entry),
			   ops, data);
	}
	spin_unlock(ptl);
	return done;
}

static unsigned long walk_huge_pud(struct cws_part *part, pud_t *pud, unsigned long next,
				   const struct cws_walk_ops *ops, void *data)
{
	struct mm_struct *mm = part->vma->vm_mm;
	unsigned long pfn;
	pud_t entry;

	if (!is_vm_hugetlb_page(part->vma))
		return found_special(part, next, ops, data);
	spin_lock(&mm->page_table_lock);
	entry = READ_ONCE(*pud);
	pfn = pud_pfn(entry);
	part->end = next;
	if (pud_none(entry))
		ops->hole(part, data);
	else if (!pud_present(entry))
		found_absent(part, cws_compat_leaf_from_pte(__pte(pud_val(entry))), ops, data);
	else
		found_huge(part, pfn_to_page(pfn), (part->addr & ~PUD_MASK) >> PAGE_SHIFT,
			   pud_write(entry), ops, data);
	spin_unlock(&mm->page_table_lock);
	return next;
}

/* RCU held: the table and its lock may be on their way to be freed. */
static unsigned long walk_table(struct cws_part *part, pmd_t *pmd, pmd_t entry,
				unsigned long next, const struct cws_walk_ops *ops,
				void *data)
{
	unsigned long done = part->addr;
	spinlock_t *ptl = pte_lockptr(part->vma->vm_mm, &entry);

	part->end = next;
	part->table = CWS_TABLE_PTE;
	spin_lock(ptl);
	if (likely(pmd_val(READ_ONCE(*pmd)) == pmd_val(entry))) {
		ops->table(part, pte_offset_kernel(&entry, part->addr), data);
		done = next;
	}
	spin_unlock(ptl);
	return done;
}

static unsigned long walk_pmd(struct cws_part *part, pud_t *pud, unsigned long end,
			      const struct cws_walk_ops *ops, void *data)
{
	pmd_t *pmd = pmd_offset(pud, part->addr);
	unsigned long next = pmd_addr_end(part->addr, end);
	pmd_t entry = READ_ONCE(*pmd);

	if (pmd_none(entry)) {
		/* At most the rest of this table. */
		while (next < end && (next & ~PUD_MASK) && pmd_none(READ_ONCE(*++pmd)))
			next = pmd_addr_end(next, end);
		return found_hole(part, next, ops, data);
	}
	if (!pmd_present(entry) || pmd_leaf(entry))
		return walk_huge_pmd(part, pmd, next, ops, data);
	if (pmd_bad(entry))
		return found_special(part, next, ops, data);
	rcu_read_lock();
	next = walk_table(part, pmd, entry, next, ops, data);
	rcu_read_unlock();
	return next;
}

/**
 * cws_walk_part() - look at the first part of a range
 * @vma: one mapping
 * @addr: start, inside it
 * @end: end, at most that of @vma
 * @ops: told of what is there
 * @data: for @ops
 *
 * One page-table page, one huge entry, one hole or one special range, and at most up to
 * where the region changes.
 *
 * Context: mmap lock of the mapping's address space held.
 * Return: the address to go on at; @addr again when it changed under the look.
 */
unsigned long cws_walk_part(struct vm_area_struct *vma, unsigned long addr,
			    unsigned long end, const struct cws_walk_ops *ops, void *data)
{
	struct cws_part part = {
		.vma = vma,
		.addr = addr,
		.region = cws_region(vma, addr),
		.plain = !(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP | VM_IO)),
		.writable = vma->vm_flags & VM_WRITE,
	};
	pgd_t *pgd = pgd_offset(vma->vm_mm, addr);
	p4d_t *p4d;
	pud_t *pud, entry;

	part.cow = part.plain && !(vma->vm_flags & VM_MAYSHARE);
	end = min(end, cws_region_end(vma, addr));
	/* Shared huge tables may be left by others without our mmap lock. */
	if (is_vm_hugetlb_page(vma) && (vma->vm_flags & VM_MAYSHARE))
		return found_special(&part, end, ops, data);
	part.table = CWS_TABLE_PGD;
	if (pgd_none(*pgd))
		return found_hole(&part, pgd_addr_end(addr, end), ops, data);
	if (pgd_bad(*pgd))
		return found_special(&part, pgd_addr_end(addr, end), ops, data);
	part.table = CWS_TABLE_P4D;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d))
		return found_hole(&part, p4d_addr_end(addr, end), ops, data);
	if (p4d_bad(*p4d))
		return found_special(&part, p4d_addr_end(addr, end), ops, data);
	part.table = CWS_TABLE_PUD;
	pud = pud_offset(p4d, addr);
	entry = READ_ONCE(*pud);
	end = pud_addr_end(addr, end);
	if (pud_none(entry))
		return found_hole(&part, end, ops, data);
	if (!pud_present(entry) || pud_leaf(entry))
		return walk_huge_pud(&part, pud, end, ops, data);
	if (pud_bad(entry))
		return found_special(&part, end, ops, data);
	part.table = CWS_TABLE_PMD;
	return walk_pmd(&part, pud, end, ops, data);
}

/**
 * cws_walk_lock() - make an address space readable for one step
 * @mm: its struct is referenced by the caller
 *
 * Context: may sleep; no other mmap lock is held.
 * Return: 1, 0 nobody uses it any more, -EINTR killed.
 */
int cws_walk_lock(struct mm_struct *mm)
{
	if (!mmget_not_zero(mm))
		return 0;
	if (!mmap_read_lock_killable(mm))
		return 1;
	mmput_async(mm);
	return -EINTR;
}

/**
 * cws_walk_unlock() - end of a step
 * @mm: the address space
 *
 * The last user may have left meanwhile: the teardown, which our own hooks
 * see, is left to a work item since the caller holds the lock of a file.
 */
void cws_walk_unlock(struct mm_struct *mm)
{
	mmap_read_unlock(mm);
	mmput_async(mm);
}

/**
 * cws_walk_step() - look at the next part of an address space
 * @mm: its struct is referenced by the caller
 * @next: address to go on at; moved on
 * @ops: told of what is there
 * @data: for @ops
 *
 * Context: may sleep.
 * Return: 1, 0 the end is reached or nobody uses it any more, -EINTR killed.
 */
int cws_walk_step(struct mm_struct *mm, unsigned long *next,
		  const struct cws_walk_ops *ops, void *data)
{
	struct vm_area_struct *vma;
	unsigned long addr;
	int ret = cws_walk_lock(mm);

	if (ret <= 0)
		return ret;
	vma = find_vma(mm, *next);
	if (vma) {
		addr = max(*next, vma->vm_start);
		ops->mapping(vma, addr, data);
		*next = cws_walk_part(vma, addr, vma->vm_end, ops, data);
	}
	cws_walk_unlock(mm);
	return vma ? 1 : 0;
}
