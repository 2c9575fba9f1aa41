// SPDX-License-Identifier: GPL-2.0-only
/* A table of the contract to an array of structs in one go; see grid.h. */
#include <errno.h>
#include <stdlib.h>

#include "grid.h"

int grid_rows(const char *file, char *text, size_t len, const struct field_map *map,
	      size_t nmap, size_t stride, void **out, size_t *n, struct err *e)
{
	struct grid g;
	void *rows;
	int ret;

	ret = grid_parse(&g, file, text, len, e);
	if (ret)
		return ret;
	rows = calloc(g.nrows + 1, stride);
	if (rows)
		ret = grid_fill(&g, map, nmap, rows, stride, e);
	else
		ret = err_sys(e, -ENOMEM, file);
	if (ret) {
		free(rows);
	} else {
		*out = rows;
		*n = g.nrows;
	}
	grid_free(&g);
	return ret;
}
