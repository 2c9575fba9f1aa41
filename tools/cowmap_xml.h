/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COWSCOPE_TOOLS_COWMAP_XML_H
#define COWSCOPE_TOOLS_COWMAP_XML_H

#include <stdio.h>

/*
 * A name of the files as text of XML or HTML, in an element or an attribute:
 * printable ASCII, with what has a meaning there written as an entity.
 */
void xml_put(FILE *out, const char *name);

#endif
