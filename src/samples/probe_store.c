/* SPDX-License-Identifier: MIT */
/* probe_store.c - the file behind a probe store, and results put into it (probe_store.h) */
#include "samples/probe_store.h"

#include "base/alloc.h"
#include "samples/probe_store_own.h"

#define BLOB_MAX_BYTES ((size_t)1 << 20)
#define CLEANING_MS    MS_PER_DAY /* old figures go once a day */

static const char *const migrations[] = {
	"create table target (id integer primary key, name text not null unique, url text not null, every_ms integer not null default 0,"
	" last_ms integer not null default 0, certificate_ms integer not null default 0);"
	"create table quarter (target integer not null, from_ms integer not null, done integer not null, ok integer not null, total_us blob not null,"
	" primary key (target, from_ms)) without rowid;"
	"create table failure (target integer not null, from_ms integer not null, kind text not null, status integer not null, n integer not null,"
	" primary key (target, from_ms, kind, status)) without rowid;"
	"create table event (id integer primary key, target integer not null, kind text not null, status integer not null, from_ms integer not null,"
	" last_ms integer not null, to_ms integer, failures integer not null);"
	"create index event_target on event (target, from_ms);"
	"create table result (id integer primary key, target integer not null, at_ms integer not null, kind text not null, status integer not null,"
	" name_us integer not null, connect_us integer not null, tls_us integer not null, first_us integer not null, total_us integer not null,"
	" size_bytes integer not null, certificate_ms integer not null);"
	"create index result_target on result (target, at_ms);"
	"create table cleaned (at_ms integer not null);"
	"insert into cleaned values (0);",
};

static const struct store_schema schema = {
	.what = "a store of probes",
	.application_id = 0x43507262, /* "CPrb" */
	.migrations = migrations,
	.n_migrations = sizeof migrations / sizeof *migrations,
};

/* ---- opening ---- */

