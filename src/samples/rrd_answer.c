/* SPDX-License-Identifier: MIT */
/* rrd_answer.c - what courant-rrd says, checked line by line (rrd_answer.h) */
#include "samples/rrd_answer.h"

#include "base/alloc.h"

static enum rrd_heard hear_error(slice rest, struct buffer *word, courant_error **err)
{
	int64_t code;

	if (!rrd_next_whole(&rest, COURANT_USAGE, COURANT_CANCELLED, &code) || !rrd_next_word(&rest, word) || !word->len)
		return RRD_NONSENSE;
	(void)fail(err, (enum courant_code)code, "%s", word->bytes);
	return RRD_FAILED;
}

enum rrd_heard rrd_answer_hear(slice line, struct buffer *word, rrd_hear *hear, void *into, courant_error **err)
{
	slice kind;

	if (slice_equal(line, SLICE("ok")))
		return RRD_DONE;
	if (!slice_next(&line, ' ', &kind))
		return RRD_NONSENSE;
	if (slice_equal(kind, SLICE("error")))
		return hear_error(line, word, err);
	return hear && hear(kind, line, word, into) ? RRD_MORE : RRD_NONSENSE;
}

/* A name out of the line. */
static bool next_name(slice *rest, struct buffer *word, char ret[RRD_NAME_MAX_BYTES + 1])
{
	if (!rrd_next_word(rest, word) || !rrd_name_is_valid(buffer_peek(word)))
		return false;
	memcpy(ret, word->bytes, word->len + 1);
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

static bool hear_source(slice rest, struct buffer *word, struct rrd_facts *facts)
{
	struct rrd_source source = {.name = ""};

	if (facts->n_sources == RRD_SOURCES_MAX || !next_name(&rest, word, source.name) || !rrd_next_word(&rest, word) ||
	    !rrd_type_parse(buffer_peek(word), &source.type) || !rrd_next_whole(&rest, 0, INT64_MAX, &source.heartbeat_s) ||
	    !rrd_next_number(&rest, &source.least) || !rrd_next_number(&rest, &source.greatest) || !rrd_next_number(&rest, &source.last))
		return false;
	facts->sources[facts->n_sources++] = source;
	return true;
}

static bool hear_archive(slice rest, struct buffer *word, struct rrd_facts *facts)
{
	struct rrd_archive archive;

	if (facts->n_archives == RRD_ARCHIVES_MAX || !rrd_next_word(&rest, word) ||
	    !rrd_consolidation_parse(buffer_peek(word), &archive.consolidation) || !rrd_next_whole(&rest, 1, INT64_MAX, &archive.steps) ||
	    !rrd_next_whole(&rest, 1, INT64_MAX, &archive.rows))
		return false;
	facts->archives[facts->n_archives++] = archive;
	return true;
}

bool rrd_hear_facts(slice kind, slice rest, struct buffer *word, void *into)
{
	struct rrd_facts *facts = into;

	if (!facts->sources && (!(facts->sources = mem_array(RRD_SOURCES_MAX, sizeof *facts->sources)) ||
				!(facts->archives = mem_array(RRD_ARCHIVES_MAX, sizeof *facts->archives))))
		return false;
	if (slice_equal(kind, SLICE("step")))
		return rrd_next_whole(&rest, 1, RRD_TIME_MAX_S, &facts->step_s);
	if (slice_equal(kind, SLICE("last")))
		return rrd_next_whole(&rest, 0, RRD_TIME_MAX_S, &facts->last_s);
	if (slice_equal(kind, SLICE("ds")))
		return hear_source(rest, word, facts);
	return slice_equal(kind, SLICE("rra")) && hear_archive(rest, word, facts);
}

bool rrd_facts_are_complete(const struct rrd_facts *facts)
{
	return facts->step_s && facts->n_sources;
}

/* ---- rows ---- */

void rrd_rows_release(struct rrd_rows *rows)
{
	free(rows->names);
	free(rows->values);
	*rows = (struct rrd_rows){0};
}

static bool hear_head(slice rest, struct buffer *word, struct rrd_rows *rows)
{
	int64_t n;

	if (rows->names || !rrd_next_whole(&rest, 0, RRD_TIME_MAX_S, &rows->from_s) || !rrd_next_whole(&rest, 1, RRD_TIME_MAX_S, &rows->step_s) ||
	    !rrd_next_whole(&rest, 0, (int64_t)RRD_VALUES_MAX, &n) || !(rows->names = mem_array(RRD_SOURCES_MAX, sizeof *rows->names)))
		return false;
	while (rest.ptr && rows->n_columns < RRD_SOURCES_MAX)
		if (!next_name(&rest, word, rows->names[rows->n_columns++]))
			return false;
	if (rest.ptr || !rows->n_columns || (size_t)n > RRD_VALUES_MAX / rows->n_columns)
		return false;
	rows->n_rows = (size_t)n;
	return (rows->values = mem_array(rows->n_rows * rows->n_columns + 1, sizeof *rows->values));
}

bool rrd_hear_rows(slice kind, slice rest, struct buffer *word, void *into)
{
	struct rrd_rows *rows = into;

	if (slice_equal(kind, SLICE("rows")))
		return hear_head(rest, word, rows);
	if (!slice_equal(kind, SLICE("row")) || !rows->values || rows->n_heard == rows->n_rows)
		return false;
	for (size_t i = 0; i < rows->n_columns; i++)
		if (!rrd_next_number(&rest, &rows->values[rows->n_heard * rows->n_columns + i]))
			return false;
	rows->n_heard++;
	return !rest.ptr;
}

bool rrd_rows_are_complete(const struct rrd_rows *rows)
{
	return rows->values && rows->n_heard == rows->n_rows;
}
