/* SPDX-License-Identifier: MIT */
/* engine_test.c - src/smtp/engine*.c: what dialogues cannot show: time, the trace, partial writes, large messages */
#include <courant/engine.h>

#include "base/buffer.h"
#include "base/file.h"
#include "tap.h"

static void say(courant_engine *engine, const char *bytes, int64_t now_ms)
{
	courant_engine_receive(engine, bytes, strlen(bytes), now_ms);
}

/* Everything there is to be sent, as a text that lives until the next call; all of it is sent. */
static const char *hear(courant_engine *engine, int64_t now_ms)
{
	static char text[4096];
	struct courant_event event;
	size_t n = 0, len = 0;

	do {
		const void *bytes = courant_engine_output(engine, &n, now_ms);

		if (len + n < sizeof text)
			memcpy(text + len, bytes, n);
		len += n;
		courant_engine_sent(engine, n, now_ms);
		while (courant_engine_next(engine, &event))
			continue;
	} while (n > 0);
	text[len < sizeof text ? len : 0] = '\0';
	return text;
}

/* An open session in clear with these lines of EHLO. */
static courant_engine *open_session(const struct courant_engine_options *options, const char *offer)
{
	courant_engine *engine = courant_engine_new(options, NULL);

	courant_engine_connected(engine, 0);
	say(engine, "220 mx\r\n", 0);
	(void)hear(engine, 0);
	say(engine, offer, 0);
	(void)hear(engine, 0);
	return engine;
}

static const struct courant_engine_options clear = {.tls = COURANT_TLS_NONE, .hello = "client.example"};
static const struct courant_recipient ann = {.path = {.ascii = "ann@example.org"}};

/* ---- time ---- */

static void each_phase_has_its_time(void)
{
	courant_engine *engine = courant_engine_new(&clear, NULL);
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};

	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_CONNECT);
	CHECK(courant_engine_deadline(engine) == INT64_MAX);
	courant_engine_connected(engine, 1000);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_GREETING);
	CHECK_INT(courant_engine_deadline(engine), 301000);
	say(engine, "220 mx\r\n", 2000);
	(void)hear(engine, 3000);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_HELLO);
	CHECK_INT(courant_engine_deadline(engine), 303000);
	say(engine, "250 mx\r\n", 4000);
	(void)hear(engine, 4000);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_IDLE);
	CHECK(courant_engine_deadline(engine) == INT64_MAX);
	/* An hour of idleness is not counted. */
	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 3600000);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_MAIL);
	CHECK_INT(courant_engine_deadline(engine), 3900000);
	say(engine, "250 ok\r\n", 3600001);
	(void)hear(engine, 3600001);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_RCPT);
	say(engine, "250 ok\r\n", 3600002);
	(void)hear(engine, 3600002);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_DATA);
	CHECK_INT(courant_engine_deadline(engine), 3720002);
	say(engine, "354 go\r\n", 3600003);
	(void)hear(engine, 3600004);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_FINAL);
	CHECK_INT(courant_engine_deadline(engine), 4200004);
	say(engine, "250 ok\r\n", 3600005);
	(void)hear(engine, 3600005);
	courant_engine_quit(engine, 3600005);
	(void)hear(engine, 3600006);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_QUIT);
	CHECK_INT(courant_engine_deadline(engine), 3602006);
	say(engine, "221 bye\r\n", 3600007);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_CLOSED);
	(void)hear(engine, 3600007);
	CHECK(courant_engine_deadline(engine) == INT64_MAX);
	courant_engine_free(engine);
}

static void a_command_that_cannot_be_written_has_a_time_too(void)
{
	courant_engine *engine = courant_engine_new(&clear, NULL);
	struct courant_event event;
	size_t n;

	courant_engine_connected(engine, 0);
	say(engine, "220 mx\r\n", 1000);
	(void)courant_engine_output(engine, &n, 1000);
	CHECK(n > 0);
	while (courant_engine_next(engine, &event))
		continue;
	courant_engine_sent(engine, 1, 200000); /* a byte is not a sign of life */
	CHECK_INT(courant_engine_deadline(engine), 301000);
	courant_engine_free(engine);
}

