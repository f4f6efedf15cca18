/* SPDX-License-Identifier: MIT */
/* session_test.c - courant/smtp.h, with a server in a thread of the same process */
#include <courant/smtp.h>

#include "base/file.h"
#include "peer.h"
#include "scripted.h"
#include "tap.h"

#define MESSAGE "From: ops@example.com\r\nSubject: x\r\n\r\nHello\r\n.\r\n..two\r\n"

static const char *const two[] = {"ann@example.org", "bob@example.org"};

static courant_smtp *session_for(const struct peer *peer, enum courant_tls tls, courant_error **err)
{
	const struct courant_tls_options options = {.ca_pem = peer_certificate(peer)};
	courant_smtp *smtp = courant_smtp_new(NULL, 0, err);

	if (smtp && courant_smtp_set_tls(smtp, tls, &options, err) == 0) {
		courant_smtp_set_timeout(smtp, 20000);
		if (courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), err) == 0)
			return smtp;
	}
	courant_smtp_free(smtp);
	return NULL;
}

static void a_session_goes_step_by_step(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true, .require_login = true}});
	courant_error *err = NULL;
	courant_smtp *smtp = session_for(peer, COURANT_TLS_STARTTLS, &err);
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);

	CHECK_INT(courant_smtp_reply_code(smtp), 220);
	CHECK_INT(courant_smtp_ehlo(smtp, NULL, &err), 0);
	CHECK(courant_smtp_extension(smtp, "starttls"));
	CHECK(!courant_smtp_extension(smtp, "AUTH"));
	CHECK(!courant_smtp_tls_version(smtp));
	CHECK_INT(courant_smtp_starttls(smtp, NULL, &err), 0);
	CHECK_TEXT(courant_smtp_tls_version(smtp), "TLSv1.3");
	CHECK(courant_smtp_tls_is_verified(smtp));
	CHECK_INT(courant_smtp_starttls(smtp, &(struct courant_tls_options){.ca_pem = peer_certificate(peer)}, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "has TLS already");
	CHECK_TEXT(courant_smtp_extension(smtp, "auth"), "PLAIN LOGIN");
	CHECK_INT(courant_smtp_login(smtp, "ops", "secret", &err), 0);
	CHECK_TEXT(courant_smtp_login_mechanism(smtp), "PLAIN");
	CHECK_INT(courant_smtp_noop(smtp, &err), 0);
	CHECK_INT(courant_smtp_rset(smtp, &err), 0);
	CHECK_INT(courant_smtp_verify(smtp, "ann", &err), 0);
	CHECK_INT(courant_smtp_reply_code(smtp), 252);
	CHECK_NO_ERROR(err);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_INT(courant_smtp_result_count(smtp), 2);
		CHECK_INT(courant_smtp_result(smtp, 1)->outcome, COURANT_OUTCOME_ACCEPTED);
		CHECK_TEXT(courant_smtp_result(smtp, 1)->text, "kept");
		CHECK(!courant_smtp_result(smtp, 2));
	}
	courant_smtp_quit(smtp);
	CHECK_INT(courant_smtp_noop(smtp, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "not connected");
	courant_smtp_free(smtp);
	CHECK_INT(peer_mails(peer), 2);
	CHECK_SLICE(peer_message(peer), SLICE(MESSAGE));
	CHECK_INT(peer_recipients(peer), 2);
	peer_stop(peer);
}

