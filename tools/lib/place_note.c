// SPDX-License-Identifier: GPL-2.0-only
/*
 * What well-known code means when it breaks sharing. The first line whose file, kind
 * and name all match is taken; names are shell patterns. A name that is inlined is asked
 * for before the function it stands in. Pure.
 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "places.h"

struct line {
	const char *object;	/* file name of the mapping */
	const char *function;	/* NULL: any, also one that is not known */
	const char *note;
};

#define PYTHON	"@(python3*|libpython3*|*.cpython-3*.so)"
#define RUBY	"@(ruby*|libruby*)"
#define LIBC	"@(libc.so.*|libc-*.so|ld-musl-*)"
#define LINKER	"@(ld-linux*.so.*|ld-[0-9]*.so|ld64.so.*)"

static const struct line lines[] = {
	/* Reading an object writes to it: the count stands in the object's first word. */
	{ PYTHON, "@(Py_@(INCREF|XINCREF|NewRef|XNewRef)|_Py_@(NewRef|XNewRef|INCREF*))",
	  "Python reference count, taken" },
	{ PYTHON, "@(Py_@(DECREF|XDECREF|CLEAR)|_Py_@(DECREF*|XDECREF*))",
	  "Python reference count, dropped" },
	{ PYTHON, "@(gc_collect*|collect|update_refs|subtract_refs|deduce_unreachable)",
	  "Python garbage collector" },
	{ PYTHON, "@(move_unreachable|untrack_@(tuples|dicts)|visit_@(decref|reachable|move))",
	  "Python garbage collector" },
	{ PYTHON, "@(gc_@(list_*|reset_refs|set_refs|decref|clear_*)|clear_unreachable_mask)",
	  "Python garbage collector" },
	{ PYTHON, "@(?(_)PyGC_*|?(_)PyObject_GC_*|gc_freeze*|*_traverse|*ClearFreeList)",
	  "Python garbage collector" },
	{ PYTHON, "@(*[mM]alloc*|*_[fF]ree|pymalloc_*|arena_*|address_in_range)",
	  "Python allocator" },
	{ PYTHON, "@(*_[rR]ealloc|*_[cC]alloc)", "Python allocator" },
	{ PYTHON, "@(*_dealloc|_Py_Dealloc|*_free|*_clear)", "Python object freed" },
	{ PYTHON, "@(?(_)PyEval*|_PyFrame_*|_PyFunction_Vectorcall)",
	  "Python bytecode: reference counts" },
	{ PYTHON, "@(PyIter_*|*iter_*next|*iter*_next|*_richcompare*|*_@(get|set)item)",
	  "Python object used: reference counts" },
	{ PYTHON, "@(*_subscript|?(_)PyObject_*|PyList_*|PyTuple_*|PyDict_*|*lookup*|*_hash)",
	  "Python object used: reference counts" },
	{ PYTHON, "*_vectorcall*", "Python object used: reference counts" },

	{ RUBY, "@(gc_mark*|rb_gc_mark*|rgengc_*|mark_*|gc_grey|gc_aging|gc_remember*)",
	  "Ruby GC, marking" },
	{ RUBY, "@(gc_sweep*|gc_page_sweep|gc_compact*|heap_page_*|obj_free|gc_plane_sweep)",
	  "Ruby GC, sweeping" },
	{ RUBY, "@(gc_*|rb_gc_*|garbage_collect*|*newobj*)", "Ruby GC" },

	{ LIBC, "@(*malloc*|*free|*calloc*|*realloc*|unlink_chunk*|tcache_*|sysmalloc)",
	  "allocator" },
	{ LIBC, "@(systrim*|mtrim|*memalign*|arena_get*|_int_*)", "allocator" },
	{ "@(lib@(je|tc)malloc*|libmimalloc*)", NULL, "allocator" },
	{ LIBC, "@(*mem@(cpy|move|pcpy)*|*str*cpy*|*stpcpy*|*wmemcpy*)", "bytes copied" },
	{ LIBC, "@(*memset*|*bzero*|*wmemset*)", "bytes filled" },
	{ LIBC, "@(_IO_*|f@(read|write|gets|puts|printf|getc|putc|flush)*|*vfprintf*)",
	  "buffers of stdio" },
	{ LIBC, "@(?(__)getdelim|getline|__overflow|__underflow|__uflow)", "buffers of stdio" },
	{ LIBC, "@(_Fork|fork|*vfork|__libc_fork|__run_*fork_handlers|*reclaim_stacks*)",
	  "fork's own bookkeeping" },
	{ LIBC, "@(*pthread_*|*lll_lock*|*futex*)", "threads: locks, thread blocks" },
	{ LINKER, NULL, "dynamic linker" },
	{ "*", "@(_dl_*|__tls_get_addr*)", "dynamic linker" },
	{ "*", "@(je_*|tc_@(malloc|free|new|delete)*|mi_@(malloc|free)*)", "allocator" },
	{ "[[]vdso]", NULL, "clock or CPU asked for, without a call" },
};

