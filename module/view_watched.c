// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files of a watched process. Which view a file is stands in its name.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>

#include "command.h"
#include "record.h"
#include "view.h"
#include "view_reader.h"
#include "watch.h"

/*
 * One open file. The process may go on in a new address space meanwhile: which
 * one is read is decided when reading begins.
 */
struct watched {
	struct cws_watch *watch;
	const struct cws_process_view *view;
	unsigned long arg;
	bool asked;
	struct cws_reader reader;
};

static void *watched_start(struct seq_file *m, loff_t *pos)
{
	struct watched *watched = m->private;
	struct cws_record *rec;
	struct pid *pid;

	if (!watched->asked)
		return ERR_PTR(-ENODATA);
	if (!*pos) {
		rec = cws_watchlist_record(watched->watch, &pid);
		if (!rec)
			return ERR_PTR(-ENOENT);
		cws_reader_ask(&watched->reader, watched->view, rec, pid, watched->arg);
	}
	return cws_reader_start(&watched->reader, *pos);
}

static void *watched_next(struct seq_file *m, void *v, loff_t *pos)
{
	return cws_reader_next(v, pos);
}

static void watched_stop(struct seq_file *m, void *v)
{
}

static int watched_show(struct seq_file *m, void *v)
{
	return cws_reader_show(m, v);
}

static const struct seq_operations watched_seq = {
	.start = watched_start,
	.next = watched_next,
	.stop = watched_stop,
	.show = watched_show,
};

static int watched_open(struct inode *inode, struct file *file)
{
	struct watched *watched;
	int err = cws_view_allowed();

	if (err)
		return err;
	watched = __seq_open_private(file, &watched_seq, sizeof(*watched));
	if (!watched)
		return -ENOMEM;
	watched->watch = inode->i_private;
	watched->view = cws_process_view_named(file->f_path.dentry->d_name.name);
	watched->asked = !watched->view->wants_address;
	cws_view_room(file);
	return 0;
}

static int watched_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct watched *watched = m->private;

	cws_reader_release(&watched->reader);
	return seq_release_private(inode, file);
}

static int watched_command(const struct watched *watched, const char *word)
{
	struct pid *pid;
	struct cws_record *rec = cws_watchlist_record(watched->watch, &pid);
	int err;

	if (!rec)
		return -ENOENT;
	err = watched->view->command(rec, word);
	cws_record_put(rec);
	put_pid(pid);
	return err;
}

/* A word, or the address that a view wants to be asked for. */
static ssize_t watched_write(struct file *file, const char __user *from, size_t len,
			     loff_t *pos)
{
	struct seq_file *m = file->private_data;
	struct watched *watched = m->private;
	char line[COWSCOPE_COMMAND_MAX + 1];
	unsigned long addr = 0;
	int err = cws_command_copy(line, from, len);

	if (err)
		return err;
	if (watched->view->command)
		err = watched_command(watched, line);
	else
		err = cws_command_address(line, &addr);
	if (err)
		return err;
	mutex_lock(&m->lock);
	watched->arg = addr;
	watched->asked = true;
	cws_view_restart(m, *pos);
	mutex_unlock(&m->lock);
	return len;
}

static const struct file_operations watched_fops = {
	.owner = THIS_MODULE,
	.open = watched_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = watched_release,
};

static const struct file_operations watched_written_fops = {
	.owner = THIS_MODULE,
	.open = watched_open,
	.read = seq_read,
	.write = watched_write,
	.llseek = seq_lseek,
	.release = watched_release,
};

/**
 * cws_watched_files() - fill the directory of a watched process
 * @dir: the directory
 * @watch: whose
 *
 * Context: the work item of watch.c.
 */
void cws_watched_files(struct dentry *dir, struct cws_watch *watch)
{
	const struct cws_process_entry *entry;
	size_t i;

	for (i = 0; i < cws_nr_process_entries; i++) {
		entry = &cws_process_entries[i];
		debugfs_create_file(entry->name, entry->mode, dir, watch,
				    entry->mode & 0200 ? &watched_written_fops : &watched_fops);
	}
}
