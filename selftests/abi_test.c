// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contract to the letter: every file with its mode, header and columns, the
 * keys of status in their order, numbers in every field, and no kernel address
 * anywhere.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "kselftest_harness.h"
#include "lib/expect.h"

struct file {
	const char *name;
	mode_t mode;
	bool proc;
};

#define FILE_ENTRY(name, mode, proc)	{ #name, mode, proc },
static const struct file file[] = { COWSCOPE_FILES(FILE_ENTRY) };

#define VIEW_ROW(name, mode, help)	{ #name, mode },
static const struct {
	const char *name;
	int mode;
} view[] = { COWSCOPE_VIEWS(VIEW_ROW) };

FIXTURE(abi) {
	struct cast cast;
	struct actor *owner;
};

FIXTURE_SETUP(abi)
{
	stage_begin(_metadata, &self->cast);
	self->owner = &self->cast.actor[0];
	ASSERT_LT(0, actor_start(&self->cast, 0));
}

FIXTURE_TEARDOWN(abi)
{
	EXPECT_EQ(0, scope_command("watch", "clear"));
	stage_end(_metadata, &self->cast);
}

static mode_t mode_of(const char *directory, const char *name)
{
	struct stat state;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return stat(path, &state) ? 0 : state.st_mode;
}

/* Every file of the contract is where it should be, with its mode. */
/* Broken: tools find nothing, or everybody may read. */
TEST_F(abi, files_and_modes)
{
	size_t i;

	EXPECT_EQ(S_IFDIR | 0700, mode_of(COWSCOPE_DEBUGFS, ""));
	EXPECT_EQ(S_IFDIR | 0700, mode_of(COWSCOPE_DEBUGFS, COWSCOPE_WATCHED));
	EXPECT_EQ(0, mode_of(COWSCOPE_PROCFS, "") & 077);
	for (i = 0; i < ARRAY_SIZE(file); i++) {
		if (mode_of(COWSCOPE_DEBUGFS, file[i].name) != (S_IFREG | file[i].mode))
			TH_LOG("%s", file[i].name);
		EXPECT_EQ(S_IFREG | file[i].mode, mode_of(COWSCOPE_DEBUGFS, file[i].name));
		EXPECT_EQ(file[i].proc ? S_IFREG | 0400 : 0,
			  mode_of(COWSCOPE_PROCFS, file[i].name));
	}
}

/* The same holds for the directory of a watched process. */
/* Broken: what root watches is open to all. */
TEST_F(abi, modes_of_a_watched_process)
{
	char path[128];
	size_t i;
	int tries;

	ASSERT_EQ(0, scope_commandf("watch", "%d", self->owner->pid));
	snprintf(path, sizeof(path), "%s/%s/%d", COWSCOPE_DEBUGFS, COWSCOPE_WATCHED,
		 self->owner->pid);
	for (tries = 0; tries < 250 && access(path, F_OK); tries++)
		usleep(20000);
	EXPECT_EQ(S_IFDIR | 0700, mode_of(path, ""));
	for (i = 0; i < ARRAY_SIZE(view); i++)
		EXPECT_EQ(S_IFREG | view[i].mode, mode_of(path, view[i].name));
}

struct heading {
	const char *name;
	const char *header;
};

static const struct heading heading[] = {
	{ "processes", COWSCOPE_HEADER_PROCESSES },
	{ "exited", COWSCOPE_HEADER_EXITED },
	{ "clones", COWSCOPE_HEADER_CLONES },
	{ "totals", COWSCOPE_HEADER_TOTALS },
	{ "cgroups", COWSCOPE_HEADER_CGROUPS },
	{ "watch", COWSCOPE_HEADER_WATCH },
	{ "sharing", COWSCOPE_HEADER_SHARING },
};

static const struct heading view_heading[] = {
	{ "cow", COWSCOPE_HEADER_COW },
	{ "sharing", COWSCOPE_HEADER_SHARING },
	{ "files", COWSCOPE_HEADER_FILES },
};

