// SPDX-License-Identifier: GPL-2.0-only
/*
 * The view pages. It may have millions of lines, so it is not split into a grid
 * first: each line becomes a run at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "pages.h"

#define FILE_NAME	"pages"
#define FIELDS_MAX	32

enum field { START, END, PAGES, STATE, REGION, PERMS, NAME, FIELD_COUNT };
static const char * const field_names[FIELD_COUNT] = {
	"start", "end", "pages", "state", "region", "perms", "name",
};

#define STATE_NAME(id, name, help)	[STATE_##id] = #name,
const char * const page_state_names[STATE_COUNT] = { COWSCOPE_STATES(STATE_NAME) };
#define STATE_HELP(id, name, help)	[STATE_##id] = help,
const char * const page_state_helps[STATE_COUNT] = { COWSCOPE_STATES(STATE_HELP) };

struct reader {
	struct pages *p;
	size_t max_mappings, max_runs;
	size_t column[FIELD_COUNT];	/* where each field stands in a line */
	size_t ncols;
	size_t line;			/* number, for messages */
	struct err *e;
};

static int complain(const struct reader *r, const char *what, const char *word)
{
	return err_set(r->e, -EPROTO, FILE_NAME ": line %zu: %s \"%.40s\"", r->line,
		       what, word);
}

/* Room for one more; the array doubles. */
static int make_room(void **array, size_t n, size_t *max, size_t size)
{
	size_t more = *max ? *max * 2 : 64;
	void *mem;

	if (n < *max)
		return 0;
	mem = reallocarray(*array, more, size);
	if (!mem)
		return -ENOMEM;
	*array = mem;
	*max = more;
	return 0;
}

static int split(struct reader *r, char *line, char *words[FIELDS_MAX])
{
	size_t n = 0;
	char *word;

	while ((word = text_word(&line))) {
		if (n == FIELDS_MAX)
			return complain(r, "too many fields, from", word);
		words[n++] = word;
	}
	if (r->ncols && n != r->ncols)
		return err_set(r->e, -EPROTO,
			       FILE_NAME ": line %zu has %zu fields, the header names %zu",
			       r->line, n, r->ncols);
	r->ncols = n;
	return 0;
}

static int read_header(struct reader *r, char *line)
{
	char *words[FIELDS_MAX];
	size_t i, j;
	int ret = split(r, line, words);

	if (ret)
		return ret;
	for (i = 0; i < FIELD_COUNT; i++) {
		for (j = 0; j < r->ncols && strcmp(words[j], field_names[i]); j++)
			;
		if (j == r->ncols)
			return err_set(r->e, -EPROTO, FILE_NAME ": no column \"%s\"",
				       field_names[i]);
		r->column[i] = j;
	}
	return 0;
}

/* On a page boundary. */
static int read_address(const char *word, uint64_t *out)
{
	int ret = value_parse_hex(word, out);

	return ret || *out & ((1u << PAGES_SHIFT) - 1) ? -EINVAL : 0;
}

static int read_region(const char *word, uint8_t *out)
{
	int i;

	for (i = 0; i < REGION_TOTAL; i++)
		if (!strcmp(word, region_names[i])) {
			*out = i;
			return 0;
		}
	return -EINVAL;
}

/* A state and its suffixes. */
static int read_state(const char *word, struct run *run)
{
	size_t len = strcspn(word, "+");
	int i;

	for (i = 0; i < STATE_COUNT; i++)
		if (strlen(page_state_names[i]) == len &&
		    !strncmp(word, page_state_names[i], len))
			break;
	if (i == STATE_COUNT)
		return -EINVAL;
	run->state = i;
	for (word += len; *word; word += len) {
		len = 1 + strcspn(word + 1, "+");
		if (len == strlen(COWSCOPE_STATE_HUGE) &&
		    !strncmp(word, COWSCOPE_STATE_HUGE, len))
			run->huge = true;
		else if (len == strlen(COWSCOPE_STATE_RO) &&
			 !strncmp(word, COWSCOPE_STATE_RO, len))
			run->ro = true;
		else
			return -EINVAL;
	}
	return 0;
}

