// SPDX-License-Identifier: GPL-2.0-only
/* Two processes: every kind of resource, the same object or not. */
#include <errno.h>
#include <string.h>

#include "fetch_views.h"
#include "lsshare.h"

/* Readings until the first process is the same before and after the second. */
#define TRIES	5

struct both {
	const char *kind, *same, *id, *peer_id, *flag, *about;
};

static const struct column columns[] = {
	LSSHARE_TEXT(both, kind, "kind", "resource"),
	LSSHARE_TEXT(both, same, "same", "yes no, or none: neither of them has one"),
	LSSHARE_TEXT(both, flag, "flag", "flag of clone that shares it, or makes it new"),
	LSSHARE_TEXT(both, about, "about", "the kind in words"),
	LSSHARE_TEXT(both, id, "id", "object of the first process"),
	LSSHARE_TEXT(both, peer_id, "peer_id", "object of the second"),
};

static const struct column_set set = LSSHARE_SET(columns);

static const char *id_of(const struct sharing *s, enum kind kind)
{
	const struct shared *shared = sharing_of_kind(s, kind);

	return shared ? shared->id : NULL;
}

/* An id of "-" is one that is not known. */
static const char *same_word(const char *one, const char *other)
{
	if (!one && !other)
		return "none";
	if (!one || !other)
		return "no";
	if (!strcmp(one, "-") || !strcmp(other, "-"))
		return "-";
	return strcmp(one, other) ? "no" : "yes";
}

static bool equal(const struct sharing *a, const struct sharing *b)
{
	int kind;

	for (kind = 0; kind < KIND_COUNT; kind++)
		if (!strcmp(same_word(id_of(a, kind), id_of(b, kind)), "no"))
			return false;
	return true;
}

/*
 * Two readings are two moments. When the first process has the same objects before
 * and after the second was read, they lived all the while, and equal ids of the two
 * mean the same object.
 */
static int read_both(const struct lsshare_options *o, const struct source *src,
		     struct sharing *one, struct sharing *other, struct err *e)
{
	struct sharing again;
	int ret, try;
	bool still;

	*one = (struct sharing){ 0 };
	ret = fetch_sharing(src, o->pid[0], one, e);
	for (try = 0; !ret && try < TRIES; try++) {
		ret = fetch_sharing(src, o->pid[1], other, e);
		if (ret)
			break;
		ret = fetch_sharing(src, o->pid[0], &again, e);
		if (ret) {
			sharing_free(other);
			break;
		}
		still = equal(one, &again);
		sharing_free(one);
		*one = again;
		if (still)
			return 0;
		sharing_free(other);
	}
	if (try == TRIES)
		ret = err_set(e, -EAGAIN, "%d: its resources change too fast to be compared",
			      o->pid[0]);
	sharing_free(one);
	return ret;
}

static int run(const struct lsshare_options *o, const struct source *src, struct err *e)
{
	struct both rows[KIND_COUNT];
	struct sharing one, other;
	int kind, ret;

	ret = read_both(o, src, &one, &other, e);
	if (ret)
		return ret;
	for (kind = 0; kind < KIND_COUNT; kind++) {
		struct both *row = &rows[kind];

		row->kind = kind_words[kind].name;
		row->flag = kind_words[kind].flag;
		row->about = kind_words[kind].help;
		row->id = id_of(&one, kind);
		row->peer_id = id_of(&other, kind);
		row->same = same_word(row->id, row->peer_id);
	}
	ret = lsshare_print(o, "pair", rows, KIND_COUNT, sizeof(rows[0]), NULL, e);
	sharing_free(&other);
	sharing_free(&one);
	return ret;
}

const struct lsshare_mode lsshare_pair = {
	.option = "--pair",
	.set = &set,
	.preset = "kind,same,flag",
	.preset_script = "kind,same,id,peer_id",
	.pids_min = 2, .pids_max = 2,
	.run = run,
};