/* The first line names the columns; blanks between them do not matter. */
static void expect_header(struct __test_metadata *_metadata, char *text, const char *header)
{
	char wanted[1024], *save[2], *left, *right;

	snprintf(wanted, sizeof(wanted), "%s", header);
	text[strcspn(text, "\n")] = '\0';
	left = strtok_r(wanted, " ", &save[0]);
	right = strtok_r(text, " ", &save[1]);
	while (left && right) {
		EXPECT_STREQ(left, right);
		left = strtok_r(NULL, " ", &save[0]);
		right = strtok_r(NULL, " ", &save[1]);
	}
	EXPECT_EQ(NULL, left);
	EXPECT_EQ(NULL, right);
}

/* Tables begin with the contract's header, in debugfs and in procfs. */
/* Broken: every tool that looks columns up by name stops working. */
TEST_F(abi, headers)
{
	char path[128], *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heading); i++) {
		text = scope_slurp(scope_path(heading[i].name));
		ASSERT_NE(NULL, text);
		expect_header(_metadata, text, heading[i].header);
		free(text);
		snprintf(path, sizeof(path), "%s/%s", COWSCOPE_PROCFS, heading[i].name);
		if (access(path, F_OK))
			continue;
		text = scope_slurp(path);
		ASSERT_NE(NULL, text);
		expect_header(_metadata, text, heading[i].header);
		free(text);
	}
	for (i = 0; i < ARRAY_SIZE(view_heading); i++) {
		text = scope_query(self->owner->pid, view_heading[i].name);
		ASSERT_NE(NULL, text);
		expect_header(_metadata, text, view_heading[i].header);
		free(text);
	}
}

/* Every record of a table has as many fields as the header has columns. */
/* Broken: a blank in a name or a missing value shifts a whole line. */
TEST_F(abi, records_fit_their_header)
{
	struct scope_table table;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heading); i++) {
		EXPECT_EQ(0, scope_table_read(heading[i].name, &table)) {
			TH_LOG("%s", heading[i].name);
		}
		scope_table_free(&table);
	}
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* Counters are plain decimal numbers in every row of every table. */
/* Broken: scripts that add columns up choke or skip. */
TEST_F(abi, counters_are_numbers)
{
	static const char *const table_name[] = { "processes", "exited", "totals", "cgroups" };
	struct scope_table table;
	const char *field;
	size_t i, row;
	int cause;

	for (i = 0; i < ARRAY_SIZE(table_name); i++) {
		ASSERT_EQ(0, scope_table_read(table_name[i], &table));
		EXPECT_LT(0, table.rows);
		for (row = 0; row < table.rows; row++)
			for (cause = 0; cause < CAUSE_COUNT; cause++) {
				field = scope_field(&table, row, scope_cause_name[cause]);
				EXPECT_TRUE(is_number(field));
			}
		scope_table_free(&table);
	}
}

/* The keys of a status text, in the order of this list, hook lines repeated. */
static void expect_keys(struct __test_metadata *_metadata, const char *text,
			const char *const *key, size_t keys)
{
	const char *line = text, *end;
	size_t at = 0;
	char word[64];

	for (; *line; line = end + 1) {
		end = strchr(line, '\n');
		ASSERT_NE(NULL, end);
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(line, "\n "), line);
		if (at && !strcmp(word, key[at - 1]) && !strcmp(word, "hook"))
			continue;
		ASSERT_LT(at, keys);
		EXPECT_STREQ(key[at], word);
		at++;
	}
	EXPECT_EQ(keys, at);
}

#define KEY_NAME(name)		#name,
#define CAUSE_KEY(id, name, help)	#name,

/* status has the contract's keys in their order, the ABI number first. */
/* Broken: tools cannot tell whether they understand this module. */
TEST_F(abi, keys_of_status)
{
	static const char *const key[] = { COWSCOPE_STATUS_KEYS(KEY_NAME) };
	char *text = scope_slurp(scope_path("status")), value[64];

	ASSERT_NE(NULL, text);
	expect_keys(_metadata, text, key, ARRAY_SIZE(key));
	EXPECT_EQ(0, strncmp(text, "abi ", 4));
	EXPECT_EQ(0, scope_key(text, "abi", value, sizeof(value)));
	EXPECT_EQ(COWSCOPE_ABI, atoi(value));
	EXPECT_EQ(0, scope_key(text, "version", value, sizeof(value)));
	EXPECT_STREQ(COWSCOPE_VERSION, value);
	free(text);
}

