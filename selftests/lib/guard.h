/* SPDX-License-Identifier: GPL-2.0-only */
/* A world under userfaultfd's write protection, and who answers its faults. */
#ifndef SELFTEST_GUARD_H
#define SELFTEST_GUARD_H

#include "actor.h"

/* In the actor. arg: struct world. The actor's descriptor or -errno. */
long guard_world(void *arg);
/* In the test: a descriptor of the actor as one's own, or -1. */
int guard_fetch(const struct actor *actor, int fd);
/* Answers write faults until there were enough; how many were answered. */
int guard_answer(int fd, int wanted);

#endif /* SELFTEST_GUARD_H */
