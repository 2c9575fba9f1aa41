/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes under test. An actor does nothing but wait on a pipe, run one
 * function, and answer: between two calls it writes to no memory of its own.
 * The test reads the module from outside, while the actors sit still.
 *
 * All actors of a cast run one program, so a function means the same in each of
 * them; an address does in those that were forked from one image.
 */
#ifndef SELFTEST_ACTOR_H
#define SELFTEST_ACTOR_H

#include <stddef.h>
#include <sys/types.h>

#define CAST_MAX	42
#define ACTOR_ARG	256	/* bytes of argument, copied there and back */

typedef long (*actor_fn)(void *arg);

struct actor {
	pid_t pid;	/* in the caller's PID namespace; 0: not started */
	int index;
	int command[2];	/* test writes, actor reads */
	int reply[2];	/* actor writes, test reads */
};

struct cast {
	struct actor actor[CAST_MAX];
};

/* Pins the test and all actors to one CPU; makes the test their reaper. */
int cast_begin(struct cast *cast);
/* Kills and reaps every descendant that is left. */
void cast_end(struct cast *cast);

/* Forks the calling test into an actor; its PID or -errno. */
pid_t actor_start(struct cast *cast, int index);
/*
 * The same, and the actor executes this program anew: it has no memory in common with the
 * test, so that all of its family are actors, which sit still. The PID or -errno.
 */
pid_t actor_found(struct cast *cast, int index);
/* Makes one actor fork another; the PID of the new one or -errno. */
pid_t actor_fork(struct cast *cast, int parent, int child);

/*
 * Runs fn in the actor. arg (up to ACTOR_ARG bytes) is copied there and back.
 * Returns what fn returned, -ESRCH if the actor died, -ETIMEDOUT if it hangs.
 */
long actor_call(struct actor *actor, actor_fn fn, void *arg, size_t size);
/* The same in two halves, for calls that need help from the test to end. */
int actor_send(struct actor *actor, actor_fn fn, const void *arg, size_t size);
long actor_wait(struct actor *actor, void *arg, size_t size);

/* Makes the actor execute this program anew, as actor_found() does. 0 or -errno. */
int actor_exec(struct actor *actor);

/* Lets the actor exit, and reaps it when it is the caller's child by now. */
int actor_quit(struct actor *actor);

/* To be run by a task that stands in for an actor: never returns. */
void actor_serve(struct actor *actor) __attribute__((noreturn));

#endif /* SELFTEST_ACTOR_H */
