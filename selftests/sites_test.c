// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites: which code counted, against functions whose addresses are known; that its
 * rows add up to cow, whatever happens meanwhile; and what is left when there is no room.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/expect.h"
#include "lib/expect_sites.h"

#define FIRST_PAGES	101
#define SECOND_PAGES	37
#define READ_PAGES	29
#define REMOTE_PAGES	23
#define WRITERS		401

static long call_first(void *arg)
{
	struct part *part = arg;

	write_first(part->base, part->pages);
	return 0;
}

static long call_second(void *arg)
{
	struct part *part = arg;

	write_second(part->base, part->pages);
	return 0;
}

/* Each of two functions is one row, with its pages, its file and its place there. */
/* Broken: the wrong line of a program is blamed for its memory. */
TEST_F(sites, two_functions)
{
	struct part first = part_of(self, 0, FIRST_PAGES);
	struct part second = part_of(self, FIRST_PAGES, SECOND_PAGES);

	ASSERT_EQ(0, actor_call(self->heir, call_first, PASSING(&first)));
	ASSERT_EQ(0, actor_call(self->heir, call_second, PASSING(&second)));
	expect_function(_metadata, self->heir, __start_site_first, __stop_site_first, FIRST_PAGES);
	expect_function(_metadata, self->heir, __start_site_second, __stop_site_second,
			SECOND_PAGES);
	expect_sum(_metadata, self->heir);
}

/* The rows stand in the order of what they counted. */
/* Broken: head(1) shows what does not matter. */
TEST_F(sites, most_first)
{
	struct part first = part_of(self, 0, SECOND_PAGES);
	struct part second = part_of(self, SECOND_PAGES, FIRST_PAGES);
	struct scope_table table;

	ASSERT_EQ(0, actor_call(self->heir, call_first, PASSING(&first)));
	ASSERT_EQ(0, actor_call(self->heir, call_second, PASSING(&second)));
	table = sites_of(_metadata, self->heir);
	EXPECT_EQ(0, row_between(&table, __start_site_second, __stop_site_second));
	EXPECT_EQ(1, row_between(&table, __start_site_first, __stop_site_first));
	EXPECT_STREQ("before", scope_field(&table, table.rows - 1, "by"));
	scope_table_free(&table);
}

static long read_zeros(void *arg)
{
	struct part *part = arg;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	long ret = read(fd, part->base, part->pages * PAGE_BYTES);

	close(fd);
	return ret;
}

static char *number(long nr)
{
	static char text[24];

	snprintf(text, sizeof(text), "%ld", nr);
	return text;
}

/* What read(2) writes to a buffer is the system call's. */
/* Broken: nobody knows why memory grows that no instruction writes. */
TEST_F(sites, read_into_buffer)
{
	struct part part = part_of(self, 0, READ_PAGES);
	long long before = counted_now(_metadata, self->heir, "syscall", number(SYS_read));
	long long user = counted_now(_metadata, self->heir, "user", NULL);

	ASSERT_EQ(READ_PAGES * PAGE_BYTES,
		  actor_call(self->heir, read_zeros, PASSING(&part)));
	EXPECT_EQ(READ_PAGES, counted_now(_metadata, self->heir, "syscall", number(SYS_read)) -
		  before);
	/* libc's own words are few. */
	EXPECT_GT(5, counted_now(_metadata, self->heir, "user", NULL) - user);
	expect_sum(_metadata, self->heir);
}

/* What another process writes is the other's. */
/* Broken: a debugger's writes are blamed on the code where the process waits. */
TEST_F(sites, written_from_outside)
{
	struct iovec local = { "q", 1 };
	struct iovec remote = { self->world.base, 1 };
	struct scope_table table;
	size_t i;

	for (i = 0; i < REMOTE_PAGES; i++, remote.iov_base += PAGE_BYTES)
		ASSERT_EQ(1, process_vm_writev(self->heir->pid, &local, 1, &remote, 1, 0));
	table = sites_of(_metadata, self->heir);
	EXPECT_EQ(REMOTE_PAGES, counted(&table, "remote", "-", "copied"));
	EXPECT_EQ(REMOTE_PAGES, counted(&table, "remote", "-", "remote"));
	scope_table_free(&table);
	expect_sum(_metadata, self->heir);
}

/* Forks without a word to libc, then sleeps: the kernel notes the CPU on the way back. */
static long fork_and_sleep(void *arg)
{
	struct timespec moment = { .tv_nsec = 2000000 };
	pid_t pid = syscall(SYS_fork);

	(void)arg;
	if (!pid)
		for (;;)
			syscall(SYS_pause);
	syscall(SYS_nanosleep, &moment, NULL);
	syscall(SYS_kill, pid, SIGKILL);
	return syscall(SYS_wait4, pid, NULL, 0, NULL) == pid ? 0 : -EIO;
}

/* Copied, or taken over when the child was first to copy the page. */
static long long rseq_notes(struct __test_metadata *_metadata, const struct actor *actor)
{
	struct scope_table table = sites_of(_metadata, actor);
	long long sum = counted(&table, "rseq", NULL, "copied") +
			counted(&table, "rseq", NULL, "reused");

	scope_table_free(&table);
	return sum;
}

/* The kernel's note for restartable sequences is named as such. */
/* Broken: a page per process and fork that no code of the program has written. */
TEST_F(sites, rseq)
{
	long long before;

	if (!__rseq_size)
		SKIP(return, "libc has not registered for restartable sequences");
	before = rseq_notes(_metadata, self->heir);
	ASSERT_EQ(0, actor_call(self->heir, fork_and_sleep, NULL, 0));
	EXPECT_EQ(1, rseq_notes(_metadata, self->heir) - before);
	expect_sum(_metadata, self->heir);
}

