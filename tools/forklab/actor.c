// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actor.h"
#include "play.h"

/* Emulated machines are slow, but not that slow. */
#define ANSWER_MS	60000

static const char * const actor_names[ACTORS] = { "parent", "child" };

static void close_all(int fd[ACTORS])
{
	int i;

	for (i = 0; i < ACTORS; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

int troupe_start(struct troupe *t, struct err *e)
{
	int theirs[ACTORS] = { -1, -1 }, pair[2], i, ret;

	*t = (struct troupe){ .fd = { -1, -1 } };
	for (i = 0; i < ACTORS; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
			ret = err_sys(e, -errno, "socketpair");
			goto err_close;
		}
		t->fd[i] = pair[0];
		theirs[i] = pair[1];
	}
	t->parent = fork();
	if (t->parent < 0) {
		ret = err_sys(e, -errno, "fork");
		t->parent = 0;
		goto err_close;
	}
	if (!t->parent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close_all(t->fd);
		play_parent(theirs);
	}
	close_all(theirs);
	return 0;
err_close:
	close_all(theirs);
	close_all(t->fd);
	return ret;
}

/* A closed channel ends an actor that waits for an order. */
void troupe_end(struct troupe *t)
{
	close_all(t->fd);
	if (!t->parent)
		return;
	while (waitpid(t->parent, NULL, 0) < 0 && errno == EINTR)
		;
	t->parent = 0;
}

int troupe_send(const struct troupe *t, enum role who, const struct order *o,
		struct err *e)
{
	ssize_t n = send(t->fd[who], o, sizeof(*o), MSG_NOSIGNAL);

	if (n == sizeof(*o))
		return 0;
	return err_sys(e, n < 0 ? -errno : -EIO, actor_names[who]);
}

static int receive(const struct troupe *t, enum role who, void *buf, size_t size,
		   struct err *e)
{
	struct pollfd p = { .fd = t->fd[who], .events = POLLIN };
	ssize_t n;
	int ret;

	if (p.fd < 0)
		return err_set(e, -EPIPE, "%s: not there", actor_names[who]);
	do
		ret = poll(&p, 1, ANSWER_MS);
	while (ret < 0 && errno == EINTR);
	if (!ret)
		return err_set(e, -ETIMEDOUT, "%s: no answer in %d s",
			       actor_names[who], ANSWER_MS / 1000);
	n = ret < 0 ? -1 : recv(t->fd[who], buf, size, MSG_WAITALL);
	if (n == (ssize_t)size)
		return 0;
	return err_set(e, -EPIPE, "%s: ended too early", actor_names[who]);
}

int troupe_answer(const struct troupe *t, enum role who, int64_t *value,
		  struct err *e)
{
	struct answer a;
	int ret = receive(t, who, &a, sizeof(a), e);

	if (ret)
		return ret;
	if (a.error)
		return err_set(e, -a.error, "%s: %s: %s", actor_names[who],
			       play_order_name(a.op), strerror(a.error));
	*value = a.value;
	return 0;
}

int troupe_echo(const struct troupe *t, enum role who, struct err *e)
{
	char byte = 'c';

	if (send(t->fd[who], &byte, 1, MSG_NOSIGNAL) != 1)
		return err_sys(e, -errno, actor_names[who]);
	return receive(t, who, &byte, 1, e);
}