/* A write makes new memory from these; what is last is taken over. */
static bool is_source(enum page_state state)
{
	return state == STATE_SHARED || state == STATE_FILE ||
	       state == STATE_ZERO || state == STATE_KSM;
}

static int add_mapping(struct reader *r, char *words[FIELDS_MAX],
		       const struct run *range)
{
	struct pages *p = r->p;
	struct mapping *m = p->nmappings ? &p->mapping[p->nmappings - 1] : NULL;
	void *mem = p->mapping;

	/* What changed while it was read has a new heading for the rest of it. */
	if (m && m->end > range->start)
		m->end = range->start;
	if (m && (m->end <= m->start ||
		  (m->nruns && p->run[p->nruns - 1].end > m->end)))
		return complain(r, "a mapping below the one before it:",
				words[r->column[START]]);
	if (make_room(&mem, p->nmappings, &r->max_mappings, sizeof(*m)))
		return err_sys(r->e, -ENOMEM, FILE_NAME);
	p->mapping = mem;
	m = &p->mapping[p->nmappings++];
	*m = (struct mapping){
		.start = range->start, .end = range->end, .region = range->region,
		.perms = words[r->column[PERMS]], .name = words[r->column[NAME]],
		.run = p->nruns,
	};
	if (strlen(m->perms) != 4)
		return complain(r, "no permissions:", m->perms);
	return 0;
}

static int add_run(struct reader *r, char *words[FIELDS_MAX], struct run *run)
{
	struct pages *p = r->p;
	struct mapping *m = p->nmappings ? &p->mapping[p->nmappings - 1] : NULL;
	void *mem = p->run;
	struct value pages;

	if (!m || run->start < m->start || run->end > m->end)
		return complain(r, "a run outside of its mapping:",
				words[r->column[START]]);
	if (m->nruns && run->start < p->run[p->nruns - 1].end)
		return complain(r, "a run below the one before it:",
				words[r->column[START]]);
	if (read_state(words[r->column[STATE]], run))
		return complain(r, "no state of a page:", words[r->column[STATE]]);
	if (value_parse(words[r->column[PAGES]], &pages) ||
	    !value_is(&pages, pages_between(run->start, run->end)))
		return complain(r, "not the pages of this run:",
				words[r->column[PAGES]]);
	if (make_room(&mem, p->nruns, &r->max_runs, sizeof(*run)))
		return err_sys(r->e, -ENOMEM, FILE_NAME);
	p->run = mem;
	run->armed = run->ro && m->perms[3] == 'p' && is_source(run->state);
	p->run[p->nruns++] = *run;
	m->nruns++;
	return 0;
}

static int read_line(struct reader *r, char *line)
{
	char *words[FIELDS_MAX];
	struct run run = { 0 };
	int ret = split(r, line, words);

	if (ret)
		return ret;
	if (read_address(words[r->column[START]], &run.start))
		return complain(r, "no address of a page:", words[r->column[START]]);
	if (read_address(words[r->column[END]], &run.end) || run.end <= run.start)
		return complain(r, "no end of a range:", words[r->column[END]]);
	if (read_region(words[r->column[REGION]], &run.region))
		return complain(r, "no region:", words[r->column[REGION]]);
	if (!strcmp(words[r->column[STATE]], COWSCOPE_STATE_MAPPING))
		return add_mapping(r, words, &run);
	return add_run(r, words, &run);
}

int parse_pages(char *text, size_t len, struct pages *out, struct err *e)
{
	struct reader r = { .p = out, .line = 1, .e = e };
	int ret;

	*out = (struct pages){ .text = text };
	ret = text_check(FILE_NAME, text, len, e);
	if (!ret)
		ret = read_header(&r, text_line(&text));
	while (!ret && *text) {
		r.line++;
		ret = read_line(&r, text_line(&text));
	}
	if (ret)
		pages_free(out);
	return ret;
}

void pages_free(struct pages *p)
{
	free(p->mapping);
	free(p->run);
	free(p->text);
	*p = (struct pages){ 0 };
}
