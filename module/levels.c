// SPDX-License-Identifier: GPL-2.0-only
/* The levels of one walk: which there are, what stands there, what that says. */
#include "levels.h"

static const char *const level_name[] = { "pgd", "p4d", "pud", "pmd", "pte" };

static const char *kind_absent(pte_t pte)
{
	swp_entry_t entry = cws_compat_leaf_from_pte(pte);

	if (cws_compat_leaf_is_swap(entry))
		return "swap";
	if (cws_compat_leaf_is_migration(entry))
		return "migration";
	if (cws_compat_leaf_is_marker(entry))
		return "marker";
	if (cws_compat_leaf_is_device_private(entry) || cws_compat_leaf_is_device_exclusive(entry))
		return "device";
	return "special";
}

static const char *kind_leaf(pte_t pte)
{
	unsigned long pfn = pte_pfn(pte);

	if (pfn == page_to_pfn(ZERO_PAGE(0)))
		return "page";
	if (!pfn_valid(pfn))
		return "special";
	return is_zone_device_page(pfn_to_page(pfn)) ? "device" : "page";
}

/* Takes down one level; true when it leads to a table. */
static bool add_level(struct cws_levels *levels, enum cws_level_nr nr, u8 shift, pte_t pte,
		      bool leaf, bool bad)
{
	struct cws_level *level = &levels->level[levels->nr++];

	*level = (struct cws_level){ .nr = nr, .shift = shift, .pte = pte };
	if (pte_none(pte)) {
		level->kind = "none";
	} else if (!pte_present(pte)) {
		level->kind = kind_absent(pte);
	} else if (leaf) {
		level->leaf = true;
		level->kind = kind_leaf(pte);
	} else {
		level->kind = bad ? "special" : "table";
		return !bad;
	}
	return false;
}

/*
 * May the table that an entry of this size leads to be looked into? Where the address
 * has no mapping, munmap() may be freeing its tables beside us: but for those that
 * another mapping needs as well.
 */
static bool table_stays(struct mm_struct *mm, const struct vm_area_struct *vma,
			unsigned long addr, u8 shift)
{
	unsigned long start = addr & ~((1UL << shift) - 1);

	return vma || find_vma_intersection(mm, start, start + (1UL << shift));
}

/**
 * cws_levels_look() - the levels of an address from pgd to pmd
 * @levels: to be filled
 * @mm: the address space
 * @vma: the mapping of @addr, or NULL
 * @addr: the address
 *
 * With four levels the kernel folds p4d into pgd: one level, called pgd, of what stands in
 * the only entry there is.
 *
 * Context: mmap lock held.
 * Return: the pmd entry when it leads to a table of ptes.
 */
pmd_t *cws_levels_look(struct cws_levels *levels, struct mm_struct *mm,
		       const struct vm_area_struct *vma, unsigned long addr)
{
	bool folded = mm_p4d_folded(mm);
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d, p4d_entry;
	pud_t *pud, pud_entry;
	pmd_t *pmd, pmd_entry;

	levels->nr = 0;
	if (!folded && !(add_level(levels, CWS_LEVEL_PGD, PGDIR_SHIFT, __pte(pgd_val(*pgd)),
				   false, pgd_bad(*pgd)) &&
			 table_stays(mm, vma, addr, PGDIR_SHIFT)))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	p4d_entry = READ_ONCE(*p4d);
	if (!(add_level(levels, folded ? CWS_LEVEL_PGD : CWS_LEVEL_P4D, P4D_SHIFT,
			__pte(p4d_val(p4d_entry)), false, p4d_bad(p4d_entry)) &&
	      table_stays(mm, vma, addr, P4D_SHIFT)))
		return NULL;
	pud = pud_offset(p4d, addr);
	pud_entry = READ_ONCE(*pud);
	if (!(add_level(levels, CWS_LEVEL_PUD, PUD_SHIFT, __pte(pud_val(pud_entry)),
			pud_leaf(pud_entry), pud_bad(pud_entry)) &&
	      table_stays(mm, vma, addr, PUD_SHIFT)))
		return NULL;
	pmd = pmd_offset(pud, addr);
	pmd_entry = READ_ONCE(*pmd);
	return add_level(levels, CWS_LEVEL_PMD, PMD_SHIFT, __pte(pmd_val(pmd_entry)),
			 pmd_leaf(pmd_entry), pmd_bad(pmd_entry)) &&
	       table_stays(mm, vma, addr, PMD_SHIFT) ? pmd : NULL;
}

/**
 * cws_level_add_pte() - the lowest level
 * @levels: filled down to pmd
 * @pte: read under the table's lock
 */
void cws_level_add_pte(struct cws_levels *levels, pte_t pte)
{
	struct cws_level *level = &levels->level[levels->nr];

	add_level(levels, CWS_LEVEL_PTE, PAGE_SHIFT, pte, true, false);
	if (pte_present(pte) && pte_special(pte) && pte_pfn(pte) != page_to_pfn(ZERO_PAGE(0)))
		level->kind = "special";
}

/**
 * cws_level_name() - pgd p4d pud pmd pte
 * @level: which
 */
const char *cws_level_name(const struct cws_level *level)
{
	return level_name[level->nr];
}

/**
 * cws_level_flags() - what the entry itself says; not all of it means something in each
 * @level: which
 *
 * Return: bits of enum cws_walk_flag.
 */
unsigned int cws_level_flags(const struct cws_level *level)
{
	pte_t pte = level->pte;
	unsigned int flags = 0;

	if (pte_none(pte))
		return 0;
	if (!pte_present(pte)) {
		if (pte_swp_soft_dirty(pte))
			flags |= BIT(CWS_WALK_SOFT_DIRTY);
		if (cws_compat_pte_swp_uffd(pte))
			flags |= BIT(CWS_WALK_UFFD_WP);
		if (!strcmp(level->kind, "swap") && pte_swp_exclusive(pte))
			flags |= BIT(CWS_WALK_EXCLUSIVE);
		return flags;
	}
	flags |= cws_compat_pte_usable(pte) ? BIT(CWS_WALK_PRESENT) : 0;
	flags |= pte_write(pte) ? BIT(CWS_WALK_WRITABLE) : 0;
	flags |= cws_compat_pte_user(pte) ? BIT(CWS_WALK_USER) : 0;
	flags |= pte_young(pte) ? BIT(CWS_WALK_ACCESSED) : 0;
	flags |= cws_compat_pte_nx(pte) ? BIT(CWS_WALK_NX) : 0;
	if (!level->leaf)
		return flags;
	flags |= pte_dirty(pte) ? BIT(CWS_WALK_DIRTY) : 0;
	flags |= level->nr < CWS_LEVEL_PTE ? BIT(CWS_WALK_HUGE) : 0;
	flags |= cws_compat_pte_global(pte) ? BIT(CWS_WALK_GLOBAL) : 0;
	flags |= pte_soft_dirty(pte) ? BIT(CWS_WALK_SOFT_DIRTY) : 0;
	flags |= cws_compat_pte_uffd(pte) ? BIT(CWS_WALK_UFFD_WP) : 0;
	return flags;
}
