/* SPDX-License-Identifier: MIT */
/* store.h - SQLite once: opening, pragmas, migrations, transactions, statements
 *
 *     AUTO(store) struct store *store = store_open(path, &schema, STORE_CREATE, err);
 *     AUTO(statement) struct statement *add = statement_new(store, "insert into seen (name, bytes) values (?, ?)", err);
 *     if (!add || store_begin(store, err) < 0)
 *             return -1;
 *     statement_bind_text(add, 1, name);
 *     statement_bind_i64(add, 2, n);
 *     return statement_run(add, err) < 0 ? -1 : store_commit(store, err);
 *
 * A write-ahead log and synchronous=FULL: what is committed is on the disk, what is not has never been. Every writer begins with the lock in its hand
 * (begin immediate), and waits for its turn; a transaction that read first and then wrote would fail at once. A store is used by one thread at a time. */
#ifndef COURANT_STORE_STORE_H
#define COURANT_STORE_STORE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/fail.h"

/* What lies in the file. Each migration is SQL that makes the next version of the tables out of the one before: never changed, only added to. */
struct store_schema {
	const char *what;        /* "a ledger", in errors */
	uint32_t application_id; /* stands in the file's head, so that another program's file is not touched */
	const char *const *migrations;
	int n_migrations;
	int busy_ms;             /* how long to wait for another writer; 0: a minute */
	bool keeps_log;          /* the write-ahead log stays when the last user leaves: a program that only adds a little need not clean up */
};

enum store_flags {
	STORE_CREATE = 1 << 0, /* the file is made when it is missing: its owner's only, or the group's, too, in a folder that a group shares (mode 2770) */
	STORE_READ = 1 << 1,   /* nothing will be written */
};

struct store;

/* COURANT_NO_INPUT: missing, unreadable, damaged, no store of this kind, or written by a later version. COURANT_CANT_CREATE: it cannot be made or written.
 * COURANT_TEMPORARY: another holds it too long. The schema is borrowed while the store lives. */
struct store *store_open(const char *path, const struct store_schema *, unsigned flags, courant_error **err);
void store_free(struct store *); /* an open transaction is rolled back */
AUTO_DEFINE(store, struct store, store_free)

int store_begin(struct store *, courant_error **err);
int store_commit(struct store *, courant_error **err);
void store_rollback(struct store *); /* what there is of a transaction has never been */

int store_run(struct store *, const char *sql, courant_error **err); /* one or several statements without values */
int64_t store_last_id(const struct store *);                        /* of the row inserted last */
const char *store_path(const struct store *);

/* ---- statements ---- */

struct statement;

struct statement *statement_new(struct store *, const char *sql, courant_error **err);
void statement_free(struct statement *);
AUTO_DEFINE(statement, struct statement, statement_free)

/* Values are numbered from 1. Bytes are borrowed until the statement is reset. What fails is told by the next step. */
void statement_bind_i64(struct statement *, int at, int64_t value);
void statement_bind_text(struct statement *, int at, slice text); /* ptr NULL: null */
void statement_bind_bytes(struct statement *, int at, slice bytes);
void statement_bind_null(struct statement *, int at);

/* The next row: 1, or 0 at the end, after which the statement can be used again; -1. */
int statement_next(struct statement *, courant_error **err);

/* All of a statement that yields nothing. */
int statement_run(struct statement *, courant_error **err);

/* Ends rows that are not wanted any more. */
void statement_reset(struct statement *);

/* Columns are numbered from 0; slices are borrowed until the next row. Null is 0 and an empty slice with ptr NULL. */
int64_t statement_i64(const struct statement *, int column);
slice statement_bytes(const struct statement *, int column);
const char *statement_text(const struct statement *, int column); /* NULL for null; to the first NUL */
bool statement_is_null(const struct statement *, int column);
#endif
