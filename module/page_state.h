/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a page-table entry says of its page: the states of cowscope_abi.h. Pure
 * functions, called with the lock of the entry's table held: a page that is
 * mapped there stays mapped, so what its struct page says of it holds as well.
 */
#ifndef CWS_PAGE_STATE_H
#define CWS_PAGE_STATE_H

#include <linux/mm.h>
#include <linux/swap.h>

#include "classify.h"
#include "compat.h"

#define CWS_STATE_ENUM(id, name, help)	CWS_STATE_##id,
enum cws_state {
	COWSCOPE_STATES(CWS_STATE_ENUM)
	CWS_NR_STATES
};

/* A state and its two suffixes in one byte. */
#define CWS_PAGE_STATE	0x0f
#define CWS_PAGE_HUGE	0x10
#define CWS_PAGE_RO	0x20

/* Of which table an entry is. */
enum cws_table {
	CWS_TABLE_PTE,
	CWS_TABLE_PMD,
	CWS_TABLE_PUD,
	CWS_TABLE_P4D,
	CWS_TABLE_PGD,
};

/**
 * struct cws_part - a piece of one mapping, below one page-table page, of one region
 * @vma: the mapping
 * @addr: first byte
 * @end: behind the last byte
 * @region: of all of it
 * @plain: no PFN map: what is present and not special is a page
 * @cow: plain and private: a writable entry is an exclusive anonymous page
 * @writable: the mapping may be written now
 * @table: of the entry that was looked at
 */
struct cws_part {
	struct vm_area_struct *vma;
	unsigned long addr;
	unsigned long end;
	u8 region;
	bool plain;
	bool cow;
	bool writable;
	u8 table;
};

/**
 * struct cws_huge - an entry above the lowest level that is no table
 * @state: with suffixes, of each page of the part, unless
 * @each: pages differ by who else maps them: ask cws_huge_state()
 * @page: of the part's first address, NULL when there is none to look at
 */
struct cws_huge {
	u8 state;
	bool each;
	struct page *page;
};

/* Of an anonymous page that is not exclusive: is it mapped by anybody else. */
static __always_inline u8 cws_page_shared(struct folio *folio, struct page *page,
					  unsigned int *mappers)
{
	*mappers = cws_compat_mapcount_in(folio, page);
	return *mappers > 1 ? CWS_STATE_SHARED : CWS_STATE_LAST;
}

/*
 * @flags_page carries the exclusive mark: the head of a huge mapping. @mappers is set
 * when the page turns out to be shared.
 */
static __always_inline u8 cws_folio_state(const struct cws_part *part, struct folio *folio,
					  struct page *page, struct page *flags_page,
					  unsigned int *mappers)
{
	if (folio_test_ksm(folio))
		return CWS_STATE_KSM;
	if (!folio_test_anon(folio))
		return part->region == CWS_REGION_SPECIAL ? CWS_STATE_SPECIAL :
							    CWS_STATE_FILE;
	return PageAnonExclusive(flags_page) ? CWS_STATE_OWN :
						 cws_page_shared(folio, page, mappers);
}

static __always_inline u8 cws_page_state(const struct cws_part *part, struct page *page,
					 struct page *flags_page)
{
	unsigned int mappers;

	return cws_folio_state(part, page_folio(page), page, flags_page, &mappers);
}

/* Of a page that cws_compat_small_anon() says yes to. */
static __always_inline u8 cws_small_state(struct page *page)
{
	if (PageAnonExclusive(page))
		return CWS_STATE_OWN;
	return cws_compat_small_mapcount(page) > 1 ? CWS_STATE_SHARED : CWS_STATE_LAST;
}

/*
 * While a page is being moved its entries are taken down one by one, so how many
 * map it cannot be read: what is not exclusive is called shared.
 */
static inline u8 cws_migration_state(const struct cws_part *part, swp_entry_t entry)
{
	if (!PageAnon(cws_compat_leaf_to_page(entry)))
		return CWS_STATE_FILE;
	return cws_compat_leaf_is_migration_read(entry) ? CWS_STATE_SHARED : CWS_STATE_OWN;
}

static inline u8 cws_absent_state(const struct cws_part *part, swp_entry_t entry)
{
	if (cws_compat_leaf_is_swap(entry))
		return CWS_STATE_SWAP;
	if (cws_compat_leaf_is_migration(entry))
		return cws_migration_state(part, entry);
	return CWS_STATE_SPECIAL;
}

static __always_inline u8 cws_page_ro(const struct cws_part *part, pte_t pte)
{
	return part->writable && !pte_write(pte) ? CWS_PAGE_RO : 0;
}

u8 cws_special_pte_state(const struct cws_part *part, pte_t pte);

