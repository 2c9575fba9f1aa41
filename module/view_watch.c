// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch: the commands, and what is watched.
 */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "command.h"
#include "roster.h"
#include "view.h"
#include "watch.h"

static void put_entry(struct seq_file *m, const struct cws_watch_entry *entry)
{
	struct cws_users users;
	struct cws_view_who who;

	cws_roster_users(entry->rec, &users);
	cws_view_who(entry->rec, &users, &who);
	cws_view_put_pid(m, entry->pid);
	seq_printf(m, " %s %s ", str_yes_no(entry->follow),
		   cws_watch_ended(entry->pid) ? "exited" : "live");
	cws_view_put_name(m, who.comm);
	seq_putc(m, '\n');
	cws_view_who_put(&who);
}

static int watch_show(struct seq_file *m, void *unused)
{
	struct cws_watch_entry entry;
	u64 order = 0;

	seq_puts(m, COWSCOPE_HEADER_WATCH "\n");
	while (cws_watchlist_next(&order, &entry)) {
		put_entry(m, &entry);
		put_pid(entry.pid);
		cws_record_put(entry.rec);
	}
	return 0;
}

static int watch_open(struct inode *inode, struct file *file)
{
	return cws_view_allowed() ?: single_open(file, watch_show, NULL);
}

/* "PID", "PID nofollow", "-PID", "clear". */
static int watch_command(char *line)
{
	char *option = strchr(line, ' ');
	bool stop = *line == '-';
	pid_t nr;
	int err;

	if (!strcmp(line, "clear")) {
		cws_watch_clear();
		return 0;
	}
	if (!stop && !isdigit(*line))
		return isalpha(*line) ? -EOPNOTSUPP : -EINVAL;
	if (option)
		*option++ = '\0';
	err = cws_command_number(line + stop, &nr);
	if (err)
		return err;
	if (option && (stop || strcmp(option, "nofollow")))
		return -EOPNOTSUPP;
	return stop ? cws_watch_remove(nr) : cws_watch_add(nr, !option);
}

static ssize_t watch_write(struct file *file, const char __user *from, size_t len,
			   loff_t *pos)
{
	char line[COWSCOPE_COMMAND_MAX + 1];
	int err = cws_command_copy(line, from, len);

	if (!err)
		err = watch_command(line);
	return err ?: len;
}

const struct file_operations cws_watch_fops = {
	.owner = THIS_MODULE,
	.open = watch_open,
	.read = seq_read,
	.write = watch_write,
	.llseek = seq_lseek,
	.release = single_release,
};