static void steps_left_out_are_made(void)
{
	static const struct {
		const char *name;
		enum courant_tls tls;
		struct server_options server;
	} rows[] = {
		{"STARTTLS", COURANT_TLS_STARTTLS, {.offer_tls = true, .require_tls = true}},
		{"TLS from the start", COURANT_TLS_IMPLICIT, {.is_tls = true}},
		{"in clear, as was asked for", COURANT_TLS_NONE, {.offer_tls = true}},
		{"opportunistic, with TLS", COURANT_TLS_OPPORTUNISTIC, {.offer_tls = true, .require_tls = true}},
		{"opportunistic, without", COURANT_TLS_OPPORTUNISTIC, {.offer_tls = false}},
		{"without CHUNKING and PIPELINING", COURANT_TLS_NONE, {.no_chunking = true, .no_pipelining = true}},
	};
	EACH (row, rows) {
		struct peer *peer = peer_start(&(struct peer_options){.server = row->server});
		courant_error *err = NULL;
		AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);

		tap_row(row->name);
		courant_smtp *smtp = session_for(peer, row->tls, &err);
		CHECK_INT(smtp ? courant_smtp_sendmail(smtp, "", two, 2, message, NULL, &err) : -1, 0);
		CHECK_NO_ERROR(err);
		courant_smtp_free(smtp);
		CHECK_SLICE(peer_message(peer), SLICE(MESSAGE));
		peer_stop(peer);
	}
}

static void without_tls_nothing_is_said(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = session_for(peer, COURANT_TLS_STARTTLS, &err);

	CHECK_INT(courant_smtp_login(smtp, "ops", "secret", &err), -1);
	CHECK_ERROR(err, COURANT_TLS, "STARTTLS");
	CHECK_INT(courant_smtp_command(smtp, "HELP", &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "not connected");
	courant_smtp_free(smtp);
	smtp = session_for(peer, COURANT_TLS_STARTTLS, &err);
	CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", two, 2, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_TLS, "STARTTLS");
	courant_smtp_free(smtp);
	CHECK_INT(peer_mails(peer), 0);
	peer_stop(peer);
}

static void one_refused_recipient_is_told_and_the_other_served(void)
{
	static const char *const both[] = {"x@refused.example", "ann@example.org"};
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);

	CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", both, 2, message, NULL, &err), -1);
	CHECK_INT(courant_error_reply(err), 550);
	CHECK_ERROR(err, COURANT_REFUSED, "x@refused.example");
	CHECK_INT(courant_smtp_result(smtp, 0)->outcome, COURANT_OUTCOME_REFUSED);
	CHECK_INT(courant_smtp_result(smtp, 0)->phase, COURANT_PHASE_RCPT);
	CHECK_INT(courant_smtp_result(smtp, 1)->outcome, COURANT_OUTCOME_ACCEPTED);
	courant_smtp_free(smtp);
	CHECK_INT(peer_recipients(peer), 1);
	peer_stop(peer);
}

static void addresses_that_are_none_stay_here(void)
{
	static const char *const rows[] = {"ann", "@example.org", "ann@", "ann@example.org\r\nDATA", "ann@exa mple.org", "ann@example..org", "", NULL};
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		tap_row(rows[i] ? rows[i] : "NULL");
		CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", &rows[i], 1, message, NULL, &err), -1);
		CHECK_ERROR(err, COURANT_INVALID, "address");
	}
	tap_row("no sender");
	CHECK_INT(courant_smtp_sendmail(smtp, NULL, two, 1, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "address");
	tap_row("none at all");
	CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", rows, 0, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "recipient");
	tap_row("and the session is as before");
	CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", two, 1, message, NULL, &err), 0);
	courant_smtp_free(smtp);
	peer_stop(peer);
}

