// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: for each flag of clone, what was asked, what the child got and what it
 * shares, beside what kcmp, /proc and a write say of the same child.
 */
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/birth.h"

static void handler(int sig)
{
	(void)sig;
}

/* In the actor: an I/O context, an undo list, a handler: objects that can be shared. */
static long own_everything(void *arg)
{
	struct sembuf up = { 0, 1, SEM_UNDO };
	struct sigaction action = { .sa_handler = handler };
	int id = semget(IPC_PRIVATE, 1, 0600);

	(void)arg;
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
		    IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3)))
		return -errno;
	if (id < 0 || semop(id, &up, 1) || semctl(id, 0, IPC_RMID))
		return -errno;
	return sigaction(SIGUSR1, &action, NULL) ? -errno : 0;
}

/* Flags that share an object: row, kcmp's word for it, and what is had without them. */
static const struct share_case {
	unsigned long long flags;
	const char *resource;
	int kcmp;
	const char *without;
} share_case[] = {
	{ CLONE_VM, "address_space", KCMP_VM, "no copied own" },
	{ CLONE_VM, "page_tables", KCMP_VM, "no copied own" },
	{ CLONE_VM, "environment", KCMP_VM, "no copied own" },
	{ CLONE_FILES, "descriptors", KCMP_FILES, "no copied own" },
	{ CLONE_FILES, "posix_locks", KCMP_FILES, "no empty own" },
	{ CLONE_FS, "fs", KCMP_FS, "no copied own" },
	{ CLONE_FS, "umask", KCMP_FS, "no copied own" },
	{ CLONE_VM | CLONE_SIGHAND, "signal_handlers", KCMP_SIGHAND, "no copied own" },
	{ CLONE_IO, "io_context", KCMP_IO, "no copied own" },
};

/* What a flag shares is shared at birth and now, and nothing else is. */
/* Broken: the reason why two processes disturb each other is looked for in vain. */
TEST_F(birth, shared_by_flag)
{
	const struct share_case *c, *row;

	ASSERT_EQ(0, actor_call(self->parent, own_everything, NULL, 0));
	for (c = share_case; c < share_case + ARRAY_SIZE(share_case); c++) {
		make_kid(_metadata, self, c->flags, false);
		for (row = share_case; row < share_case + ARRAY_SIZE(share_case); row++) {
			bool asked = (c->flags & row->flags) == row->flags;

			expect_birth(_metadata, &self->birth, row->resource,
				     asked ? "yes shared shared" : row->without);
			EXPECT_EQ(asked, same_object(self->parent->pid, self->child, row->kcmp));
		}
		expect_birth(_metadata, &self->birth, "open_files", "- shared shared");
		end_kid(_metadata, self);
	}
}

/* An undo list is shared, or there is none. */
/* Broken: semaphores that a child's end sets free by surprise stay a riddle. */
TEST_F(birth, semaphore_undo)
{
	ASSERT_EQ(0, actor_call(self->parent, own_everything, NULL, 0));
	make_kid(_metadata, self, CLONE_SYSVSEM, false);
	expect_birth(_metadata, &self->birth, "sysvsem", "yes shared shared");
	EXPECT_TRUE(same_object(self->parent->pid, self->child, KCMP_SYSVSEM));
	end_kid(_metadata, self);
	make_kid(_metadata, self, 0, false);
	expect_birth(_metadata, &self->birth, "sysvsem", "no empty own");
	EXPECT_FALSE(same_object(self->parent->pid, self->child, KCMP_SYSVSEM));
}

/* A write is seen on the other side exactly when memory was shared at birth. */
/* Broken: "shared" is a word without a meaning. */
TEST_F(birth, shared_memory_is_shared)
{
	make_kid(_metadata, self, CLONE_VM, false);
	ASSERT_EQ(0, kid_tell(&self->kid, KID_WRITE, 4711));
	EXPECT_STREQ("shared", birth_word(&self->birth, "address_space", "now"));
	EXPECT_EQ(4711, actor_call(self->parent, kid_word, NULL, 0));
	end_kid(_metadata, self);
	make_kid(_metadata, self, 0, true);
	ASSERT_EQ(0, kid_tell(&self->kid, KID_WRITE, 815));
	EXPECT_STREQ("own", birth_word(&self->birth, "address_space", "now"));
	EXPECT_EQ(4711, actor_call(self->parent, kid_word, NULL, 0));
}

static const struct ns_case {
	unsigned long long flag;
	const char *resource, *name;
} ns_case[] = {
	{ CLONE_NEWNS, "mnt_ns", "mnt" },	{ CLONE_NEWUTS, "uts_ns", "uts" },
	{ CLONE_NEWIPC, "ipc_ns", "ipc" },	{ CLONE_NEWPID, "pid_ns", "pid" },
	{ CLONE_NEWUSER, "user_ns", "user" },	{ CLONE_NEWNET, "net_ns", "net" },
	{ CLONE_NEWCGROUP, "cgroup_ns", "cgroup" }, { CLONE_NEWTIME, "time_ns", "time" },
};