/* What the kernel writes in a call. */
static const struct line calls[] = {
	{ "@(read|pread64|readv|preadv*|recv*|getdents*|getrandom|getcwd|readlink*|ioctl)", NULL,
	  "kernel writes what was asked for" },
	{ "@(futex*|set_robust_list)", NULL, "lock word" },
	{ "@(fork|clone|clone3|set_tid_address)", NULL, "kernel writes the child's TID" },
	{ "@(rt_sig*|sigaltstack)", NULL, "old signal mask or handler" },
	{ "@(wait4|waitid)", NULL, "status of a child" },
	{ "@(*poll*|*select*|epoll_*|io_getevents*)", NULL, "events" },
	{ "@(*stat*|*statfs*|statx)", NULL, "status of a file" },
	{ "@(clock_*|gettimeofday|time|nanosleep|getrusage|times)", NULL, "time" },
	{ "execve*", NULL, "arguments of the new program" },
};

static bool matches(const char *pattern, const char *name)
{
	return !fnmatch(pattern, name, FNM_EXTMATCH);
}

/* Compilers and linkers append to a name what they did: ".lto_priv.0", ".constprop.0". */
static void name_in_source(const char *function, char *name, size_t size)
{
	snprintf(name, size, "%.*s", (int)strcspn(function + 1, ".") + 1, function);
}

static const char *find(const struct line *line, size_t n, const char *object,
			const char *function)
{
	char name[256];

	name_in_source(function, name, sizeof(name));
	for (; n; n--, line++)
		if (matches(line->object, object) &&
		    (!line->function || (strcmp(name, "-") && matches(line->function, name))))
			return line->note;
	return NULL;
}

#define FIND(lines, object, function)	\
	find(lines, sizeof(lines) / sizeof((lines)[0]), object, function)

/* Of code without a symbol: why. */
static const char *note_of_nothing(const struct place *p)
{
	if (!p->has_offset)
		return "nothing is mapped there any more";
	if (p->state == FILE_SAME || p->state == FILE_OTHER)
		return "no symbol";
	return file_words[p->state].note;
}

static const char *note_of_user(const struct place *p)
{
	const char *note = NULL;

	if (strcmp(p->inlined, "-"))
		note = FIND(lines, p->object, p->inlined);
	if (!note)
		note = FIND(lines, p->object, p->function);
	return note || strcmp(p->function, "-") ? note : note_of_nothing(p);
}

const char *note_of(const struct place *p)
{
	const char *note;

	if (p->kind == SITE_USER)
		note = note_of_user(p);
	else if (p->kind == SITE_SYSCALL)
		note = FIND(calls, p->syscall, "-");
	else
		note = site_words[p->kind].help;
	return note ? note : "-";
}

const char *debug_package(const char *object)
{
	static const struct {
		const char *object, *package;
	} packages[] = {
		{ "python3.11", "python3.11-dbg" },
		{ "libpython3.11.so.1.0", "libpython3.11-dbg" },
		{ "libc.so.6", "libc6-dbg" },
		{ "libruby-3.1.so.3.1.2", "libruby3.1-dbgsym" },
	};
	size_t i;

	for (i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (!strcmp(packages[i].object, object))
			return packages[i].package;
	return "its package's -dbg or -dbgsym";
}

/* Without what the linker appended to tell static functions of one name apart. */
static const char *name_code(const struct place *p, enum places_by by, struct texts *t)
{
	const char *end = strstr(p->function, ".lto_priv.");
	int len = end ? (int)(end - p->function) : (int)strlen(p->function);

	return by == BY_FUNCTION ? texts_add(t, "%.*s", len, p->function) :
	       texts_add(t, "%.*s+0x%" PRIx64, len, p->function, p->into);
}

const char *code_of(const struct place *p, enum places_by by, struct texts *t)
{
	const char *object = strcmp(p->object, "-") ? p->object : "anonymous";

	if (p->kind == SITE_SYSCALL && strspn(p->syscall, "0123456789:") == strlen(p->syscall))
		return texts_add(t, "call %s", p->syscall);
	if (p->kind == SITE_SYSCALL)
		return texts_add(t, "%s(2)", p->syscall);
	if (p->kind != SITE_USER)
		return "-";
	if (by == BY_MAPPING)
		return object;
	if (strcmp(p->function, "-"))
		return name_code(p, by, t);
	if (by == BY_FUNCTION)
		return object;
	if (p->has_offset)
		return texts_add(t, "%s+0x%" PRIx64, object, p->offset);
	return texts_add(t, "0x%" PRIx64, p->address);
}
