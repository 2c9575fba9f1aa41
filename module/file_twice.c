// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an address space maps a part of a file twice. Who does may have a page at
 * another address although the file is mapped at this one, too: a private mapping that
 * was moved, and the file mapped again where it was.
 */
#include "file_twice.h"

/**
 * cws_file_twice_look() - look at the next mapping
 * @twice: zeroed before the first; told in @found
 * @vma: in ascending order of addresses
 *
 * A program maps a file from its beginning to its end, so what lies between the first and
 * the last page mapped is taken for mapped: @found may be set without need, never missed.
 *
 * Context: mmap lock held.
 */
void cws_file_twice_look(struct cws_file_twice *twice, struct vm_area_struct *vma)
{
	const struct address_space *mapping;
	unsigned long first = vma->vm_pgoff, end = first + vma_pages(vma);
	unsigned int i;

	if (!vma->vm_file || twice->found)
		return;
	mapping = vma->vm_file->f_mapping;
	/* Mappings of one file mostly follow each other. */
	for (i = twice->nr; i-- > 0;) {
		if (twice->file[i].mapping != mapping)
			continue;
		twice->found = first < twice->file[i].end && end > twice->file[i].first;
		twice->file[i].first = min(twice->file[i].first, first);
		twice->file[i].end = max(twice->file[i].end, end);
		return;
	}
	if (twice->nr == CWS_FILES_KEPT) {
		twice->found = true;
		return;
	}
	twice->file[twice->nr].mapping = mapping;
	twice->file[twice->nr].first = first;
	twice->file[twice->nr++].end = end;
}
