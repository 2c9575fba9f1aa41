// SPDX-License-Identifier: GPL-2.0-only
/*
 * From embryo to published: whose address space a record is, and of whom born.
 */
#include <linux/sched.h>

#include "birth.h"

/**
 * cws_birth_publish() - the process of an address space is about to run
 * @rec: its record; a second call for the same record does nothing
 * @born: how it came to be
 * @creator: task whose thread group it is
 * @parent: what it was forked from, or NULL
 *
 * Context: probes, or the scan at load under task_lock.
 */
void cws_birth_publish(struct cws_record *rec, enum cws_born born,
		       struct task_struct *creator, struct cws_record *parent)
{
	struct cws_lineage *from = NULL;

	if (cmpxchg(&rec->state, CWS_RECORD_EMBRYO, CWS_RECORD_CLAIMED) !=
	    CWS_RECORD_EMBRYO)
		return;
	if (parent && cws_birth_published(parent))
		from = parent->lineage;
	if (!rec->lineage)
		rec->lineage = cws_lineage_create(born, rec->serial, creator, from,
						  parent ? parent->serial : 0);
	else
		cws_lineage_rename(rec->lineage, creator);
	/* Lineage first; pairs with the acquire in cws_birth_published(). */
	smp_store_release(&rec->state, CWS_RECORD_PUBLISHED);
}

/**
 * cws_birth_begin_exec() - an address space is made ready to replace another
 * @mm: the new one
 * @replaced: the record of the old one, or NULL
 *
 * It stays an embryo until cws_birth_publish() says that the exec succeeded.
 *
 * Context: probe of begin_new_exec; current is the only one that knows @mm.
 */
void cws_birth_begin_exec(struct mm_struct *mm, struct cws_record *replaced)
{
	struct cws_record *rec = cws_record_find_or_create(mm);

	if (rec && !rec->lineage)
		rec->lineage = cws_lineage_create(CWS_BORN_EXEC, rec->serial, current,
						  NULL, replaced ? replaced->serial : 0);
}
