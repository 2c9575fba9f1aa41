// SPDX-License-Identifier: GPL-2.0-only
/* Processes under test, driven through pipes; see actor.h. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actor.h"
#include "cpu.h"

#define REPLY_MS	25000	/* below the harness's own 30 s limit */

/*
 * One message each way; below PIPE_BUF, so reads and writes are whole. The function is told
 * by where it stands in the program, which may be loaded elsewhere; 0 ends the actor.
 */
struct message {
	ptrdiff_t fn;
	long result;
	char arg[ACTOR_ARG];
};

static char *program(void)
{
	return (char *)actor_serve;
}

static void perform(struct message *message)
{
	actor_fn fn = (actor_fn)(program() + message->fn);

	message->result = fn(message->arg);
}

void actor_serve(struct actor *actor)
{
	struct message message;
	ssize_t got;

	for (;;) {
		got = read(actor->command[0], &message, sizeof(message));
		if (got < 0 && errno == EINTR)
			continue;
		if (got != sizeof(message) || !message.fn)
			_exit(0);
		perform(&message);
		if (write(actor->reply[1], &message, sizeof(message)) != sizeof(message))
			_exit(1);
	}
}

int cast_begin(struct cast *cast)
{
	int i, err;

	memset(cast, 0, sizeof(*cast));
	for (i = 0; i < CAST_MAX; i++) {
		cast->actor[i].index = i;
		if (pipe(cast->actor[i].command) || pipe(cast->actor[i].reply))
			return -errno;
	}
	err = run_on_cpu(0);
	if (err)
		return err;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		return -errno;
	return 0;
}

/* Children of actors that are gone become ours one after the other. */
static void kill_children(void)
{
	FILE *file = fopen("/proc/thread-self/children", "re");
	int pid;

	while (file && fscanf(file, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (file)
		fclose(file);
}

void cast_end(struct cast *cast)
{
	int i;

	do {
		kill_children();
	} while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
	for (i = 0; i < CAST_MAX; i++) {
		close(cast->actor[i].command[0]);
		close(cast->actor[i].command[1]);
		close(cast->actor[i].reply[0]);
		close(cast->actor[i].reply[1]);
	}
}

static void become(struct actor *actor)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	actor_serve(actor);
}

static long actor_idle(void *arg)
{
	(void)arg;
	return 0;
}

/* A first call leaves the actor's stack as written as it will ever be. */
static pid_t started(struct actor *actor, pid_t pid)
{
	long ret;

	if (pid < 0)
		return pid;
	actor->pid = pid;
	ret = actor_call(actor, actor_idle, NULL, 0);
	return ret ? ret : pid;
}

pid_t actor_start(struct cast *cast, int index)
{
	struct actor *actor = &cast->actor[index];
	pid_t pid = fork();

	if (!pid)
		become(actor);
	return started(actor, pid < 0 ? -errno : pid);
}

#define FOUNDER	"actor-found"

static long exec_self(void *arg)
{
	struct actor *actor = arg;
	char in[16], out[16];

	snprintf(in, sizeof(in), "%d", actor->command[0]);
	snprintf(out, sizeof(out), "%d", actor->reply[1]);
	execl("/proc/self/exe", "founder", FOUNDER, in, out, NULL);
	return -errno;
}

pid_t actor_found(struct cast *cast, int index)
{
	struct actor *actor = &cast->actor[index];
	pid_t pid = fork();

	if (!pid) {
		exec_self(actor);
		_exit(127);
	}
	return started(actor, pid < 0 ? -errno : pid);
}

int actor_exec(struct actor *actor)
{
	struct actor copy = *actor;
	pid_t pid;
	int ret = actor_send(actor, exec_self, &copy, sizeof(copy));

	/* The new program answers the next call. */
	pid = ret ? ret : started(actor, actor->pid);
	return pid < 0 ? pid : 0;
}

/* Before main(), which belongs to the harness: is this a founder? */
__attribute__((constructor)) static void found(int argc, char **argv)
{
	struct actor actor = { 0 };

	if (argc != 4 || strcmp(argv[1], FOUNDER))
		return;
	actor.command[0] = atoi(argv[2]);
	actor.reply[1] = atoi(argv[3]);
	become(&actor);
}

static long do_fork(void *arg)
{
	struct actor child;
	pid_t pid;

	memcpy(&child, arg, sizeof(child));
	pid = fork();
	if (!pid)
		become(&child);
	return pid < 0 ? -errno : pid;
}

pid_t actor_fork(struct cast *cast, int parent, int child)
{
	struct actor copy = cast->actor[child];
	long pid = actor_call(&cast->actor[parent], do_fork, &copy, sizeof(copy));

	return started(&cast->actor[child], pid);
}

int actor_send(struct actor *actor, actor_fn fn, const void *arg, size_t size)
{
	struct message message = { .fn = fn ? (char *)fn - program() : 0 };

	if (size > sizeof(message.arg))
		return -E2BIG;
	if (size)
		memcpy(message.arg, arg, size);
	if (write(actor->command[1], &message, sizeof(message)) != sizeof(message))
		return -errno;
	return 0;
}

long actor_wait(struct actor *actor, void *arg, size_t size)
{
	int pidfd = syscall(SYS_pidfd_open, actor->pid, 0);
	struct pollfd wait[2] = {
		{ .fd = actor->reply[0], .events = POLLIN },
		{ .fd = pidfd, .events = POLLIN },
	};
	struct message message;
	int ready;

	do {
		ready = poll(wait, 2, REPLY_MS);
	} while (ready < 0 && errno == EINTR);
	if (pidfd >= 0)
		close(pidfd);
	if (ready <= 0)
		return -ETIMEDOUT;
	if (!(wait[0].revents & POLLIN))
		return -ESRCH;
	if (read(actor->reply[0], &message, sizeof(message)) != sizeof(message))
		return -EIO;
	if (size)
		memcpy(arg, message.arg, size);
	return message.result;
}

long actor_call(struct actor *actor, actor_fn fn, void *arg, size_t size)
{
	int ret = actor_send(actor, fn, arg, size);

	return ret ? ret : actor_wait(actor, arg, size);
}

int actor_quit(struct actor *actor)
{
	int pidfd = syscall(SYS_pidfd_open, actor->pid, 0);
	struct pollfd gone = { .fd = pidfd, .events = POLLIN };
	int ret = actor_send(actor, NULL, NULL, 0);

	if (!ret && pidfd >= 0 && poll(&gone, 1, REPLY_MS) != 1)
		ret = -ETIMEDOUT;
	if (pidfd >= 0)
		close(pidfd);
	waitpid(actor->pid, NULL, WNOHANG);
	actor->pid = 0;
	return ret;
}
