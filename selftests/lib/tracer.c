// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trace instance by plain files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scope.h"
#include "tracer.h"

#define INSTANCE	"/sys/kernel/tracing/instances/cowscope_test"

static int instance_write(const char *name, const char *value)
{
	char path[160];
	ssize_t done;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", INSTANCE, name);
	fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0)
		return -errno;
	done = write(fd, value, strlen(value));
	if (done < 0)
		done = -errno;
	close(fd);
	return done < 0 ? (int)done : 0;
}

int tracer_begin(size_t kib)
{
	char size[32];
	int err;

	rmdir(INSTANCE);
	if (mkdir(INSTANCE, 0700))
		return -errno;
	snprintf(size, sizeof(size), "%zu", kib);
	err = instance_write("buffer_size_kb", size);
	if (!err)
		err = instance_write("tracing_on", "0");
	return err;
}

void tracer_end(void)
{
	instance_write("events/cowscope/enable", "0");
	rmdir(INSTANCE);
}

int tracer_start(const char *events)
{
	char copy[128], path[96], *rest = copy, *word;
	int err;

	snprintf(copy, sizeof(copy), "%s", events);
	err = instance_write("trace", "");
	while (!err && (word = strsep(&rest, " "))) {
		snprintf(path, sizeof(path), "events/cowscope/%s/enable", word);
		err = instance_write(path, "1");
	}
	return err ? err : instance_write("tracing_on", "1");
}

char *tracer_stop(void)
{
	int err = instance_write("tracing_on", "0");

	if (!err)
		err = instance_write("events/cowscope/enable", "0");
	if (err) {
		errno = -err;
		return NULL;
	}
	return scope_slurp(INSTANCE "/trace");
}

long long tracer_lost(void)
{
	static const char *const kind[] = { "overrun: ", "dropped events: " };
	long cpus = sysconf(_SC_NPROCESSORS_CONF), cpu;
	long long lost = 0;
	char path[160], *text, *at;
	size_t i;

	for (cpu = 0; cpu < cpus; cpu++) {
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%ld/stats", INSTANCE, cpu);
		text = scope_slurp(path);
		if (!text)
			return -errno;
		for (i = 0; i < sizeof(kind) / sizeof(*kind); i++) {
			at = strstr(text, kind[i]);
			/* "commit overrun" is another one, and comes later. */
			if (at)
				lost += atoll(at + strlen(kind[i]));
		}
		free(text);
	}
	return lost;
}

char *tracer_next(char **at, const char *event)
{
	char mark[64], *line;

	snprintf(mark, sizeof(mark), ": %s: ", event);
	while (*at && **at) {
		line = *at;
		*at = strchr(line, '\n');
		if (*at)
			*(*at)++ = '\0';
		if (line[0] != '#' && strstr(line, mark))
			return line;
	}
	return NULL;
}

const char *tracer_field(const char *line, const char *key, char *value, size_t size)
{
	char mark[64];
	const char *at;

	snprintf(mark, sizeof(mark), " %s=", key);
	at = strstr(line, mark);
	value[0] = '\0';
	if (at) {
		at += strlen(mark);
		snprintf(value, size, "%.*s", (int)strcspn(at, " "), at);
	}
	return value;
}

long long tracer_number(const char *line, const char *key)
{
	char value[64], *end;
	long long number;

	tracer_field(line, key, value, sizeof(value));
	number = strtoll(value, &end, 0);
	return end == value ? -1 : number;
}

pid_t tracer_task(const char *line)
{
	/* "   comm-PID   [CPU] ...": the PID ends where the CPU begins. */
	const char *at = strstr(line, " [");

	if (!at)
		return -1;
	while (at > line && at[-1] == ' ')
		at--;
	while (at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return atoi(at);
}
