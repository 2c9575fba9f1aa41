// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces: a child in one of its own, and what it does there. */
#include <errno.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "experiments.h"

/* In the order of the flags below. */
static const struct {
	const char *resource;	/* row of birth */
	const char *name;	/* file of /proc/PID/ns */
} namespaces[] = {
	{ "mnt_ns", "mnt" }, { "uts_ns", "uts" }, { "ipc_ns", "ipc" }, { "pid_ns", "pid" },
	{ "user_ns", "user" }, { "net_ns", "net" }, { "cgroup_ns", "cgroup" },
	{ "time_ns", "time" },
};

#define NAMESPACES	(sizeof(namespaces) / sizeof(namespaces[0]))

/* Of the others each is the parent's still, by the module and by /proc. */
static int64_t count_shared(struct lab *lab)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < NAMESPACES; i++)
		n += !strcmp(lab_birth(lab, CHILD, namespaces[i].resource)->now, "shared") &&
			lab_namespace(lab, CHILD, namespaces[i].name) ==
			lab_namespace(lab, PARENT, namespaces[i].name);
	return n;
}

static void is_inode(struct lab *lab, const char *what, enum role who, const char *resource,
		     const char *name)
{
	char inode[32];

	snprintf(inode, sizeof(inode), "%llu",
		 (unsigned long long)lab_namespace(lab, who, name));
	lab_is_text(lab, what, lab_birth(lab, who, resource)->id, inode);
}

/*
 * First a child in its parent's namespaces, then one with another of this kind: false
 * when it has none, and must not do there what is done to the whole machine then.
 */
static bool new_namespace(struct lab *lab, size_t which, uint64_t flag, enum kind kind)
{
	const char *resource = namespaces[which].resource, *name = namespaces[which].name;
	char what[64];
	bool two;

	lab_make(lab, 0);
	snprintf(what, sizeof(what), "without the flag: %s asked at_birth now", resource);
	lab_born(lab, what, resource, "no shared shared");
	lab_is_number(lab, "  namespaces that are the parent's", count_shared(lab), NAMESPACES);
	lab_end_child(lab);
	lab_make(lab, flag);
	snprintf(what, sizeof(what), "with it: %s asked at_birth now", resource);
	lab_born(lab, what, resource, "yes new own");
	is_inode(lab, "  the child's, the same number in /proc/PID/ns", CHILD, resource, name);
	is_inode(lab, "  the parent's, the same number in /proc/PID/ns", PARENT, resource, name);
	two = lab_namespace(lab, CHILD, name) != lab_namespace(lab, PARENT, name);
	lab_holds(lab, "  they are two", two);
	lab_is(lab, "  processes in the child's (sharing)",
	       lab_sharing(lab, CHILD, kind)->processes, 1);
	lab_is_number(lab, "  namespaces that are the parent's", count_shared(lab),
		      NAMESPACES - 1);
	return two && !lab->broken;
}

