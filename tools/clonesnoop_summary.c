// SPDX-License-Identifier: GPL-2.0-only
/*
 * clonesnoop --summary: how the ways to make a task were used, and whose fork and exec
 * would be cheaper without a copy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clonesnoop.h"
#include "cowscope_abi.h"
#include "document.h"

#define SHAPE_PLACE(id, name)	SHAPE_##id,
enum { COWSCOPE_SHAPES(SHAPE_PLACE) WAY_KERNEL, NWAYS };

/* Children whose exec may still come, by PID; a newer one takes an older one's place. */
#define CHILDREN	65536
/* Callers that are told apart; what the rest did is in the first table only. */
#define CALLERS_MAX	4096

struct way {
	const char *name;
	uint64_t calls, failed, execs, hazards;
	uint64_t pages, pgtable_bytes, ns;
	uint64_t *taken;	/* latencies, for the median */
	size_t ntaken, room;
};

struct caller {
	pid_t pid;
	char comm[SNOOP_NAME];
	uint64_t forks, execs, ns, pages, pgtable_bytes, copied;
};

struct child {
	pid_t pid;
	int shape;
	size_t caller;		/* CALLERS_MAX none */
	uint64_t ns, pages, pgtable_bytes;
};

struct snoop_summary {
	struct way way[NWAYS];
	struct caller *caller;
	size_t ncallers;
	struct child *child;
};

struct snoop_summary *snoop_summary_new(void)
{
	/* As a textbook calls them; DESCRIPTION says which calls are which. */
	static const char *const name[NWAYS] = {
		[SHAPE_PROCESS] = "fork", [SHAPE_VFORK] = "vfork", [SHAPE_THREAD] = "pthread",
		[SHAPE_SHARED_VM] = "clone", [WAY_KERNEL] = "kernel",
	};
	struct snoop_summary *sum = calloc(1, sizeof(*sum));
	int i;

	if (!sum)
		return NULL;
	for (i = 0; i < NWAYS; i++)
		sum->way[i].name = name[i];
	sum->child = calloc(CHILDREN, sizeof(*sum->child));
	sum->caller = calloc(CALLERS_MAX, sizeof(*sum->caller));
	if (sum->child && sum->caller)
		return sum;
	snoop_summary_free(sum);
	return NULL;
}

void snoop_summary_free(struct snoop_summary *sum)
{
	int i;

	if (!sum)
		return;
	for (i = 0; i < NWAYS; i++)
		free(sum->way[i].taken);
	free(sum->child);
	free(sum->caller);
	free(sum);
}

static int way_took(struct way *way, uint64_t ns)
{
	if (way->ntaken == way->room) {
		size_t room = way->room ? way->room * 2 : 256;
		uint64_t *taken = reallocarray(way->taken, room, sizeof(*taken));

		if (!taken)
			return -ENOMEM;
		way->taken = taken;
		way->room = room;
	}
	way->taken[way->ntaken++] = ns;
	way->ns += ns;
	return 0;
}

static size_t caller_of(struct snoop_summary *sum, const struct snoop_call *call)
{
	size_t i;

	/* The newest first: who forked last is who forks next. */
	for (i = sum->ncallers; i-- > 0;)
		if (sum->caller[i].pid == call->parent && !strcmp(sum->caller[i].comm, call->comm))
			return i;
	if (sum->ncallers == CALLERS_MAX)
		return CALLERS_MAX;
	sum->caller[sum->ncallers].pid = call->parent;
	strcpy(sum->caller[sum->ncallers].comm, call->comm);
	return sum->ncallers++;
}

int snoop_summary_call(struct snoop_summary *sum, const struct snoop_call *call)
{
	struct child *child;
	struct way *way;

	if (call->shape < 0)
		return 0;
	way = &sum->way[call->kernel ? WAY_KERNEL : call->shape];
	way->calls++;
	if (call->failed) {
		way->failed++;
		return 0;
	}
	way->pages += call->pages;
	way->pgtable_bytes += call->pgtable_bytes;
	way->hazards += !strcmp(snoop_mark(call), "threads");
	if (call->shape != SHAPE_THREAD && !call->kernel) {
		child = &sum->child[call->child % CHILDREN];
		*child = (struct child){
			.pid = call->child, .shape = call->shape, .caller = CALLERS_MAX,
			.ns = call->duration_ns, .pages = call->pages,
			.pgtable_bytes = call->pgtable_bytes,
		};
		if (call->shape == SHAPE_PROCESS)
			child->caller = caller_of(sum, call);
		if (child->caller < CALLERS_MAX)
			sum->caller[child->caller].forks++;
	}
	return call->timed ? way_took(way, call->duration_ns) : 0;
}

