/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tracepoint cow, where a cause is counted: one jump that is patched in while
 * somebody listens, nothing else.
 */
#ifndef CWS_TRACE_COW_H
#define CWS_TRACE_COW_H

#include "trace.h"

void cws_trace_cow_tell(const struct cws_record *rec, const struct mm_struct *mm,
			unsigned long addr, enum cws_region region,
			enum cws_cause cause, bool sole, bool remote);

/**
 * cws_trace_cow() - one thing of a cause was counted
 * @rec: of the owner, NULL it has none
 * @mm: of the owner, alive
 * @addr: where
 * @region: where
 * @cause: what
 * @sole: counted as sole as well
 * @remote: counted as remote as well
 *
 * Context: probes, preemption disabled.
 */
static __always_inline void
cws_trace_cow(const struct cws_record *rec, const struct mm_struct *mm, unsigned long addr,
	      enum cws_region region, enum cws_cause cause, bool sole, bool remote)
{
	if (trace_cow_enabled())
		cws_trace_cow_tell(rec, mm, addr, region, cause, sole, remote);
}

#endif /* CWS_TRACE_COW_H */
