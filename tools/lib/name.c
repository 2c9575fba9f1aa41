// SPDX-License-Identifier: GPL-2.0-only
#include "name.h"

/* Bytes from @lowest on stand as they are. */
static void clean(const char *in, char *out, unsigned char lowest)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c;

	while ((c = *in++)) {
		if (c >= lowest && c < 0x7f) {
			*out++ = c;
			continue;
		}
		*out++ = '\\';
		*out++ = 'x';
		*out++ = hex[c >> 4];
		*out++ = hex[c & 15];
	}
	*out = '\0';
}

void name_clean(const char *in, char *out)
{
	clean(in, out, '!');
}

void words_clean(const char *in, char *out)
{
	clean(in, out, ' ');
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void name_decode(const char *in, char *out)
{
	int high, low;

	while (*in) {
		if (in[0] == '\\' && in[1] == 'x') {
			high = digit(in[2]);
			low = high < 0 ? -1 : digit(in[3]);
			if (low >= 0 && (high || low)) {
				*out++ = (char)(high << 4 | low);
				in += 4;
				continue;
			}
		}
		*out++ = *in++;
	}
	*out = '\0';
}