static void wrong_passwords_and_stops_are_told(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true, .require_login = true}});
	courant_error *err = NULL;
	courant_smtp *smtp = session_for(peer, COURANT_TLS_STARTTLS, &err);

	CHECK_INT(courant_smtp_login(smtp, "ops", "wrong", &err), -1);
	CHECK_INT(courant_error_reply(err), 535);
	CHECK_ERROR(err, COURANT_LOGIN, "refuses the login");
	courant_smtp_free(smtp);

	smtp = session_for(peer, COURANT_TLS_STARTTLS, &err);
	courant_smtp_cancel(smtp);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(courant_smtp_ehlo(smtp, NULL, &err), -1);
		CHECK_ERROR(err, COURANT_CANCELLED, "stopped on request");
	}
	CHECK_INT(courant_smtp_command(smtp, "HELP", &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped on request");
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped on request");
	courant_smtp_free(smtp);
	peer_stop(peer);
}

static void cancel_behind_the_end(void *context, enum courant_direction direction, const char *line, size_t n)
{
	if (direction == COURANT_NOTE && slice_equal(slice_from(line, n), SLICE("the message has been sent")))
		courant_smtp_cancel(context);
}

/* Whoever sends it again must know that it may be there twice then. */
static void a_stop_behind_the_end_of_a_message_leaves_it_unknown(void)
{
	static const char *const says[] = {"220 mx\r\n", "250 mx\r\n", "250 sender\r\n", "250 recipient\r\n", "354 go on\r\n", "", "", "", NULL};
	static const char short_message[] = "Subject: x\r\n\r\nHello\r\n";
	struct scripted *server = scripted_start(says);
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(short_message, sizeof short_message - 1, &err);
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	courant_smtp_set_trace(smtp, cancel_behind_the_end, smtp);
	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_NONE, NULL, &err), 0);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", scripted_port(server), &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped on request");
	CHECK(slice_ends(scripted_heard(server), SLICE("Hello\r\n.\r\n")));
	CHECK_INT(courant_smtp_result_count(smtp), 1);
	CHECK_INT(courant_smtp_result(smtp, 0)->outcome, COURANT_OUTCOME_UNKNOWN);
	CHECK_INT(courant_smtp_result(smtp, 0)->phase, COURANT_PHASE_FINAL);
	CHECK_TEXT(courant_smtp_result(smtp, 0)->text, "stopped on request");
	tap_row("the next one did not begin");
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_CANCELLED, "stopped on request");
	CHECK_INT(courant_smtp_result(smtp, 0)->outcome, COURANT_OUTCOME_DEFERRED);
	CHECK_TEXT(courant_smtp_result(smtp, 0)->text, "stopped on request");
	courant_smtp_free(smtp);
	scripted_stop(server);
}

/* Not those of the mail before. */
static void a_mail_that_stays_here_has_results_of_its_own(void)
{
	static const struct {
		const char *name, *address;
		int outcome;
		const char *words;
	} rows[] = {
		{"one that is sent", "ann@example.org", COURANT_OUTCOME_ACCEPTED, "kept"},
		{"no address", "ann", COURANT_OUTCOME_REFUSED, "not a mail address"},
		{"one that the engine refuses", "a b@example.org", COURANT_OUTCOME_REFUSED, "a b@example.org"},
	};
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", &row->address, 1, message, NULL, NULL), row->outcome == COURANT_OUTCOME_ACCEPTED ? 0 : -1);
		CHECK_INT(courant_smtp_result_count(smtp), 1);
		CHECK_INT(courant_smtp_result(smtp, 0)->outcome, row->outcome);
		CHECK(strstr(courant_smtp_result(smtp, 0)->text, row->words));
		CHECK_INT(courant_smtp_result(smtp, 0)->text_size, strlen(courant_smtp_result(smtp, 0)->text));
	}
	tap_row("without a connection");
	courant_smtp_close(smtp);
	CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", two, 2, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "not connected");
	CHECK_INT(courant_smtp_result_count(smtp), 2);
	CHECK_INT(courant_smtp_result(smtp, 1)->outcome, COURANT_OUTCOME_DEFERRED);
	CHECK_TEXT(courant_smtp_result(smtp, 1)->text, "the session is not connected");
	courant_smtp_free(smtp);
	peer_stop(peer);
}

static void count_line(void *context, enum courant_direction direction, const char *line, size_t n)
{
	size_t *lines = context;

	lines[direction]++;
	CHECK(slice_find_slice(slice_from(line, n), SLICE("c2VjcmV0")) == SLICE_NONE);
	CHECK(slice_find_slice(slice_from(line, n), SLICE("secret")) == SLICE_NONE);
}

static void note_progress(void *context, uint64_t sent_bytes, uint64_t size_bytes)
{
	uint64_t *last = context;

	CHECK(sent_bytes >= *last && sent_bytes <= size_bytes);
	*last = sent_bytes;
}

