// SPDX-License-Identifier: GPL-2.0-only
/*
 * The actors of forklab without the module: they obey, share what they should
 * and end. What the kernel counts meanwhile is for the VM.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#include "actor.h"
#include "tap.h"

#define N	AREA_PAGES

static struct troupe troupe;
static struct err err;

static int64_t answer(enum role who)
{
	int64_t value;

	return troupe_answer(&troupe, who, &value, &err) ? -1 : value;
}

static void send_order(enum role who, enum order_op op, enum area area, size_t count,
		       unsigned char mark)
{
	const struct order o = { .op = op, .area = area, .count = count, .mark = mark };

	if (troupe_send(&troupe, who, &o, &err))
		ok(false, err.text);
}

static int64_t order(enum role who, enum order_op op, enum area area, size_t count,
		     unsigned char mark)
{
	send_order(who, op, area, count, mark);
	return answer(who);
}

static bool prepared(enum area area, size_t pages)
{
	return !order(PARENT, ORDER_MAP, area, pages, 0) &&
		!order(PARENT, ORDER_WRITE, area, pages, 'p') &&
		order(PARENT, ORDER_READ, area, pages, 0) == (int64_t)pages * 'p';
}

static void test_fork(void)
{
	static const enum area own[] = {
		AREA_ANON, AREA_HEAP, AREA_DATA, AREA_BSS, AREA_STACK, AREA_FILE
	};
	bool same = true, apart = true, mapped = true;
	int64_t pid;
	size_t i;

	ok(!troupe_start(&troupe, &err), "the parent starts");
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		mapped = mapped && prepared(own[i], AREA_FEW);
	ok(mapped && prepared(AREA_SHARED, N), "every area is mapped and written");
	pid = order(PARENT, ORDER_FORK, AREA_ANON, 0, 0);
	ok(pid > 0 && answer(CHILD) == pid, "the child says its PID");
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		same = same && order(CHILD, ORDER_READ, own[i], AREA_FEW, 0) ==
			AREA_FEW * 'p';
		order(CHILD, ORDER_WRITE, own[i], AREA_FEW, 'c');
		apart = apart &&
			order(CHILD, ORDER_READ, own[i], AREA_FEW, 0) == AREA_FEW * 'c' &&
			order(PARENT, ORDER_READ, own[i], AREA_FEW, 0) == AREA_FEW * 'p';
	}
	ok(same, "the child sees what the parent wrote");
	ok(apart, "what the child writes is its own");
	ok(order(PARENT, ORDER_READ_FILE, AREA_FILE, AREA_FEW, 0) == AREA_FEW * 'f',
	   "the file behind a private mapping keeps its contents");
	order(CHILD, ORDER_WRITE, AREA_SHARED, N, 'c');
	ok(order(PARENT, ORDER_READ, AREA_SHARED, N, 0) == N * 'c',
	   "shared memory is common");
	send_order(CHILD, ORDER_END, AREA_ANON, 0, 0);
	ok(!order(PARENT, ORDER_REAP, AREA_ANON, 0, 0), "the child is reaped");
	troupe_end(&troupe);
}

static void test_others(void)
{
	if (troupe_start(&troupe, &err) || !prepared(AREA_ANON, N))
		ok(false, err.text);
	send_order(PARENT, ORDER_VFORK, AREA_ANON, 0, 0);
	ok(answer(CHILD) > 0, "a vfork child says its PID");
	order(CHILD, ORDER_WRITE, AREA_ANON, N, 'c');
	send_order(CHILD, ORDER_END, AREA_ANON, 0, 0);
	ok(answer(PARENT) > 0 && !order(PARENT, ORDER_REAP, AREA_ANON, 0, 0),
	   "the parent goes on when it has ended");
	ok(order(PARENT, ORDER_READ, AREA_ANON, N, 0) == N * 'c',
	   "what it wrote is the parent's");
	ok(!order(PARENT, ORDER_THREAD, AREA_ANON, 0, 0) && answer(CHILD) > 0,
	   "a thread says its TID");
	order(CHILD, ORDER_WRITE, AREA_ANON, N, 't');
	ok(order(PARENT, ORDER_READ, AREA_ANON, N, 0) == N * 't',
	   "what it wrote is the process's");
	send_order(CHILD, ORDER_END, AREA_ANON, 0, 0);
	ok(!order(PARENT, ORDER_REAP, AREA_ANON, 0, 0), "it is joined");
	ok(order(PARENT, ORDER_READ_FILE, AREA_FILE, N, 0) == -1 &&
	   strstr(err.text, "parent: read file"), "a failed order says who and what");
	troupe_end(&troupe);
}

static void test_advice(void)
{
	if (troupe_start(&troupe, &err) || !prepared(AREA_ANON, N) ||
	    !prepared(AREA_HEAP, AREA_FEW))
		ok(false, err.text);
	ok(order(PARENT, ORDER_WHERE, AREA_ANON, 0, 0) > 0, "an area says where it is");
	ok(!order(PARENT, ORDER_WIPE, AREA_ANON, N, 0), "an area is wiped on fork");
	ok(!order(PARENT, ORDER_NO_FORK, AREA_HEAP, AREA_FEW, 0), "another stays here");
	order(PARENT, ORDER_FORK, AREA_ANON, 0, 0);
	answer(CHILD);
	ok(!order(CHILD, ORDER_READ, AREA_ANON, N, 0), "the child finds the first empty");
	ok(order(PARENT, ORDER_READ, AREA_ANON, N, 0) == N * 'p', "the parent does not");
	send_order(CHILD, ORDER_READ, AREA_HEAP, AREA_FEW, 0);
	ok(answer(CHILD) == -1, "the child has no second, and ends if it reads there");
	ok(order(PARENT, ORDER_READ, AREA_HEAP, AREA_FEW, 0) == AREA_FEW * 'p',
	   "the parent has");
	troupe_end(&troupe);
}

static int64_t act(enum role who, enum order_op op, uint64_t arg)
{
	const struct order o = { .op = op, .count = 7, .arg = arg };

	if (troupe_send(&troupe, who, &o, &err))
		ok(false, err.text);
	return answer(who);
}

/* Two children, one after the other: the second shares what it is told to. */
static void test_clone(void)
{
	int64_t fd;

	if (troupe_start(&troupe, &err))
		ok(false, err.text);
	fd = act(PARENT, ORDER_OPEN, 0);
	act(PARENT, ORDER_CATCH, 0);
	act(PARENT, ORDER_LOCK, 0);
	ok(act(PARENT, ORDER_CLONE, 0) > 0 && answer(CHILD) > 0, "a child by clone");
	ok(act(CHILD, ORDER_READ_ON, fd) == 6 && act(PARENT, ORDER_READ_ON, fd) == 13,
	   "the parent reads on where the child stopped");
	fd = act(CHILD, ORDER_REOPEN, fd);
	ok(act(CHILD, ORDER_READ_ON, fd) == 6, "a file opened again begins at its beginning");
	ok(act(PARENT, ORDER_READ_ON, fd) == -1, "what the child opens the parent has not");
	ok(act(CHILD, ORDER_TRYLOCK, 0) == EBUSY && !act(PARENT, ORDER_UNLOCK, 0) &&
	   !act(PARENT, ORDER_TRYLOCK, 0) && act(CHILD, ORDER_TRYLOCK, 0) == EBUSY,
	   "a lock that another thread held stays locked in the child");
	send_order(CHILD, ORDER_END, AREA_ANON, 0, 0);
	ok(!order(PARENT, ORDER_REAP, AREA_ANON, 0, 0) &&
	   act(PARENT, ORDER_CLONE, CLONE_VM | CLONE_FILES) > 0 && answer(CHILD) > 0,
	   "a second child, with flags");
	fd = act(CHILD, ORDER_OPEN, 0);
	ok(act(PARENT, ORDER_READ_ON, fd) == 6, "what it opens the parent has");
	ok(!act(CHILD, ORDER_CAUGHT, 0) && !kill(troupe.parent, SIGUSR1) &&
	   act(PARENT, ORDER_CAUGHT, 0) == 1 && act(CHILD, ORDER_CAUGHT, 0) == 1,
	   "what the parent counts in memory the child reads");
	troupe_end(&troupe);
}

static void test_exec(void)
{
	if (troupe_start(&troupe, &err))
		ok(false, err.text);
	order(PARENT, ORDER_FORK, AREA_ANON, 0, 0);
	answer(CHILD);
	send_order(CHILD, ORDER_EXEC, AREA_ANON, 0, 0);
	ok(!troupe_echo(&troupe, CHILD, &err), "after exec it is cat that answers");
	troupe_end(&troupe);
	ok(answer(PARENT) == -1, "an actor that is gone is an error, not a wait");
}

int main(void)
{
	test_fork();
	test_others();
	test_advice();
	test_clone();
	test_exec();
	return tap_failed != 0;
}
