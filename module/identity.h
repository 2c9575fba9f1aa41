/* SPDX-License-Identifier: GPL-2.0-only */
/* attempts = outcomes + open + unclassified: read and checked. */
#ifndef CWS_IDENTITY_H
#define CWS_IDENTITY_H

#include "account.h"

struct cws_identity {
	struct cws_cpu_counts sum;
	u64 open;
	s64 balance;	/* attempts less everything they ended as */
	bool steady;	/* nothing was counted while the numbers were read */
};

void cws_identity_read(struct cws_identity *id);

#endif /* CWS_IDENTITY_H */
