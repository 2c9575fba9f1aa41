/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of kernel objects for user space: a keyed hash instead of the address,
 * equal for one object as long as it lives. Knows no kind of object.
 */
#ifndef CWS_OBJID_H
#define CWS_OBJID_H

#include <linux/types.h>

void cws_objid_init(void);
u64 cws_objid(const void *object);

#endif /* CWS_OBJID_H */
