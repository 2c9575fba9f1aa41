// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "cowmap_worst.h"
#include "pages.h"
#include "size.h"

/* In the order of the contract, which is the order of the array in the struct. */
#define KEY_COLUMN(key)	\
	{ #key, NULL, false, false, "", cowmap_get_value, FAMILY_##key * sizeof(struct value) },
static const struct column columns[] = { COWSCOPE_FAMILY_KEYS(KEY_COLUMN) };
static const struct column_set set = COWMAP_SET(columns);

const char *worst_amount(const struct value *pages, char buf[WORST_TEXT_MAX])
{
	char number[VALUE_TEXT_MAX], size[SIZE_TEXT_MAX];

	value_print(pages, number, sizeof(number));
	if (value_known(pages))
		snprintf(buf, WORST_TEXT_MAX, "%s (%s)", number,
			 size_text(pages->n << PAGES_SHIFT, size));
	else
		snprintf(buf, WORST_TEXT_MAX, "-");
	return buf;
}

/* Shown if there is anything. */
static void print_hugetlb(const struct value *alone, const struct value *all)
{
	char size[2][SIZE_TEXT_MAX];

	if (alone->n || all->n)
		printf("  of hugetlb pages: %s alone, %s all\n", size_text(alone->n, size[0]),
		       size_text(all->n, size[1]));
}

void worst_print(const struct family *f)
{
	const struct value *key = f->key, *limit = &key[FAMILY_memory_max_pages];
	char buf[WORST_TEXT_MAX];

	printf("\nWorst case, new pages: %s if it alone writes all that is armed\n",
	       worst_amount(&key[FAMILY_worst_case_pages], buf));
	if (key[FAMILY_members].n > 1)
		printf("  %s if all %" PRIu64 " members of its family do\n",
		       worst_amount(&key[FAMILY_worst_case_family_pages], buf),
		       key[FAMILY_members].n);
	if (key[FAMILY_skipped].n)
		printf("  without members that could not be read: %" PRIu64 "\n",
		       key[FAMILY_skipped].n);
	print_hugetlb(&key[FAMILY_worst_case_hugetlb_bytes],
		      &key[FAMILY_worst_case_family_hugetlb_bytes]);
	if (key[FAMILY_swap_in_pages].n)
		printf("  and to be swapped in by it: %s\n",
		       worst_amount(&key[FAMILY_swap_in_pages], buf));
	printf("Room: %s in the machine, ",
	       worst_amount(&key[FAMILY_memory_available_pages], buf));
	if (value_known(limit))
		printf("%s below memory.max\n", worst_amount(limit, buf));
	else
		puts("no memory.max");
}

int worst_document(const struct cowmap_options *o, struct document *doc,
		   const struct family *f, struct err *e)
{
	const struct table_style style = cowmap_style(o, "worst_case");
	struct column_list list;
	size_t i;

	for (i = 0; i < set.count; i++)
		list.index[i] = i;
	list.n = set.count;
	return document_table(doc, &set, &list, f->key, 1, sizeof(f->key), &style, e);
}
