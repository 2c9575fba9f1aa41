/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of births share: rows of the view, and the kernel's own words on
 * the same things. To be included after kselftest_harness.h and expect.h.
 */
#ifndef SELFTEST_BIRTH_H
#define SELFTEST_BIRTH_H

#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kid.h"

struct birth {
	struct scope_table table;
};

static inline void
birth_read(struct __test_metadata *_metadata, struct birth *birth, pid_t pid)
{
	char *text = scope_query(pid, "birth");

	if (!text)
		TH_LOG("query \"%d birth\": %s", pid, strerror(errno));
	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, scope_table_parse(text, &birth->table));
}

static inline void birth_free(struct birth *birth)
{
	scope_table_free(&birth->table);
	memset(birth, 0, sizeof(*birth));
}

/* A column of a row; "" when there is no such row. */
static inline const char *
birth_word(const struct birth *birth, const char *resource, const char *column)
{
	int row = scope_find(&birth->table, 0, "resource", resource);

	return row < 0 ? "" : scope_field(&birth->table, row, column);
}

static inline long long
birth_number(const struct birth *birth, const char *resource, const char *column)
{
	int row = scope_find(&birth->table, 0, "resource", resource);

	return row < 0 ? -1 : scope_number(&birth->table, row, column);
}

/* "asked at_birth now" of one resource. */
static inline void
expect_birth(struct __test_metadata *_metadata, const struct birth *birth,
	     const char *resource, const char *wanted)
{
	char seen[128];

	snprintf(seen, sizeof(seen), "%s %s %s", birth_word(birth, resource, "asked"),
		 birth_word(birth, resource, "at_birth"), birth_word(birth, resource, "now"));
	if (strcmp(seen, wanted))
		TH_LOG("%s: %s, expected %s", resource, seen, wanted);
	EXPECT_STREQ(wanted, seen);
}

/* The kernel's word: do two processes share it. */
static inline bool same_object(pid_t one, pid_t other, int type)
{
	return syscall(SYS_kcmp, one, other, type, 0, 0) == 0;
}

/* The inode number of a process's namespace; 0 cannot be had. */
static inline long long ns_of(pid_t pid, const char *ns)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, ns);
	return stat(path, &st) ? 0 : (long long)st.st_ino;
}

FIXTURE(birth) {
	struct cast cast;
	struct actor *parent;
	struct kid kid;
	struct birth birth;
	pid_t child;
};

FIXTURE_SETUP(birth)
{
	stage_begin(_metadata, &self->cast);
	ASSERT_EQ(0, kid_line_open(&self->kid.line));
	self->parent = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(birth)
{
	birth_free(&self->birth);
	kid_line_close(&self->kid.line);
	stage_end(_metadata, &self->cast);
}

static inline void look(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self)
{
	birth_free(&self->birth);
	birth_read(_metadata, &self->birth, self->child);
}

/* A child of the parent; its birth is read. */
static inline void make_kid(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self,
			    unsigned long long flags, bool by_clone3)
{
	self->kid.flags = flags;
	self->kid.by_clone3 = by_clone3;
	self->child = kid_make(self->parent, &self->kid);
	if (self->child <= 0)
		TH_LOG("flags %llx: %s", flags, strerror(-self->child));
	ASSERT_LT(0, self->child);
	look(_metadata, self);
}

static inline void end_kid(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self)
{
	ASSERT_EQ(0, kid_end(&self->kid, self->child));
}

/* The child does something, and its birth is read again. */
static inline void tell(struct __test_metadata *_metadata, FIXTURE_DATA(birth) *self,
			enum kid_order order, long arg)
{
	long answer = kid_tell(&self->kid, order, arg);

	if (answer < 0)
		TH_LOG("order %d: %s", order, strerror(-answer));
	ASSERT_LE(0, answer);
	look(_metadata, self);
}

#endif /* SELFTEST_BIRTH_H */
