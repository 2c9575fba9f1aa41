// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting off and on: nothing is counted in between, the gap is shown, and
 * afterwards everything is as exact as before.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"

#define PAGES		59

FIXTURE(control) {
	struct cast cast;
	struct actor *owner;
	struct actor *heir;
	struct world world;
};

FIXTURE_SETUP(control)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	self->heir = &self->cast.actor[1];
	ASSERT_LT(0, actor_start(&self->cast, 0));
	self->world = make_world(_metadata, self->owner, WORLD_ANON, PAGES);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	warm_up(_metadata, self->heir, &self->world);
}

FIXTURE_TEARDOWN(control)
{
	EXPECT_EQ(0, scope_command("control", "on"));
	stage_end(_metadata, &self->cast);
}

static void expect_control(struct __test_metadata *_metadata, const char *wanted)
{
	char *text = scope_slurp(scope_path("control"));
	char *status = scope_slurp(scope_path("status"));
	char value[16];

	ASSERT_NE(NULL, text);
	ASSERT_NE(NULL, status);
	text[strcspn(text, "\n")] = '\0';
	EXPECT_STREQ(wanted, text);
	EXPECT_EQ(0, scope_key(status, "accounting", value, sizeof(value)));
	EXPECT_STREQ(wanted, value);
	free(text);
	free(status);
}

/* While accounting is off nothing is counted, and status says so. */
/* Broken: a machine that must not pay for counting pays, or shows numbers. */
TEST_F(control, off_counts_nothing)
{
	struct scope_cow before, after;
	long long attempts;
	char state[16];

	before = cow_of(_metadata, self->heir);
	EXPECT_EQ(0, scope_command("control", "off\n"));
	expect_control(_metadata, "off");
	attempts = scope_status("attempts");
	expect_attempts(_metadata, PAGES,
			write_part(_metadata, self->heir, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after, GREW_NOTHING);
	EXPECT_EQ(attempts, scope_status("attempts"));
	EXPECT_EQ(0, scope_hook_state("do_wp_page", state, sizeof(state)));
	EXPECT_STREQ("off", state);
}

/* Switched on again, it counts exactly, and the gap is on record. */
/* Broken: after a pause the numbers are wrong and nobody knows. */
TEST_F(control, on_again_is_exact)
{
	long long gaps = scope_status("gaps"), gap_ns = scope_status("gap_ns");
	struct scope_cow before, after;
	char state[16];

	ASSERT_EQ(0, scope_command("control", "off"));
	usleep(50000);
	ASSERT_EQ(0, scope_command("control", "on"));
	expect_control(_metadata, "on");
	EXPECT_EQ(gaps + 1, scope_status("gaps"));
	EXPECT_LE(gap_ns + 50000000, scope_status("gap_ns"));
	before = cow_of(_metadata, self->heir);
	expect_attempts(_metadata, PAGES,
			write_part(_metadata, self->heir, &self->world, 0, PAGES));
	after = cow_of(_metadata, self->heir);
	expect_grown(_metadata, &before, &after,
		     GREW({ REGION_ANON, CAUSE_COPIED, PAGES }));
	EXPECT_EQ(0, scope_hook_state("do_wp_page", state, sizeof(state)));
	EXPECT_STREQ("proven", state);
}

/* Asking for what is there already changes nothing: no gap, no pause. */
/* Broken: a script that makes sure it is on leaves gaps in the books. */
TEST_F(control, same_again_is_no_gap)
{
	long long gaps = scope_status("gaps");

	EXPECT_EQ(0, scope_command("control", "on"));
	EXPECT_EQ(gaps, scope_status("gaps"));
	EXPECT_EQ(0, scope_command("control", "off"));
	EXPECT_EQ(0, scope_command("control", "off"));
	EXPECT_EQ(gaps + 1, scope_status("gaps"));
}

/* Forks and execs are followed also while copies are not counted. */
/* Broken: processes born in a gap are missing for ever. */
TEST_F(control, forks_in_a_gap_are_known)
{
	struct scope_table table;
	int row;

	ASSERT_EQ(0, scope_command("control", "off"));
	ASSERT_LT(0, actor_fork(&self->cast, 1, 2));
	ASSERT_EQ(0, scope_command("control", "on"));
	ASSERT_EQ(0, scope_table_read("processes", &table));
	row = scope_find_pid(&table, 0, "pid", self->cast.actor[2].pid);
	ASSERT_LE(0, row);
	EXPECT_STREQ("fork", scope_field(&table, row, "born"));
	EXPECT_EQ(self->heir->pid, scope_number(&table, row, "ppid"));
	scope_table_free(&table);
}

/* One of two threads that write the same pages, and stay afterwards. */
struct racer {
	struct pass pass;
	pthread_barrier_t *line;
	int cpu;
};

static void *run_and_stay(void *arg)
{
	struct racer *racer = arg;

	run_on_cpu(racer->cpu);
	pthread_barrier_wait(racer->line);
	world_write(&racer->pass);
	pthread_barrier_wait(racer->line);
	for (;;)
		pause();
	return NULL;
}

/* In the actor: a race whose losers live on, their last attempt still open. */
static long race_and_stay(void *arg)
{
	static struct racer racer[2];
	static pthread_barrier_t line;
	pthread_t thread;
	int i;

	pthread_barrier_init(&line, NULL, 3);
	for (i = 0; i < 2; i++) {
		memcpy(&racer[i].pass, arg, sizeof(racer[i].pass));
		racer[i].line = &line;
		racer[i].cpu = i;
		if (pthread_create(&thread, NULL, run_and_stay, &racer[i]))
			return -EAGAIN;
	}
	pthread_barrier_wait(&line);
	pthread_barrier_wait(&line);
	return 0;
}

/* An attempt that is open when accounting stops is closed as lost. */
/* Broken: each pause leaks slots, until attempts are dropped. */
TEST_F(control, open_attempts_are_closed)
{
	struct pass pass = { .world = self->world, .count = PAGES, .value = 'o' };
	long long lost;
	int tries;

	for (tries = 0; tries < 100 && scope_status("open") <= 0; tries++) {
		ASSERT_EQ(0, actor_quit(self->heir));
		ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
		ASSERT_EQ(0, actor_call(self->heir, race_and_stay, PASSING(&pass)));
	}
	ASSERT_LT(0, scope_status("open"));
	lost = scope_status("outcome_lost");
	ASSERT_EQ(0, scope_command("control", "off"));
	EXPECT_EQ(0, scope_status("open"));
	EXPECT_LT(lost, scope_status("outcome_lost"));
}

/* In the actor: pages that are written while somebody switches. */
static long write_on_and_on(void *arg)
{
	struct pass *pass = arg;
	int round;

	for (round = 0; round < 100; round++) {
		pid_t pid = fork();

		if (!pid) {
			world_write(pass);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return -ECHILD;
	}
	return 0;
}

/* Switching in the middle of forks and copies leaves the books balanced. */
/* Broken: each pause makes attempts and outcomes differ for good. */
TEST_F(control, switching_in_a_storm_keeps_the_balance)
{
	struct pass pass = { .world = self->world, .count = PAGES, .value = 'c' };
	int round;

	ASSERT_EQ(0, actor_send(self->owner, write_on_and_on, PASSING(&pass)));
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(0, scope_command("control", "off"));
		EXPECT_EQ(0, scope_command("control", "on"));
	}
	ASSERT_EQ(0, actor_wait(self->owner, PASSING(&pass)));
}

TEST_HARNESS_MAIN
