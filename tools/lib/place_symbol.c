// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions and source lines, by libdw: from a file's own symbols and debug information
 * or from separate ones. An address that lies in no symbol has none.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <dwarf.h>
#include <elfutils/libdwfl.h>

#include "places.h"

#define VDSO	"[vdso]"
/* Blocks and calls in each other; a file may be a stranger's. */
#define DEPTH_MAX	64

/* A file as it was mapped. */
struct image {
	const char *mapping, *dev, *inode, *mtime_ns;
	pid_t pid;		/* through whom it was looked for last */
	enum file_state state;
	Dwfl_Module *module;	/* NULL: not there, or not an ELF file */
};

/* What stands at an address. Files lie apart: no two have the same. */
struct code {
	GElf_Addr address;
	const char *function, *inlined, *source, *path;
	uint64_t into;
};

struct symbols {
	Dwfl *dwfl;
	bool any_file;
	bool same_kernel;	/* the vdso is that of this program, too */
	struct image *image;
	size_t n, max;
	void *codes;		/* tree of those that were asked for */
	struct texts texts;	/* of the images and codes */
};

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

struct symbols *symbols_begin(bool any_file, const char *kernel)
{
	struct symbols *s = calloc(1, sizeof(*s));
	struct utsname uts;

	if (!s)
		return NULL;
	s->any_file = any_file;
	s->same_kernel = !uname(&uts) && !strcmp(uts.release, kernel);
	s->dwfl = dwfl_begin(&callbacks);
	if (s->dwfl)
		return s;
	free(s);
	return NULL;
}

void symbols_end(struct symbols *s)
{
	if (!s)
		return;
	tdestroy(s->codes, free);
	texts_free(&s->texts);
	free(s->image);
	dwfl_end(s->dwfl);
	free(s);
}

static bool is_vdso(const struct place *p)
{
	/* Programs of 32 bits have another one, below this. */
	return !strcmp(p->mapping, VDSO) && p->address >> 32;
}

static void image_open(struct symbols *s, struct image *image, const struct place *p)
{
	int fd = -1;

	image->pid = p->pid;
	if (!is_vdso(p))
		fd = file_open(p, s->any_file, &image->state);
	else if (s->same_kernel)
		fd = file_vdso(&image->state);
	else
		image->state = FILE_MISSING;
	if (fd < 0)
		return;
	dwfl_report_begin_add(s->dwfl);
	image->module = dwfl_report_offline(s->dwfl, p->mapping, p->mapping, fd);
	dwfl_report_end(s->dwfl, NULL, NULL);
	if (!image->module)
		close(fd);
}

static bool is_image(const struct image *image, const struct place *p)
{
	return !strcmp(image->mapping, p->mapping) && !strcmp(image->dev, p->dev) &&
	       !strcmp(image->inode, p->inode) && !strcmp(image->mtime_ns, p->mtime_ns);
}

static struct image *image_add(struct symbols *s, const struct place *p)
{
	struct image *image;
	size_t max;

	if (s->n == s->max) {
		max = s->max ? s->max * 2 : 16;
		image = reallocarray(s->image, max, sizeof(*image));
		if (!image)
			return NULL;
		s->image = image;
		s->max = max;
	}
	image = &s->image[s->n];
	*image = (struct image){
		.mapping = texts_add(&s->texts, "%s", p->mapping),
		.dev = texts_add(&s->texts, "%s", p->dev),
		.inode = texts_add(&s->texts, "%s", p->inode),
		.mtime_ns = texts_add(&s->texts, "%s", p->mtime_ns),
	};
	if (!image->mapping || !image->dev || !image->inode || !image->mtime_ns)
		return NULL;
	s->n++;
	image_open(s, image, p);
	return image;
}

/* What one process has lost another one may still have. */
static struct image *image_of(struct symbols *s, const struct place *p)
{
	struct image *image;
	size_t i;

	for (i = 0; i < s->n && !is_image(&s->image[i], p); i++)
		;
	if (i == s->n)
		return image_add(s, p);
	image = &s->image[i];
	if (!image->module && image->pid != p->pid)
		image_open(s, image, p);
	return image;
}

/* From a place in the file to the address that its symbols speak of. */
static bool address_of(Dwfl_Module *module, uint64_t offset, GElf_Addr *address)
{
	GElf_Phdr part;
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module, &bias);
	size_t n, i;

	if (!elf || elf_getphdrnum(elf, &n))
		return false;
	for (i = 0; i < n; i++) {
		if (!gelf_getphdr(elf, i, &part) || part.p_type != PT_LOAD ||
		    offset < part.p_offset || offset - part.p_offset >= part.p_filesz)
			continue;
		*address = offset - part.p_offset + part.p_vaddr + bias;
		return true;
	}
	return false;
}

