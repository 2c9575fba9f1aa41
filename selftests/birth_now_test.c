// SPDX-License-Identifier: GPL-2.0-only
/*
 * birth: what is shared now. Every change after the birth is seen to change the
 * word, and no other.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/birth.h"

#define EXPECT_NOW(resource, word) \
	EXPECT_STREQ(word, birth_word(&self->birth, resource, "now"))

/* In the actor: an undo list, for children to share. */
static long own_undo(void *arg)
{
	struct sembuf up = { 0, 1, SEM_UNDO };
	int id = semget(IPC_PRIVATE, 1, 0600);

	(void)arg;
	return id < 0 || semop(id, &up, 1) || semctl(id, 0, IPC_RMID) ? -errno : 0;
}

static const struct change {
	unsigned long flag;
	const char *resource;
	int kcmp;
} change[] = {
	{ CLONE_FS, "fs", KCMP_FS },
	{ CLONE_FILES, "descriptors", KCMP_FILES },
	{ CLONE_SYSVSEM, "sysvsem", KCMP_SYSVSEM },
};

/* unshare(2) takes one thing apart after the other, and each is seen. */
/* Broken: what was shared at birth is taken for shared for ever. */
TEST_F(birth, unshare)
{
	size_t i, j;

	ASSERT_EQ(0, actor_call(self->parent, own_undo, NULL, 0));
	make_kid(_metadata, self, CLONE_FS | CLONE_FILES | CLONE_SYSVSEM, false);
	for (i = 0; i <= ARRAY_SIZE(change); i++) {
		if (i)
			tell(_metadata, self, KID_UNSHARE, change[i - 1].flag);
		for (j = 0; j < ARRAY_SIZE(change); j++) {
			expect_birth(_metadata, &self->birth, change[j].resource,
				     j < i ? "yes shared changed" : "yes shared shared");
			EXPECT_EQ(j >= i, same_object(self->parent->pid, self->child,
						      change[j].kcmp));
		}
	}
}

/* A namespace left by unshare and entered again by setns. */
/* Broken: a process that joined a container is shown where it was born. */
TEST_F(birth, namespaces_change)
{
	char path[64];
	long long born;
	int home;

	snprintf(path, sizeof(path), "/proc/%d/ns/uts", getpid());
	home = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, home);
	/* Forked now, so that it has the descriptor. */
	ASSERT_LT(0, actor_start(&self->cast, 1));
	self->parent = &self->cast.actor[1];
	make_kid(_metadata, self, 0, true);
	expect_birth(_metadata, &self->birth, "uts_ns", "no shared shared");
	born = birth_number(&self->birth, "uts_ns", "id");
	tell(_metadata, self, KID_UNSHARE, CLONE_NEWUTS);
	expect_birth(_metadata, &self->birth, "uts_ns", "no shared changed");
	expect_birth(_metadata, &self->birth, "ipc_ns", "no shared shared");
	EXPECT_EQ(ns_of(self->child, "uts"), birth_number(&self->birth, "uts_ns", "id"));
	EXPECT_NE(born, birth_number(&self->birth, "uts_ns", "id"));
	tell(_metadata, self, KID_SETNS, home);
	expect_birth(_metadata, &self->birth, "uts_ns", "no shared shared");
	EXPECT_EQ(born, birth_number(&self->birth, "uts_ns", "id"));
	tell(_metadata, self, KID_UNSHARE, CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS |
	     CLONE_NEWCGROUP);
	EXPECT_NOW("net_ns", "changed");
	EXPECT_NOW("ipc_ns", "changed");
	EXPECT_NOW("mnt_ns", "changed");
	EXPECT_NOW("cgroup_ns", "changed");
	EXPECT_NOW("pid_ns", "shared");
	EXPECT_NOW("user_ns", "shared");
	close(home);
}

/* An exec makes memory and what hangs on it new, and leaves the rest. */
/* Broken: a worker looks as if it were a copy of its parent still. */
TEST_F(birth, exec)
{
	make_kid(_metadata, self, CLONE_VM | CLONE_SIGHAND | CLONE_FILES | CLONE_FS |
		 CLONE_CHILD_CLEARTID, false);
	EXPECT_NOW("address_space", "shared");
	EXPECT_NOW("signal_handlers", "shared");
	EXPECT_NOW("descriptors", "shared");
	EXPECT_NOW("clear_tid", "own");
	ASSERT_EQ(0, kid_tell(&self->kid, KID_EXEC, 0));
	ASSERT_TRUE(kid_is_named(self->child, "sleep"));
	look(_metadata, self);
	expect_birth(_metadata, &self->birth, "address_space", "yes shared changed");
	expect_birth(_metadata, &self->birth, "signal_handlers", "yes shared changed");
	expect_birth(_metadata, &self->birth, "descriptors", "yes shared changed");
	expect_birth(_metadata, &self->birth, "fs", "yes shared shared");
	EXPECT_NOW("clear_tid", "changed");
	EXPECT_FALSE(same_object(self->parent->pid, self->child, KCMP_VM));
	EXPECT_FALSE(same_object(self->parent->pid, self->child, KCMP_FILES));
	EXPECT_TRUE(same_object(self->parent->pid, self->child, KCMP_FS));
}

