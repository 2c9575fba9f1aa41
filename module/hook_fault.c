// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks of the fault path: decode arguments, hand over to account.
 *
 * Entry hooks only. All handlers run by ftrace with preemption disabled here, so
 * RCU waits for them; a page-table lock is held in most. do_wp_page opens an
 * attempt, the functions that install or adjust the entry end it.
 */
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/userfaultfd_k.h>

#include "account_hot.h"
#include "caller.h"
#include "hook.h"
#include "split.h"

static bool in_vma(const struct vm_area_struct *vma, unsigned long addr)
{
	return addr >= vma->vm_start && addr < vma->vm_end;
}

/*
 * The page that a copy would read, and what that copy counts as. An entry that is
 * not special has a page; the zero page and PFN maps are special.
 */
static struct page *attempt_source(pte_t pte, enum cws_cause *cause)
{
	struct page *page;
	struct folio *folio;

	if (unlikely(pte_special(pte))) {
		*cause = pte_pfn(pte) == page_to_pfn(ZERO_PAGE(0)) ? CWS_CNT_ZERO :
			 CWS_CNT_FILE;
		return NULL;
	}
	page = pte_page(pte);
	folio = page_folio(page);
	if (unlikely(!folio_test_anon(folio)))
		*cause = CWS_CNT_FILE;
	else if (unlikely(folio_test_ksm(folio)))
		*cause = CWS_CNT_KSM;
	else
		*cause = CWS_CNT_COPIED;
	return page;
}

/*
 * Is it the plain case, and is that done? The page-table lock keeps the CPU, but where a
 * spinlock sleeps.
 */
static __always_inline bool plain_attempt(const struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	struct page *page;

	if (unlikely(IS_ENABLED(CONFIG_PREEMPT_RT) ||
		     !cws_hooks[CWS_HOOK_DO_WP_PAGE].proven ||
		     vma->vm_flags & VM_MAYSHARE || vmf->flags & FAULT_FLAG_UNSHARE ||
		     pte_special(vmf->orig_pte)))
		return false;
	page = pte_page(vmf->orig_pte);
	if (unlikely(!cws_compat_small_anon(page)))
		return false;
	return cws_account_plain_attempt(vma, vmf->address, page, PageAnonExclusive(page));
}

static noinline void attempt_entry(const struct vm_fault *vmf)
{
	const struct vm_area_struct *vma = vmf->vma;
	bool unshare = vmf->flags & FAULT_FLAG_UNSHARE;
	enum cws_cause cause;
	struct page *page;
	bool anon, exclusive;

	cws_hook_check(CWS_HOOK_DO_WP_PAGE, in_vma(vma, vmf->address) &&
		       vmf->flags & (FAULT_FLAG_WRITE | FAULT_FLAG_UNSHARE));
	if (vma->vm_flags & VM_MAYSHARE)
		return;
	preempt_disable_notrace();
	page = attempt_source(vmf->orig_pte, &cause);
	anon = cause == CWS_CNT_COPIED || cause == CWS_CNT_KSM;
	exclusive = cause == CWS_CNT_COPIED && PageAnonExclusive(page);
	if (unlikely(unshare) &&
	    (exclusive || (!anon && !CWS_COMPAT_UNSHARE_COPIES_FILE)))
		cws_account_attempt_kept(vma, vmf->address);
	else
		cws_account_attempt(vma, vmf->address, page, cause, exclusive, unshare);
	preempt_enable_notrace();
}

/* do_wp_page(vmf): an attempt begins; page-table lock held, orig_pte is current. */
void notrace cws_ftrace_wp(unsigned long ip, unsigned long parent,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const struct vm_fault *vmf = (void *)cws_compat_arg(fregs, 0);

	cws_hook_hit(CWS_HOOK_DO_WP_PAGE);
	if (!plain_attempt(vmf))
		attempt_entry(vmf);
}

/*
 * Swapped in by the copy that KSM wants, not by the page that was read: that one is known
 * to be backed by swap from the start, a copy is not until it is mapped. Since 6.11 pages
 * that were read are mapped by the same function.
 */
static bool swapped_in_copy(struct ftrace_regs *fregs)
{
	/* A folio, or a page of its own before 6.5: at the same address. */
	return !folio_test_swapbacked((struct folio *)cws_compat_arg(fregs, 0));
}

