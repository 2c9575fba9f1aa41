// SPDX-License-Identifier: GPL-2.0-only
/* Children by clone with any flags, ordered about over pipes. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kid.h"

#define ANSWER_MS	20000

struct order {
	enum kid_order what;
	long arg;
};

/* Shared with the actor by CLONE_VM, else a copy. */
static volatile long word;

int kid_line_open(struct kid_line *line)
{
	if (pipe2(line->order, O_CLOEXEC) || pipe2(line->answer, O_CLOEXEC))
		return -errno;
	return 0;
}

void kid_line_close(struct kid_line *line)
{
	close(line->order[0]);
	close(line->order[1]);
	close(line->answer[0]);
	close(line->answer[1]);
}

static void handler(int sig)
{
	(void)sig;
}

static long result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static long block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return result(sigprocmask(SIG_BLOCK, &set, NULL));
}

static long set_or_get_handler(bool set)
{
	struct sigaction action = { .sa_handler = handler }, now;

	if (set)
		return result(sigaction(SIGUSR2, &action, NULL));
	if (sigaction(SIGUSR2, NULL, &now))
		return -errno;
	return now.sa_handler == handler;
}

static long obey(const struct order *order)
{
	switch (order->what) {
	case KID_UNSHARE:
		return result(unshare(order->arg));
	case KID_SETNS:
		return result(setns(order->arg, 0));
	case KID_CHDIR:
		return result(chdir("/tmp"));
	case KID_UMASK:
		umask(order->arg);
		return 0;
	case KID_BLOCK:
		return block(order->arg);
	case KID_TIMER:
		alarm(order->arg);
		return 0;
	case KID_OPEN:
		return result(open("/dev/null", O_RDONLY | O_CLOEXEC));
	case KID_CLOSE:
		return result(close(order->arg));
	case KID_WRITE:
		word = order->arg;
		return 0;
	case KID_READ:
		return word;
	case KID_HANDLER:
		return set_or_get_handler(order->arg);
	case KID_EXEC:
		execl("/bin/sleep", "sleep", "1000", NULL);
		return -errno;
	case KID_EXIT:
		_exit(0);
	}
	return -EINVAL;
}

/*
 * procfs is that of the outermost namespace: so is what it calls self. atol() would
 * need a locale, which own_tls does not have.
 */
static long outer_pid(void)
{
	char text[32] = "", *digit;
	long pid = 0;

	if (readlink("/proc/self", text, sizeof(text) - 1) < 0)
		return -errno;
	for (digit = text; *digit; digit++)
		pid = pid * 10 + *digit - '0';
	return pid;
}

static int serve(void *arg)
{
	struct kid_line line = *(struct kid_line *)arg;
	struct order order;
	long answer = outer_pid();

	while (write(line.answer[1], &answer, sizeof(answer)) == sizeof(answer) &&
	       read(line.order[0], &order, sizeof(order)) == sizeof(order))
		answer = obey(&order);
	_exit(0);
}

/* For a child's own thread-local variables: enough for errno and the canary. */
static struct {
	char below[4096];
	void *self;
	char above[4096];
} own_tls __attribute__((aligned(64)));

static char stack[65536] __attribute__((aligned(16)));

static long call_clone(struct kid *kid)
{
	unsigned long long flags = kid->flags;
	static int parent_tid, child_tid;

	own_tls.self = &own_tls.self;
	if (!(flags & CLONE_THREAD))
		flags |= SIGCHLD;
	return result(clone(serve, stack + sizeof(stack), flags, &kid->line, &parent_tid,
			    &own_tls.self, &child_tid));
}

static long call_clone3(struct kid *kid)
{
	static int pidfd, parent_tid, child_tid;
	struct clone_args args = {
		.flags = kid->flags, .exit_signal = SIGCHLD, .cgroup = kid->cgroup,
		.pidfd = (uintptr_t)&pidfd, .parent_tid = (uintptr_t)&parent_tid,
		.child_tid = (uintptr_t)&child_tid,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		serve(&kid->line);
	return result(pid);
}

/* In the actor. The struct lives on in its memory, for a child that shares it. */
static long make(void *arg)
{
	static struct kid kid;

	memcpy(&kid, arg, sizeof(kid));
	return kid.by_clone3 ? call_clone3(&kid) : call_clone(&kid);
}

static long answer_of(const struct kid_line *line)
{
	struct pollfd ready = { .fd = line->answer[0], .events = POLLIN };
	long answer;

	if (poll(&ready, 1, ANSWER_MS) != 1)
		return -ETIMEDOUT;
	if (read(line->answer[0], &answer, sizeof(answer)) != sizeof(answer))
		return -EIO;
	return answer;
}

pid_t kid_make(struct actor *actor, const struct kid *kid)
{
	long ret = actor_send(actor, make, kid, sizeof(*kid));

	if (!ret && !(kid->flags & CLONE_VFORK))
		ret = actor_wait(actor, NULL, 0);
	return ret < 0 ? ret : answer_of(&kid->line);
}

long kid_clone(struct actor *actor, const struct kid *kid)
{
	struct kid copy = *kid;

	return actor_call(actor, make, &copy, sizeof(copy));
}

int kid_end(const struct kid *kid, pid_t pid)
{
	struct pollfd gone = { .fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int ret;

	if (gone.fd < 0)
		return -errno;
	ret = kid_tell(kid, KID_EXIT, 0);
	if (!ret && poll(&gone, 1, ANSWER_MS) != 1)
		ret = -ETIMEDOUT;
	close(gone.fd);
	return ret;
}

long kid_actor_done(struct actor *actor)
{
	return actor_wait(actor, NULL, 0);
}

long kid_tell(const struct kid *kid, enum kid_order what, long arg)
{
	struct order order = { what, arg };

	if (write(kid->line.order[1], &order, sizeof(order)) != sizeof(order))
		return -errno;
	return what == KID_EXEC || what == KID_EXIT ? 0 : answer_of(&kid->line);
}

long kid_word(void *arg)
{
	(void)arg;
	return word;
}

bool kid_is_named(pid_t pid, const char *name)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	char path[64], now[32];
	FILE *file;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	for (i = 0; i < 500; i++) {
		file = fopen(path, "re");
		if (file && fscanf(file, "%31s", now) != 1)
			*now = '\0';
		if (file)
			fclose(file);
		if (file && !strcmp(now, name))
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}
