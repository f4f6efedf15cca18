/* SPDX-License-Identifier: MIT */
/* store_sqlite_look.c - rows that are read (store_sqlite.h) */
#include "base/alloc.h"
#include "outbox/body.h"
#include "outbox/store_sqlite.h"

#define PATH_MAX_BYTES 4096

static int64_t instant_at(const struct statement *row, int column)
{
	return statement_is_null(row, column) ? NEVER : statement_i64(row, column);
}

/* ---- rows in memory ---- */

/* Each without the word before: its table's name or alias. */
#define RECIPIENT_COLUMNS                                                                                                                          \
	"recipient.id, recipient.mail, recipient.route, address_ascii, address_utf8, notify, orcpt, state, attempts, unknowns, due_ms, runner, changed_ms, " \
	"code, enhanced, reply, server"

static void read_recipient(const struct statement *row, struct outbox_recipient *ret)
{
	*ret = (struct outbox_recipient){
		.id = statement_i64(row, 0),
		.mail = statement_i64(row, 1),
		.route = statement_i64(row, 2),
		.address_ascii = statement_text(row, 3),
		.address_utf8 = statement_text(row, 4),
		.notify = (unsigned)statement_i64(row, 5),
		.orcpt = statement_text(row, 6),
		.state = (enum outbox_state)statement_i64(row, 7),
		.attempts = (unsigned)statement_i64(row, 8),
		.unknowns = (unsigned)statement_i64(row, 9),
		.due_ms = instant_at(row, 10),
		.runner = statement_i64(row, 11),
		.changed_ms = statement_i64(row, 12),
		.code = (int)statement_i64(row, 13),
		.enhanced = statement_text(row, 14),
		.reply = statement_text(row, 15),
		.server = statement_text(row, 16),
	};
}

static int visit_recipients(struct statement *rows, visit_recipient *visit, void *context, courant_error **err)
{
	int more;

	while ((more = statement_next(rows, err)) > 0) {
		struct outbox_recipient recipient;

		read_recipient(rows, &recipient);
		if (visit(context, &recipient, err) < 0) {
			statement_reset(rows);
			return -1;
		}
	}
	return more;
}

static int visit_ids(struct statement *rows, visit_id *visit, void *context, courant_error **err)
{
	int more;

	while ((more = statement_next(rows, err)) > 0)
		if (visit(context, statement_i64(rows, 0), err) < 0) {
			statement_reset(rows);
			return -1;
		}
	return more;
}

/* ---- mails ---- */

static const char *keep(struct arena *arena, const char *text, bool *is_fine)
{
	const slice kept = text ? arena_copy(arena, slice_of(text)) : (slice){NULL, 0};

	*is_fine &= !text || kept.ptr;
	return kept.ptr;
}

int sqlite_find_mail(struct queue_store *store, int64_t id, struct arena *arena, struct outbox_mail *ret, courant_error **err)
{
	struct statement *row = sqlite_statement(store, SQL_FIND_MAIL,
						 "select mail.id, message, size, route, sender_ascii, sender_utf8, flags, ret, envelope_id, message_id, subject, "
						 "origin, queued_ms, expires_ms, finished_ms, notice_of from mail join message on message.id = message where mail.id = ?",
						 err);
	bool is_fine = true;

	if (!row)
		return -1;
	statement_bind_i64(row, 1, id);

	const int more = statement_next(row, err);

	if (more > 0)
		*ret = (struct outbox_mail){
			.id = id,
			.message = statement_i64(row, 1),
			.size_bytes = (uint64_t)statement_i64(row, 2),
			.route = statement_i64(row, 3),
			.sender_ascii = keep(arena, statement_text(row, 4), &is_fine),
			.sender_utf8 = keep(arena, statement_text(row, 5), &is_fine),
			.flags = (unsigned)statement_i64(row, 6),
			.ret = (unsigned)statement_i64(row, 7),
			.envelope_id = keep(arena, statement_text(row, 8), &is_fine),
			.message_id = keep(arena, statement_text(row, 9), &is_fine),
			.subject = keep(arena, statement_text(row, 10), &is_fine),
			.origin = keep(arena, statement_text(row, 11), &is_fine),
			.queued_ms = statement_i64(row, 12),
			.expires_ms = instant_at(row, 13),
			.finished_ms = instant_at(row, 14),
			.notice_of = statement_i64(row, 15),
		};
	statement_reset(row);
	return is_fine ? more : fail_memory(err);
}