static void expect_namespaces(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self,
			      unsigned long long flags)
{
	const struct ns_case *ns;

	for (ns = ns_case; ns < ns_case + ARRAY_SIZE(ns_case); ns++) {
		bool asked = flags & ns->flag;

		expect_birth(_metadata, &self->birth, ns->resource,
			     asked ? "yes new own" : "no shared shared");
		EXPECT_LT(0, ns_of(self->child, ns->name));
		EXPECT_EQ(ns_of(self->child, ns->name),
			  birth_number(&self->birth, ns->resource, "id"));
		EXPECT_EQ(asked, ns_of(self->child, ns->name) !=
				 ns_of(self->parent->pid, ns->name));
	}
}

/* Each namespace flag makes one namespace new; its number is that of /proc/PID/ns. */
/* Broken: which container a process was put into cannot be told. */
TEST_F(birth, namespaces)
{
	unsigned long long all = 0;
	size_t i;

	make_kid(_metadata, self, 0, true);
	expect_namespaces(_metadata, self, 0);
	end_kid(_metadata, self);
	for (i = 0; i < ARRAY_SIZE(ns_case); i++) {
		make_kid(_metadata, self, ns_case[i].flag, true);
		expect_namespaces(_metadata, self, ns_case[i].flag);
		end_kid(_metadata, self);
		all |= ns_case[i].flag;
	}
	make_kid(_metadata, self, all, true);
	expect_namespaces(_metadata, self, all);
}

/* A combination as of a thread library, but for a process of its own. */
/* Broken: flags given together hide each other. */
TEST_F(birth, combination)
{
	ASSERT_EQ(0, actor_call(self->parent, own_everything, NULL, 0));
	make_kid(_metadata, self, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
		 CLONE_SYSVSEM | CLONE_IO | CLONE_NEWUTS | CLONE_CHILD_CLEARTID, false);
	expect_birth(_metadata, &self->birth, "address_space", "yes shared shared");
	expect_birth(_metadata, &self->birth, "fs", "yes shared shared");
	expect_birth(_metadata, &self->birth, "descriptors", "yes shared shared");
	expect_birth(_metadata, &self->birth, "signal_handlers", "yes shared shared");
	expect_birth(_metadata, &self->birth, "sysvsem", "yes shared shared");
	expect_birth(_metadata, &self->birth, "io_context", "yes shared shared");
	expect_birth(_metadata, &self->birth, "uts_ns", "yes new own");
	expect_birth(_metadata, &self->birth, "clear_tid", "yes new own");
	expect_birth(_metadata, &self->birth, "child_tid", "no empty -");
	expect_birth(_metadata, &self->birth, "unknown", "no - -");
}

/* CLONE_PARENT makes a sibling. */
/* Broken: a child that its maker cannot wait for looks like any other. */
TEST_F(birth, parent)
{
	make_kid(_metadata, self, CLONE_PARENT, false);
	expect_birth(_metadata, &self->birth, "ppid", "yes shared shared");
	EXPECT_EQ(getpid(), birth_number(&self->birth, "ppid", "id"));
	EXPECT_EQ(getpid(), oracle_status(self->child, "PPid"));
	end_kid(_metadata, self);
	make_kid(_metadata, self, 0, false);
	expect_birth(_metadata, &self->birth, "ppid", "no new own");
	EXPECT_EQ(self->parent->pid, birth_number(&self->birth, "ppid", "id"));
	EXPECT_EQ(self->child, birth_number(&self->birth, "pid", "id"));
	EXPECT_EQ(self->child, birth_number(&self->birth, "thread_group", "id"));
}

/* Requests that leave no object behind are told as asked. */
/* Broken: what a runtime asked for has to be traced. */
TEST_F(birth, requests)
{
	make_kid(_metadata, self, CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |
		 CLONE_CHILD_CLEARTID | CLONE_UNTRACED, true);
	expect_birth(_metadata, &self->birth, "pidfd", "yes new -");
	expect_birth(_metadata, &self->birth, "parent_tid", "yes new -");
	expect_birth(_metadata, &self->birth, "child_tid", "yes new -");
	expect_birth(_metadata, &self->birth, "clear_tid", "yes new own");
	expect_birth(_metadata, &self->birth, "untraced", "yes - -");
	expect_birth(_metadata, &self->birth, "ptrace", "no empty own");
	end_kid(_metadata, self);
	make_kid(_metadata, self, CLONE_DETACHED, false);
	expect_birth(_metadata, &self->birth, "detached", "yes - -");
	expect_birth(_metadata, &self->birth, "pidfd", "no empty -");
	expect_birth(_metadata, &self->birth, "vfork_wait", "no empty own");
}

