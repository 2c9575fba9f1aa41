/* SPDX-License-Identifier: GPL-2.0-only */
/* What the causes count in, for columns and for metrics. */
#ifndef COWSCOPE_TOOLS_COWSTAT_CAUSES_H
#define COWSCOPE_TOOLS_COWSTAT_CAUSES_H

/*
 * 4 KiB pages where the contract's description does not name another unit. SUBSET: pages
 * that another cause counts as well.
 */
enum cause_kind { KIND_PAGES, KIND_SUBSET, KIND_HUGE, KIND_SPLITS, KIND_COUNT };

#define KIND_OF_COPIED		KIND_PAGES
#define KIND_OF_FILE		KIND_PAGES
#define KIND_OF_KSM		KIND_PAGES
#define KIND_OF_UNSHARED	KIND_PAGES
#define KIND_OF_HUGETLB		KIND_HUGE
#define KIND_OF_PINNED		KIND_PAGES
#define KIND_OF_COLLAPSED	KIND_HUGE
#define KIND_OF_REUSED		KIND_PAGES
#define KIND_OF_THP_SPLIT	KIND_SPLITS
#define KIND_OF_THP_REUSED	KIND_HUGE
#define KIND_OF_ZERO		KIND_PAGES
#define KIND_OF_ZERO_HUGE	KIND_HUGE
#define KIND_OF_NOTIFIED	KIND_PAGES
#define KIND_OF_KEPT		KIND_PAGES
#define KIND_OF_USERFAULT	KIND_PAGES
#define KIND_OF_LOST		KIND_PAGES
#define KIND_OF_SOLE		KIND_SUBSET
#define KIND_OF_REMOTE		KIND_SUBSET

/* Name of the unit, and whether the heading of a column has to say it. */
#define UNIT_KIND_PAGES		"pages", false
#define UNIT_KIND_SUBSET	"pages", false
#define UNIT_KIND_HUGE		"huge pages", true
#define UNIT_KIND_SPLITS	"splits", true

#define UNIT_FIRST(unit, mark)	unit
#define UNIT_SECOND(unit, mark)	mark
#define UNIT_OF(pair)		UNIT_FIRST pair
#define MARK_OF(pair)		UNIT_SECOND pair
#define UNIT_PASTE(kind)	(UNIT_##kind)
#define UNIT_PAIR(kind)		UNIT_PASTE(kind)

/* A column of each cause. @get: by its enum cause, or another argument. */
#define CAUSE_COLUMN(id, name, help, get, arg)						\
	{ #name, UNIT_OF(UNIT_PAIR(KIND_OF_##id)), false,				\
	  MARK_OF(UNIT_PAIR(KIND_OF_##id)), help, get, arg },

#endif
