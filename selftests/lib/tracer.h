/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace instance of the test's own: the module's tracepoints as text, and what
 * the ring buffer lost. Knows nothing of memory or of what the events mean.
 */
#ifndef SELFTEST_TRACER_H
#define SELFTEST_TRACER_H

#include <stddef.h>
#include <sys/types.h>

#define TRACER_EVENTS	"/sys/kernel/tracing/events/cowscope"

/* Makes the instance with so much buffer for each CPU; removes a stale one. 0 or -errno. */
int tracer_begin(size_t kib);
/* Removes it, events and all. */
void tracer_end(void);
/* Starts recording these events, blank-separated, from an empty buffer. 0 or -errno. */
int tracer_start(const char *events);
/* Stops recording: all that was recorded, a line each; the caller frees it. NULL, errno. */
char *tracer_stop(void);
/* Events that the ring buffer counts as lost, all CPUs; -errno. Valid until tracer_start(). */
long long tracer_lost(void);

/*
 * The next line of text that is such an event, after *at, which starts as the text
 * and moves on. The line is cut off. NULL at the end.
 */
char *tracer_next(char **at, const char *event);
/* The value of "key=" in a line, copied; "" when there is none. */
const char *tracer_field(const char *line, const char *key, char *value, size_t size);
/* The same as a number; -1 when there is none. */
long long tracer_number(const char *line, const char *key);
/* The task that an event happened in. */
pid_t tracer_task(const char *line);

#endif /* SELFTEST_TRACER_H */
