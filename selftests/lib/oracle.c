// SPDX-License-Identifier: GPL-2.0-only
/* Second truth beside the module; see oracle.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "oracle.h"

#define TRACEFS		"/sys/kernel/tracing/"
#define EVENT_GROUP	"cowscope_selftest"
#define EVENT_NAME	"attempt"

int oracle_pagemap(pid_t pid, const void *base, size_t stride, size_t count,
		   uint64_t *entry)
{
	char path[64];
	int ret = 0;
	size_t i;
	off_t at;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (i = 0; i < count && !ret; i++) {
		at = ((uintptr_t)base + i * stride) / PAGE_BYTES * sizeof(*entry);
		if (pread(fd, &entry[i], sizeof(*entry), at) != sizeof(*entry))
			ret = -EIO;
	}
	close(fd);
	return ret;
}

int oracle_pagemap_read(pid_t pid, const void *base, size_t pages, uint64_t *entry)
{
	off_t at = (uintptr_t)base / PAGE_BYTES * sizeof(*entry);
	ssize_t want = pages * sizeof(*entry), got;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = pread(fd, entry, want, at);
	close(fd);
	return got == want ? 0 : -EIO;
}

size_t oracle_moved(const uint64_t *before, const uint64_t *after, size_t count)
{
	size_t moved = 0, i;

	for (i = 0; i < count; i++)
		moved += (before[i] & PAGEMAP_PRESENT) && (after[i] & PAGEMAP_PRESENT) &&
			 (before[i] & PAGEMAP_FRAME) != (after[i] & PAGEMAP_FRAME);
	return moved;
}

/* Is the frame of a place that of another place as well? */
static bool shares_frame(const uint64_t *entry, size_t count, size_t place)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (i != place && (entry[i] & PAGEMAP_PRESENT) &&
		    (entry[i] & PAGEMAP_FRAME) == (entry[place] & PAGEMAP_FRAME))
			return true;
	return false;
}

size_t oracle_flagged(const uint64_t *entry, size_t count, uint64_t flags)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	size_t flagged = 0, i;
	uint64_t page;
	off_t at;

	for (i = 0; i < count && fd >= 0; i++) {
		if (!(entry[i] & PAGEMAP_PRESENT))
			continue;
		at = (entry[i] & PAGEMAP_FRAME) * sizeof(page);
		if (pread(fd, &page, sizeof(page), at) != sizeof(page) ||
		    (page & flags) != flags)
			continue;
		/* 6.12 says of every anonymous page that it is KSM's. */
		flagged += !(flags & KPAGE_KSM) || shares_frame(entry, count, i);
	}
	if (fd >= 0)
		close(fd);
	return flagged;
}

size_t oracle_wait_flagged(pid_t pid, const void *base, size_t stride, size_t count,
			   uint64_t *entry, uint64_t flags)
{
	size_t flagged = 0;
	int tries;

	for (tries = 0; tries < 1000 && flagged < count; tries++) {
		usleep(10000);
		if (oracle_pagemap(pid, base, stride, count, entry))
			return 0;
		flagged = oracle_flagged(entry, count, flags);
	}
	return flagged;
}

size_t oracle_frames(const uint64_t *entry, size_t count)
{
	size_t frames = 0, i, j;

	for (i = 0; i < count; i++) {
		if (!(entry[i] & PAGEMAP_PRESENT))
			continue;
		for (j = 0; j < i; j++)
			if ((entry[i] & PAGEMAP_FRAME) == (entry[j] & PAGEMAP_FRAME) &&
			    (entry[j] & PAGEMAP_PRESENT))
				break;
		frames += j == i;
	}
	return frames;
}

size_t oracle_swapped(const uint64_t *entry, size_t count)
{
	size_t swapped = 0, i;

	for (i = 0; i < count; i++)
		swapped += !!(entry[i] & PAGEMAP_SWAPPED);
	return swapped;
}

