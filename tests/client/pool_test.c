/* SPDX-License-Identifier: MIT */
/* pool_test.c - courant/pool.h, with a server in a thread of the same process */
#include <courant/pool.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "peer.h"
#include "scripted.h"
#include "tap.h"

#define MESSAGE   "From: ops@example.com\r\nSubject: x\r\n\r\nHello\r\n"
#define MAILS_MAX 8

/* What came back, and the mails that went. */
struct tally {
	courant_pool *pool;
	size_t n_back, n_accepted, n_refused, n_deferred, n_results;
	enum courant_code why;
	const struct courant_mail *last;
	void *last_context;
	size_t n_again; /* to be submitted while results are told */
	const struct courant_mail *again;
};

static void note(void *context, const struct courant_pool_report *report)
{
	struct tally *tally = context;

	tally->n_back++;
	tally->last = report->mail;
	tally->last_context = report->context;
	if (report->error)
		tally->why = courant_error_code(report->error);
	for (size_t i = 0; i < report->n_results; i++) {
		tally->n_results++;
		tally->n_accepted += report->results[i].outcome == COURANT_OUTCOME_ACCEPTED;
		tally->n_refused += report->results[i].outcome == COURANT_OUTCOME_REFUSED;
		tally->n_deferred += report->results[i].outcome == COURANT_OUTCOME_DEFERRED;
	}
	if (tally->n_again > 0) {
		tally->n_again--;
		CHECK_INT(courant_pool_submit(tally->pool, tally->again, NULL), 0);
	}
}

static const char *url(const char *parameters, uint16_t port)
{
	static char text[200];

	(void)snprintf(text, sizeof text, "smtp://127.0.0.1:%u?timeout=20%s", (unsigned)port, parameters);
	return text;
}

static courant_pool *pool_for(const struct peer *peer, struct tally *tally, struct courant_pool_options options, courant_error **err)
{
	*tally = (struct tally){0};
	options.server = url("&tls=none", peer_port(peer));
	options.done = note;
	options.done_context = tally;
	tally->pool = courant_pool_new(&options, err);
	return tally->pool;
}

static const struct courant_recipient ann = {.path = {.ascii = "ann@example.org"}};
static const struct courant_recipient mixed[] = {{.path = {.ascii = "ann@example.org"}}, {.path = {.ascii = "x@refused.example"}}};

static void make_mails(struct courant_mail mails[MAILS_MAX], courant_reader *readers[MAILS_MAX])
{
	for (size_t i = 0; i < MAILS_MAX; i++) {
		readers[i] = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, NULL);
		mails[i] = (struct courant_mail){
			.sender = {.ascii = "ops@example.com"}, .recipients = &ann, .n_recipients = 1, .message = readers[i], .context = &mails[i]};
	}
}

static void free_readers(courant_reader *readers[MAILS_MAX])
{
	for (size_t i = 0; i < MAILS_MAX; i++)
		courant_reader_free(readers[i]);
}

/* All of them, as room allows. */
static int send_all(courant_pool *pool, const struct courant_mail mails[MAILS_MAX], courant_error **err)
{
	for (size_t i = 0; i < MAILS_MAX; i++) {
		while (courant_pool_room(pool) == 0)
			if (courant_pool_step(pool, -1, err) < 0)
				return -1;
		if (courant_pool_submit(pool, &mails[i], err) < 0)
			return -1;
	}
	return courant_pool_finish(pool, err);
}

