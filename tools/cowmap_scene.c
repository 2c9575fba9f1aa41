// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap_paint.h"
#include "cowmap_scene.h"

/* Pixels. */
#define GAP_HEIGHT	18
#define BAND_MIN	7	/* of a band that is no gap */
#define BANDS_HEIGHT	760	/* beyond the least that all of them need */
#define BAND_SCALE_MAX	8	/* pixels for the root of one page */
#define CELL_MIN	2

/* Parent, the process, children, then the rest; the order of the columns. */
static int column_rank(const struct family_row *row)
{
	static const char * const order[] = {
		"parent", "self", "child", "sibling", "grandchild", "grandparent",
	};
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (!strcmp(row->relation, order[i]))
			break;
	return (int)i;
}

static int add_column(const struct source *src, struct scene *s,
		      const struct family_row *row, struct err *e)
{
	struct scene_column *c = &s->column[s->ncolumns];
	size_t i;
	int ret;

	if (s->ncolumns == SCENE_COLUMNS_MAX || !value_known(&row->pid) ||
	    row->pid.n > INT32_MAX)
		return -ENOSPC;
	ret = read_pages(src, (pid_t)row->pid.n, &c->pages, e);
	if (ret)
		return ret;
	c->member = row;
	for (i = 0; i < c->pages.nruns; i++)
		tally_add_run(&c->sum, &c->pages.run[i], 0, UINT64_MAX);
	s->ncolumns++;
	return 0;
}

/* The process itself is needed; of the others, what can be had. */
static int read_columns(const struct source *src, struct scene *s, struct err *e)
{
	const struct family_row *row, *self = family_self(&s->family);
	struct err ignored;
	int rank, ret;
	size_t i;

	for (rank = 0; rank <= 6; rank++)
		for (i = 0; i < s->family.n; i++) {
			row = &s->family.row[i];
			if (!family_row_is_member(row) || column_rank(row) != rank)
				continue;
			ret = add_column(src, s, row, row == self ? e : &ignored);
			if (ret && row == self)
				return ret;
			s->left_out += !!ret;
		}
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Every address at which a mapping of any column begins or ends, falling. */
static uint64_t *gather_edges(const struct scene *s, size_t *count)
{
	const struct pages *p;
	size_t i, j, n = 0, kept = 0;
	uint64_t *edge;

	for (i = 0; i < s->ncolumns; i++)
		n += s->column[i].pages.nmappings * 2;
	edge = calloc(n + 1, sizeof(*edge));
	if (!edge)
		return NULL;
	for (i = 0, n = 0; i < s->ncolumns; i++) {
		p = &s->column[i].pages;
		for (j = 0; j < p->nmappings; j++) {
			edge[n++] = p->mapping[j].start;
			edge[n++] = p->mapping[j].end;
		}
	}
	qsort(edge, n, sizeof(*edge), by_address);
	for (i = 0; i < n; i++)
		if (!kept || edge[kept - 1] != edge[i])
			edge[kept++] = edge[i];
	*count = kept;
	return edge;
}

const struct mapping *scene_mapping(const struct scene_column *c, uint64_t address)
{
	const struct mapping *m = c->pages.mapping;
	size_t low = 0, high = c->pages.nmappings, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (m[mid].end > address)
			high = mid;
		else
			low = mid + 1;
	}
	if (low == c->pages.nmappings || m[low].start > address)
		return NULL;
	return &m[low];
}

/*
 * How much there is to see in a band, as its side would be if it were a square:
 * what is reserved and empty takes no place. Negative for a gap.
 */
static double band_weight(const struct scene *s, const struct scene_band *band)
{
	uint64_t most = 0, n;
	struct tally t;
	bool gap = true;
	size_t i;

	for (i = 0; i < s->ncolumns; i++) {
		if (!scene_mapping(&s->column[i], band->start))
			continue;
		gap = false;
		t = (struct tally){ 0 };
		tally_add_range(&t, &s->column[i].pages, band->start, band->end);
		n = t.pages - t.state[STATE_NONE];
		if (n > most)
			most = n;
	}
	return gap ? -1 : sqrt((double)most);
}

