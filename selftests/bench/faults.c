// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults and forks, one by one: the median of each kind. Samples go to shared memory
 * that is there already, so that keeping one causes no fault.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

#define ROUNDS	3
#define FAULTS	1500	/* of each kind, in each round */
#define FORKS	150
/* The kernel maps what lies around a page of a file: one fault per so many. */
#define AROUND	16
#define FILE_FAULTS	400

static uint64_t *sample;

static void write_all(char *base, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		base[i * PAGE] = 1;
}

static unsigned int read_all(const char *base, size_t nr)
{
	unsigned int sum = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		sum += ((const volatile char *)base)[i * PAGE];
	return sum;
}

static void time_writes(char *base, uint64_t *into)
{
	uint64_t before;
	size_t i;

	for (i = 0; i < FAULTS; i++) {
		before = instructions();
		((volatile char *)base)[i * PAGE] = 2;
		into[i] = instructions() - before;
	}
}

static void reap(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die("child");
}

/* A child writes what it shares with its parent. */
static size_t copy_on_write(uint64_t *into)
{
	char *base = small_pages(FAULTS);
	pid_t pid;

	write_all(base, FAULTS);
	pid = fork();
	if (!pid) {
		read_all(base, FAULTS);
		time_writes(base, into);
		_exit(0);
	}
	reap(pid);
	munmap(base, FAULTS * PAGE);
	return FAULTS;
}

static size_t first_touch(uint64_t *into)
{
	char *base = small_pages(FAULTS);

	time_writes(base, into);
	munmap(base, FAULTS * PAGE);
	return FAULTS;
}

/* The child is gone: what was shared is the parent's alone, and it finds that out. */
static size_t taken_over(uint64_t *into)
{
	char *base = small_pages(FAULTS);
	pid_t pid;

	write_all(base, FAULTS);
	pid = fork();
	if (!pid)
		_exit(0);
	reap(pid);
	time_writes(base, into);
	munmap(base, FAULTS * PAGE);
	return FAULTS;
}

static size_t file_read(uint64_t *into)
{
	const size_t bytes = FILE_FAULTS * AROUND * PAGE;
	int fd = open("/run", O_TMPFILE | O_RDWR, 0600);
	uint64_t before;
	char *base;
	size_t i;

	if (fd < 0 || posix_fallocate(fd, 0, bytes))
		die("/run");
	base = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (base == MAP_FAILED)
		die("mmap");
	for (i = 0; i < FILE_FAULTS; i++) {
		before = instructions();
		(void)((const volatile char *)base)[i * AROUND * PAGE];
		into[i] = instructions() - before;
	}
	munmap(base, bytes);
	close(fd);
	return FILE_FAULTS;
}

static size_t fork_exit_wait(uint64_t *into)
{
	uint64_t before;
	size_t i;
	pid_t pid;

	for (i = 0; i < FORKS; i++) {
		before = instructions();
		pid = fork();
		if (!pid)
			_exit(0);
		reap(pid);
		into[i] = instructions() - before;
	}
	return FORKS;
}

static void rounds(const char *figure, size_t (*job)(uint64_t *into))
{
	size_t nr = 0;
	int round;

	for (round = 0; round < ROUNDS; round++)
		nr += job(sample + nr);
	told(figure, median(sample, nr));
}

void measure_faults(void)
{
	const size_t bytes = ROUNDS * FAULTS * sizeof(*sample);

	sample = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (sample == MAP_FAILED)
		die("mmap");
	rounds("cow", copy_on_write);
	rounds("touch", first_touch);
	rounds("reused", taken_over);
	rounds("file", file_read);
	rounds("fork", fork_exit_wait);
}
