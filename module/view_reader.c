// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a view of one process. A part is printed from the state that its step
 * left; seq_file asks for the same part again when its buffer was too small, and
 * for the first one when it has to make the output anew.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "record.h"
#include "view_reader.h"

#define PROCESS_VIEW(name, mode, help)	{ #name, mode, &cws_process_view_##name },
const struct cws_process_entry cws_process_entries[] = { COWSCOPE_VIEWS(PROCESS_VIEW) };
const size_t cws_nr_process_entries = ARRAY_SIZE(cws_process_entries);

/**
 * cws_process_view_named() - a view by its word
 * @name: as in COWSCOPE_VIEWS
 *
 * Return: the view or NULL.
 */
const struct cws_process_view *cws_process_view_named(const char *name)
{
	size_t i;

	for (i = 0; i < cws_nr_process_entries; i++)
		if (!strcmp(name, cws_process_entries[i].name))
			return cws_process_entries[i].view;
	return NULL;
}

static void reader_end(struct cws_reader *reader)
{
	if (reader->state)
		reader->view->end(reader->state);
	reader->state = NULL;
}

/* Go on to the next part; the state is NULL after the last one. */
static void *reader_step(struct cws_reader *reader)
{
	int more = -EINTR;

	cond_resched();
	if (!fatal_signal_pending(current))
		more = reader->view->step(reader->state);

	if (more <= 0)
		reader_end(reader);
	if (more < 0)
		reader->err = more;
	return more > 0 ? reader : NULL;
}

static void *reader_begin(struct cws_reader *reader)
{
	void *state;

	reader_end(reader);
	reader->pos = 0;
	reader->err = 0;
	state = reader->view->begin ? reader->view->begin(reader->rec, reader->arg) :
				      reader->view->begin_process(reader->pid);
	if (IS_ERR(state))
		return state;
	reader->state = state;
	return reader_step(reader) ?: ERR_PTR(reader->err);
}

/**
 * cws_reader_ask() - read this from now on
 * @reader: zeroed before the first call
 * @view: what
 * @rec: of whom; the reference is taken over
 * @pid: the process, as @rec
 * @arg: for the view
 *
 * Context: the seq_file's lock, or no other user yet.
 */
void cws_reader_ask(struct cws_reader *reader, const struct cws_process_view *view,
		    struct cws_record *rec, struct pid *pid, unsigned long arg)
{
	cws_reader_release(reader);
	*reader = (struct cws_reader){ .view = view, .rec = rec, .pid = pid, .arg = arg };
}

static bool reader_at_once(const struct cws_reader *reader)
{
	return reader->view->show || reader->view->show_process;
}

/**
 * cws_reader_start() - for the start of seq_operations
 * @reader: asked for something
 * @pos: part
 *
 * Return: @reader at this part, NULL at the end, or an error.
 */
void *cws_reader_start(struct cws_reader *reader, loff_t pos)
{
	if (reader_at_once(reader))
		return pos ? NULL : reader;
	if (!pos)
		return reader_begin(reader);
	if (reader->err)
		return ERR_PTR(reader->err);
	return reader->state && pos == reader->pos ? reader : NULL;
}

/**
 * cws_reader_next() - for the next of seq_operations
 * @reader: at a part
 * @pos: of that part, moved on
 *
 * Return: @reader at the next part, NULL at the end or after an error, which the
 * next start tells.
 */
void *cws_reader_next(struct cws_reader *reader, loff_t *pos)
{
	++*pos;
	if (reader_at_once(reader))
		return NULL;
	reader->pos = *pos;
	return reader_step(reader);
}

/**
 * cws_reader_show() - for the show of seq_operations
 * @m: output
 * @reader: at a part
 *
 * Return: 0 or what the view says.
 */
int cws_reader_show(struct seq_file *m, struct cws_reader *reader)
{
	if (reader->view->show)
		return reader->view->show(m, reader->rec);
	if (reader->view->show_process)
		return reader->view->show_process(m, reader->pid);
	reader->view->print(m, reader->state);
	return 0;
}

/**
 * cws_reader_release() - give everything back
 * @reader: asked for something or not
 */
void cws_reader_release(struct cws_reader *reader)
{
	reader_end(reader);
	if (reader->rec)
		cws_record_put(reader->rec);
	put_pid(reader->pid);
	reader->rec = NULL;
	reader->pid = NULL;
}

/**
 * cws_view_restart() - what is read begins anew at a position of the file
 * @m: the file; its lock is held
 * @pos: where the descriptor stands
 */
void cws_view_restart(struct seq_file *m, loff_t pos)
{
	m->index = 0;
	m->count = 0;
	m->from = 0;
	m->read_pos = pos;
}

/* Long views: what does not fit is printed twice, and each read gives one buffer. */
#define VIEW_ROOM	(32 * 1024)

/**
 * cws_view_room() - more than a page to print into
 * @file: its seq_file has been opened, and nothing read
 *
 * Without memory, seq_file takes what it needs later.
 */
void cws_view_room(struct file *file)
{
	struct seq_file *m = file->private_data;

	m->buf = kvmalloc(VIEW_ROOM, GFP_KERNEL);
	if (m->buf)
		m->size = VIEW_ROOM;
}
