// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's decisions at a write fault, in the order in which it takes them:
 * access, nothing there, not present, userfaultfd, shared mapping, huge entry, page
 * (handle_pte_fault, do_swap_page, wp_huge_pmd, hugetlb_wp, do_wp_page). Where it asks
 * for something that cannot be seen from here, or that may have changed by
 * then, the answer is both.
 */
#include <linux/hugetlb.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include "next_write.h"

#define NEXT(id, text)	((struct cws_next){ .word = CWS_NEXT_##id, .why = (text) })

/* stack_guard_gap cannot be read: what it is unless the command line says otherwise. */
#define GUARD_GAP	(256UL << PAGE_SHIFT)

/**
 * cws_entry_exclusive() - does the kernel know that the page is this entry's alone
 * @entry: the entry
 *
 * Context: the entry's lock, if it maps a page.
 */
bool cws_entry_exclusive(const struct cws_entry *entry)
{
	struct page *page = entry->page;

	if (page && entry->huge)
		page = compound_head(page);
	return page && PageAnon(page) && PageAnonExclusive(page);
}

/*
 * A page of a file or of shared memory that no entry maps yet; @index is where its
 * page cache would keep it.
 */
static struct cws_next next_cached(struct vm_area_struct *vma, unsigned long addr,
				   unsigned long size, unsigned long index)
{
	struct address_space *mapping = vma->vm_file->f_mapping;
	loff_t offset = ((loff_t)vma->vm_pgoff << PAGE_SHIFT) + (addr - vma->vm_start);
	bool cached = xa_load(&mapping->i_pages, index);

	if (S_ISREG(mapping->host->i_mode) &&
	    offset >= round_up(i_size_read(mapping->host), size))
		return NEXT(SIGNAL, "SIGBUS: behind the end of the file");
	if (cached ? userfaultfd_minor(vma) : userfaultfd_missing(vma))
		return NEXT(USERFAULT, "nothing mapped there: userfaultfd is asked");
	if (vma->vm_flags & VM_SHARED)
		return NEXT(TOUCH, "shared mapping: the page of the file is mapped");
	if (!cached && is_vm_hugetlb_page(vma))
		return NEXT(TOUCH, "nothing there yet: a fresh huge page of zeroes");
	return NEXT(COPY, "the page of the file is copied without being mapped first");
}

static struct cws_next next_none(struct vm_area_struct *vma, unsigned long addr)
{
	if (is_vm_hugetlb_page(vma))
		return next_cached(vma, addr, huge_page_size(hstate_vma(vma)),
				   cws_compat_hugetlb_index(vma, addr));
	if (vma_is_anonymous(vma))
		return userfaultfd_missing(vma) ?
			NEXT(USERFAULT, "nothing mapped there: userfaultfd is asked") :
			NEXT(TOUCH, "nothing there yet: a fresh page of zeroes");
	if (!vma->vm_ops->fault || !vma->vm_file)
		return NEXT(SIGNAL, "SIGBUS: a fault brings nothing there");
	return next_cached(vma, addr, PAGE_SIZE,
			   vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT));
}

static struct cws_next next_absent(struct vm_area_struct *vma, unsigned long addr,
				   const struct cws_entry *entry)
{
	swp_entry_t swap = cws_compat_leaf_from_pte(entry->pte);

	if (cws_compat_leaf_is_swap(swap)) {
		if (userfaultfd_wp(vma) && cws_compat_pte_swp_uffd(entry->pte))
			return NEXT(SWAP_IN, "read back from swap, then userfaultfd is asked");
		if (pte_swp_exclusive(entry->pte))
			return NEXT(SWAP_IN, "read back from swap and kept: it is nobody else's");
		return NEXT(SWAP_IN, "read back from swap, then copied if others hold it too");
	}
	if (cws_compat_leaf_is_migration(swap))
		return NEXT(WAIT, "the page is being moved: decided when it has arrived");
	if (cws_compat_leaf_is_device_private(swap))
		return NEXT(SWAP_IN, "brought back from the memory of a device");
	if (cws_compat_leaf_is_device_exclusive(swap))
		return NEXT(WAIT, "a device uses it alone: decided when it has been taken back");
	if (!cws_compat_leaf_is_marker(swap))
		return NEXT(SIGNAL, "SIGBUS: the page is broken or lost");
	if (!cws_compat_leaf_is_uffd_wp_marker(swap))
		return NEXT(SIGNAL, "SIGBUS or SIGSEGV: a marker guards the address");
	if (userfaultfd_wp(vma))
		return NEXT(USERFAULT, "write-protected by userfaultfd while it was away");
	return next_none(vma, addr);
}

