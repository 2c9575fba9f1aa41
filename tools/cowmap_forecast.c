// SPDX-License-Identifier: GPL-2.0-only
/* If the process forked now. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "cowmap.h"
#include "cowmap_read.h"
#include "document.h"

/* The keys of the view, as numbers where they are. */
struct forecast_row {
	const char *text[FORECAST_COUNT];
	struct value value[FORECAST_COUNT];
};

#define NUMBER(key, unit, help)							\
	{ #key, unit, false, false, help, cowmap_get_value,			\
	  offsetof(struct forecast_row, value[FORECAST_##key]) }
#define TEXT(key, help)								\
	{ #key, NULL, true, false, help, cowmap_get_text,			\
	  offsetof(struct forecast_row, text[FORECAST_##key]) }

/* In the order of the contract. */
static const struct column columns[] = {
	NUMBER(abi, NULL, "version of the view"),
	NUMBER(pid, NULL, "process"),
	TEXT(comm, "command name"),
	NUMBER(threads, "threads", "threads, of which the child gets one"),
	NUMBER(mappings, "mappings", "mappings that the child would get"),
	NUMBER(skipped_mappings, "mappings", "left out: MADV_DONTFORK"),
	NUMBER(wiped_mappings, "mappings", "empty in the child: MADV_WIPEONFORK"),
	NUMBER(shared_pages, "pages", "pages that it would map at once"),
	NUMBER(at_risk_pages, "pages", "at worst new pages, if both write"),
	NUMBER(at_risk_hugetlb_bytes, "bytes", "the same of hugetlb pages"),
	NUMBER(swap_pages, "pages", "swapped-out pages that both would hold"),
	NUMBER(pgtable_bytes, "bytes", "page tables of the child"),
	NUMBER(memory_max_pages, "pages", "room below memory.max; -: no limit"),
	NUMBER(memory_available_pages, "pages", "available in the machine"),
	TEXT(fits, "at_risk and page tables fit"),
};

static_assert(sizeof(columns) / sizeof(columns[0]) == FORECAST_COUNT,
	      "a column for each key");
static const struct column_set set = COWMAP_SET(columns);

static int fill_row(struct forecast_row *row, const struct forecast *f, struct err *e)
{
	int i;

	for (i = 0; i < FORECAST_COUNT; i++) {
		row->text[i] = f->value[i];
		if (columns[i].text)
			continue;
		if (value_parse(f->value[i], &row->value[i]))
			return err_set(e, -EPROTO, "forecast: key \"%s\": not a number \"%.40s\"",
				       columns[i].name, f->value[i]);
	}
	return 0;
}

static int print_forecast(const struct cowmap_options *o, const struct source *src,
			  const struct forecast *f, struct err *e)
{
	const struct table_style style = cowmap_style(o, "forecast");
	struct forecast_row row = { 0 };
	int ret = fill_row(&row, f, e);

	if (ret)
		return ret;
	if (o->table.json || o->table.raw)
		return table_print(&set, &o->list, &row, 1, sizeof(row), &style,
				   stdout, e);
	cowmap_print_title(o, f->value[FORECAST_comm], "if it forked now, from %s",
			   src->root);
	cowmap_print_sheet(&set, &o->list, &row);
	return 0;
}

static int run(const struct cowmap_options *o, const struct source *src, struct err *e)
{
	struct forecast forecast;
	int ret = read_forecast(src, o->pid, &forecast, e);

	if (ret)
		return ret;
	ret = print_forecast(o, src, &forecast, e);
	forecast_free(&forecast);
	return ret;
}

#define PRESET									\
	"threads,mappings,skipped_mappings,wiped_mappings,shared_pages,"	\
	"at_risk_pages,at_risk_hugetlb_bytes,swap_pages,pgtable_bytes,"		\
	"memory_max_pages,memory_available_pages,fits"

const struct cowmap_mode cowmap_forecast = {
	.option = "--forecast",
	.set = &set,
	.preset = PRESET,
	.preset_script = "pid,comm," PRESET,
	.run = run,
};
