/* SPDX-License-Identifier: MIT */
/* rrd_pipe.c - questions to courant-rrd, and its answers checked (rrd_pipe.h) */
#include "samples/rrd_pipe.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "samples/rrd_answer.h"
#include "samples/rrd_process.h"

struct rrd_pipe {
	struct rrd_process process;
	struct buffer line, word;
};

struct rrd_pipe *rrd_pipe_new(const char *program, courant_error **err)
{
	struct rrd_pipe *pipe = mem_alloc(sizeof *pipe);
	char *copy = mem_copy_text(program);

	if (!pipe || (program && !copy)) {
		free(pipe);
		free(copy);
		(void)fail_memory(err);
		return NULL;
	}
	rrd_process_init(&pipe->process, copy);
	pipe->line = (struct buffer)BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	pipe->word = (struct buffer)BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	return pipe;
}

void rrd_pipe_free(struct rrd_pipe *pipe)
{
	if (!pipe)
		return;
	rrd_process_release(&pipe->process);
	buffer_release(&pipe->line);
	buffer_release(&pipe->word);
	free(pipe);
}

/* ---- a question, and the lines of its answer ---- */

static void begin(struct rrd_pipe *pipe, const char *question, const char *path)
{
	buffer_release(&pipe->line);
	pipe->line = (struct buffer)BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	rrd_write_word(&pipe->line, slice_of(question));
	rrd_write_word(&pipe->line, slice_of(path));
}

static int ask(struct rrd_pipe *pipe, rrd_hear *hear, void *into, courant_error **err)
{
	slice line;

	buffer_append_byte(&pipe->line, '\n');
	if (buffer_slice(&pipe->line, &line, err) < 0 || rrd_process_ask(&pipe->process, line, err) < 0)
		return -1;
	for (;;) {
		if (rrd_process_hear(&pipe->process, &line, err) < 0)
			return -1;
		switch (rrd_answer_hear(line, &pipe->word, hear, into, err)) {
		case RRD_MORE:
			break;
		case RRD_DONE:
			return 0;
		case RRD_FAILED:
			return -1;
		case RRD_NONSENSE:
			return rrd_process_give_up(&pipe->process, err);
		}
	}
}

/* ---- facts and rows ---- */

int rrd_pipe_facts(struct rrd_pipe *pipe, const char *path, struct rrd_facts *ret, courant_error **err)
{
	AUTO(rrd_facts) struct rrd_facts facts = {0};

	begin(pipe, "info", path);
	if (ask(pipe, rrd_hear_facts, &facts, err) < 0)
		return -1;
	if (!rrd_facts_are_complete(&facts))
		return rrd_process_give_up(&pipe->process, err);
	*ret = facts;
	facts = (struct rrd_facts){0};
	return 0;
}

int rrd_pipe_fetch(struct rrd_pipe *pipe, const char *path, enum rrd_consolidation consolidation, int64_t from_s, int64_t to_s, int64_t resolution_s,
		   struct rrd_rows *ret, courant_error **err)
{
	AUTO(rrd_rows) struct rrd_rows rows = {0};

	begin(pipe, "fetch", path);
	rrd_write_word(&pipe->line, slice_of(rrd_consolidation_name(consolidation)));
	rrd_write_whole(&pipe->line, from_s);
	rrd_write_whole(&pipe->line, to_s);
	rrd_write_whole(&pipe->line, resolution_s);
	if (ask(pipe, rrd_hear_rows, &rows, err) < 0)
		return -1;
	if (!rrd_rows_are_complete(&rows))
		return rrd_process_give_up(&pipe->process, err);
	*ret = rows;
	rows = (struct rrd_rows){0};
	return 0;
}

/* ---- writing ---- */

int rrd_pipe_create(struct rrd_pipe *pipe, const char *path, int64_t from_s, const struct rrd_facts *facts, courant_error **err)
{
	begin(pipe, "create", path);
	rrd_write_whole(&pipe->line, facts->step_s);
	rrd_write_whole(&pipe->line, from_s);
	for (size_t i = 0; i < facts->n_sources; i++) {
		const struct rrd_source *source = &facts->sources[i];

		rrd_write_word(&pipe->line, SLICE("ds"));
		rrd_write_word(&pipe->line, slice_of(source->name));
		rrd_write_word(&pipe->line, slice_of(rrd_type_name(source->type)));
		rrd_write_whole(&pipe->line, source->heartbeat_s);
		rrd_write_number(&pipe->line, source->least);
		rrd_write_number(&pipe->line, source->greatest);
	}
	for (size_t i = 0; i < facts->n_archives; i++) {
		rrd_write_word(&pipe->line, SLICE("rra"));
		rrd_write_word(&pipe->line, slice_of(rrd_consolidation_name(facts->archives[i].consolidation)));
		rrd_write_whole(&pipe->line, facts->archives[i].steps);
		rrd_write_whole(&pipe->line, facts->archives[i].rows);
	}
	return ask(pipe, NULL, NULL, err);
}

static void write_sample(struct buffer *line, struct buffer *sample, int64_t time_ms, const double *values, size_t n)
{
	buffer_cut(sample, 0);
	buffer_printf(sample, "%" PRId64 ".%03d", time_ms / MS_PER_SECOND, (int)(time_ms % MS_PER_SECOND));
	for (size_t i = 0; i < n; i++) {
		AUTO(buffer) struct buffer number = BUFFER_LIMIT(64);

		rrd_write_number(&number, values[i]);
		buffer_append_byte(sample, ':');
		buffer_append(sample, buffer_peek(&number));
	}
	rrd_write_word(line, buffer_peek(sample));
	buffer_fail_like(line, sample);
}

/* As many samples a line as certainly fit: a value takes up to 25 bytes. */
static size_t samples_of_a_line(size_t n_names)
{
	return RRD_LINE_MAX_BYTES / 2 / (25 * (n_names + 1));
}

static int update_some(struct rrd_pipe *pipe, const char *path, slice names, size_t n_names, const int64_t *times_ms, const double *values, size_t n,
		       courant_error **err)
{
	AUTO(buffer) struct buffer sample = BUFFER_LIMIT(RRD_LINE_MAX_BYTES);

	begin(pipe, "update", path);
	rrd_write_word(&pipe->line, names);
	for (size_t i = 0; i < n; i++)
		write_sample(&pipe->line, &sample, times_ms[i], values + i * n_names, n_names);
	return ask(pipe, NULL, NULL, err);
}

int rrd_pipe_update(struct rrd_pipe *pipe, const char *path, const char *const *names, size_t n_names, const int64_t *times_ms, const double *values, size_t n,
		    courant_error **err)
{
	AUTO(buffer) struct buffer list = BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	const size_t most = samples_of_a_line(n_names);
	slice template;

	for (size_t i = 0; i < n_names; i++) {
		if (i)
			buffer_append_byte(&list, ':');
		buffer_append(&list, slice_of(names[i]));
	}
	if (buffer_slice(&list, &template, err) < 0)
		return -1;
	for (size_t at = 0; at < n; at += most) {
		const size_t some = n - at < most ? n - at : most;

		if (update_some(pipe, path, template, n_names, times_ms + at, values + at * n_names, some, err) < 0)
			return -1;
	}
	return 0;
}
