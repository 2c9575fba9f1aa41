/* SPDX-License-Identifier: GPL-2.0-only */
/* The actors' side: the loop that obeys. Shared with actor.c only. */
#ifndef COWSCOPE_FORKLAB_PLAY_H
#define COWSCOPE_FORKLAB_PLAY_H

#include <stdint.h>

#include "actor.h"

struct answer {
	int64_t value;
	enum order_op op;
	int error;		/* errno, 0 if it went well */
};

/* Obeys on fd[PARENT] until it closes; fd[CHILD] is for the one it starts. */
_Noreturn void play_parent(const int fd[ACTORS]);

const char *play_order_name(enum order_op op);

#endif
