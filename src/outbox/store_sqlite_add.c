/* SPDX-License-Identifier: MIT */
/* store_sqlite_add.c - rows that come, change and go (store_sqlite.h) */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "outbox/body.h"
#include "outbox/store_sqlite.h"

#define PATH_MAX_BYTES 4096

struct statement *sqlite_statement(struct queue_store *store, enum sql number, const char *text, courant_error **err)
{
	struct store_sqlite *sqlite = (struct store_sqlite *)store;
	struct statement **kept = &sqlite->statements[number];

	if (!*kept)
		*kept = statement_new(sqlite->db, text, err);
	return *kept;
}

static void bind_text(struct statement *statement, int at, const char *text)
{
	statement_bind_text(statement, at, slice_of(text));
}

static void bind_instant(struct statement *statement, int at, int64_t instant_ms)
{
	if (instant_ms == NEVER)
		statement_bind_null(statement, at);
	else
		statement_bind_i64(statement, at, instant_ms);
}

/* Runs what yields nothing; *ret_id (which may be NULL) is that of the row that came. */
static int run(struct queue_store *store, struct statement *statement, int64_t *ret_id, courant_error **err)
{
	if (statement_run(statement, err) < 0)
		return -1;
	if (ret_id)
		*ret_id = store_last_id(((struct store_sqlite *)store)->db);
	return 0;
}

/* ---- messages ---- */

static int64_t key_of(const unsigned char *digest)
{
	uint64_t key = 0;

	for (size_t i = 0; i < 8; i++)
		key = key << 8 | digest[i];
	return (int64_t)key;
}

static slice digest_of(const unsigned char *digest)
{
	return slice_from((const char *)digest, DIGEST_BYTES);
}

/* 1 and the id, or 0. */
static int find_message(struct queue_store *store, const unsigned char *digest, int64_t *ret_id, courant_error **err)
{
	struct statement *find = sqlite_statement(store, SQL_FIND_MESSAGE, "select id from message where key = ? and digest = ?", err);

	if (!find)
		return -1;
	statement_bind_i64(find, 1, key_of(digest));
	statement_bind_bytes(find, 2, digest_of(digest));

	const int more = statement_next(find, err);

	if (more > 0)
		*ret_id = statement_i64(find, 0);
	statement_reset(find);
	return more;
}

/* The draft gets its name; one that is there already holds the same bytes. */
static int keep_draft(struct store_sqlite *sqlite, const struct outbox_message *message, courant_error **err)
{
	AUTO(buffer) struct buffer path = BUFFER_LIMIT(PATH_MAX_BYTES);

	if (body_path(&path, sqlite->spool, message->digest, err) < 0)
		return -1;
	if (rename(message->draft, path.bytes) < 0)
		return fail_errno_as(err, COURANT_IO, errno, "cannot keep the message as %s", path.bytes);
	sqlite->has_new_files = true;
	return 0;
}

int sqlite_add_message(struct queue_store *store, const struct outbox_message *message, int64_t *ret_id, courant_error **err)
{
	struct statement *add = sqlite_statement(store, SQL_ADD_MESSAGE, "insert into message (key, digest, size, body) values (?, ?, ?, ?)", err);
	const int found = add ? find_message(store, message->digest, ret_id, err) : -1;

	if (found < 0 || (message->draft && keep_draft((struct store_sqlite *)store, message, err) < 0))
		return -1;
	if (found)
		return 0;
	statement_bind_i64(add, 1, key_of(message->digest));
	statement_bind_bytes(add, 2, digest_of(message->digest));
	statement_bind_i64(add, 3, (int64_t)message->size_bytes);
	if (message->draft)
		statement_bind_null(add, 4);
	else
		statement_bind_bytes(add, 4, message->body);
	return run(store, add, ret_id, err);
}

static int is_wanted(void *context, const unsigned char *digest, courant_error **err)
{
	int64_t id;

	return find_message(context, digest, &id, err);
}

/* With the lock in hand nobody is just about to speak of a file again. */
int sqlite_sweep_messages(struct queue_store *store, courant_error **err)
{
	struct statement *sweep = sqlite_statement(store, SQL_SWEEP_MESSAGES, "delete from message where not exists (select 1 from mail where message = message.id)", err);

	return !sweep || statement_run(sweep, err) < 0 ? -1 : body_sweep(store->spool, is_wanted, store, err);
}

/* ---- mails and recipients ---- */

