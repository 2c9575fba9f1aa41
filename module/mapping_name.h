/* SPDX-License-Identifier: GPL-2.0-only */
/* What a mapping is called, as /proc/PID/maps does, and which file that is. */
#ifndef CWS_MAPPING_NAME_H
#define CWS_MAPPING_NAME_H

#include <linux/types.h>

struct vm_area_struct;

/* All zero: no file. */
struct cws_file_id {
	u64 inode;
	s64 mtime_ns;
	u32 dev;
};

const char *cws_mapping_name(struct vm_area_struct *vma, char *room, size_t size);
struct cws_file_id cws_mapping_file(const struct vm_area_struct *vma);

#endif /* CWS_MAPPING_NAME_H */
