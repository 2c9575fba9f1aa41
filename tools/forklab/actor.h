/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Actors: the processes that are measured. Each does nothing but wait for an
 * order, obey and answer, so that between two orders its memory stands still
 * and the observer, a third process, can read the module's files.
 *
 * The parent is started by the observer; the child (or vfork child, or thread)
 * by the parent. Each has a channel of its own.
 */
#ifndef COWSCOPE_FORKLAB_ACTOR_H
#define COWSCOPE_FORKLAB_ACTOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "area.h"
#include "err.h"

enum role { PARENT, CHILD, ACTORS };

enum order_op {
	ORDER_MAP,	/* make the area */
	ORDER_WRITE,	/* a mark into each page */
	ORDER_READ,	/* each page; answer: sum of the marks */
	ORDER_READ_FILE,/* the same of the file behind the area */
	ORDER_TEXT_PAGES, /* answer: pages of code */
	ORDER_WHERE,	/* answer: the area's address */
	ORDER_NO_FORK,	/* madvise(MADV_DONTFORK) */
	ORDER_WIPE,	/* madvise(MADV_WIPEONFORK) */
	ORDER_FORK,	/* answer: PID */
	ORDER_VFORK,	/* answer: PID, once the child has ended */
	ORDER_THREAD,	/* answer: 0 */
	ORDER_CLONE,	/* with the flags in arg; answer: PID */
	ORDER_REAP,	/* wait for the child, or join the thread */
	ORDER_EXEC,	/* the child: become cat on its channel; no answer */
	ORDER_END,	/* end; no answer */

	/* What one does, and the other may see or not: act.c. */
	ORDER_PEEK,	/* answer: the byte at the address in arg */
	ORDER_POKE,	/* the mark there */
	ORDER_OPEN,	/* a file whose bytes tell their place; answer: descriptor */
	ORDER_REOPEN,	/* the file of the descriptor in arg again; likewise */
	ORDER_READ_ON,	/* count bytes of it; answer: the place of the last */
	ORDER_CHDIR,	/* to /proc */
	ORDER_CATCH,	/* SIGUSR1 gets a handler */
	ORDER_IGNORE,	/* it is ignored */
	ORDER_CAUGHT,	/* answer: how often the handler ran */
	ORDER_BLOCK,	/* blocks SIGUSR2, and leaves one pending */
	ORDER_IOPRIO,	/* best effort, level arg */
	ORDER_UNDO,	/* semaphore arg + 1, to be undone at the end */
	ORDER_HOSTNAME,	/* sets the host's name */
	ORDER_QUEUE,	/* makes a message queue of the key in arg */
	ORDER_MOUNT,	/* mounts a tmpfs, for nobody else */
	ORDER_GETPID,	/* answer: what it calls itself */
	ORDER_GETEUID,	/* answer: what user it is */
	ORDER_BIND,	/* a socket to the name in arg; answer: errno */
	ORDER_LOCK,	/* starts a thread that takes the lock and keeps it */
	ORDER_UNLOCK,	/* ends that thread */
	ORDER_TRYLOCK,	/* answer: errno */
};

struct order {
	enum order_op op;
	enum area area;
	size_t first, count;	/* pages */
	unsigned char mark;
	uint64_t arg;
};

struct troupe {
	int fd[ACTORS];		/* the observer's ends, -1 when closed */
	pid_t parent;		/* to be reaped by the observer; 0 without */
};

/* Starts the parent; the channels are open for it and for a later child. */
int troupe_start(struct troupe *t, struct err *e);

/* Ends what still runs and waits for the parent. */
void troupe_end(struct troupe *t);

int troupe_send(const struct troupe *t, enum role who, const struct order *o,
		struct err *e);

/*
 * Waits for an answer, a minute at most. An actor that was started by fork,
 * vfork or as a thread says its PID or TID first, as an answer of its own.
 */
int troupe_answer(const struct troupe *t, enum role who, int64_t *value,
		  struct err *e);

/* After ORDER_EXEC: one byte to cat and back; then nobody obeys any more. */
int troupe_echo(const struct troupe *t, enum role who, struct err *e);

#endif