int sqlite_add_mail(struct queue_store *store, const struct outbox_mail *mail, int64_t *ret_id, courant_error **err)
{
	struct statement *add = sqlite_statement(
		store, SQL_ADD_MAIL,
		"insert into mail (message, route, sender_ascii, sender_utf8, flags, ret, envelope_id, message_id, subject, origin, queued_ms, expires_ms, notice_of) "
		"values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		err);

	if (!add)
		return -1;
	statement_bind_i64(add, 1, mail->message);
	statement_bind_i64(add, 2, mail->route);
	bind_text(add, 3, mail->sender_ascii);
	bind_text(add, 4, mail->sender_utf8);
	statement_bind_i64(add, 5, mail->flags);
	statement_bind_i64(add, 6, mail->ret);
	bind_text(add, 7, mail->envelope_id);
	bind_text(add, 8, mail->message_id);
	bind_text(add, 9, mail->subject);
	bind_text(add, 10, mail->origin);
	statement_bind_i64(add, 11, mail->queued_ms);
	bind_instant(add, 12, mail->expires_ms);
	statement_bind_i64(add, 13, mail->notice_of);
	return run(store, add, ret_id, err);
}

int sqlite_set_mail(struct queue_store *store, const struct outbox_mail *mail, courant_error **err)
{
	struct statement *set = sqlite_statement(
		store, SQL_SET_MAIL, "update mail set sender_ascii = ?, sender_utf8 = ?, expires_ms = ?, finished_ms = ? where id = ?", err);

	if (!set)
		return -1;
	bind_text(set, 1, mail->sender_ascii);
	bind_text(set, 2, mail->sender_utf8);
	bind_instant(set, 3, mail->expires_ms);
	bind_instant(set, 4, mail->finished_ms);
	statement_bind_i64(set, 5, mail->id);
	return run(store, set, NULL, err);
}

static void bind_state(struct statement *statement, int first, const struct outbox_recipient *recipient)
{
	statement_bind_i64(statement, first, recipient->state);
	statement_bind_i64(statement, first + 1, recipient->attempts);
	statement_bind_i64(statement, first + 2, recipient->unknowns);
	bind_instant(statement, first + 3, recipient->due_ms);
	bind_instant(statement, first + 4, recipient->runner ? recipient->runner : NEVER);
	statement_bind_i64(statement, first + 5, recipient->changed_ms);
	statement_bind_i64(statement, first + 6, recipient->code);
	bind_text(statement, first + 7, recipient->enhanced);
	bind_text(statement, first + 8, recipient->reply);
	bind_text(statement, first + 9, recipient->server);
}

int sqlite_add_recipient(struct queue_store *store, const struct outbox_recipient *recipient, int64_t *ret_id, courant_error **err)
{
	struct statement *add = sqlite_statement(
		store, SQL_ADD_RECIPIENT,
		"insert into recipient (mail, route, address_ascii, address_utf8, notify, orcpt, state, attempts, unknowns, due_ms, runner, changed_ms, code, "
		"enhanced, reply, server) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		err);

	if (!add)
		return -1;
	statement_bind_i64(add, 1, recipient->mail);
	statement_bind_i64(add, 2, recipient->route);
	bind_text(add, 3, recipient->address_ascii);
	bind_text(add, 4, recipient->address_utf8);
	statement_bind_i64(add, 5, recipient->notify);
	bind_text(add, 6, recipient->orcpt);
	bind_state(add, 7, recipient);
	return run(store, add, ret_id, err);
}

int sqlite_set_recipient(struct queue_store *store, const struct outbox_recipient *recipient, courant_error **err)
{
	struct statement *set = sqlite_statement(store, SQL_SET_RECIPIENT,
						 "update recipient set state = ?, attempts = ?, unknowns = ?, due_ms = ?, runner = ?, changed_ms = ?, code = ?, "
						 "enhanced = ?, reply = ?, server = ? where id = ?",
						 err);

	if (!set)
		return -1;
	bind_state(set, 1, recipient);
	statement_bind_i64(set, 11, recipient->id);
	return run(store, set, NULL, err);
}

int sqlite_remove_recipient(struct queue_store *store, int64_t id, courant_error **err)
{
	struct statement *remove_mail = sqlite_statement(
		store, SQL_REMOVE_EMPTY_MAIL,
		"delete from mail where id = (select mail from recipient where id = ?1) and not exists (select 1 from recipient where mail = mail.id and id <> ?1)",
		err);
	struct statement *remove = sqlite_statement(store, SQL_REMOVE_RECIPIENT, "delete from recipient where id = ?", err);

	if (!remove_mail || !remove)
		return -1;
	statement_bind_i64(remove_mail, 1, id);
	statement_bind_i64(remove, 1, id);
	return run(store, remove_mail, NULL, err) < 0 ? -1 : run(store, remove, NULL, err);
}

int sqlite_hurry(struct queue_store *store, int64_t later_than_ms, int64_t now_ms, courant_error **err)
{
	struct statement *hurry =
		sqlite_statement(store, SQL_HURRY, "update recipient set due_ms = ? where route in (select id from route) and due_ms > ?", err);

	if (!hurry)
		return -1;
	statement_bind_i64(hurry, 1, now_ms);
	statement_bind_i64(hurry, 2, later_than_ms);
	return run(store, hurry, NULL, err);
}

int sqlite_add_attempt(struct queue_store *store, const struct outbox_attempt *attempt, courant_error **err)
{
	struct statement *add = sqlite_statement(
		store, SQL_ADD_ATTEMPT, "insert into attempt (recipient, at_ms, outcome, code, enhanced, reply, server) values (?, ?, ?, ?, ?, ?, ?)", err);

	if (!add)
		return -1;
	statement_bind_i64(add, 1, attempt->recipient);
	statement_bind_i64(add, 2, attempt->at_ms);
	statement_bind_i64(add, 3, attempt->outcome);
	statement_bind_i64(add, 4, attempt->code);
	bind_text(add, 5, attempt->enhanced);
	bind_text(add, 6, attempt->reply);
	bind_text(add, 7, attempt->server);
	return run(store, add, NULL, err);
}

/* ---- the rest ---- */

int sqlite_add_route(struct queue_store *store, const char *accounts, int64_t *ret_id, courant_error **err)
{
	struct statement *find = sqlite_statement(store, SQL_FIND_ROUTE, "select id from route where accounts = ?", err);
	struct statement *add = find ? sqlite_statement(store, SQL_ADD_ROUTE, "insert into route (accounts) values (?)", err) : NULL;

	if (!add)
		return -1;
	bind_text(find, 1, accounts);

	const int more = statement_next(find, err);

	if (more > 0)
		*ret_id = statement_i64(find, 0);
	statement_reset(find);
	if (more != 0)
		return more < 0 ? -1 : 0;
	bind_text(add, 1, accounts);
	return run(store, add, ret_id, err);
}

int sqlite_take_slot(struct queue_store *store, const struct outbox_slot *slot, const char *address, bool *ret_is_free, courant_error **err)
{
	struct statement *take = sqlite_statement(
		store, SQL_TAKE_SLOT, "insert into slot (report, from_ms, to_ms, address) values (?, ?, ?, ?) on conflict do nothing returning 1", err);

	if (!take)
		return -1;
	bind_text(take, 1, slot->report);
	statement_bind_i64(take, 2, slot->from_ms);
	statement_bind_i64(take, 3, slot->to_ms);
	bind_text(take, 4, address);

	const int more = statement_next(take, err);

	*ret_is_free = more > 0;
	return more > 0 ? statement_run(take, err) : more;
}

int sqlite_add_runner(struct queue_store *store, const char *words, int64_t now_ms, int64_t *ret_id, courant_error **err)
{
	struct statement *add = sqlite_statement(store, SQL_ADD_RUNNER, "insert into runner (words, begun_ms) values (?, ?)", err);

	if (!add)
		return -1;
	bind_text(add, 1, words);
	statement_bind_i64(add, 2, now_ms);
	return run(store, add, ret_id, err);
}

int sqlite_remove_runner(struct queue_store *store, int64_t id, courant_error **err)
{
	struct statement *remove = sqlite_statement(store, SQL_REMOVE_RUNNER, "delete from runner where id = ?", err);

	if (!remove)
		return -1;
	statement_bind_i64(remove, 1, id);
	return run(store, remove, NULL, err);
}

int sqlite_remember(struct queue_store *store, const char *name, const char *text, courant_error **err)
{
	struct statement *set = sqlite_statement(store, SQL_REMEMBER, "replace into memory (name, value) values (?, ?)", err);

	if (!set)
		return -1;
	bind_text(set, 1, name);
	bind_text(set, 2, text);
	return run(store, set, NULL, err);
}
