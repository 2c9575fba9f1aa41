// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an actor does. It takes care to touch no memory of its own between two
 * orders: no stdio, no malloc, and the kernel's own writes into its thread
 * block are switched off.
 */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act.h"
#include "play.h"

struct actor {
	struct stage stage;
	int fd[ACTORS];
	pid_t child;		/* to be reaped */
	pthread_t thread;	/* to be joined */
	bool threaded;
};

static const char * const order_names[] = {
	[ORDER_MAP] = "map", [ORDER_WRITE] = "write", [ORDER_READ] = "read",
	[ORDER_READ_FILE] = "read file", [ORDER_TEXT_PAGES] = "text pages",
	[ORDER_WHERE] = "where", [ORDER_NO_FORK] = "do not fork",
	[ORDER_WIPE] = "wipe on fork", [ORDER_FORK] = "fork", [ORDER_VFORK] = "vfork",
	[ORDER_THREAD] = "thread", [ORDER_CLONE] = "clone", [ORDER_REAP] = "reap",
	[ORDER_EXEC] = "exec", [ORDER_END] = "end",
	[ORDER_PEEK] = "peek", [ORDER_POKE] = "poke", [ORDER_OPEN] = "open",
	[ORDER_REOPEN] = "open again", [ORDER_READ_ON] = "read on",
	[ORDER_CHDIR] = "chdir", [ORDER_CATCH] = "catch a signal",
	[ORDER_IGNORE] = "ignore a signal", [ORDER_CAUGHT] = "signals caught",
	[ORDER_BLOCK] = "block a signal", [ORDER_IOPRIO] = "ioprio",
	[ORDER_UNDO] = "semaphore", [ORDER_HOSTNAME] = "host name",
	[ORDER_QUEUE] = "message queue", [ORDER_MOUNT] = "mount",
	[ORDER_GETPID] = "getpid", [ORDER_GETEUID] = "geteuid", [ORDER_BIND] = "bind",
	[ORDER_LOCK] = "lock", [ORDER_UNLOCK] = "unlock", [ORDER_TRYLOCK] = "try lock",
};

const char *play_order_name(enum order_op op)
{
	return order_names[op];
}

static bool get_order(int fd, struct order *o)
{
	return read(fd, o, sizeof(*o)) == sizeof(*o);
}

static void give_answer(int fd, const struct answer *a)
{
	if (write(fd, a, sizeof(*a)) != sizeof(*a))
		_exit(1);
}

static void obey_all(struct actor *self, enum role who);

/* The new one says who it is before anything else. */
static void play_child(struct actor *self)
{
	const struct answer hello = { .op = ORDER_FORK, .value = syscall(SYS_gettid) };

	give_answer(self->fd[CHILD], &hello);
	obey_all(self, CHILD);
}

static int64_t start_fork(struct actor *self)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(self->fd[PARENT]);
		play_child(self);
		_exit(0);
	}
	close(self->fd[CHILD]);
	self->child = pid;
	return pid;
}

/*
 * The child runs in our memory, below our stack, and we stand still until it
 * has ended: it must leave by _exit and not return.
 */
static int64_t start_vfork(struct actor *self)
{
	pid_t pid = vfork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		play_child(self);
		_exit(0);
	}
	self->child = pid;
	return pid;
}

static void *thread_main(void *self)
{
	play_child(self);
	return NULL;
}

static int64_t start_thread(struct actor *self)
{
	int ret = pthread_create(&self->thread, NULL, thread_main, self);

	self->threaded = !ret;
	return -ret;
}

static int clone_main(void *self)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	play_child(self);
	return 0;
}

/* In the same memory it needs a stack; there is one such child at a time. */
static pid_t call_clone(struct actor *self, uint64_t flags)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct clone_args args = { .flags = flags };
	pid_t pid;

	if (flags & CLONE_VM)
		return clone(clone_main, stack + sizeof(stack), (int)flags | SIGCHLD, self);
	if (!(flags & CLONE_PARENT))
		args.exit_signal = SIGCHLD;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (!pid)
		_exit(clone_main(self));
	return pid;
}

/* The child's channel stays open on this side: another one may follow. */
static int64_t start_clone(struct actor *self, uint64_t flags)
{
	pid_t pid = call_clone(self, flags);

	if (pid < 0)
		return -errno;
	self->child = pid;
	return pid;
}

static int64_t reap(struct actor *self)
{
	if (self->threaded) {
		self->threaded = false;
		return -pthread_join(self->thread, NULL);
	}
	return waitpid(self->child, NULL, 0) < 0 ? -errno : 0;
}

static int64_t become_cat(const struct actor *self)
{
	static char * const argv[] = { "cat", NULL };

	if (dup2(self->fd[CHILD], 0) < 0 || dup2(self->fd[CHILD], 1) < 0)
		return -errno;
	execv("/bin/cat", argv);
	return -errno;
}

static int64_t obey(struct actor *self, const struct order *o)
{
	struct stage *st = &self->stage;

	switch (o->op) {
	case ORDER_MAP:
		return area_map(st, o->area, o->count);
	case ORDER_WRITE:
		area_write(st, o->area, o->first, o->count, o->mark);
		return 0;
	case ORDER_READ:
		return area_read(st, o->area, o->first, o->count);
	case ORDER_READ_FILE:
		return area_read_file(st, o->first, o->count);
	case ORDER_TEXT_PAGES:
		return (int64_t)st->text_pages;
	case ORDER_WHERE:
		return (int64_t)(uintptr_t)st->area[o->area];
	case ORDER_NO_FORK:
		return area_advise(st, o->area, o->count, MADV_DONTFORK);
	case ORDER_WIPE:
		return area_advise(st, o->area, o->count, MADV_WIPEONFORK);
	case ORDER_FORK:
		return start_fork(self);
	case ORDER_VFORK:
		return start_vfork(self);
	case ORDER_THREAD:
		return start_thread(self);
	case ORDER_CLONE:
		return start_clone(self, o->arg);
	case ORDER_REAP:
		return reap(self);
	case ORDER_EXEC:
		return become_cat(self);
	default:
		return act(o);
	}
}

static void obey_all(struct actor *self, enum role who)
{
	struct order o;
	struct answer a;
	int64_t value;

	while (get_order(self->fd[who], &o) && o.op != ORDER_END) {
		value = obey(self, &o);
		a = (struct answer){ .op = o.op };
		if (value < 0)
			a.error = (int)-value;
		else
			a.value = value;
		give_answer(self->fd[who], &a);
	}
}

/*
 * glibc registers an area in the thread block where the kernel writes the CPU
 * number after each preemption: at any moment, in the region we measure.
 */
static void rseq_off(void)
{
#if defined(RSEQ_SIG) && defined(SYS_rseq)
	if (!__rseq_size)
		return;
	syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset,
		sizeof(struct rseq), RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
#endif
}

/* The outermost frame holds the array that is the stack area. */
_Noreturn void play_parent(const int fd[ACTORS])
{
	const size_t page = sysconf(_SC_PAGESIZE);
	unsigned char room[(AREA_FEW + 2) * page];
	struct actor self = {
		.stage = { .page = page, .file = -1 },
		.fd = { fd[PARENT], fd[CHILD] },
	};

	rseq_off();
	self.stage.area[AREA_STACK] =
		room + page + (-(uintptr_t)room & (page - 1));
	obey_all(&self, PARENT);
	_exit(0);
}
