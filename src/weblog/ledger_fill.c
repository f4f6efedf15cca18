/* SPDX-License-Identifier: MIT */
/* ledger_fill.c - from the ledger to the tables, and looking after it (ledger.h) */
#include "base/alloc.h"
#include "base/num.h"
#include "weblog/ledger_own.h"
#include "weblog/tally_store.h"

int ledger_first_offset(struct ledger *ledger, bool *ret_has, int *ret_offset_s, courant_error **err)
{
	AUTO(statement) struct statement *find =
		statement_new(ledger->store, "select offset_s from log where has_offset order by id limit 1", err);
	const int more = find ? statement_next(find, err) : -1;

	if (more < 0)
		return -1;
	*ret_has = more;
	*ret_offset_s = more ? (int)statement_i64(find, 0) : 0;
	return 0;
}

/* ---- figures ---- */

static int check_limit(int64_t limit_ms, courant_error **err)
{
	if (limit_ms == INT64_MIN || limit_ms == INT64_MAX || limit_ms % (QUARTER_S * MS_PER_SECOND) == 0)
		return 0;
	return fail(err, COURANT_USAGE, "the ledger keeps figures by the quarter of an hour: times begin and end on one");
}

/* The beginnings of the quarters that lie in a window. */
static int64_t limit_s(int64_t limit_ms)
{
	return limit_ms == INT64_MIN || limit_ms == INT64_MAX ? limit_ms : limit_ms / MS_PER_SECOND;
}

static int fill_window(struct ledger *ledger, const struct weblog_window *window, struct tally *tally, courant_error **err)
{
	AUTO(statement) struct statement *quarters =
		statement_new(ledger->store, "select from_s, tally from quarter where from_s >= ? and from_s < ? order by from_s, log", err);
	int more;

	if (!quarters || check_limit(window->from_ms, err) < 0 || check_limit(window->to_ms, err) < 0)
		return -1;
	statement_bind_i64(quarters, 1, limit_s(window->from_ms));
	statement_bind_i64(quarters, 2, limit_s(window->to_ms));
	while ((more = statement_next(quarters, err)) > 0)
		if (tally_read(tally, statement_i64(quarters, 0), statement_bytes(quarters, 1), err) < 0)
			return fail_within(err, "%s", store_path(ledger->store));
	return more;
}

/* ---- logs ---- */

static int fill_rejects(struct ledger *ledger, int64_t log, uint32_t file, struct rejects *rejects, courant_error **err)
{
	AUTO(statement) struct statement *rows =
		statement_new(ledger->store, "select line, fault, text from reject where log = ? order by line", err);
	int more;

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, log);
	while ((more = statement_next(rows, err)) > 0) {
		const int64_t fault = statement_i64(rows, 1);

		if (fault <= LINE_FINE || fault >= LINE_FAULTS)
			return fail(err, COURANT_NO_INPUT, "%s holds a rejected line without a reason", store_path(ledger->store));

		const size_t n = rejects->n_samples[fault];

		if (rejects_add(rejects, file, 0, (uint64_t)statement_i64(rows, 0), (enum line_fault)fault, statement_bytes(rows, 2)) < 0)
			return fail_memory(err);
		if (rejects->n_samples[fault] > n)
			rejects->samples[fault][n].is_numbered = true;
		rejects->n--; /* all are counted by log */
	}
	return more;
}

/* The last line, as long as it has no end. */
static int fill_tail(const struct ledger_filling *filling, uint32_t file, uint64_t line_ends, const struct log_format *format, struct statement *log, courant_error **err)
{
	const slice tail = statement_bytes(log, 9);
	struct scanner *scanner = filling->scanner;
	size_t before[LINE_FAULTS];
	uint64_t lines;

	if (!tail.len || tail.len > LINES_MAX)
		return 0;
	memcpy(before, scanner->rejects.n_samples, sizeof before);
	memcpy(scanner->block.bytes, tail.ptr, tail.len);
	scanner->block.len = tail.len;
	scanner->block.number = 0;
	scanner->block.format = format ? format : formats_choose(filling->formats, tail);
	scanner->block.w3c = (struct w3c){.n = 0};
	formats_follow(scanner->block.format, &scanner->block.w3c, statement_bytes(log, 10));
	scanner->block.is_long_line = false;
	if (scanner_read(scanner, &scanner->block, file, &lines, err) < 0)
		return -1;
	for (size_t fault = 0; fault < LINE_FAULTS; fault++) {
		for (size_t i = before[fault]; i < scanner->rejects.n_samples[fault]; i++) {
			scanner->rejects.samples[fault][i].line += line_ends;
			scanner->rejects.samples[fault][i].is_numbered = true;
		}
	}
	return 0;
}

static void note_hits(struct scanner *scanner, uint64_t hits, int64_t first_s, int64_t last_s)
{
	if (!hits)
		return;
	if (!scanner->hits || first_s < scanner->first_s)
		scanner->first_s = first_s;
	if (!scanner->hits || last_s > scanner->last_s)
		scanner->last_s = last_s;
	scanner->hits += hits;
}