static void trace_and_progress_are_called(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true, .require_login = true}});
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	const struct courant_tls_options options = {.ca_pem = peer_certificate(peer)};
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);
	size_t lines[3] = {0};
	uint64_t sent = 0;

	courant_smtp_set_trace(smtp, count_line, lines);
	courant_smtp_set_progress(smtp, note_progress, &sent);
	CHECK_INT(courant_smtp_set_hello(smtp, "me\r\nQUIT", &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "");
	CHECK_INT(courant_smtp_set_hello(smtp, "client.example.com", &err), 0);
	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_STARTTLS, &options, &err), 0);
	CHECK_INT(courant_smtp_connect(smtp, "localhost", peer_port(peer), &err), 0);
	CHECK_INT(courant_smtp_login(smtp, "ops", "secret", &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "a@example.com", two, 2, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	courant_smtp_quit(smtp);
	courant_smtp_free(smtp);
	CHECK(lines[COURANT_FROM_CLIENT] >= 8);
	CHECK(lines[COURANT_FROM_SERVER] >= 8);
	CHECK(lines[COURANT_NOTE] >= 2);
	CHECK_INT(sent, sizeof MESSAGE - 1);
	peer_stop(peer);
}

static void a_composed_message_is_sent_to_its_recipients(void)
{
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);
	courant_message *message = courant_message_new(&err);

	CHECK_INT(courant_message_set_from(message, "运维 <ops@example.com>", &err), 0);
	CHECK_INT(courant_message_add_to(message, "ann@example.org, bob@例子.example", &err), 0);
	CHECK_INT(courant_message_add_bcc(message, "carol@example.org", &err), 0);
	CHECK_INT(courant_message_set_text(message, "你好\n", &err), 0);
	CHECK_INT(courant_smtp_send_message(smtp, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(peer_recipients(peer), 3);
	CHECK(slice_find_slice(peer_message(peer), SLICE("carol")) == SLICE_NONE);
	courant_message_free(message);
	courant_smtp_free(smtp);
	peer_stop(peer);
}

/* An attachment that counts how often it is read to its end. */
struct counted {
	size_t at, n_ends;
};

static int counted_read(void *context, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	struct counted *counted = context;
	const slice rest = slice_part(SLICE("0123456789"), counted->at, size);

	(void)err;
	if (rest.len)
		memcpy(into, rest.ptr, rest.len);
	counted->at += rest.len;
	counted->n_ends += rest.len == 0;
	*ret_n = rest.len;
	return 0;
}

static int counted_rewind(void *context, courant_error **err)
{
	(void)err;
	((struct counted *)context)->at = 0;
	return 0;
}

static bool counted_size(void *context, uint64_t *ret_bytes)
{
	(void)context;
	*ret_bytes = 10;
	return true;
}

static void a_composed_message_is_read_once(void)
{
	static const struct courant_reader_calls calls = {counted_read, counted_rewind, counted_size, NULL};
	struct counted counted = {0};
	struct peer *peer = peer_start(&(struct peer_options){0});
	courant_error *err = NULL;
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);
	courant_message *message = courant_message_new(&err);

	CHECK_INT(courant_message_set_from(message, "ops@example.com", &err), 0);
	CHECK_INT(courant_message_add_to(message, "ann@example.org", &err), 0);
	CHECK_INT(courant_message_attach(message, courant_data_new(courant_reader_new(&calls, &counted, &err), "application/octet-stream", &err), &err), 0);
	CHECK_INT(courant_smtp_send_message(smtp, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(slice_find_slice(peer_message(peer), SLICE("MDEyMzQ1Njc4OQ==")) != SLICE_NONE);
	CHECK_INT(counted.n_ends, 1);
	courant_message_free(message);
	courant_smtp_free(smtp);
	peer_stop(peer);
}

static void a_connection_resumes_the_last_one_s_tls(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true}});
	courant_error *err = NULL;
	courant_smtp *smtp = session_for(peer, COURANT_TLS_STARTTLS, &err);

	CHECK_INT(courant_smtp_noop(smtp, &err), 0);
	CHECK(!courant_smtp_tls_is_resumed(smtp));
	courant_smtp_quit(smtp);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), &err), 0);
	CHECK_INT(courant_smtp_noop(smtp, &err), 0);
	CHECK(courant_smtp_tls_is_resumed(smtp));
	CHECK(courant_smtp_tls_is_verified(smtp));
	CHECK_NO_ERROR(err);
	courant_smtp_free(smtp);
	peer_stop(peer);
}

