/* SPDX-License-Identifier: MIT */
/* ledger_quarters.c - the quarters of an hour that are being counted: a few in memory, the others in the ledger (ledger_own.h) */
#include "base/alloc.h"
#include "weblog/ledger_own.h"
#include "weblog/tally_store.h"

#define BLOB_MAX_BYTES (2 * TALLY_MAX_BYTES)

static void quarter_free(struct quarter *quarter)
{
	if (quarter)
		tally_release(&quarter->tally);
	free(quarter);
}
AUTO_DEFINE(quarter, struct quarter, quarter_free)

void quarters_release(struct quarters *quarters)
{
	for (size_t i = 0; i < quarters->n; i++)
		quarter_free(quarters->open[i]);
	quarters->n = quarters->current = 0;
}

/* Adds what the ledger has of the quarter already. */
static int load(struct quarters *quarters, struct quarter *quarter, courant_error **err)
{
	AUTO(statement) struct statement *find =
		statement_new(quarters->store, "select tally from quarter where from_s = ? and log = ?", err);

	if (!find)
		return -1;
	statement_bind_i64(find, 1, quarter->from_s);
	statement_bind_i64(find, 2, quarters->log);

	const int more = statement_next(find, err);

	if (more <= 0)
		return more;
	if (tally_read(&quarter->tally, quarter->from_s, statement_bytes(find, 0), err) < 0)
		return fail_within(err, "%s", store_path(quarters->store));
	return 0;
}

static int save(struct quarters *quarters, struct quarter *quarter, courant_error **err)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(BLOB_MAX_BYTES);
	AUTO(statement) struct statement *add = statement_new(
		quarters->store, "insert or replace into quarter (from_s, log, first_s, last_s, hits, tally) values (?, ?, ?, ?, ?, ?)", err);
	slice blob;

	if (!add)
		return -1;
	statement_bind_i64(add, 1, quarter->from_s);
	statement_bind_i64(add, 2, quarters->log);
	statement_bind_i64(add, 3, quarter->tally.first_s);
	statement_bind_i64(add, 4, quarter->tally.last_s);
	statement_bind_i64(add, 5, (int64_t)quarter->tally.hits);
	if (tally_write(&quarter->tally, quarter->from_s, &bytes, err) < 0 || buffer_slice(&bytes, &blob, err) < 0)
		return -1;
	statement_bind_bytes(add, 6, blob);
	return statement_run(add, err);
}

/* Writes the quarter that has not been needed for the longest time. */
static int write_oldest(struct quarters *quarters, courant_error **err)
{
	size_t oldest = 0;

	for (size_t i = 1; i < quarters->n; i++)
		if (quarters->open[i]->used < quarters->open[oldest]->used)
			oldest = i;

	AUTO(quarter) struct quarter *quarter = quarters->open[oldest];

	quarters->open[oldest] = quarters->open[--quarters->n];
	return save(quarters, quarter, err);
}

static bool is_full(const struct quarters *quarters)
{
	size_t bytes = 0;

	for (size_t i = 0; i < quarters->n && quarters->limit_bytes; i++)
		bytes += tally_bytes(&quarters->open[i]->tally);
	return quarters->n == QUARTERS_OPEN || (quarters->limit_bytes && bytes > quarters->limit_bytes / 2);
}

/* So that the one to come may have the other half of the memory. */
static int make_room(struct quarters *quarters, courant_error **err)
{
	while (quarters->n && is_full(quarters))
		if (write_oldest(quarters, err) < 0)
			return -1;
	return 0;
}

/* Makes the quarter the current one. */
static int find_quarter(struct quarters *quarters, int64_t from_s, courant_error **err)
{
	if (quarters->n && quarters->open[quarters->current]->from_s == from_s)
		return 0;
	for (size_t i = 0; i < quarters->n; i++) {
		if (quarters->open[i]->from_s != from_s)
			continue;
		quarters->current = i;
		quarters->open[i]->used = ++quarters->clock;
		return 0;
	}
	quarters->current = 0;
	if (make_room(quarters, err) < 0)
		return -1;

	AUTO(quarter) struct quarter *quarter = mem_alloc(sizeof *quarter);

	if (!quarter)
		return fail_memory(err);
	quarter->from_s = from_s;
	quarter->used = ++quarters->clock;
	tally_init(&quarter->tally, quarters->zone, quarters->agents, quarters->seed);
	quarter->tally.bound.limit_bytes = quarters->limit_bytes / 2;
	if (load(quarters, quarter, err) < 0)
		return -1;
	quarters->current = quarters->n;
	quarters->open[quarters->n++] = STEAL(quarter);
	return 0;
}

int quarters_take(void *taker, const struct hit *hits, size_t n, courant_error **err)
{
	struct quarters *quarters = taker;

	for (size_t from = 0, to; from < n; from = to) {
		const int64_t quarter_s = quarter_of(hits[from].line.time_s);

		for (to = from + 1; to < n && quarter_of(hits[to].line.time_s) == quarter_s; to++)
			;
		if (find_quarter(quarters, quarter_s, err) < 0 ||
		    tally_add(&quarters->open[quarters->current]->tally, hits + from, to - from, err) < 0)
			return -1;
	}
	return 0;
}

int quarters_flush(struct quarters *quarters, courant_error **err)
{
	int result = 0;

	for (size_t i = 0; i < quarters->n && result == 0; i++)
		result = save(quarters, quarters->open[i], err);
	quarters_release(quarters);
	return result;
}
