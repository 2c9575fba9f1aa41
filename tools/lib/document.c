// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"

/*
 * libsmartcols prints a table as a document of its own: "{", the member, "}",
 * each on a line. What is between goes into ours.
 */
static int put_member(struct document *doc, const char *text, struct err *e)
{
	const char *from = strchr(text, '{'), *to = strrchr(text, '}');

	if (!from || !to || to <= from)
		return err_set(e, -EIO, "table: not a JSON document");
	for (from++; *from == '\n'; from++)
		;
	while (to > from && to[-1] == '\n')
		to--;
	fputs(doc->parts++ ? ",\n" : "{\n", doc->out);
	fwrite(from, 1, to - from, doc->out);
	return 0;
}

int document_table(struct document *doc, const struct column_set *set,
		   const struct column_list *list, const void *rows, size_t n,
		   size_t stride, const struct table_style *style, struct err *e)
{
	char *text = NULL;
	size_t len;
	FILE *mem;
	int ret;

	if (!doc->json) {
		doc->parts++;
		return table_print(set, list, rows, n, stride, style, doc->out, e);
	}
	mem = open_memstream(&text, &len);
	if (!mem)
		return err_sys(e, -errno, style->name);
	ret = table_print(set, list, rows, n, stride, style, mem, e);
	if (fclose(mem) && !ret)
		ret = err_sys(e, -ENOMEM, style->name);
	if (!ret)
		ret = put_member(doc, text, e);
	free(text);
	return ret;
}

void document_end(struct document *doc)
{
	if (doc->json && doc->parts)
		fputs("\n}\n", doc->out);
}
