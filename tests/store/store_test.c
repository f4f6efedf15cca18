/* SPDX-License-Identifier: MIT */
/* store_test.c - files are opened, brought up to date, shared and refused with a sentence */
#include "store/store.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "tap.h"

#define ID 0x54455354

static const char *const migrations[] = {
	"create table thing (name text not null)",
	"alter table thing add column size integer not null default 7; create table other (x)",
	"this is no SQL",
};
static const struct store_schema first = {"a test", ID, migrations, 1, 1};
static const struct store_schema second = {"a test", ID, migrations, 2, 1};
static const struct store_schema broken = {"a test", ID, migrations, 3, 1};
static const struct store_schema another = {"another thing", ID + 1, migrations, 1, 1};

/* A name in the test's folder. */
static const char *place(const char *name)
{
	static char paths[4][256];
	static size_t n;
	char *path = paths[n++ % 4];

	(void)snprintf(path, sizeof paths[0], "%s/%s", tap_folder(), name);
	return path;
}

static int64_t number(struct store *store, const char *sql)
{
	AUTO(statement) struct statement *statement = statement_new(store, sql, NULL);

	return statement && statement_next(statement, NULL) == 1 ? statement_i64(statement, 0) : -1;
}

static void check_refused(const char *path, const struct store_schema *schema, unsigned flags, enum courant_code code, const char *words)
{
	courant_error *err = NULL;
	struct store *store = store_open(path, schema, flags, &err);

	CHECK(store == NULL);
	CHECK_ERROR(err, code, words);
	store_free(store);
}

static void a_folder_that_a_group_shares_shares_the_file(void)
{
	static const struct {
		const char *name;
		mode_t folder, file;
	} rows[] = {
		{"one's own", 0755, 0600},
		{"everybody's", 01777, 0600},
		{"a group's, without handing it on", 0770, 0600},
		{"a group's", 02770, 0660},
	};

	EACH (row, rows) {
		const char *folder = place(row->name);
		char path[300];
		struct stat facts;

		tap_row(row->name);
		CHECK(mkdir(folder, 0700) == 0 && chmod(folder, row->folder) == 0);
		(void)snprintf(path, sizeof path, "%s/db", folder);

		struct store *store = store_open(path, &first, STORE_CREATE, NULL);

		CHECK(store && stat(path, &facts) == 0 && (facts.st_mode & 0777) == row->file);
		/* And what SQLite lays beside it. */
		(void)snprintf(path, sizeof path, "%s/db-wal", folder);
		CHECK(stat(path, &facts) == 0 && (facts.st_mode & 0777) == row->file);
		store_free(store);
	}
}

static void migrations_run_once_and_in_order(void)
{
	const char *path = place("a");
	struct stat facts;
	struct store *store = store_open(path, &first, STORE_CREATE, NULL);

	CHECK(store && store_run(store, "insert into thing values ('kept')", NULL) == 0);
	store_free(store);
	CHECK(stat(path, &facts) == 0 && (facts.st_mode & 0777) == 0600);

	store = store_open(path, &second, 0, NULL);
	CHECK(store != NULL);
	if (store) {
		CHECK_INT(number(store, "select size from thing where name = 'kept'"), 7);
		CHECK_INT(number(store, "pragma user_version"), 2);
		CHECK_INT(number(store, "pragma application_id"), ID);
	}
	store_free(store);
	check_refused(path, &first, 0, COURANT_NO_INPUT, "was written by a later version of courant");
	check_refused(path, &broken, 0, COURANT_IO, "syntax error");

	store = store_open(path, &second, STORE_READ, NULL);
	CHECK(store && number(store, "select count(*) from thing") == 1);
	store_free(store);
}

