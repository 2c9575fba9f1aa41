/* SPDX-License-Identifier: GPL-2.0-only */
/* The scene as SVG; text that does not come from us goes through cowmap_xml.h. */
#ifndef COWSCOPE_TOOLS_COWMAP_SVG_H
#define COWSCOPE_TOOLS_COWMAP_SVG_H

#include "cowmap.h"
#include "cowmap_scene.h"

/* The svg element; @alone: with the declaration that a file of its own needs. */
void svg_write(FILE *out, const struct scene *s, bool alone);

/*
 * Reads the scene and writes it by @write to the file that the options name; "-"
 * is standard output.
 */
int svg_save(const struct cowmap_options *o, const struct source *src,
	     void (*write)(FILE *out, const struct cowmap_options *o,
			   const struct source *src, const struct scene *s),
	     struct err *e);

#endif