static void place_bands(struct scene *s)
{
	double sum = 0, scale, y = 0;
	struct scene_band *band;
	size_t i;

	for (i = 0; i < s->nbands; i++) {
		band = &s->band[i];
		band->height = band_weight(s, band);
		band->gap = band->height < 0;
		sum += band->gap ? 0 : band->height;
	}
	scale = sum > 0 ? BANDS_HEIGHT / sum : 0;
	if (scale > BAND_SCALE_MAX)
		scale = BAND_SCALE_MAX;
	for (i = 0; i < s->nbands; i++) {
		band = &s->band[i];
		band->height = band->gap ? GAP_HEIGHT : BAND_MIN + scale * band->height;
		band->y = y;
		y += band->height;
	}
	s->height = y;
}

static int build_bands(struct scene *s, struct err *e)
{
	size_t n = 0, i;
	uint64_t *edge = gather_edges(s, &n);

	s->band = calloc(n + 1, sizeof(*s->band));
	if (!edge || !s->band) {
		free(edge);
		return err_sys(e, -ENOMEM, "picture");
	}
	s->nbands = n ? n - 1 : 0;
	for (i = 0; i < s->nbands; i++)
		s->band[s->nbands - 1 - i] = (struct scene_band){
			.start = edge[i], .end = edge[i + 1],
		};
	free(edge);
	place_bands(s);
	return 0;
}

int scene_read(const struct source *src, pid_t pid, struct scene *out, struct err *e)
{
	int ret;

	*out = (struct scene){ 0 };
	ret = read_family(src, pid, &out->family, e);
	if (!ret)
		ret = read_columns(src, out, e);
	if (!ret)
		ret = build_bands(out, e);
	if (ret)
		scene_free(out);
	return ret;
}

void scene_free(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->ncolumns; i++)
		pages_free(&s->column[i].pages);
	free(s->band);
	family_free(&s->family);
	*s = (struct scene){ 0 };
}

/* Addresses rise upwards, y downwards. */
static double y_of(const struct scene_band *band, uint64_t address)
{
	return band->y + band->height * (double)(band->end - address) /
	       (double)(band->end - band->start);
}

static void cell_place(struct scene_cell *cell, const struct scene_band *band)
{
	bool pure;

	cell->y = y_of(band, cell->end);
	cell->height = y_of(band, cell->start) - cell->y;
	cell->state = paint_main_state(&cell->tally, &pure);
}

/* Of one state, armed or not, all of it. */
static bool cell_is_even(const struct scene_cell *cell)
{
	uint64_t armed = tally_armed(&cell->tally), n = cell->tally.pages;

	return cell->tally.state[cell->state] == n && (!armed || armed == n);
}

static bool cells_alike(const struct scene_cell *a, const struct scene_cell *b)
{
	return a->tally.pages && a->end == b->start && a->state == b->state &&
	       cell_is_even(a) && cell_is_even(b) &&
	       !tally_armed(&a->tally) == !tally_armed(&b->tally) &&
	       !a->tally.huge == !b->tally.huge;
}

/* What fits the pixels: a run for a cell if there are few, else even slices. */
static uint64_t next_edge(const struct scene_column *c, const struct scene_band *band,
			  uint64_t at, bool slices)
{
	const struct pages *p = &c->pages;
	uint64_t pages = pages_between(band->start, band->end), end, step;
	size_t i;

	if (slices) {
		step = (uint64_t)((double)pages / (band->height / CELL_MIN)) + 1;
		end = at + (step << PAGES_SHIFT);
		return band->end - at <= step << PAGES_SHIFT ? band->end : end;
	}
	i = pages_find_run(p, at);
	if (i == p->nruns || p->run[i].start >= band->end)
		return band->end;
	end = p->run[i].start > at ? p->run[i].start : p->run[i].end;
	return end < band->end ? end : band->end;
}

void scene_cells(const struct scene_column *c, const struct scene_band *band,
		 void (*draw)(const struct scene_cell *cell, void *arg), void *arg)
{
	size_t runs = pages_find_run(&c->pages, band->end - 1) -
		      pages_find_run(&c->pages, band->start);
	bool slices = (double)runs > band->height / CELL_MIN;
	struct scene_cell wide = { 0 }, cell;
	uint64_t at, end;

	for (at = band->start; at < band->end; at = end) {
		end = next_edge(c, band, at, slices);
		cell = (struct scene_cell){ .start = at, .end = end };
		tally_add_range(&cell.tally, &c->pages, at, end);
		cell_place(&cell, band);
		if (cells_alike(&wide, &cell)) {
			wide.end = end;
			tally_add(&wide.tally, &cell.tally);
			cell_place(&wide, band);
			continue;
		}
		if (wide.tally.pages)
			draw(&wide, arg);
		wide = cell;
	}
	if (wide.tally.pages)
		draw(&wide, arg);
}
