/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the bits that a caller of clone or clone3 may set. */
#ifndef CWS_CLONEFLAGS_H
#define CWS_CLONEFLAGS_H

#include <linux/types.h>

struct seq_file;

void cws_cloneflags_put(struct seq_file *m, u64 flags);
u64 cws_cloneflags_bit(const char *name);
u64 cws_cloneflags_unknown(u64 flags);

#endif /* CWS_CLONEFLAGS_H */
