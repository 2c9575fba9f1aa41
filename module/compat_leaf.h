/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences of compat.h that are about entries of page tables that are not present.
 * 6.19 brought softleaf_t for them (linux/leafops.h), another name of swp_entry_t;
 * before, functions of linux/swapops.h asked what an entry is.
 */
#ifndef CWS_COMPAT_LEAF_H
#define CWS_COMPAT_LEAF_H

#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#include <linux/leafops.h>

#define cws_compat_leaf_from_pte(pte)		softleaf_from_pte(pte)
#define cws_compat_leaf_from_pmd(pmd)		softleaf_from_pmd(pmd)
#define cws_compat_leaf_to_page(leaf)		softleaf_to_page(leaf)
#define cws_compat_leaf_is_swap(leaf)		softleaf_is_swap(leaf)
#define cws_compat_leaf_is_migration(leaf)	softleaf_is_migration(leaf)
#define cws_compat_leaf_is_migration_read(leaf)	softleaf_is_migration_read(leaf)
#define cws_compat_leaf_is_device_private(leaf)	softleaf_is_device_private(leaf)
#define cws_compat_leaf_is_device_exclusive(leaf)	softleaf_is_device_exclusive(leaf)
#define cws_compat_leaf_is_marker(leaf)		softleaf_is_marker(leaf)
#define cws_compat_leaf_is_uffd_wp_marker(leaf)	softleaf_is_uffd_wp_marker(leaf)
#else
#define cws_compat_leaf_from_pte(pte)		pte_to_swp_entry(pte)
#define cws_compat_leaf_from_pmd(pmd)		pmd_to_swp_entry(pmd)
#define cws_compat_leaf_to_page(leaf)		pfn_swap_entry_to_page(leaf)
#define cws_compat_leaf_is_swap(leaf)		(!non_swap_entry(leaf))
#define cws_compat_leaf_is_migration(leaf)	is_migration_entry(leaf)
#define cws_compat_leaf_is_migration_read(leaf)	is_readable_migration_entry(leaf)
#define cws_compat_leaf_is_device_private(leaf)	is_device_private_entry(leaf)
#define cws_compat_leaf_is_device_exclusive(leaf)	is_device_exclusive_entry(leaf)
#define cws_compat_leaf_is_marker(leaf)		is_pte_marker_entry(leaf)

static inline bool cws_compat_leaf_is_uffd_wp_marker(swp_entry_t leaf)
{
	return is_pte_marker_entry(leaf) && pte_marker_get(leaf) & PTE_MARKER_UFFD_WP;
}
#endif

/*
 * Whether userfaultfd protects a page from being written. 7.x made it the bit for all that
 * it protects from; which that is stands in the mapping, which is asked first.
 */
static inline bool cws_compat_pte_uffd(pte_t pte)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return pte_uffd(pte);
#else
	return pte_uffd_wp(pte);
#endif
}

/* The same of an entry that is not present. */
static inline bool cws_compat_pte_swp_uffd(pte_t pte)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return pte_swp_uffd(pte);
#else
	return pte_swp_uffd_wp(pte);
#endif
}

/* Huge memory of a device, without pages. 6.17 gave all of it pages as others have. */
static inline bool cws_compat_pmd_devmap(pmd_t pmd)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	return false;
#else
	return pmd_devmap(pmd);
#endif
}

#endif /* CWS_COMPAT_LEAF_H */
