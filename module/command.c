// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsing of commands. The errno of each refusal stands in cowscope_abi.h.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/threads.h>
#include <linux/uaccess.h>

#include "birth.h"
#include "command.h"
#include "record.h"

/**
 * cws_command_copy() - take one command from user space
 * @line: COWSCOPE_COMMAND_MAX + 1 bytes, terminated without the newline
 * @from: what was written
 * @len: its length
 *
 * Return: 0, -E2BIG too long, -EINVAL empty, more than one line or a NUL byte,
 * -EFAULT.
 */
int cws_command_copy(char *line, const char __user *from, size_t len)
{
	if (len > COWSCOPE_COMMAND_MAX)
		return -E2BIG;
	if (copy_from_user(line, from, len))
		return -EFAULT;
	if (len && line[len - 1] == '\n')
		len--;
	line[len] = '\0';
	if (!len || strlen(line) != len || strchr(line, '\n'))
		return -EINVAL;
	return 0;
}

/**
 * cws_command_number() - a PID in decimal
 * @word: digits and nothing else
 * @nr: the number
 *
 * Return: 0, -EINVAL not a positive number, -ERANGE larger than any PID.
 */
int cws_command_number(const char *word, pid_t *nr)
{
	unsigned long number;
	const char *digit;

	for (digit = word; *digit; digit++)
		if (!isdigit(*digit))
			return -EINVAL;
	if (digit == word)
		return -EINVAL;
	if (kstrtoul(word, 10, &number) || number >= PID_MAX_LIMIT)
		return -ERANGE;
	if (!number)
		return -EINVAL;
	*nr = number;
	return 0;
}

/**
 * cws_command_address() - a virtual address in hexadecimal
 * @word: digits, 0x before them or not, and nothing else
 * @addr: the address
 *
 * Return: 0, -EINVAL not a hexadecimal number, -ERANGE outside user space.
 */
int cws_command_address(const char *word, unsigned long *addr)
{
	const char *digit;

	if (word[0] == '0' && (word[1] == 'x' || word[1] == 'X'))
		word += 2;
	for (digit = word; *digit; digit++)
		if (!isxdigit(*digit))
			return -EINVAL;
	if (digit == word)
		return -EINVAL;
	if (kstrtoul(word, 16, addr) || *addr >= TASK_SIZE_MAX)
		return -ERANGE;
	return 0;
}

/* The record of a process's address space; task_lock keeps the mm meanwhile. */
static int process_record(struct task_struct *process, struct cws_record **found)
{
	struct task_struct *task;
	struct cws_record *rec;
	int err = -ENXIO;

	for_each_thread(process, task) {
		if (task->flags & PF_KTHREAD)
			break;
		task_lock(task);
		if (task->mm) {
			rec = cws_record_find_or_create(task->mm);
			if (rec)
				cws_birth_publish(rec, CWS_BORN_EVENT, process, NULL);
			if (rec && cws_record_get(rec))
				*found = rec;
			err = *found ? 0 : -ENOSPC;
		}
		task_unlock(task);
		if (err != -ENXIO)
			break;
	}
	return err;
}

/**
 * cws_command_process() - the process that a PID means to the caller
 * @nr: number in the caller's PID namespace
 * @pid: its thread group, referenced; may be NULL
 * @rec: its address space's record, referenced
 *
 * Context: process context.
 * Return: 0, -ESRCH no such process, -ENXIO it has no address space, -ENOSPC
 * there is no room for a record.
 */
int cws_command_process(pid_t nr, struct pid **pid, struct cws_record **rec)
{
	struct task_struct *process;
	struct pid *found;
	int err = -ESRCH;

	*rec = NULL;
	rcu_read_lock();
	found = find_vpid(nr);
	process = found ? pid_task(found, PIDTYPE_TGID) : NULL;
	/* A new one is published by the hook of its birth, not from here. */
	if (process && READ_ONCE(process->__state) != TASK_NEW)
		err = process_record(process, rec);
	if (!err && pid)
		*pid = get_pid(found);
	rcu_read_unlock();
	return err;
}
