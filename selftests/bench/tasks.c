// SPDX-License-Identifier: GPL-2.0-only
/* Crowds: who shares what over many tasks, forks among many, and the module's end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

#define CALLS	1001
#define ROUNDS	3

static pid_t *crowd_begin(int tasks)
{
	pid_t *pid = calloc(tasks, sizeof(*pid));
	int i;

	if (!pid)
		die("memory");
	for (i = 0; i < tasks; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		if (pid[i] < 0)
			die("fork");
	}
	return pid;
}

static void crowd_end(pid_t *pid, int tasks)
{
	int i;

	for (i = 0; i < tasks; i++)
		kill(pid[i], SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	free(pid);
}

static int threads_of_all(void)
{
	FILE *file = fopen("/proc/loadavg", "re");
	int nr = 0;

	if (!file || fscanf(file, "%*f %*f %*f %*d/%d", &nr) != 1)
		die("/proc/loadavg");
	fclose(file);
	return nr;
}

static void compare(const pid_t *pid, int tasks)
{
	uint64_t sample[CALLS], before;
	int i;

	for (i = 0; i < CALLS; i++) {
		before = instructions();
		if (syscall(SYS_kcmp, pid[i % tasks], pid[(i * 7 + 1) % tasks], KCMP_VM, 0, 0) < 0)
			die("kcmp");
		sample[i] = instructions() - before;
	}
	told("kcmp.call", median(sample, CALLS));
}

static void read_sharing(int all)
{
	uint64_t sample[ROUNDS], before;
	int i, fd;

	for (i = 0; i < ROUNDS; i++) {
		before = instructions();
		fd = open("/sys/kernel/debug/cowscope/sharing", O_RDONLY);
		if (fd < 0)
			die("sharing");
		drain(fd, "sharing");
		close(fd);
		sample[i] = instructions() - before;
	}
	told("sharing.task", median(sample, ROUNDS) / (double)all);
}

static void program(const char *figure, char *name, int all)
{
	char *const argv[] = { name, NULL };

	run_program(argv);
	told(figure, run_program(argv) / (double)all);
}

void measure_tasks(int tasks)
{
	pid_t *pid = crowd_begin(tasks);
	int all = threads_of_all();

	told("tasks", all);
	read_sharing(all);
	compare(pid, tasks);
	program("lsns.task", "lsns", all);
	program("lsfd.task", "lsfd", all);
	crowd_end(pid, tasks);
}

/* Says when all are there, and stays until it is killed. */
void hold_crowd(int tasks)
{
	pid_t *pid = crowd_begin(tasks);

	told("crowd", tasks);
	pause();
	crowd_end(pid, tasks);
}

void measure_unload(void)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	if (syscall(SYS_delete_module, "cowscope", O_NONBLOCK))
		die("unload");
	clock_gettime(CLOCK_MONOTONIC, &to);
	told("unload.ms", (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6);
}
