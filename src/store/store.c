/* SPDX-License-Identifier: MIT */
/* store.c - a database file: opening, pragmas, migrations, transactions (store.h) */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "store/own.h"

#define BUSY_MS_DEFAULT 60000
#define RETRY_MS        5
#define SQL_MAX_BYTES   ((size_t)1 << 10)

int store_fail(const struct store *store, int code, courant_error **err)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return fail_memory(err);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(err, COURANT_TEMPORARY, "%s is in use by another process; try again later", store->path);
	case SQLITE_CORRUPT:
		return fail(err, COURANT_NO_INPUT, "%s is damaged: %s", store->path, sqlite3_errmsg(store->db));
	case SQLITE_NOTADB:
		return fail(err, COURANT_NO_INPUT, "%s is not %s", store->path, store->schema->what);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return fail(err, COURANT_CANT_CREATE, "cannot open %s: %s", store->path, sqlite3_errmsg(store->db));
	case SQLITE_READONLY:
		return fail(err, COURANT_CANT_CREATE, "%s cannot be written: it or its folder is read-only", store->path);
	case SQLITE_FULL:
		return fail(err, COURANT_IO, "cannot write %s: the disk is full", store->path);
	default:
		return fail(err, COURANT_IO, "%s: %s", store->path, store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code));
	}
}

int store_run(struct store *store, const char *sql, courant_error **err)
{
	const int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : store_fail(store, code, err);
}

/* ---- opening ---- */

static int read_number(struct store *store, const char *sql, int64_t *ret, courant_error **err)
{
	AUTO(statement) struct statement *statement = statement_new(store, sql, err);
	const int more = statement ? statement_next(statement, err) : -1;

	if (more < 0)
		return -1;
	*ret = more ? statement_i64(statement, 0) : 0;
	return 0;
}

static int write_number(struct store *store, const char *pragma, int64_t value, courant_error **err)
{
	AUTO(buffer) struct buffer sql = BUFFER_LIMIT(SQL_MAX_BYTES);
	slice text;

	buffer_printf(&sql, "pragma %s = %lld", pragma, (long long)value);
	return buffer_slice(&sql, &text, err) < 0 ? -1 : store_run(store, text.ptr, err);
}

/* The version of the tables; 0: there are none yet. */
static int read_version(struct store *store, int64_t *ret, courant_error **err)
{
	int64_t id, pages;

	if (read_number(store, "pragma application_id", &id, err) < 0 || read_number(store, "pragma user_version", ret, err) < 0 ||
	    read_number(store, "select count(*) from sqlite_master", &pages, err) < 0)
		return -1;
	if ((uint32_t)id != store->schema->application_id && (id || *ret || pages))
		return fail(err, COURANT_NO_INPUT, "%s is a database, but not %s", store->path, store->schema->what);
	if (*ret > store->schema->n_migrations)
		return fail(err, COURANT_NO_INPUT, "%s was written by a later version of courant", store->path);
	return 0;
}

/* Once more with the lock in hand, for another process may have done it meanwhile. */
static int migrate(struct store *store, courant_error **err)
{
	int64_t version;

	if (store_begin(store, err) < 0 || read_version(store, &version, err) < 0)
		return -1;
	for (; version < store->schema->n_migrations; version++)
		if (store_run(store, store->schema->migrations[version], err) < 0)
			return -1;
	if (write_number(store, "user_version", version, err) < 0 ||
	    write_number(store, "application_id", (int32_t)store->schema->application_id, err) < 0)
		return -1;
	return store_commit(store, err);
}

static int busy_ms(const struct store *store)
{
	return store->schema->busy_ms ? store->schema->busy_ms : BUSY_MS_DEFAULT;
}

/* One transaction: between two of the questions another process may make the tables. */
static int look(struct store *store, int64_t *ret_version, courant_error **err)
{
	int result = -1;

	if (store_run(store, "begin", err) == 0) {
		store->is_open = true;
		result = read_version(store, ret_version, err);
	}
	store_rollback(store);
	return result;
}

/* Two processes that change a new file into this mode at once would wait for each other, so SQLite refuses one of them whatever its time-out is:
 * that one tries again. */
