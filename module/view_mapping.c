// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a mapping is called, as /proc/PID/maps does. It is looked at with the mmap
 * lock held and printed without it.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/mm.h>

#include "classify.h"
#include "compat.h"
#include "view_mapping.h"

static const char *mapping_name(struct cws_mapping *mapping, struct vm_area_struct *vma)
{
	const char *anon_name = cws_compat_anon_name(vma);
	const struct mm_struct *mm = vma->vm_mm;
	const char *name = NULL;

	if (vma->vm_file) {
		name = d_path(&vma->vm_file->f_path, mapping->path, sizeof(mapping->path));
		return IS_ERR(name) ? NULL : name;
	}
	if (vma->vm_ops && vma->vm_ops->name)
		name = vma->vm_ops->name(vma);
	if (name)
		return name;
	if (anon_name) {
		snprintf(mapping->path, sizeof(mapping->path), "[anon:%s]", anon_name);
		return mapping->path;
	}
	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

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
	mapping->name = mapping_name(mapping, vma);
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
