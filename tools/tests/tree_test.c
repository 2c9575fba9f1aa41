// SPDX-License-Identifier: GPL-2.0-only
/* Families as trees; see cowmap_tree.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cowmap_tree.h"
#include "tap.h"

/* "44 98^44 99^44": serial numbers in the order of the lines, "^" what is above. */
static bool is(const char *want, const struct tree_member *m, size_t n)
{
	char text[1024] = "", *p = text, *end = text + sizeof(text);
	const struct tree_node *node;
	struct tree tree;
	struct err e;
	size_t i;

	if (tree_build(m, n, &tree, &e))
		return false;
	for (i = 0; i < tree.n; i++) {
		node = &tree.node[i];
		p += snprintf(p, end - p, "%s%" PRIu64 "%s", i ? " " : "", node->mm.n,
			      node->member == TREE_ENDED ? "x" : "");
		if (node->parent != i)
			p += snprintf(p, end - p, "^%" PRIu64, tree.node[node->parent].mm.n);
	}
	tree_free(&tree);
	if (strcmp(text, want))
		fprintf(stderr, "# \"%s\", not \"%s\"\n", text, want);
	return !strcmp(text, want);
}

#define IS(want, ...) is(want, (const struct tree_member[]){ __VA_ARGS__ },	\
	sizeof((const struct tree_member[]){ __VA_ARGS__ }) / sizeof(struct tree_member))

static void test_lineages(void)
{
	ok(IS("1", { 1, "self", "7(1)" }), "one alone");
	ok(IS("1 2^1 3^2", { 1, "self", "7(1)" }, { 2, "child", "8(2) < 7(1)" },
	      { 3, "grandchild", "9(3) < 8(2) < 7(1)" }), "three generations");
	ok(IS("1 2^1 3^2", { 2, "self", "8(2) < 7(1)" }, { 3, "child", "9(3) < 8(2) < 7(1)" },
	      { 1, "parent", "7(1)" }), "those above come first, whoever is asked for");
	ok(IS("1 2^1 4^2 3^1", { 1, "self", "7(1)" }, { 2, "child", "8(2) < 7(1)" },
	      { 3, "child", "9(3) < 7(1)" }, { 4, "grandchild", "10(4) < 8(2) < 7(1)" }),
	   "a branch is complete before the next one");
	ok(IS("1 5^1", { 1, "self", "7(1)" }, { 5, "descendant", "9(5) < -(4) < -(3) < 7(1)" }),
	   "an ended one between two is left out");
	ok(IS("9x 1^9 2^9", { 1, "self", "7(1) < 6(9)" }, { 2, "sibling", "8(2) < 6(9)" }),
	   "an ended one above two is shown");
	ok(IS("1 9x^1 2^9 3^9", { 1, "self", "7(1)" },
	      { 2, "grandchild", "8(2) < 6(9) < 7(1)" },
	      { 3, "grandchild", "9(3) < 6(9) < 7(1)" }), "also further down");
}

static void test_unknown(void)
{
	ok(IS("2 1^2 3^1 4^2", { 1, "self", NULL }, { 2, "parent", NULL },
	      { 3, "child", "-" }, { 4, "sibling", "" }),
	   "without a lineage the relation says where");
	ok(IS("1 2", { 1, "self", NULL }, { 2, "inferred", NULL }),
	   "or nothing, then it stands beside");
	ok(IS("2 1^2", { 1, "self", "7(1) < 8(2)" }, { 2, "relative", "8(2) < 7(1)" }),
	   "a circle is cut");
	ok(IS("1", { 1, "self", "7(1) < 7(1) < 7(1)" }), "nobody is above itself");
	ok(IS("1 2", { 1, "self", "7(1" }, { 2, "child", "(((" }) &&
	   IS("1 2", { 1, "self", "7(1)" }, { 2, "child", "8(2) < x(1) < 7(1)" }),
	   "a lineage that is none ends where it breaks");
}

int main(void)
{
	test_lineages();
	test_unknown();
	return tap_failed != 0;
}
