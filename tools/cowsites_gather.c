// SPDX-License-Identifier: GPL-2.0-only
/* From the module's files to rows; that they add up is looked at process by process. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <seccomp.h>

#include "cowsites.h"
#include "fetch.h"
#include "fetch_views.h"

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

static int take_process(struct gathered *g, const struct source *src, pid_t pid, bool needed,
			struct err *e)
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
	if (!ret && !sites.n && needed)
		ret = err_set(e, -ENODATA, "%d: not watched: write its PID to the file watch", pid);
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

/* Relatives that end meanwhile, or that nobody watches, are not there. */
static int take_family(struct gathered *g, const struct source *src, pid_t pid, struct err *e)
{
	struct err ignored;
	struct family family;
	size_t i;
	int ret = fetch_family(src, pid, &family, e);

	for (i = 0; i < family.n && !ret; i++) {
		if (!family_row_is_member(&family.row[i]) || !value_known(&family.row[i].pid) ||
		    value_is(&family.row[i].pid, pid) || g->n == COWSITES_PIDS_MAX)
			continue;
		take_process(g, src, (pid_t)family.row[i].pid.n, false, &ignored);
	}
	if (!ret)
		family_free(&family);
	return ret;
}

/* Who the first one is, for the line below the table. */
static int take_who(struct gathered *g, const struct source *src, struct err *e)
{
	struct process_status status;
	char *text;
	int ret = fetch_process_status(src, g->pid[0], &status, &text, e);

	if (ret)
		return ret;
	g->comm = texts_add(&g->places.texts, "%s", status.text[PROCESS_comm]);
	g->end = texts_add(&g->places.texts, "%s", status.text[PROCESS_end]);
	free(text);
	return g->comm && g->end ? 0 : err_sys(e, -ENOMEM, "status");
}

/* The kernel that the files are of. */
static struct symbols *begin(const struct cowsites_options *o, const struct source *src,
			     struct err *e)
{
	struct symbols *symbols;
	struct status status;
	char *text;

	if (fetch_status(src, &status, &text, e))
		return NULL;
	symbols = symbols_begin(o->any_file, status.text[STATUS_kernel]);
	if (!symbols)
		err_sys(e, -ENOMEM, "symbols");
	free(text);
	return symbols;
}

static int name_all(const struct cowsites_options *o, const struct source *src,
		    struct places *p, struct err *e)
{
	struct symbols *symbols = begin(o, src, e);
	int ret = symbols ? 0 : -EIO;
	size_t i;

	for (i = 0; i < p->n && !ret; i++) {
		if (symbols_name(symbols, &p->row[i], &p->texts))
			ret = err_sys(e, -ENOMEM, "symbols");
		p->row[i].note = note_of(&p->row[i]);
	}
	symbols_end(symbols);
	return ret;
}

int gather(const struct cowsites_options *o, const struct source *src, struct gathered *g,
	   struct err *e)
{
	size_t i;
	int ret = 0;

	*g = (struct gathered){ 0 };
	for (i = 0; i < o->npids && !ret; i++)
		ret = take_process(g, src, o->pid[i], true, e);
	if (!ret && o->family)
		ret = take_family(g, src, o->pid[0], e);
	if (!ret)
		ret = take_who(g, src, e);
	if (!ret)
		ret = name_all(o, src, &g->places, e);
	return ret;
}
