// SPDX-License-Identifier: GPL-2.0-only
/*
 * files: the descriptors of a process and who else holds the same open file
 * descriptions. A step puts what some descriptors show into plain memory, under
 * the lock of their table; nothing of the kernel's is kept from step to step.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>
#include <net/af_unix.h>
#include <net/sock.h>

#include "compat.h"
#include "descriptors.h"
#include "objid.h"
#include "view.h"
#include "view_reader.h"

/* Descriptors shown in one step, and room for their names. */
#define ROWS		32
#define TEXT		(2 * PATH_MAX)
#define PEER		64

/* The descriptor is not what it was when holders were searched. */
#define HELD_UNKNOWN	U32_MAX

/**
 * struct row - what a descriptor shows
 * @file: compared
 * @offset: of the next read or write
 * @fd: its number
 * @flags: O_ bits
 * @held: index, or HELD_UNKNOWN
 * @type: a word
 * @path: in the text
 * @cloexec: closed by exec
 * @peer: of a socket, or empty
 */
struct row {
	const struct file *file;
	loff_t offset;
	u32 fd;
	u32 flags;
	u32 held;
	const char *type;
	const char *path;
	bool cloexec;
	char peer[PEER];
};

/**
 * struct files - one reading of the view
 * @d: the descriptors; NULL it has ended
 * @begun: the header was stepped to
 * @at: the part's descriptors that are done
 * @nr: rows to be printed
 * @row: they
 * @used: of @text
 * @text: their paths
 * @path: room for one
 */
struct files {
	struct cws_descriptors *d;
	bool begun;
	u32 at;
	u32 nr;
	struct row row[ROWS];
	u32 used;
	char text[TEXT];
	char path[PATH_MAX];
};

static const char *type_word(const struct file *file)
{
	switch (cws_compat_file_type(file_inode(file))) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "dir";
	case S_IFCHR:
		return "char";
	case S_IFBLK:
		return "block";
	case S_IFIFO:
		return "pipe";
	case S_IFSOCK:
		return "socket";
	case S_IFLNK:
		return "link";
	}
	return "anon";
}

/*
 * The peer's lock is only tried: whoever holds it may want the task_lock that is
 * held here, for a message of a security module.
 */
static void unix_peer_name(struct sock *sk, char *name)
{
	struct sock *peer;

	if (!spin_trylock(&unix_sk(sk)->lock))
		return;
	peer = unix_peer(sk);
	if (peer)
		snprintf(name, PEER, "socket:[%llu]", (u64)sock_i_ino(peer));
	spin_unlock(&unix_sk(sk)->lock);
}

/* Addresses are read as they stand: one that changes meanwhile may be half of each. */
static void peer_name(struct file *file, char *name)
{
	struct socket *sock = sock_from_file(file);
	struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	name[0] = '\0';
	if (!sk)
		return;
	if (sk->sk_family == AF_UNIX)
		unix_peer_name(sk, name);
	else if (sk->sk_family == AF_INET && sk->sk_dport)
		snprintf(name, PEER, "%pI4:%u", &sk->sk_daddr, ntohs(sk->sk_dport));
#if IS_ENABLED(CONFIG_IPV6)
	else if (sk->sk_family == AF_INET6 && sk->sk_dport)
		snprintf(name, PEER, "[%pI6c]:%u", &sk->sk_v6_daddr, ntohs(sk->sk_dport));
#endif
}

/* The file's path in the text; false when there is no room for it any more. */
static bool take_path(struct files *files, struct file *file, const char **taken)
{
	const char *path = d_path(&file->f_path, files->path, sizeof(files->path));
	size_t size;

	if (IS_ERR(path))
		path = "";
	size = strlen(path) + 1;
	if (size > sizeof(files->text) - files->used)
		return false;
	*taken = memcpy(&files->text[files->used], path, size);
	files->used += size;
	return true;
}

/* One open descriptor, its table locked. What was opened since is left out. */
static int look(const void *data, struct file *file, unsigned int fd)
{
	struct files *files = (struct files *)data;
	struct cws_descriptors *d = files->d;
	struct row *row = &files->row[files->nr];

	while (files->at < d->fds && d->fd[files->at].fd < fd)
		files->at++;	/* closed since */
	if (files->at == d->fds || files->nr == ROWS)
		return 1;
	if (d->fd[files->at].fd > fd)
		return 0;
	if (!take_path(files, file, &row->path))
		return 1;
	row->file = file;
	row->fd = fd;
	row->offset = file->f_pos;
	row->flags = file->f_flags;
	row->type = type_word(file);
	row->cloexec = test_bit(fd, files_fdtable(d->task->files)->close_on_exec);
	row->held = d->fd[files->at].held;
	if (d->held[row->held].file != file)
		row->held = HELD_UNKNOWN;
	peer_name(file, row->peer);
	files->at++;
	files->nr++;
	return 0;
}

