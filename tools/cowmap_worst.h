/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers below the table of the view family: what is armed, the worst case. */
#ifndef COWSCOPE_TOOLS_COWMAP_WORST_H
#define COWSCOPE_TOOLS_COWMAP_WORST_H

#include "cowmap.h"
#include "document.h"
#include "views.h"

/* The two lines for people that end a report. */
void worst_print(const struct family *f);

/* All of them, as a member of a JSON document. */
int worst_document(const struct cowmap_options *o, struct document *doc,
		   const struct family *f, struct err *e);

/* "~123 (492K)", "-" if not known. */
#define WORST_TEXT_MAX	48
const char *worst_amount(const struct value *pages, char buf[WORST_TEXT_MAX]);

#endif
