// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap_tree.h"

#define NOBODY	((size_t)-1)

/* Address spaces that somebody names, members first and in their order. */
struct kin {
	uint64_t mm;
	struct value pid;
	size_t above;		/* NOBODY: none */
	size_t below;		/* how many have this one above them */
	bool member;
};

struct kinship {
	struct kin *kin;
	size_t n, max;
};

static size_t kin_find(const struct kinship *k, uint64_t mm)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->kin[i].mm == mm)
			return i;
	return NOBODY;
}

static size_t kin_add(struct kinship *k, uint64_t mm, const struct value *pid)
{
	struct kin *mem;

	if (k->n == k->max) {
		mem = realloc(k->kin, k->max * 2 * sizeof(*mem));
		if (!mem)
			return NOBODY;
		k->kin = mem;
		k->max *= 2;
	}
	k->kin[k->n] = (struct kin){ .mm = mm, .pid = *pid, .above = NOBODY };
	return k->n++;
}

/* Said twice keeps the first; what would close a circle is left out. */
static void kin_set_above(struct kinship *k, size_t i, size_t above)
{
	size_t j;

	if (k->kin[i].above != NOBODY)
		return;
	for (j = above; j != NOBODY; j = k->kin[j].above)
		if (j == i)
			return;
	k->kin[i].above = above;
	k->kin[above].below++;
}

/* "PID(mm)", with PID perhaps "-"; the rest of @text, NULL at the end. */
static const char *next_ancestor(const char *text, struct value *pid, uint64_t *mm)
{
	char word[64], *open, *close, *end;
	size_t len;

	text += strspn(text, " <");
	len = strcspn(text, " ");
	if (!len || len >= sizeof(word))
		return NULL;
	memcpy(word, text, len);
	word[len] = '\0';
	open = strchr(word, '(');
	close = open ? strchr(open, ')') : NULL;
	if (!close || close[1])
		return NULL;
	*open = '\0';
	*mm = strtoull(open + 1, &end, 10);
	if (end != close || end == open + 1 || value_parse(word, pid))
		return NULL;
	return text + len;
}

static int add_lineage(struct kinship *k, const char *lineage)
{
	size_t below = NOBODY, i;
	struct value pid;
	uint64_t mm;

	while ((lineage = next_ancestor(lineage, &pid, &mm))) {
		i = kin_find(k, mm);
		if (i == NOBODY)
			i = kin_add(k, mm, &pid);
		if (i == NOBODY)
			return -ENOMEM;
		if (below != NOBODY && below != i)
			kin_set_above(k, below, i);
		below = i;
	}
	return 0;
}

static bool is_known(const char *lineage)
{
	return lineage && strchr(lineage, '(');
}

/* Where the lineage is not known: what the relation to @self says. */
static void place_by_relation(struct kinship *k, size_t i, size_t self,
			      const char *relation)
{
	if (i == self)
		return;
	if (!strcmp(relation, "child") || !strcmp(relation, "grandchild") ||
	    !strcmp(relation, "descendant"))
		kin_set_above(k, i, self);
	else if (!strcmp(relation, "parent"))
		kin_set_above(k, self, i);
	else if (!strcmp(relation, "sibling") && k->kin[self].above != NOBODY)
		kin_set_above(k, i, k->kin[self].above);
}

static int gather(struct kinship *k, const struct tree_member *member, size_t n)
{
	const struct value unknown = { 0 };
	size_t i, self = 0;

	for (i = 0; i < n; i++) {
		if (kin_add(k, member[i].mm, &unknown) == NOBODY)
			return -ENOMEM;
		k->kin[i].member = true;
		if (!strcmp(member[i].relation, "self"))
			self = i;
	}
	for (i = 0; i < n; i++)
		if (is_known(member[i].lineage) && add_lineage(k, member[i].lineage))
			return -ENOMEM;
	for (i = 0; i < n; i++)
		if (!is_known(member[i].lineage))
			place_by_relation(k, i, self, member[i].relation);
	return 0;
}

static bool is_shown(const struct kin *kin)
{
	return kin->member || kin->below > 1;
}

/* Nearest one above that is shown. */
static size_t shown_above(const struct kinship *k, size_t i)
{
	do
		i = k->kin[i].above;
	while (i != NOBODY && !is_shown(&k->kin[i]));
	return i;
}

/* Lays out those below @above, each followed by its own branch. */
static void lay_out(const struct kinship *k, struct tree *tree, size_t *line)
{
	size_t at = NOBODY, i, j;
	struct tree_node *node;
	bool *done = calloc(k->n + 1, sizeof(*done));

	while (done) {
		for (i = 0; i < k->n; i++)
			if (!done[i] && is_shown(&k->kin[i]) && shown_above(k, i) == at)
				break;
		if (i == k->n && at == NOBODY)
			break;
		if (i == k->n) {	/* this branch is complete */
			at = shown_above(k, at);
			continue;
		}
		done[i] = true;
		line[i] = tree->n;
		node = &tree->node[tree->n++];
		j = shown_above(k, i);
		*node = (struct tree_node){
			.member = k->kin[i].member ? i : TREE_ENDED,
			.parent = j == NOBODY ? line[i] : line[j],
			.pid = k->kin[i].pid, .mm = value_of(k->kin[i].mm),
		};
		at = i;
	}
	free(done);
}

int tree_build(const struct tree_member *member, size_t n, struct tree *out,
	       struct err *e)
{
	struct kinship k = { .max = n + 16 };
	size_t *line = NULL;
	int ret = -ENOMEM;

	*out = (struct tree){ 0 };
	k.kin = calloc(k.max, sizeof(*k.kin));
	if (k.kin && !gather(&k, member, n)) {
		out->node = calloc(k.n + 1, sizeof(*out->node));
		line = calloc(k.n + 1, sizeof(*line));
		if (out->node && line) {
			lay_out(&k, out, line);
			ret = out->n >= n ? 0 : -ENOMEM;
		}
	}
	free(line);
	free(k.kin);
	if (ret)
		tree_free(out);
	return ret ? err_sys(e, ret, "tree") : 0;
}

void tree_free(struct tree *tree)
{
	free(tree->node);
	*tree = (struct tree){ 0 };
}
