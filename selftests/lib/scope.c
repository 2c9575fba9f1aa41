// SPDX-License-Identifier: GPL-2.0-only
/* Files of the module: paths, commands, the cow view, keys of status. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scope.h"

#define CAUSE_TEXT(id, name, help)	[CAUSE_##id] = #name,
const char *const scope_cause_name[CAUSE_COUNT] = { COWSCOPE_CAUSES(CAUSE_TEXT) };

#define REGION_TEXT(id, name, help)	[REGION_##id] = #name,
const char *const scope_region_name[REGION_ROWS] = {
	COWSCOPE_REGIONS(REGION_TEXT)
	[REGION_TOTAL] = COWSCOPE_REGION_TOTAL,
};

const char *scope_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", COWSCOPE_DEBUGFS, name);
	return path;
}

char *scope_slurp_fd(int fd)
{
	size_t size = 65536, used = 0;
	char *text = malloc(size), *bigger;
	ssize_t got;

	while (text && (got = read(fd, text + used, size - used - 1)) != 0) {
		if (got < 0) {
			if (errno == EINTR)
				continue;
			free(text);
			return NULL;
		}
		used += got;
		if (used + 1 < size)
			continue;
		bigger = realloc(text, size * 2);
		if (!bigger)
			free(text);
		else
			size *= 2;
		text = bigger;
	}
	if (text)
		text[used] = '\0';
	return text;
}

char *scope_slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	char *text;

	if (fd < 0)
		return NULL;
	text = scope_slurp_fd(fd);
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}

int scope_command(const char *name, const char *command)
{
	int fd = open(scope_path(name), O_WRONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, command, strlen(command)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int scope_commandf(const char *name, const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	return scope_command(name, command);
}

char *scope_query(pid_t pid, const char *view)
{
	char command[COWSCOPE_COMMAND_MAX];
	char *text = NULL;
	int fd, saved;

	snprintf(command, sizeof(command), "%d %s\n", pid, view);
	fd = open(scope_path("query"), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (write(fd, command, strlen(command)) == (ssize_t)strlen(command))
		text = scope_slurp_fd(fd);
	saved = errno;
	close(fd);
	errno = saved;
	return text;
}

bool scope_has_address(const char *text)
{
	const char *at;
	size_t length;

	for (at = text; *at; at += length ? length : 1) {
		length = strspn(at, "0123456789abcdef");
		if (length == 16 && !strncmp(at, "ff", 2))
			return true;
	}
	return false;
}

static int region_row(const char *name)
{
	int row;

	for (row = 0; row < REGION_ROWS; row++)
		if (!strcmp(name, scope_region_name[row]))
			return row;
	return -1;
}

int scope_cow_parse(char *text, struct scope_cow *cow)
{
	struct scope_table table;
	bool seen[REGION_ROWS] = { false };
	int ret = text ? scope_table_parse(text, &table) : -ENODATA;
	int region, cause;
	size_t row;

	if (ret)
		return ret;
	for (row = 0; row < table.rows; row++) {
		region = region_row(table.field[row * table.columns]);
		if (region < 0 || seen[region]) {
			ret = -EPROTO;
			break;
		}
		seen[region] = true;
		for (cause = 0; cause < CAUSE_COUNT; cause++)
			cow->cell[region][cause] =
				scope_number(&table, row, scope_cause_name[cause]);
	}
	for (region = 0; region < REGION_ROWS; region++)
		if (!seen[region])
			ret = -EPROTO;
	scope_table_free(&table);
	return ret;
}

int scope_cow(pid_t pid, struct scope_cow *cow)
{
	char *text = scope_query(pid, "cow");

	if (!text)
		return -errno;
	return scope_cow_parse(text, cow);
}

int scope_key(const char *text, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);
	const char *line, *end;

	for (line = text; line && *line; line = end ? end + 1 : NULL) {
		end = strchr(line, '\n');
		if (strncmp(line, key, length) || line[length] != ' ')
			continue;
		line += length;
		while (*line == ' ')
			line++;
		snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
		return 0;
	}
	return -ENOENT;
}

static long long key_number(const char *text, const char *key)
{
	char value[64], *end;
	long long number;

	if (scope_key(text, key, value, sizeof(value)))
		return -ENOENT;
	number = strtoll(value, &end, 10);
	return end == value || (*end && *end != ' ') ? -EPROTO : number;
}

long long scope_status(const char *key)
{
	char *text = scope_slurp(scope_path("status"));
	long long number;

	if (!text)
		return -errno;
	number = key_number(text, key);
	free(text);
	return number;
}

int scope_hook_state(const char *hook, char *state, size_t size)
{
	char *text = scope_slurp(scope_path("status"));
	char key[128], value[256], format[32];
	int ret;

	if (!text)
		return -errno;
	snprintf(key, sizeof(key), "hook %s", hook);
	ret = scope_key(text, key, value, sizeof(value));
	free(text);
	if (ret)
		return ret;
	/* value: MECHANISM NEED STATE HITS MISSED */
	snprintf(format, sizeof(format), "%%*s %%*s %%%zus", size - 1);
	return sscanf(value, format, state) == 1 ? 0 : -EPROTO;
}

