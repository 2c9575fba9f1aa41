// SPDX-License-Identifier: GPL-2.0-only
/*
 * query: a view of any process, asked for and read on one descriptor.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "command.h"
#include "exited.h"
#include "record.h"
#include "view.h"
#include "view_reader.h"

static void *query_start(struct seq_file *m, loff_t *pos)
{
	struct cws_reader *reader = m->private;

	return reader->view ? cws_reader_start(reader, *pos) : ERR_PTR(-ENODATA);
}

static void *query_next(struct seq_file *m, void *v, loff_t *pos)
{
	return cws_reader_next(v, pos);
}

static void query_stop(struct seq_file *m, void *v)
{
}

static int query_show(struct seq_file *m, void *v)
{
	return cws_reader_show(m, v);
}

static const struct seq_operations query_seq = {
	.start = query_start,
	.next = query_next,
	.stop = query_stop,
	.show = query_show,
};

static int query_open(struct inode *inode, struct file *file)
{
	int err = cws_view_allowed() ?:
		  seq_open_private(file, &query_seq, sizeof(struct cws_reader));

	if (!err)
		cws_view_room(file);
	return err;
}

static int query_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	cws_reader_release(m->private);
	return seq_release_private(inode, file);
}

/* A process that lives, else the last address space of one that has ended. */
static int query_process(pid_t nr, struct pid **pid, struct cws_record **rec)
{
	int err = cws_command_process(nr, pid, rec);

	if (err != -ESRCH && err != -ENXIO)
		return err;
	*rec = cws_exited_find(nr, task_active_pid_ns(current));
	if (!*rec)
		return err;
	*pid = get_pid((*rec)->lineage->pid);
	return 0;
}

/* "PID VIEW" or "PID walk ADDRESS": what is asked; record and PID are referenced. */
static int query_command(char *line, struct cws_reader *asked)
{
	char *word = strchr(line, ' ');
	char *address = word ? strchr(word + 1, ' ') : NULL;
	pid_t nr;
	int err;

	if (!isdigit(*line))
		return isalpha(*line) ? -EOPNOTSUPP : -EINVAL;
	if (word)
		*word++ = '\0';
	if (address)
		*address++ = '\0';
	err = cws_command_number(line, &nr);
	if (err)
		return err;
	asked->view = word ? cws_process_view_named(word) : NULL;
	if (!asked->view || (address && !asked->view->wants_address))
		return -EOPNOTSUPP;
	if (asked->view->wants_address) {
		err = cws_command_address(address ?: "", &asked->arg);
		if (err)
			return err;
	}
	return query_process(nr, &asked->pid, &asked->rec);
}

/*
 * A refused command leaves what was asked before. An accepted one starts the view
 * anew at the position where the file is: reading on reads the view from its
 * beginning, and reading anywhere else makes it again up to there.
 */
static ssize_t query_write(struct file *file, const char __user *from, size_t len,
			   loff_t *pos)
{
	struct seq_file *m = file->private_data;
	char line[COWSCOPE_COMMAND_MAX + 1];
	struct cws_reader asked = {};
	int err = cws_command_copy(line, from, len);

	if (!err)
		err = query_command(line, &asked);
	if (err)
		return err;
	mutex_lock(&m->lock);
	cws_reader_ask(m->private, asked.view, asked.rec, asked.pid, asked.arg);
	cws_view_restart(m, *pos);
	mutex_unlock(&m->lock);
	return len;
}

const struct file_operations cws_query_fops = {
	.owner = THIS_MODULE,
	.open = query_open,
	.read = seq_read,
	.write = query_write,
	.llseek = seq_lseek,
	.release = query_release,
};