/* Mapped by nobody else: which is not yet to be had for oneself. */
static struct cws_next next_sole(struct folio *folio)
{
	unsigned int nr = folio_nr_pages(folio);

	if (folio_test_swapcache(folio))
		return NEXT(EITHER, "still in the swap cache: copied while a swap entry is left");
	/* Every entry that maps some of it holds a reference; here that is one. */
	if (folio_ref_count(folio) > 1)
		return NEXT(EITHER, "mapped by nobody else but held: copied unless let go by then");
	if (folio_test_locked(folio))
		return NEXT(EITHER, "mapped by nobody else, but locked at this moment");
	return nr > 1 ? NEXT(TAKE_OVER, "nobody else maps or holds the huge page") :
			NEXT(TAKE_OVER, "nobody else maps or holds the page");
}

/* Do other entries than this one, @huge or not, map any page of the folio? */
static bool mapped_by_others(struct folio *folio, bool huge)
{
	unsigned int i, nr = folio_nr_pages(folio), count = 0;

	for (i = 0; i < nr; i++)
		count += cws_compat_page_mapcount(folio_page(folio, i));
	return count > (huge ? nr : 1);
}

static struct cws_next next_hugetlb(const struct cws_entry *entry)
{
	struct page *head = compound_head(entry->page);

	if (!PageAnon(head))
		return NEXT(COPY, "private mapping: the huge page of the file is copied whole");
	if (cws_entry_exclusive(entry))
		return NEXT(NOTIFY, "a huge page of its own, only write-protected");
	if (cws_compat_page_mapcount(head) > 1)
		return NEXT(COPY, "others map the huge page: it is copied whole");
	return NEXT(TAKE_OVER, "nobody else maps the huge page");
}

static struct cws_next next_huge(struct vm_area_struct *vma, const struct cws_entry *entry)
{
	struct folio *folio;

	if (!vma_is_anonymous(vma))
		return NEXT(COPY, "the huge mapping of the file is taken down, one page copied");
	if (!entry->page)
		return NEXT(TOUCH, "reads as the huge zero page: a fresh page of zeroes");
	if (cws_entry_exclusive(entry))
		return NEXT(NOTIFY, "a huge page of its own, only write-protected");
	folio = page_folio(entry->page);
	if (mapped_by_others(folio, true))
		return NEXT(SPLIT, "others map the huge page: split here, then one page is copied");
	if (folio_maybe_dma_pinned(folio))
		return NEXT(SPLIT, "the huge page is pinned: split here, then one page is copied");
	return next_sole(folio);
}

/* A page of a larger one that is mapped in pieces; no other entry maps this page. */
static struct cws_next next_piece(struct folio *folio)
{
	switch (cws_compat_piece(folio)) {
	case CWS_PIECE_LAST:
		return NEXT(COPY, "the last piece of a huge page, copied to free the rest");
	case CWS_PIECE_SHARED:
		return NEXT(COPY, "part of a huge page that others map, too");
	case CWS_PIECE_OWN:
		if (folio_test_swapcache(folio))
			return NEXT(EITHER, "part of a huge page that is in the swap cache");
		if (cws_compat_piece_held(folio))
			return NEXT(EITHER, "part of a huge page that is held: else taken over");
		return NEXT(TAKE_OVER, "part of a huge page that nobody else maps or holds");
	case CWS_PIECE_SINGLE:
		break;
	}
	if (mapped_by_others(folio, false))
		return NEXT(COPY, "part of a huge page of which more is mapped");
	if (CWS_COMPAT_LARGE_COPIES)
		return NEXT(COPY, "part of a huge page, which this kernel always copies");
	if (folio_maybe_dma_pinned(folio))
		return NEXT(COPY, "mapped by nobody else, but pinned");
	return next_sole(folio);
}

static struct cws_next next_page(const struct cws_entry *entry)
{
	struct folio *folio = page_folio(entry->page);