static void a_connection_closed_while_idle_is_made_anew(void)
{
	static const struct {
		const char *name;
		size_t mails_a_connection, connections;
		struct server_options server;
		enum courant_tls tls;
		bool logs_in;
	} rows[] = {
		{"in clear", 1, 4, {.no_chunking = true}, COURANT_TLS_NONE, false},
		{"after two mails", 2, 2, {.no_chunking = true}, COURANT_TLS_NONE, false},
		{"with TLS and a login", 1, 4, {.no_chunking = true, .offer_tls = true, .require_tls = true, .require_login = true}, COURANT_TLS_STARTTLS, true},
		{"not closed", 0, 1, {.no_chunking = true}, COURANT_TLS_NONE, false},
	};
	/* Without CHUNKING the message waits for an answer: the server closes in the instant of MAIL, or before it. */
	EACH (row, rows) {
		struct peer *peer = peer_start(&(struct peer_options){.server = row->server, .mails_a_connection = row->mails_a_connection});
		courant_error *err = NULL;
		AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
		courant_smtp *smtp = session_for(peer, row->tls, &err);

		tap_row(row->name);
		if (row->logs_in)
			CHECK_INT(courant_smtp_login(smtp, "ops", "secret", &err), 0);
		for (int i = 0; i < 4; i++) {
			CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err), 0);
			CHECK_NO_ERROR(err);
			CHECK_INT(courant_smtp_result(smtp, 1)->outcome, COURANT_OUTCOME_ACCEPTED);
		}
		CHECK_INT(peer_mails(peer), 4);
		CHECK_INT(peer_connections(peer), row->connections);
		tap_row("what the caller has closed stays closed");
		courant_smtp_close(smtp);
		CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err), -1);
		CHECK_ERROR(err, COURANT_USAGE, "not connected");
		courant_smtp_free(smtp);
		peer_stop(peer);
	}
}

static size_t count(slice text, slice part)
{
	size_t n = 0;

	for (size_t at; (at = slice_find_slice(text, part)) != SLICE_NONE; n++)
		text = slice_after(text, at + part.len);
	return n;
}

/* One mail a connection, and one recipient a mail: RFC 9422. */
static void a_server_that_takes_little_is_asked_again(void)
{
	static const char *const says[] = {"220 mx\r\n", "250-mx\r\n250 LIMITS MAILMAX=1 RCPTMAX=1\r\n", "250 sender\r\n", "250 recipient\r\n",
					   "354 go on\r\n", "", "", "", "250 taken\r\n", "221 bye\r\n", NULL};
	static const char short_message[] = "Subject: x\r\n\r\nHello\r\n";
	struct scripted *scripted = scripted_start_many(says, 3);
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(short_message, sizeof short_message - 1, &err);
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_NONE, NULL, &err), 0);
	courant_smtp_set_timeout(smtp, 20000);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", scripted_port(scripted), &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	for (size_t i = 0; i < 2; i++) {
		CHECK_INT(courant_smtp_result(smtp, i)->outcome, COURANT_OUTCOME_ACCEPTED);
		CHECK_TEXT(courant_smtp_result(smtp, i)->text, "taken");
	}
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	courant_smtp_quit(smtp);
	courant_smtp_free(smtp);

	const slice heard = scripted_heard(scripted);

	CHECK_INT(count(heard, SLICE("EHLO ")), 3);
	CHECK_INT(count(heard, SLICE("QUIT\r\n")), 3);
	CHECK_INT(count(heard, SLICE("RCPT TO:<ann@example.org>\r\n")), 2);
	CHECK_INT(count(heard, SLICE("RCPT TO:<bob@example.org>\r\n")), 1);
	CHECK_INT(count(heard, SLICE("Hello\r\n.\r\n")), 3);
	scripted_stop(scripted);
}