static void what_is_no_store_is_refused(void)
{
	struct store *store = store_open(place("b"), &first, STORE_CREATE, NULL);

	store_free(store);
	check_refused(place("b"), &another, STORE_CREATE, COURANT_NO_INPUT, "is a database, but not another thing");
	check_refused(place("missing"), &first, 0, COURANT_NO_INPUT, "cannot open");
	check_refused(place("missing"), &first, STORE_READ, COURANT_NO_INPUT, "cannot open");
	check_refused(place("missing/x"), &first, STORE_CREATE, COURANT_CANT_CREATE, "cannot open");
	check_refused(place(""), &first, STORE_CREATE, COURANT_CANT_CREATE, "cannot open");

	AUTO(buffer) struct buffer text = BUFFER_LIMIT(1 << 16);

	buffer_append_repeated(&text, 'x', 5000);
	CHECK(file_write_atomic(place("c"), buffer_peek(&text), 0600, NULL) == 0);
	check_refused(place("c"), &first, STORE_CREATE, COURANT_NO_INPUT, "is not a test");
}

static void a_damaged_file_is_told(void)
{
	AUTO(buffer) struct buffer bytes = BUFFER_LIMIT(1 << 20);
	struct store *store = store_open(place("d"), &first, STORE_CREATE, NULL);

	for (int i = 0; store && i < 400; i++)
		(void)store_run(store, "insert into thing values ('a name that takes some room in the file, so that there are pages')", NULL);
	store_free(store);
	CHECK(file_read(place("d"), &bytes, NULL) == 0 && bytes.len > 12000);
	memset(bytes.bytes + 4096, 0xee, bytes.len - 4096);
	CHECK(file_write_atomic(place("d"), buffer_peek(&bytes), 0600, NULL) == 0);

	courant_error *err = NULL;

	store = store_open(place("d"), &first, 0, &err);

	const int result = store ? store_run(store, "select count(*) from thing where name = 'x'", &err) : -1;

	CHECK_INT(result, -1);
	CHECK_ERROR(err, COURANT_NO_INPUT, "is damaged");
	store_free(store);
}

static void one_writes_at_a_time(void)
{
	struct store *one = store_open(place("e"), &first, STORE_CREATE, NULL), *two = store_open(place("e"), &first, 0, NULL);
	courant_error *err = NULL;

	CHECK(one && two);
	if (one && two) {
		CHECK_INT(store_begin(one, NULL), 0);
		CHECK_INT(store_run(one, "insert into thing values ('x')", NULL), 0);
		CHECK_INT(store_begin(two, &err), -1);
		CHECK_ERROR(err, COURANT_TEMPORARY, "is in use by another process");
		CHECK_INT(number(two, "select count(*) from thing"), 0);
		CHECK_INT(store_commit(one, NULL), 0);
		CHECK_INT(number(two, "select count(*) from thing"), 1);
		CHECK_INT(store_begin(two, NULL), 0);
		CHECK_INT(store_run(two, "delete from thing", NULL), 0);
	}
	/* A transaction that nobody commits has never been. */
	store_free(two);
	CHECK(one && number(one, "select count(*) from thing") == 1);
	store_free(one);
}

static void a_read_only_file_is_told(void)
{
	if (geteuid() == 0) {
		tap_skip("who is root may write everything");
		return;
	}
	store_free(store_open(place("a"), &second, 0, NULL));
	CHECK(chmod(place("a"), 0400) == 0);
	check_refused(place("a"), &second, STORE_CREATE, COURANT_CANT_CREATE, "cannot");
	check_refused(place("a"), &second, 0, COURANT_NO_INPUT, "cannot open");
}