static int name_function(Dwfl_Module *module, struct code *code, struct texts *t)
{
	const char *name;
	GElf_Off into;
	GElf_Sym sym;

	name = dwfl_module_addrinfo(module, code->address, &into, &sym, NULL, NULL, NULL);
	/* The nearest one below it is not good enough. */
	if (!name || into >= sym.st_size)
		return 0;
	code->function = texts_name(t, name);
	code->into = into;
	return code->function ? 0 : -ENOMEM;
}

/* What functions may stand in, without a range of addresses of its own. */
static bool is_scope(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
		return true;
	default:
		return false;
	}
}

/*
 * The innermost function that was put in place of a call. dwarf_getscopes() finds nothing
 * where the function's own description is in another unit, as after optimising at link time.
 */
static bool find_inlined(Dwarf_Die *die, Dwarf_Addr address, int depth, const char **name)
{
	Dwarf_Die child;

	if (!depth || dwarf_child(die, &child))
		return false;
	do {
		if (dwarf_haspc(&child, address) == 1) {
			if (dwarf_tag(&child) == DW_TAG_inlined_subroutine)
				*name = dwarf_diename(&child);
			find_inlined(&child, address, depth - 1, name);
			return true;
		}
		if (is_scope(&child) && find_inlined(&child, address, depth - 1, name))
			return true;
	} while (!dwarf_siblingof(&child, &child));
	return false;
}

static int name_inlined(Dwfl_Module *module, struct code *code, struct texts *t)
{
	const char *name = NULL;
	Dwarf_Die *unit;
	Dwarf_Addr bias;

	unit = dwfl_module_addrdie(module, code->address, &bias);
	if (unit)
		find_inlined(unit, code->address - bias, DEPTH_MAX, &name);
	if (name)
		code->inlined = texts_name(t, name);
	return code->inlined ? 0 : -ENOMEM;
}

static int name_source(Dwfl_Module *module, struct code *code, struct texts *t)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, code->address);
	const char *path = NULL, *base;
	int number = 0;

	if (line)
		path = dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL);
	if (!path || !number)
		return 0;
	base = strrchr(path, '/');
	base = texts_name(t, base ? base + 1 : path);
	path = texts_name(t, path);
	if (!path || !base)
		return -ENOMEM;
	code->path = texts_add(t, "%s:%d", path, number);
	code->source = texts_add(t, "%s:%d", base, number);
	return code->path && code->source ? 0 : -ENOMEM;
}

static int compare_codes(const void *a, const void *b)
{
	const struct code *one = a, *other = b;

	return one->address < other->address ? -1 : one->address > other->address;
}

static int look_up(struct symbols *s, Dwfl_Module *module, struct code *code)
{
	int ret = name_function(module, code, &s->texts);

	if (!ret)
		ret = name_source(module, code, &s->texts);
	return ret ? ret : name_inlined(module, code, &s->texts);
}

/* NULL without memory. */
static const struct code *code_at(struct symbols *s, Dwfl_Module *module, GElf_Addr address)
{
	struct code *code = malloc(sizeof(*code));
	struct code **at;

	if (!code)
		return NULL;
	*code = (struct code){
		.address = address, .function = "-", .inlined = "-", .source = "-", .path = "-",
	};
	at = tsearch(code, &s->codes, compare_codes);
	if (!at || *at != code) {
		free(code);
		return at ? *at : NULL;
	}
	if (!look_up(s, module, code))
		return code;
	tdelete(code, &s->codes, compare_codes);
	free(code);
	return NULL;
}

int symbols_name(struct symbols *s, struct place *p)
{
	uint64_t offset = p->offset;
	const struct code *code;
	struct image *image;
	GElf_Addr address;

	if (!p->has_offset || !strcmp(p->mapping, "-"))
		return 0;
	image = image_of(s, p);
	if (!image)
		return -ENOMEM;
	p->state = image->state;
	/* A system call's address is the one after it. */
	if (p->kind == SITE_SYSCALL)
		offset--;
	if (!image->module || !address_of(image->module, offset, &address))
		return 0;
	code = code_at(s, image->module, address);
	if (!code)
		return -ENOMEM;
	p->function = code->function;
	p->into = code->into + (p->kind == SITE_SYSCALL);
	p->source = code->source;
	p->path = code->path;
	p->inlined = code->inlined;
	return 0;
}