static int fill_logs(struct ledger *ledger, struct ledger_filling *filling, courant_error **err)
{
	AUTO(statement) struct statement *logs = statement_new(
		ledger->store, "select id, name, format, line_ends, lines, hits, rejected, first_s, last_s, tail, directives from log order by id", err);
	struct scanner *scanner = filling->scanner;
	int more;

	if (!logs)
		return -1;
	while ((more = statement_next(logs, err)) > 0) {
		const int64_t file = filling->add_file(filling->context, statement_bytes(logs, 1));
		const struct log_format *format = formats_find(filling->formats, statement_bytes(logs, 2));

		if (file < 0)
			return fail_memory(err);
		if (!filling->format)
			filling->format = format;
		filling->has_agents |= format && format->parts & LINE_AGENT;
		scanner->lines += (uint64_t)statement_i64(logs, 4);
		note_hits(scanner, (uint64_t)statement_i64(logs, 5), statement_i64(logs, 7), statement_i64(logs, 8));
		scanner->rejects.n += (uint64_t)statement_i64(logs, 6);
		if (fill_rejects(ledger, statement_i64(logs, 0), (uint32_t)file, &scanner->rejects, err) < 0 ||
		    fill_tail(filling, (uint32_t)file, (uint64_t)statement_i64(logs, 3), format, logs, err) < 0)
			return -1;
	}
	return more;
}

/* In a transaction, so that all that is read belongs together. */
int ledger_fill(struct ledger *ledger, struct ledger_filling *filling, courant_error **err)
{
	struct scanner *scanner = filling->scanner;
	int result = store_run(ledger->store, "begin", err);

	if (result < 0)
		return -1;
	scanner_begin(scanner);
	for (size_t i = 0; i < scanner->settings->n_windows && result == 0; i++)
		result = fill_window(ledger, &scanner->settings->windows[i], &scanner->tallies[i], err);
	if (result == 0)
		result = fill_logs(ledger, filling, err);
	return store_run(ledger->store, "rollback", result == 0 ? err : NULL) < 0 ? -1 : result;
}

/* ---- looking after it ---- */

struct table *ledger_list(struct ledger *ledger, courant_error **err)
{
	static const struct table_column columns[] = {
		{"number", TABLE_COUNT}, {"log", TABLE_TEXT},     {"size", TABLE_BYTES}, {"lines", TABLE_COUNT}, {"hits", TABLE_COUNT},
		{"rejected", TABLE_COUNT}, {"first", TABLE_TIME}, {"last", TABLE_TIME},  {"counted", TABLE_TIME},
	};
	const size_t n = sizeof columns / sizeof *columns;
	const struct table_head head = {.name = "ledger", .zone = "UTC", .source = store_path(ledger->store), .coverage = 1};
	AUTO(table) struct table *table = table_new(&head, columns, n, err);
	AUTO(statement) struct statement *logs = statement_new(
		ledger->store, "select id, name, bytes, lines, hits, rejected, first_s, last_s, counted_ms from log order by id", err);
	int more;

	if (!table || !logs)
		return NULL;
	while ((more = statement_next(logs, err)) > 0) {
		const bool has_hits = statement_i64(logs, 4) > 0;
		const struct table_cell cells[] = {
			CELL_COUNT((uint64_t)statement_i64(logs, 0)),
			CELL_TEXT(statement_bytes(logs, 1)),
			CELL_COUNT((uint64_t)statement_i64(logs, 2)),
			CELL_COUNT((uint64_t)statement_i64(logs, 3)),
			CELL_COUNT((uint64_t)statement_i64(logs, 4)),
			CELL_COUNT((uint64_t)statement_i64(logs, 5)),
			has_hits ? CELL_TIME(statement_i64(logs, 6) * MS_PER_SECOND) : CELL_UNKNOWN,
			has_hits ? CELL_TIME(statement_i64(logs, 7) * MS_PER_SECOND) : CELL_UNKNOWN,
			CELL_TIME(statement_i64(logs, 8)),
		};

		if (table_add_row(table, cells, err) < 0)
			return NULL;
	}
	return more < 0 ? NULL : STEAL(table);
}

static int count_logs(struct ledger *ledger, uint64_t *ret, courant_error **err)
{
	AUTO(statement) struct statement *count = statement_new(ledger->store, "select count(*) from log", err);

	if (!count || statement_next(count, err) < 0)
		return -1;
	*ret = (uint64_t)statement_i64(count, 0);
	return 0;
}

static int forget_named(struct ledger *ledger, slice number_or_name, courant_error **err)
{
	AUTO(statement) struct statement *forget = statement_new(ledger->store, "delete from log where id = ? or name = ?", err);
	uint64_t number;

	if (!forget)
		return -1;
	if (num_parse_range(number_or_name, 1, INT64_MAX, &number))
		statement_bind_i64(forget, 1, (int64_t)number);
	statement_bind_text(forget, 2, number_or_name);
	return statement_run(forget, err);
}

/* name.ptr NULL: all. */
static int forget(struct ledger *ledger, slice name, uint64_t *ret_n, courant_error **err)
{
	uint64_t before, after;

	if (store_begin(ledger->store, err) < 0)
		return -1;
	if (count_logs(ledger, &before, err) < 0 ||
	    (name.ptr ? forget_named(ledger, name, err) : store_run(ledger->store, "delete from log", err)) < 0 ||
	    count_logs(ledger, &after, err) < 0) {
		store_rollback(ledger->store);
		return -1;
	}
	if (store_commit(ledger->store, err) < 0)
		return -1;
	*ret_n = before - after;
	return 0;
}

int ledger_forget(struct ledger *ledger, slice number_or_name, uint64_t *ret_n, courant_error **err)
{
	return forget(ledger, number_or_name, ret_n, err);
}

int ledger_forget_all(struct ledger *ledger, uint64_t *ret_n, courant_error **err)
{
	return forget(ledger, (slice){NULL, 0}, ret_n, err);
}

int ledger_forget_before(struct ledger *ledger, int64_t before_ms, courant_error **err)
{
	AUTO(statement) struct statement *forget = statement_new(ledger->store, "delete from quarter where from_s < ?", err);

	if (!forget || check_limit(before_ms, err) < 0)
		return -1;
	statement_bind_i64(forget, 1, limit_s(before_ms));
	return statement_run(forget, err);
}