static int prepare(struct probe_store *probes, courant_error **err)
{
	const struct {
		struct statement **at;
		const char *sql;
	} statements[] = {
		{&probes->add_target, "insert into target (name, url, every_ms) values (?1, ?2, ?3) on conflict (name) do update set url = ?2, every_ms = ?3"},
		{&probes->find_target, "select id, last_ms from target where name = ?1"},
		{&probes->find_quarter, "select done, ok, total_us from quarter where target = ?1 and from_ms = ?2"},
		{&probes->put_quarter, "insert or replace into quarter (target, from_ms, done, ok, total_us) values (?1, ?2, ?3, ?4, ?5)"},
		{&probes->add_failure, "insert into failure (target, from_ms, kind, status, n) values (?1, ?2, ?3, ?4, 1) "
				       "on conflict (target, from_ms, kind, status) do update set n = n + 1"},
		{&probes->find_event, "select id, kind, status from event where target = ?1 and to_ms is null"},
		{&probes->add_event, "insert into event (target, kind, status, from_ms, last_ms, to_ms, failures) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
		{&probes->end_event, "update event set to_ms = max(?2, last_ms) where id = ?1"},
		{&probes->grow_event, "update event set last_ms = ?2, failures = failures + 1 where id = ?1"},
		{&probes->add_result, "insert into result (target, at_ms, kind, status, name_us, connect_us, tls_us, first_us, total_us, size_bytes, certificate_ms) "
				      "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"},
		{&probes->drop_results, "delete from result where target = ?1 and at_ms < "
					"(select at_ms from result where target = ?1 order by at_ms desc limit 1 offset ?2)"},
		{&probes->set_last, "update target set last_ms = max(last_ms, ?2), certificate_ms = case when ?3 then ?3 else certificate_ms end where id = ?1"},
	};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
		if (!(*statements[i].at = statement_new(probes->store, statements[i].sql, err)))
			return -1;
	return 0;
}

struct probe_store *probe_store_open(const char *path, unsigned flags, courant_error **err)
{
	AUTO(probe_store) struct probe_store *probes = mem_alloc(sizeof *probes);
	const bool writes = flags & PROBE_STORE_WRITE;

	if (!probes) {
		(void)fail_memory(err);
		return NULL;
	}
	probes->store = store_open(path, &schema, writes ? STORE_CREATE : STORE_READ, err);
	return probes->store && (!writes || prepare(probes, err) == 0) ? STEAL(probes) : NULL;
}

void probe_store_free(struct probe_store *probes)
{
	if (!probes)
		return;

	struct statement *const statements[] = {probes->add_target, probes->find_target, probes->find_quarter, probes->put_quarter,
						probes->add_failure, probes->find_event, probes->add_event, probes->end_event,
						probes->grow_event, probes->add_result, probes->drop_results, probes->set_last};

	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
		statement_free(statements[i]);
	store_free(probes->store);
	free(probes);
}

/* ---- a result ---- */

/* The one that is being added. */
struct adding {
	struct probe_store *probes;
	const struct probe_result *result;
	int64_t target, last_ms; /* when the target was last probed; 0: never */
};

static int find_target(struct adding *adding, const struct probe_target *target, courant_error **err)
{
	struct statement *add = adding->probes->add_target, *find = adding->probes->find_target;

	statement_bind_text(add, 1, slice_of(target->name));
	statement_bind_text(add, 2, slice_of(target->url));
	statement_bind_i64(add, 3, target->every_ms);
	if (statement_run(add, err) < 0)
		return -1;
	statement_bind_text(find, 1, slice_of(target->name));
	if (statement_next(find, err) <= 0)
		return -1;
	adding->target = statement_i64(find, 0);
	adding->last_ms = statement_i64(find, 1);
	statement_reset(find);
	return 0;
}

static int64_t quarter_of(int64_t at_ms)
{
	return at_ms - at_ms % PROBE_QUARTER_MS;
}

/* The quarter as it is so far. */
static int read_quarter(const struct adding *adding, uint64_t *done, uint64_t *ok, struct histogram *total_us, courant_error **err)
{
	struct statement *find = adding->probes->find_quarter;

	statement_bind_i64(find, 1, adding->target);
	statement_bind_i64(find, 2, quarter_of(adding->result->at_ms));

	const int more = statement_next(find, err);

	if (more <= 0)
		return more;

	struct packed packed = {.rest = statement_bytes(find, 2)};

	*done = (uint64_t)statement_i64(find, 0);
	*ok = (uint64_t)statement_i64(find, 1);

	const int status = histogram_read(total_us, &packed);

	statement_reset(find);
	if (status < 0)
		return fail_memory(err);
	return packed.is_bad ? fail(err, COURANT_NO_INPUT, "%s is damaged: a histogram cannot be read", store_path(adding->probes->store)) : 0;
}

static int add_to_quarter(const struct adding *adding, courant_error **err)
{
	AUTO(histogram) struct histogram total_us = {0};
	AUTO(buffer) struct buffer packed = BUFFER_LIMIT(BLOB_MAX_BYTES);
	struct statement *put = adding->probes->put_quarter;
	const bool is_ok = adding->result->kind == PROBE_OK;
	uint64_t done = 0, ok = 0;

	if (read_quarter(adding, &done, &ok, &total_us, err) < 0)
		return -1;
	if (is_ok && histogram_add(&total_us, adding->result->total_us > 0 ? (uint64_t)adding->result->total_us : 0) < 0)
		return fail_memory(err);
	histogram_write(&total_us, &packed);
	if (buffer_check(&packed, err) < 0)
		return -1;
	statement_bind_i64(put, 1, adding->target);
	statement_bind_i64(put, 2, quarter_of(adding->result->at_ms));
	statement_bind_i64(put, 3, (int64_t)done + 1);
	statement_bind_i64(put, 4, (int64_t)ok + is_ok);
	statement_bind_bytes(put, 5, buffer_peek(&packed));
	return statement_run(put, err);
}

/* Only another status than the expected one is part of what went wrong. */
static int64_t told_status(const struct probe_result *result)
{
	return result->kind == PROBE_STATUS ? result->status : 0;
}

static int add_failure(const struct adding *adding, courant_error **err)
{
	struct statement *add = adding->probes->add_failure;

	if (adding->result->kind == PROBE_OK)
		return 0;
	statement_bind_i64(add, 1, adding->target);
	statement_bind_i64(add, 2, quarter_of(adding->result->at_ms));
	statement_bind_text(add, 3, slice_of(probe_kind_name(adding->result->kind)));
	statement_bind_i64(add, 4, told_status(adding->result));
	return statement_run(add, err);
}

/* ---- events ---- */

/* The failures that go on; id 0: there are none. */
struct open_event {
	int64_t id;
	bool is_same; /* as the result that is being added */
};

static int find_event(const struct adding *adding, struct open_event *ret, courant_error **err)
{
	struct statement *find = adding->probes->find_event;

	statement_bind_i64(find, 1, adding->target);

	const int more = statement_next(find, err);

	if (more <= 0)
		return more;
	ret->id = statement_i64(find, 0);
	ret->is_same = slice_equal(statement_bytes(find, 1), slice_of(probe_kind_name(adding->result->kind))) &&
		       statement_i64(find, 2) == told_status(adding->result);
	statement_reset(find);
	return 0;
}

static int end_event(const struct adding *adding, struct open_event *event, int64_t to_ms, courant_error **err)
{
	struct statement *end = adding->probes->end_event;

	if (!event->id)
		return 0;
	statement_bind_i64(end, 1, event->id);
	statement_bind_i64(end, 2, to_ms);
	*event = (struct open_event){0};
	return statement_run(end, err);
}

/* `to_ms` 0: it goes on. */
static int add_event(const struct adding *adding, enum probe_kind kind, int64_t from_ms, int64_t to_ms, courant_error **err)
{
	struct statement *add = adding->probes->add_event;

	statement_bind_i64(add, 1, adding->target);
	statement_bind_text(add, 2, slice_of(probe_kind_name(kind)));
	statement_bind_i64(add, 3, kind == PROBE_STATUS ? adding->result->status : 0);
	statement_bind_i64(add, 4, from_ms);
	statement_bind_i64(add, 5, to_ms ? to_ms : from_ms);
	if (to_ms)
		statement_bind_i64(add, 6, to_ms);
	else
		statement_bind_text(add, 6, (slice){NULL, 0});
	statement_bind_i64(add, 7, kind != PROBE_NONE);
	return statement_run(add, err);
}

static int grow_event(const struct adding *adding, const struct open_event *event, courant_error **err)
{
	struct statement *grow = adding->probes->grow_event;

	statement_bind_i64(grow, 1, event->id);
	statement_bind_i64(grow, 2, adding->result->at_ms);
	return statement_run(grow, err);
}

/* A time without probes ends what went on before it, and is an event itself. */
static int note_gap(const struct adding *adding, struct open_event *event, courant_error **err)
{
	const int64_t at_ms = adding->result->at_ms;
	int64_t distance_ms;

	if (!adding->last_ms || probe_store_distance(adding->probes->store, adding->target, &distance_ms, err) < 0)
		return adding->last_ms ? -1 : 0;
	if (!distance_ms || (double)(at_ms - adding->last_ms) <= PROBE_MISSED * (double)distance_ms)
		return 0;
	return end_event(adding, event, adding->last_ms + distance_ms, err) < 0 ? -1 : add_event(adding, PROBE_NONE, adding->last_ms + distance_ms, at_ms, err);
}

static int note_event(const struct adding *adding, courant_error **err)
{
	const int64_t at_ms = adding->result->at_ms;
	struct open_event event = {0};

	if (at_ms <= adding->last_ms)
		return 0;
	if (find_event(adding, &event, err) < 0 || note_gap(adding, &event, err) < 0)
		return -1;
	if (adding->result->kind == PROBE_OK)
		return end_event(adding, &event, at_ms, err);
	if (event.id && event.is_same)
		return grow_event(adding, &event, err);
	return end_event(adding, &event, at_ms, err) < 0 ? -1 : add_event(adding, adding->result->kind, at_ms, 0, err);
}

/* ---- the results themselves ---- */

static int keep_result(const struct adding *adding, courant_error **err)
{
	const struct probe_result *result = adding->result;
	struct statement *add = adding->probes->add_result, *drop = adding->probes->drop_results, *last = adding->probes->set_last;
	const int64_t values[] = {result->status,  result->name_us,  result->connect_us,          result->tls_us,
				  result->first_us, result->total_us, (int64_t)result->size_bytes, result->certificate_ms};

	statement_bind_i64(add, 1, adding->target);
	statement_bind_i64(add, 2, result->at_ms);
	statement_bind_text(add, 3, slice_of(probe_kind_name(result->kind)));
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		statement_bind_i64(add, 4 + (int)i, values[i]);
	statement_bind_i64(drop, 1, adding->target);
	statement_bind_i64(drop, 2, PROBE_RESULTS_MAX - 1);
	statement_bind_i64(last, 1, adding->target);
	statement_bind_i64(last, 2, result->at_ms);
	statement_bind_i64(last, 3, result->certificate_ms);
	return statement_run(add, err) < 0 || statement_run(drop, err) < 0 || statement_run(last, err) < 0 ? -1 : 0;
}

static int add_one(struct probe_store *probes, const struct probe_target *target, const struct probe_result *result, courant_error **err)
{
	struct adding adding = {.probes = probes, .result = result};

	/* Events look at the results before this one. */
	return find_target(&adding, target, err) < 0 || add_to_quarter(&adding, err) < 0 || add_failure(&adding, err) < 0 || note_event(&adding, err) < 0 ||
			       keep_result(&adding, err) < 0
		       ? -1
		       : 0;
}

/* ---- what is too old ---- */

static int clean(struct probe_store *probes, int64_t now_ms, courant_error **err)
{
	static const char *const parts[] = {
		"delete from quarter where from_ms < ?1",
		"delete from failure where from_ms < ?1",
		"delete from event where to_ms < ?1",
	};
	AUTO(statement) struct statement *due = statement_new(probes->store, "update cleaned set at_ms = ?1 where at_ms <= ?1 - ?2 returning at_ms", err);

	if (!due)
		return -1;
	statement_bind_i64(due, 1, now_ms);
	statement_bind_i64(due, 2, CLEANING_MS);

	const int is_due = statement_next(due, err);

	statement_reset(due);
	for (size_t i = 0; is_due > 0 && i < sizeof parts / sizeof *parts; i++) {
		AUTO(statement) struct statement *drop = statement_new(probes->store, parts[i], err);

		if (!drop)
			return -1;
		statement_bind_i64(drop, 1, now_ms - PROBE_KEPT_MS);
		if (statement_run(drop, err) < 0)
			return -1;
	}
	return is_due < 0 ? -1 : 0;
}

int probe_store_add(struct probe_store *probes, const struct probe_target *targets, const struct probe_result *results, size_t n, courant_error **err)
{
	int64_t newest_ms = 0;

	if (store_begin(probes->store, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (add_one(probes, &targets[i], &results[i], err) < 0) {
			store_rollback(probes->store);
			return -1;
		}
		newest_ms = results[i].at_ms > newest_ms ? results[i].at_ms : newest_ms;
	}
	if (clean(probes, newest_ms, err) < 0) {
		store_rollback(probes->store);
		return -1;
	}
	return store_commit(probes->store, err);
}
