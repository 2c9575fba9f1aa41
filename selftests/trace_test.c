// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints: as many events as the module counts and logs, saying the same.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/traced.h"

#define FILE_PAGES	37
#define ZERO_PAGES	29
#define REMOTE_PAGES	13
#define REUSED_PAGES	53
#define EXEC_PAGES	47
#define FORKS		7
#define VFORKS		5
#define PAGE		4096

static int index_of(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* The events of one owner, in the form of what is counted. */
static struct scope_cow events_of(struct __test_metadata *_metadata, const char *text,
				  pid_t owner)
{
	char *copy = strdup(text), *at = copy, *line, word[32];
	struct scope_cow seen = {};
	int region, cause;

	while ((line = tracer_next(&at, "cow"))) {
		if (tracer_number(line, "owner") != owner)
			continue;
		region = index_of(scope_region_name, REGION_TOTAL,
				  tracer_field(line, "region", word, sizeof(word)));
		cause = index_of(scope_cause_name, CAUSE_COUNT,
				 tracer_field(line, "cause", word, sizeof(word)));
		if (region < 0 || cause < 0)
			TH_LOG("%s", line);
		ASSERT_LE(0, region);
		ASSERT_LE(0, cause);
		seen.cell[region][cause]++;
		seen.cell[region][CAUSE_SOLE] += tracer_number(line, "sole");
		seen.cell[region][CAUSE_REMOTE] += tracer_number(line, "remote");
	}
	free(copy);
	return seen;
}

/* Cell by cell, the subsets too. */
static void expect_events(struct __test_metadata *_metadata, const char *text,
			  const struct actor *actor, const struct scope_cow *before)
{
	struct scope_cow after = cow_of(_metadata, actor);
	struct scope_cow seen = events_of(_metadata, text, actor->pid);
	int region, cause;

	for (region = 0; region < REGION_TOTAL; region++)
		for (cause = 0; cause < CAUSE_COUNT; cause++) {
			long long grown = after.cell[region][cause] - before->cell[region][cause];

			if (grown != seen.cell[region][cause])
				TH_LOG("%s of %s: counted %lld, events %lld",
				       scope_cause_name[cause], scope_region_name[region], grown,
				       seen.cell[region][cause]);
			EXPECT_EQ(grown, seen.cell[region][cause]);
		}
}

/*
 * Promise: an event for everything counted, with its cause, region and owner.
 * Broken: a flame graph shows other copies than the tables.
 */
TEST_F(traced, cow_events_are_what_is_counted)
{
	struct world file = make_world(_metadata, self->parent, WORLD_FILE_MAPPED, FILE_PAGES);
	struct world zero = make_world(_metadata, self->parent, WORLD_ZERO, ZERO_PAGES);
	struct scope_cow parent, child;

	fork_child(_metadata, self);
	parent = cow_of(_metadata, self->parent);
	child = cow_of(_metadata, self->child);
	start(_metadata, "cow");
	write_part(_metadata, self->child, &self->world, 0, PAGES);
	write_part(_metadata, self->child, &file, 0, FILE_PAGES);
	write_part(_metadata, self->parent, &zero, 0, ZERO_PAGES);
	write_part(_metadata, self->parent, &self->world, 0, REUSED_PAGES);
	stop(_metadata, self);
	expect_events(_metadata, self->text, self->child, &child);
	expect_events(_metadata, self->text, self->parent, &parent);
	child = events_of(_metadata, self->text, self->child->pid);
	EXPECT_EQ(PAGES, child.cell[REGION_ANON][CAUSE_COPIED]);
	EXPECT_EQ(FILE_PAGES, child.cell[REGION_DATA][CAUSE_FILE]);
	parent = events_of(_metadata, self->text, self->parent->pid);
	EXPECT_EQ(ZERO_PAGES, parent.cell[REGION_ANON][CAUSE_ZERO]);
	EXPECT_EQ(REUSED_PAGES, parent.cell[REGION_ANON][CAUSE_REUSED]);
}

/*
 * Promise: every page written has one event with its address, in the task that wrote.
 * Broken: perf's stacks belong to another page or to another task.
 */
TEST_F(traced, cow_events_have_address_and_task)
{
	int seen[PAGES] = {}, i;
	char *at, *line;

	fork_child(_metadata, self);
	start(_metadata, "cow");
	write_part(_metadata, self->child, &self->world, 0, PAGES);
	stop(_metadata, self);
	at = self->text;
	while ((line = tracer_next(&at, "cow"))) {
		long long page = (tracer_number(line, "address") -
				  (long long)(long)self->world.base) / PAGE;

		if (tracer_number(line, "owner") != self->child->pid || page < 0 ||
		    page >= PAGES)
			continue;
		EXPECT_EQ(self->child->pid, tracer_task(line));
		seen[page]++;
	}
	for (i = 0; i < PAGES; i++)
		EXPECT_EQ(1, seen[i]);
}

/*
 * Promise: what another task copies in somebody's memory is an event of the owner,
 * marked, in the task that did it.
 * Broken: the wrong program is blamed.
 */
TEST_F(traced, remote_copies_name_owner_and_writer)
{
	struct scope_cow before;
	char path[64], *at, *line;
	int fd, i, remote = 0;

	fork_child(_metadata, self);
	snprintf(path, sizeof(path), "/proc/%d/mem", self->child->pid);
	fd = open(path, O_RDWR);
	ASSERT_LE(0, fd);
	before = cow_of(_metadata, self->child);
	start(_metadata, "cow");
	for (i = 0; i < REMOTE_PAGES; i++)
		ASSERT_EQ(1, pwrite(fd, "x", 1, (off_t)(long)self->world.base + i * PAGE));
	close(fd);
	stop(_metadata, self);
	expect_events(_metadata, self->text, self->child, &before);
	at = self->text;
	while ((line = tracer_next(&at, "cow")))
		if (tracer_number(line, "remote") == 1) {
			EXPECT_EQ(getpid(), tracer_task(line));
			EXPECT_EQ(self->child->pid, tracer_number(line, "owner"));
			remote++;
		}
	EXPECT_EQ(REMOTE_PAGES, remote);
}

static long make_tasks(void *arg)
{
	static int i;	/* survives vfork */

	(void)arg;
	for (i = 0; i < FORKS + VFORKS; i++) {
		pid_t pid = i < FORKS ? fork() : vfork();

		if (!pid)
			_exit(0);
		if (pid < 0)
			return -errno;
		waitpid(pid, NULL, 0);
	}
	return 0;
}

/* The columns of clones that an event has, too. */
static void expect_same(struct __test_metadata *_metadata, const char *line,
			const struct scope_table *table, int row)
{
	static const char *const column[] = {
		"time_ns", "parent", "child", "syscall", "shape", "flags", "exit_signal",
		"duration_ns", "pages", "pgtable_bytes", "vmas", "threads", "result",
	};
	char word[512];
	size_t i;

	for (i = 0; i < sizeof(column) / sizeof(*column); i++) {
		tracer_field(line, column[i], word, sizeof(word));
		if (strcmp(word, scope_field(table, row, column[i])))
			TH_LOG("%s: event %s, row %s", column[i], word,
			       scope_field(table, row, column[i]));
		EXPECT_STREQ(scope_field(table, row, column[i]), word);
	}
}

/*
 * Promise: each row of clones is one event, and says the same.
 * Broken: who listens sees other calls than who reads the file.
 */
TEST_F(traced, clone_events_are_the_rows_of_clones)
{
	struct scope_table table;
	int row, events = 0;
	char *at, *line;

	start(_metadata, "clone");
	ASSERT_EQ(0, actor_call(self->parent, make_tasks, NULL, 0));
	stop(_metadata, self);
	ASSERT_EQ(0, scope_table_read("clones", &table));
	at = self->text;
	while ((line = tracer_next(&at, "clone"))) {
		if (tracer_number(line, "parent") != self->parent->pid)
			continue;
		row = scope_find_pid(&table, 0, "child", tracer_number(line, "child"));
		ASSERT_LE(0, row);
		expect_same(_metadata, line, &table, row);
		events++;
	}
	EXPECT_EQ(FORKS + VFORKS, events);
	scope_table_free(&table);
}

/*
 * Promise: an exec tells how long the child lived as a copy and what that cost, and
 * the end of an address space what was counted in it.
 * Broken: fork and exec looks free where it is not.
 */
TEST_F(traced, exec_and_exit_tell_what_was_counted)
{
	struct scope_table clones, exited;
	int row, execs = 0, ends = 0;
	char *copy, *at, *line, word[64];
	long long mm = -1;

	start(_metadata, "exec exit");
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	write_part(_metadata, self->child, &self->world, 0, EXEC_PAGES);
	ASSERT_EQ(0, actor_exec(self->child));
	stop(_metadata, self);
	ASSERT_EQ(0, scope_table_read("clones", &clones));
	ASSERT_EQ(0, scope_table_read("exited", &exited));
	row = scope_find_pid(&clones, 0, "child", self->child->pid);
	ASSERT_LE(0, row);
	copy = strdup(self->text);
	at = copy;
	while ((line = tracer_next(&at, "exec"))) {
		if (tracer_task(line) != self->child->pid)
			continue;
		execs++;
		mm = tracer_number(line, "replaced_mm");
		EXPECT_EQ(scope_number(&clones, row, "exec_ns"),
			  tracer_number(line, "since_birth_ns"));
		EXPECT_EQ(scope_number(&clones, row, "exec_copied_pages"),
			  tracer_number(line, "copied_pages"));
		EXPECT_LE(EXEC_PAGES, tracer_number(line, "copied_pages"));
		EXPECT_NE(NULL, strstr(line, "filename=/"));
	}
	EXPECT_EQ(1, execs);
	free(copy);
	at = self->text;
	while ((line = tracer_next(&at, "exit"))) {
		if (tracer_number(line, "mm") != mm)
			continue;
		snprintf(word, sizeof(word), "%lld", mm);
		row = scope_find(&exited, 0, "mm", word);
		ASSERT_LE(0, row);
		ends++;
		EXPECT_STREQ("exec", tracer_field(line, "end", word, sizeof(word)));
		EXPECT_EQ(scope_number(&exited, row, "copied"), tracer_number(line, "copied"));
		EXPECT_EQ(scope_number(&exited, row, "file"), tracer_number(line, "file"));
		EXPECT_EQ(scope_number(&exited, row, "lived_ns"),
			  tracer_number(line, "lived_ns"));
	}
	EXPECT_EQ(1, ends);
	scope_table_free(&clones);
	scope_table_free(&exited);
}

TEST_HARNESS_MAIN