/* Small things of its own: directory, umask, mask, timer. */
/* Broken: the view knows objects, but not what is in them. */
TEST_F(birth, values)
{
	make_kid(_metadata, self, 0, true);
	EXPECT_NOW("cwd", "own");
	tell(_metadata, self, KID_CHDIR, 0);
	EXPECT_NOW("cwd", "changed");
	EXPECT_NOW("root", "own");
	EXPECT_NOW("umask", "own");
	tell(_metadata, self, KID_UMASK, 0137);
	EXPECT_NOW("umask", "changed");
	EXPECT_STREQ("0137", birth_word(&self->birth, "umask", "id"));
	EXPECT_NOW("blocked_signals", "own");
	tell(_metadata, self, KID_BLOCK, SIGUSR1);
	EXPECT_NOW("blocked_signals", "changed");
	EXPECT_STREQ("0000000000000200", birth_word(&self->birth, "blocked_signals", "id"));
	EXPECT_NOW("pending_signals", "own");
	ASSERT_EQ(0, kill(self->child, SIGUSR1));
	look(_metadata, self);
	EXPECT_NOW("pending_signals", "changed");
	EXPECT_NOW("timers", "own");
	tell(_metadata, self, KID_TIMER, 1000);
	expect_birth(_metadata, &self->birth, "timers", "- empty changed");
}

/* A directory changed through a shared fs changes for both, and stays shared. */
/* Broken: shared and own are told by content instead of by identity. */
TEST_F(birth, values_of_a_shared_fs)
{
	make_kid(_metadata, self, CLONE_FS, false);
	tell(_metadata, self, KID_CHDIR, 0);
	tell(_metadata, self, KID_UMASK, 0137);
	expect_birth(_metadata, &self->birth, "cwd", "yes shared shared");
	expect_birth(_metadata, &self->birth, "umask", "yes shared shared");
	EXPECT_STREQ("0137", birth_word(&self->birth, "umask", "id"));
}

/* Without the parent nothing can be shared with it; what changed is still told. */
/* Broken: a daemon is compared with whoever took over the number. */
TEST_F(birth, parent_gone)
{
	make_kid(_metadata, self, CLONE_FS, true);
	tell(_metadata, self, KID_UMASK, 0137);
	ASSERT_EQ(0, kill(self->parent->pid, SIGKILL));
	ASSERT_EQ(self->parent->pid, waitpid(self->parent->pid, NULL, 0));
	look(_metadata, self);
	expect_birth(_metadata, &self->birth, "fs", "yes shared -");
	expect_birth(_metadata, &self->birth, "umask", "yes shared changed");
	expect_birth(_metadata, &self->birth, "descriptors", "no copied -");
	expect_birth(_metadata, &self->birth, "ppid", "no new changed");
	EXPECT_EQ(getpid(), birth_number(&self->birth, "ppid", "id"));
	kill(self->child, SIGKILL);
}

/* The birth outlives the process; now is over. */
/* Broken: a child that lived for a millisecond leaves no trace. */
TEST_F(birth, ended)
{
	char path[64], *text;

	ASSERT_EQ(0, scope_commandf("watch", "%d", self->parent->pid));
	make_kid(_metadata, self, CLONE_NEWUTS, true);
	end_kid(_metadata, self);
	look(_metadata, self);
	expect_birth(_metadata, &self->birth, "uts_ns", "yes new -");
	expect_birth(_metadata, &self->birth, "address_space", "no copied -");
	EXPECT_STREQ("-", birth_word(&self->birth, "uts_ns", "id"));
	snprintf(path, sizeof(path), "watched/%d/birth", self->child);
	text = scope_slurp(scope_path(path));
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "\nuts_ns CLONE_NEWUTS yes new - - - - - - -\n"));
	free(text);
	EXPECT_EQ(0, scope_command("watch", "clear"));
}

TEST_HARNESS_MAIN
