// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture as a page: with sums and words around it. No script, and nothing
 * that is loaded from elsewhere; it is well-formed XML, too.
 */
#include <inttypes.h>
#include <time.h>

#include "cowmap_svg.h"
#include "cowmap_worst.h"
#include "cowmap_xml.h"

static const char style[] =
	":root { color-scheme: light dark; }\n"
	"body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; }\n"
	"body { background: #ffffff; color: #1b1f24; }\n"
	"table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n"
	"th, td { padding: 0.15rem 0.8rem 0.15rem 0; text-align: right; }\n"
	"th.word, td.word { text-align: left; }\n"
	"div.picture { overflow-x: auto; }\n"
	"p.small { color: #6a737d; max-width: 46rem; }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"body { background: #14181d; color: #e6e9ed; }\n"
	"p.small { color: #97a1ad; } }\n";

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\"/>\n"
	"<meta name=\"viewport\" content=\"width=device-width\"/>\n";

static const char columns[] =
	"<table>\n"
	"<tr><th>PID</th><th class=\"word\">relation</th><th>present</th>\n"
	"<th>shared with it</th><th>own</th><th>armed</th><th>swap</th>\n"
	"<th class=\"word\">command</th></tr>\n";

static const char notes[] =
	"<p class=\"small\">Highest address on top, the same address at the same height in\n"
	"every column. Inside of a mapping the scale is even; a mapping is as high as the\n"
	"square root of what is in it, and what nobody maps is left out. Where pages are too\n"
	"many to draw each, a stripe has the colour of most of them. Point at a stripe for its\n"
	"addresses and counts. Armed: write-protected, the next write makes new memory.</p>\n";

static void put_cell(FILE *out, const struct value *v)
{
	char number[VALUE_TEXT_MAX];

	value_print(v, number, sizeof(number));
	fprintf(out, "<td>%s</td>", number);
}

static void put_word(FILE *out, const char *word)
{
	fputs("<td class=\"word\">", out);
	xml_put(out, word);
	fputs("</td>", out);
}

static void put_member(FILE *out, const struct scene_column *c)
{
	const struct value armed = value_of(tally_armed(&c->sum));
	const struct value own = value_of(c->sum.state[STATE_OWN] +
					  c->sum.state[STATE_LAST]);

	fputs("<tr>", out);
	put_cell(out, &c->member->pid);
	put_word(out, c->member->relation);
	put_cell(out, &c->member->present);
	put_cell(out, &c->member->shared);
	put_cell(out, &own);
	put_cell(out, &armed);
	put_cell(out, &c->member->swap);
	put_word(out, c->member->comm);
	fputs("</tr>\n", out);
}

static void put_members(FILE *out, const struct scene *s)
{
	size_t i;

	fputs(columns, out);
	for (i = 0; i < s->ncolumns; i++)
		put_member(out, &s->column[i]);
	fputs("</table>\n", out);
	if (s->left_out)
		fprintf(out, "<p>Not drawn of its family: %zu.</p>\n", s->left_out);
}

static void put_worst(FILE *out, const struct family *f)
{
	char alone[WORST_TEXT_MAX], all[WORST_TEXT_MAX], room[WORST_TEXT_MAX];

	fprintf(out, "<p>Worst case, new pages: <b>%s</b> if it alone writes all that is armed,\n",
		worst_amount(&f->key[FAMILY_worst_case_pages], alone));
	fprintf(out, "<b>%s</b> if all of its family do; available in the machine: %s.</p>\n",
		worst_amount(&f->key[FAMILY_worst_case_family_pages], all),
		worst_amount(&f->key[FAMILY_memory_available_pages], room));
}

static void write_page(FILE *out, const struct cowmap_options *o,
		       const struct source *src, const struct scene *s)
{
	const struct family_row *self = family_self(&s->family);
	struct timespec when;
	char text[40];
	struct tm tm;

	source_time(src, &when);
	if (!localtime_r(&when.tv_sec, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(text, sizeof(text), "-");
	fputs(head, out);
	fprintf(out, "<title>cowmap %d</title>\n<style>\n%s</style>\n</head>\n", o->pid, style);
	fprintf(out, "<body>\n<h1>%d ", o->pid);
	xml_put(out, self->comm);
	fprintf(out, "</h1>\n<p>%s, from ", text);
	xml_put(out, src->root);
	fputs("; counts in 4 KiB pages</p>\n", out);
	put_members(out, s);
	put_worst(out, &s->family);
	fputs("<div class=\"picture\">\n", out);
	svg_write(out, s, false);
	fprintf(out, "</div>\n%s</body>\n</html>\n", notes);
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	return svg_save(o, src, write_page, e);
}

const struct cowmap_mode cowmap_html = {
	.option = "--html",
	.run = run,
};
