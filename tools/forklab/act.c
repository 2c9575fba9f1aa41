// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "act.h"

/* Shorter than a signed byte is wide. */
#define FILE_BYTES	101

static volatile sig_atomic_t caught;

static int64_t result(int64_t value)
{
	return value < 0 ? -errno : value;
}

static int64_t open_file(void)
{
	char place[FILE_BYTES];
	int fd = memfd_create("forklab", MFD_CLOEXEC);
	int i;

	for (i = 0; i < FILE_BYTES; i++)
		place[i] = (char)i;
	if (fd < 0 || pwrite(fd, place, FILE_BYTES, 0) != FILE_BYTES)
		return errno ? -errno : -EIO;
	return fd;
}

static int64_t open_again(uint64_t fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", (int)fd);
	return result(open(path, O_RDWR | O_CLOEXEC));
}

static int64_t read_on(uint64_t fd, size_t count)
{
	char place[FILE_BYTES];
	ssize_t n;

	if (!count || count > FILE_BYTES)
		return -EINVAL;
	n = read((int)fd, place, count);
	if (n != (ssize_t)count)
		return n < 0 ? -errno : -ENODATA;
	return place[count - 1];
}

static void on_signal(int sig)
{
	(void)sig;
	caught++;
}

static int64_t handle(void (*handler)(int))
{
	const struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	return result(sigaction(SIGUSR1, &action, NULL));
}

static int64_t block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	return result(raise(SIGUSR2));
}

static int64_t set_ioprio(uint64_t level)
{
	return result(syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
			      IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, level)));
}

static int64_t add_with_undo(uint64_t id)
{
	struct sembuf up = { 0, 1, SEM_UNDO };

	return result(semop((int)id, &up, 1));
}

/* Any directory will do; /sys is everywhere. */
static int64_t mount_alone(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	return result(mount("forklab", "/sys", "tmpfs", 0, NULL));
}

/* A name without a file belongs to the network namespace. The socket stays open. */
static int64_t bind_name(uint64_t number)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int len;

	if (fd < 0)
		return -errno;
	len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "forklab-%d",
		       (int)number);
	return bind(fd, (struct sockaddr *)&name,
		    offsetof(struct sockaddr_un, sun_path) + 1 + len) ? errno : 0;
}

/* One thread holds the lock until it is told to let go. */
static struct {
	pthread_mutex_t lock;
	sem_t locked, let_go;
	pthread_t holder;
} hold = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) && errno == EINTR)
		;
}

static void *hold_lock(void *unused)
{
	pthread_mutex_lock(&hold.lock);
	sem_post(&hold.locked);
	wait_for(&hold.let_go);
	pthread_mutex_unlock(&hold.lock);
	return unused;
}

static int64_t lock(void)
{
	int ret;

	if (sem_init(&hold.locked, 0, 0) || sem_init(&hold.let_go, 0, 0))
		return -errno;
	ret = pthread_create(&hold.holder, NULL, hold_lock, NULL);
	if (!ret)
		wait_for(&hold.locked);
	return -ret;
}

static int64_t unlock(void)
{
	if (sem_post(&hold.let_go))
		return -errno;
	return -pthread_join(hold.holder, NULL);
}

static int64_t try_lock(void)
{
	int ret = pthread_mutex_trylock(&hold.lock);

	if (!ret)
		pthread_mutex_unlock(&hold.lock);
	return ret;
}

static int64_t act_in_namespace(const struct order *o)
{
	static const char name[] = "forklab";

	switch (o->op) {
	case ORDER_HOSTNAME:
		return result(sethostname(name, sizeof(name) - 1));
	case ORDER_QUEUE:
		return msgget((key_t)o->arg, IPC_CREAT | IPC_EXCL | 0600) < 0 ?
			-errno : 0;
	case ORDER_MOUNT:
		return mount_alone();
	case ORDER_GETPID:
		return syscall(SYS_getpid);
	case ORDER_GETEUID:
		return geteuid();
	case ORDER_BIND:
		return bind_name(o->arg);
	default:
		return -EINVAL;
	}
}

static int64_t act_on_signals(const struct order *o)
{
	switch (o->op) {
	case ORDER_CATCH:
		return handle(on_signal);
	case ORDER_IGNORE:
		return handle(SIG_IGN);
	case ORDER_CAUGHT:
		return caught;
	case ORDER_BLOCK:
		return block();
	case ORDER_LOCK:
		return lock();
	case ORDER_UNLOCK:
		return unlock();
	case ORDER_TRYLOCK:
		return try_lock();
	default:
		return act_in_namespace(o);
	}
}

int64_t act(const struct order *o)
{
	unsigned char *byte = (unsigned char *)(uintptr_t)o->arg;

	switch (o->op) {
	case ORDER_PEEK:
		return *byte;
	case ORDER_POKE:
		*byte = o->mark;
		return 0;
	case ORDER_OPEN:
		return open_file();
	case ORDER_REOPEN:
		return open_again(o->arg);
	case ORDER_READ_ON:
		return read_on(o->arg, o->count);
	case ORDER_CHDIR:
		return result(chdir("/proc"));
	case ORDER_IOPRIO:
		return set_ioprio(o->arg);
	case ORDER_UNDO:
		return add_with_undo(o->arg);
	default:
		return act_on_signals(o);
	}
}
