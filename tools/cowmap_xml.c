// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "cowmap_xml.h"
#include "name.h"

void xml_put(FILE *out, const char *name)
{
	char *buf = malloc(strlen(name) * NAME_GROWTH + 1), *p;

	if (!buf)
		return;
	name_clean(name, buf);
	for (p = buf; *p; p++) {
		switch (*p) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*p, out);
		}
	}
	free(buf);
}