/* After its sender was taken a mail is begun: it is not given to another connection (it would be in the middle of two). */
static void a_mail_that_was_begun_is_not_sent_again(void)
{
	static const char *const says[] = {"220 mx\r\n", "250 mx\r\n", "250 sender\r\n", "250 recipient\r\n", "354 go on\r\n", "", "", "", "250 taken\r\n",
					   "250 sender\r\n", "250 recipient\r\n", NULL};
	static const char short_message[] = "Subject: x\r\n\r\nHello\r\n";
	struct scripted *server = scripted_start_many(says, 2);
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(short_message, sizeof short_message - 1, &err);
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_NONE, NULL, &err), 0);
	courant_smtp_set_timeout(smtp, 5000);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", scripted_port(server), &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_TEMPORARY, "DATA");
	CHECK_INT(courant_smtp_result(smtp, 0)->outcome, COURANT_OUTCOME_DEFERRED);
	CHECK_INT(courant_smtp_result(smtp, 0)->phase, COURANT_PHASE_DATA);
	courant_smtp_free(smtp);
	CHECK_INT(scripted_connections(server), 1);
	scripted_stop(server);
}

static void a_server_that_has_gone_for_good_is_told(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.no_chunking = true}, .mails_a_connection = 1});
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);

	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	peer_stop(peer);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_TEMPORARY, "127.0.0.1");
	CHECK_INT(courant_smtp_result_count(smtp), 2);
	CHECK_INT(courant_smtp_result(smtp, 0)->outcome, COURANT_OUTCOME_DEFERRED);
	courant_smtp_free(smtp);
}

static void note_commands(void *context, enum courant_direction direction, const char *line, size_t n)
{
	struct buffer *said = context;

	if (direction != COURANT_FROM_CLIENT)
		return;
	buffer_append(said, slice_from(line, n));
	buffer_append_byte(said, '\n');
}

static bool has_said(const struct buffer *said, const char *line)
{
	return slice_find_slice(buffer_peek(said), slice_of(line)) != SLICE_NONE;
}

static void greetings_are_what_was_asked_for(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.no_chunking = true}, .mails_a_connection = 1});
	AUTO(buffer) struct buffer said = BUFFER_LIMIT(10000);
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	courant_smtp_set_trace(smtp, note_commands, &said);
	CHECK_INT(courant_smtp_helo(smtp, NULL, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "not connected");
	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_NONE, NULL, &err), 0);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), &err), 0);
	CHECK_INT(courant_smtp_ehlo(smtp, "no name", &err), -1);
	CHECK_ERROR(err, COURANT_INVALID, "no name");
	CHECK_INT(courant_smtp_helo(smtp, "one.example", &err), 0);
	CHECK(!courant_smtp_extension(smtp, "SIZE"));
	/* The second mail goes over a connection of its own, which is greeted in the same way. */
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 1, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(!has_said(&said, "EHLO"));
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), &err), 0);
	CHECK_INT(courant_smtp_ehlo(smtp, NULL, &err), 0);
	CHECK(has_said(&said, "EHLO one.example\n"));
	CHECK(courant_smtp_extension(smtp, "SIZE"));
	CHECK_INT(courant_smtp_command(smtp, "HELP", &err), 0);
	CHECK(courant_smtp_reply_code(smtp) >= 200);
	CHECK_INT(courant_smtp_command(smtp, "MAIL FROM:<a@x>", &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "MAIL");
	courant_smtp_free(smtp);
	peer_stop(peer);
}

