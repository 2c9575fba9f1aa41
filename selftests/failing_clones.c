// SPDX-License-Identifier: GPL-2.0-only
/*
 * failing_clones CASE [PATH]: one call that has to fail, for failed_test.sh. Says
 * "PID ERRNO SYSCALL" of it, or why it could not be tried. No test by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Room at the end: a size that the kernel does not know. */
static union {
	struct clone_args args;
	char room[4096];
} call;

static long call_clone3(size_t size)
{
	return syscall(SYS_clone3, &call, size);
}

static long call_flags(unsigned long long flags)
{
	call.args.flags = flags;
	if (!(flags & CLONE_THREAD))
		call.args.exit_signal = SIGCHLD;
	return call_clone3(sizeof(call.args));
}

static long thread_alone(void)
{
	return call_flags(CLONE_THREAD);
}

static long sighand_alone(void)
{
	return call_flags(CLONE_SIGHAND);
}

static long mounts_and_fs(void)
{
	return call_flags(CLONE_NEWNS | CLONE_FS);
}

static long users_and_fs(void)
{
	return call_flags(CLONE_NEWUSER | CLONE_FS);
}

static long pids_and_thread(void)
{
	return call_flags(CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM);
}

static long clear_and_share(void)
{
	return call_flags(CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM);
}

static int word;

static long pidfd_detached(void)
{
	return syscall(SYS_clone, CLONE_PIDFD | CLONE_DETACHED | SIGCHLD, 0, &word, 0, 0);
}

/* Found by kernel_clone() itself, before it copies anything. */
static long pidfd_twice(void)
{
	return syscall(SYS_clone, CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, &word, 0, 0);
}

static long pidfd_nowhere(void)
{
	call.args.pidfd = 8;
	return call_flags(CLONE_PIDFD);
}

static long pid_taken(void)
{
	static pid_t wanted = 1;

	call.args.set_tid = (uintptr_t)&wanted;
	call.args.set_tid_size = 1;
	return call_flags(0);
}

static long cgroup_nowhere(void)
{
	call.args.cgroup = 4095;
	return call_flags(CLONE_INTO_CGROUP);
}

static long no_right(void)
{
	if (setuid(65534))
		return 0;
	return call_flags(CLONE_NEWNET);
}

static long too_many_of_user(void)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_NPROC, &none) || setuid(65534))
		return 0;
	return call_flags(0);
}

/* A PID namespace whose first process is gone takes no more. */
static long namespace_is_dead(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		return 0;
	pid = fork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	return call_flags(0);
}

static const char *cgroup;

/* A cgroup that has one process, this one, and room for no other. */
static long cgroup_is_full(void)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup ? cgroup : "");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (write(fd, "0", 1) != 1) {
		close(fd);
		return 0;
	}
	close(fd);
	return call_flags(0);
}

/* Refused by clone3 itself: these never become a call of kernel_clone(). */
static long size_too_small(void)
{
	return call_clone3(CLONE_ARGS_SIZE_VER0 - 8);
}

static long size_too_large(void)
{
	memset(call.room + sizeof(call.args), 1, 8);
	return call_clone3(sizeof(call.args) + 8);
}

static long unknown_bit(void)
{
	return call_flags(1ULL << 60);
}

static long no_such_signal(void)
{
	call.args.exit_signal = 65;
	return call_clone3(sizeof(call.args));
}

static const struct {
	const char *name;
	long (*call)(void);
} cases[] = {
	{ "thread_alone", thread_alone },
	{ "sighand_alone", sighand_alone },
	{ "mounts_and_fs", mounts_and_fs },
	{ "users_and_fs", users_and_fs },
	{ "pids_and_thread", pids_and_thread },
	{ "clear_and_share", clear_and_share },
	{ "pidfd_detached", pidfd_detached },
	{ "pidfd_twice", pidfd_twice },
	{ "pidfd_nowhere", pidfd_nowhere },
	{ "pid_taken", pid_taken },
	{ "cgroup_nowhere", cgroup_nowhere },
	{ "no_right", no_right },
	{ "too_many_of_user", too_many_of_user },
	{ "namespace_is_dead", namespace_is_dead },
	{ "cgroup_is_full", cgroup_is_full },
	{ "size_too_small", size_too_small },
	{ "size_too_large", size_too_large },
	{ "unknown_bit", unknown_bit },
	{ "no_such_signal", no_such_signal },
};

static int try_case(long (*make)(void))
{
	int pid = getpid();
	long ret;

	errno = 0;
	ret = make();
	if (!ret && getpid() != pid)
		_exit(0);
	if (ret >= 0) {
		fprintf(stderr, "failing_clones: got %ld: %s\n", ret, strerror(errno));
		return 1;
	}
	printf("%d %s\n", pid, strerrorname_np(errno));
	return 0;
}

int main(int argc, char **argv)
{
	size_t i;

	cgroup = argc > 2 ? argv[2] : NULL;
	for (i = 0; argc > 1 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(argv[1], cases[i].name))
			return try_case(cases[i].call);
	fprintf(stderr, "usage: failing_clones CASE [CGROUP]\n");
	return 2;
}
