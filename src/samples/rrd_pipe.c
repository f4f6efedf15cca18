/* SPDX-License-Identifier: MIT */
/* rrd_pipe.c - questions to courant-rrd, and its answers checked (rrd_pipe.h) */
#include "samples/rrd_pipe.h"

#include <inttypes.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "samples/rrd_process.h"

#define NUMBER_MAX INT64_MAX

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

/* What becomes of a line: its first word, and what follows. False: it makes no sense. */
typedef bool hear(struct rrd_pipe *, slice kind, slice rest, void *into);

static void begin(struct rrd_pipe *pipe, const char *question, const char *path)
{
	buffer_release(&pipe->line);
	pipe->line = (struct buffer)BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	rrd_write_word(&pipe->line, slice_of(question));
	rrd_write_word(&pipe->line, slice_of(path));
}

static int hear_error(struct rrd_pipe *pipe, slice rest, courant_error **err)
{
	int64_t code;

	if (!rrd_next_whole(&rest, COURANT_USAGE, COURANT_CANCELLED, &code) || !rrd_next_word(&rest, &pipe->word) || !pipe->word.len)
		return rrd_process_give_up(&pipe->process, err);
	return fail(err, (enum courant_code)code, "%s", pipe->word.bytes);
}

static int ask(struct rrd_pipe *pipe, hear *hear_line, void *into, courant_error **err)
{
	slice line;

	buffer_append_byte(&pipe->line, '\n');
	if (buffer_slice(&pipe->line, &line, err) < 0 || rrd_process_ask(&pipe->process, line, err) < 0)
		return -1;
	for (;;) {
		slice kind;

		if (rrd_process_hear(&pipe->process, &line, err) < 0)
			return -1;
		if (slice_equal(line, SLICE("ok")))
			return 0;
		if (!slice_next(&line, ' ', &kind))
			return rrd_process_give_up(&pipe->process, err);
		if (slice_equal(kind, SLICE("error")))
			return hear_error(pipe, line, err);
		if (!hear_line || !hear_line(pipe, kind, line, into))
			return rrd_process_give_up(&pipe->process, err);
	}
}

/* A name out of the line. */
static bool next_name(struct rrd_pipe *pipe, slice *rest, char ret[RRD_NAME_MAX_BYTES + 1])
{
	if (!rrd_next_word(rest, &pipe->word) || !rrd_name_is_valid(buffer_peek(&pipe->word)))
		return false;
	memcpy(ret, pipe->word.bytes, pipe->word.len + 1);
	return true;
}

/* ---- facts ---- */

void rrd_facts_release(struct rrd_facts *facts)
{
	free(facts->sources);
	free(facts->archives);
	*facts = (struct rrd_facts){0};
}

const struct rrd_source *rrd_facts_find(const struct rrd_facts *facts, slice name)
{
	for (size_t i = 0; i < facts->n_sources; i++)
		if (slice_equal(slice_of(facts->sources[i].name), name))
			return &facts->sources[i];
	return NULL;
}

static bool hear_source(struct rrd_pipe *pipe, slice rest, struct rrd_facts *facts)
{
	struct rrd_source source = {.name = ""};

	if (facts->n_sources == RRD_SOURCES_MAX || !next_name(pipe, &rest, source.name) || !rrd_next_word(&rest, &pipe->word) ||
	    !rrd_type_parse(buffer_peek(&pipe->word), &source.type) || !rrd_next_whole(&rest, 0, NUMBER_MAX, &source.heartbeat_s) ||
	    !rrd_next_number(&rest, &source.least) || !rrd_next_number(&rest, &source.greatest) || !rrd_next_number(&rest, &source.last))
		return false;
	facts->sources[facts->n_sources++] = source;
	return true;
}

static bool hear_archive(struct rrd_pipe *pipe, slice rest, struct rrd_facts *facts)
{
	struct rrd_archive archive;

	if (facts->n_archives == RRD_ARCHIVES_MAX || !rrd_next_word(&rest, &pipe->word) ||
	    !rrd_consolidation_parse(buffer_peek(&pipe->word), &archive.consolidation) || !rrd_next_whole(&rest, 1, NUMBER_MAX, &archive.steps) ||
	    !rrd_next_whole(&rest, 1, NUMBER_MAX, &archive.rows))
		return false;
	facts->archives[facts->n_archives++] = archive;
	return true;
}

