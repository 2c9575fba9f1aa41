// SPDX-License-Identifier: GPL-2.0-only
/*
 * One tool, whole, under libFuzzer: its main() runs on a saved tree of which the input
 * replaces some files. An input is the number of a command line, then for each file its
 * number, its new text and the byte 0xff, which no file of the module's has. A text of the
 * byte 0xfe alone removes the file.
 *
 * FUZZ_TREE: the tree, which is changed and put back; FUZZ_BEFORE: another one, for --since.
 * FUZZ_SEEDS: instead of fuzzing, write there what each command line and file are now.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz_tool.h"
#include "slurp.h"

#define FILES_MAX	250
#define WORDS_MAX	16
#define END		0xff
#define REMOVED		0xfe

/* In place of clock.h's: time passes at once. */
void __wrap_clock_sleep(struct timespec *next, double seconds)
{
	next->tv_sec += seconds;
}

/* By tool; "--root TREE" is added. */
static const struct line {
	const char *tool, *words;
} all_lines[] = {
	{ "clonesnoop", "" },
	{ "clonesnoop", "--summary" },
	{ "clonesnoop", "-J" },
	{ "clonesnoop", "-r -o +CGROUP" },
	{ "cowmap", "812" },
	{ "cowmap", "--regions -J 812" },
	{ "cowmap", "--family 812" },
	{ "cowmap", "--family --regions -r 1377" },
	{ "cowmap", "--pairs 812" },
	{ "cowmap", "--forecast 812" },
	{ "cowmap", "--layout 812" },
	{ "cowmap", "--picture --scale 3 812" },
	{ "cowmap", "--svg - 1377" },
	{ "cowmap", "--html - 812" },
	{ "cowmap", "--watch 1 1377 2" },
	{ "cowsites", "500 501 502" },
	{ "cowsites", "--by function -J 500" },
	{ "cowsites", "--by mapping -l 2 500 501" },
	{ "cowsites", "--family 500" },
	{ "cowstat", "-a" },
	{ "cowstat", "-J -a --exited" },
	{ "cowstat", "-t" },
	{ "cowstat", "-a --by family" },
	{ "cowstat", "--by cgroup -r" },
	{ "cowstat", "-a --since BEFORE" },
	{ "cowstat", "-a 1 2" },
	{ "cowstat", "--openmetrics -" },
	{ "cowstat", "--openmetrics - --max-cgroups 1" },
	{ "cowtop", "-b -n 2 -a" },
	{ "cowtop", "-b -n 1 -J" },
	{ "cowtop", "-b -n 1 -t -s pid -f a" },
	{ "lsshare", "" },
	{ "lsshare", "-a -J" },
	{ "lsshare", "812" },
	{ "lsshare", "--pair 812 1377" },
	{ "lsshare", "--files -a 812" },
	{ "lsshare", "--tree" },
	{ "lsshare", "--tree 812" },
};

struct file {
	char *path, *text;
	size_t length;
	bool changed;
};

static const char *words[sizeof(all_lines) / sizeof(*all_lines)], *tool, *tree;
static struct file file[FILES_MAX];
static size_t nlines, nfiles;

__attribute__((noreturn))
static void die(const char *what)
{
	fprintf(stderr, "fuzz_tool: %s: %s\n", what, strerror(errno));
	_exit(2);
}

static void put(const char *path, const void *text, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || spew(fd, text, length) || close(fd))
		die(path);
}

static int take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct file *f = &file[nfiles];
	int fd;

	(void)st;
	(void)ftw;
	if (type != FTW_F || nfiles == FILES_MAX)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || slurp(fd, &f->text, &f->length))
		die(path);
	close(fd);
	f->path = strdup(path);
	nfiles += !!f->path;
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

/* A longest input that changes nothing, for each line and file. */
static void write_seeds(const char *dir)
{
	char path[4096];
	uint8_t *seed;
	size_t i, j;

	for (i = 0; i < nlines; i++)
		for (j = 0; j < nfiles; j++) {
			seed = malloc(file[j].length + 2);
			if (!seed)
				die(dir);
			seed[0] = i;
			seed[1] = j;
			memcpy(seed + 2, file[j].text, file[j].length);
			snprintf(path, sizeof(path), "%s/%zu_%zu", dir, i, j);
			put(path, seed, file[j].length + 2);
			free(seed);
		}
	_exit(0);
}

/* The program is named fuzz_TOOL. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = strrchr((*argv)[0], '/');
	size_t i;

	(void)argc;
	tool = strchr(name ? name : (*argv)[0], '_');
	tree = getenv("FUZZ_TREE");
	if (!tool++ || !tree || nftw(tree, take_file, 16, FTW_PHYS))
		die("FUZZ_TREE");
	qsort(file, nfiles, sizeof(*file), by_path);
	for (i = 0; i < sizeof(all_lines) / sizeof(*all_lines); i++)
		if (!strcmp(all_lines[i].tool, tool))
			words[nlines++] = all_lines[i].words;
	if (!nlines || !nfiles)
		die(tool);
	if (getenv("FUZZ_SEEDS"))
		write_seeds(getenv("FUZZ_SEEDS"));
	return 0;
}

static void change_files(const uint8_t *data, size_t size)
{
	const uint8_t *end;
	struct file *f;

	while (size) {
		f = &file[*data++ % nfiles];
		size--;
		end = memchr(data, END, size);
		if (!end)
			end = data + size;
		f->changed = true;
		if (end - data == 1 && *data == REMOVED)
			unlink(f->path);
		else
			put(f->path, data, end - data);
		size -= end - data;
		data = end;
		if (size) {
			data++;
			size--;
		}
	}
}

static void restore_files(void)
{
	size_t i;

	for (i = 0; i < nfiles; i++) {
		if (file[i].changed)
			put(file[i].path, file[i].text, file[i].length);
		file[i].changed = false;
	}
}

static void run_tool(const char *line)
{
	char *copy = strdup(line), *argv[WORDS_MAX + 1], *word, *rest;
	int argc = 0;

	if (!copy)
		die(line);
	argv[argc++] = (char *)tool;
	argv[argc++] = "--root";
	argv[argc++] = (char *)tree;
	for (word = strtok_r(copy, " ", &rest); word && argc < WORDS_MAX;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = strcmp(word, "BEFORE") ? word : getenv("FUZZ_BEFORE");
	argv[argc] = NULL;
	optind = 0;	/* getopt begins anew */
	tool_main(argc, argv);
	fflush(stdout);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	change_files(data + 1, size - 1);
	run_tool(words[data[0] % nlines]);
	restore_files();
	return 0;
}
