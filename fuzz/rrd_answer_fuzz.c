/* SPDX-License-Identifier: MIT */
/* rrd_answer_fuzz.c - whatever stands at the other end of the pipe: its answers to both questions are read or refused, and words survive being written */
#include "fuzz.h"
#include "samples/rrd_answer.h"

static enum rrd_heard hear_all(slice answer, rrd_hear *hear, void *into)
{
	AUTO(buffer) struct buffer word = BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	enum rrd_heard heard = RRD_MORE;

	for (slice line; heard == RRD_MORE && slice_next(&answer, '\n', &line);) {
		AUTO(error) courant_error *error = NULL;

		heard = rrd_answer_hear(line, &word, hear, into, &error);
		MUST((heard == RRD_FAILED) == (error != NULL));
	}
	return heard;
}

static void write_again(slice text)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(RRD_LINE_MAX_BYTES), word = BUFFER_LIMIT(RRD_LINE_MAX_BYTES);
	slice rest;

	rrd_write_word(&line, text);
	rrd_write_whole(&line, 7);
	rest = buffer_peek(&line);
	MUST(slice_find(rest, '\n') == SLICE_NONE);
	MUST(rrd_next_word(&rest, &word) && slice_equal(buffer_peek(&word), text));
	MUST(slice_equal(rest, SLICE("7")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const slice answer = slice_from((const char *)data, size);
	AUTO(rrd_facts) struct rrd_facts facts = {0};
	AUTO(rrd_rows) struct rrd_rows rows = {0};

	if (hear_all(answer, rrd_hear_facts, &facts) == RRD_DONE && rrd_facts_are_complete(&facts))
		for (size_t i = 0; i < facts.n_sources; i++)
			MUST(rrd_name_is_valid(slice_of(facts.sources[i].name)) && rrd_facts_find(&facts, slice_of(facts.sources[i].name)));
	if (hear_all(answer, rrd_hear_rows, &rows) == RRD_DONE && rrd_rows_are_complete(&rows))
		MUST(rows.n_columns && rows.step_s > 0);
	write_again(answer);
	return 0;
}
