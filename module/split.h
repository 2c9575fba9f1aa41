/* SPDX-License-Identifier: GPL-2.0-only */
/* Splits of huge mappings by write faults, from request to done. */
#ifndef CWS_SPLIT_H
#define CWS_SPLIT_H

#include <linux/mm_types.h>

struct task_struct;

int cws_split_init(void);
void cws_split_exit(void);
u64 cws_splits_dropped(void);
size_t cws_split_bytes(void);
void cws_split_begin(const struct vm_area_struct *vma, unsigned long addr, pmd_t *pmd);
void cws_split_none(void);
void cws_split_done(struct mm_struct *mm, pmd_t *pmd);
void cws_split_task_exit(struct task_struct *task);

#endif /* CWS_SPLIT_H */
