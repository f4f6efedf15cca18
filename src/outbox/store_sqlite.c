/* SPDX-License-Identifier: MIT */
/* store_sqlite.c - the outbox in a database file: opening it, and its transactions (queue_store.h); what it writes and reads is in store_sqlite_add.c and store_sqlite_look.c */
#include "outbox/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "outbox/claims.h"

#define PATH_MAX_BYTES 4096

static const char *const migrations[] = {
	/* key: the digest's first bytes, for a small index. Bodies over BODY_ROW_BYTES are null: they lie in files. An instant that is never is null.
	 * Ids of mails and runners are never used again: somebody may still speak of them. */
	"create table message (id integer primary key, key integer not null, digest blob not null, size integer not null, body blob);"
	"create index message_key on message (key);"
	"create table route (id integer primary key, accounts text not null unique);"
	"create table mail (id integer primary key autoincrement, message integer not null references message, route integer not null references route, "
	"sender_ascii text, sender_utf8 text, flags integer not null, ret integer not null, envelope_id text, message_id text not null, subject text not null, "
	"origin text not null, queued_ms integer not null, expires_ms integer, finished_ms integer, notice_of integer not null);"
	"create index mail_message on mail (message);"
	"create index mail_expires on mail (expires_ms) where expires_ms is not null;"
	"create index mail_finished on mail (finished_ms) where finished_ms is not null;"
	"create table recipient (id integer primary key, mail integer not null references mail on delete cascade, route integer not null, address_ascii text, "
	"address_utf8 text, notify integer not null, orcpt text, state integer not null, attempts integer not null, unknowns integer not null, due_ms integer, "
	"runner integer, changed_ms integer not null, code integer not null, enhanced text not null, reply text not null, server text not null);"
	"create index recipient_mail on recipient (mail);"
	"create index recipient_due on recipient (route, due_ms) where due_ms is not null;"
	"create index recipient_runner on recipient (runner) where runner is not null;"
	"create table attempt (id integer primary key, recipient integer not null references recipient on delete cascade, at_ms integer not null, "
	"outcome integer not null, code integer not null, enhanced text not null, reply text not null, server text not null);"
	"create index attempt_recipient on attempt (recipient);"
	"create table slot (report text not null, from_ms integer not null, to_ms integer not null, address text not null, "
	"primary key (report, from_ms, to_ms, address)) without rowid;"
	"create table runner (id integer primary key autoincrement, words text not null, begun_ms integer not null);"
	"create table memory (name text primary key, value text not null) without rowid",
};

static const struct store_schema schema = {
	.what = "an outbox of courant",
	.application_id = 0x436f4f31, /* "CoO1" */
	.migrations = migrations,
	.n_migrations = sizeof migrations / sizeof *migrations,
	.keeps_log = true,
};

/* ---- transactions ---- */

static int begin(struct queue_store *store, courant_error **err)
{
	struct store_sqlite *sqlite = (struct store_sqlite *)store;

	sqlite->has_new_files = false;
	return store_begin(sqlite->db, err);
}