/* The peer knows no parameters of RCPT; what goes to it is what counts here. */
static void options_of_session_message_and_recipient(void)
{
	static const struct courant_send_options session = {.mail_parameters = "BODY=8BITMIME", .recipient_parameters = "X-ALL=1"};
	static const struct courant_recipient_options each[] = {{.parameters = "X-ONE=2"}, {.notify = COURANT_NOTIFY_NEVER}};
	static const struct courant_send_options own = {.mail_parameters = "BODY=7BIT", .recipients = each, .n_recipients = 2};
	static const char *const three[] = {"ann@example.org", "bob@example.org", "carol@example.org"};
	struct peer *peer = peer_start(&(struct peer_options){0});
	AUTO(buffer) struct buffer said = BUFFER_LIMIT(10000);
	courant_error *err = NULL;
	AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
	courant_smtp *smtp = session_for(peer, COURANT_TLS_NONE, &err);

	courant_smtp_set_trace(smtp, note_commands, &said);
	courant_smtp_close(smtp);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), &err), 0);
	CHECK_INT(courant_smtp_set_send_options(smtp, &own, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "single recipients");
	CHECK_INT(courant_smtp_set_send_options(smtp, &session, &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", three, 1, message, NULL, NULL), -1);
	CHECK(has_said(&said, " BODY=8BITMIME\n"));
	CHECK(has_said(&said, "RCPT TO:<ann@example.org> X-ALL=1\n"));
	buffer_cut(&said, 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", three, 3, message, &own, NULL), -1);
	CHECK(has_said(&said, " BODY=7BIT\n"));
	CHECK(has_said(&said, "RCPT TO:<ann@example.org> X-ONE=2\n"));
	CHECK(has_said(&said, "RCPT TO:<bob@example.org> X-ALL=1\n"));
	CHECK(has_said(&said, "RCPT TO:<carol@example.org> X-ALL=1\n"));
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", three, 1, message, &own, &err), -1);
	CHECK_ERROR(err, COURANT_USAGE, "options for 2 recipients");
	CHECK_INT(courant_smtp_set_send_options(smtp, NULL, &err), 0);
	CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", three, 1, message, NULL, &err), 0);
	CHECK_NO_ERROR(err);
	courant_smtp_free(smtp);
	peer_stop(peer);
}

static void opportunistic_goes_on_in_clear(void)
{
	static const char *const says[] = {"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "454 not now\r\n", "250 ok\r\n", "221 bye\r\n", NULL};
	struct scripted *server = scripted_start(says);
	courant_error *err = NULL;
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_OPPORTUNISTIC, NULL, &err), 0);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", scripted_port(server), &err), 0);
	CHECK_INT(courant_smtp_noop(smtp, &err), 0);
	CHECK_NO_ERROR(err);
	CHECK(!courant_smtp_tls_version(smtp));
	courant_smtp_quit(smtp);
	courant_smtp_free(smtp);
	CHECK(slice_ends(scripted_heard(server), SLICE("STARTTLS\r\nNOOP\r\nQUIT\r\n")));
	scripted_stop(server);
}

/* RFC 7435, 3: better in clear than not at all; but not when more was asked for. */
static void a_handshake_that_fails_costs_a_connection(void)
{
	static const struct {
		const char *name;
		enum courant_tls tls;
		const char *pin;
		int status;
	} rows[] = {
		{"opportunistic", COURANT_TLS_OPPORTUNISTIC, NULL, 0},
		{"opportunistic, with a key that is known", COURANT_TLS_OPPORTUNISTIC, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", -1},
		{"required", COURANT_TLS_STARTTLS, NULL, -1},
	};
	EACH (row, rows) {
		struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true}, .breaks_tls = true});
		courant_error *err = NULL;
		AUTO(reader) courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
		courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

		tap_row(row->name);
		CHECK_INT(courant_smtp_set_tls(smtp, row->tls, &(struct courant_tls_options){.pin = row->pin}, &err), 0);
		courant_smtp_set_timeout(smtp, 20000);
		CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", peer_port(peer), &err), 0);
		for (int i = 0; i < 2; i++) {
			CHECK_INT(courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, i ? NULL : &err), row->status);
			CHECK(!courant_smtp_tls_version(smtp));
		}
		if (row->status < 0)
			CHECK_ERROR(err, COURANT_TLS, "closed the connection during the TLS handshake");
		CHECK_NO_ERROR(err);
		courant_smtp_quit(smtp);
		courant_smtp_free(smtp);
		CHECK_INT(peer_mails(peer), row->status < 0 ? 0 : 2);
		CHECK_INT(peer_connections(peer), row->status < 0 ? 1 : 2);
		peer_stop(peer);
	}
}

