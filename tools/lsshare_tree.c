// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes as a tree: what each still shares with its parent that fork does not
 * share, and which namespaces and cgroup it does not have in common with it. Each
 * process is asked one after the other: a row is of its own moment.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch_views.h"
#include "lsshare.h"

#define NONE	SIZE_MAX

struct node {
	struct value pid, ppid, tasks;
	const char *comm;
	char shares[160], apart[160];	/* empty: nothing, or not asked */
	struct sharing sharing;
	bool wanted, asked;
	size_t up;	/* index of its parent, NONE */
};

static void get_list(const void *row, unsigned int arg, struct cell *cell)
{
	const char *list = (const char *)row + arg;

	cell->text = *list ? list : "-";
}

#define LIST(field, about)							\
	{ .name = #field, .help = about, .text = true, .get = get_list,		\
	  .arg = offsetof(struct node, field) }

static const struct column columns[] = {
	LSSHARE_VALUE(node, pid, "pid", "process"),
	LSSHARE_VALUE(node, ppid, "ppid", "its parent"),
	LSSHARE_VALUE(node, tasks, "tasks", "tasks that use its address space"),
	LSSHARE_TEXT(node, comm, "comm", "command"),
	LIST(shares, "with its parent, beyond what every fork shares"),
	LIST(apart, "namespaces and cgroup other than its parent's"),
};

static const struct column_set set = LSSHARE_SET(columns);

static void add_word(char *list, size_t size, const char *word)
{
	size_t used = strlen(list);

	if (used + strlen(word) + 2 > size)
		return;
	if (used)
		list[used++] = ',';
	strcpy(list + used, word);
}

static void compare(struct node *node, const struct node *parent)
{
	const struct shared *own, *theirs;
	bool same;
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++) {
		own = sharing_of_kind(&node->sharing, kind);
		theirs = sharing_of_kind(&parent->sharing, kind);
		if (!own || !theirs)
			continue;
		same = !strcmp(own->id, theirs->id) && strcmp(own->id, "-");
		if (kind < KIND_MNT_NS && same)
			add_word(node->shares, sizeof(node->shares), kind_words[kind].name);
		if (kind >= KIND_MNT_NS && !same)
			add_word(node->apart, sizeof(node->apart), kind_words[kind].name);
	}
	if (!*node->shares)
		add_word(node->shares, sizeof(node->shares), "none");
	if (!*node->apart)
		add_word(node->apart, sizeof(node->apart), "none");
}

static size_t index_of(const struct node *node, size_t n, const struct value *pid)
{
	size_t i;

	for (i = 0; value_known(pid) && i < n; i++)
		if (value_is(&node[i].pid, pid->n))
			return i;
	return NONE;
}

static bool below(const struct node *node, size_t i, size_t root)
{
	size_t steps;

	/* Parents are of other moments than children: a circle must not hold us. */
	for (steps = 0; i != NONE && steps < 4096; i = node[i].up, steps++)
		if (i == root)
			return true;
	return false;
}

/* A process that has ended by now is not shown; any other failure is one. */
static int ask(const struct source *src, struct node *node, struct err *e)
{
	int ret = fetch_sharing(src, (pid_t)node->pid.n, &node->sharing, e);

	node->asked = !ret;
	return ret == -ESRCH || ret == -ENXIO || ret == -ENOENT ? 0 : ret;
}

/* The wanted and the parent of the first of them. */
static int ask_all(const struct source *src, struct node *node, size_t n, size_t root,
		   struct err *e)
{
	size_t i, parent;
	int ret = 0;

	for (i = 0; i < n; i++)
		node[i].up = index_of(node, n, &node[i].ppid);
	parent = root == NONE ? NONE : node[root].up;
	for (i = 0; i < n && !ret; i++) {
		node[i].wanted = root == NONE || below(node, i, root);
		if (value_known(&node[i].pid) &&
		    (node[i].wanted || i == parent))
			ret = ask(src, &node[i], e);
	}
	for (i = 0; i < n && !ret; i++)
		if (node[i].asked && node[i].up != NONE && node[node[i].up].asked)
			compare(&node[i], &node[node[i].up]);
	return ret;
}

/* Rows in the order of the drawing: a parent, then its children and theirs. */
struct forest {
	const struct node *node;
	size_t n;
	const struct node **row;
	size_t *parent;
	size_t rows;
};

static void plant(struct forest *f, size_t i, size_t parent)
{
	size_t at = f->rows, child;

	if (f->rows == f->n)
		return;
	f->row[at] = &f->node[i];
	f->parent[at] = parent == NONE ? at : parent;
	f->rows++;
	for (child = 0; child < f->n; child++)
		if (child != i && f->node[child].up == i && f->node[child].wanted &&
		    f->node[child].asked)
			plant(f, child, at);
}

static void plant_all(struct forest *f)
{
	const struct node *node = f->node;
	size_t i, up;

	for (i = 0; i < f->n; i++) {
		if (!node[i].wanted || !node[i].asked)
			continue;
		up = node[i].up;
		if (up == NONE || up == i || !node[up].wanted || !node[up].asked)
			plant(f, i, NONE);
	}
}

static int draw(const struct lsshare_options *o, const struct node *node, size_t n,
		struct err *e)
{
	struct forest f = {
		.node = node, .n = n,
		.row = calloc(n + 1, sizeof(*f.row)),
		.parent = calloc(n + 1, sizeof(*f.parent)),
	};
	const struct table_tree tree = { .column = 0, .parent = f.parent };
	struct node *rows = calloc(n + 1, sizeof(*rows));
	int ret = 0;
	size_t i;

	if (!f.row || !f.parent || !rows)
		ret = err_sys(e, -ENOMEM, "tree");
	if (!ret) {
		plant_all(&f);
		for (i = 0; i < f.rows; i++)
			rows[i] = *f.row[i];
		ret = lsshare_print(o, "tree", rows, f.rows, sizeof(*rows), &tree, e);
	}
	free(rows);
	free(f.parent);
	free(f.row);
	return ret;
}

static struct node *make_nodes(const struct lsshare_who *who)
{
	struct node *node = calloc(who->n + 1, sizeof(*node));
	size_t i;

	for (i = 0; node && i < who->n; i++)
		node[i] = (struct node){
			.pid = who->rec[i].pid, .ppid = who->rec[i].ppid,
			.tasks = who->rec[i].tasks, .comm = who->rec[i].comm,
		};
	return node;
}

static int run(const struct lsshare_options *o, const struct source *src, struct err *e)
{
	size_t root = NONE, i;
	struct lsshare_who who;
	struct node *node;
	int ret;

	ret = lsshare_read_who(src, &who, e);
	if (ret)
		return ret;
	node = make_nodes(&who);
	if (!node)
		ret = err_sys(e, -ENOMEM, "tree");
	if (!ret && o->npids) {
		root = lsshare_find_who(&who, o->pid[0]);
		if (root == who.n)
			ret = err_set(e, -ESRCH, "%d: no process with an address space",
				      o->pid[0]);
	}
	if (!ret)
		ret = ask_all(src, node, who.n, root, e);
	if (!ret)
		ret = draw(o, node, who.n, e);
	for (i = 0; node && i < who.n; i++)
		if (node[i].asked)
			sharing_free(&node[i].sharing);
	free(node);
	lsshare_free_who(&who);
	return ret;
}

const struct lsshare_mode lsshare_tree = {
	.option = "--tree",
	.set = &set,
	.preset = "pid,tasks,comm,shares,apart",
	.preset_script = "pid,ppid,tasks,comm,shares,apart",
	.pids_max = 1,
	.run = run,
};
