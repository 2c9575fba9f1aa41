/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a page-table entry is of, as a number to compare. Two entries are of the same
 * page when they hold the same page frame or the same swap entry. Page frames begin at
 * a page's boundary, swap entries are odd, and 0 is no page. Nothing of it is ever printed.
 */
#ifndef CWS_PAGE_TOKEN_H
#define CWS_PAGE_TOKEN_H

#include <linux/mm.h>
#include <linux/swap.h>

#include "compat.h"

/* Of an entry with _PAGE_PRESENT set, which is most of those that are present. */
static __always_inline u64 cws_token_plain(pte_t pte)
{
	return pte.pte & PTE_PFN_MASK;
}

/* An entry that allows nothing (PROT_NONE) holds the page frame inverted. */
static __always_inline u64 cws_token_present(pte_t pte)
{
	return (pte.pte ^ protnone_mask(pte.pte)) & PTE_PFN_MASK;
}

static __always_inline u64 cws_token_page(struct page *page)
{
	return (u64)page_to_pfn(page) << PAGE_SHIFT;
}

static inline u64 cws_token_swap(unsigned long entry)
{
	return (u64)entry << 1 | 1;
}

/**
 * cws_token_absent() - what an entry that is not present is of
 * @entry: it
 *
 * Return: the token; of a page that is being moved that of the page, 0 for what is
 * no page.
 */
static inline u64 cws_token_absent(swp_entry_t entry)
{
	if (cws_compat_leaf_is_swap(entry))
		return cws_token_swap(entry.val);
	if (!cws_compat_leaf_is_migration(entry))
		return 0;
	return cws_token_page(cws_compat_leaf_to_page(entry));
}

/**
 * cws_token_cached() - the swap entry of a page that is mapped and has one still
 * @page: anonymous; the lock of a table that maps it is held
 * @token: of the swap entry
 *
 * Return: whether there is one. Others who hold it get this very page.
 */
static inline bool cws_token_cached(struct page *page, u64 *token)
{
	if (!PageAnon(page) || PageCompound(page) || !folio_test_swapcache(page_folio(page)))
		return false;
	*token = cws_token_swap(page_private(page));
	return true;
}

#endif /* CWS_PAGE_TOKEN_H */
