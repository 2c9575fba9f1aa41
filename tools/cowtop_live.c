// SPDX-License-Identifier: GPL-2.0-only
/* The live view: keys in, lines out. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cowtop.h"
#include "cowtop_process.h"
#include "cowtop_screen.h"

#define HEAD_LINES	5		/* above the rows, with the heading */

static volatile sig_atomic_t ended_by;

static void note_signal(int number)
{
	ended_by = number;
}

struct live {
	struct top_session *s;
	struct top_ui ui;
	struct top_rows rows;
	struct top_process process;
	double next, read_last;		/* on the session's clock */
	uint64_t refreshes;
	size_t width, height;		/* height: of the rows */
};

/* They end the program where it waits, and what it waits for it reads with them held back. */
static void signals_catch(sigset_t *held)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = note_signal };
	size_t i;

	sigemptyset(held);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		sigaction(numbers[i], &action, NULL);
		sigaddset(held, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, held, NULL);
}

static void measure(struct live *v)
{
	size_t height;

	screen_size(&v->width, &height);
	v->height = height > HEAD_LINES + 1 ? height - HEAD_LINES - 1 : 1;
}

static int build_rows(struct live *v, struct err *e)
{
	int ret;

	top_rows_free(&v->rows);
	ret = top_rows_build(&v->s->model, &v->ui.choice, v->s->utf8, &v->rows, e);
	if (!ret)
		top_ui_follow(&v->ui, &v->rows, v->height);
	return ret;
}

static const char *bottom_line(const struct top_ui *ui, char *buf, size_t size)
{
	if (ui->prompt == TOP_PROMPT_FILTER)
		snprintf(buf, size, "Show only (name, cgroup, PID): %s", ui->input);
	else if (ui->prompt == TOP_PROMPT_SORT)
		snprintf(buf, size, "Sort by column: %s", ui->input);
	else if (*ui->message)
		snprintf(buf, size, "%s", ui->message);
	else if (ui->page == TOP_PAGE_LIST)
		snprintf(buf, size,
			 "h help  q quit  Enter look  space fold  s sort  / filter  p pause");
	else
		snprintf(buf, size, "q back  h help  up down scroll  p pause");
	return buf;
}

/* A page longer than the screen is drawn from the line that it was moved to. */
static void scroll(struct top_ui *ui, struct top_lines *l, size_t height)
{
	struct top_line line;
	size_t i, most = l->n > height ? l->n - height : 0;

	if (ui->scroll > most)
		ui->scroll = most;
	/* Those above go to the end, where nothing is drawn. */
	for (; height && ui->scroll && most; most = 0)
		for (i = 0; i + ui->scroll < l->n; i++) {
			line = l->line[i];
			l->line[i] = l->line[i + ui->scroll];
			l->line[i + ui->scroll] = line;
		}
}

static void draw(struct live *v)
{
	const struct top_facts facts = session_facts(v->s, v->ui.paused);
	const struct top_model *m = &v->s->model;
	struct top_lines lines = { 0 };
	char bottom[256];
	size_t at;

	measure(v);
	if (v->ui.page == TOP_PAGE_LIST) {
		top_ui_follow(&v->ui, &v->rows, v->height);
		top_lines_head(&lines, m, &v->ui.choice, &facts, v->width);
		top_lines_rows(&lines, &v->rows, &v->s->o->list, v->ui.first, v->height,
			       v->ui.cursor, v->width);
	} else if (v->ui.page == TOP_PAGE_HELP) {
		top_lines_help(&lines, v->width);
		scroll(&v->ui, &lines, v->height + HEAD_LINES);
	} else {
		at = top_find(m, v->ui.process_mm);
		top_process_lines(&lines, &v->process,
				  at == TOP_NONE || m->node[at].ended ? NULL : &m->node[at],
				  m->now, v->width);
		scroll(&v->ui, &lines, v->height + HEAD_LINES);
	}
	screen_draw(&lines, bottom_line(&v->ui, bottom, sizeof(bottom)),
		    v->ui.prompt != TOP_PROMPT_NONE);
	top_lines_free(&lines);
}

/* The page of a process shares the budget of the looks. */
static void read_process(struct live *v, bool chosen)
{
	struct top_session *s = v->s;
	size_t at = top_find(&s->model, v->ui.process_mm);
	double now = session_clock();

	if (at == TOP_NONE || s->model.node[at].ended)
		return;
	if (chosen)
		top_process_choose(&v->process, (pid_t)s->model.node[at].rec.pid.n,
				   v->ui.process_mm);
	top_process_read(&v->process, s->src, chosen || budget_left(&s->looks.budget),
			 chosen ? 0 : now - v->read_last, s->model.now);
	s->looks.budget.walked += v->process.cost;
	s->looks.budget.debt += v->process.cost;
	v->read_last = now;
}

static int refresh(struct live *v, struct err *e)
{
	int ret = session_refresh(v->s, e);

	if (ret)
		return ret;
	v->refreshes++;
	if (v->ui.page == TOP_PAGE_PROCESS)
		read_process(v, false);
	v->next = session_clock() + v->s->o->delay;
	return build_rows(v, e);
}

/* @what the last key asked for; false: the end. */
static bool act(struct live *v, enum top_do what, int *ret, struct err *e)
{
	switch (what) {
	case TOP_DO_QUIT:
		return false;
	case TOP_DO_REFRESH:
		*ret = refresh(v, e);
		break;
	case TOP_DO_ROWS:
		*ret = build_rows(v, e);
		break;
	case TOP_DO_PROCESS:
		read_process(v, true);
		break;
	default:
		break;
	}
	if (!*ret && what != TOP_DO_NOTHING)
		draw(v);
	return !*ret;
}

static int loop(struct live *v, struct err *e)
{
	const struct top_options *o = v->s->o;
	double left;
	int key, ret = refresh(v, e);

	if (!ret)
		draw(v);
	while (!ret && !ended_by) {
		left = v->ui.paused ? 3600 : v->next - session_clock();
		/* Also when there is no time left: nothing else listens to keys and signals. */
		key = screen_key(left > 0 ? left : 0);
		if (key < 0)
			break;
		if (key != TOP_KEY_NONE) {
			if (!act(v, top_key(&v->ui, key, &v->s->model, &v->rows, &o->list,
					    v->height), &ret, e))
				break;
		} else if (!v->ui.paused && session_clock() >= v->next) {
			if (o->count && v->refreshes >= o->count)
				break;
			ret = refresh(v, e);
			if (!ret)
				draw(v);
		}
	}
	return ret;
}

int top_live(struct top_session *s, int *signal, struct err *e)
{
	struct live v = { .s = s, .ui = { .choice = s->o->choice } };
	sigset_t held;
	int ret;

	signals_catch(&held);
	if (!screen_open())
		return err_set(e, -ENOTTY, "this terminal cannot be used (TERM); see --batch");
	measure(&v);
	ret = loop(&v, e);
	screen_close();
	top_rows_free(&v.rows);
	top_process_free(&v.process);
	/* With a terminal that went away came a signal, which nothing has waited for. */
	sigprocmask(SIG_UNBLOCK, &held, NULL);
	*signal = ended_by;
	return ret;
}
