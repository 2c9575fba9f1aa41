// SPDX-License-Identifier: GPL-2.0-only
/* Write protection by userfaultfd; see guard.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard.h"
#include "world.h"

long guard_world(void *arg)
{
	const struct world *world = arg;
	size_t bytes = world->pages * world->stride;
	struct uffdio_api api = {
		.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	struct uffdio_register reg = {
		.range = { (unsigned long)world->base, bytes },
		.mode = UFFDIO_REGISTER_MODE_WP,
	};
	struct uffdio_writeprotect wp = {
		.range = reg.range, .mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg) ||
	    ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
		return -errno;
	return fd;
}

int guard_fetch(const struct actor *actor, int fd)
{
	int pidfd = syscall(SYS_pidfd_open, actor->pid, 0);
	int mine = syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	close(pidfd);
	return mine;
}

int guard_answer(int fd, int wanted)
{
	struct pollfd event = { .fd = fd, .events = POLLIN };
	struct uffdio_writeprotect wp = { .mode = 0 };
	struct uffd_msg message;
	int answered = 0;

	while (answered < wanted && poll(&event, 1, 5000) == 1) {
		if (read(fd, &message, sizeof(message)) != sizeof(message))
			continue;
		if (message.event != UFFD_EVENT_PAGEFAULT)
			break;
		wp.range.start = message.arg.pagefault.address & ~(PAGE_BYTES - 1);
		wp.range.len = PAGE_BYTES;
		if (ioctl(fd, UFFDIO_WRITEPROTECT, &wp))
			break;
		answered++;
	}
	return answered;
}
