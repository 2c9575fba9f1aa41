// SPDX-License-Identifier: GPL-2.0-only
/* Tasks made by clone flags, and the kernel's own word on them; see partner.h. */
#include <errno.h>
#include <linux/ioprio.h>
#include <linux/kcmp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "partner.h"

#define KIND_TEXT(id, name, flag, help)	[KIND_##id] = #name,
const char *const kind_name[KIND_COUNT] = { COWSCOPE_KINDS(KIND_TEXT) };

struct order {
	struct actor actor;
	unsigned long long flags;
};

/* A partner that shares memory reads its orders here. */
static struct actor partner_actor[CAST_MAX];

/*
 * Where it runs. Mapped, for as a part of the program they would be so large together that
 * an actor may get a huge page, by where the program happens to lie.
 */
#define STACK_BYTES	65536

static int serve(void *arg)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	actor_serve(arg);
}

static long do_clone(void *arg)
{
	struct order *order = arg;
	int index = order->actor.index;
	unsigned long long flags = order->flags;
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	char *stack;
	long pid;

	partner_actor[index] = order->actor;
	if (flags & CLONE_VM) {
		if (!(flags & CLONE_THREAD))
			flags |= SIGCHLD;
		stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (stack == MAP_FAILED)
			return -errno;
		pid = clone(serve, stack + STACK_BYTES, flags, &partner_actor[index]);
	} else {
		pid = syscall(SYS_clone3, &args, sizeof(args));
		if (!pid)
			serve(&partner_actor[index]);
	}
	return pid < 0 ? -errno : pid;
}

static long idle(void *arg)
{
	(void)arg;
	return 0;
}

pid_t partner_start(struct cast *cast, int parent, int index, unsigned long long flags)
{
	struct actor *actor = &cast->actor[index];
	struct order order = { .actor = *actor, .flags = flags };
	long pid = actor_call(&cast->actor[parent], do_clone, &order, sizeof(order));
	long ret;

	if (pid <= 0)
		return pid;
	actor->pid = pid;
	ret = actor_call(actor, idle, NULL, 0);
	return ret ? ret : pid;
}

long partner_unshare(void *arg)
{
	return unshare(*(unsigned long *)arg) ? -errno : 0;
}

long partner_enter(void *arg)
{
	const struct enter *enter = arg;
	int fd = syscall(SYS_pidfd_open, enter->pid, 0);
	long ret = fd < 0 || setns(fd, enter->flags) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

long partner_exec(void *arg)
{
	(void)arg;
	execlp("sleep", "sleep", "1000", NULL);
	return -errno;
}

bool partner_executed(pid_t pid)
{
	char path[32], comm[32] = "";
	int tries;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	for (tries = 0; tries < 500 && strcmp(comm, "sleep\n"); tries++) {
		if (tries)
			usleep(10000);
		file = fopen(path, "re");
		if (!file || !fgets(comm, sizeof(comm), file))
			comm[0] = '\0';
		if (file)
			fclose(file);
	}
	return !strcmp(comm, "sleep\n");
}

long partner_equip(void *arg)
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	int set = semget(IPC_PRIVATE, 1, 0600);
	long ret;

	(void)arg;
	ret = set < 0 || semop(set, &up, 1) ||
	      syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
		      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 5)) ? -errno : 0;
	if (set >= 0)
		semctl(set, 0, IPC_RMID);
	return ret;
}

static const int kcmp_type[] = {
	[KIND_MM] = KCMP_VM, [KIND_FILES] = KCMP_FILES, [KIND_FS] = KCMP_FS,
	[KIND_SIGHAND] = KCMP_SIGHAND, [KIND_SIGNAL] = -1, [KIND_IO] = KCMP_IO,
	[KIND_SYSVSEM] = KCMP_SYSVSEM,
};

static const char *const ns_name[KIND_COUNT] = {
	[KIND_MNT_NS] = "mnt", [KIND_UTS_NS] = "uts", [KIND_IPC_NS] = "ipc",
	[KIND_NET_NS] = "net", [KIND_PID_NS] = "pid",
	[KIND_PID_NS_CHILD] = "pid_for_children", [KIND_USER_NS] = "user",
	[KIND_TIME_NS] = "time", [KIND_TIME_NS_CHILD] = "time_for_children",
	[KIND_CGROUP_NS] = "cgroup",
};

unsigned long oracle_ns(pid_t pid, enum kind kind)
{
	struct stat state;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, ns_name[kind]);
	return stat(path, &state) ? 0 : state.st_ino;
}

/* A line of a file of a process, by how it begins. */
static bool line_of(pid_t pid, const char *name, const char *begin, char *line, int size)
{
	char path[64];
	FILE *file;
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	file = fopen(path, "re");
	while (file && !found && fgets(line, size, file))
		found = !strncmp(line, begin, strlen(begin));
	if (file)
		fclose(file);
	return found;
}

static int same_line(pid_t one, pid_t other, const char *name, const char *begin)
{
	char line[2][512];

	if (!line_of(one, name, begin, line[0], sizeof(line[0])) ||
	    !line_of(other, name, begin, line[1], sizeof(line[1])))
		return -ESRCH;
	return !strcmp(line[0], line[1]);
}

int oracle_same(pid_t one, pid_t other, enum kind kind)
{
	unsigned long ns;
	long ret;

	if (kind == KIND_CGROUP)
		return same_line(one, other, "cgroup", "0::");
	if (kind == KIND_SIGNAL)
		return same_line(one, other, "status", "Tgid:");
	if (ns_name[kind]) {
		ns = oracle_ns(one, kind);
		return ns ? ns == oracle_ns(other, kind) : -ESRCH;
	}
	ret = syscall(SYS_kcmp, one, other, kcmp_type[kind], 0, 0);
	return ret < 0 ? -errno : ret == 0;
}