static void every_mail_comes_back_once(void)
{
	static const struct {
		const char *name;
		struct courant_pool_options options;
		struct peer_options peer;
		size_t connections; /* 0: does not matter */
	} rows[] = {
		{"one connection, one after the other", {.connections = 1}, {.mails_a_connection = 0}, 1},
		{"a window of four", {.window = 4}, {.mails_a_connection = 0}, 1},
		{"three mails a connection", {.mails_per_connection = 3}, {.mails_a_connection = 0}, 3},
		{"one mail a connection, whatever the window is", {.mails_per_connection = 1, .window = 4}, {.mails_a_connection = 0}, 8},
		{"as many as there are is not one too many", {.mails_per_connection = 8}, {.mails_a_connection = 0}, 1},
		{"the server closes after two mails without a word", {.connections = 1}, {.server = {.no_pipelining = true}, .mails_a_connection = 2}, 4},
	};
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];

	make_mails(mails, readers);
	EACH (row, rows) {
		struct peer *peer = peer_start(&row->peer);
		courant_error *err = NULL;
		struct tally tally;
		courant_pool *pool = pool_for(peer, &tally, row->options, &err);

		tap_row(row->name);
		CHECK_INT(send_all(pool, mails, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_INT(tally.n_back, MAILS_MAX);
		CHECK_INT(tally.n_accepted, MAILS_MAX);
		CHECK_INT(courant_pool_pending(pool), 0);
		courant_pool_free(pool);
		CHECK_INT(peer_mails(peer), MAILS_MAX);
		if (row->connections > 0)
			CHECK_INT(peer_connections(peer), row->connections);
		peer_stop(peer);
	}
	free_readers(readers);
}

static void room_is_what_may_be_under_way(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];
	courant_error *err = NULL;
	struct tally tally;
	courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.window = 3}, &err);
	const size_t room = courant_pool_room(pool);

	make_mails(mails, readers);
	CHECK(room >= 3 && room < MAILS_MAX);
	for (size_t i = 0; i < room; i++)
		CHECK_INT(courant_pool_submit(pool, &mails[i], &err), 0);
	CHECK_INT(courant_pool_room(pool), 0);
	CHECK_INT(courant_pool_pending(pool), room);
	CHECK_INT(courant_pool_submit(pool, &mails[room], &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "no room");
	CHECK_INT(courant_pool_pending(pool), room);
	CHECK_INT(peer_connections(peer), 0);
	CHECK_INT(courant_pool_step(pool, 0, &err), 0);
	CHECK_INT(courant_pool_finish(pool, &err), 0);
	CHECK_INT(courant_pool_room(pool), room);
	tap_row("nothing to do is done at once");
	CHECK_INT(courant_pool_step(pool, -1, &err), 0);
	CHECK_NO_ERROR(err);
	tap_row("no recipient");
	mails[0].n_recipients = 0;
	CHECK_INT(courant_pool_submit(pool, &mails[0], &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "recipient");
	CHECK_INT(courant_pool_pending(pool), 0);
	courant_pool_free(pool);
	free_readers(readers);
	peer_stop(peer);
}

static void each_recipient_has_its_result(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	struct tally tally;
	courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.window = 2}, &err);
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	int own;
	const struct courant_mail mail = {
		.sender = {.ascii = "ops@example.com"}, .recipients = mixed, .n_recipients = 2, .message = message, .context = &own};

	/* One more while the first one is told. */
	tally.n_again = 1;
	tally.again = &mail;
	CHECK_INT(courant_pool_submit(pool, &mail, &err), 0);
	CHECK_INT(courant_pool_finish(pool, &err), 0);
	CHECK_INT(tally.n_back, 2);
	CHECK_INT(tally.n_results, 4);
	CHECK_INT(tally.n_accepted, 2);
	CHECK_INT(tally.n_refused, 2);
	CHECK(tally.last == &mail);
	CHECK(tally.last_context == &own);
	courant_pool_free(pool);
	peer_stop(peer);
}

