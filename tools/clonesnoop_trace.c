// SPDX-License-Identifier: GPL-2.0-only
/*
 * clonesnoop: calls as they happen, from the module's trace events in an instance of
 * tracefs that is ours alone.
 */
#include <errno.h>
#include <event-parse.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "clonesnoop.h"
#include "cowscope_abi.h"
#include "name.h"

/* Of each CPU: some 20,000 calls between two looks. */
#define BUFFER_KIB	"4096"

struct snoop_trace {
	struct tracefs_instance *instance;
	struct tep_handle *tep;
	char name[32];
	int cpus;
};

struct reading {
	struct snoop_trace *trace;
	const struct snoop_sink *sink;
	bool broken;
};

#define NAME(id, name)	name,
static const char *const shapes[] = { COWSCOPE_SHAPES(NAME) };
static const char *const syscalls[] = { COWSCOPE_SYSCALLS(NAME) };
#define COUNT(a)	(sizeof(a) / sizeof(*(a)))

/* A field of the event; one that is not there breaks the reading. */
static uint64_t number(struct reading *r, struct tep_event *event, struct tep_record *record,
		       const char *name)
{
	unsigned long long value = 0;

	if (tep_get_field_val(NULL, event, name, record, &value, 0))
		r->broken = true;
	return value;
}

static void flags_text(uint64_t flags, char *out)
{
	static const struct {
		int bit;
		const char *name;
	} names[] = {
#define FLAG(bit, name)	{ bit, "CLONE_" #name },
		COWSCOPE_CLONE_FLAGS(FLAG)
	};
	const char *sep = "";
	size_t i;

	if (!flags)
		out = stpcpy(out, "none");
	for (i = 0; i < COUNT(names); i++)
		if (flags & 1ULL << names[i].bit) {
			out += sprintf(out, "%s%s", sep, names[i].name);
			sep = "|";
			flags &= ~(1ULL << names[i].bit);
		}
	if (flags)
		sprintf(out, "%s0x%llx", sep, (unsigned long long)flags);
}

static void name_text(struct tep_event *event, struct tep_record *record, const char *field,
		      char *out)
{
	char plain[17] = "";
	int len = 0;
	const char *raw = tep_get_field_raw(NULL, event, field, record, &len, 0);

	if (raw && len > 0)
		snprintf(plain, sizeof(plain), "%.*s", len, raw);
	name_clean(plain, out);
	if (!*out)
		strcpy(out, "-");
}

static void error_text(int error, char *out, size_t size)
{
	const char *name = error ? strerrorname_np(error) : NULL;

	if (name || !error)
		snprintf(out, size, "%s", name ? name : "-");
	else
		snprintf(out, size, "%d", error);
}

static bool clone_event(struct reading *r, struct tep_event *event, struct tep_record *record)
{
	struct snoop_call call = {
		.time_ns = number(r, event, record, "time_ns"),
		.duration_ns = number(r, event, record, "duration_ns"),
		.pages = number(r, event, record, "pages"),
		.pgtable_bytes = number(r, event, record, "pgtable_bytes"),
		.vmas = number(r, event, record, "vmas"),
		.threads = number(r, event, record, "threads"),
		.parent = number(r, event, record, "parent"),
		.child = number(r, event, record, "child"),
		.failed = number(r, event, record, "failed"),
		.shape = -1, .shape_name = "-", .syscall = "-",
	};
	uint64_t shape = number(r, event, record, "shape");
	uint64_t syscall = number(r, event, record, "syscall");
	bool known = number(r, event, record, "flags_known");

	call.tid = tep_data_pid(r->trace->tep, record);
	call.timed = known && !call.failed;
	if (shape < COUNT(shapes)) {
		call.shape = shape;
		call.shape_name = shapes[shape];
	}
	if (syscall < COUNT(syscalls))
		call.syscall = syscalls[syscall];
	call.kernel = !strcmp(call.syscall, "kernel");
	strcpy(call.flags, "-");
	strcpy(call.exit_signal, "-");
	if (known) {
		flags_text(number(r, event, record, "flags"), call.flags);
		snprintf(call.exit_signal, sizeof(call.exit_signal), "%d",
			 (int)number(r, event, record, "exit_signal"));
	}
	error_text(number(r, event, record, "error"), call.error, sizeof(call.error));
	name_text(event, record, "comm", call.comm);
	return r->broken || r->sink->call(&call, r->sink->data);
}

