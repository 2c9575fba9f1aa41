/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an actor does to a resource, so that the other one may see it or not. Here
 * memory of its own is of no account. Used inside the actors.
 */
#ifndef COWSCOPE_FORKLAB_ACT_H
#define COWSCOPE_FORKLAB_ACT_H

#include "actor.h"

/* Answer of the order, or -errno. */
int64_t act(const struct order *o);

#endif
