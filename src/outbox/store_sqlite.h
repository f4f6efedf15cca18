/* SPDX-License-Identifier: MIT */
/* store_sqlite.h - what the files of the SQLite store share; functions are as in struct queue_store_calls */
#ifndef COURANT_OUTBOX_STORE_SQLITE_H
#define COURANT_OUTBOX_STORE_SQLITE_H
#include "outbox/queue_store.h"
#include "store/store.h"

/* Statements that are made once and kept. */
enum sql {
	SQL_FIND_MESSAGE,
	SQL_ADD_MESSAGE,
	SQL_ADD_MAIL,
	SQL_ADD_RECIPIENT,
	SQL_ADD_ATTEMPT,
	SQL_FIND_ROUTE,
	SQL_ADD_ROUTE,
	SQL_TAKE_SLOT,
	SQL_SET_RECIPIENT,
	SQL_SET_MAIL,
	SQL_REMOVE_RECIPIENT,
	SQL_REMOVE_EMPTY_MAIL,
	SQL_SWEEP_MESSAGES,
	SQL_FIND_MAIL,
	SQL_EACH_RECIPIENT,
	SQL_EACH_ATTEMPT,
	SQL_EACH_FILTERED,
	SQL_EACH_OF_MAIL,
	SQL_EACH_ROUTE,
	SQL_OPEN_MESSAGE,
	SQL_EACH_DUE,
	SQL_NEXT_DUE,
	SQL_EACH_EXPIRED,
	SQL_EACH_FINISHED,
	SQL_HURRY,
	SQL_ADD_RUNNER,
	SQL_REMOVE_RUNNER,
	SQL_EACH_RUNNER,
	SQL_EACH_LEASED,
	SQL_REMEMBER,
	SQL_RECALL,
	SQL_COUNT
};

struct store_sqlite {
	struct queue_store store; /* first */
	struct store *db;
	char *spool;
	int claims;
	uint64_t runner;    /* that we hold the claim of; 0: none */
	bool has_new_files; /* in this transaction */
	struct statement *statements[SQL_COUNT];
};

/* The statement of that number, made of `text` at its first use; its columns and values are those of the text. */
struct statement *sqlite_statement(struct queue_store *, enum sql, const char *text, courant_error **err);

/* store_sqlite_add.c: what writes */
int sqlite_add_message(struct queue_store *, const struct outbox_message *, int64_t *ret_id, courant_error **err);
int sqlite_add_mail(struct queue_store *, const struct outbox_mail *, int64_t *ret_id, courant_error **err);
int sqlite_add_recipient(struct queue_store *, const struct outbox_recipient *, int64_t *ret_id, courant_error **err);
int sqlite_add_attempt(struct queue_store *, const struct outbox_attempt *, courant_error **err);
int sqlite_add_route(struct queue_store *, const char *accounts, int64_t *ret_id, courant_error **err);
int sqlite_take_slot(struct queue_store *, const struct outbox_slot *, const char *address, bool *ret_is_free, courant_error **err);
int sqlite_set_recipient(struct queue_store *, const struct outbox_recipient *, courant_error **err);
int sqlite_set_mail(struct queue_store *, const struct outbox_mail *, courant_error **err);
int sqlite_remove_recipient(struct queue_store *, int64_t id, courant_error **err);
int sqlite_sweep_messages(struct queue_store *, courant_error **err);
int sqlite_hurry(struct queue_store *, int64_t later_than_ms, int64_t now_ms, courant_error **err);
int sqlite_add_runner(struct queue_store *, const char *words, int64_t now_ms, int64_t *ret_id, courant_error **err);
int sqlite_remove_runner(struct queue_store *, int64_t id, courant_error **err);
int sqlite_remember(struct queue_store *, const char *name, const char *text, courant_error **err);

/* store_sqlite_look.c: what reads */
int sqlite_find_mail(struct queue_store *, int64_t id, struct arena *, struct outbox_mail *ret, courant_error **err);
int sqlite_each_recipient(struct queue_store *, int64_t mail, visit_recipient *, void *context, courant_error **err);
int sqlite_each_attempt(struct queue_store *, int64_t recipient, visit_attempt *, void *context, courant_error **err);
int sqlite_each_filtered(struct queue_store *, const struct outbox_filter *, visit_recipient *, void *context, courant_error **err);
int sqlite_each_route(struct queue_store *, int (*visit)(void *context, int64_t id, const char *accounts, courant_error **err), void *context,
		      courant_error **err);
int sqlite_open_message(struct queue_store *, int64_t id, courant_reader **ret, courant_error **err);
int sqlite_each_due(struct queue_store *, int64_t route, int64_t now_ms, size_t limit, visit_id *, void *context, courant_error **err);
int sqlite_next_due(struct queue_store *, int64_t route, int64_t *ret_ms, courant_error **err);
int sqlite_each_expired(struct queue_store *, int64_t now_ms, size_t limit, visit_id *, void *context, courant_error **err);
int sqlite_each_finished(struct queue_store *, int64_t before_ms, size_t limit, visit_id *, void *context, courant_error **err);
int sqlite_each_runner(struct queue_store *, visit_id *, void *context, courant_error **err);
int sqlite_each_leased(struct queue_store *, int64_t runner, visit_recipient *, void *context, courant_error **err);
int sqlite_recall(struct queue_store *, const char *name, char **ret, courant_error **err);
#endif