/*
 * page_add_new_anon_rmap(page, vma, address), folio_add_new_anon_rmap() since
 * 6.5: new memory is being mapped. Who called says why.
 */
static noinline void new_anon_rmap_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 1);
	unsigned long addr = cws_compat_arg(fregs, 2);

	preempt_disable_notrace();
	cws_hook_check(CWS_HOOK_NEW_ANON_RMAP, in_vma(vma, addr));
	switch (cws_caller(parent)) {
	case CWS_CALLER_WP:
		cws_account_commit(vma, addr);
		break;
	case CWS_CALLER_FILE_FAULT:
		cws_account_fault_copy(vma, addr, CWS_CNT_FILE);
		break;
	case CWS_CALLER_FORK:
		cws_account_event(vma, addr, CWS_CNT_PINNED);
		break;
	case CWS_CALLER_SWAP:
		if (swapped_in_copy(fregs))
			cws_account_fault_copy(vma, addr, CWS_CNT_KSM);
		break;
	case CWS_CALLER_SWAPOFF:
		if (swapped_in_copy(fregs))
			cws_account_event(vma, addr, CWS_CNT_KSM);
		break;
	case CWS_CALLER_COLLAPSE:
		cws_account_event(vma, addr, CWS_CNT_COLLAPSED);
		break;
	case CWS_CALLER_UPROBE:
		cws_account_event(vma, addr, CWS_CNT_FILE);
		break;
	case CWS_CALLER_FIRST_TOUCH:
	case CWS_CALLER_OTHER:
		break;
	default:
		cws_account_unknown(vma, addr);
	}
	preempt_enable_notrace();
}

/* Is it the plain case, and is that done? The lock is held as in plain_attempt(). */
static __always_inline bool plain_commit(unsigned long parent, struct ftrace_regs *fregs)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT) && likely(cws_caller_is_copy(parent)) &&
	       likely(cws_hooks[CWS_HOOK_NEW_ANON_RMAP].proven) &&
	       cws_account_plain_commit((void *)cws_compat_arg(fregs, 1),
					cws_compat_arg(fregs, 2));
}

/* It has the hook's arguments, so that a first touch moves none of them. */
static noinline __noclone void
not_first_touch(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		struct ftrace_regs *fregs)
{
	if (!plain_commit(parent, fregs))
		new_anon_rmap_entry(parent, fregs);
}

/* By far the most calls are first touches, which leave here at once. */
void notrace cws_ftrace_rmap(unsigned long ip, unsigned long parent,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	cws_hook_hit(CWS_HOOK_NEW_ANON_RMAP);
	if (!likely(cws_caller_is_first_touch(parent)))
		not_first_touch(ip, parent, ops, fregs);
}

/* ptep_set_access_flags(vma, address, ...): a write ends without a copy. */
void cws_set_access_flags_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 0);
	unsigned long addr = cws_compat_arg(fregs, 1);

	cws_hook_check(CWS_HOOK_SET_ACCESS_FLAGS, in_vma(vma, addr));
	if (cws_caller(parent) == CWS_CALLER_WP && !(vma->vm_flags & VM_MAYSHARE))
		cws_account_taken_over(vma, addr);
}

/* page_move_anon_rmap(page, vma): the last owner takes a page over. */
void cws_move_anon_rmap_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	struct page *page = (void *)cws_compat_arg(fregs, 0);
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 1);
	unsigned long addr;

	cws_hook_check(CWS_HOOK_MOVE_ANON_RMAP, PageAnon(page) && vma->anon_vma);
	switch (cws_caller(parent)) {
	case CWS_CALLER_WP:
		cws_account_kept(vma);
		break;
	case CWS_CALLER_HUGE_WP:
		/* Anonymous pages always lie where their index says. */
		addr = vma->vm_start +
		       ((page_folio(page)->index - vma->vm_pgoff) << PAGE_SHIFT);
		cws_account_event(vma, addr, CWS_CNT_THP_REUSED);
		break;
	default:
		break;
	}
}

/*
 * handle_userfault(vmf, reason): only a write-protect fault on a page-table
 * entry comes from do_wp_page; a huge one has no entry mapped.
 */