static int use_wal(struct store *store, courant_error **err)
{
	const char *sql = "pragma journal_mode = wal";
	int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	for (int waited_ms = 0; (code & 0xff) == SQLITE_BUSY && waited_ms < busy_ms(store); waited_ms += RETRY_MS) {
		(void)sqlite3_sleep(RETRY_MS);
		code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	}
	return code == SQLITE_OK ? 0 : store_fail(store, code, err);
}

static int prepare(struct store *store, unsigned flags, courant_error **err)
{
	int64_t version;

	(void)sqlite3_busy_timeout(store->db, busy_ms(store));
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, store->schema->keeps_log, NULL);
	if (look(store, &version, err) < 0)
		return -1;
	if (flags & STORE_READ) {
		if (version == store->schema->n_migrations)
			return 0;
		return fail(err, COURANT_NO_INPUT, version ? "%s was written by an earlier version of courant: use it once for writing" : "%s is empty",
			    store->path);
	}
	if (sqlite3_db_readonly(store->db, "main") == 1)
		return store_fail(store, SQLITE_READONLY, err);
	if (use_wal(store, err) < 0 ||
	    store_run(store, "pragma synchronous = full; pragma foreign_keys = on; pragma journal_size_limit = 16777216", err) < 0)
		return -1;
	return version < store->schema->n_migrations ? migrate(store, err) : 0;
}

/* A folder that gives its group to what is made in it, and that the group may write: /var/lib/courant of the package. */
static bool is_shared(const char *path)
{
	AUTO(buffer) struct buffer folder = BUFFER_LIMIT(4096);
	const size_t slash = slice_find_last(slice_of(path), '/');
	struct stat facts;

	buffer_append(&folder, slash == SLICE_NONE ? SLICE(".") : slice_part(slice_of(path), 0, slash ? slash : 1));
	return buffer_check(&folder, NULL) == 0 && stat(folder.bytes, &facts) == 0 && (facts.st_mode & S_ISGID) && (facts.st_mode & S_IWGRP);
}

/* Made by hand, because SQLite would let others read it. A file that is there is left alone: closing it here would take away the locks that another
 * store of this process has on it (fcntl(2), F_SETLK). */
static int make_file(const char *path, courant_error **err)
{
	AUTO(close) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno == EEXIST ? 0 : fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot open %s", path);
	if (is_shared(path) && fchmod(fd, 0660) < 0)
		return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot open %s to its group", path);
	return 0;
}

struct store *store_open(const char *path, const struct store_schema *schema, unsigned flags, courant_error **err)
{
	AUTO(store) struct store *store = mem_alloc(sizeof *store);
	int code;

	if (!store || !(store->path = mem_copy_text(path))) {
		(void)fail_memory(err);
		return NULL;
	}
	store->schema = schema;
	if (flags & STORE_CREATE && make_file(path, err) < 0)
		return NULL;
	if (!(flags & STORE_CREATE) && access(path, flags & STORE_READ ? R_OK : R_OK | W_OK) < 0) {
		(void)fail_errno(err, errno, "cannot open %s", path);
		return NULL;
	}
	/* A name is no URI, whatever it begins with. */
	code = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK) {
		(void)store_fail(store, code, err);
		return NULL;
	}
	return prepare(store, flags, err) < 0 ? NULL : STEAL(store);
}

void store_free(struct store *store)
{
	if (!store)
		return;
	store_rollback(store);
	(void)sqlite3_close_v2(store->db); /* what is committed is on the disk */
	free(store->path);
	free(store);
}

const char *store_path(const struct store *store)
{
	return store->path;
}

/* ---- transactions ---- */

int store_begin(struct store *store, courant_error **err)
{
	if (store_run(store, "begin immediate", err) < 0)
		return -1;
	store->is_open = true;
	return 0;
}

int store_commit(struct store *store, courant_error **err)
{
	if (store_run(store, "commit", err) < 0) {
		store_rollback(store);
		return -1;
	}
	store->is_open = false;
	return 0;
}

void store_rollback(struct store *store)
{
	/* Fails when SQLite has rolled back by itself, as after a full disk. */
	if (store->is_open)
		(void)sqlite3_exec(store->db, "rollback", NULL, NULL, NULL);
	store->is_open = false;
}

int64_t store_last_id(const struct store *store)
{
	return sqlite3_last_insert_rowid(store->db);
}