/* Names of files are on the disk before anything that speaks of them. */
static int sync_spool(const struct store_sqlite *sqlite, courant_error **err)
{
	AUTO(close) int fd = open(sqlite->spool, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? fail_errno_as(err, COURANT_IO, errno, "cannot write the folder %s", sqlite->spool) : 0;
}

static void rollback(struct queue_store *store)
{
	store_rollback(((struct store_sqlite *)store)->db);
}

static int commit(struct queue_store *store, courant_error **err)
{
	struct store_sqlite *sqlite = (struct store_sqlite *)store;

	if (sqlite->has_new_files && sync_spool(sqlite, err) < 0) {
		rollback(store);
		return -1;
	}
	return store_commit(sqlite->db, err);
}

/* ---- claims ---- */

static int claim(struct queue_store *store, enum claim_kind kind, uint64_t key, courant_error **err)
{
	struct store_sqlite *sqlite = (struct store_sqlite *)store;
	const int is_ours = claims_try(sqlite->claims, kind, key, err);

	if (is_ours > 0 && kind == CLAIM_RUNNER)
		sqlite->runner = key;
	return is_ours;
}

static void drop(struct queue_store *store, enum claim_kind kind, uint64_t key)
{
	struct store_sqlite *sqlite = (struct store_sqlite *)store;

	if (kind == CLAIM_RUNNER && key == sqlite->runner)
		sqlite->runner = 0;
	claims_drop(sqlite->claims, kind, key);
}

static int is_claimed(struct queue_store *store, enum claim_kind kind, uint64_t key, courant_error **err)
{
	const struct store_sqlite *sqlite = (const struct store_sqlite *)store;

	/* A lock does not stand in the way of whoever holds it, and is not seen by them. */
	return kind == CLAIM_RUNNER && key == sqlite->runner ? 1 : claims_look(sqlite->claims, kind, key, err);
}

/* ---- opening ---- */

static void sqlite_free(struct queue_store *store)
{
	struct store_sqlite *sqlite = (struct store_sqlite *)store;

	for (size_t i = 0; i < SQL_COUNT; i++)
		statement_free(sqlite->statements[i]);
	store_free(sqlite->db);
	auto_close(&sqlite->claims);
	free(sqlite->spool);
	free(sqlite);
}

static char *path_beside(const char *path, const char *ending, courant_error **err)
{
	AUTO(buffer) struct buffer text = BUFFER_LIMIT(PATH_MAX_BYTES);
	char *taken = NULL;

	buffer_printf(&text, "%s%s", path, ending);
	(void)buffer_take(&text, &taken, NULL, err);
	return taken;
}

/* A folder for whoever may use the database; files in it belong to its group. */
static int make_spool(const struct store_sqlite *sqlite, mode_t mode, courant_error **err)
{
	const bool has_group = mode & 0060;
	struct stat status;

	if (mkdir(sqlite->spool, 0700) < 0)
		return errno == EEXIST ? 0 : fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot make the folder %s", sqlite->spool);
	if (stat(sqlite->spool, &status) < 0 || (has_group && chmod(sqlite->spool, 02770) < 0))
		return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot make the folder %s", sqlite->spool);
	return 0;
}

static int open_beside(struct store_sqlite *sqlite, const char *path, courant_error **err)
{
	AUTO(free) char *claims = path_beside(path, "-claims", err);
	struct stat status;

	if (!claims)
		return -1;
	if (stat(path, &status) < 0)
		return fail_errno(err, errno, "cannot open %s", path);
	if (make_spool(sqlite, status.st_mode, err) < 0)
		return -1;
	sqlite->claims = claims_open(claims, status.st_mode & 0660, err);
	return sqlite->claims < 0 ? -1 : 0;
}

static const struct queue_store_calls calls = {
	.free = sqlite_free,
	.begin = begin,
	.commit = commit,
	.rollback = rollback,
	.add_message = sqlite_add_message,
	.add_mail = sqlite_add_mail,
	.add_recipient = sqlite_add_recipient,
	.add_attempt = sqlite_add_attempt,
	.add_route = sqlite_add_route,
	.take_slot = sqlite_take_slot,
	.set_recipient = sqlite_set_recipient,
	.set_mail = sqlite_set_mail,
	.remove_recipient = sqlite_remove_recipient,
	.sweep_messages = sqlite_sweep_messages,
	.find_mail = sqlite_find_mail,
	.each_recipient = sqlite_each_recipient,
	.each_attempt = sqlite_each_attempt,
	.each_filtered = sqlite_each_filtered,
	.each_route = sqlite_each_route,
	.open_message = sqlite_open_message,
	.each_due = sqlite_each_due,
	.next_due = sqlite_next_due,
	.each_expired = sqlite_each_expired,
	.each_finished = sqlite_each_finished,
	.hurry = sqlite_hurry,
	.add_runner = sqlite_add_runner,
	.remove_runner = sqlite_remove_runner,
	.each_runner = sqlite_each_runner,
	.each_leased = sqlite_each_leased,
	.claim = claim,
	.drop = drop,
	.is_claimed = is_claimed,
	.remember = sqlite_remember,
	.recall = sqlite_recall,
};

struct queue_store *store_sqlite_open(const char *path, enum outbox_use use, courant_error **err)
{
	static const unsigned flags[] = {[OUTBOX_WRITE] = STORE_CREATE, [OUTBOX_CHANGE] = 0, [OUTBOX_READ] = STORE_READ};
	struct store_sqlite *sqlite = mem_alloc(sizeof *sqlite);
	AUTO(queue_store) struct queue_store *store = sqlite ? &sqlite->store : NULL;

	if (!sqlite) {
		(void)fail_memory(err);
		return NULL;
	}
	sqlite->store.calls = &calls;
	sqlite->claims = -1;
	sqlite->spool = path_beside(path, "-messages", err);
	sqlite->store.spool = sqlite->spool;
	sqlite->db = sqlite->spool ? store_open(path, &schema, flags[use], err) : NULL;
	if (!sqlite->db || (use != OUTBOX_READ && open_beside(sqlite, path, err) < 0))
		return NULL;
	return STEAL(store);
}
