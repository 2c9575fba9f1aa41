// SPDX-License-Identifier: GPL-2.0-only
/*
 * A runtime that counts references: reading an object writes to it. Which pages the
 * objects are on Python itself tells, from their addresses; how many of these the child
 * still shares, its pagemap, whose bit 56 says that a page is mapped once.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments.h"

#define PATIENCE_MS	60000

/*
 * What a loop that was run before takes besides the objects: new frames, and whose
 * counts it passes.
 */
#define BESIDES		32
/* What a collection takes that finds everything frozen: lists of its own, the caches it empties. */
#define COLLECTION	96
/* 20000 lists of 72 bytes and more. */
#define FEWEST		300

/* In CPython the count is an object's first word; what the collector writes is 16 bytes below. */
static const char script[] =
	"import gc, os, sys\n"
	"data = [[i] for i in range(20000)]\n"
	"if sys.argv[1] == 'freeze': gc.freeze()\n"
	"if sys.argv[1] == 'disable': gc.disable()\n"
	"def read(items):\n"
	"    for item in items: pass\n"
	"def shared(pages):\n"
	"    n = 0\n"
	"    for page in pages:\n"
	"        entry = os.pread(pagemap, 8, page * 8)\n"
	"        n += not entry[7] & 1\n"
	"    return n\n"
	"counts = list({id(item) >> 12 for item in data})\n"
	"heads = list({id(item) - 16 >> 12 for item in data})\n"
	"pid = os.fork()\n"
	"if pid:\n"
	"    os.write(1, b'%d\\n' % pid)\n"
	"    os.waitpid(pid, 0)\n"
	"else: pagemap = os.open('/proc/self/pagemap', os.O_RDONLY)\n"
	"while not pid:\n"
	"    order = os.read(0, 1)\n"
	"    answer = 0\n"
	"    if order == b'w': read([])\n"
	"    elif order == b'r': read(data)\n"
	"    elif order == b'c': gc.collect()\n"
	"    elif order == b'n': answer = shared(counts)\n"
	"    elif order == b'h': answer = shared(heads)\n"
	"    else: os._exit(0)\n"
	"    os.write(1, b'%d\\n' % answer)\n";

/* An interpreter with a child that obeys. */
struct python {
	pid_t parent, child;
	int to, from;
};

static int broken(struct lab *lab, int err, const char *what)
{
	if (!lab->broken)
		err_sys(&lab->err, err, what);
	lab->broken = true;
	return err;
}

static int spawn(pid_t *pid, const char *mode, int in, int out)
{
	char *const argv[] = { "python3", "-I", "-S", "-c", (char *)script, (char *)mode, NULL };
	posix_spawn_file_actions_t actions;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret)
		return -ret;
	ret = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!ret)
		ret = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!ret)
		ret = posix_spawnp(pid, "python3", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return -ret;
}

/* A line, or nothing after a minute. */
static int hear(const struct python *p, char *line, size_t size)
{
	struct pollfd fd = { .fd = p->from, .events = POLLIN };
	size_t n = 0;

	while (n + 1 < size && poll(&fd, 1, PATIENCE_MS) == 1 && read(p->from, line + n, 1) == 1) {
		if (line[n] == '\n') {
			line[n] = '\0';
			return 0;
		}
		n++;
	}
	return -EPIPE;
}

static void python_begin(struct lab *lab, struct python *p, const char *mode)
{
	int to[2], from[2], ret;
	char line[80];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC)) {
		broken(lab, -errno, "pipe");
		return;
	}
	p->to = to[1];
	p->from = from[0];
	ret = spawn(&p->parent, mode, to[0], from[1]);
	close(to[0]);
	close(from[1]);
	if (ret)
		p->parent = 0;
	if (ret == -ENOENT) {
		lab->skipped = "python3 is not installed";
		return;
	}
	if (!ret)
		ret = hear(p, line, sizeof(line));
	if (!ret) {
		p->child = strtol(line, NULL, 10);
		ret = p->child > 0 ? 0 : -EPROTO;
	}
	if (ret)
		broken(lab, ret, "python3");
}

static uint64_t python_order(struct lab *lab, const struct python *p, char order)
{
	char line[24];

	if (lab->broken || lab->skipped)
		return 0;
	if (write(p->to, &order, 1) == 1 && !hear(p, line, sizeof(line)))
		return strtoull(line, NULL, 10);
	broken(lab, -EPIPE, "python3");
	return 0;
}

static void python_end(const struct python *p)
{
	close(p->to);
	close(p->from);
	if (p->parent)
		waitpid(p->parent, NULL, 0);
}