static void a_composed_message_goes_to_its_recipients(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true, .require_login = true}});
	courant_error *err = NULL;
	struct tally tally = {0};
	char server[200];
	const struct courant_pool_options options = {.server = server, .password = "secret", .done = note, .done_context = &tally};
	courant_message *message = courant_message_new(&err);
	int own;

	(void)snprintf(server, sizeof server, "smtp://ops@127.0.0.1:%u?tls=opportunistic&auth=plain", (unsigned)peer_port(peer));
	courant_pool *pool = courant_pool_new(&options, &err);
	CHECK_NO_ERROR(err);
	CHECK_INT(courant_message_set_from(message, "Ops <ops@example.com>", &err), 0);
	CHECK_INT(courant_message_add_to(message, "ann@example.org, bob@example.org", &err), 0);
	CHECK_INT(courant_message_set_text(message, "你好\n", &err), 0);
	CHECK_INT(courant_pool_submit_message(pool, message, &own, &err), 0);
	CHECK_INT(courant_pool_finish(pool, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(tally.last_context == &own);
	/* A password is not told to whom nobody knows. */
	CHECK_INT(tally.n_back, 1);
	CHECK_INT(tally.n_accepted, 0);
	courant_pool_free(pool);
	courant_message_free(message);
	peer_stop(peer);
}

static void so_many_a_minute_are_evenly_spaced(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];
	courant_error *err = NULL;
	struct tally tally;
	/* 20 ms from one to the next. */
	courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.window = 4, .mails_per_minute = 3000}, &err);
	const int64_t begun_ms = clock_monotonic_ms();

	make_mails(mails, readers);
	CHECK_INT(send_all(pool, mails, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(tally.n_accepted, MAILS_MAX);
	CHECK(clock_monotonic_ms() - begun_ms >= (MAILS_MAX - 1) * 20 - MAILS_MAX);
	courant_pool_free(pool);
	free_readers(readers);
	peer_stop(peer);
}

static void a_server_that_is_not_there_costs_no_mail(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];
	courant_error *err = NULL;
	struct tally tally;
	courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.window = 3}, &err);

	make_mails(mails, readers);
	peer_stop(peer);
	for (int round = 1; round <= 2; round++) {
		CHECK_INT(courant_pool_submit(pool, &mails[0], &err), 0);
		CHECK_INT(courant_pool_submit(pool, &mails[1], &err), 0);
		CHECK_INT(courant_pool_finish(pool, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_INT(tally.n_back, 2 * round);
		CHECK_INT(tally.n_deferred, 2 * round);
		CHECK_INT(tally.why, COURANT_TEMPORARY);
	}
	courant_pool_free(pool);
	free_readers(readers);
}

static void the_end_does_not_wait_for_a_connection_that_is_not_there_yet(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.greets = 1});
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];
	courant_error *err = NULL;
	struct tally tally;
	courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.connections = 2}, &err);
	const int64_t begun_ms = clock_monotonic_ms();

	make_mails(mails, readers);
	CHECK_INT(send_all(pool, mails, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(tally.n_accepted, MAILS_MAX);
	/* Its greeting would have 20 s. */
	CHECK(clock_monotonic_ms() - begun_ms < 15000);
	courant_pool_free(pool);
	free_readers(readers);
	peer_stop(peer);
}

/* After its sender was taken a mail is begun: it is not given to another connection. */
static void a_mail_that_was_begun_is_not_sent_again(void)
{
	static const char *const says[] = {"220 mx\r\n", "250 mx\r\n", "250 sender\r\n", "250 recipient\r\n", "354 go on\r\n", "", "", "", "", "250 taken\r\n",
					   "250 sender\r\n", "250 recipient\r\n", NULL};
	struct scripted *server = scripted_start_many(says, 2);
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];
	courant_error *err = NULL;
	struct tally tally = {0};
	const struct courant_pool_options options = {.server = url("&tls=none", scripted_port(server)), .done = note, .done_context = &tally};
	courant_pool *pool = courant_pool_new(&options, &err);

	make_mails(mails, readers);
	CHECK_INT(courant_pool_submit(pool, &mails[0], &err), 0);
	CHECK_INT(courant_pool_submit(pool, &mails[1], &err), 0);
	CHECK_INT(courant_pool_finish(pool, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(tally.n_accepted, 1);
	CHECK_INT(tally.n_deferred, 1);
	CHECK_INT(scripted_connections(server), 1);
	courant_pool_free(pool);
	free_readers(readers);
	scripted_stop(server);
}

static void a_cancelled_pool_gives_everything_back(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	struct courant_mail mails[MAILS_MAX];
	courant_reader *readers[MAILS_MAX];
	courant_error *err = NULL;
	struct tally tally;
	courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.window = 3}, &err);

	make_mails(mails, readers);
	CHECK_INT(courant_pool_submit(pool, &mails[0], &err), 0);
	CHECK_INT(courant_pool_submit(pool, &mails[1], &err), 0);
	courant_pool_cancel(pool);
	CHECK_INT(courant_pool_room(pool), 0);
	CHECK_INT(courant_pool_finish(pool, &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped");
	CHECK_INT(tally.n_back, 2);
	CHECK_INT(tally.n_deferred, 2);
	CHECK_INT(tally.why, COURANT_CANCELLED);
	CHECK_INT(courant_pool_submit(pool, &mails[2], &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped");
	CHECK_INT(courant_pool_finish(pool, &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped");
	courant_pool_free(pool);
	free_readers(readers);
	peer_stop(peer);
}

static void wrong_servers_are_told_at_once(void)
{
	static const struct {
		const char *server;
		int code;
		const char *words;
	} rows[] = {
		{NULL, COURANT_USAGE, "server"},
		{"", COURANT_USAGE, ""},
		{"gopher://mail.example.com", COURANT_USAGE, "gopher"},
		{"smtp://mail.example.com?ca_file=/nonexistent/ca.pem", COURANT_NO_INPUT, "/nonexistent/ca.pem"},
	};
	EACH (row, rows) {
		courant_error *err = NULL;

		tap_row(row->server ? row->server : "none");
		CHECK(!courant_pool_new(&(struct courant_pool_options){.server = row->server}, &err));
		CHECK_ERROR(err, row->code, row->words);
	}
	courant_pool_free(NULL);
}

static void a_file_is_a_server_too(void)
{
	courant_error *err = NULL;
	struct tally tally = {0};
	char server[300];
	const struct courant_pool_options options = {.server = server, .done = note, .done_context = &tally};
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	const struct courant_mail mail = {.sender = {.ascii = ""}, .recipients = &ann, .n_recipients = 1, .message = message};

	(void)snprintf(server, sizeof server, "file:%s/out.eml", tap_folder());
	courant_pool *pool = courant_pool_new(&options, &err);
	CHECK_INT(courant_pool_submit(pool, &mail, &err), 0);
	CHECK_INT(courant_pool_finish(pool, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(tally.n_accepted, 1);
	courant_pool_free(pool);
}

/* By SMTP an address is checked because it would end its command early; in a file it would begin another header field. */
static void an_address_that_holds_a_header_goes_no_way(void)
{
	static const char *const ways[] = {"maildir:", "file:", "sendmail:"};
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, NULL);
	const struct courant_recipient injecting = {.path = {.ascii = "ann@example.org\nX-Injected: yes"}};
	const struct courant_mail mails[] = {
		{.sender = {.ascii = "a@example.com>\nX-Injected: yes\nX: <"}, .recipients = &ann, .n_recipients = 1, .message = message},
		{.sender = {.utf8 = "a@example.com>\r\nX-Injected: yes"}, .recipients = &ann, .n_recipients = 1, .message = message},
		{.sender = {.ascii = "a@example.com"}, .recipients = &injecting, .n_recipients = 1, .message = message},
	};
	char server[400], path[400];

	EACH (way, ways) {
		struct tally tally = {0};
		courant_error *err = NULL;

		tap_row(*way);
		(void)snprintf(server, sizeof server, "%s%s/%s", *way, tap_folder(), way == &ways[0] ? "injected" : "injected.eml");
		courant_pool *pool = courant_pool_new(&(struct courant_pool_options){.server = server, .done = note, .done_context = &tally}, &err);
		CHECK_NO_ERROR(err);
		EACH (mail, mails)
			CHECK_INT(courant_pool_submit(pool, mail, &err), 0);
		CHECK_INT(courant_pool_finish(pool, &err), 0);
		CHECK_INT(tally.n_back, 3);
		CHECK_INT(tally.n_refused, 3);
		CHECK_INT(tally.why, COURANT_INVALID);
		courant_pool_free(pool);
	}
	(void)snprintf(path, sizeof path, "%s/injected.eml", tap_folder());
	CHECK(access(path, F_OK) < 0);
	(void)snprintf(path, sizeof path, "%s/injected/new", tap_folder());
	CHECK(rmdir(path) == 0);
}

static void each_allocation_may_fail(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "ops@example.com"}, .recipients = mixed, .n_recipients = 2, .message = message};

	EACH_ALLOCATION {
		courant_error *err = NULL;
		struct tally tally;
		courant_pool *pool = pool_for(peer, &tally, (struct courant_pool_options){.window = 2}, &err);

		if (pool && courant_pool_submit(pool, &mail, &err) == 0) {
			(void)courant_pool_finish(pool, &err);
			CHECK_INT(tally.n_back, 1);
		}
		courant_pool_free(pool);
		courant_error_free(err);
	}
	courant_reader_free(message);
	peer_stop(peer);
}

TESTS(TEST(every_mail_comes_back_once), TEST(the_end_does_not_wait_for_a_connection_that_is_not_there_yet), TEST(a_mail_that_was_begun_is_not_sent_again),
      TEST(room_is_what_may_be_under_way), TEST(each_recipient_has_its_result),
      TEST(a_composed_message_goes_to_its_recipients), TEST(so_many_a_minute_are_evenly_spaced), TEST(a_server_that_is_not_there_costs_no_mail),
      TEST(a_cancelled_pool_gives_everything_back), TEST(wrong_servers_are_told_at_once), TEST(a_file_is_a_server_too), TEST(an_address_that_holds_a_header_goes_no_way), TEST(each_allocation_may_fail))
