// SPDX-License-Identifier: GPL-2.0-only
/*
 * The directory in debugfs, its twin in procfs, and how their files are opened.
 *
 * debugfs takes a module reference for each open file by the owner of its
 * operations. procfs does not, so open and release do it here: remove_proc_subtree()
 * waits for both, so the reference cannot be dropped under a running function.
 */
#include <linux/capability.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/ktime.h>

#include "view.h"
#include "watch.h"

struct view_file {
	const char *name;
	umode_t mode;
	bool proc;
	const struct cws_view *view;		/* read-only ones */
	const struct file_operations *fops;	/* writable ones */
};

#define VIEW_FILE(name, mode, proc)	VIEW_FILE_##mode(name, proc)
#define VIEW_FILE_0400(file, in_proc)	{ #file, 0400, in_proc, .view = VIEW_OF_##file },
#define VIEW_FILE_0600(file, in_proc)	{ #file, 0600, in_proc, .fops = &cws_##file##_fops },
#define VIEW_OF_README		&cws_view_readme
#define VIEW_OF_status		&cws_view_status
#define VIEW_OF_processes	&cws_view_processes
#define VIEW_OF_exited		&cws_view_exited
#define VIEW_OF_clones		&cws_view_clones
#define VIEW_OF_totals		&cws_view_totals
#define VIEW_OF_cgroups		&cws_view_cgroups
#define VIEW_OF_sharing		&cws_view_sharing

static const struct view_file view_files[] = {
	COWSCOPE_FILES(VIEW_FILE)
};

static struct dentry *root, *watched;
static struct proc_dir_entry *proc_root;
static u64 since_ns;

/**
 * cws_view_since_ns() - since when there are files
 *
 * Return: CLOCK_BOOTTIME nanoseconds.
 */
u64 cws_view_since_ns(void)
{
	return since_ns;
}

/**
 * cws_view_allowed() - may the caller open a file
 *
 * Return: 0 or -EPERM.
 */
int cws_view_allowed(void)
{
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static int view_open(struct file *file, const struct cws_view *view)
{
	int err = cws_view_allowed();

	if (err)
		return err;
	if (view->show)
		return single_open(file, view->show, NULL);
	if (!__seq_open_private(file, view->table, view->private_size))
		return -ENOMEM;
	return 0;
}

static int view_release(struct inode *inode, struct file *file, const struct cws_view *view)
{
	struct seq_file *m = file->private_data;

	if (view->show)
		return single_release(inode, file);
	if (view->release)
		view->release(m->private);
	return seq_release_private(inode, file);
}

static int debugfs_view_open(struct inode *inode, struct file *file)
{
	return view_open(file, inode->i_private);
}

static int debugfs_view_release(struct inode *inode, struct file *file)
{
	return view_release(inode, file, inode->i_private);
}

static const struct file_operations view_fops = {
	.owner = THIS_MODULE,
	.open = debugfs_view_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = debugfs_view_release,
};

static int proc_view_open(struct inode *inode, struct file *file)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	err = view_open(file, pde_data(inode));
	if (err)
		module_put(THIS_MODULE);
	return err;
}

static int proc_view_release(struct inode *inode, struct file *file)
{
	int err = view_release(inode, file, pde_data(inode));

	module_put(THIS_MODULE);
	return err;
}

static const struct proc_ops view_proc_ops = {
	.proc_open = proc_view_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = proc_view_release,
};

/* debugfs makes directories readable by all. */
static struct dentry *private_dir(const char *name, struct dentry *parent)
{
	struct dentry *dir = debugfs_create_dir(name, parent);
	struct inode *inode;

	if (IS_ERR(dir))
		return dir;
	inode = d_inode(dir);
	inode_lock(inode);
	inode->i_mode = S_IFDIR | 0700;
	inode_unlock(inode);
	return dir;
}

static struct dentry *watched_create(struct cws_watch *watch)
{
	struct dentry *dir;
	char name[16];

	snprintf(name, sizeof(name), "%d", watch->nr);
	dir = private_dir(name, watched);
	if (IS_ERR(dir))
		return NULL;
	cws_watched_files(dir, watch);
	return dir;
}

static void watched_remove(struct dentry *dir)
{
	debugfs_remove(dir);
}

static const struct cws_watch_dirs watched_dirs = {
	.create = watched_create,
	.remove = watched_remove,
};

static void debugfs_init(void)
{
	size_t i;

	root = private_dir(COWSCOPE_NAME, NULL);
	if (IS_ERR(root)) {
		pr_info("cowscope: no debugfs (error %ld): only /proc/cowscope\n",
			PTR_ERR(root));
		return;
	}
	for (i = 0; i < ARRAY_SIZE(view_files); i++)
		debugfs_create_file(view_files[i].name, view_files[i].mode, root,
				    (void *)view_files[i].view,
				    view_files[i].fops ?: &view_fops);
	watched = private_dir(COWSCOPE_WATCHED, root);
	cws_watch_open(&watched_dirs);
}

static int procfs_init(void)
{
	size_t i;

	proc_root = proc_mkdir_mode(COWSCOPE_NAME, 0500, NULL);
	if (!proc_root)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(view_files); i++)
		if (view_files[i].proc &&
		    !proc_create_data(view_files[i].name, view_files[i].mode, proc_root,
				      &view_proc_ops, (void *)view_files[i].view))
			goto err_proc;
	return 0;

err_proc:
	proc_remove(proc_root);
	return -ENOMEM;
}

/**
 * cws_view_init() - make the files
 *
 * Context: load; everything they read is there, and nothing can fail afterwards.
 * Return: 0 or -ENOMEM. Without debugfs there is procfs alone and a line in the log.
 */
int cws_view_init(void)
{
	int err;

	since_ns = ktime_get_boot_fast_ns();
	err = procfs_init();
	if (!err)
		debugfs_init();
	return err;
}

/**
 * cws_view_exit() - remove them
 *
 * Context: unload; no file is open, or the module could not be unloaded.
 */
void cws_view_exit(void)
{
	cws_watch_close();
	debugfs_remove(root);
	proc_remove(proc_root);
}

/**
 * cws_view_put_number() - one "key value" line
 * @m: output
 * @key: of the contract
 * @number: the value
 */
void cws_view_put_number(struct seq_file *m, const char *key, u64 number)
{
	seq_printf(m, "%s %llu\n", key, number);
}

/**
 * cws_view_put_word() - one "key value" line
 * @m: output
 * @key: of the contract
 * @word: the value
 */
void cws_view_put_word(struct seq_file *m, const char *key, const char *word)
{
	seq_printf(m, "%s %s\n", key, word);
}

/**
 * cws_view_put_counts() - one field per cause
 * @m: output
 * @sums: the counts
 */
void cws_view_put_counts(struct seq_file *m, const struct cws_sums *sums)
{
	int cause;

	for (cause = 0; cause < CWS_NR_CAUSES; cause++)
		seq_put_decimal_ull(m, " ", sums->cause[cause]);
}