static void a_long_list_comes_whole(void)
{
	AUTO(buffer) struct buffer list = BUFFER_LIMIT(100000);
	AUTO(buffer) struct buffer want = BUFFER_LIMIT(100000);
	courant_error *err = NULL;
	courant_smtp *smtp = courant_smtp_new(NULL, 0, &err);

	for (int i = 0; i < 500; i++) {
		buffer_printf(&list, "250%cMember %d <member%d@list.example.org>\r\n", i < 499 ? '-' : ' ', i, i);
		buffer_printf(&want, "%sMember %d <member%d@list.example.org>", i ? "\n" : "", i, i);
	}

	const char *const says[] = {"220 mx\r\n", "250 mx\r\n", list.bytes, "221 bye\r\n", NULL};
	struct scripted *server = scripted_start(says);

	CHECK_INT(courant_smtp_set_tls(smtp, COURANT_TLS_NONE, NULL, &err), 0);
	CHECK_INT(courant_smtp_connect(smtp, "127.0.0.1", scripted_port(server), &err), 0);
	CHECK_INT(courant_smtp_expand(smtp, "list", &err), 0);
	CHECK_NO_ERROR(err);
	CHECK_TEXT(courant_smtp_reply_text(smtp), want.bytes);
	courant_smtp_quit(smtp);
	courant_smtp_free(smtp);
	scripted_stop(server);
}

static void a_session_that_could_not_be_made_is_ended_like_any_other(void)
{
	courant_error *err = NULL;
	courant_smtp *smtp = courant_smtp_new("a b", 25, &err);

	CHECK(!smtp && err);
	CHECK_INT(courant_smtp_result_count(smtp), 0);
	CHECK(!courant_smtp_result(smtp, 0));
	courant_smtp_quit(smtp);
	courant_smtp_close(smtp);
	courant_smtp_free(smtp);
	courant_error_free(err);
}

static void each_allocation_may_fail(void)
{
	struct peer *peer = peer_start(&(struct peer_options){.server = {.offer_tls = true, .require_login = true}});

	EACH_ALLOCATION {
		courant_error *err = NULL;
		courant_reader *message = courant_reader_new_bytes(MESSAGE, sizeof MESSAGE - 1, &err);
		courant_smtp *smtp = message ? session_for(peer, COURANT_TLS_STARTTLS, &err) : NULL;

		if (smtp && courant_smtp_login(smtp, "ops", "secret", &err) == 0)
			(void)courant_smtp_sendmail(smtp, "ops@example.com", two, 2, message, NULL, &err);
		courant_smtp_quit(smtp ? smtp : (smtp = courant_smtp_new(NULL, 0, NULL)));
		courant_smtp_free(smtp);
		courant_reader_free(message);
		courant_error_free(err);
	}
	peer_stop(peer);
}

TESTS(TEST(a_session_goes_step_by_step), TEST(steps_left_out_are_made), TEST(without_tls_nothing_is_said),
      TEST(one_refused_recipient_is_told_and_the_other_served), TEST(addresses_that_are_none_stay_here), TEST(wrong_passwords_and_stops_are_told),
      TEST(a_stop_behind_the_end_of_a_message_leaves_it_unknown), TEST(a_mail_that_stays_here_has_results_of_its_own),
      TEST(trace_and_progress_are_called), TEST(a_composed_message_is_sent_to_its_recipients), TEST(a_composed_message_is_read_once),
      TEST(a_connection_resumes_the_last_one_s_tls),
      TEST(a_connection_closed_while_idle_is_made_anew), TEST(a_server_that_takes_little_is_asked_again), TEST(a_server_that_has_gone_for_good_is_told), TEST(a_mail_that_was_begun_is_not_sent_again), TEST(greetings_are_what_was_asked_for),
      TEST(options_of_session_message_and_recipient), TEST(opportunistic_goes_on_in_clear), TEST(a_long_list_comes_whole), TEST(a_handshake_that_fails_costs_a_connection),
      TEST(a_session_that_could_not_be_made_is_ended_like_any_other), TEST(each_allocation_may_fail))
