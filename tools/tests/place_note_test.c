// SPDX-License-Identifier: GPL-2.0-only
/* What well-known code is said to be: interpreters, allocators, the kernel for a call. */
#include <string.h>

#include "places.h"
#include "tap.h"

static const struct {
	const char *object, *function, *inlined, *note;
} known[] = {
	{ "python3.11", "deduce_unreachable", "-", "Python garbage collector" },
	{ "python3.11", "listiter_next", "Py_INCREF", "Python reference count, taken" },
	{ "libpython3.11.so.1.0", "_PyEval_EvalFrameDefault", "-",
	  "Python bytecode: reference counts" },
	{ "python3.11", "list_dealloc.lto_priv.0", "-", "Python object freed" },
	{ "ruby3.1", "gc_mark_children", "-", "Ruby GC, marking" },
	{ "libruby-3.1.so.3.1.2", "rgengc_check_relation", "-", "Ruby GC, marking" },
	{ "libruby-3.1.so.3.1.2", "gc_sweep_step.constprop.0", "gc_sweep_page",
	  "Ruby GC, sweeping" },
	{ "libruby-3.1.so.3.1.2", "rb_gc_writebarrier", "-", "Ruby GC" },
	{ "libc.so.6", "_int_malloc", "-", "allocator" },
	{ "libjemalloc.so.2", "-", "-", "allocator" },
	{ "libc.so.6", "__memcpy_avx_unaligned_erms", "-", "bytes copied" },
	/* The same names elsewhere mean nothing. */
	{ "shop", "gc_mark_children", "-", "-" },
	{ "shop", "Py_INCREF", "-", "-" },
};

static void test_known(void)
{
	char claim[128];
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct place p = {
			.kind = SITE_USER, .has_offset = true, .state = FILE_SAME,
			.object = known[i].object, .function = known[i].function,
			.inlined = known[i].inlined,
		};

		snprintf(claim, sizeof(claim), "%s of %s: %s", known[i].function,
			 known[i].object, known[i].note);
		ok(!strcmp(note_of(&p), known[i].note), claim);
	}
}

static void test_packages(void)
{
	ok(!strcmp(debug_package("libruby-3.1.so.3.1.2"), "libruby3.1-dbgsym"),
	   "where Ruby's symbols are");
	ok(strstr(debug_package("libfoo.so.1"), "-dbgsym"), "a rule for all others");
}

int main(void)
{
	test_known();
	test_packages();
	return tap_failed != 0;
}