/* The limit of a file's size is the nearest that a test has to a full disk. */
static void a_full_disk_is_told(void)
{
	const struct rlimit small = {64 * 1024, RLIM_INFINITY};
	struct rlimit before;
	struct store *store = store_open(place("full"), &first, STORE_CREATE, NULL);
	courant_error *err = NULL;
	int result = 0;

	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK(store && getrlimit(RLIMIT_FSIZE, &before) == 0 && setrlimit(RLIMIT_FSIZE, &small) == 0);
	if (store && store_begin(store, NULL) == 0) {
		for (int i = 0; i < 100 && result == 0; i++)
			result = store_run(store, "insert into thing values (hex(randomblob(3000)))", &err);
		if (result == 0)
			result = store_commit(store, &err);
		store_rollback(store);
		CHECK_INT(result, -1);
		CHECK(courant_error_code(err) == COURANT_IO);
		CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
		CHECK_INT(number(store, "select count(*) from thing"), 0);
		CHECK_INT(store_run(store, "insert into thing values ('x')", NULL), 0);
	}
	store_free(store);
	courant_error_free(err);
}

static void values_come_back_as_they_were(void)
{
	struct store *store = store_open(place("new"), &second, STORE_CREATE, NULL);
	struct statement *add = store ? statement_new(store, "insert into other values (?)", NULL) : NULL;
	static const slice values[] = {{"a\0b", 3}, {"", 0}};

	CHECK(add != NULL);
	EACH (value, values) {
		if (add) {
			statement_bind_bytes(add, 1, *value);
			CHECK_INT(statement_run(add, NULL), 0);
		}
	}
	if (add) {
		statement_bind_text(add, 1, (slice){NULL, 0});
		CHECK_INT(statement_run(add, NULL), 0);
		statement_bind_i64(add, 1, INT64_MIN);
		CHECK_INT(statement_run(add, NULL), 0);
		statement_bind_null(add, 1);
		CHECK_INT(statement_run(add, NULL), 0);
		statement_bind_text(add, 1, SLICE("words"));
		CHECK_INT(statement_run(add, NULL), 0);
		statement_bind_i64(add, 2, 1);
		CHECK_INT(statement_run(add, NULL), -1);
	}
	statement_free(add);

	struct statement *read = store ? statement_new(store, "select x from other order by rowid", NULL) : NULL;

	if (read) {
		CHECK_INT(statement_next(read, NULL), 1);
		CHECK_INT(statement_bytes(read, 0).len, 3);
		CHECK_INT(statement_next(read, NULL), 1);
		CHECK_INT(statement_bytes(read, 0).len, 0);
		CHECK_INT(statement_next(read, NULL), 1);
		CHECK(statement_bytes(read, 0).ptr == NULL);
		CHECK_INT(statement_next(read, NULL), 1);
		CHECK(statement_i64(read, 0) == INT64_MIN);
		CHECK(!statement_is_null(read, 0));
		CHECK_INT(statement_next(read, NULL), 1);
		CHECK(statement_is_null(read, 0) && statement_text(read, 0) == NULL);
		CHECK_INT(statement_next(read, NULL), 1);
		CHECK_TEXT(statement_text(read, 0), "words");
		CHECK_INT(statement_next(read, NULL), 0);
	}
	statement_free(read);
	store_free(store);
}

/* Each of several processes finds the file missing, and one of them makes it. */
static void many_open_a_new_one_at_once(void)
{
	static const struct store_schema patient = {"a test", ID, migrations, 2, 0};

	for (int round = 0; round < 60; round++) {
		pid_t children[4];
		char name[16];

		(void)snprintf(name, sizeof name, "new%d", round);
		for (size_t i = 0; i < 4; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				struct store *store = store_open(place(name), &patient, STORE_CREATE, NULL);

				_exit(store && number(store, "select count(*) from other") == 0 ? 0 : 1);
			}
		}
		for (size_t i = 0; i < 4; i++) {
			int status = -1;

			CHECK(waitpid(children[i], &status, 0) == children[i] && status == 0);
		}
	}
}

TESTS(TEST(a_folder_that_a_group_shares_shares_the_file), TEST(migrations_run_once_and_in_order), TEST(what_is_no_store_is_refused), TEST(a_damaged_file_is_told), TEST(one_writes_at_a_time),
      TEST(a_read_only_file_is_told), TEST(a_full_disk_is_told), TEST(values_come_back_as_they_were), TEST(many_open_a_new_one_at_once))
