/* SPDX-License-Identifier: GPL-2.0-only */
/* A parent with a world, and a trace instance: the fixture of all tests of tracepoints. */
#ifndef SELFTEST_TRACED_H
#define SELFTEST_TRACED_H

#include <stdlib.h>

#include "expect.h"
#include "tracer.h"

#define PAGES		101

FIXTURE(traced) {
	struct cast cast;
	struct actor *parent, *child;
	struct world world;
	char *text;
};

FIXTURE_SETUP(traced)
{
	stage_begin(_metadata, &self->cast);
	self->parent = &self->cast.actor[0];
	self->child = &self->cast.actor[1];
	ASSERT_LT(0, actor_found(&self->cast, 0));
	self->world = make_world(_metadata, self->parent, WORLD_ANON, PAGES);
	ASSERT_EQ(0, tracer_begin(4096));
}

FIXTURE_TEARDOWN(traced)
{
	free(self->text);
	tracer_end();
	stage_end(_metadata, &self->cast);
}

static inline void fork_child(struct __test_metadata *_metadata, FIXTURE_DATA(traced) *self)
{
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->parent, &self->world);
	warm_up(_metadata, self->child, &self->world);
}

static inline void start(struct __test_metadata *_metadata, const char *events)
{
	ASSERT_EQ(0, tracer_start(events));
}

static inline void stop(struct __test_metadata *_metadata, FIXTURE_DATA(traced) *self)
{
	self->text = tracer_stop();
	ASSERT_NE(NULL, self->text);
	ASSERT_EQ(0, tracer_lost());
}

#endif /* SELFTEST_TRACED_H */