/* Handlers reset by CLONE_CLEAR_SIGHAND are new ones; /proc sees none. */
/* Broken: a child that lost its parent's handlers seems to have them. */
TEST_F(birth, cleared_handlers)
{
	ASSERT_EQ(0, actor_call(self->parent, own_everything, NULL, 0));
	make_kid(_metadata, self, CLONE_CLEAR_SIGHAND, true);
	expect_birth(_metadata, &self->birth, "handlers_reset", "yes - -");
	expect_birth(_metadata, &self->birth, "signal_handlers", "no new own");
	EXPECT_LT(0, oracle_status(self->parent->pid, "SigCgt"));
	EXPECT_EQ(0, oracle_status(self->child, "SigCgt"));
}

/* The parent that vfork holds up is shown until the exec lets it go. */
/* Broken: a server that hangs in vfork seems to hang anywhere. */
TEST_F(birth, vfork)
{
	make_kid(_metadata, self, CLONE_VM | CLONE_VFORK, false);
	expect_birth(_metadata, &self->birth, "vfork_wait", "yes new own");
	expect_birth(_metadata, &self->birth, "address_space", "yes shared shared");
	ASSERT_EQ(0, kid_tell(&self->kid, KID_EXEC, 0));
	ASSERT_EQ(self->child, kid_actor_done(self->parent));
	/* The parent goes on when the old memory is let go of; the exec ends later. */
	ASSERT_TRUE(kid_is_named(self->child, "sleep"));
	look(_metadata, self);
	expect_birth(_metadata, &self->birth, "vfork_wait", "yes new changed");
	expect_birth(_metadata, &self->birth, "address_space", "yes shared changed");
}

/* A stack, thread-local variables and a register are copied unless given. */
/* Broken: where a child starts, and with what, is guesswork. */
TEST_F(birth, registers)
{
	make_kid(_metadata, self, 0, true);
	expect_birth(_metadata, &self->birth, "registers", "- copied -");
	expect_birth(_metadata, &self->birth, "return_value", "- new -");
	expect_birth(_metadata, &self->birth, "stack_pointer", "- copied -");
	expect_birth(_metadata, &self->birth, "tls", "no copied -");
	expect_birth(_metadata, &self->birth, "ip", "- copied -");
	EXPECT_EQ(0, strncmp("0x", birth_word(&self->birth, "ip", "id"), 2));
	end_kid(_metadata, self);
	make_kid(_metadata, self, CLONE_VM | CLONE_SETTLS, false);
	expect_birth(_metadata, &self->birth, "registers", "- copied -");
	expect_birth(_metadata, &self->birth, "stack_pointer", "- new -");
	expect_birth(_metadata, &self->birth, "tls", "yes new -");
}

/* A traced parent's child is traced by the same tracer when that is asked for. */
/* Broken: who holds a stopped child is unknown. */
TEST_F(birth, traced)
{
	int status;

	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->parent->pid, 0, 0));
	self->kid.flags = CLONE_PTRACE;
	self->child = kid_clone(self->parent, &self->kid);
	ASSERT_LT(0, self->child);
	birth_read(_metadata, &self->birth, self->child);
	expect_birth(_metadata, &self->birth, "ptrace", "yes shared shared");
	EXPECT_EQ(getpid(), oracle_status(self->child, "TracerPid"));
	ASSERT_EQ(self->child, waitpid(self->child, &status, __WALL));
	ptrace(PTRACE_DETACH, self->child, 0, 0);
	ptrace(PTRACE_INTERRUPT, self->parent->pid, 0, 0);
	waitpid(self->parent->pid, &status, __WALL);
	ptrace(PTRACE_DETACH, self->parent->pid, 0, 0);
}

/* A thread is no process: its flags are in clones, the view refuses it. */
/* Broken: threads and processes are mixed up. */
TEST_F(birth, thread_is_refused)
{
	self->kid.flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES;
	self->child = kid_clone(self->parent, &self->kid);
	ASSERT_LT(0, self->child);
	EXPECT_EQ(NULL, scope_query(self->child, "birth"));
	EXPECT_EQ(ESRCH, errno);
	birth_read(_metadata, &self->birth, self->parent->pid);
	EXPECT_EQ(2, birth_number(&self->birth, "threads", "count_now"));
	EXPECT_EQ(1, birth_number(&self->birth, "threads", "count_at_birth"));
	EXPECT_STREQ("-", birth_word(&self->birth, "threads", "id"));
}

TEST_HARNESS_MAIN