/* So has the status of a process: who it is, then a line for each cause. */
/* Broken: the view that people read first says half of it. */
TEST_F(abi, keys_of_a_process)
{
	static const char *const key[] = {
		COWSCOPE_PROCESS_KEYS(KEY_NAME) COWSCOPE_CAUSES(CAUSE_KEY)
	};
	char *text = scope_query(self->owner->pid, "status"), value[64];

	ASSERT_NE(NULL, text);
	expect_keys(_metadata, text, key, ARRAY_SIZE(key));
	EXPECT_EQ(0, scope_key(text, "pid", value, sizeof(value)));
	EXPECT_EQ(self->owner->pid, atoi(value));
	EXPECT_EQ(0, scope_key(text, "ppid", value, sizeof(value)));
	EXPECT_EQ(getpid(), atoi(value));
	EXPECT_EQ(0, scope_key(text, "state", value, sizeof(value)));
	EXPECT_STREQ("live", value);
	EXPECT_EQ(0, scope_key(text, "born", value, sizeof(value)));
	EXPECT_STREQ("fork", value);
	free(text);
}

/* Lineage names the process and its ancestors, the nearest first. */
/* Broken: a worker cannot be traced back to the server that forked it. */
TEST_F(abi, lineage)
{
	char value[512], wanted[64], *text, *at;

	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	text = scope_query(self->cast.actor[1].pid, "status");
	ASSERT_NE(NULL, text);
	ASSERT_EQ(0, scope_key(text, "lineage", value, sizeof(value)));
	free(text);
	snprintf(wanted, sizeof(wanted), "%d(", self->cast.actor[1].pid);
	EXPECT_EQ(0, strncmp(value, wanted, strlen(wanted)));
	snprintf(wanted, sizeof(wanted), "%d(", self->owner->pid);
	at = strchr(value, '<');
	ASSERT_NE(NULL, at);
	at += strspn(at, "< ");
	EXPECT_EQ(0, strncmp(at, wanted, strlen(wanted)));
}

/* Times are CLOCK_BOOTTIME: the record of a new process begins now. */
/* Broken: nothing can be put on one time line with other tools. */
TEST_F(abi, since_is_boottime)
{
	struct scope_table table;
	struct timespec now;
	long long since;
	int row;

	clock_gettime(CLOCK_BOOTTIME, &now);
	ASSERT_LT(0, actor_fork(&self->cast, 0, 1));
	ASSERT_EQ(0, scope_table_read("processes", &table));
	row = scope_find_pid(&table, 0, "pid", self->cast.actor[1].pid);
	ASSERT_LE(0, row);
	since = scope_number(&table, row, "since_ns");
	EXPECT_LE(now.tv_sec * 1000000000LL + now.tv_nsec, since);
	clock_gettime(CLOCK_BOOTTIME, &now);
	EXPECT_GE(now.tv_sec * 1000000000LL + now.tv_nsec, since);
	scope_table_free(&table);
}

/* README fits one screen and names every file. */
/* Broken: a person who looks around is left alone. */
TEST_F(abi, readme)
{
	char *text = scope_slurp(scope_path("README")), *at;
	int lines = 0;
	size_t i;

	ASSERT_NE(NULL, text);
	for (at = text; *at; at++)
		lines += *at == '\n';
	EXPECT_GE(50, lines);
	for (i = 0; i < ARRAY_SIZE(file); i++)
		if (strcmp(file[i].name, "README"))
			EXPECT_NE(NULL, strstr(text, file[i].name));
	free(text);
}

/* No file shows a kernel address. */
/* Broken: root in a container learns what KASLR hides. */
TEST_F(abi, no_kernel_addresses)
{
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(file); i++) {
		if (!strcmp(file[i].name, "query"))
			continue;
		text = scope_slurp(scope_path(file[i].name));
		ASSERT_NE(NULL, text);
		EXPECT_FALSE(scope_has_address(text));
		free(text);
	}
	for (i = 0; i < ARRAY_SIZE(view); i++) {
		if (view[i].mode & 0200)
			continue;	/* answers only to more than a PID */
		text = scope_query(self->owner->pid, view[i].name);
		ASSERT_NE(NULL, text);
		EXPECT_FALSE(scope_has_address(text));
		free(text);
	}
}

TEST_HARNESS_MAIN
