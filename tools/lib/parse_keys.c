// SPDX-License-Identifier: GPL-2.0-only
/* The "key value" texts of the contract: status, and "PID status". */
#include <errno.h>
#include <string.h>

#include "grid.h"
#include "keys.h"
#include "parse.h"

#define NAME_OF_STATUS(key)	[STATUS_##key] = #key,
static const char * const status_keys[STATUS_COUNT] = {
	COWSCOPE_STATUS_KEYS(NAME_OF_STATUS)
};

#define NAME_OF_PROCESS(key)	[PROCESS_##key] = #key,
static const char * const process_keys[PROCESS_COUNT] = {
	COWSCOPE_PROCESS_KEYS(NAME_OF_PROCESS)
};

/* The ABI number comes first, so that nothing after it is read wrongly. */
static int check_abi(const char *file, const char *text, struct err *e)
{
	char number[VALUE_TEXT_MAX] = "";
	size_t blanks, digits;
	struct value v;

	if (strncmp(text, "abi", 3) || (text[3] != ' ' && text[3] != '\t'))
		return err_set(e, -EPROTO, "%s: does not start with \"abi\"", file);
	text += 3;
	blanks = strspn(text, " \t");
	digits = strcspn(text + blanks, " \t\n");
	if (digits < sizeof(number))
		memcpy(number, text + blanks, digits);
	if (value_parse(number, &v))
		return err_set(e, -EPROTO, "%s: no number after \"abi\"", file);
	if (!value_is(&v, COWSCOPE_ABI))
		return err_set(e, -EPROTONOSUPPORT, "%s: abi %s, this tool knows %d",
			       file, number, COWSCOPE_ABI);
	return 0;
}

/* A key that comes more than once keeps its first value. */
static void take_line(char *line, const char * const *keys, const char **values,
		      size_t count)
{
	char *key = text_word(&line);
	size_t i;

	if (!key)
		return;
	line += strspn(line, " \t");
	for (i = 0; i < count; i++)
		if (!values[i] && !strcmp(key, keys[i])) {
			values[i] = line;
			return;
		}
}

int keys_parse(const char *file, char *text, const char * const *keys,
	       const char **values, size_t count, struct err *e)
{
	size_t i;

	memset(values, 0, count * sizeof(*values));
	while (*text)
		take_line(text_line(&text), keys, values, count);
	for (i = 0; i < count; i++)
		if (!values[i])
			return err_set(e, -EPROTO, "%s: no key \"%s\"", file, keys[i]);
	return 0;
}

int keys_parse_abi(const char *file, char *text, size_t len,
		   const char * const *keys, const char **values, size_t count,
		   struct err *e)
{
	int ret = text_check(file, text, len, e);

	if (!ret)
		ret = check_abi(file, text, e);
	return ret ? ret : keys_parse(file, text, keys, values, count, e);
}

int parse_status(char *text, size_t len, struct status *out, struct err *e)
{
	return keys_parse_abi("status", text, len, status_keys, out->text,
			      STATUS_COUNT, e);
}

int parse_process_status(char *text, size_t len, struct process_status *out,
			 struct err *e)
{
	return keys_parse_abi("process status", text, len, process_keys, out->text,
			      PROCESS_COUNT, e);
}

struct value status_value(const struct status *st, enum status_key key)
{
	struct value v;

	if (value_parse(st->text[key], &v))
		return (struct value){ 0 };
	return v;
}
