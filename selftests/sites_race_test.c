// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites: the rows add up to cow when threads race, and when watching begins in the middle.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/cpu.h"
#include "lib/expect.h"
#include "lib/expect_sites.h"

#define SECOND_PAGES	37

static void *race(void *arg)
{
	struct part *part = arg;

	write_first(part->base, part->pages);
	return NULL;
}

/* Two threads on all CPUs write the same pages. */
static long race_twice(void *arg)
{
	pthread_t thread[2];
	int i, ret;

	ret = run_anywhere();
	if (ret)
		return ret;
	for (i = 0; i < 2; i++)
		ret |= pthread_create(&thread[i], NULL, race, arg);
	for (i = 0; i < 2; i++)
		ret |= pthread_join(thread[i], NULL);
	return ret;
}

/* Copies that came to nothing are in the rows as well. */
/* Broken: the rows do not add up in programs with threads. */
TEST_F(sites, race)
{
	struct part part = part_of(self, 0, WORLD_PAGES);
	long long first, late;
	struct scope_table table;

	ASSERT_EQ(0, actor_call(self->heir, race_twice, PASSING(&part)));
	expect_sum(_metadata, self->heir);
	table = sites_of(_metadata, self->heir);
	first = row_between(&table, __start_site_first, __stop_site_first);
	ASSERT_LE(0, first);
	EXPECT_EQ(WORLD_PAGES, scope_number(&table, first, "copied"));
	EXPECT_EQ(0, scope_number(&table, first, "lost"));
	late = counted(&table, "late", "-", "lost");
	TH_LOG("%lld copies came to nothing", late);
	scope_table_free(&table);
}

/* On the other CPU, forks and writes until it is killed. */
static long fork_and_write(void *arg)
{
	struct part *part = arg;
	int err = run_on_cpu(1);
	pid_t pid;

	if (err)
		return err;
	for (;;) {
		pid = fork();
		if (!pid)
			_exit(0);
		write_second(part->base, part->pages);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return -errno;
	}
}

static bool is_stopped(pid_t pid)
{
	char path[64], state = 0;
	int tries;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (tries = 0; tries < 500 && state != 'T'; tries++) {
		usleep(2000);
		file = fopen(path, "re");
		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		if (file)
			fclose(file);
	}
	return state == 'T';
}

/* Watched, given up and watched again while it writes: the rows always add up. */
/* Broken: the sum is off by what was counted while watching began. */
TEST_F(sites, begun_in_flight)
{
	struct part part = part_of(self, 0, SECOND_PAGES);
	int i;

	ASSERT_EQ(0, scope_command("watch", "clear"));
	ASSERT_EQ(0, actor_send(self->heir, fork_and_write, PASSING(&part)));
	for (i = 0; i < 7; i++) {
		usleep(20000);
		ASSERT_EQ(0, scope_commandf("watch", "%d nofollow", self->heir->pid));
		usleep(20000);
		ASSERT_EQ(0, kill(self->heir->pid, SIGSTOP));
		ASSERT_TRUE(is_stopped(self->heir->pid));
		expect_sum(_metadata, self->heir);
		ASSERT_EQ(0, kill(self->heir->pid, SIGCONT));
		ASSERT_EQ(0, scope_commandf("watch", "-%d", self->heir->pid));
	}
	EXPECT_EQ(0, kill(self->heir->pid, SIGKILL));
}

TEST_HARNESS_MAIN
