// SPDX-License-Identifier: GPL-2.0-only
/*
 * Those who listen to the tracepoints: what they lose, what they read, and the module
 * that may not go away under them.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "lib/traced.h"

#define LOST_PAGES	1009

/*
 * Promise: events that found no room are counted by the ring buffer, to the last one.
 * Broken: a listener takes a part for the whole.
 */
TEST_F(traced, lost_events_are_counted)
{
	struct world big = make_world(_metadata, self->parent, WORLD_ANON, LOST_PAGES);
	long long lost, seen = 0;
	char *at;

	fork_child(_metadata, self);
	tracer_end();
	ASSERT_EQ(0, tracer_begin(8));
	start(_metadata, "cow");
	write_part(_metadata, self->child, &big, 0, LOST_PAGES);
	self->text = tracer_stop();
	ASSERT_NE(NULL, self->text);
	at = self->text;
	while (tracer_next(&at, "cow"))
		seen++;
	lost = tracer_lost();
	EXPECT_LT(0, lost);
	EXPECT_LT(0, seen);
	/* Others on the machine may have copied, too. */
	EXPECT_LE(LOST_PAGES, seen + lost);
	EXPECT_GE(LOST_PAGES + 200, seen + lost);
}

/* The first event of a kind has just the fields of the contract, in that order. */
static void expect_fields(struct __test_metadata *_metadata, const char *text,
			  const char *event, const char *fields)
{
	char *copy = strdup(text), *at = copy, *line = tracer_next(&at, event), *word;
	char names[512] = "";

	if (!line)
		TH_LOG("no event %s", event);
	ASSERT_NE(NULL, line);
	while ((word = strsep(&line, " "))) {
		if (!strchr(word, '='))
			continue;
		strncat(names, word, strcspn(word, "="));
		strcat(names, " ");
	}
	names[strlen(names) - 1] = '\0';
	EXPECT_STREQ(fields, names);
	free(copy);
}

#define TRACEPOINT(name, fields)	{ #name, fields },
static const struct {
	const char *name, *fields;
} tracepoint[] = { COWSCOPE_TRACEPOINTS(TRACEPOINT) };

/*
 * Promise: the fields are those of the contract, and none is a kernel address.
 * Broken: scripts that read events break, or tell where the kernel lies.
 */
TEST_F(traced, fields_are_the_contract)
{
	size_t i;

	start(_metadata, "cow clone exec exit");
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, self->child, &self->world, 0, 3);
	ASSERT_EQ(0, actor_exec(self->child));
	stop(_metadata, self);
	EXPECT_EQ(NULL, strstr(self->text, "ffff8"));
	EXPECT_EQ(NULL, strstr(self->text, "ffffffff"));
	for (i = 0; i < sizeof(tracepoint) / sizeof(*tracepoint); i++)
		expect_fields(_metadata, self->text, tracepoint[i].name, tracepoint[i].fields);
}

/*
 * Promise: the module stays while perf listens, and goes when it does not.
 * Broken: unloading it crashes the machine, or is refused for ever.
 */
TEST_F(traced, perf_keeps_the_module)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .sample_period = 1,
	};
	char *id = scope_slurp(TRACER_EVENTS "/cow/id");
	long long refs, more;
	char *count;
	int fd;

	ASSERT_NE(NULL, id);
	attr.config = atoll(id);
	free(id);
	count = scope_slurp("/sys/module/cowscope/refcnt");
	ASSERT_NE(NULL, count);
	refs = atoll(count);
	free(count);
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);
	ASSERT_LE(0, fd);
	count = scope_slurp("/sys/module/cowscope/refcnt");
	more = atoll(count);
	free(count);
	EXPECT_EQ(refs + 1, more);
	EXPECT_EQ(-1, syscall(SYS_delete_module, "cowscope", O_NONBLOCK));
	EXPECT_EQ(EAGAIN, errno);
	close(fd);
	count = scope_slurp("/sys/module/cowscope/refcnt");
	EXPECT_EQ(refs, atoll(count));
	free(count);
}

TEST_HARNESS_MAIN
