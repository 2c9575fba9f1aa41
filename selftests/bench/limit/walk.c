// SPDX-License-Identifier: GPL-2.0-only
/*
 * What walks of page tables cost that tell nobody anything: a line "PID" written to
 * /proc/cowscope_limit looks at each page as the view pages has to; "PID PID" does so for the
 * first, and compares with the entries of the second, as family has to. For the benchmark
 * alone.
 */
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "limit.h"

static struct proc_dir_entry *entry;
/* What was found, so that looking is not left out. */
static unsigned long found;
static u64 tokens[PTRS_PER_PTE];
static DEFINE_MUTEX(one_at_a_time);

/* Whether a page that may not be written is mapped by somebody else, too. */
static __always_inline bool is_shared(u64 pte)
{
	struct page *page;

	if ((pte & (_PAGE_PRESENT | _PAGE_SPECIAL | _PAGE_RW)) != _PAGE_PRESENT)
		return false;
	page = pfn_to_page((pte & PTE_PFN_MASK) >> PAGE_SHIFT);
	return !PageCompound(page) && PageAnon(page) && !PageAnonExclusive(page) &&
	       atomic_read(&page->_mapcount) > 0;
}

static void look(const pte_t *ptes, unsigned long nr)
{
	unsigned long shared = 0;

	for (; nr; nr--, ptes++)
		shared += is_shared(READ_ONCE(*ptes).pte);
	found += shared;
}

/* The same, and what the other one's entries are to be compared with. */
static void look_and_take(const pte_t *ptes, unsigned long nr)
{
	unsigned long i, shared = 0;

	for (i = 0; i < nr; i++) {
		u64 pte = READ_ONCE(ptes[i]).pte;

		shared += is_shared(pte);
		tokens[i] = pte & PTE_PFN_MASK;
	}
	found += shared;
}

static void compare(const pte_t *ptes, unsigned long nr)
{
	unsigned long i, same = 0;

	for (i = 0; i < nr; i++)
		same += (READ_ONCE(ptes[i]).pte & PTE_PFN_MASK) == tokens[i];
	found += same;
}

static pmd_t *find_table(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || !pud_present(*pud) || pud_leaf(*pud) || pud_bad(*pud))
		return NULL;
	pmd = pmd_offset(pud, addr);
	return pmd_none(*pmd) || !pmd_present(*pmd) || pmd_leaf(*pmd) ? NULL : pmd;
}

/* As the module has to: under RCU and the table's lock, with a second look at what leads there. */
static void look_at_table(struct mm_struct *mm, unsigned long addr, unsigned long end,
			  void (*do_with)(const pte_t *ptes, unsigned long nr))
{
	pmd_t *pmd = find_table(mm, addr), table;
	spinlock_t *lock;	/* of the table */

	if (!pmd)
		return;
	rcu_read_lock();
	table = READ_ONCE(*pmd);
	if (pmd_present(table) && !pmd_leaf(table)) {
		lock = pte_lockptr(mm, &table);
		spin_lock(lock);
		if (pmd_val(READ_ONCE(*pmd)) == pmd_val(table))
			do_with(pte_offset_kernel(&table, addr), (end - addr) >> PAGE_SHIFT);
		spin_unlock(lock);
	}
	rcu_read_unlock();
}

/* One table, with its own hold on the address space. */
static void step(struct mm_struct *mm, unsigned long addr, unsigned long end,
		 void (*do_with)(const pte_t *ptes, unsigned long nr))
{
	if (!mmget_not_zero(mm))
		return;
	mmap_read_lock(mm);
	if (find_vma(mm, addr))
		look_at_table(mm, addr, end, do_with);
	mmap_read_unlock(mm);
	mmput_async(mm);
}

static void walk(struct mm_struct *mm, struct mm_struct *other)
{
	struct vm_area_struct *vma;
	unsigned long at = 0, start, end, next;

	for (;; at = end) {
		mmap_read_lock(mm);
		vma = find_vma(mm, at);
		start = vma ? max(at, vma->vm_start) : 0;
		end = vma ? vma->vm_end : 0;
		mmap_read_unlock(mm);
		if (!vma)
			return;
		for (; start < end; start = next) {
			next = pmd_addr_end(start, end);
			step(mm, start, next, other ? look_and_take : look);
			if (other)
				step(other, start, next, compare);
			cond_resched();
		}
	}
}

static struct mm_struct *mm_of(pid_t nr)
{
	struct pid *pid = find_get_pid(nr);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	if (task)
		put_task_struct(task);
	put_pid(pid);
	return mm;
}

static ssize_t limit_write(struct file *file, const char __user *from, size_t size,
			   loff_t *offset)
{
	struct mm_struct *mm, *other = NULL;
	char line[32] = "";
	int pid[2], nr;

	if (size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	nr = sscanf(line, "%d %d", &pid[0], &pid[1]);
	if (nr < 1)
		return -EINVAL;
	mm = mm_of(pid[0]);
	if (nr > 1)
		other = mm_of(pid[1]);
	if (mm && (other || nr < 2)) {
		mutex_lock(&one_at_a_time);
		walk(mm, other);
		mutex_unlock(&one_at_a_time);
	} else {
		size = -ESRCH;
	}
	if (other)
		mmput(other);
	if (mm)
		mmput(mm);
	return size;
}

static const struct proc_ops limit_ops = {
	.proc_write = limit_write,
};

int limit_walk_init(void)
{
	entry = proc_create("cowscope_limit", 0200, NULL, &limit_ops);
	return entry ? 0 : -ENOMEM;
}

void limit_walk_exit(void)
{
	proc_remove(entry);
	pr_debug("found %lu\n", found);
}
