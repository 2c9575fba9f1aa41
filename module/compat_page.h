/* SPDX-License-Identifier: GPL-2.0-only */
/* The differences of compat.h that are about pages and their table entries. */
#ifndef CWS_COMPAT_PAGE_H
#define CWS_COMPAT_PAGE_H

#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/version.h>

/*
 * Whether an unshare request (a read-only pin) makes a copy of a page that is
 * not anonymous. Since 6.2 it does for private file pages (c89357e27f20
 * "mm: support GUP-triggered unsharing of anonymous pages" left them alone,
 * 84209e87c696 "mm/gup: reliable R/O long-term pinning in COW mappings" not).
 */
#define CWS_COMPAT_UNSHARE_COPIES_FILE	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0))

/*
 * Whether a page of a large folio is copied though nothing else of it is mapped.
 * Since 6.7 (dec078cc2181 "mm/memory: move exclusivity detection in do_wp_page()
 * into wp_can_reuse_anon_folio()") it always is, until 6.15 knew whose its pages are.
 */
#define CWS_COMPAT_LARGE_COPIES	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0) && \
				 LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0))

/* What the kernel makes of a write to a page of a large folio that is mapped in pieces. */
enum cws_piece {
	CWS_PIECE_SINGLE,	/* decided by how many map any page of it */
	CWS_PIECE_LAST,		/* nothing else of it is mapped: copied, it can be freed then */
	CWS_PIECE_SHARED,	/* another process may map some of it: copied */
	CWS_PIECE_OWN,		/* all of it is this process's: taken over, if nobody holds it */
};

/*
 * 6.15 counts the mappings of each folio by address space (1da190f4d0a6 "mm: Copy-on-Write
 * (COW) reuse support for PTE-mapped THP").
 */
static inline enum cws_piece cws_compat_piece(struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	if (folio_large_mapcount(folio) <= 1)
		return CWS_PIECE_LAST;
	return folio_maybe_mapped_shared(folio) ? CWS_PIECE_SHARED : CWS_PIECE_OWN;
#else
	return CWS_PIECE_SINGLE;
#endif
}

/* Do others than page tables hold it? */
static inline bool cws_compat_piece_held(struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return folio_large_mapcount(folio) != folio_ref_count(folio);
#else
	return folio_ref_count(folio) > 1;
#endif
}

/*
 * pte_write() without the masks that hide what is not looked at. Since 6.6 pages of a
 * shadow stack, which have no write bit, count as well: pte_shstk().
 */
static __always_inline bool cws_compat_pte_write(pte_t pte)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return pte_write(pte);
#else
	return pte.pte & _PAGE_RW;
#endif
}

/**
 * cws_compat_mapcount_in() - page-table entries that map one page
 * @folio: of @page
 * @page: a page that cannot be freed during the call
 *
 * The per-page count, and huge mappings of its folio. What the kernel had under
 * this name changed its meaning twice and is gone since 6.11. Until PageDoubleMap
 * ended with 6.2, a folio mapped both ways has every page's count raised by one,
 * and pages of files count their huge mappings, too.
 *
 * Return: number of mappings, 0 and up.
 */
static inline int cws_compat_mapcount_in(struct folio *folio, struct page *page)
{
	int count = atomic_read(&page->_mapcount) + 1;

	if (count < 0)
		count = 0;
	if (folio_test_large(folio)) {
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
		if (!folio_test_anon(folio) && !PageHuge(&folio->page))
			return count;
		count -= PageDoubleMap(&folio->page);
#endif
		count += folio_entire_mapcount(folio);
	}
	return count;
}

/* The same of a page that is its own folio. */
static inline int cws_compat_small_mapcount(const struct page *page)
{
	return atomic_read(&page->_mapcount) + 1;
}

/*
 * Its own folio, anonymous, and not of KSM, as nearly all pages are that are shared. 6.15
 * renamed the two bits that say it.
 */
static __always_inline bool cws_compat_small_anon(struct page *page)
{
	unsigned long mapping = (unsigned long)page->mapping;

	if (PageCompound(page))
		return false;
#ifdef FOLIO_MAPPING_FLAGS
	return (mapping & FOLIO_MAPPING_FLAGS) == FOLIO_MAPPING_ANON;
#else
	return (mapping & PAGE_MAPPING_FLAGS) == PAGE_MAPPING_ANON;
#endif
}

static inline int cws_compat_page_mapcount(struct page *page)
{
	return cws_compat_mapcount_in(page_folio(page), page);
}

/*
 * Where the page cache of a hugetlb file keeps the page of an address: counted in huge
 * pages until 6.7 (a08c7193e4f1 "mm/filemap: remove hugetlb special casing in
 * filemap.c").
 */
static inline unsigned long cws_compat_hugetlb_index(struct vm_area_struct *vma,
						     unsigned long addr)
{
	struct hstate *h = hstate_vma(vma);
	unsigned long index = ((addr - vma->vm_start) >> huge_page_shift(h)) +
			      (vma->vm_pgoff >> huge_page_order(h));

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return index << huge_page_order(h);
#else
	return index;
#endif
}

/*
 * What an entry of a page table, of any level, says to the processor. The kernel
 * has no names for these that mean the same on every architecture.
 */
static inline bool cws_compat_pte_usable(pte_t pte)
{
	return pte_flags(pte) & _PAGE_PRESENT;
}

static inline bool cws_compat_pte_user(pte_t pte)
{
	return pte_flags(pte) & _PAGE_USER;
}

/* The bit means PROT_NONE in an entry that the processor may not use. */
static inline bool cws_compat_pte_global(pte_t pte)
{
	return cws_compat_pte_usable(pte) && (pte_flags(pte) & _PAGE_GLOBAL);
}

static inline bool cws_compat_pte_nx(pte_t pte)
{
	return pte_flags(pte) & _PAGE_NX;
}

/* The name given by PR_SET_VMA_ANON_NAME; the kernel's getter is not exported. */
static inline const char *cws_compat_anon_name(const struct vm_area_struct *vma)
{
#ifdef CONFIG_ANON_VMA_NAME
	return !vma->vm_file && vma->anon_name ? vma->anon_name->name : NULL;
#else
	return NULL;
#endif
}

#endif /* CWS_COMPAT_PAGE_H */
