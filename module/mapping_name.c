// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a mapping is called, as /proc/PID/maps does, and which file that is.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/path.h>

#include "compat.h"
#include "mapping_name.h"

/**
 * cws_mapping_name() - the name of a mapping
 * @vma: the mapping
 * @room: for a name that has to be made
 * @size: of @room
 *
 * Paths begin at the root directory of current.
 *
 * Context: mmap lock held, or nobody uses the address space any more; does not sleep.
 * Return: the name, in @room or as long as the mapping lasts; NULL it has none, or
 * there was too little room.
 */
const char *cws_mapping_name(struct vm_area_struct *vma, char *room, size_t size)
{
	const char *anon_name = cws_compat_anon_name(vma);
	const struct mm_struct *mm = vma->vm_mm;
	const char *name = NULL;

	if (vma->vm_file) {
		/* A task that is about to be gone has no root any more. */
		if (!cws_compat_fs(current))
			return NULL;
		name = d_path(&vma->vm_file->f_path, room, size);
		return IS_ERR(name) ? NULL : name;
	}
	if (vma->vm_ops && vma->vm_ops->name)
		name = vma->vm_ops->name(vma);
	if (name)
		return name;
	if (anon_name)
		return snprintf(room, size, "[anon:%s]", anon_name) < size ? room : NULL;
	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

/**
 * cws_mapping_file() - which file a mapping is of
 * @vma: the mapping
 *
 * Context: as cws_mapping_name().
 * Return: all zero, it has none.
 */
struct cws_file_id cws_mapping_file(const struct vm_area_struct *vma)
{
	struct cws_file_id file = {};
	const struct inode *inode;
	struct timespec64 mtime;

	if (!vma->vm_file)
		return file;
	inode = file_inode(vma->vm_file);
	mtime = cws_compat_mtime(inode);
	file.dev = inode->i_sb->s_dev;
	file.inode = inode->i_ino;
	file.mtime_ns = timespec64_to_ns(&mtime);
	return file;
}