int sqlite_open_message(struct queue_store *store, int64_t id, courant_reader **ret, courant_error **err)
{
	struct statement *row = sqlite_statement(store, SQL_OPEN_MESSAGE, "select digest, body from message where id = ?", err);
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);
	const int more = row ? (statement_bind_i64(row, 1, id), statement_next(row, err)) : -1;

	if (more <= 0)
		return more < 0 ? -1 : fail(err, COURANT_NO_INPUT, "the outbox has no message %lld", (long long)id);

	const slice digest = statement_bytes(row, 0);

	if (!statement_is_null(row, 1)) {
		const slice body = statement_bytes(row, 1);

		*ret = courant_reader_new_bytes(body.ptr, body.len, err);
	} else if (digest.len == DIGEST_BYTES && body_path(&path, store->spool, (const unsigned char *)digest.ptr, err) == 0) {
		*ret = courant_reader_new_file(path.bytes, err);
	}
	statement_reset(row);
	return *ret ? 0 : -1;
}

/* ---- recipients and attempts ---- */

int sqlite_each_recipient(struct queue_store *store, int64_t mail, visit_recipient *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(store, SQL_EACH_RECIPIENT, "select " RECIPIENT_COLUMNS " from recipient where mail = ? order by id", err);

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, mail);
	return visit_recipients(rows, visit, context, err);
}

int sqlite_each_leased(struct queue_store *store, int64_t runner, visit_recipient *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(store, SQL_EACH_LEASED, "select " RECIPIENT_COLUMNS " from recipient where runner = ? order by id", err);

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, runner);
	return visit_recipients(rows, visit, context, err);
}

#define HOLDS(column, value) "(" value " is null or instr(lower(" column "), lower(" value ")))"
#define FILTERED                                                                                                                            \
	"select " RECIPIENT_COLUMNS " from recipient join mail on mail.id = recipient.mail where (?1 = 0 or ?1 >> state & 1) and "           \
	HOLDS("coalesce(address_utf8, address_ascii)", "?2") " and " HOLDS("coalesce(sender_utf8, sender_ascii)", "?3") " and "              \
	HOLDS("subject", "?4") " and (?5 = 0 or queued_ms < ?5) and recipient.id > ?6"
#define OLDEST_FIRST " order by recipient.id limit ?7"

int sqlite_each_filtered(struct queue_store *store, const struct outbox_filter *filter, visit_recipient *visit, void *context, courant_error **err)
{
	struct statement *rows = filter->mail ? sqlite_statement(store, SQL_EACH_OF_MAIL, FILTERED " and recipient.mail = ?8" OLDEST_FIRST, err)
					      : sqlite_statement(store, SQL_EACH_FILTERED, FILTERED OLDEST_FIRST, err);

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, filter->states);
	statement_bind_text(rows, 2, slice_of(filter->recipient));
	statement_bind_text(rows, 3, slice_of(filter->sender));
	statement_bind_text(rows, 4, slice_of(filter->subject));
	statement_bind_i64(rows, 5, filter->before_ms);
	statement_bind_i64(rows, 6, filter->after);
	statement_bind_i64(rows, 7, filter->limit ? (int64_t)filter->limit : -1);
	if (filter->mail)
		statement_bind_i64(rows, 8, filter->mail);
	return visit_recipients(rows, visit, context, err);
}

