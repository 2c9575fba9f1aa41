// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tracepoint cow says of the owner: asked only while somebody listens.
 */
#include <linux/sched.h>

#include "birth.h"
#include "trace_cow.h"

/*
 * The creator of the address space. Of one that does not run yet, current is it
 * during exec; a child that is being forked has no PID.
 */
static pid_t owner_of(const struct cws_record *rec, const struct mm_struct *mm)
{
	if (rec && cws_birth_published(rec) && rec->lineage)
		return pid_nr(rec->lineage->pid);
	return current->mm == mm ? task_tgid_nr(current) : 0;
}

/**
 * cws_trace_cow_tell() - the arguments of the tracepoint, from those of the count
 * @rec: as of cws_trace_cow()
 * @mm: likewise
 * @addr: likewise
 * @region: likewise
 * @cause: likewise
 * @sole: likewise
 * @remote: likewise
 *
 * Context: probes, preemption disabled.
 */
void cws_trace_cow_tell(const struct cws_record *rec, const struct mm_struct *mm,
			unsigned long addr, enum cws_region region,
			enum cws_cause cause, bool sole, bool remote)
{
	trace_cow(owner_of(rec, mm), rec ? rec->serial : 0, addr & PAGE_MASK, region, cause,
		  sole, remote);
}