void cws_handle_userfault_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_fault *vmf = (void *)cws_compat_arg(fregs, 0);
	unsigned long reason = cws_compat_arg(fregs, 1);

	cws_hook_check(CWS_HOOK_HANDLE_USERFAULT, in_vma(vmf->vma, vmf->address));
	if ((reason & VM_UFFD_WP) && vmf->pte)
		cws_account_userfault(vmf->vma, vmf->address);
}

/* hugepage_add_new_anon_rmap(page, vma, address): hugetlb memory is mapped. */
void cws_hugetlb_rmap_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 1);
	unsigned long addr = cws_compat_arg(fregs, 2);

	cws_hook_check(CWS_HOOK_HUGETLB_RMAP,
		       in_vma(vma, addr) && (vma->vm_flags & VM_HUGETLB));
	switch (cws_caller(parent)) {
	case CWS_CALLER_HUGETLB_WP:
		cws_account_fault_copy(vma, addr, CWS_CNT_HUGETLB);
		break;
	case CWS_CALLER_HUGETLB_FORK:
		cws_account_event(vma, addr, CWS_CNT_HUGETLB);
		break;
	case CWS_CALLER_FIRST_TOUCH:
	case CWS_CALLER_OTHER:
		break;
	default:
		cws_account_unknown(vma, addr);
	}
}

/*
 * __split_huge_pmd(vma, pmd, address, ...): asked for by a write to a shared huge
 * page, or by anybody else. The huge zero page is no anonymous page.
 */
void cws_split_huge_pmd_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 0);
	pmd_t *pmdp = (void *)cws_compat_arg(fregs, 1);
	unsigned long addr = cws_compat_arg(fregs, 2);
	pmd_t pmd = READ_ONCE(*pmdp);

	cws_hook_check(CWS_HOOK_SPLIT_HUGE_PMD,
		       in_vma(vma, max(addr & PMD_MASK, vma->vm_start)));
	if (cws_caller(parent) == CWS_CALLER_HUGE_WP && pmd_trans_huge(pmd) &&
	    PageAnon(pmd_page(pmd)))
		cws_split_begin(vma, addr, pmdp);
	else
		cws_split_none();
}

/* pgtable_trans_huge_withdraw(mm, pmd): the split is done under the lock. */
void cws_withdraw_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	struct mm_struct *mm = (void *)cws_compat_arg(fregs, 0);
	pmd_t *pmd = (void *)cws_compat_arg(fregs, 1);

	cws_hook_check(CWS_HOOK_WITHDRAW, atomic_read(&mm->mm_count) > 0);
	if (cws_caller(parent) == CWS_CALLER_HUGE_SPLIT)
		cws_split_done(mm, pmd);
}

/*
 * map_anon_folio_pmd_nopf(folio, pmd, vma, address): a huge page is being mapped. Since
 * 6.19; before, collapse_huge_page() called folio_add_new_anon_rmap() itself.
 */
void cws_map_huge_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 2);
	unsigned long addr = cws_compat_arg(fregs, 3);

	cws_hook_check(CWS_HOOK_MAP_HUGE, in_vma(vma, addr));
	switch (cws_caller(parent)) {
	case CWS_CALLER_COLLAPSE:
		cws_account_event(vma, addr, CWS_CNT_COLLAPSED);
		break;
	case CWS_CALLER_HUGE_WP:
		cws_account_event(vma, addr, CWS_CNT_ZERO_HUGE);
		break;
	case CWS_CALLER_FIRST_TOUCH:
	case CWS_CALLER_OTHER:
		break;
	default:
		cws_account_unknown(vma, addr);
	}
}

/* map_anon_folio_pmd_pf() calls it for faults: one may replace the huge zero page. */
void cws_map_huge_fault_entry(unsigned long parent, struct ftrace_regs *fregs)
{
	const struct vm_area_struct *vma = (void *)cws_compat_arg(fregs, 2);
	unsigned long addr = cws_compat_arg(fregs, 3);

	cws_hook_check(CWS_HOOK_MAP_HUGE_FAULT, in_vma(vma, addr));
	if (cws_caller(parent) == CWS_CALLER_HUGE_WP)
		cws_account_event(vma, addr, CWS_CNT_ZERO_HUGE);
}
