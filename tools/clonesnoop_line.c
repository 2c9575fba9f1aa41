// SPDX-License-Identifier: GPL-2.0-only
/* clonesnoop: the columns, and a call as one line or one JSON object. */
#include <string.h>
#include <time.h>

#include "clonesnoop.h"
#include "cowscope_abi.h"

enum field {
	F_TIME, F_TIME_NS, F_PARENT, F_TID, F_CHILD, F_COMM, F_SYSCALL, F_SHAPE, F_LATENCY,
	F_PAGES, F_PGTABLE, F_VMAS, F_THREADS, F_RESULT, F_SIGNAL, F_MARK, F_FLAGS,
};

#define SHAPE_PLACE(id, name)	SHAPE_##id,
enum { COWSCOPE_SHAPES(SHAPE_PLACE) };

const char snoop_preset[] =
	"time,parent,child,comm,shape,latency_us,pages,pgtable_bytes,threads,result,mark,flags";

/* Width for people, 0 for the last words of a line. */
static const unsigned char width[] = {
	[F_TIME] = 12, [F_TIME_NS] = 16, [F_PARENT] = 7, [F_TID] = 7, [F_CHILD] = 7,
	[F_COMM] = 15, [F_SYSCALL] = 7, [F_SHAPE] = 9, [F_LATENCY] = 10, [F_PAGES] = 8,
	[F_PGTABLE] = 13, [F_VMAS] = 5, [F_THREADS] = 7, [F_RESULT] = 6, [F_SIGNAL] = 11,
	[F_MARK] = 9, [F_FLAGS] = 0,
};

const char *snoop_mark(const struct snoop_call *call)
{
	if (call->failed || call->kernel)
		return "-";
	if (call->shape == SHAPE_PROCESS && call->threads > 1)
		return "threads";
	return call->shape == SHAPE_SHARED_VM ? "shared-vm" : "-";
}

/* Since boot in a saved copy: when that was is not in it. */
static void time_text(const struct snoop_call *call, char *out, size_t size)
{
	struct timespec wall, boot;
	int64_t ns;
	struct tm tm;
	time_t s;

	if (call->saved) {
		snprintf(out, size, "%llu.%03u", (unsigned long long)(call->time_ns / 1000000000),
			 (unsigned int)(call->time_ns / 1000000 % 1000));
		return;
	}
	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	ns = (wall.tv_sec - boot.tv_sec) * 1000000000LL + (wall.tv_nsec - boot.tv_nsec) +
	     (int64_t)call->time_ns;
	s = ns / 1000000000;
	localtime_r(&s, &tm);
	snprintf(out, size, "%02d:%02d:%02d.%03d", tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (int)(ns / 1000000 % 1000));
}

static char scratch[32];

static void number(struct cell *cell, uint64_t n)
{
	cell->value = value_of(n);
}

static void get(const void *row, unsigned int arg, struct cell *cell)
{
	const struct snoop_call *call = row;

	switch ((enum field)arg) {
	case F_TIME:
		time_text(call, scratch, sizeof(scratch));
		cell->text = scratch;
		return;
	case F_TIME_NS:
		return number(cell, call->time_ns);
	case F_PARENT:
		return number(cell, call->parent);
	case F_TID:
		if (call->tid)
			number(cell, call->tid);
		return;
	case F_CHILD:
		if (call->child)
			number(cell, call->child);
		return;
	case F_COMM:
		cell->text = call->comm;
		return;
	case F_SYSCALL:
		cell->text = call->syscall;
		return;
	case F_SHAPE:
		cell->text = call->shape_name;
		return;
	case F_LATENCY:
		if (call->timed)
			number(cell, (call->duration_ns + 500) / 1000);
		return;
	case F_PAGES:
		return number(cell, call->pages);
	case F_PGTABLE:
		return number(cell, call->pgtable_bytes);
	case F_VMAS:
		return number(cell, call->vmas);
	case F_THREADS:
		return number(cell, call->threads);
	case F_RESULT:
		cell->text = !call->failed ? "ok" : strcmp(call->error, "-") ? call->error :
			     "failed";
		return;
	case F_SIGNAL:
		cell->text = call->exit_signal;
		return;
	case F_MARK:
		cell->text = snoop_mark(call);
		return;
	case F_FLAGS:
		cell->text = call->flags;
		return;
	}
}

