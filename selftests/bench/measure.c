// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure OUT ROW JOB [ARGUMENT]: does one job, and appends its figures to the file OUT
 * as lines of the row ROW. To be run in a VM that counts instructions.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

static const char *out_path, *row;

void die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int by_value(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

uint64_t median(uint64_t *sample, size_t nr)
{
	qsort(sample, nr, sizeof(*sample), by_value);
	return sample[nr / 2];
}

void told(const char *figure, double value)
{
	FILE *out = fopen(out_path, "ae");

	if (!out || fprintf(out, "%s %s %.1f\n", row, figure, value) < 0 || fclose(out))
		die(out_path);
}

char *small_pages(size_t nr)
{
	char *base = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base == MAP_FAILED || madvise(base, nr * PAGE, MADV_NOHUGEPAGE))
		die("memory");
	return base;
}

void drain(int fd, const char *what)
{
	static char buffer[1 << 16];
	ssize_t got;

	do {
		got = read(fd, buffer, sizeof(buffer));
	} while (got > 0);
	if (got < 0)
		die(what);
}

/* CPU time, since what the program waits for is no instruction. */
uint64_t run_program(char *const argv[])
{
	struct rusage usage;
	int status, null;
	pid_t pid = fork();

	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		die(argv[0]);
	if (status) {
		fprintf(stderr, "measure: %s: failed, status %#x\n", argv[0], status);
		exit(1);
	}
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000ULL +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000ULL;
}

/* Where things lie moves a fork by thousands of instructions from exec to exec. */
static void lie_still(char **argv)
{
	int now = personality(0xffffffff);

	if (now & ADDR_NO_RANDOMIZE)
		return;
	if (personality(now | ADDR_NO_RANDOMIZE) < 0)
		die("personality");
	execv("/proc/self/exe", argv);
	die("exec");
}

int main(int argc, char **argv)
{
	const char *job, *argument;

	if (argc < 4 || argc > 5) {
		fprintf(stderr, "usage: measure OUT ROW JOB [ARGUMENT]\n");
		return 2;
	}
	lie_still(argv);
	out_path = argv[1];
	row = argv[2];
	job = argv[3];
	argument = argc > 4 ? argv[4] : "";
	if (!strcmp(job, "faults"))
		measure_faults();
	else if (!strcmp(job, "readers"))
		measure_readers(argument);
	else if (!strcmp(job, "tasks"))
		measure_tasks(atoi(argument));
	else if (!strcmp(job, "crowd"))
		hold_crowd(atoi(argument));
	else if (!strcmp(job, "unload"))
		measure_unload();
	else
		return 2;
	return 0;
}
