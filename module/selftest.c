// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module cannot fork, but it can map memory where insmod lives, fault on it
 * and run a kernel thread. What the hooks count for that is known to the page.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "hook.h"
#include "record.h"
#include "selftest.h"

/* Primes, so that no count is right by accident. */
#define ZERO_PAGES	3
#define FILE_PAGES	5
/* The thread's exit reaches its tracepoint shortly after kthread_stop(). */
#define EXIT_WAIT_MS	2000

static void loader_sums(struct cws_sums *sums)
{
	struct cws_record *rec;

	memset(sums, 0, sizeof(*sums));
	rcu_read_lock();
	rec = cws_record_find(current->mm);
	if (rec)
		cws_matrix_sum(&rec->matrix, sums);
	rcu_read_unlock();
}

/* Write to each page, after reading it or without. */
static int touch(unsigned long addr, int pages, bool read)
{
	char __user *page = (char __user *)addr;
	char byte = 0;
	int i;

	for (i = 0; i < pages; i++, page += PAGE_SIZE) {
		if (read && get_user(byte, page))
			return -EFAULT;
		if (put_user(byte + 1, page))
			return -EFAULT;
	}
	return 0;
}

static int map_and_touch(struct file *file, int pages, bool read)
{
	unsigned long flags = MAP_PRIVATE | (file ? 0 : MAP_ANONYMOUS);
	unsigned long addr;
	int err;

	addr = vm_mmap(file, 0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE, flags, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	err = touch(addr, pages, read);
	vm_munmap(addr, pages * PAGE_SIZE);
	return err;
}

/* Read, then write: every page leaves the zero page once. */
static int fault_zero_pages(void)
{
	return map_and_touch(NULL, ZERO_PAGES, true);
}

/* Write a page not mapped yet, then, mapped anew, one that was read first. */
static int fault_file_pages(void)
{
	struct file *file = cws_compat_shmem_file("cowscope", FILE_PAGES * PAGE_SIZE);
	int err;

	if (IS_ERR(file))
		return PTR_ERR(file);
	err = map_and_touch(file, FILE_PAGES, false);
	if (!err)
		err = map_and_touch(file, FILE_PAGES, true);
	fput(file);
	return err;
}

static int thread_wait(void *data)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!kthread_should_stop())
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return 0;
}

static int run_thread(void)
{
	struct task_struct *thread = kthread_run(thread_wait, NULL, "cowscope");
	int waited;

	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_stop(thread);
	for (waited = 0; waited < EXIT_WAIT_MS; waited += 20) {
		if (cws_hook_proven(CWS_HOOK_PROCESS_EXIT))
			break;
		msleep(20);
	}
	return 0;
}

/* Other threads of the loader may fault as well; alone, it is exact. */
static int expect(const char *what, u64 got, u64 want)
{
	bool alone = atomic_read(&current->mm->mm_users) == 1;

	if (got == want || (got > want && !alone))
		return 0;
	pr_err("cowscope: self-test: %s counted %llu, expected %llu\n", what, got, want);
	return -EIO;
}

static int expect_proven(enum cws_hook_id id)
{
	if (cws_hook_proven(id))
		return 0;
	pr_err("cowscope: self-test: %s was not hit as it must be\n", cws_hook_name(id));
	return -EIO;
}

/**
 * cws_selftest() - prove the main hooks
 *
 * What it causes is real and stays counted, for the loader.
 *
 * Context: module load, all hooks attached.
 * Return: 0, -EIO with a line that names the hook or the count, or what mapping
 * memory or making a thread failed with.
 */
int cws_selftest(void)
{
	static const enum cws_hook_id main_hooks[] = {
		CWS_HOOK_DO_WP_PAGE, CWS_HOOK_NEW_ANON_RMAP, CWS_HOOK_KERNEL_CLONE,
		CWS_HOOK_WAKE_UP_NEW_TASK, CWS_HOOK_PROCESS_EXIT,
	};
	struct cws_sums before, after;
	int i, err;

	if (!current->mm) {
		pr_err("cowscope: self-test: loaded by a task without an address space\n");
		return -EINVAL;
	}
	loader_sums(&before);
	err = fault_zero_pages();
	if (!err)
		err = fault_file_pages();
	if (!err)
		err = run_thread();
	if (err) {
		pr_err("cowscope: self-test could not run: error %d\n", err);
		return err;
	}
	loader_sums(&after);
	/* Locked memory is written when it is mapped, there is no zero page to leave. */
	err = expect("zero", after.cause[CWS_CNT_ZERO] - before.cause[CWS_CNT_ZERO],
		     current->mm->def_flags & VM_LOCKED ? 0 : ZERO_PAGES);
	if (!err)
		err = expect("file", after.cause[CWS_CNT_FILE] - before.cause[CWS_CNT_FILE],
			     2 * FILE_PAGES);
	for (i = 0; i < ARRAY_SIZE(main_hooks) && !err; i++)
		err = expect_proven(main_hooks[i]);
	return err;
}