static void events_that_wait_leave_no_time(void)
{
	courant_engine *engine = open_session(&clear, "250-mx\r\n250 SIZE 2\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	struct courant_event event;
	size_t n;

	/* Nothing goes out: the mail is refused while output is made. */
	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)courant_engine_output(engine, &n, 1000);
	CHECK_INT(n, 0);
	CHECK_INT(courant_engine_deadline(engine), 0);
	courant_engine_tick(engine, 2000);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_IDLE);
	while (courant_engine_next(engine, &event))
		continue;
	CHECK(courant_engine_deadline(engine) == INT64_MAX);
	courant_engine_free(engine);
}

/* ---- large messages and slow sockets ---- */

#define LARGE ((size_t)1000000)

static courant_reader *large_message(void)
{
	AUTO(free) char *bytes = malloc(LARGE);

	for (size_t i = 0; i < LARGE; i++)
		bytes[i] = i % 50 == 49 ? '\n' : '.';
	return courant_reader_new_bytes(bytes, LARGE, NULL);
}

static void a_large_message_is_held_in_pieces(void)
{
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message = large_message();
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	size_t n, sum = 0, most = 0;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "354 go\r\n", 0);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_BODY);
	/* A socket that takes 777 bytes at a time. */
	for (int64_t now_ms = 0;; now_ms++) {
		(void)courant_engine_output(engine, &n, now_ms);
		if (n == 0)
			break;
		most = n > most ? n : most;
		n = n < 777 ? n : 777;
		sum += n;
		courant_engine_sent(engine, n, now_ms);
		CHECK(courant_engine_deadline(engine) > now_ms);
	}
	/* 20,000 lines: each has one dot and one CR more; then the final dot. */
	CHECK_INT(sum, LARGE + 20000 + 20000 + 3);
	CHECK(most <= 131072);
	courant_engine_free(engine);
}

static void a_reader_of_one_byte_at_a_time_is_sent_away(void)
{
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message = large_message();
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	struct courant_event event;
	int outcome = -1;
	size_t n;
	int64_t now_ms = 0;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "354 go\r\n", 0);
	for (; now_ms < 200000 && courant_engine_phase(engine) != COURANT_PHASE_CLOSED; now_ms += 1000) {
		(void)courant_engine_output(engine, &n, now_ms);
		courant_engine_sent(engine, 1, now_ms);
		courant_engine_tick(engine, now_ms);
	}
	CHECK(now_ms <= 181000);
	while (courant_engine_next(engine, &event))
		if (event.kind == COURANT_EVENT_RECIPIENT)
			outcome = (int)event.result.outcome;
	CHECK_INT(outcome, COURANT_OUTCOME_DEFERRED);
	(void)courant_engine_output(engine, &n, now_ms);
	CHECK_INT(n, 0); /* what has not left stays here: the message must not come to an end */
	courant_engine_free(engine);
}

/* How long it takes until the engine gives up, or has sent the message, when a piece of this size leaves every second. */
static int64_t seconds_until_the_end(size_t piece, enum courant_phase *ret_phase)
{
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message = large_message();
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	int64_t now_ms = 0;
	size_t n;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "354 go\r\n", 0);
	for (; courant_engine_phase(engine) == COURANT_PHASE_BODY; now_ms += 1000) {
		(void)courant_engine_output(engine, &n, now_ms);
		courant_engine_sent(engine, n < piece ? n : piece, now_ms);
		courant_engine_tick(engine, now_ms);
	}
	*ret_phase = courant_engine_phase(engine);
	courant_engine_free(engine);
	return now_ms / 1000;
}

/* Each 64 KB have three minutes (RFC 5321, 4.5.3.2.5), however long the message is. What is left of the output when more is written to it, as with TLS that sends
 * a record a time, makes no difference. */
static void a_long_message_has_time_for_each_block(void)
{
	enum courant_phase phase;

	/* 1,040,003 bytes on the wire. */
	CHECK(seconds_until_the_end(2000, &phase) >= 520);
	CHECK_INT(phase, COURANT_PHASE_FINAL);
	tap_row("64 KB in 179 s");
	CHECK(seconds_until_the_end(367, &phase) >= 2800);
	CHECK_INT(phase, COURANT_PHASE_FINAL);
	tap_row("64 KB in 190 s");
	CHECK(seconds_until_the_end(345, &phase) <= 200);
	CHECK_INT(phase, COURANT_PHASE_CLOSED);
}

