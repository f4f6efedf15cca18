/* SPDX-License-Identifier: MIT */
/* statement.c - one statement, its values and its rows (store.h) */
#include "base/alloc.h"
#include "store/own.h"

struct statement {
	struct store *store;
	sqlite3_stmt *sqlite;
	int failure; /* of a binding; told by the next step */
};

struct statement *statement_new(struct store *store, const char *sql, courant_error **err)
{
	AUTO(statement) struct statement *statement = mem_alloc(sizeof *statement);

	if (!statement) {
		(void)fail_memory(err);
		return NULL;
	}
	statement->store = store;

	const int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->sqlite, NULL);

	if (code == SQLITE_OK)
		return STEAL(statement);
	(void)store_fail(store, code, err);
	return NULL;
}

void statement_free(struct statement *statement)
{
	if (!statement)
		return;
	(void)sqlite3_finalize(statement->sqlite); /* repeats the failure of the last step, which has been told */
	free(statement);
}

/* The first failure stays. */
static void note(struct statement *statement, int code)
{
	if (statement->failure == SQLITE_OK)
		statement->failure = code;
}

void statement_bind_i64(struct statement *statement, int at, int64_t value)
{
	note(statement, sqlite3_bind_int64(statement->sqlite, at, value));
}

void statement_bind_text(struct statement *statement, int at, slice text)
{
	note(statement, sqlite3_bind_text64(statement->sqlite, at, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void statement_bind_bytes(struct statement *statement, int at, slice bytes)
{
	/* Without an address it would be null. */
	note(statement, sqlite3_bind_blob64(statement->sqlite, at, bytes.ptr ? bytes.ptr : "", bytes.len, SQLITE_STATIC));
}

void statement_bind_null(struct statement *statement, int at)
{
	note(statement, sqlite3_bind_null(statement->sqlite, at));
}

void statement_reset(struct statement *statement)
{
	(void)sqlite3_reset(statement->sqlite); /* repeats the failure of the last step */
	statement->failure = SQLITE_OK;
}

int statement_next(struct statement *statement, courant_error **err)
{
	const int code = statement->failure == SQLITE_OK ? sqlite3_step(statement->sqlite) : statement->failure;

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		(void)store_fail(statement->store, code, err);
	statement_reset(statement);
	return code == SQLITE_DONE ? 0 : -1;
}

int statement_run(struct statement *statement, courant_error **err)
{
	int more;

	while ((more = statement_next(statement, err)) > 0)
		;
	return more;
}

int64_t statement_i64(const struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->sqlite, column);
}

slice statement_bytes(const struct statement *statement, int column)
{
	const void *bytes = sqlite3_column_blob(statement->sqlite, column);

	return slice_from(bytes, (size_t)sqlite3_column_bytes(statement->sqlite, column));
}

const char *statement_text(const struct statement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->sqlite, column);
}

bool statement_is_null(const struct statement *statement, int column)
{
	return sqlite3_column_type(statement->sqlite, column) == SQLITE_NULL;
}
