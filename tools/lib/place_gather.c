// SPDX-License-Identifier: GPL-2.0-only
/* From the module's files to rows; that they add up is looked at process by process. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <seccomp.h>

#include "fetch.h"
#include "fetch_views.h"
#include "places.h"

#define DELETED	"\\x20(deleted)"

/* Its name in this machine's tables, or its number. */
static const char *name_syscall(const struct site *site, struct texts *t)
{
	uint32_t arch = site->compat ? SCMP_ARCH_X86 : seccomp_arch_native();
	const char *name;
	char *known;

	if (!site->has_syscall)
		return "-";
	known = seccomp_syscall_resolve_num_arch(arch, site->syscall);
	name = known ? texts_add(t, "%s", known) : texts_add(t, "%s", site->syscall_text);
	free(known);
	return name;
}

/* The last part of a path, without the word that it is deleted. */
static const char *name_object(const char *mapping, struct texts *t)
{
	const char *base = strrchr(mapping, '/');
	size_t len, tail = strlen(DELETED);

	if (!base)
		return mapping;
	len = strlen(++base);
	if (len > tail && !strcmp(base + len - tail, DELETED))
		len -= tail;
	return texts_add(t, "%.*s", (int)len, base);
}

static int take_site(struct places *p, const struct site *site, pid_t pid)
{
	struct texts *t = &p->texts;
	struct place *row = places_add(p);

	if (!row)
		return -ENOMEM;
	row->kind = site->kind;
	row->by = texts_add(t, "%s", site->by);
	row->pid = pid;
	row->has_address = site->has_address;
	row->address = site->address;
	row->has_offset = site->has_offset;
	row->offset = site->offset;
	row->syscall = name_syscall(site, t);
	row->mapping = texts_add(t, "%s", site->mapping);
	row->dev = texts_add(t, "%s", site->dev);
	row->inode = texts_add(t, "%s", site->inode);
	row->mtime_ns = texts_add(t, "%s", site->mtime_ns);
	memcpy(row->cause, site->cause, sizeof(row->cause));
	if (!row->by || !row->syscall || !row->mapping || !row->dev || !row->inode ||
	    !row->mtime_ns)
		return -ENOMEM;
	row->object = name_object(row->mapping, t);
	return row->object ? 0 : -ENOMEM;
}

/* Counts grow while they are read: the sum lies between two looks at cow. */
static void compare(struct gathered *g, pid_t pid, const struct sites *sites,
		    const struct cow *first, const struct cow *last)
{
	uint64_t sum, least, most;
	size_t i;
	int c;

	for (c = 0; c < CAUSE_COUNT; c++) {
		for (sum = 0, i = 0; i < sites->n; i++)
			sum += sites->row[i].cause[c].n;
		least = first->cause[REGION_TOTAL][c].n;
		most = last->cause[REGION_TOTAL][c].n;
		g->sum[c].n += most;
		g->sum[c].flags |= VALUE_KNOWN;
		if ((sum < least || sum > most) && !*g->differs)
			snprintf(g->differs, sizeof(g->differs),
				 "%d: the rows do not add up to cow: %s is %" PRIu64
				 ", not %" PRIu64, pid, cause_names[c], sum, most);
	}
}

int gather(struct gathered *g, const struct source *src, pid_t pid, struct err *e)
{
	struct cow first, last;
	struct sites sites;
	size_t i;
	int ret;

	ret = fetch_cow(src, pid, &first, e);
	if (!ret)
		ret = fetch_sites(src, pid, &sites, e);
	if (ret)
		return ret;
	ret = fetch_cow(src, pid, &last, e);
	g->unwatched += !sites.n;
	for (i = 0; i < sites.n && !ret; i++)
		if (take_site(&g->places, &sites.row[i], pid))
			ret = err_sys(e, -ENOMEM, "sites");
	if (!ret && sites.n) {
		compare(g, pid, &sites, &first, &last);
		g->pid[g->n++] = pid;
	}
	sites_free(&sites);
	return ret;
}

struct symbols *gather_symbols(const struct source *src, bool any_file, struct err *e)
{
	struct symbols *symbols;
	struct status status;
	char *text;

	if (fetch_status(src, &status, &text, e))
		return NULL;
	symbols = symbols_begin(any_file, status.text[STATUS_kernel]);
	if (!symbols)
		err_sys(e, -ENOMEM, "symbols");
	free(text);
	return symbols;
}

int gather_names(struct gathered *g, struct symbols *symbols, struct err *e)
{
	struct places *p = &g->places;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (symbols_name(symbols, &p->row[i]))
			return err_sys(e, -ENOMEM, "symbols");
		p->row[i].note = note_of(&p->row[i]);
	}
	return 0;
}

int gather_report(struct gathered *g, enum places_by by, const struct column *sort,
		  uint64_t lines, struct err *e)
{
	struct places *p = &g->places;
	size_t i;
	int ret = places_fold(p, by, e);

	for (i = 0; i < p->n && !ret; i++) {
		p->row[i].code = code_of(&p->row[i], by, &p->texts);
		if (!p->row[i].code)
			ret = err_sys(e, -ENOMEM, "sites");
	}
	return ret ? ret : places_arrange(p, sort, lines, e);
}
