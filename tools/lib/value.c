// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

int value_parse(const char *text, struct value *v)
{
	unsigned int digit, flags = VALUE_KNOWN;
	uint64_t n = 0;

	*v = (struct value){ 0 };
	if (!strcmp(text, "-"))
		return 0;
	if (*text == '~') {
		flags |= VALUE_ESTIMATE;
		text++;
	}
	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		digit = *text - '0';
		if (n > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		n = n * 10 + digit;
	}
	*v = (struct value){ .n = n, .flags = flags };
	return 0;
}

int value_parse_hex(const char *text, uint64_t *out)
{
	const char *digits = text + 2;
	size_t n;

	if (strncmp(text, "0x", 2))
		return -EINVAL;
	n = strspn(digits, "0123456789abcdef");
	if (!n || n > 16 || digits[n])
		return -EINVAL;
	*out = strtoull(digits, NULL, 16);
	return 0;
}

void value_print(const struct value *v, char *buf, size_t size)
{
	if (!value_known(v))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%s%s%" PRIu64,
			 v->flags & VALUE_ESTIMATE ? "~" : "",
			 v->flags & VALUE_NEGATIVE ? "-" : "", v->n);
}

struct value value_minus(const struct value *after, const struct value *before)
{
	struct value d = { 0 };

	if (!value_known(after) || !value_known(before))
		return d;
	d.flags = VALUE_KNOWN | ((after->flags | before->flags) & VALUE_ESTIMATE);
	if (after->n >= before->n) {
		d.n = after->n - before->n;
	} else {
		d.n = before->n - after->n;
		d.flags |= VALUE_NEGATIVE;
	}
	return d;
}

void value_add(struct value *to, const struct value *v)
{
	struct value small = *v;

	if (!value_known(to) || !value_known(v)) {
		*to = value_known(v) ? *v : *to;
		return;
	}
	if ((to->flags ^ v->flags) & VALUE_NEGATIVE) {
		if (to->n < v->n) {
			small = *to;
			*to = *v;
		}
		to->n -= small.n;
		to->flags |= small.flags & VALUE_ESTIMATE;
		if (!to->n)
			to->flags &= ~VALUE_NEGATIVE;
		return;
	}
	to->flags |= v->flags;
	if (__builtin_add_overflow(to->n, v->n, &to->n)) {
		to->n = UINT64_MAX;
		to->flags |= VALUE_ESTIMATE;
	}
}

int value_compare(const struct value *a, const struct value *b)
{
	bool below_a = a->flags & VALUE_NEGATIVE, below_b = b->flags & VALUE_NEGATIVE;

	if (value_known(a) != value_known(b))
		return value_known(a) ? 1 : -1;
	if (below_a != below_b)
		return below_a ? -1 : 1;
	if (a->n == b->n)
		return 0;
	return (a->n < b->n) == below_a ? 1 : -1;
}
