/* SPDX-License-Identifier: MIT */
/* probe_store_read.c - figures, events and results out of a probe store (probe_store.h) */
#include "base/alloc.h"
#include "samples/probe_store_own.h"

#define DISTANCES     21 /* of the last results, whose middle one is the usual */
#define DISTANCES_MIN 5
#define ROWS_MAX      ((size_t)1 << 20)

/* ---- rows ---- */

/* Makes an element of a row. */
typedef int read_row(struct store *, const struct statement *row, void *into, courant_error **err);

/* All rows of a statement whose values are bound, as an array that the caller frees. On failure *ret has what there was: elements may own something. */
static int read_rows(struct probe_store *probes, struct statement *rows, size_t size_each, read_row *read, void **ret, size_t *ret_n, courant_error **err)
{
	char *items = NULL;
	size_t n = 0, space = 0;
	int more = rows ? 1 : -1;

	while (more > 0 && (more = statement_next(rows, err)) > 0) {
		if (n == space) {
			char *grown = n < ROWS_MAX ? mem_resize(items, space ? space * 2 : 16, size_each) : NULL;

			if (!grown) {
				more = fail_memory(err);
				break;
			}
			items = grown;
			space = space ? space * 2 : 16;
		}
		more = read(probes->store, rows, items + n++ * size_each, err) < 0 ? -1 : 1;
	}
	*ret = items;
	*ret_n = n;
	return more;
}

/* The same for elements that own nothing. */
static int read_plain_rows(struct probe_store *probes, struct statement *rows, size_t size_each, read_row *read, void **ret, size_t *ret_n, courant_error **err)
{
	void *items = NULL;

	if (read_rows(probes, rows, size_each, read, &items, ret_n, err) < 0) {
		free(items);
		return -1;
	}
	*ret = items;
	return 0;
}

/* ---- targets ---- */

static int compare_numbers(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

static int said_distance(struct store *store, int64_t target, int64_t *ret_ms, courant_error **err)
{
	AUTO(statement) struct statement *said = statement_new(store, "select every_ms from target where id = ?1", err);

	if (!said)
		return -1;
	statement_bind_i64(said, 1, target);

	const int more = statement_next(said, err);

	*ret_ms = more > 0 ? statement_i64(said, 0) : 0;
	return more < 0 ? -1 : 0;
}

int probe_store_distance(struct store *store, int64_t target, int64_t *ret_ms, courant_error **err)
{
	AUTO(statement) struct statement *last = statement_new(store, "select at_ms from result where target = ?1 order by at_ms desc limit ?2", err);
	int64_t distances[DISTANCES], newer_ms = 0;
	size_t n = 0;
	int more;

	if (!last || said_distance(store, target, ret_ms, err) < 0)
		return -1;
	if (*ret_ms)
		return 0;
	statement_bind_i64(last, 1, target);
	statement_bind_i64(last, 2, DISTANCES + 1);
	while ((more = statement_next(last, err)) > 0) {
		const int64_t at_ms = statement_i64(last, 0);

		if (newer_ms && n < DISTANCES)
			distances[n++] = newer_ms - at_ms;
		newer_ms = at_ms;
	}
	if (more < 0)
		return -1;
	if (n < DISTANCES_MIN)
		return 0;
	qsort(distances, n, sizeof *distances, compare_numbers);
	*ret_ms = distances[n / 2];
	return 0;
}

void probe_known_free(struct probe_known *known, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(known[i].name);
		free(known[i].url);
	}
	free(known);
}

static int read_known(struct store *store, const struct statement *row, void *into, courant_error **err)
{
	struct probe_known *known = into;

	*known = (struct probe_known){
		.id = statement_i64(row, 0),
		.name = mem_copy(statement_bytes(row, 1)),
		.url = mem_copy(statement_bytes(row, 2)),
		.last_ms = statement_i64(row, 3),
		.certificate_ms = statement_i64(row, 4),
		.first_ms = statement_i64(row, 5),
	};
	if (!known->name || !known->url)
		return fail_memory(err);
	return probe_store_distance(store, known->id, &known->every_ms, err);
}

int probe_store_targets(struct probe_store *probes, struct probe_known **ret, size_t *ret_n, courant_error **err)
{
	AUTO(statement) struct statement *rows = statement_new(probes->store,
							       "select id, name, url, last_ms, certificate_ms, "
							       "coalesce((select min(from_ms) from quarter where target = target.id), last_ms) from target order by name",
							       err);
	void *known = NULL;

	if (read_rows(probes, rows, sizeof(struct probe_known), read_known, &known, ret_n, err) < 0) {
		probe_known_free(known, *ret_n);
		return -1;
	}
	*ret = known;
	return 0;
}

/* ---- quarters ---- */

static void bind_window(struct statement *statement, int64_t target, int64_t from_ms, int64_t to_ms)
{
	statement_bind_i64(statement, 1, target);
	statement_bind_i64(statement, 2, from_ms);
	statement_bind_i64(statement, 3, to_ms);
}

