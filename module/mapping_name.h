/* SPDX-License-Identifier: GPL-2.0-only */
/* What a mapping is called, as /proc/PID/maps does. */
#ifndef CWS_MAPPING_NAME_H
#define CWS_MAPPING_NAME_H

#include <linux/types.h>

struct vm_area_struct;

const char *cws_mapping_name(struct vm_area_struct *vma, char *room, size_t size);

#endif /* CWS_MAPPING_NAME_H */