static int write_text(const char *path, int flags, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* Where a function of the kernel begins, and where the next one does; 0: none such. */
static unsigned long kernel_symbol(const char *symbol, unsigned long *end)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	unsigned long start = 0, at;
	char line[256], name[128];

	*end = -1UL;
	while (file && !start && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx %*s %127s", &at, name) == 2 && !strcmp(name, symbol))
			start = at;
	if (file)
		rewind(file);
	while (file && start && fgets(line, sizeof(line), file)) {
		at = strtoul(line, NULL, 16);
		*end = at > start && at < *end ? at : *end;
	}
	if (file)
		fclose(file);
	return start;
}

/* Id of the event, read once and inherited by every actor; 0: no event. */
static long event_id;
/* Which hits of it count, or an empty string for all. */
static char event_filter[96];

/*
 * Where wp_page_copy() became a part of do_wp_page() its attempts cannot be counted,
 * but what they end in can: that function clears entries for nothing else.
 */
int oracle_attempts_setup(void)
{
	const char *event = "p:" EVENT_GROUP "/" EVENT_NAME " wp_page_copy";
	unsigned long start, end;
	FILE *file;
	int ret;

	event_filter[0] = '\0';
	if (!kernel_symbol("wp_page_copy", &end)) {
		start = kernel_symbol("do_wp_page", &end);
		if (!start)
			return 0;
		event = "p:" EVENT_GROUP "/" EVENT_NAME " ptep_clear_flush caller=$stack0";
		snprintf(event_filter, sizeof(event_filter),
			 "caller > 0x%lx && caller <= 0x%lx", start, end);
	}
	ret = write_text(TRACEFS "kprobe_events", O_APPEND, event);
	if (ret && ret != -EEXIST)
		return ret;
	file = fopen(TRACEFS "events/" EVENT_GROUP "/" EVENT_NAME "/id", "re");
	if (!file)
		return -errno;
	ret = fscanf(file, "%ld", &event_id) == 1 ? 1 : -EPROTO;
	fclose(file);
	return ret;
}

void oracle_attempts_cleanup(void)
{
	event_id = 0;
	write_text(TRACEFS "kprobe_events", O_APPEND, "-:" EVENT_GROUP "/" EVENT_NAME);
}

int oracle_attempts_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = event_id,
		.disabled = 1,
	};

	int counter;

	if (!event_id)
		return -1;
	counter = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (counter >= 0 && event_filter[0] &&
	    ioctl(counter, PERF_EVENT_IOC_SET_FILTER, event_filter)) {
		close(counter);
		return -1;
	}
	return counter;
}

bool oracle_attempts_lost_too(void)
{
	return !event_filter[0];
}

void oracle_attempts_start(int counter)
{
	if (counter >= 0)
		ioctl(counter, PERF_EVENT_IOC_ENABLE, 0);
}

long long oracle_attempts_stop(int counter)
{
	long long count;

	if (counter < 0)
		return -1;
	ioctl(counter, PERF_EVENT_IOC_DISABLE, 0);
	if (read(counter, &count, sizeof(count)) != sizeof(count))
		count = -1;
	close(counter);
	return count;
}

long long oracle_status(pid_t pid, const char *field)
{
	size_t length = strlen(field);
	char path[64], line[256];
	long long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, length) && line[length] == ':')
			value = strtoll(line + length + 1, NULL, 10);
	fclose(file);
	return value;
}

long long oracle_vmstat(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "re");
	long long value = -1, number;
	char key[128];

	while (file && value < 0 && fscanf(file, "%127s %lld", key, &number) == 2)
		if (!strcmp(key, name))
			value = number;
	if (file)
		fclose(file);
	return value;
}

long oracle_smaps(pid_t pid, const void *addr, const char *field)
{
	unsigned long start, end, at = (unsigned long)addr;
	size_t length = strlen(field);
	char path[64], line[512];
	bool inside = false;
	long pages = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (pages < 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = start <= at && at < end;
		else if (inside && !strncmp(line, field, length) && line[length] == ':')
			pages = strtol(line + length + 1, NULL, 10) * 1024 / PAGE_BYTES;
	}
	fclose(file);
	return pages;
}

bool oracle_alone(pid_t pid)
{
	int tries;

	for (tries = 0; tries < 500; tries++) {
		if (oracle_status(pid, "Threads") == 1)
			return true;
		usleep(10000);
	}
	return false;
}

static bool asleep_now(pid_t pid)
{
	char path[300], state = 'R';
	bool asleep = true;
	struct dirent *entry;
	FILE *file;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	/* cppcheck-suppress readdirCalled ; one thread has the directory */
	while (tasks && (entry = readdir(tasks))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%s/stat", pid, entry->d_name);
		file = fopen(path, "re");
		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1 ||
		    (state != 'S' && state != 'D'))
			asleep = false;
		if (file)
			fclose(file);
	}
	if (tasks)
		closedir(tasks);
	return tasks && asleep;
}

bool oracle_asleep(pid_t pid)
{
	int tries;

	for (tries = 0; tries < 500; tries++) {
		if (asleep_now(pid))
			return true;
		usleep(10000);
	}
	return false;
}

pid_t oracle_child(pid_t pid)
{
	char path[64];
	int child = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%d", &child) != 1)
		child = -1;
	if (file)
		fclose(file);
	return child;
}

long oracle_mappings(pid_t pid)
{
	char path[64], line[512];
	long lines = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		lines += !strstr(line, "[vsyscall]");
	fclose(file);
	return lines;
}