#define TEXT(id, column, about)						\
	{ .name = column, .text = true, .help = about, .get = get, .arg = id }
#define NUMBER(id, column, measure, about)				\
	{ .name = column, .unit = measure, .help = about, .get = get, .arg = id }

static const struct column columns[] = {
	TEXT(F_TIME, "time", "when it was called; --root: seconds since boot"),
	NUMBER(F_TIME_NS, "time_ns", "ns", "when it was called, since boot"),
	NUMBER(F_PARENT, "parent", NULL, "process that called"),
	NUMBER(F_TID, "tid", NULL, "thread that called"),
	NUMBER(F_CHILD, "child", NULL, "the new process or thread"),
	TEXT(F_COMM, "comm", "name of the caller"),
	TEXT(F_SYSCALL, "syscall", "fork, vfork, clone, clone3, or kernel"),
	TEXT(F_SHAPE, "shape", "process (memory copied), vfork, thread, shared-vm"),
	NUMBER(F_LATENCY, "latency_us", "us", "from the call to the child being runnable"),
	NUMBER(F_PAGES, "pages", "4 KiB", "resident pages that the child got"),
	NUMBER(F_PGTABLE, "pgtable_bytes", "bytes", "page tables made for them"),
	NUMBER(F_VMAS, "vmas", NULL, "mappings copied"),
	NUMBER(F_THREADS, "threads", NULL, "of the caller's process"),
	TEXT(F_RESULT, "result", "ok, the errno by name, or failed"),
	TEXT(F_SIGNAL, "exit_signal", "sent to the parent at the child's end"),
	TEXT(F_MARK, "mark", "threads: forked by one of several; shared-vm: one memory of two"),
	TEXT(F_FLAGS, "flags", "what clone was asked for"),
};

const struct column_set snoop_columns = { columns, sizeof(columns) / sizeof(columns[0]) };

static void put(const struct column *c, const char *text, bool last, bool raw, FILE *out)
{
	int w = raw || last ? 0 : width[c->arg];

	fprintf(out, "%*s%s", c->text ? -w : w, text, last ? "\n" : " ");
}

void snoop_heading(const struct column_list *list, bool raw, FILE *out)
{
	char text[32];
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct column *c = &columns[list->index[i]];

		snprintf(text, sizeof(text), "%s", c->name);
		column_capitals(text, sizeof(text));
		put(c, text, i + 1 == list->n, raw, out);
	}
}

void snoop_line(const struct column_list *list, const struct snoop_call *call, bool raw,
		FILE *out)
{
	char text[32];
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct column *c = &columns[list->index[i]];
		struct cell cell = { 0 };

		c->get(call, c->arg, &cell);
		if (!cell.text)
			value_print(&cell.value, text, sizeof(text));
		put(c, cell.text ? cell.text : text, i + 1 == list->n, raw, out);
	}
}

/* Names hold no quotes that need more: what is not printable is \xNN already. */
static void put_string(const char *text, FILE *out)
{
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	putc('"', out);
}

void snoop_json(const struct column_list *list, const struct snoop_call *call, FILE *out)
{
	char text[32];
	size_t i;

	for (i = 0; i < list->n; i++) {
		const struct column *c = &columns[list->index[i]];
		struct cell cell = { 0 };

		c->get(call, c->arg, &cell);
		fprintf(out, "%s\"%s\": ", i ? ", " : "{", c->name);
		if (cell.text && strcmp(cell.text, "-")) {
			put_string(cell.text, out);
		} else if (!cell.text && value_known(&cell.value)) {
			value_print(&cell.value, text, sizeof(text));
			fputs(text, out);
		} else {
			fputs("null", out);
		}
	}
	fputs("}\n", out);
}