/* An entry of a page like any other; PROT_NONE and what is special is not. */
static __always_inline bool cws_pte_plain(const struct cws_part *part, pte_t pte)
{
	return (pte.pte & (_PAGE_PRESENT | _PAGE_SPECIAL)) == _PAGE_PRESENT && part->plain;
}

/* Of a plain entry. What pte_pfn() undoes is only done to those that are not present. */
static __always_inline struct page *cws_plain_page(pte_t pte)
{
	return pfn_to_page((pte_val(pte) & PTE_PFN_MASK) >> PAGE_SHIFT);
}

/**
 * cws_pte_state() - state of the page behind a lowest-level entry
 * @part: where it stands
 * @pte: read under the table's lock
 *
 * Return: state and suffix.
 */
static __always_inline u8 cws_pte_state(const struct cws_part *part, pte_t pte)
{
	if (likely(cws_pte_plain(part, pte))) {
		bool write = cws_compat_pte_write(pte);
		struct page *page;

		if (write && part->cow)
			return CWS_STATE_OWN;
		page = cws_plain_page(pte);
		return (likely(cws_compat_small_anon(page)) ? cws_small_state(page) :
			cws_page_state(part, page, page)) |
		       (part->writable && !write ? CWS_PAGE_RO : 0);
	}
	if (pte_present(pte))
		return cws_special_pte_state(part, pte);
	if (pte_none(pte))
		return CWS_STATE_NONE;
	return cws_absent_state(part, cws_compat_leaf_from_pte(pte));
}

#define CWS_EIGHT	8

/**
 * struct cws_eight - eight neighbouring entries of a table
 * @all: what each of them has
 * @any: what one of them has
 */
struct cws_eight {
	pte_t all;
	pte_t any;
};

static __always_inline struct cws_eight cws_eight_read(const pte_t *ptes)
{
	pte_t pte = READ_ONCE(ptes[0]);
	struct cws_eight eight = { pte, pte };
	unsigned int i;

#pragma GCC unroll 8
	for (i = 1; i < CWS_EIGHT; i++) {
		pte = READ_ONCE(ptes[i]);
		eight.all.pte &= pte.pte;
		eight.any.pte |= pte.pte;
	}
	return eight;
}

static __always_inline bool cws_eight_plain(const struct cws_eight *eight)
{
	return (eight->all.pte & _PAGE_PRESENT) && !(eight->any.pte & _PAGE_SPECIAL);
}

/**
 * cws_eight_own() - eight writable entries, the most frequent case by far
 * @eight: of a part with @cow set; the table's lock is held
 *
 * Return: whether all are own; false says nothing.
 */
static __always_inline bool cws_eight_own(const struct cws_eight *eight)
{
	return cws_eight_plain(eight) && cws_compat_pte_write(eight->all);
}

/**
 * cws_eight_left() - eight entries that a fork left, the most frequent case but one
 * @eight: of a part with @cow set; the table's lock is held
 * @ptes: the same one by one
 * @mappers: how many map each, filled in as far as they were looked at; or NULL
 *
 * All of them write-protected, of anonymous pages that are not exclusive, each a folio.
 * With @mappers none that is last is in the swap cache, where others may have it still.
 *
 * Return: CWS_STATE_SHARED or CWS_STATE_LAST if all are that; CWS_STATE_NONE says nothing.
 */
static __always_inline u8 cws_eight_left(const struct cws_eight *eight, const pte_t *ptes,
					 unsigned int *mappers)
{
	bool last = false;
	unsigned int i;

	if (!cws_eight_plain(eight) || cws_compat_pte_write(eight->any))
		return CWS_STATE_NONE;
#pragma GCC unroll 8
	for (i = 0; i < CWS_EIGHT; i++) {
		struct page *page = cws_plain_page(READ_ONCE(ptes[i]));
		unsigned int count = cws_compat_small_mapcount(page);
		bool alone = count == 1;

		if (!cws_compat_small_anon(page) || PageAnonExclusive(page))
			return CWS_STATE_NONE;
		if (mappers) {
			if (alone && folio_test_swapcache((struct folio *)page))
				return CWS_STATE_NONE;
			mappers[i] = count;
		}
		/* The second that differs from the first ends the look. */
		if (i && alone != last)
			return CWS_STATE_NONE;
		last = alone;
	}
	return last ? CWS_STATE_LAST : CWS_STATE_SHARED;
}

/**
 * cws_huge_state() - state of one page of a huge entry
 * @huge: the entry
 * @nr: page of the part
 *
 * Context: the entry's lock.
 */
static inline u8 cws_huge_state(const struct cws_huge *huge, unsigned int nr)
{
	unsigned int mappers;
	u8 shared;

	if (!huge->each)
		return huge->state;
	shared = cws_page_shared(page_folio(huge->page), huge->page + nr, &mappers);
	return (huge->state & ~CWS_PAGE_STATE) | shared;
}

#endif /* CWS_PAGE_STATE_H */