static void *files_begin(struct pid *pid)
{
	struct files *files = kvmalloc(sizeof(*files), GFP_KERNEL);

	if (!files)
		return ERR_PTR(-ENOMEM);
	files->begun = false;
	files->at = 0;
	files->nr = 0;
	files->d = cws_descriptors_open(pid);
	if (IS_ERR(files->d)) {
		void *err = files->d;

		kvfree(files);
		return err;
	}
	return files;
}

static int files_step(void *state)
{
	struct files *files = state;
	int more;

	if (!files->begun) {
		files->begun = true;
		return 1;
	}
	files->nr = 0;
	files->used = 0;
	while (files->d && !files->nr) {
		if (files->at == files->d->fds) {
			files->at = 0;
			more = cws_descriptors_next(files->d);
			if (more <= 0)
				return more;
		}
		cws_descriptors_look(files->d, files->d->fd[files->at].fd, look, files);
		/* All that is left of this part was closed. */
		if (!files->nr)
			files->at = files->d->fds;
	}
	return files->nr > 0;
}

static const struct {
	u32 bits;
	const char *name;
} open_flag[] = {
	{ O_APPEND, "O_APPEND" },
	{ O_NONBLOCK, "O_NONBLOCK" },
	{ O_SYNC, "O_SYNC" },
	{ O_DSYNC, "O_DSYNC" },
	{ FASYNC, "O_ASYNC" },
	{ O_DIRECT, "O_DIRECT" },
	{ O_LARGEFILE, "O_LARGEFILE" },
	{ O_TMPFILE, "O_TMPFILE" },
	{ O_DIRECTORY, "O_DIRECTORY" },
	{ O_NOFOLLOW, "O_NOFOLLOW" },
	{ O_NOATIME, "O_NOATIME" },
	{ O_PATH, "O_PATH" },
};

/* Of two that have a bit in common, the one with more bits stands first. */
static void put_flags(struct seq_file *m, u32 flags)
{
	static const char *const access[] = { "O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE" };
	u32 rest = flags & VALID_OPEN_FLAGS & ~(O_ACCMODE | O_CLOEXEC);
	size_t i;

	seq_puts(m, access[flags & O_ACCMODE]);
	for (i = 0; i < ARRAY_SIZE(open_flag); i++)
		if ((rest & open_flag[i].bits) == open_flag[i].bits) {
			seq_printf(m, "|%s", open_flag[i].name);
			rest &= ~open_flag[i].bits;
		}
	if (rest)
		seq_printf(m, "|0x%x", rest);
}

static void put_holders(struct seq_file *m, const struct cws_descriptors *d, const struct row *row)
{
	const struct cws_holder *holder;
	const struct cws_held *held;
	u32 i, told = 0, others;

	if (row->held == HELD_UNKNOWN) {
		seq_putc(m, '-');
		return;
	}
	held = &d->held[row->held];
	others = held->holders ? held->holders - 1 : 0;
	for (i = 0; i < held->listed && told < min_t(u32, others, COWSCOPE_HOLDERS_MAX); i++) {
		holder = &held->holder[i];
		if (holder->nr == d->nr && holder->fd == row->fd)
			continue;
		seq_printf(m, "%s%d:%u", told++ ? "," : "", holder->nr, holder->fd);
	}
	if (!others)
		seq_puts(m, COWSCOPE_HOLDERS_NONE);
	else if (told < others)
		seq_printf(m, "%s+%u", told ? "," : "", others - told);
}

static void put_row(struct seq_file *m, const struct cws_descriptors *d, const struct row *row)
{
	seq_printf(m, "%u %016llx %lld ", row->fd, cws_objid(row->file), row->offset);
	put_flags(m, row->flags);
	seq_printf(m, " %s %s ", row->type, str_yes_no(row->cloexec));
	put_holders(m, d, row);
	seq_printf(m, " %s ", row->peer[0] ? row->peer : "-");
	cws_view_put_name(m, row->path);
	seq_putc(m, '\n');
}

static void files_print(struct seq_file *m, void *state)
{
	const struct files *files = state;
	u32 i;

	if (!files->d)
		seq_puts(m, COWSCOPE_GONE "\n");
	else if (!files->nr)
		seq_puts(m, COWSCOPE_HEADER_FILES "\n");
	for (i = 0; i < files->nr; i++)
		put_row(m, files->d, &files->row[i]);
}

static void files_end(void *state)
{
	struct files *files = state;

	cws_descriptors_close(files->d);
	kvfree(files);
}

const struct cws_process_view cws_process_view_files = {
	.begin_process = files_begin,
	.step = files_step,
	.print = files_print,
	.end = files_end,
};
