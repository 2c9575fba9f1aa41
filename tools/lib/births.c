// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "births.h"
#include "grid.h"

#define VALUE(name)	{ #name, offsetof(struct birth_row, name), FIELD_VALUE }
#define TEXT(name)	{ #name, offsetof(struct birth_row, name), FIELD_TEXT }

static const struct field_map birth_map[] = {
	TEXT(resource), TEXT(flag), TEXT(asked), TEXT(at_birth), TEXT(now), TEXT(id),
	VALUE(count_at_birth), VALUE(count_now), VALUE(shared_pages), VALUE(own_pages), TEXT(runs),
};

int parse_birth(char *text, size_t len, struct birth *out, struct err *e)
{
	void *rows = NULL;
	int ret;

	*out = (struct birth){ .text = text };
	ret = grid_rows("birth", text, len, birth_map,
			sizeof(birth_map) / sizeof(birth_map[0]), sizeof(*out->row), &rows,
			&out->n, e);
	out->row = rows;
	if (ret)
		birth_free(out);
	return ret;
}

void birth_free(struct birth *b)
{
	free(b->row);
	free(b->text);
	*b = (struct birth){ 0 };
}

const struct birth_row *birth_find(const struct birth *b, const char *resource)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (!strcmp(b->row[i].resource, resource))
			return &b->row[i];
	return NULL;
}
