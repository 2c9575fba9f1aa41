/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table sharing and the views sharing and files as structs. Pure. Every
 * parser takes the text over, whatever it returns, and the struct points into
 * it until it is freed. Names stay escaped as the files write them.
 */
#ifndef COWSCOPE_TOOLS_SHARING_H
#define COWSCOPE_TOOLS_SHARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cowscope_abi.h"
#include "err.h"
#include "value.h"

#define SHARING_ENUM_KIND(id, name, flag, help)	KIND_##id,
enum kind { COWSCOPE_KINDS(SHARING_ENUM_KIND) KIND_COUNT };

struct kind_words {
	const char *name, *flag, *help;
};

extern const struct kind_words kind_words[KIND_COUNT];

/* An object and who uses it. */
struct shared {
	const char *kind;
	const char *id;
	struct value tasks, processes;
	const char *members, *mark;
};

struct sharing {
	struct shared *row;
	size_t n;
	char *text;
};

/* A descriptor. */
struct open_file {
	struct value fd;
	const char *id;
	const char *offset;	/* of some devices below zero */
	const char *flags, *type, *cloexec, *holders, *peer, *path;
};

struct files {
	struct open_file *row;
	size_t n;
	char *text;
};

int parse_sharing(char *text, size_t len, struct sharing *out, struct err *e);
int parse_files(char *text, size_t len, struct files *out, struct err *e);

void sharing_free(struct sharing *s);
void files_free(struct files *f);

/* A kind by its word; KIND_COUNT for one that only newer modules know. */
enum kind kind_find(const char *name);

/* First row of a kind, of a process that of its first task; NULL there is none. */
const struct shared *sharing_of_kind(const struct sharing *s, enum kind kind);

/* The oldest member that is told, 0 there is none. */
uint64_t members_first(const char *members);

/* Members but for this process, "-" if there are no others. @out holds the length + 2. */
void members_without(const char *members, uint64_t pid, char *out);

#endif
