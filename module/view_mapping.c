// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a mapping is. It is looked at with the mmap lock held and printed without it.
 */
#include <linux/mm.h>

#include "classify.h"
#include "mapping_name.h"
#include "view_mapping.h"

/**
 * cws_mapping_look() - take down what a mapping is
 * @mapping: to be filled
 * @vma: the mapping
 * @start: inside it, where telling of it begins
 *
 * Context: mmap lock held.
 */
void cws_mapping_look(struct cws_mapping *mapping, struct vm_area_struct *vma,
		      unsigned long start)
{
	mapping->start = start;
	mapping->end = vma->vm_end;
	mapping->flags = vma->vm_flags;
	mapping->file = vma->vm_file;
	mapping->region = cws_region(vma, start);
	mapping->name = cws_mapping_name(vma, mapping->path, sizeof(mapping->path));
}

/**
 * cws_mapping_goes_on() - is an address of the mapping that was looked at last
 * @mapping: as it was then
 * @vma: the mapping of the address now
 * @addr: the address
 *
 * Context: mmap lock held.
 * Return: true when it lies in @mapping and that has not changed.
 */
bool cws_mapping_goes_on(const struct cws_mapping *mapping,
			 const struct vm_area_struct *vma, unsigned long addr)
{
	return mapping->start <= addr && mapping->end > addr &&
	       mapping->end == vma->vm_end && mapping->flags == vma->vm_flags &&
	       mapping->file == vma->vm_file;
}

/**
 * cws_mapping_put_perms() - permissions as in /proc/PID/maps
 * @m: output
 * @mapping: whose
 */
void cws_mapping_put_perms(struct seq_file *m, const struct cws_mapping *mapping)
{
	unsigned long flags = mapping->flags;

	seq_printf(m, "%c%c%c%c", flags & VM_READ ? 'r' : '-',
		   flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
		   flags & VM_MAYSHARE ? 's' : 'p');
}
