/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A family: the living address spaces that forks link, without an exec in
 * between. One of them was asked for and stands first.
 */
#ifndef CWS_FAMILY_H
#define CWS_FAMILY_H

#include "record.h"

enum cws_relation {
	CWS_SELF,
	CWS_PARENT,
	CWS_CHILD,
	CWS_SIBLING,
	CWS_GRANDPARENT,
	CWS_GRANDCHILD,
	CWS_ANCESTOR,
	CWS_DESCENDANT,
	CWS_COUSIN,
	CWS_RELATIVE,	/* any other */
	CWS_INFERRED,	/* by a common root of anonymous memory; how is not known */
};

/*
 * What one member holds in one region, in pages; the columns of family. pieces: of huge
 * pages, which nobody else maps and a write copies all the same; only in the worst case.
 */
struct cws_share {
	u64 present;
	u64 shared;
	u64 elsewhere;
	u64 cache;
	u64 swap;
	u64 armed_anon;
	u64 armed_file;
	u64 armed_zero;
	u64 armed_ksm;
	u64 pieces;
};

/**
 * struct cws_member - one address space of a family
 * @rec: referenced
 * @mm: its struct is referenced
 * @relation: to the first member
 * @skipped: it ended before all of it was read
 * @moved: it has anonymous memory at another address than where it was made
 * @twice: it may map a part of a file twice
 * @next: what lies below has been read; ULONG_MAX all has
 * @share: by region; shared, elsewhere, cache and swap with the first member, and of the
 *	first member with any other
 */
struct cws_member {
	struct cws_record *rec;
	struct mm_struct *mm;
	u8 relation;
	bool skipped;
	bool moved;
	bool twice;
	unsigned long next;
	struct cws_share share[CWS_NR_REGIONS];
};

struct cws_family {
	unsigned int nr;
	struct cws_member member[];
};

struct cws_family *cws_family_pair(struct cws_record *rec, u64 serial) __must_check;
struct cws_family *cws_family_of(struct cws_record *rec) __must_check;
void cws_family_put(struct cws_family *family);

#endif /* CWS_FAMILY_H */