	if (folio_test_ksm(folio))
		return NEXT(COPY, "merged by KSM: always copied");
	if (!folio_test_anon(folio))
		return NEXT(COPY, "private mapping: the page of the file is copied");
	if (cws_entry_exclusive(entry))
		return NEXT(NOTIFY, "a page of its own, only write-protected");
	if (cws_compat_page_mapcount(entry->page) > 1)
		return NEXT(COPY, "others map the page");
	if (folio_test_large(folio))
		return next_piece(folio);
	if (folio_maybe_dma_pinned(folio))
		return NEXT(COPY, "mapped by nobody else, but pinned");
	return next_sole(folio);
}

/**
 * cws_next_write() - what a write by the process itself would do next
 * @vma: the mapping of the address
 * @addr: the address
 * @entry: what stands there
 *
 * Protection keys belong to threads and are left out.
 *
 * Context: mmap lock held, and the entry's lock if it maps a page.
 * Return: the word, and the reason in words.
 */
struct cws_next cws_next_write(struct vm_area_struct *vma, unsigned long addr,
			       const struct cws_entry *entry)
{
	if (!(vma->vm_flags & VM_WRITE))
		return NEXT(SIGNAL, "SIGSEGV: the mapping may not be written");
	if (pte_none(entry->pte))
		return next_none(vma, addr);
	if (!pte_present(entry->pte))
		return next_absent(vma, addr, entry);
	if (pte_write(entry->pte))
		return cws_compat_pte_usable(entry->pte) ?
			NEXT(NOTHING, "the entry is writable") :
			NEXT(NOTHING, "a hint for NUMA balancing is taken away");
	if (userfaultfd_wp(vma) && cws_compat_pte_uffd(entry->pte))
		return NEXT(USERFAULT, "write-protected by userfaultfd");
	if (vma->vm_flags & VM_SHARED)
		return NEXT(NOTIFY, "shared mapping: the entry is made writable");
	if (entry->huge)
		return is_vm_hugetlb_page(vma) && entry->page ? next_hugetlb(entry) :
								next_huge(vma, entry);
	if (entry->page)
		return next_page(entry);
	if (pte_pfn(entry->pte) == page_to_pfn(ZERO_PAGE(0)))
		return NEXT(TOUCH, "reads as the zero page: a fresh page of zeroes");
	return NEXT(COPY, "private mapping of memory without pages: copied");
}

/* What a stack may grow to, by the limits of the process. */
static bool may_grow(const struct mm_struct *mm, const struct vm_area_struct *stack,
		     unsigned long addr)
{
	unsigned long more = (stack->vm_start - addr) >> PAGE_SHIFT;
	unsigned long size = stack->vm_end - addr;
	bool may = more <= stack->vm_pgoff;
#ifdef CONFIG_MEMCG
	struct task_struct *owner;

	rcu_read_lock();
	owner = rcu_dereference(mm->owner);
	if (owner)
		may = may && size <= task_rlimit(owner, RLIMIT_STACK) &&
		      mm->total_vm + more <= task_rlimit(owner, RLIMIT_AS) >> PAGE_SHIFT;
	rcu_read_unlock();
#endif
	return may;
}

/* The mapping right below may be too near for a stack to grow to an address. */
static bool guard_allows(struct mm_struct *mm, unsigned long addr)
{
	unsigned long from = addr > GUARD_GAP ? addr - GUARD_GAP + 1 : 0;
	struct vm_area_struct *vma, *below = NULL;

	while ((vma = find_vma_intersection(mm, from, addr))) {
		below = vma;
		from = vma->vm_end;
		if (from >= addr)
			break;
	}
	return !below || (below->vm_flags & VM_GROWSDOWN) || !vma_is_accessible(below);
}

/**
 * cws_next_write_unmapped() - the same where no mapping is
 * @mm: the address space
 * @addr: the address
 *
 * Context: mmap lock held.
 */
struct cws_next cws_next_write_unmapped(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	addr &= PAGE_MASK;
	if (!vma || !(vma->vm_flags & VM_GROWSDOWN))
		return NEXT(SIGNAL, "SIGSEGV: nothing is mapped there");
	if (!(vma->vm_flags & VM_WRITE))
		return NEXT(SIGNAL, "SIGSEGV: the stack above may not be written");
	if (!guard_allows(mm, addr))
		return NEXT(SIGNAL, "SIGSEGV: the mapping below is too near for the stack above");
	if (!may_grow(mm, vma, addr))
		return NEXT(SIGNAL, "SIGSEGV: the stack above may not grow that far");
	return NEXT(TOUCH, "the stack above grows to here: a fresh page of zeroes");
}