static void exec_event(struct reading *r, struct tep_event *event, struct tep_record *record)
{
	int64_t after = number(r, event, record, "since_birth_ns");
	struct snoop_exec exec = {
		.process = number(r, event, record, "process"),
		.after_ns = after,
		.copied_pages = number(r, event, record, "copied_pages"),
	};

	if (after >= 0 && !r->broken)
		r->sink->exec(&exec, r->sink->data);
}

static int take(struct tep_event *event, struct tep_record *record, int cpu, void *data)
{
	struct reading *r = data;
	bool go_on = true;

	(void)cpu;
	if (strcmp(event->system, COWSCOPE_NAME))
		return 0;
	if (!strcmp(event->name, "clone"))
		go_on = clone_event(r, event, record);
	else if (!strcmp(event->name, "exec"))
		exec_event(r, event, record);
	return go_on && !r->broken ? 0 : 1;
}

static int setup(struct snoop_trace *t, struct err *e)
{
	static const char *const system[] = { COWSCOPE_NAME, NULL };

	t->cpus = sysconf(_SC_NPROCESSORS_CONF);
	snprintf(t->name, sizeof(t->name), "clonesnoop-%d", getpid());
	t->tep = tracefs_local_events_system(NULL, system);
	if (!t->tep || !tep_find_event_by_name(t->tep, COWSCOPE_NAME, "clone"))
		return err_set(e, -EIO, "tracefs: no events of " COWSCOPE_NAME
			       " (is it mounted, and may it be read?)");
	t->instance = tracefs_instance_create(t->name);
	if (!t->instance)
		return err_sys(e, -errno, "tracefs: a new instance");
	if (tracefs_instance_file_write(t->instance, "buffer_size_kb", BUFFER_KIB) < 0)
		return err_sys(e, -errno, "tracefs: buffer_size_kb");
	if (tracefs_event_enable(t->instance, COWSCOPE_NAME, "clone") ||
	    tracefs_event_enable(t->instance, COWSCOPE_NAME, "exec"))
		return err_sys(e, -errno, "tracefs: enabling the events");
	return 0;
}

int snoop_trace_open(struct snoop_trace **trace, struct err *e)
{
	int ret;

	*trace = calloc(1, sizeof(**trace));
	if (!*trace)
		return err_sys(e, -ENOMEM, "tracefs");
	/* The library says on stderr what it cannot parse of other events. */
	tep_set_loglevel(TEP_LOG_NONE);
	ret = setup(*trace, e);
	if (ret) {
		snoop_trace_close(*trace);
		*trace = NULL;
	}
	return ret;
}

int snoop_trace_read(struct snoop_trace *trace, const struct snoop_sink *sink, struct err *e)
{
	struct reading r = { .trace = trace, .sink = sink };

	/* It fails as well when there is nothing to read. */
	tracefs_iterate_raw_events(trace->tep, trace->instance, NULL, 0, take, &r);
	return r.broken ? err_set(e, -EPROTO, "tracefs: an event lacks a field") : 0;
}

void snoop_trace_off(struct snoop_trace *trace)
{
	tracefs_event_disable(trace->instance, COWSCOPE_NAME, NULL);
}

uint64_t snoop_trace_lost(const struct snoop_trace *trace)
{
	static const char *const kind[] = { "\noverrun: ", "\ndropped events: " };
	char path[48], *text, *at;
	uint64_t lost = 0;
	size_t i;
	int cpu;

	for (cpu = 0; cpu < trace->cpus; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%d/stats", cpu);
		text = tracefs_instance_file_read(trace->instance, path, NULL);
		for (i = 0; text && i < COUNT(kind); i++) {
			at = strstr(text, kind[i]);
			if (at)
				lost += strtoull(at + strlen(kind[i]), NULL, 10);
		}
		free(text);
	}
	return lost;
}

void snoop_trace_close(struct snoop_trace *trace)
{
	if (!trace)
		return;
	if (trace->instance) {
		snoop_trace_off(trace);
		tracefs_instance_destroy(trace->instance);
		tracefs_instance_free(trace->instance);
	}
	tep_free(trace->tep);
	free(trace);
}
