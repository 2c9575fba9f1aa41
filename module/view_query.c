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
#include "view.h"

/* What this descriptor asked last; protected by the seq_file's lock. */
struct query {
	struct cws_record *rec;
	cws_process_show show;
};

#define QUERY_VIEW(name)	{ #name, cws_process_show_##name },
static const struct {
	const char *name;
	cws_process_show show;
} query_views[] = { COWSCOPE_VIEWS(QUERY_VIEW) };

static void *query_start(struct seq_file *m, loff_t *pos)
{
	struct query *query = m->private;

	if (!query->rec)
		return ERR_PTR(-ENODATA);
	return *pos ? NULL : query;
}

static void *query_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void query_stop(struct seq_file *m, void *v)
{
}

static int query_show(struct seq_file *m, void *v)
{
	struct query *query = v;

	return query->show(m, query->rec);
}

static const struct seq_operations query_seq = {
	.start = query_start,
	.next = query_next,
	.stop = query_stop,
	.show = query_show,
};

static int query_open(struct inode *inode, struct file *file)
{
	return cws_view_allowed() ?:
	       seq_open_private(file, &query_seq, sizeof(struct query));
}

static int query_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct query *query = m->private;

	if (query->rec)
		cws_record_put(query->rec);
	return seq_release_private(inode, file);
}

/* A process that lives, else the last address space of one that has ended. */
static int query_process(pid_t nr, struct cws_record **rec)
{
	int err = cws_command_process(nr, NULL, rec);

	if (err != -ESRCH && err != -ENXIO)
		return err;
	*rec = cws_exited_find(nr, task_active_pid_ns(current));
	return *rec ? 0 : err;
}

/* "PID VIEW" */
static int query_command(char *line, struct query *query)
{
	char *word = strchr(line, ' ');
	size_t i;
	pid_t nr;
	int err;

	if (!isdigit(*line))
		return isalpha(*line) ? -EOPNOTSUPP : -EINVAL;
	if (word)
		*word++ = '\0';
	err = cws_command_number(line, &nr);
	if (err)
		return err;
	for (i = 0; word && i < ARRAY_SIZE(query_views); i++)
		if (!strcmp(word, query_views[i].name)) {
			query->show = query_views[i].show;
			return query_process(nr, &query->rec);
		}
	return -EOPNOTSUPP;
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
	struct query *query = m->private;
	char line[COWSCOPE_COMMAND_MAX + 1];
	struct query asked = {};
	int err = cws_command_copy(line, from, len);

	if (!err)
		err = query_command(line, &asked);
	if (err)
		return err;
	mutex_lock(&m->lock);
	swap(*query, asked);
	m->index = 0;
	m->count = 0;
	m->from = 0;
	m->read_pos = *pos;
	mutex_unlock(&m->lock);
	if (asked.rec)
		cws_record_put(asked.rec);
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