/* Copied by the child so far. */
static uint64_t copied(struct lab *lab, const struct python *p)
{
	struct cow cow = { 0 };
	int ret;

	if (lab->broken || lab->skipped)
		return 0;
	ret = fetch_cow(lab->src, p->child, &cow, &lab->err);
	lab->broken = ret != 0;
	return cow.cause[REGION_TOTAL][CAUSE_COPIED].n;
}

/* The kernel's own word: pages that are the child's alone, written. */
static uint64_t private_dirty(struct lab *lab, const struct python *p)
{
	if (lab->broken || lab->skipped)
		return 0;
	return lab_proc(lab, p->child, "smaps_rollup", "Private_Dirty", 10) * 1024 /
	       sysconf(_SC_PAGESIZE);
}

struct result {
	uint64_t shared, still;		/* pages of the objects, before and after */
	uint64_t copied, dirty;		/* by what was ordered */
};

/* @pages: the order that asks after the pages with a count, or with a collector's word. */
static struct result measure(struct lab *lab, const char *mode, char order, char pages)
{
	struct python p = { .to = -1, .from = -1 };
	struct result r = { 0 };

	if (lab->broken || lab->skipped)
		return r;
	python_begin(lab, &p, mode);
	/* What the loops take for themselves, they take now. */
	python_order(lab, &p, 'w');
	python_order(lab, &p, pages);
	r.shared = python_order(lab, &p, pages);
	python_order(lab, &p, 'w');
	r.dirty = private_dirty(lab, &p);
	r.copied = copied(lab, &p);
	python_order(lab, &p, order);
	r.copied = copied(lab, &p) - r.copied;
	r.dirty = private_dirty(lab, &p) - r.dirty;
	r.still = python_order(lab, &p, pages);
	python_end(&p);
	return r;
}

/* Each of the pages is copied, and, where @only, little else; all of it is the child's now. */
static void takes_them(struct lab *lab, const struct result *r, bool only)
{
	if (lab->broken || lab->skipped)
		return;
	lab_note(lab, "  on %" PRIu64 " pages that it shared; it shares %" PRIu64
		 " now; copied %" PRIu64 "; Private_Dirty grew by %" PRIu64,
		 r->shared, r->still, r->copied, r->dirty);
	lab_at_least(lab, "  shared before: hundreds of pages", value_of(r->shared), FEWEST);
	lab_is(lab, "  shared after: none of them", value_of(r->still), 0);
	lab_at_least(lab, "  copied: each of them", value_of(r->copied), r->shared);
	if (only)
		lab_holds(lab, "  and not more than 32 besides",
			  r->copied <= r->shared + BESIDES);
	lab_holds(lab, "  smaps says so, too",
		  r->dirty >= r->copied && r->dirty <= r->copied + BESIDES);
}

static void leaves_them(struct lab *lab, const struct result *r)
{
	if (lab->broken || lab->skipped)
		return;
	lab_note(lab, "  on %" PRIu64 " pages that it shared; it shares %" PRIu64
		 " now; copied %" PRIu64, r->shared, r->still, r->copied);
	lab_at_least(lab, "  shared before: hundreds of pages", value_of(r->shared), FEWEST);
	lab_holds(lab, "  shared after: all, but for 32", r->still + BESIDES >= r->shared);
	lab_holds(lab, "  copied: fewer than 96", r->copied < COLLECTION);
}

static void run(struct lab *lab)
{
	struct result r;

	lab_note(lab, "a child reads a list of 20000 objects, whose counts are");
	r = measure(lab, "plain", 'r', 'n');
	takes_them(lab, &r, true);
	lab_note(lab, "a child collects garbage, finds none, and notes so in these and all others");
	r = measure(lab, "plain", 'c', 'h');
	takes_them(lab, &r, false);
	lab_note(lab, "the same after gc.freeze() in the parent");
	r = measure(lab, "freeze", 'c', 'h');
	leaves_them(lab, &r);
	lab_note(lab, "but reading after gc.freeze()");
	r = measure(lab, "freeze", 'r', 'n');
	takes_them(lab, &r, true);
	lab_note(lab, "and after gc.disable()");
	r = measure(lab, "disable", 'r', 'n');
	takes_them(lab, &r, true);
}

const struct experiment exp_refcount = {
	.name = "refcount",
	.title = "Python children that only read a list",
	.book = "a child that only reads shares everything with its parent. But where each\n"
		"  object counts its references, in itself, reading is writing.",
	.run = run,
};
