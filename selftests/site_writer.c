// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cowsites_test.sh looks at: a child that writes known numbers of pages, which it
 * shares with its parent, from known lines, from a library, from code made at run time,
 * in the vdso and in the kernel. Says its PID; SIGUSR1: writes, says "done"; SIGUSR2: ends.
 *
 * Built by the script, in several ways. Lines that are asked for are marked.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "site_library.h"

#define WRITTEN		101
#define INLINED		23
#define LIBRARY		37
#define READ		29
#define MADE		13
#define VDSO		11
#define PAGES		(WRITTEN + INLINED + LIBRARY + READ + MADE + VDSO)

static size_t page;

__attribute__((noinline, noclone)) static void program_write(volatile char *at, size_t pages)
{
	for (; pages; pages--, at += page)
		*at = 1;	/* LINE program */
}

static inline __attribute__((always_inline)) void touch(volatile char *at)
{
	*at = 3;		/* LINE inlined */
}

__attribute__((noinline, noclone)) static void around_inlined(volatile char *at, size_t pages)
{
	for (; pages; pages--, at += page)
		touch(at);
}

static void kernel_write(char *at, size_t pages)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	if (read(fd, at, pages * page) != (ssize_t)(pages * page))
		abort();
	close(fd);
}

/* Code that no file has: movb $4, (%rdi); ret */
static void made_write(char *at, size_t pages)
{
	static const unsigned char code[] = { 0xc6, 0x07, 0x04, 0xc3 };
	void *made = mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void (*run)(char *at) = (void (*)(char *))(uintptr_t)made;

	if (made == MAP_FAILED)
		abort();
	memcpy(made, code, sizeof(code));
	for (; pages; pages--, at += page)
		run(at);
}

static void vdso_write(char *at, size_t pages)
{
	for (; pages; pages--, at += page)
		if (getcpu((unsigned int *)at, NULL))
			abort();
}

static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		abort();
}

static void child(char *at)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigwait(&set, &signal);
	program_write(at, WRITTEN);
	around_inlined(at += WRITTEN * page, INLINED);
	library_write(at += INLINED * page, LIBRARY, page);
	kernel_write(at += LIBRARY * page, READ);
	made_write(at += READ * page, MADE);
	vdso_write(at += MADE * page, VDSO);
	say("done\n");
	sigwait(&set, &signal);
	_exit(0);
}

int main(void)
{
	sigset_t set;
	char *at;
	pid_t pid;

	page = sysconf(_SC_PAGESIZE);
	at = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED || madvise(at, PAGES * page, MADV_NOHUGEPAGE))
		return 1;
	memset(at, 'p', PAGES * page);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (!pid)
		child(at);
	printf("%d\n", pid);
	fflush(stdout);
	return waitpid(pid, NULL, 0) != pid;
}