void snoop_summary_exec(struct snoop_summary *sum, const struct snoop_exec *exec)
{
	struct child *child = &sum->child[exec->process % CHILDREN];
	struct caller *caller;

	if (child->pid != exec->process)
		return;
	sum->way[child->shape].execs++;
	if (child->caller < CALLERS_MAX) {
		caller = &sum->caller[child->caller];
		caller->execs++;
		caller->ns += child->ns;
		caller->pages += child->pages;
		caller->pgtable_bytes += child->pgtable_bytes;
		caller->copied += exec->copied_pages > 0 ? exec->copied_pages : 0;
	}
	child->pid = 0;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t median_us(const struct way *way)
{
	uint64_t *sorted, median;

	if (!way->ntaken)
		return 0;
	sorted = reallocarray(NULL, way->ntaken, sizeof(*sorted));
	if (!sorted)
		return 0;
	memcpy(sorted, way->taken, way->ntaken * sizeof(*sorted));
	qsort(sorted, way->ntaken, sizeof(*sorted), by_size);
	median = sorted[way->ntaken / 2];
	free(sorted);
	return (median + 500) / 1000;
}

enum { W_WAY, W_CALLS, W_FAILED, W_MEDIAN, W_MEAN, W_PAGES, W_PGTABLE, W_EXECS, W_HAZARDS };

static void get_way(const void *row, unsigned int arg, struct cell *cell)
{
	const struct way *way = row;
	uint64_t made = way->calls - way->failed;
	uint64_t n = 0;

	switch (arg) {
	case W_WAY:
		cell->text = way->name;
		return;
	case W_MEDIAN:
	case W_MEAN:
		if (!way->ntaken)
			return;
		n = arg == W_MEDIAN ? median_us(way) : (way->ns / way->ntaken + 500) / 1000;
		break;
	case W_PAGES:
	case W_PGTABLE:
		if (!made)
			return;
		n = (arg == W_PAGES ? way->pages : way->pgtable_bytes) / made;
		break;
	default:
		n = arg == W_CALLS ? way->calls : arg == W_FAILED ? way->failed :
		    arg == W_EXECS ? way->execs : way->hazards;
	}
	cell->value = value_of(n);
}

#define COLUMN(function, id, title, about)	\
	{ .name = title, .help = about, .get = function, .arg = id }

static const struct column way_columns[] = {
	{ .name = "way", .text = true, .help = "", .get = get_way, .arg = W_WAY },
	COLUMN(get_way, W_CALLS, "calls", ""), COLUMN(get_way, W_FAILED, "failed", ""),
	COLUMN(get_way, W_MEDIAN, "median_us", ""), COLUMN(get_way, W_MEAN, "mean_us", ""),
	COLUMN(get_way, W_PAGES, "pages", ""), COLUMN(get_way, W_PGTABLE, "pgtable_bytes", ""),
	COLUMN(get_way, W_EXECS, "execs", ""), COLUMN(get_way, W_HAZARDS, "with_threads", ""),
};

enum { C_PID, C_COMM, C_FORKS, C_EXECS, C_US, C_PAGES, C_PGTABLE, C_COPIED };

static void get_caller(const void *row, unsigned int arg, struct cell *cell)
{
	const struct caller *c = row;
	const uint64_t per[] = {
		[C_US] = c->ns / 1000, [C_PAGES] = c->pages, [C_PGTABLE] = c->pgtable_bytes,
		[C_COPIED] = c->copied,
	};

	if (arg == C_COMM)
		cell->text = c->comm;
	else if (arg == C_PID)
		cell->value = value_of(c->pid);
	else if (arg == C_FORKS || arg == C_EXECS)
		cell->value = value_of(arg == C_FORKS ? c->forks : c->execs);
	else
		cell->value = value_of(per[arg] / c->execs);
}

static const struct column caller_columns[] = {
	COLUMN(get_caller, C_PID, "pid", ""),
	{ .name = "comm", .text = true, .help = "", .get = get_caller, .arg = C_COMM },
	COLUMN(get_caller, C_FORKS, "forks", ""), COLUMN(get_caller, C_EXECS, "execs", ""),
	COLUMN(get_caller, C_US, "fork_us", ""), COLUMN(get_caller, C_PAGES, "pages", ""),
	COLUMN(get_caller, C_PGTABLE, "pgtable_bytes", ""),
	COLUMN(get_caller, C_COPIED, "copied_pages", ""),
};

#define SET(columns)	{ columns, sizeof(columns) / sizeof((columns)[0]) }
static const struct column_set way_set = SET(way_columns), caller_set = SET(caller_columns);

static void all_of(const struct column_set *set, struct column_list *list)
{
	for (list->n = 0; list->n < set->count; list->n++)
		list->index[list->n] = list->n;
}

/* Most time first. */
static int by_cost(const void *a, const void *b)
{
	const struct caller *x = a, *y = b;

	return x->ns != y->ns ? (x->ns < y->ns ? 1 : -1) : x->pid - y->pid;
}

static void say_advice(const struct snoop_summary *sum, FILE *out)
{
	const struct way *vfork = &sum->way[SHAPE_VFORK];

	fputs("\nForked, then ran another program: vfork or posix_spawn would have copied\n"
	      "none of this (for each, on average", out);
	if (vfork->ntaken)
		fprintf(out, "; a vfork took %llu us here", (unsigned long long)median_us(vfork));
	fputs("):\n", out);
}

int snoop_summary_print(const struct snoop_summary *sum, bool json, FILE *out, struct err *e)
{
	struct document doc = { .out = out, .json = json };
	struct table_style style = { .format = json ? TABLE_JSON : TABLE_HUMAN, .name = "ways" };
	struct caller *guilty = calloc(sum->ncallers + 1, sizeof(*guilty));
	struct column_list list;
	size_t i, n = 0;
	int ret;

	if (!guilty)
		return err_sys(e, -ENOMEM, "summary");
	for (i = 0; i < sum->ncallers; i++)
		if (sum->caller[i].execs)
			guilty[n++] = sum->caller[i];
	qsort(guilty, n, sizeof(*guilty), by_cost);
	all_of(&way_set, &list);
	ret = document_table(&doc, &way_set, &list, sum->way, NWAYS, sizeof(*sum->way),
			     &style, e);
	if (!ret && (json || n)) {
		if (!json)
			say_advice(sum, out);
		style.name = "fork_and_exec";
		all_of(&caller_set, &list);
		ret = document_table(&doc, &caller_set, &list, guilty, n, sizeof(*guilty),
				     &style, e);
	}
	document_end(&doc);
	free(guilty);
	return ret;
}