/* The connection is lost when so many bytes of the last block have left. */
static int outcome_when_sent(size_t without)
{
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("Hello\r\n", 7, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	struct courant_event event;
	int outcome = -1;
	size_t n;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "354 go\r\n", 0);
	(void)courant_engine_output(engine, &n, 0);
	CHECK_INT(n, sizeof "Hello\r\n.\r\n" - 1);
	courant_engine_sent(engine, n - without, 0);
	courant_engine_lost(engine, NULL, 0);
	while (courant_engine_next(engine, &event))
		if (event.kind == COURANT_EVENT_RECIPIENT)
			outcome = (int)event.result.outcome;
	courant_engine_free(engine);
	return outcome;
}

static void unknown_begins_with_the_last_byte(void)
{
	CHECK_INT(outcome_when_sent(1), COURANT_OUTCOME_DEFERRED);
	CHECK_INT(outcome_when_sent(5), COURANT_OUTCOME_DEFERRED);
	CHECK_INT(outcome_when_sent(0), COURANT_OUTCOME_UNKNOWN);
}

/* The server speaks while so much of the message has left. */
static void early_replies(const char *reply, bool large, int want_outcome, int want_code)
{
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message =
		large ? large_message() : courant_reader_new_bytes("Hello\r\n", 7, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message}, next = mail;
	struct courant_event event;
	int outcome = -1, next_outcome = -1, code = 0;
	size_t n;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	CHECK_INT(courant_engine_send(engine, &next, NULL), 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "354 go\r\n", 0);
	(void)courant_engine_output(engine, &n, 0);
	courant_engine_sent(engine, 4, 0);
	say(engine, reply, 0);
	while (courant_engine_next(engine, &event)) {
		if (event.kind == COURANT_EVENT_RECIPIENT)
			*(event.mail == &mail ? &outcome : &next_outcome) = (int)event.result.outcome;
		if (event.kind == COURANT_EVENT_CLOSED)
			code = (int)courant_error_code(event.error);
	}
	CHECK_INT(outcome, want_outcome);
	CHECK_INT(next_outcome, COURANT_OUTCOME_DEFERRED);
	CHECK_INT(code, want_code);
	courant_engine_free(engine);
}

static void a_refusal_may_come_in_the_middle_of_a_message(void)
{
	for (int large = 0; large < 2; large++) {
		early_replies("552 5.3.4 too large\r\n", large, COURANT_OUTCOME_REFUSED, COURANT_REFUSED);
		early_replies("451 4.3.0 disk full\r\n", large, COURANT_OUTCOME_DEFERRED, COURANT_TEMPORARY);
		early_replies("421 bye\r\n", large, COURANT_OUTCOME_DEFERRED, COURANT_TEMPORARY);
	}
}

static void an_acceptance_may_not(void)
{
	for (int large = 0; large < 2; large++)
		early_replies("250 queued\r\n", large, COURANT_OUTCOME_DEFERRED, COURANT_PROTOCOL);
}

/* ---- chunks ---- */

