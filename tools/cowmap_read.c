// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cowmap_read.h"
#include "fetch.h"

/*
 * The kernel answers when it has walked a part, so that nothing in here runs
 * meanwhile but a signal. What the handler needs is made ready before.
 */
static struct {
	char text[80];			/* "\rcowmap: ..., " */
	size_t len;
	volatile sig_atomic_t seconds;
} line;

static const char erase[] = "\r\033[K";

/* write() is all that is safe in here. */
static void tick(int signal)
{
	unsigned int n = ++line.seconds;
	char tail[16] = " s";
	char *p = tail + 8;

	(void)signal;
	memcpy(p, " s", 2);
	do {
		*--p = '0' + n % 10;
		n /= 10;
	} while (n && p > tail);
	if (write(STDERR_FILENO, line.text, line.len) < 0 ||
	    write(STDERR_FILENO, p, tail + 10 - p) < 0)
		line.seconds = 0;
}

static void timer_set(time_t seconds)
{
	const struct itimerval timer = {
		.it_interval.tv_sec = seconds, .it_value.tv_sec = seconds,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void progress_start(const char *view, pid_t pid)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = SA_RESTART };

	if (!isatty(STDERR_FILENO))
		return;
	line.len = snprintf(line.text, sizeof(line.text), "\rcowmap: reading %s of %d, ",
			    view, pid);
	line.seconds = 0;
	sigaction(SIGALRM, &action, NULL);
	timer_set(1);
}

static void progress_stop(void)
{
	if (!line.len)
		return;
	timer_set(0);
	if (line.seconds && write(STDERR_FILENO, erase, sizeof(erase) - 1) < 0)
		line.seconds = 0;
	line.len = 0;
}

int read_who(const struct source *src, pid_t pid, struct who *out, struct err *e)
{
	int ret = fetch_process_status(src, pid, &out->status, &out->text, e);

	if (ret)
		out->text = NULL;
	return ret;
}

void who_free(struct who *who)
{
	free(who->text);
	*who = (struct who){ 0 };
}

#define READ(view, type)							\
int read_##view(const struct source *src, pid_t pid, struct type *out,		\
		struct err *e)							\
{										\
	int ret;								\
										\
	progress_start(#view, pid);						\
	ret = fetch_##view(src, pid, out, e);					\
	progress_stop();							\
	return ret;								\
}

READ(pages, pages)
READ(family, family)
READ(pairs, pairs)
READ(inherited, inherited)
READ(forecast, forecast)
