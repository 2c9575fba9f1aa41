// SPDX-License-Identifier: GPL-2.0-only
/*
 * The books of what a fork hands down by region.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "compat.h"
#include "inherit.h"
#include "pool.h"

static struct cws_pool inherit_pool;
static atomic64_t inherits_dropped;

/**
 * cws_inherit_init() - fill the pool
 * @want: books to keep ready
 *
 * Return: 0 or -ENOMEM.
 */
int cws_inherit_init(unsigned int want)
{
	return cws_pool_init(&inherit_pool, "cowscope_inherit",
			     sizeof(struct cws_inherited), want);
}

/**
 * cws_inherit_exit() - free the pool
 *
 * Context: all books are given back.
 */
void cws_inherit_exit(void)
{
	cws_pool_exit(&inherit_pool);
}

/**
 * cws_inherit_begin() - open the books of a fork
 * @parent: counts of the parent
 *
 * Context: probe at the first mapping that is copied. The parent's mmap lock is
 * held for writing, so it makes no copies until fork is through with its memory.
 * Return: the books, or NULL: counted as dropped.
 */
struct cws_inherited *cws_inherit_begin(const struct cws_matrix *parent)
{
	struct cws_inherited *books = cws_pool_take(&inherit_pool);
	int region;

	if (!books) {
		atomic64_inc(&inherits_dropped);
		return NULL;
	}
	memset(books, 0, sizeof(*books));
	for (region = 0; region < CWS_NR_REGIONS; region++)
		books->parent_broke[region] = cws_inherit_broke(parent, region);
	return books;
}

/**
 * cws_inherit_book() - a mapping is copied: its pages are what the child gained
 * @books: of the fork; the mapping is of their @region
 * @child: the new address space, which nobody uses yet
 */
void cws_inherit_book(struct cws_inherited *books, struct mm_struct *child)
{
	u64 pages = cws_compat_mm_counter(child, MM_ANONPAGES);

	books->pages[books->region] += pages - books->booked;
	books->booked = pages;
}

/**
 * cws_inherit_free() - close the books
 * @books: or NULL
 *
 * Context: any but hard interrupts.
 */
void cws_inherit_free(struct cws_inherited *books)
{
	if (books)
		cws_pool_give(&inherit_pool, books);
}

/**
 * cws_inherit_broke() - pages that a process copied away from others
 * @matrix: its counts
 * @region: where
 *
 * A copy that nobody else mapped any more ended no sharing.
 *
 * Return: pages.
 */
u64 cws_inherit_broke(const struct cws_matrix *matrix, enum cws_region region)
{
	/* A copy is counted before it is found to be sole. */
	u64 sole = cws_matrix_read(matrix, region, CWS_CNT_SOLE);

	return cws_matrix_read(matrix, region, CWS_CNT_COPIED) +
	       cws_matrix_read(matrix, region, CWS_CNT_UNSHARED) - sole;
}

/**
 * cws_inherit_broke_all() - the same over all regions
 * @matrix: its counts
 *
 * Return: pages.
 */
u64 cws_inherit_broke_all(const struct cws_matrix *matrix)
{
	u64 sole = cws_matrix_cause(matrix, CWS_CNT_SOLE);

	return cws_matrix_cause(matrix, CWS_CNT_COPIED) +
	       cws_matrix_cause(matrix, CWS_CNT_UNSHARED) - sole;
}

/**
 * cws_inherit_stats() - numbers for status
 * @stats: filled in
 */
void cws_inherit_stats(struct cws_inherit_stats *stats)
{
	stats->inherits_dropped = atomic64_read(&inherits_dropped);
	stats->bytes = cws_pool_bytes(&inherit_pool);
}
