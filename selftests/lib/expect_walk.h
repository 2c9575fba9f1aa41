/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The view walk of an actor's address: its form, and what a test expects of it. To be
 * included after expect.h.
 */
#ifndef SELFTEST_EXPECT_WALK_H
#define SELFTEST_EXPECT_WALK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline char *walk_of(pid_t pid, const void *addr)
{
	char view[48];

	snprintf(view, sizeof(view), "walk 0x%lx", (unsigned long)addr);
	return scope_query(pid, view);
}

#define WALK_KEY(key)	#key,
static const char *const walk_key[] = { COWSCOPE_WALK_KEYS(WALK_KEY) };

/*
 * Levels from the top down without a gap, each inside the one above and holding the
 * address, all but the last a table; then every key, in order. NULL or what is wrong.
 */
static inline const char *walk_wrong(const char *text, unsigned long addr)
{
	static const char *const level[] = { "pgd", "p4d", "pud", "pmd", "pte" };
	static const unsigned int shift[] = { 48, 39, 30, 21, 12 };
	unsigned long start, bytes;
	char name[8], entry[16] = "table", flags[128];
	const char *line = text, *next;
	size_t at = 0, key;

	if (strncmp(line, COWSCOPE_HEADER_WALK "\n", strlen(COWSCOPE_HEADER_WALK) + 1))
		return "header";
	for (line = strchr(line, '\n') + 1;
	     sscanf(line, "%7s 0x%lx %lu %15s %127s", name, &start, &bytes, flags, flags) == 5;
	     line = strchr(line, '\n') + 1) {
		if (strcmp(entry, "table"))
			return "a level below an entry that leads nowhere";
		if (sscanf(line, "%*s %*s %*s %15s", entry) != 1)
			return "no entry";
		/* Four levels: the top one covers what p4d does, and p4d has no row. */
		if (!at && bytes == 1UL << 39)
			at = 1;
		else if (at == 1 && strcmp(name, "p4d"))
			return "a level is missing";
		if (at >= 5 || bytes != 1UL << shift[at] || addr / bytes * bytes != start)
			return "range";
		if (strcmp(name, level[at]) && !(at == 1 && !strcmp(name, "pgd")))
			return "level";
		at++;
	}
	for (key = 0; key < ARRAY_SIZE(walk_key); key++, line = next + 1) {
		next = strchr(line, '\n');
		if (!next || strncmp(line, walk_key[key], strlen(walk_key[key])) ||
		    line[strlen(walk_key[key])] != ' ')
			return walk_key[key];
	}
	if (strstr(text, "ffff8") || strstr(text, "ffffffff"))
		return "an address of the kernel";
	return *line ? "more than the keys" : NULL;
}

static inline void
expect_key(struct __test_metadata *_metadata, const char *text, const char *key,
	   const char *value)
{
	char is[256] = "";

	EXPECT_EQ(0, scope_key(text, key, is, sizeof(is)));
	EXPECT_STREQ(value, is);
}

/* What stands in a level: "table", "page" and so on, and its flags or NULL: any. */
static inline void
expect_entry(struct __test_metadata *_metadata, const char *text, const char *level,
	     const char *entry, const char *flags)
{
	char value[256] = "", is[16] = "", has[128] = "";
	int fields;

	EXPECT_EQ(0, scope_key(text, level, value, sizeof(value)));
	fields = sscanf(value, "%*s %*s %15s %127s", is, has);
	EXPECT_EQ(2, fields);
	EXPECT_STREQ(entry, is);
	if (flags)
		EXPECT_STREQ(flags, has);
}

/* The walk of one address; state NULL: any. */
static inline void
expect_walk(struct __test_metadata *_metadata, struct actor *who, const void *addr,
	    const char *state, const char *next)
{
	char *text = walk_of(who->pid, addr), value[64] = "", why[128] = "";
	const char *wrong;

	ASSERT_NE(NULL, text);
	wrong = walk_wrong(text, (unsigned long)addr);
	if (wrong)
		TH_LOG("%s is wrong in:\n%s", wrong, text);
	EXPECT_EQ(NULL, wrong);
	snprintf(value, sizeof(value), "0x%lx", (unsigned long)addr);
	expect_key(_metadata, text, "address", value);
	if (state)
		expect_key(_metadata, text, "state", state);
	scope_key(text, "next_write", value, sizeof(value));
	scope_key(text, "why", why, sizeof(why));
	if (strcmp(value, next))
		TH_LOG("0x%lx: %s, since: %s", (unsigned long)addr, value, why);
	EXPECT_STREQ(next, value);
	free(text);
}

/* The word, then the write of one place, then what was counted for it. */
static inline void
expect_answer(struct __test_metadata *_metadata, struct actor *who,
	      const struct world *world, size_t place, const char *state,
	      const char *next, const struct grown *grown)
{
	const char *addr = world->base + place * world->stride;
	struct scope_cow before, after;

	warm_up(_metadata, who, world);
	before = cow_of(_metadata, who);
	expect_walk(_metadata, who, addr, state, next);
	/* Anywhere in the page, the answer is the same. */
	expect_walk(_metadata, who, addr + 1234, state, next);
	write_part(_metadata, who, world, place, 1);
	after = cow_of(_metadata, who);
	expect_grown(_metadata, &before, &after, grown);
}

#endif /* SELFTEST_EXPECT_WALK_H */
