/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A child that an actor makes by clone or clone3 with any flags, and that the test
 * orders about over pipes of its own: the actor may share its memory, or wait for
 * it in vfork. Knows nothing of the module.
 */
#ifndef SELFTEST_KID_H
#define SELFTEST_KID_H

#include <stdbool.h>
#include <sys/types.h>

#include "actor.h"

/* The pipes, made before the actor is, so that it has them, too. */
struct kid_line {
	int order[2];
	int answer[2];
};

int kid_line_open(struct kid_line *line);
void kid_line_close(struct kid_line *line);

/* What the actor is to call. */
struct kid {
	struct kid_line line;
	unsigned long long flags;	/* CLONE_ bits, without a signal */
	bool by_clone3;			/* without a stack, as fork does */
	int cgroup;			/* for CLONE_INTO_CGROUP */
};

/*
 * Makes the actor call, and waits for the child to speak. Its PID outside of
 * every namespace, or -errno. With CLONE_VFORK the actor answers only when the
 * child has done an exec or exited: kid_actor_done() waits for that.
 */
pid_t kid_make(struct actor *actor, const struct kid *kid);
/* The call alone: what it returned in the actor; the child may be held up. */
long kid_clone(struct actor *actor, const struct kid *kid);
long kid_actor_done(struct actor *actor);

/* What a child can be told; the answer is 0 or -errno, or as said. */
enum kid_order {
	KID_UNSHARE,	/* CLONE_ bits */
	KID_SETNS,	/* descriptor */
	KID_CHDIR,	/* to /tmp */
	KID_UMASK,	/* new one */
	KID_BLOCK,	/* signal */
	KID_TIMER,	/* sets an alarm of so many seconds */
	KID_OPEN,	/* /dev/null; the descriptor */
	KID_CLOSE,	/* descriptor */
	KID_WRITE,	/* writes a word of memory */
	KID_READ,	/* that word */
	KID_HANDLER,	/* 1 sets a handler of SIGUSR2; 0 says whether one is set */
	KID_EXEC,	/* becomes sleep; no answer */
	KID_EXIT,	/* no answer */
};

long kid_tell(const struct kid *kid, enum kid_order order, long arg);

/* Lets the child exit and waits until it has; 0 or -errno. */
int kid_end(const struct kid *kid, pid_t pid);

/* The word that KID_WRITE writes, as the actor sees it; fits actor_call(). */
long kid_word(void *arg);

/* Waits until a process has this name; false after some seconds. */
bool kid_is_named(pid_t pid, const char *name);

#endif /* SELFTEST_KID_H */
