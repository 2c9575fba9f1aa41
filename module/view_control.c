// SPDX-License-Identifier: GPL-2.0-only
/*
 * control: accounting on or off.
 */
#include <linux/module.h>
#include <linux/string.h>

#include "command.h"
#include "hook.h"
#include "view.h"

static int control_show(struct seq_file *m, void *unused)
{
	struct cws_hook_gaps gaps;

	cws_hook_gaps(&gaps);
	seq_puts(m, gaps.accounting ? "on\n" : "off\n");
	return 0;
}

static int control_open(struct inode *inode, struct file *file)
{
	return cws_view_allowed() ?: single_open(file, control_show, NULL);
}

static ssize_t control_write(struct file *file, const char __user *from, size_t len,
			     loff_t *pos)
{
	char line[COWSCOPE_COMMAND_MAX + 1];
	int err = cws_command_copy(line, from, len);

	if (err)
		return err;
	if (!strcmp(line, "on"))
		err = cws_hooks_set_accounting(true);
	else if (!strcmp(line, "off"))
		err = cws_hooks_set_accounting(false);
	else
		err = -EOPNOTSUPP;
	return err ?: len;
}

const struct file_operations cws_control_fops = {
	.owner = THIS_MODULE,
	.open = control_open,
	.read = seq_read,
	.write = control_write,
	.llseek = seq_lseek,
	.release = single_release,
};
