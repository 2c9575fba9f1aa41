/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that the fuzzing engine, the linker and a tool give to what is called here. */
#ifndef COWSCOPE_TOOLS_FUZZ_TOOL_H
#define COWSCOPE_TOOLS_FUZZ_TOOL_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Called by libFuzzer. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Called by the tool instead of clock_sleep(). */
void __wrap_clock_sleep(struct timespec *next, double seconds);

/* The tool's main(). */
int tool_main(int argc, char **argv);

#endif