static int read_quarter(struct probe_store *probes, const struct statement *row, probe_quarter_read *read, void *context, courant_error **err)
{
	struct probe_quarter quarter = {
		.from_ms = statement_i64(row, 0), .done = (uint64_t)statement_i64(row, 1), .ok = (uint64_t)statement_i64(row, 2)};
	struct packed packed = {.rest = statement_bytes(row, 3)};
	int status = histogram_read(&quarter.total_us, &packed) < 0 ? fail_memory(err) : 0;

	if (status == 0 && packed.is_bad)
		status = fail(err, COURANT_NO_INPUT, "%s is damaged: a histogram cannot be read", store_path(probes->store));
	if (status == 0)
		status = read(context, &quarter, err);
	histogram_release(&quarter.total_us);
	return status;
}

int probe_store_quarters(struct probe_store *probes, int64_t target, int64_t from_ms, int64_t to_ms, probe_quarter_read *read, void *context,
			 courant_error **err)
{
	AUTO(statement) struct statement *rows = statement_new(
		probes->store, "select from_ms, done, ok, total_us from quarter where target = ?1 and from_ms >= ?2 and from_ms < ?3 order by from_ms", err);
	int more = rows ? 1 : -1;

	if (rows)
		bind_window(rows, target, from_ms, to_ms);
	while (more > 0 && (more = statement_next(rows, err)) > 0)
		more = read_quarter(probes, rows, read, context, err) < 0 ? -1 : 1;
	return more;
}

/* ---- failures, events, results ---- */

/* A kind of a later version is one of the answers that make no sense. */
static enum probe_kind kind_of(slice name)
{
	enum probe_kind kind = PROBE_BROKEN;

	(void)probe_kind_parse(name, &kind);
	return kind;
}

static int read_failures(struct store *store, const struct statement *row, void *into, courant_error **err)
{
	(void)store;
	(void)err;
	*(struct probe_failures *)into =
		(struct probe_failures){kind_of(statement_bytes(row, 0)), (unsigned)statement_i64(row, 1), (uint64_t)statement_i64(row, 2)};
	return 0;
}

int probe_store_failures(struct probe_store *probes, int64_t target, int64_t from_ms, int64_t to_ms, struct probe_failures **ret, size_t *ret_n,
			 courant_error **err)
{
	AUTO(statement) struct statement *rows = statement_new(probes->store,
							       "select kind, status, sum(n) from failure where target = ?1 and from_ms >= ?2 and from_ms < ?3 "
							       "group by kind, status order by 3 desc, kind, status",
							       err);

	if (rows)
		bind_window(rows, target, from_ms, to_ms);
	return read_plain_rows(probes, rows, sizeof **ret, read_failures, (void **)ret, ret_n, err);
}

static int read_event(struct store *store, const struct statement *row, void *into, courant_error **err)
{
	(void)store;
	(void)err;
	*(struct probe_event *)into = (struct probe_event){
		.kind = kind_of(statement_bytes(row, 0)),
		.status = (unsigned)statement_i64(row, 1),
		.from_ms = statement_i64(row, 2),
		.to_ms = statement_i64(row, 3),
		.last_ms = statement_i64(row, 4),
		.failures = (uint64_t)statement_i64(row, 5),
	};
	return 0;
}

int probe_store_events(struct probe_store *probes, int64_t target, int64_t from_ms, int64_t to_ms, struct probe_event **ret, size_t *ret_n, courant_error **err)
{
	AUTO(statement) struct statement *rows = statement_new(probes->store,
							       "select kind, status, from_ms, to_ms, last_ms, failures from event "
							       "where target = ?1 and coalesce(to_ms, last_ms + 1) > ?2 and from_ms < ?3 order by from_ms, id",
							       err);

	if (rows)
		bind_window(rows, target, from_ms, to_ms);
	return read_plain_rows(probes, rows, sizeof **ret, read_event, (void **)ret, ret_n, err);
}

static int read_result(struct store *store, const struct statement *row, void *into, courant_error **err)
{
	(void)store;
	(void)err;
	*(struct probe_result *)into = (struct probe_result){
		.at_ms = statement_i64(row, 0),
		.kind = kind_of(statement_bytes(row, 1)),
		.status = (unsigned)statement_i64(row, 2),
		.name_us = statement_i64(row, 3),
		.connect_us = statement_i64(row, 4),
		.tls_us = statement_i64(row, 5),
		.first_us = statement_i64(row, 6),
		.total_us = statement_i64(row, 7),
		.size_bytes = (uint64_t)statement_i64(row, 8),
		.certificate_ms = statement_i64(row, 9),
	};
	return 0;
}

int probe_store_results(struct probe_store *probes, int64_t target, size_t most, struct probe_result **ret, size_t *ret_n, courant_error **err)
{
	AUTO(statement) struct statement *rows = statement_new(probes->store,
							       "select at_ms, kind, status, name_us, connect_us, tls_us, first_us, total_us, size_bytes, certificate_ms "
							       "from result where target = ?1 order by at_ms desc, id desc limit ?2",
							       err);

	if (rows) {
		statement_bind_i64(rows, 1, target);
		statement_bind_i64(rows, 2, (int64_t)most);
	}
	return read_plain_rows(probes, rows, sizeof **ret, read_result, (void **)ret, ret_n, err);
}
