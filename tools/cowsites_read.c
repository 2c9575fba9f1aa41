// SPDX-License-Identifier: GPL-2.0-only
/* The processes that were asked for, and their relatives, from the module's files. */
#include <errno.h>
#include <stdlib.h>

#include "cowsites.h"
#include "fetch.h"
#include "fetch_views.h"

static int read_process(struct gathered *g, const struct source *src, pid_t pid, struct err *e)
{
	size_t before = g->n;
	int ret = gather(g, src, pid, e);

	if (!ret && g->n == before)
		ret = err_set(e, -ENODATA, "%d: not watched: write its PID to the file watch", pid);
	return ret;
}

/* Relatives that end meanwhile, or that nobody watches, are not there. */
static int read_family(struct gathered *g, const struct source *src, pid_t pid, struct err *e)
{
	struct err ignored;
	struct family family;
	size_t i;
	int ret = fetch_family(src, pid, &family, e);

	if (ret)
		return ret;
	for (i = 0; i < family.n; i++) {
		if (!family_row_is_member(&family.row[i]) || !value_known(&family.row[i].pid) ||
		    value_is(&family.row[i].pid, pid) || g->n == PLACES_PIDS_MAX)
			continue;
		gather(g, src, (pid_t)family.row[i].pid.n, &ignored);
	}
	family_free(&family);
	return 0;
}

/* Who the first one is, for the line below the table. */
static int read_who(struct cowsites_report *r, const struct source *src, struct err *e)
{
	struct texts *texts = &r->g.places.texts;
	struct process_status status;
	char *text;
	int ret = fetch_process_status(src, r->g.pid[0], &status, &text, e);

	if (ret)
		return ret;
	r->comm = texts_add(texts, "%s", status.text[PROCESS_comm]);
	r->end = texts_add(texts, "%s", status.text[PROCESS_end]);
	free(text);
	return r->comm && r->end ? 0 : err_sys(e, -ENOMEM, "status");
}

int cowsites_read(const struct cowsites_options *o, const struct source *src,
		  struct cowsites_report *r, struct err *e)
{
	size_t i;
	int ret = 0;

	*r = (struct cowsites_report){ 0 };
	for (i = 0; i < o->npids && !ret; i++)
		ret = read_process(&r->g, src, o->pid[i], e);
	if (!ret && o->family)
		ret = read_family(&r->g, src, o->pid[0], e);
	if (!ret)
		ret = read_who(r, src, e);
	if (ret)
		return ret;
	r->symbols = gather_symbols(src, o->any_file, e);
	return r->symbols ? gather_names(&r->g, r->symbols, e) : -EIO;
}

void cowsites_free(struct cowsites_report *r)
{
	places_free(&r->g.places);
	symbols_end(r->symbols);
}
