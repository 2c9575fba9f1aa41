/* SPDX-License-Identifier: GPL-2.0-only */
/* How views name a mapping: range, permissions, region and name. */
#ifndef CWS_VIEW_MAPPING_H
#define CWS_VIEW_MAPPING_H

#include <linux/limits.h>
#include <linux/seq_file.h>

struct vm_area_struct;

/**
 * struct cws_mapping - a mapping as it was when it was looked at
 * @start: its first byte, or the first that is told of
 * @end: behind its last byte
 * @flags: vm_flags
 * @file: only compared
 * @region: of @start
 * @name: as in /proc/PID/maps, or NULL; may lie in @path
 * @path: room for a name
 */
struct cws_mapping {
	unsigned long start, end;
	unsigned long flags;
	const struct file *file;
	u8 region;
	const char *name;
	char path[PATH_MAX];
};

void cws_mapping_look(struct cws_mapping *mapping, struct vm_area_struct *vma,
		      unsigned long start);
bool cws_mapping_goes_on(const struct cws_mapping *mapping,
			 const struct vm_area_struct *vma, unsigned long addr);
void cws_mapping_put_perms(struct seq_file *m, const struct cws_mapping *mapping);

#endif /* CWS_VIEW_MAPPING_H */
