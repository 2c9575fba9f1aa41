// SPDX-License-Identifier: GPL-2.0-only
/*
 * The identity of attempts and outcomes, as far as it can be read while it moves.
 */
#include <linux/sched.h>
#include <linux/string.h>

#include "identity.h"

/* How often a reader looks again for a moment without new attempts. */
#define CWS_STEADY_TRIES	16

static u64 attempts_sum(void)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(cws_cpu_counts, cpu).attempts);
	return sum;
}

static void add_cpu(struct cws_cpu_counts *sum, const struct cws_cpu_counts *cpu)
{
	int i;

	sum->attempts += READ_ONCE(cpu->attempts);
	for (i = 0; i < CWS_NR_OUTCOMES; i++)
		sum->outcome[i] += READ_ONCE(cpu->outcome[i]);
	sum->unclassified += READ_ONCE(cpu->unclassified);
	sum->unknown_callers += READ_ONCE(cpu->unknown_callers);
	sum->orphans += READ_ONCE(cpu->orphans);
	sum->slots_dropped += READ_ONCE(cpu->slots_dropped);
}

static void read_once(struct cws_identity *id)
{
	u64 before = attempts_sum();
	int cpu, i;

	memset(id, 0, sizeof(*id));
	for_each_possible_cpu(cpu)
		add_cpu(&id->sum, &per_cpu(cws_cpu_counts, cpu));
	id->open = cws_account_open();
	id->balance = id->sum.attempts - id->sum.unclassified - id->open;
	for (i = 0; i < CWS_NR_OUTCOMES; i++)
		id->balance -= id->sum.outcome[i];
	id->steady = before == attempts_sum();
}

/**
 * cws_identity_read() - the numbers of the identity
 * @id: filled in
 *
 * The counters of the CPUs cannot be stopped together. The balance means
 * something when no attempt began while it was read and it came out even; a
 * few tries find such a moment on all but a very busy machine.
 *
 * Context: process context.
 */
void cws_identity_read(struct cws_identity *id)
{
	int tries;

	for (tries = 0; tries < CWS_STEADY_TRIES; tries++) {
		read_once(id);
		if (id->steady && !id->balance)
			break;
		cond_resched();
	}
}
