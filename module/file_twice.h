/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CWS_FILE_TWICE_H
#define CWS_FILE_TWICE_H

#include <linux/mm.h>

#define CWS_FILES_KEPT	32

/**
 * struct cws_file_twice - a pass over mappings that looks for the same part of a file twice
 * @found: it is mapped twice, or there are more files than are kept
 * @nr: of @file
 * @file: a file that is mapped, and which of its pages lie between the first and
 *	the last that are
 *
 * Only for the length of one pass under the mmap lock: @mapping is compared, never followed.
 */
struct cws_file_twice {
	bool found;
	unsigned int nr;
	struct {
		const struct address_space *mapping;
		unsigned long first;
		unsigned long end;
	} file[CWS_FILES_KEPT];
};

void cws_file_twice_look(struct cws_file_twice *twice, struct vm_area_struct *vma);

#endif /* CWS_FILE_TWICE_H */
