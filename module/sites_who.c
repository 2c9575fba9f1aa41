// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose doing a fault of current is: an instruction's, a system call's, or the kernel's
 * own. A task that left user space has its registers of that moment at the top of its stack.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "compat.h"
#include "sites.h"

static bool same_page(unsigned long addr, const void __user *where)
{
	return where && (addr & PAGE_MASK) == ((unsigned long)where & PAGE_MASK);
}

/* A child writes its own number before it returns from the call that made it. */
static bool child_writes_tid(unsigned long addr)
{
	return cws_compat_clone_syscall() != CWS_SYS_KERNEL &&
	       !syscall_get_return_value(current, task_pt_regs(current)) &&
	       same_page(addr, current->set_child_tid);
}

/**
 * cws_site_look() - who is counting
 * @mm: the owner
 * @addr: where
 * @site: its address, syscall, by and compat are filled in; zero and -1 before
 *
 * Context: probe of a fault of current on @mm.
 */
void cws_site_look(const struct mm_struct *mm, unsigned long addr, struct cws_site *site)
{
	struct pt_regs *regs = task_pt_regs(current);

	if ((current->flags & PF_KTHREAD) || cws_compat_is_worker(current)) {
		site->by = CWS_SITE_KTHREAD;
	} else if (current->mm != mm) {
		site->by = CWS_SITE_REMOTE;
	} else if (cws_compat_user_fault()) {
		site->by = CWS_SITE_USER;
		site->address = instruction_pointer(regs);
	} else if (current->flags & PF_EXITING) {
		site->by = CWS_SITE_EXIT;
	} else if (cws_compat_in_syscall() || child_writes_tid(addr)) {
		site->by = CWS_SITE_SYSCALL;
		site->address = instruction_pointer(regs);
		site->syscall = syscall_get_nr(current, regs);
		site->compat = cws_compat_syscall_is_32();
	} else if (same_page(addr, cws_compat_rseq())) {
		site->by = CWS_SITE_RSEQ;
	} else {
		site->by = CWS_SITE_RETURN;
	}
}
