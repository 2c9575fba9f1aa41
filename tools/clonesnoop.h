/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_CLONESNOOP_H
#define COWSCOPE_TOOLS_CLONESNOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "err.h"
#include "source.h"
#include "table.h"

#define SNOOP_NAME	65	/* 16 bytes of a name, each as \xNN */
#define SNOOP_FLAGS	640

/* One call, of a live event or of a row of clones. */
struct snoop_call {
	uint64_t time_ns, duration_ns, pages, pgtable_bytes;
	uint64_t vmas, threads;
	pid_t parent, tid, child;	/* 0: not known */
	bool failed, saved;
	bool timed;			/* duration_ns is known */
	bool kernel;			/* made by the kernel for itself */
	int shape;			/* place in COWSCOPE_SHAPES, -1 another */
	const char *shape_name, *syscall;
	char error[32];			/* "-" none known */
	char exit_signal[16];
	char comm[SNOOP_NAME];
	char flags[SNOOP_FLAGS];
};

/* The first exec of a child. */
struct snoop_exec {
	pid_t process;
	uint64_t after_ns;
	int64_t copied_pages;		/* -1 not known */
};

/* Whoever takes what was seen; false from a call: stop. */
struct snoop_sink {
	bool (*call)(const struct snoop_call *call, void *data);
	void (*exec)(const struct snoop_exec *exec, void *data);
	void *data;
};

/* Set by a signal. */
extern volatile sig_atomic_t snoop_stop;

/* Live: an instance of tracefs. */
struct snoop_trace;
int snoop_trace_open(struct snoop_trace **trace, struct err *e);
/* Hands over what has arrived; does not wait. */
int snoop_trace_read(struct snoop_trace *trace, const struct snoop_sink *sink, struct err *e);
/* No more events; what is there can still be read. */
void snoop_trace_off(struct snoop_trace *trace);
/* Events that the kernel had no room for, so far. */
uint64_t snoop_trace_lost(const struct snoop_trace *trace);
void snoop_trace_close(struct snoop_trace *trace);

/* The rows of clones, as they stand in the module's files or in a copy of them. */
int snoop_saved(const struct source *src, const struct snoop_sink *sink, struct err *e);

/* Lines. */
extern const struct column_set snoop_columns;
extern const char snoop_preset[];
void snoop_heading(const struct column_list *list, bool raw, FILE *out);
void snoop_line(const struct column_list *list, const struct snoop_call *call, bool raw,
		FILE *out);
void snoop_json(const struct column_list *list, const struct snoop_call *call, FILE *out);
/* "threads" and the like, or "-". */
const char *snoop_mark(const struct snoop_call *call);

/* What came of all of it. */
struct snoop_summary;
struct snoop_summary *snoop_summary_new(void);
int snoop_summary_call(struct snoop_summary *sum, const struct snoop_call *call);
void snoop_summary_exec(struct snoop_summary *sum, const struct snoop_exec *exec);
int snoop_summary_print(const struct snoop_summary *sum, bool json, FILE *out, struct err *e);
void snoop_summary_free(struct snoop_summary *sum);

#endif