static void nothing(int signal)
{
	(void)signal;
}

/* Takes a signal on a stack of its own, which is shared memory so far. */
static long take_signal(void *arg)
{
	struct part *part = arg;
	stack_t stack = { .ss_sp = part->base, .ss_size = part->pages * PAGE_BYTES };
	struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_ONSTACK };

	if (sigaltstack(&stack, NULL) || sigaction(SIGUSR1, &action, NULL))
		return -errno;
	return raise(SIGUSR1);
}

/* The frame of a signal is the kernel's doing, on the way back. */
/* Broken: it is blamed on the system call or instruction that was interrupted. */
TEST_F(sites, signal_frame)
{
	struct part part = part_of(self, 0, 16);
	long long before = counted_now(_metadata, self->heir, "return", NULL);

	ASSERT_EQ(0, actor_call(self->heir, take_signal, PASSING(&part)));
	EXPECT_LE(1, counted_now(_metadata, self->heir, "return", NULL) - before);
	expect_sum(_metadata, self->heir);
}

/* A followed child is watched from its birth: its TID is the kernel's to write. */
/* Broken: workers are watched too late to see what they broke first. */
TEST_F(sites, child_from_birth)
{
	struct part part = part_of(self, 0, FIRST_PAGES);
	struct actor *child = &self->cast.actor[2];

	ASSERT_LT(0, actor_fork(&self->cast, 1, 2));
	EXPECT_EQ(1, counted_now(_metadata, child, "syscall", number(SYS_clone)));
	EXPECT_EQ(0, counted_now(_metadata, child, "before", NULL));
	ASSERT_EQ(0, actor_call(child, call_first, PASSING(&part)));
	expect_function(_metadata, child, __start_site_first, __stop_site_first, FIRST_PAGES);
	expect_sum(_metadata, child);
}

/* What was counted, and where it was, can be read when the process has ended. */
/* Broken: a worker that died cannot be explained. */
TEST_F(sites, after_the_end)
{
	struct part part = part_of(self, 0, FIRST_PAGES);
	struct actor gone = *self->heir;

	ASSERT_EQ(0, actor_call(self->heir, call_first, PASSING(&part)));
	ASSERT_EQ(0, actor_quit(self->heir));
	expect_function(_metadata, &gone, __start_site_first, __stop_site_first, FIRST_PAGES);
	expect_sum(_metadata, &gone);
	ASSERT_EQ(0, scope_command("watch", "clear"));
	expect_function(_metadata, &gone, __start_site_first, __stop_site_first, FIRST_PAGES);
}

/* Nothing is told of a process that is not watched, or not any more. */
/* Broken: half of the truth looks like all of it; and everybody pays for it. */
TEST_F(sites, unwatched)
{
	struct scope_table table = sites_of(_metadata, self->owner);
	struct part part = part_of(self, 0, FIRST_PAGES);

	EXPECT_EQ(0, table.rows);
	scope_table_free(&table);
	ASSERT_EQ(0, scope_commandf("watch", "-%d", self->heir->pid));
	table = sites_of(_metadata, self->heir);
	EXPECT_EQ(0, table.rows);
	scope_table_free(&table);

	/* Watched again, it begins with all that was counted. */
	ASSERT_EQ(0, actor_call(self->heir, call_first, PASSING(&part)));
	ASSERT_EQ(0, scope_commandf("watch", "%d", self->heir->pid));
	table = sites_of(_metadata, self->heir);
	EXPECT_EQ(-1, row_between(&table, __start_site_first, __stop_site_first));
	scope_table_free(&table);
	expect_sum(_metadata, self->heir);
}

#ifdef __x86_64__
#define WRITER_BYTES	16
/* movb $3, (%rdi); ret */
static const unsigned char writer[] = { 0xc6, 0x07, 0x03, 0xc3 };

/* As many different instructions as pages. */
static long call_writers(void *arg)
{
	struct part *part = arg;
	char *code = mmap(NULL, part->pages * WRITER_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void (*write_to)(char *page);
	size_t i;

	if (code == MAP_FAILED)
		return -errno;
	for (i = 0; i < part->pages; i++)
		memcpy(code + i * WRITER_BYTES, writer, sizeof(writer));
	for (i = 0; i < part->pages; i++) {
		write_to = (void (*)(char *))(uintptr_t)(code + i * WRITER_BYTES);
		write_to(part->base + i * PAGE_BYTES);
	}
	return 0;
}

/* More places than there is room for: the large one stays, nothing is lost. */
/* Broken: a program with much code hides the line that matters, or counts vanish. */
TEST_F(sites, more_than_room)
{
	struct part first = part_of(self, 0, FIRST_PAGES);
	struct part many = part_of(self, FIRST_PAGES, WRITERS);
	long long others = scope_status("sites_other");
	struct scope_table table;

	ASSERT_EQ(0, actor_call(self->heir, call_first, PASSING(&first)));
	ASSERT_EQ(0, actor_call(self->heir, call_writers, PASSING(&many)));
	expect_function(_metadata, self->heir, __start_site_first, __stop_site_first, FIRST_PAGES);
	expect_sum(_metadata, self->heir);
	table = sites_of(_metadata, self->heir);
	EXPECT_GE(COWSCOPE_SITES_MAX + 2, table.rows);
	EXPECT_LE(WRITERS - COWSCOPE_SITES_MAX, counted(&table, "other", "-", "copied"));
	EXPECT_EQ(scope_status("sites_other") - others, counted(&table, "other", "-", "copied") +
		  counted(&table, "other", "-", "zero") + counted(&table, "other", "-", "file"));
	scope_table_free(&table);
}
#endif

TEST_HARNESS_MAIN
