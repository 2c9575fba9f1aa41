/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several tables as one report: one below the other for people, one JSON
 * document with a member for each for programs.
 */
#ifndef COWSCOPE_TOOLS_DOCUMENT_H
#define COWSCOPE_TOOLS_DOCUMENT_H

#include "table.h"

struct document {
	FILE *out;
	bool json;
	unsigned int parts;
};

/* @style's format has to be JSON if and only if the document's is. */
int document_table(struct document *doc, const struct column_set *set,
		   const struct column_list *list, const void *rows, size_t n,
		   size_t stride, const struct table_style *style, struct err *e);

/* Closes a JSON document that has a part. */
void document_end(struct document *doc);

#endif
