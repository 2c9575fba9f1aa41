// SPDX-License-Identifier: GPL-2.0-only
/* Signals: handlers and masks are copied, what is pending is not. */
#include <linux/kcmp.h>
#include <signal.h>

#include "experiments.h"

static bool has_bit(struct lab *lab, enum role who, const char *key, int sig)
{
	return lab_proc(lab, lab->pid[who], "status", key, 16) >> (sig - 1) & 1;
}

static void send_both(struct lab *lab, int sig)
{
	if (lab->broken)
		return;
	kill(lab->pid[PARENT], sig);
	kill(lab->pid[CHILD], sig);
}

static void run_handlers(struct lab *lab)
{
	lab_act(lab, PARENT, ORDER_CATCH, 0);
	lab_fork(lab);
	lab_born(lab, "signal_handlers: asked at_birth now", "signal_handlers",
		 "no copied own");
	lab_holds(lab, "  two tables (kcmp)", !lab_same(lab, KCMP_SIGHAND, 0, 0));
	lab_holds(lab, "  the child catches SIGUSR1 as well (SigCgt)",
		  has_bit(lab, CHILD, "SigCgt", SIGUSR1));
	send_both(lab, SIGUSR1);
	lab_is_number(lab, "SIGUSR1 for both: caught by the child",
		      lab_act(lab, CHILD, ORDER_CAUGHT, 0), 1);
	lab_is_number(lab, "  by the parent", lab_act(lab, PARENT, ORDER_CAUGHT, 0), 1);
	lab_act(lab, CHILD, ORDER_IGNORE, 0);
	lab_holds(lab, "child ignores it from now on; the parent still catches it (SigCgt)",
		  has_bit(lab, CHILD, "SigIgn", SIGUSR1) &&
		  has_bit(lab, PARENT, "SigCgt", SIGUSR1));
	send_both(lab, SIGUSR1);
	lab_is_number(lab, "SIGUSR1 for both: caught by the child, all in all",
		      lab_act(lab, CHILD, ORDER_CAUGHT, 0), 1);
	lab_is_number(lab, "  by the parent", lab_act(lab, PARENT, ORDER_CAUGHT, 0), 2);
}

const struct experiment exp_handlers = {
	.name = "handlers",
	.title = "signal handlers are copied",
	.book = "the child catches and ignores what its parent did when it forked. From\n"
		"  then on each has a table of its own.",
	.run = run_handlers,
};

static void run_pending(struct lab *lab)
{
	lab_act(lab, PARENT, ORDER_BLOCK, 0);
	lab_fork(lab);
	lab_born(lab, "blocked_signals: asked at_birth now", "blocked_signals",
		 "- copied own");
	lab_holds(lab, "  SIGUSR2 is blocked in both (SigBlk)",
		  has_bit(lab, PARENT, "SigBlk", SIGUSR2) &&
		  has_bit(lab, CHILD, "SigBlk", SIGUSR2));
	lab_born(lab, "pending_signals: asked at_birth now", "pending_signals",
		 "- empty own");
	lab_is_yes(lab, "  SIGUSR2 is pending for the parent (SigPnd)",
		   has_bit(lab, PARENT, "SigPnd", SIGUSR2), true);
	lab_is_yes(lab, "  and for the child", has_bit(lab, CHILD, "SigPnd", SIGUSR2), false);
}

const struct experiment exp_pending = {
	.name = "pending",
	.title = "blocked signals are copied, pending ones are not",
	.book = "the child blocks what its parent blocks. A signal that waits for the\n"
		"  parent is the parent's alone.",
	.run = run_pending,
};