static uint64_t count_mounts(struct lab *lab, enum role who)
{
	uint64_t n = 0;
	char path[64];
	FILE *f;
	int c;

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", lab->pid[who]);
	f = fopen(path, "re");
	while (f && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static void run_newns(struct lab *lab)
{
	uint64_t before;

	if (!new_namespace(lab, 0, CLONE_NEWNS, KIND_MNT_NS))
		return;
	before = count_mounts(lab, PARENT);
	lab_is_number(lab, "  it begins with the parent's mounts: number",
		      count_mounts(lab, CHILD), before);
	lab_act(lab, CHILD, ORDER_MOUNT, 0);
	lab_is_number(lab, "  child mounts one more: the child's mounts",
		      count_mounts(lab, CHILD), before + 1);
	lab_is_number(lab, "  the parent's mounts", count_mounts(lab, PARENT), before);
}

const struct experiment exp_newns = {
	.name = "newns",
	.title = "CLONE_NEWNS: mounts of its own",
	.book = "the child gets a copy of the mount tree. What it mounts there, once it is\n"
		"  made private, nobody else sees.",
	.run = run_newns,
};

static void run_newuts(struct lab *lab)
{
	char before[256] = "", after[256] = "";

	if (!new_namespace(lab, 1, CLONE_NEWUTS, KIND_UTS_NS))
		return;
	gethostname(before, sizeof(before) - 1);
	lab_act(lab, CHILD, ORDER_HOSTNAME, 0);
	gethostname(after, sizeof(after) - 1);
	lab_holds(lab, "  child renames the host: outside the name is the old one",
		  !strcmp(before, after) && strcmp(after, "forklab"));
}

const struct experiment exp_newuts = {
	.name = "newuts",
	.title = "CLONE_NEWUTS: a host name of its own",
	.book = "the child begins with a copy of the host's names; what it changes is\n"
		"  changed for itself and its children.",
	.run = run_newuts,
};

static void run_newipc(struct lab *lab)
{
	const key_t key = 0x66000000 | lab->pid[PARENT];

	new_namespace(lab, 2, CLONE_NEWIPC, KIND_IPC_NS);
	lab_act(lab, CHILD, ORDER_QUEUE, key);
	lab_holds(lab, "  child makes a message queue: outside there is none",
		  msgget(key, 0) < 0 && errno == ENOENT);
}

const struct experiment exp_newipc = {
	.name = "newipc",
	.title = "CLONE_NEWIPC: queues, semaphores and segments of its own",
	.book = "System V IPC and POSIX message queues begin empty in the child, and what\n"
		"  it makes nobody else can find.",
	.run = run_newipc,
};

static void run_newpid(struct lab *lab)
{
	char outside[16];

	new_namespace(lab, 3, CLONE_NEWPID, KIND_PID_NS);
	lab_is_number(lab, "  getpid() of the child", lab_act(lab, CHILD, ORDER_GETPID, 0), 1);
	snprintf(outside, sizeof(outside), "%d", lab->pid[CHILD]);
	lab_is_text(lab, "  its PID for us (id of pid in birth)",
		    lab_birth(lab, CHILD, "pid")->id, outside);
}

const struct experiment exp_newpid = {
	.name = "newpid",
	.title = "CLONE_NEWPID: numbers of its own",
	.book = "the child is PID 1 for itself and its children, and has another PID for\n"
		"  everybody outside. When it ends, all inside end.",
	.run = run_newpid,
};

static int64_t overflow_uid(void)
{
	FILE *f = fopen("/proc/sys/kernel/overflowuid", "re");
	long uid = -1;

	if (f && fscanf(f, "%ld", &uid) != 1)
		uid = -1;
	if (f)
		fclose(f);
	return uid;
}

static void run_newuser(struct lab *lab)
{
	new_namespace(lab, 4, CLONE_NEWUSER, KIND_USER_NS);
	lab_is_number(lab, "  geteuid() of the child: nobody, for no user is mapped",
		      lab_act(lab, CHILD, ORDER_GETEUID, 0), overflow_uid());
	lab_is_number(lab, "  geteuid() of the parent",
		      lab_act(lab, PARENT, ORDER_GETEUID, 0), geteuid());
}

const struct experiment exp_newuser = {
	.name = "newuser",
	.title = "CLONE_NEWUSER: users of its own",
	.book = "the child has all capabilities inside and none outside. Until somebody\n"
		"  writes a map, every user is the overflow user to it.",
	.run = run_newuser,
};

static void run_newnet(struct lab *lab)
{
	const uint64_t name = lab->pid[PARENT];

	new_namespace(lab, 5, CLONE_NEWNET, KIND_NET_NS);
	lab_is_number(lab, "  child binds a socket to a name: errno",
		      lab_act(lab, CHILD, ORDER_BIND, name), 0);
	lab_is_number(lab, "  parent binds one to the same name: errno",
		      lab_act(lab, PARENT, ORDER_BIND, name), 0);
	lab_is_number(lab, "  parent does it once more: errno EADDRINUSE",
		      lab_act(lab, PARENT, ORDER_BIND, name), EADDRINUSE);
}

const struct experiment exp_newnet = {
	.name = "newnet",
	.title = "CLONE_NEWNET: a network of its own",
	.book = "the child has its own interfaces, addresses, ports and names of sockets.\n"
		"  The same name can be bound once in each network namespace.",
	.run = run_newnet,
};

static void run_newcgroup(struct lab *lab)
{
	new_namespace(lab, 6, CLONE_NEWCGROUP, KIND_CGROUP_NS);
	lab_born(lab, "  the cgroup itself: asked at_birth now", "cgroup",
		 "no shared shared");
}

const struct experiment exp_newcgroup = {
	.name = "newcgroup",
	.title = "CLONE_NEWCGROUP: a root of the cgroups of its own",
	.book = "the cgroup that the child is in becomes the root of all it sees. It stays\n"
		"  in it: this flag hides, and does not move.",
	.run = run_newcgroup,
};

static void run_newtime(struct lab *lab)
{
	new_namespace(lab, 7, CLONE_NEWTIME, KIND_TIME_NS);
}

const struct experiment exp_newtime = {
	.name = "newtime",
	.title = "CLONE_NEWTIME: clock offsets of its own",
	.book = "the monotonic clock and the clock since boot may be offset for the child.\n"
		"  Only clone3 can ask for it: in clone the bit belongs to the exit signal.",
	.run = run_newtime,
};
