/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pure functions on mappings: which region an address belongs to. The one place
 * that decides it; the tools use the same names.
 */
#ifndef CWS_CLASSIFY_H
#define CWS_CLASSIFY_H

#include <linux/hugetlb.h>
#include <linux/mm.h>

#include "counts.h"

/**
 * cws_region() - the region of an address
 * @vma: its mapping, not going away
 * @addr: inside @vma
 *
 * The order matters: the first rule that fits decides. Whole pages have one
 * region, so the page that bss and heap share (brk not randomised) is data.
 * A mapping with operations and no file is one of the kernel's own, like vdso.
 *
 * Context: mmap lock or page-table lock held; mm fields are read racily, as
 * /proc/PID/maps does.
 * Return: the region.
 */
static __always_inline enum cws_region
cws_region(const struct vm_area_struct *vma, unsigned long addr)
{
	const struct mm_struct *mm = vma->vm_mm;
	unsigned long flags = vma->vm_flags;

	addr &= PAGE_MASK;
	if (unlikely(flags & (VM_MAYSHARE | VM_HUGETLB | VM_PFNMAP | VM_MIXEDMAP | VM_IO))) {
		if (flags & VM_MAYSHARE)
			return CWS_REGION_MAPSHARED;
		return flags & VM_HUGETLB ? CWS_REGION_ANON : CWS_REGION_SPECIAL;
	}
	if (unlikely(!vma->vm_file && vma->vm_ops))
		return CWS_REGION_SPECIAL;
	if (addr < mm->brk && addr >= mm->start_brk)
		return CWS_REGION_HEAP;
	if (vma->vm_file) {
		if (flags & VM_EXEC)
			return CWS_REGION_TEXT;
		return flags & VM_WRITE ? CWS_REGION_DATA : CWS_REGION_MAPFILE;
	}
	if (addr < mm->start_brk && addr >= (mm->end_data & PAGE_MASK))
		return CWS_REGION_DATA;
	/* Most mappings end below the stack. */
	if (vma->vm_end >= mm->start_stack && vma->vm_start <= mm->start_stack)
		return CWS_REGION_STACK;
	return CWS_REGION_ANON;
}

/**
 * cws_region_end() - how far the region of an address goes on
 * @vma: its mapping, not going away
 * @addr: inside @vma, start of a page
 *
 * Context: mmap lock held.
 * Return: the end of @vma, or where another region may begin before it.
 */
static inline unsigned long cws_region_end(const struct vm_area_struct *vma,
					   unsigned long addr)
{
	const struct mm_struct *mm = vma->vm_mm;
	unsigned long border[] = {
		mm->end_data & PAGE_MASK, PAGE_ALIGN(mm->start_brk), PAGE_ALIGN(mm->brk),
	};
	unsigned long end = vma->vm_end;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(border); i++)
		if (border[i] > addr && border[i] < end)
			end = border[i];
	return end;
}

#endif /* CWS_CLASSIFY_H */
