/* SPDX-License-Identifier: GPL-2.0-only */
/* When a record gets its process: at fork, exec, load, or the first question. */
#ifndef CWS_BIRTH_H
#define CWS_BIRTH_H

#include "record.h"

void cws_birth_publish(struct cws_record *rec, enum cws_born born,
		       struct task_struct *creator, struct cws_record *parent);
void cws_birth_begin_exec(struct mm_struct *mm, struct cws_record *replaced);

/**
 * cws_birth_published() - may readers look at the birth of a record
 * @rec: the record
 *
 * Return: true once lineage is written for good.
 */
static inline bool cws_birth_published(const struct cws_record *rec)
{
	/* Pairs with the release in cws_birth_publish(). */
	return smp_load_acquire(&rec->state) == CWS_RECORD_PUBLISHED;
}

#endif /* CWS_BIRTH_H */
