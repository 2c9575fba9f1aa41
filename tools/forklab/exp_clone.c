// SPDX-License-Identifier: GPL-2.0-only
/* What else makes a task: fork with exec, vfork, a thread. */
#include <string.h>

#include "experiments.h"

static void echo(struct lab *lab)
{
	if (!lab->broken)
		lab->broken = troupe_echo(&lab->troupe, CHILD, &lab->err);
}

static void run_exec(struct lab *lab)
{
	struct value old, fresh, inherited;
	const struct clone_event *clone;
	const struct record *rec;

	rec = lab_live(lab, lab->pid[CHILD]);
	old = rec->mm;
	inherited = rec->inherited_pages;
	lab_send(lab, CHILD, ORDER_EXEC);
	echo(lab);
	rec = lab_live(lab, lab->pid[CHILD]);
	fresh = rec->mm;
	lab_holds(lab, "same PID, another address space (mm) after exec",
		  value_known(&old) && value_known(&fresh) && old.n != fresh.n);
	lab_is_text(lab, "where the new one comes from (born)", rec->born, "exec");
	rec = lab_exited(lab, old.n);
	lab_is_text(lab, "the old one is a line in exited (end)", rec->end, "exec");
	lab_at_least(lab, "how long it lived (lived_ns)", rec->lived_ns, 1);
	lab_note(lab, "for nothing: of %llu pages entered into page tables it copied back %llu",
		 (unsigned long long)inherited.n,
		 (unsigned long long)rec->cause[CAUSE_COPIED].n);
	clone = lab_clone(lab, lab->pid[CHILD]);
	lab_note(lab, "and %llu bytes of page tables, made in %llu us, were thrown away",
		 (unsigned long long)clone->pgtable_bytes.n,
		 (unsigned long long)clone->duration_ns.n / 1000);
}

const struct experiment exp_exec = {
	.name = "exec",
	.title = "fork, then exec: a copy made to be thrown away",
	.book = "exec gives the process a new, empty address space. What fork entered into\n"
		"  page tables a moment ago was for nothing.",
	.setup = SETUP_FORKED,
	.run = run_exec,
};

static void run_vfork(struct lab *lab)
{
	const struct clone_event *clone;
	const struct record *rec;
	struct value mine, theirs;
	struct cow parent;

	lab_send(lab, PARENT, ORDER_VFORK);
	lab->pid[CHILD] = (pid_t)lab_answer(lab, CHILD);
	mine = lab_mm(lab, lab->pid[PARENT]);
	theirs = lab_mm(lab, lab->pid[CHILD]);
	lab_is(lab, "address space (mm) of the child: the parent's", theirs, mine.n);
	lab_holds(lab, "no row of its own in processes",
		  !lab_live_maybe(lab, lab->pid[CHILD]));
	rec = lab_live(lab, lab->pid[PARENT]);
	lab_is(lab, "tasks in the parent's row", rec->tasks, 2);
	clone = lab_clone(lab, lab->pid[CHILD]);
	lab_is_text(lab, "what was made (shape in clones)", clone->shape, "vfork");
	lab_is(lab, "pages entered into page tables (pages in clones)", clone->pages, 0);
	lab_note(lab, "system call %s, flags %s", clone->syscall, clone->flags);
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, N, 'c');
	lab_send(lab, CHILD, ORDER_END);
	lab_answer(lab, PARENT);
	lab_is_number(lab, "child wrote 61 pages; parent reads the sum of the new marks",
		      lab_order(lab, PARENT, ORDER_READ, AREA_ANON, N, 0), N * 'c');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "copied", parent.cause[REGION_ANON][CAUSE_COPIED], 0);
	lab_order(lab, PARENT, ORDER_REAP, AREA_ANON, 0, 0);
}

const struct experiment exp_vfork = {
	.name = "vfork",
	.title = "vfork lends the parent's address space",
	.book = "a vfork child runs in its parent's memory while the parent waits. Nothing\n"
		"  is duplicated, nothing is copied on write, and its writes stay.",
	.setup = SETUP_MEMORY,
	.run = run_vfork,
};

static void run_thread(struct lab *lab)
{
	const struct clone_event *clone;
	const struct record *rec;
	struct cow parent;
	pid_t tid;

	lab_order(lab, PARENT, ORDER_THREAD, AREA_ANON, 0, 0);
	tid = (pid_t)lab_answer(lab, CHILD);
	lab_mark(lab, PARENT);
	rec = lab_live(lab, lab->pid[PARENT]);
	lab_is(lab, "tasks in the process's row", rec->tasks, 2);
	lab_is_number(lab, "rows in processes with this address space",
		      (int64_t)lab_count_mm(lab, rec->mm.n), 1);
	clone = lab_clone(lab, tid);
	lab_is_text(lab, "what was made (shape in clones)", clone->shape, "thread");
	lab_holds(lab, "asked with CLONE_VM and CLONE_THREAD",
		  strstr(clone->flags, "CLONE_VM") && strstr(clone->flags, "CLONE_THREAD"));
	lab_note(lab, "system call %s, flags %s", clone->syscall, clone->flags);
	lab_order(lab, CHILD, ORDER_WRITE, AREA_ANON, N, 't');
	lab_is_number(lab, "thread wrote 61 pages; the other thread reads the new marks",
		      lab_order(lab, PARENT, ORDER_READ, AREA_ANON, N, 0), N * 't');
	parent = lab_counted(lab, PARENT);
	lab_is(lab, "copied, in all regions", parent.cause[REGION_TOTAL][CAUSE_COPIED], 0);
	lab_send(lab, CHILD, ORDER_END);
	lab_order(lab, PARENT, ORDER_REAP, AREA_ANON, 0, 0);
}

const struct experiment exp_thread = {
	.name = "thread",
	.title = "threads share, so nothing is copied",
	.book = "CLONE_VM means one address space for both tasks: no page is write-protected,\n"
		"  a write is seen at once by the other, and there is no copy-on-write.",
	.setup = SETUP_MEMORY,
	.run = run_thread,
};
