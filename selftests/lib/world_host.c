// SPDX-License-Identifier: GPL-2.0-only
/* Settings of the machine that some worlds need: hugetlb, THP, KSM, swap. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#include "world.h"

#define KSM		"/sys/kernel/mm/ksm/"
#define THP		"/sys/kernel/mm/transparent_hugepage/"
#define HUGETLB		"/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
#define CGROUP		"/sys/fs/cgroup/cowscope-selftest/"
#define ZRAM_CONTROL	"/sys/class/zram-control/hot_add"
#define SWAP_BYTES	"67108864"

int world_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) != (ssize_t)strlen(value))
		ret = errno ? -errno : -EIO;
	close(fd);
	return ret;
}

static int read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[4096];
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (read(fd, text, sizeof(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static long read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (!file)
		return -errno;
	if (fscanf(file, "%ld", &number) != 1)
		number = -EPROTO;
	fclose(file);
	return number;
}

int world_hugetlb_reserve(size_t pages)
{
	char text[32];
	int ret;

	snprintf(text, sizeof(text), "%zu", pages);
	ret = world_setting(HUGETLB, text);
	if (!ret && read_number(HUGETLB) < (long)pages)
		ret = -ENOMEM;
	return ret;
}

int world_thp_allow(void)
{
	int ret = world_setting(THP "enabled", "madvise");

	/* Only the tests' own calls may collapse: the daemon stays out. */
	if (!ret)
		ret = world_thp_daemon(false);
	if (!ret)
		ret = world_setting(THP "defrag", "madvise");
	return ret;
}

int world_thp_daemon(bool run)
{
	int ret = world_setting(THP "khugepaged/max_ptes_shared", run ? "511" : "256");

	if (!ret)
		ret = world_setting(THP "khugepaged/alloc_sleep_millisecs",
				    run ? "10" : "60000");
	/* The last one wakes it up. */
	if (!ret)
		ret = world_setting(THP "khugepaged/scan_sleep_millisecs",
				    run ? "10" : "4000000000");
	return ret;
}

int world_ksm_start(void)
{
	int ret = world_setting(KSM "sleep_millisecs", "5");

	if (!ret)
		ret = world_setting(KSM "pages_to_scan", "4096");
	return ret ? ret : world_setting(KSM "run", "1");
}

int world_ksm_stop(void)
{
	return world_setting(KSM "run", "0");
}

int world_reclaim_start(void)
{
	int ret = world_setting("/sys/fs/cgroup/cgroup.subtree_control", "+memory");

	if (!ret && mkdir(CGROUP, 0755) && errno != EEXIST)
		ret = -errno;
	return ret;
}

long world_reclaim_join(void *arg)
{
	(void)arg;
	return world_setting(CGROUP "cgroup.procs", "0");
}

/*
 * Asks for more than there is: the kernel takes what it can and says that it was
 * less. It goes by sums that it makes every two seconds, or for who reads cpu.stat.
 */
int world_reclaim(void)
{
	int ret = read_text(CGROUP "cpu.stat");

	if (!ret)
		ret = world_setting(CGROUP "memory.reclaim", "16M");
	return ret == -EAGAIN ? 0 : ret;
}

int world_reclaim_stop(void)
{
	return rmdir(CGROUP) && errno != ENOENT ? -errno : 0;
}

/* The zram device in use as swap, so that it can be given back. */
static char swap_device[64];

int world_swap_start(void)
{
	char command[128], size[96];
	long number;

	if (swap_device[0])
		return 0;
	if (access(ZRAM_CONTROL, F_OK) && system("modprobe zram num_devices=0"))
		return -ENODEV;
	number = read_number(ZRAM_CONTROL);
	if (number < 0)
		return number;
	snprintf(swap_device, sizeof(swap_device), "/dev/zram%ld", number);
	snprintf(size, sizeof(size), "/sys/block/zram%ld/disksize", number);
	snprintf(command, sizeof(command), "mkswap %s >/dev/null 2>&1", swap_device);
	if (world_setting(size, SWAP_BYTES) || system(command) ||
	    swapon(swap_device, 0)) {
		swap_device[0] = '\0';
		return -EIO;
	}
	return 0;
}

int world_swap_stop(void)
{
	char number[sizeof(swap_device)];

	if (!swap_device[0])
		return 0;
	if (swapoff(swap_device))
		return -errno;
	snprintf(number, sizeof(number), "%s", swap_device + strlen("/dev/zram"));
	swap_device[0] = '\0';
	return world_setting("/sys/class/zram-control/hot_remove", number);
}