int sqlite_each_attempt(struct queue_store *store, int64_t recipient, visit_attempt *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(
		store, SQL_EACH_ATTEMPT, "select at_ms, outcome, code, enhanced, reply, server from attempt where recipient = ? order by id", err);
	int more;

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, recipient);
	while ((more = statement_next(rows, err)) > 0) {
		const struct outbox_attempt attempt = {
			.recipient = recipient,
			.at_ms = statement_i64(rows, 0),
			.outcome = (enum outbox_state)statement_i64(rows, 1),
			.code = (int)statement_i64(rows, 2),
			.enhanced = statement_text(rows, 3),
			.reply = statement_text(rows, 4),
			.server = statement_text(rows, 5),
		};

		if (visit(context, &attempt, err) < 0) {
			statement_reset(rows);
			return -1;
		}
	}
	return more;
}

/* ---- what is to be done ---- */

int sqlite_each_route(struct queue_store *store, int (*visit)(void *context, int64_t id, const char *accounts, courant_error **err), void *context,
		      courant_error **err)
{
	struct statement *rows = sqlite_statement(store, SQL_EACH_ROUTE, "select id, accounts from route order by id", err);
	int more = rows ? 1 : -1;

	while (more > 0 && (more = statement_next(rows, err)) > 0)
		if (visit(context, statement_i64(rows, 0), statement_text(rows, 1), err) < 0) {
			statement_reset(rows);
			return -1;
		}
	return more;
}

static void bind_limit(struct statement *rows, int at, size_t limit)
{
	statement_bind_i64(rows, at, limit < INT64_MAX ? (int64_t)limit : INT64_MAX);
}

int sqlite_each_due(struct queue_store *store, int64_t route, int64_t now_ms, size_t limit, visit_id *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(
		store, SQL_EACH_DUE, "select mail from recipient where route = ? and due_ms <= ? and due_ms is not null order by due_ms limit ?", err);

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, route);
	statement_bind_i64(rows, 2, now_ms);
	bind_limit(rows, 3, limit);
	return visit_ids(rows, visit, context, err);
}

int sqlite_next_due(struct queue_store *store, int64_t route, int64_t *ret_ms, courant_error **err)
{
	struct statement *row = sqlite_statement(store, SQL_NEXT_DUE,
						 "select due_ms from recipient where route = ? and due_ms is not null order by due_ms limit 1", err);

	if (!row)
		return -1;
	statement_bind_i64(row, 1, route);

	const int more = statement_next(row, err);

	if (more >= 0)
		*ret_ms = more ? statement_i64(row, 0) : NEVER;
	statement_reset(row);
	return more < 0 ? -1 : 0;
}

int sqlite_each_expired(struct queue_store *store, int64_t now_ms, size_t limit, visit_id *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(
		store, SQL_EACH_EXPIRED, "select id from mail where expires_ms <= ? and expires_ms is not null order by expires_ms limit ?", err);

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, now_ms);
	bind_limit(rows, 2, limit);
	return visit_ids(rows, visit, context, err);
}

int sqlite_each_finished(struct queue_store *store, int64_t before_ms, size_t limit, visit_id *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(
		store, SQL_EACH_FINISHED, "select id from mail where finished_ms < ? and finished_ms is not null order by finished_ms limit ?", err);

	if (!rows)
		return -1;
	statement_bind_i64(rows, 1, before_ms);
	bind_limit(rows, 2, limit);
	return visit_ids(rows, visit, context, err);
}

int sqlite_each_runner(struct queue_store *store, visit_id *visit, void *context, courant_error **err)
{
	struct statement *rows = sqlite_statement(store, SQL_EACH_RUNNER, "select id from runner order by id", err);

	return rows ? visit_ids(rows, visit, context, err) : -1;
}

int sqlite_recall(struct queue_store *store, const char *name, char **ret, courant_error **err)
{
	struct statement *row = sqlite_statement(store, SQL_RECALL, "select value from memory where name = ?", err);
	int more;

	if (!row)
		return -1;
	statement_bind_text(row, 1, slice_of(name));
	more = statement_next(row, err);
	if (more > 0 && !(*ret = mem_copy_text(statement_text(row, 0))))
		more = fail_memory(err);
	statement_reset(row);
	return more;
}