static bool hear_fact(struct rrd_pipe *pipe, slice kind, slice rest, void *into)
{
	struct rrd_facts *facts = into;

	if (slice_equal(kind, SLICE("step")))
		return rrd_next_whole(&rest, 1, RRD_TIME_MAX_S, &facts->step_s);
	if (slice_equal(kind, SLICE("last")))
		return rrd_next_whole(&rest, 0, RRD_TIME_MAX_S, &facts->last_s);
	if (slice_equal(kind, SLICE("ds")))
		return hear_source(pipe, rest, facts);
	return slice_equal(kind, SLICE("rra")) && hear_archive(pipe, rest, facts);
}

int rrd_pipe_facts(struct rrd_pipe *pipe, const char *path, struct rrd_facts *ret, courant_error **err)
{
	AUTO(rrd_facts) struct rrd_facts facts = {
		.sources = mem_array(RRD_SOURCES_MAX, sizeof *facts.sources),
		.archives = mem_array(RRD_ARCHIVES_MAX, sizeof *facts.archives),
	};

	if (!facts.sources || !facts.archives)
		return fail_memory(err);
	begin(pipe, "info", path);
	if (ask(pipe, hear_fact, &facts, err) < 0)
		return -1;
	if (!facts.step_s || !facts.n_sources)
		return rrd_process_give_up(&pipe->process, err);
	*ret = facts;
	facts = (struct rrd_facts){0};
	return 0;
}

/* ---- rows ---- */

void rrd_rows_release(struct rrd_rows *rows)
{
	free(rows->names);
	free(rows->values);
	*rows = (struct rrd_rows){0};
}

struct reading {
	struct rrd_rows rows;
	size_t n_read;
};

static bool hear_head(struct rrd_pipe *pipe, slice rest, struct rrd_rows *rows)
{
	int64_t n;

	if (rows->names || !rrd_next_whole(&rest, 0, RRD_TIME_MAX_S, &rows->from_s) || !rrd_next_whole(&rest, 1, RRD_TIME_MAX_S, &rows->step_s) ||
	    !rrd_next_whole(&rest, 0, (int64_t)RRD_VALUES_MAX, &n) || !(rows->names = mem_array(RRD_SOURCES_MAX, sizeof *rows->names)))
		return false;
	while (rest.ptr && rows->n_columns < RRD_SOURCES_MAX)
		if (!next_name(pipe, &rest, rows->names[rows->n_columns++]))
			return false;
	if (rest.ptr || !rows->n_columns || (size_t)n > RRD_VALUES_MAX / rows->n_columns)
		return false;
	rows->n_rows = (size_t)n;
	return (rows->values = mem_array(rows->n_rows * rows->n_columns + 1, sizeof *rows->values));
}

static bool hear_rows(struct rrd_pipe *pipe, slice kind, slice rest, void *into)
{
	struct reading *reading = into;
	struct rrd_rows *rows = &reading->rows;

	if (slice_equal(kind, SLICE("rows")))
		return hear_head(pipe, rest, rows);
	if (!slice_equal(kind, SLICE("row")) || !rows->values || reading->n_read == rows->n_rows)
		return false;
	for (size_t i = 0; i < rows->n_columns; i++)
		if (!rrd_next_number(&rest, &rows->values[reading->n_read * rows->n_columns + i]))
			return false;
	reading->n_read++;
	return !rest.ptr;
}

int rrd_pipe_fetch(struct rrd_pipe *pipe, const char *path, enum rrd_consolidation consolidation, int64_t from_s, int64_t to_s, int64_t resolution_s,
		   struct rrd_rows *ret, courant_error **err)
{
	struct reading reading = {.n_read = 0};

	begin(pipe, "fetch", path);
	rrd_write_word(&pipe->line, slice_of(rrd_consolidation_name(consolidation)));
	rrd_write_whole(&pipe->line, from_s);
	rrd_write_whole(&pipe->line, to_s);
	rrd_write_whole(&pipe->line, resolution_s);
	if (ask(pipe, hear_rows, &reading, err) < 0) {
		rrd_rows_release(&reading.rows);
		return -1;
	}
	if (!reading.rows.values || reading.n_read != reading.rows.n_rows) {
		rrd_rows_release(&reading.rows);
		return rrd_process_give_up(&pipe->process, err);
	}
	*ret = reading.rows;
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