static void a_large_message_goes_in_chunks(void)
{
	courant_engine *engine = open_session(&clear, "250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
	AUTO(reader) courant_reader *message = large_message();
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(2 * LARGE);
	uint64_t sum = 0;
	unsigned n_chunks = 0;
	bool is_last = false;
	size_t n;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	CHECK_TEXT(hear(engine, 0), "MAIL FROM:<a@x>\r\nRCPT TO:<ann@example.org>\r\n");
	say(engine, "250 ok\r\n250 ok\r\n", 0);
	for (;;) {
		const void *bytes = courant_engine_output(engine, &n, 0);

		if (n == 0)
			break;
		buffer_append(&out, slice_from(bytes, n));
		courant_engine_sent(engine, n, 0);
	}
	for (slice rest = buffer_peek(&out), line; rest.len > 0; n_chunks++) {
		uint64_t len = 0;

		CHECK(!is_last);
		CHECK(slice_next(&rest, '\n', &line) && slice_starts(line, SLICE("BDAT ")));
		for (size_t i = 5; i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '9'; i++)
			len = len * 10 + (uint64_t)(line.ptr[i] - '0');
		is_last = slice_ends(line, SLICE(" LAST\r"));
		CHECK(len <= rest.len);
		sum += len;
		rest = slice_after(rest, (size_t)len);
	}
	CHECK(is_last);
	CHECK_INT(sum, LARGE + 20000);
	CHECK(n_chunks > 10 && n_chunks < 64);
	for (unsigned i = 0; i < n_chunks - 1; i++)
		say(engine, "250 chunk\r\n", 0);
	CHECK_INT(courant_engine_phase(engine), COURANT_PHASE_FINAL);
	courant_engine_free(engine);
}

/* ---- the trace ---- */

static void trace(void *context, enum courant_direction direction, const char *line, size_t n)
{
	buffer_printf(context, "%c %.*s\n", "CS#"[direction], (int)n, line);
}

static void the_trace_hides_secrets(void)
{
	AUTO(buffer) struct buffer lines = BUFFER_LIMIT(100000);
	const struct courant_login login = {.user = "ops", .password = "secret", .mechanisms = "PLAIN,LOGIN"};
	const struct courant_engine_options options = {
		.tls = COURANT_TLS_NONE, .hello = "me", .login = &login, .trace = trace, .trace_context = &lines};
	courant_engine *engine = open_session(&options, "250-mx\r\n250 AUTH PLAIN LOGIN\r\n");

	say(engine, "504 I know no AGFvcHMAc2VjcmV0 AG9wcwBzZWNyZXQ=\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "334 VXNlcm5hbWU6\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "334 UGFzc3dvcmQ6\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "535-5.7.8 sorry\r\n535 5.7.8 secret is wrong\r\n", 0);
	(void)hear(engine, 0);
	CHECK_SLICE(buffer_peek(&lines), SLICE("S 220 mx\nC EHLO me\nS 250-mx\nS 250 AUTH PLAIN LOGIN\nC AUTH PLAIN ***\nS 504 ***\n"
					       "C AUTH LOGIN\nS 334 VXNlcm5hbWU6\nC ***\nS 334 UGFzc3dvcmQ6\nC ***\nS 535 ***\nC QUIT\n"));
	courant_engine_free(engine);
}

/* What a session with a login, and a mail that waits for it, tells of these replies. */
static void check_no_secret(const char *const *says, const char *sees)
{
	const struct courant_login login = {.user = "ops", .password = "secret"};
	const struct courant_engine_options options = {.tls = COURANT_TLS_NONE, .login = &login};
	courant_engine *engine = courant_engine_new(&options, NULL);
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	struct courant_event event;
	bool has_result = false;
	size_t n;

	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	courant_engine_connected(engine, 0);
	for (; *says; says++) {
		say(engine, *says, 0);
		while (courant_engine_next(engine, &event)) {
			CHECK(!strstr(event.result.text, "not secret") && !strstr(event.result.text, "AG9wcwBzZWNyZXQ"));
			CHECK(!strstr(courant_error_sentence(event.error), "not secret") && !strstr(courant_error_sentence(event.error), "AG9wcwBzZWNyZXQ"));
			if (event.kind != COURANT_EVENT_RECIPIENT)
				continue;
			has_result = true;
			CHECK_TEXT(event.result.text, sees);
		}
		(void)courant_engine_output(engine, &n, 0);
		courant_engine_sent(engine, n, 0);
	}
	CHECK(has_result);
	courant_engine_free(engine);
}

static void no_result_repeats_the_credentials(void)
{
	static const char hidden[] = "(its words repeat the credentials)";
	static const struct {
		const char *name, *says[6], *sees;
	} rows[] = {
		{"a login that is refused", {"220 mx\r\n", "250-mx\r\n250 AUTH PLAIN\r\n", "535 5.7.8 not AG9wcwBzZWNyZXQ=\r\n"}, hidden},
		{"... with the password", {"220 mx\r\n", "250-mx\r\n250 AUTH PLAIN\r\n", "535 5.7.8 not secret\r\n"}, hidden},
		{"a goodbye instead", {"220 mx\r\n", "250-mx\r\n250 AUTH PLAIN\r\n", "421 4.7.0 not AG9wcwBzZWNyZXQ=\r\n"}, hidden},
		{"later", {"220 mx\r\n", "250-mx\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", "550 5.7.1 not after AUTH PLAIN AG9wcwBzZWNyZXQ=\r\n"}, hidden},
		{"what is none is shown",
		 {"220 mx\r\n", "250-mx\r\n250 AUTH PLAIN\r\n", "235 ok\r\n", "550 5.7.1 this is no secretary\r\n"},
		 "this is no secretary"},
	};
	EACH (row, rows) {
		tap_row(row->name);
		check_no_secret(row->says, row->sees);
	}
}

static void a_secret_that_was_sent_is_cleared(void)
{
	const struct courant_login login = {.user = "ops", .password = "secret", .mechanisms = "PLAIN"};
	const struct courant_engine_options options = {.tls = COURANT_TLS_NONE, .hello = "me", .login = &login};
	courant_engine *engine = courant_engine_new(&options, NULL);
	size_t n;

	courant_engine_connected(engine, 0);
	say(engine, "220 mx\r\n", 0);
	(void)hear(engine, 0);
	say(engine, "250-mx\r\n250 AUTH PLAIN\r\n", 0);

	const char *bytes = courant_engine_output(engine, &n, 0);

	CHECK_SLICE(slice_from(bytes, n), SLICE("AUTH PLAIN AG9wcwBzZWNyZXQ=\r\n"));
	courant_engine_sent(engine, n - 4, 0); /* not all of it yet */
	CHECK_INT(bytes[11], 'A');
	courant_engine_sent(engine, 4, 0);
	for (size_t i = 1; i < n; i++) /* an empty buffer has a NUL at its first byte in any case */
		CHECK_INT(bytes[i], 0);
	courant_engine_free(engine);
}

static void the_trace_shows_commands_and_no_message(void)
{
	AUTO(buffer) struct buffer lines = BUFFER_LIMIT(100000);
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("Hello\r\n", 7, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	const struct courant_engine_options options = {
		.tls = COURANT_TLS_NONE, .hello = "me", .trace = trace, .trace_context = &lines};
	courant_engine *engine = open_session(&options, "250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n");

	buffer_cut(&lines, 0);
	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 0);
	say(engine, "250 ok\r\n250\r\n250 2.0.0 queued\r\n", 0);
	CHECK_SLICE(buffer_peek(&lines), SLICE("C MAIL FROM:<a@x>\nC RCPT TO:<ann@example.org>\nC BDAT 7 LAST\n# the message has been sent\n"
					       "S 250 ok\nS 250\nS 250 2.0.0 queued\n"));
	courant_engine_free(engine);
}

/* ---- what is offered and needed ---- */

static void what_is_offered_can_be_asked(void)
{
	courant_engine *engine = open_session(&clear, "250-mx\r\n250-SIZE 52428800\r\n250-x-odd  a b \r\n250-AUTH=LOGIN\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n");

	CHECK_INT(courant_engine_extensions(engine),
		  COURANT_EXTENSION_SIZE | COURANT_EXTENSION_AUTH | COURANT_EXTENSION_8BITMIME);
	CHECK_TEXT(courant_engine_parameters(engine, "size"), "52428800");
	CHECK_TEXT(courant_engine_parameters(engine, "X-ODD"), "a b");
	CHECK_TEXT(courant_engine_parameters(engine, "8BITMIME"), "");
	CHECK(!courant_engine_parameters(engine, "PIPELINING"));
	CHECK(!courant_engine_parameters(engine, "mx"));
	CHECK(!courant_engine_parameters(engine, ""));
	CHECK(!courant_engine_mechanism(engine));
	courant_engine_free(engine);
}

static const struct {
	const char *name;
	struct courant_mail mail;
	unsigned missing;
} needs[] = {
	{"a plain mail", {.size_bytes = 10}, 0},
	{"8-bit content", {.flags = COURANT_MAIL_EIGHT_BIT}, COURANT_EXTENSION_8BITMIME},
	{"binary content", {.flags = COURANT_MAIL_BINARY}, COURANT_EXTENSION_BINARYMIME | COURANT_EXTENSION_CHUNKING},
	{"UTF-8 headers", {.flags = COURANT_MAIL_UTF8_HEADER}, COURANT_EXTENSION_SMTPUTF8},
	{"REQUIRETLS", {.flags = COURANT_MAIL_REQUIRE_TLS}, COURANT_EXTENSION_REQUIRETLS},
	{"too large", {.size_bytes = 1001}, COURANT_EXTENSION_SIZE},
	{"DSN", {.envelope_id = "x"}, COURANT_EXTENSION_DSN},
	{"a time to deliver by", {.deliver_by_s = 60}, COURANT_EXTENSION_DELIVERBY},
	{"a time to hold", {.hold_for_s = 60}, COURANT_EXTENSION_FUTURERELEASE},
	{"a priority", {.priority = 1}, COURANT_EXTENSION_MT_PRIORITY},
};

static void what_is_missing_can_be_asked(void)
{
	courant_engine *engine = open_session(&clear, "250-mx\r\n250 SIZE 1000\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);

	EACH (row, needs) {
		struct courant_mail mail = row->mail;

		tap_row(row->name);
		mail.sender.ascii = "a@x";
		mail.recipients = &ann;
		mail.n_recipients = 1;
		mail.message = message;
		CHECK_INT(courant_engine_missing(engine, &mail), row->missing);
	}
	courant_engine_free(engine);
}

/* ---- misuse ---- */

static void unfit_options_are_refused(void)
{
	static const struct courant_login bad_login = {.user = "a\nb", .password = "x"};
	static const struct {
		const char *name;
		struct courant_engine_options options;
	} rows[] = {
		{"CR LF in EHLO", {.hello = "me\r\nMAIL FROM:<x@y>"}},
		{"a blank in EHLO", {.hello = "me you"}},
		{"an empty EHLO", {.hello = ""}},
		{"UTF-8 in EHLO", {.hello = "例子"}},
		{"a line break in the user", {.login = &bad_login}},
	};

	EACH (row, rows) {
		courant_error *error = NULL;

		tap_row(row->name);
		CHECK(!courant_engine_new(&row->options, &error));
		CHECK_ERROR(error, COURANT_INVALID, "");
	}
}

static void unfit_mails_are_refused(void)
{
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	static const struct courant_recipient nobody = {.path = {NULL, NULL}};
	static const struct courant_recipient typed = {.path = {.ascii = "a@x"}, .orcpt = "rfc822 X=1;a@x"};
	const struct {
		const char *name;
		struct courant_mail mail;
		int code;
	} rows[] = {
		{"no message", {.sender = {.ascii = ""}, .recipients = &ann, .n_recipients = 1}, COURANT_USAGE},
		{"no recipient", {.sender = {.ascii = ""}, .message = message}, COURANT_USAGE},
		{"no sender", {.recipients = &ann, .n_recipients = 1, .message = message}, COURANT_USAGE},
		{"a recipient without an address", {.sender = {.ascii = ""}, .recipients = &nobody, .n_recipients = 1, .message = message}, COURANT_USAGE},
		{"a blank in ORCPT's type", {.sender = {.ascii = ""}, .recipients = &typed, .n_recipients = 1, .message = message}, COURANT_INVALID},
		{"a priority of 10", {.sender = {.ascii = ""}, .recipients = &ann, .n_recipients = 1, .message = message, .priority = 10}, COURANT_USAGE},
		{"a time that is none", {.sender = {.ascii = ""}, .recipients = &ann, .n_recipients = 1, .message = message, .hold_until = "soon SIZE=1"}, COURANT_INVALID},
	};

	EACH (row, rows) {
		courant_error *error = NULL;

		tap_row(row->name);
		CHECK_INT(courant_engine_send(engine, &row->mail, &error), -1);
		CHECK_ERROR(error, row->code, "");
	}
	CHECK_TEXT(hear(engine, 0), "");
	courant_engine_free(engine);
}

static void there_is_room_for_the_window_and_one_more(void)
{
	const struct courant_engine_options options = {.tls = COURANT_TLS_NONE, .window = 3};
	courant_engine *engine = open_session(&options, "250 mx\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = &ann, .n_recipients = 1, .message = message};
	courant_error *error = NULL;

	for (size_t i = 4; i > 0; i--) {
		CHECK_INT(courant_engine_room(engine), i);
		CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	}
	CHECK_INT(courant_engine_send(engine, &mail, &error), -1);
	CHECK_ERROR(error, COURANT_USAGE, "no room");
	courant_engine_free(engine);
}

static void many_recipients_go_in_a_bounded_window(void)
{
	static struct courant_recipient many[1000];
	courant_engine *engine = open_session(&clear, "250-mx\r\n250 PIPELINING\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = many, .n_recipients = 1000, .message = message};
	struct courant_event event;
	size_t n, asked = 0, answered = 0, accepted = 0;

	EACH (to, many)
		to->path.ascii = "ann@example.org";
	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	for (;;) {
		slice out = slice_from(courant_engine_output(engine, &n, 0), 0), line;

		out.len = n;
		while (slice_next_line(&out, &line))
			asked += slice_starts(line, SLICE("RCPT")) || slice_starts(line, SLICE("MAIL"));
		courant_engine_sent(engine, n, 0);
		CHECK(asked - answered <= 256);
		if (asked == answered)
			break;
		for (; answered < asked; answered++)
			say(engine, "250 ok\r\n", 0);
	}
	CHECK_INT(answered, 1001);
	say(engine, "354 go\r\n", 0);
	(void)courant_engine_output(engine, &n, 0);
	courant_engine_sent(engine, n, 0);
	say(engine, "250 queued\r\n", 0);
	while (courant_engine_next(engine, &event))
		accepted += event.kind == COURANT_EVENT_RECIPIENT && event.result.outcome == COURANT_OUTCOME_ACCEPTED;
	CHECK_INT(accepted, 1000);
	courant_engine_free(engine);
}

static void ten_thousand_refusals_have_their_words(void)
{
	static struct courant_recipient many[10000];
	courant_engine *engine = open_session(&clear, "250 mx\r\n");
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("x\r\n", 3, NULL);
	AUTO(buffer) struct buffer reply = BUFFER_LIMIT(4000);
	const struct courant_mail mail = {.sender = {.ascii = "a@x"}, .recipients = many, .n_recipients = 10000, .message = message};
	struct courant_event event;
	size_t n_told = 0;

	EACH (to, many)
		to->path.ascii = "ann@example.org";
	buffer_append(&reply, SLICE("550 "));
	buffer_append_repeated(&reply, 'n', 3000);
	buffer_append(&reply, SLICE("\r\n"));
	CHECK_INT(courant_engine_send(engine, &mail, NULL), 0);
	(void)hear(engine, 0);
	say(engine, reply.bytes, 0);
	while (courant_engine_next(engine, &event))
		n_told += event.kind == COURANT_EVENT_RECIPIENT && event.result.text_size == 2000 && strlen(event.result.text) == 2000;
	CHECK_INT(n_told, 10000);
	courant_engine_free(engine);
}

TESTS(TEST(ten_thousand_refusals_have_their_words), TEST(each_phase_has_its_time), TEST(a_command_that_cannot_be_written_has_a_time_too), TEST(events_that_wait_leave_no_time),
      TEST(a_large_message_is_held_in_pieces),
      TEST(a_reader_of_one_byte_at_a_time_is_sent_away), TEST(a_long_message_has_time_for_each_block),
      TEST(unknown_begins_with_the_last_byte),
      TEST(a_refusal_may_come_in_the_middle_of_a_message), TEST(an_acceptance_may_not), TEST(a_large_message_goes_in_chunks),
      TEST(the_trace_hides_secrets), TEST(no_result_repeats_the_credentials), TEST(a_secret_that_was_sent_is_cleared), TEST(the_trace_shows_commands_and_no_message), TEST(what_is_offered_can_be_asked),
      TEST(what_is_missing_can_be_asked), TEST(unfit_options_are_refused), TEST(unfit_mails_are_refused),
      TEST(there_is_room_for_the_window_and_one_more), TEST(many_recipients_go_in_a_bounded_window))