#define OUTCOME_KEY(id, name)	"outcome_" #name,
static const char *const outcome_key[] = { COWSCOPE_OUTCOMES(OUTCOME_KEY) };
#define OUTCOME_COUNT	(sizeof(outcome_key) / sizeof(outcome_key[0]))

/* Keys that say that something was lost or not understood. */
static const char *const loss_key[] = {
	"unclassified", "unknown_callers", "orphans", "slots_dropped", "splits_dropped",
	"clone_slots_dropped", "records_dropped", "lineages_dropped", "watched_dropped",
	"inherits_dropped", "births_dropped", "sites_dropped",
};

#define LOSS_COUNT	(sizeof(loss_key) / sizeof(loss_key[0]))

int scope_losses(struct scope_losses *losses)
{
	char *text = scope_slurp(scope_path("status"));
	int ret = 0;
	size_t i;

	_Static_assert(LOSS_COUNT <= SCOPE_LOSSES, "room for every loss");
	if (!text)
		return -errno;
	for (i = 0; i < LOSS_COUNT; i++) {
		losses->count[i] = key_number(text, loss_key[i]);
		if (losses->count[i] < 0)
			ret = losses->count[i];
	}
	free(text);
	return ret;
}

static bool balance_once(const char *text, const struct scope_losses *losses, char *why,
			 size_t size)
{
	long long attempts = key_number(text, "attempts"), sum, value;
	size_t i;

	for (i = 0; i < LOSS_COUNT; i++) {
		value = key_number(text, loss_key[i]);
		if (value != losses->count[i]) {
			snprintf(why, size, "%s was %lld and is %lld", loss_key[i],
				 losses->count[i], value);
			return false;
		}
	}
	sum = key_number(text, "open") + key_number(text, "unclassified");
	for (i = 0; i < OUTCOME_COUNT; i++) {
		value = key_number(text, outcome_key[i]);
		if (value < 0) {
			snprintf(why, size, "%s cannot be read", outcome_key[i]);
			return false;
		}
		sum += value;
	}
	snprintf(why, size, "attempts %lld, outcomes and open %lld", attempts, sum);
	return attempts >= 0 && attempts == sum;
}

bool scope_balanced(const struct scope_losses *losses, char *why, size_t size)
{
	bool balanced = false;
	int tries;
	char *text;

	for (tries = 0; tries < 50 && !balanced; tries++) {
		if (tries)
			usleep(20000);
		text = scope_slurp(scope_path("status"));
		if (!text) {
			snprintf(why, size, "status: %s", strerror(errno));
			return false;
		}
		balanced = balance_once(text, losses, why, size);
		free(text);
	}
	return balanced;
}
