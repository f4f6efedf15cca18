/* SPDX-License-Identifier: MIT */
/* hostile_test.c - each thing a hostile server can do, in each phase of a session with STARTTLS and a login
 *
 * What is looked at: the outcome of the one mail, the kind of error, that the session comes to its end, that the password has not left
 * before TLS, and that nothing is held of a flood. */
#include <courant/engine.h>

#include <stdio.h>

#include "base/buffer.h"
#include "base/file.h"
#include "tap.h"

enum { GREETING, EHLO, STARTTLS, EHLO_IN_TLS, AUTH, MAIL, RCPT, DATA, FINAL, QUIT, STAGES };

static const struct {
	const char *name, *good;
} stages[STAGES] = {
	{"greeting", "220 mx\r\n"},
	{"EHLO", "250-mx\r\n250 STARTTLS\r\n"},
	{"STARTTLS", "220 go\r\n"},
	{"EHLO inside TLS", "250-mx\r\n250 AUTH PLAIN\r\n"},
	{"AUTH", "235 ok\r\n"},
	{"MAIL", "250 ok\r\n"},
	{"RCPT", "250 ok\r\n"},
	{"DATA", "354 go\r\n"},
	{"final dot", "250 ok\r\n"},
	{"QUIT", "221 bye\r\n"},
};

/* What it means: nothing (the session breaks), not now, or never. */
enum meaning { BROKEN, LATER, NEVER };

enum deed { SAY, SAY_AND_DROP, SAY_AND_WAIT, DRIP, FLOOD };

static const struct {
	const char *name;
	enum deed deed;
	const char *bytes;
	enum meaning meaning;
	int code; /* of CLOSED, where it is the same everywhere; 0: it depends */
} deeds[] = {
	{"hangs up", SAY_AND_DROP, "", BROKEN, COURANT_TEMPORARY},
	{"hangs up within a line", SAY_AND_DROP, "25", BROKEN, COURANT_TEMPORARY},
	{"hangs up before the LF", SAY_AND_DROP, "250 ok\r", BROKEN, COURANT_TEMPORARY},
	{"hangs up within a reply", SAY_AND_DROP, "250-ok\r\n", BROKEN, COURANT_TEMPORARY},
	{"says nothing", SAY_AND_WAIT, "", BROKEN, COURANT_TIMEOUT},
	{"says half a line and nothing more", SAY_AND_WAIT, "250 o", BROKEN, COURANT_TIMEOUT},
	{"says half a reply and nothing more", SAY_AND_WAIT, "250-ok\r\n", BROKEN, COURANT_TIMEOUT},
	{"drips", DRIP, "250 this is going to take a very long time", BROKEN, COURANT_TIMEOUT},
	{"drips whole lines", DRIP, "250-\r\n250-\r\n250-\r\n250-\r\n250-\r\n250-\r\n250-\r\n250-\r\n", BROKEN, COURANT_TIMEOUT},
	{"says no code", SAY, "hello\r\n", BROKEN, COURANT_PROTOCOL},
	{"says an empty line", SAY, "\r\n", BROKEN, COURANT_PROTOCOL},
	{"says a lone LF", SAY, "\n", BROKEN, COURANT_PROTOCOL},
	{"speaks HTTP", SAY, "HTTP/1.1 400 Bad Request\r\n\r\n", BROKEN, COURANT_PROTOCOL},
	{"speaks TLS", SAY, "\x15\x03\x01\x02\x02\x0a\n", BROKEN, COURANT_PROTOCOL},
	{"says a code below 200", SAY, "150 wait\r\n", BROKEN, COURANT_PROTOCOL},
	{"says a code of 600", SAY, "600 what\r\n", BROKEN, COURANT_PROTOCOL},
	{"says four digits", SAY, "2500 ok\r\n", BROKEN, COURANT_PROTOCOL},
	{"says two digits", SAY, "25 ok\r\n", BROKEN, COURANT_PROTOCOL},
	{"says a code with a tab", SAY, "250\tok\r\n", BROKEN, COURANT_PROTOCOL},
	{"says a negative code", SAY, "-250 ok\r\n", BROKEN, COURANT_PROTOCOL},
	{"changes its mind", SAY, "250-ok\r\n550 no\r\n", BROKEN, COURANT_PROTOCOL},
	{"changes its mind the other way", SAY, "550-no\r\n250 ok\r\n", BROKEN, COURANT_PROTOCOL},
	{"changes within the class", SAY, "250-ok\r\n251 ok\r\n", BROKEN, COURANT_PROTOCOL},
	{"never ends its line", FLOOD, "0123456789", BROKEN, COURANT_PROTOCOL},
	{"never ends its reply", FLOOD, "250-more\r\n", BROKEN, COURANT_PROTOCOL},
	{"never ends its refusal", FLOOD, "550-5.7.1 more and more and more\r\n", BROKEN, COURANT_PROTOCOL},
	{"says 421", SAY, "421 4.3.2 shutting down\r\n", LATER, COURANT_TEMPORARY},
	{"says 421 in two lines", SAY, "421-4.3.2 shutting\r\n421 4.3.2 down\r\n", LATER, COURANT_TEMPORARY},
	{"says 451", SAY, "451 4.3.0 later\r\n", LATER, 0},
	{"says 451 and hangs up", SAY_AND_DROP, "451 4.3.0 later\r\n", LATER, 0},
	{"says 550", SAY, "550 5.7.1 no\r\n", NEVER, 0},
	{"says 550 and hangs up", SAY_AND_DROP, "550 5.7.1 no\r\n", NEVER, 0},
	{"says 554 with escape sequences", SAY, "554 \x1b[31mno\x07\r\n", NEVER, 0},
	{"says 550 with NULs", SAY, "550 no", NEVER, 0}, /* and what is behind the NUL, see below */
	{"says a bare 550", SAY, "550\r\n", NEVER, 0},
	{"says 550 with a lone LF", SAY, "550 no\n", NEVER, 0},
	{"says 550 and speaks of success", SAY, "550 2.0.0 ok, delivered\r\n", NEVER, 0},
};

struct session {
	courant_engine *engine;
	struct buffer out;
	int64_t now_ms;
	bool is_closed, is_tls, leaked;
	int code;
	int outcome; /* or -1 */
	unsigned n_results;
	struct courant_mail mail;
	struct courant_recipient recipient;
};

static void take_event(struct session *session, const struct courant_event *event)
{
	static const struct courant_tls_facts facts = {.verified = true};

	if (event->kind == COURANT_EVENT_START_TLS) {
		session->is_tls = true;
		courant_engine_secured(session->engine, &facts, session->now_ms);
	} else if (event->kind == COURANT_EVENT_RECIPIENT) {
		session->outcome = (int)event->result.outcome;
		session->n_results++;
	} else if (event->kind == COURANT_EVENT_CLOSED) {
		session->is_closed = true;
		session->code = (int)courant_error_code(event->error);
	} else if (event->kind == COURANT_EVENT_MESSAGE) {
		courant_engine_quit(session->engine, session->now_ms);
	}
}

static void run(struct session *session)
{
	struct courant_event event;
	size_t n;

	do {
		while (courant_engine_next(session->engine, &event))
			take_event(session, &event);

		const void *bytes = courant_engine_output(session->engine, &n, session->now_ms);

		buffer_append(&session->out, slice_from(bytes, n));
		courant_engine_sent(session->engine, n, session->now_ms);
		if (!session->is_tls && slice_find_slice(buffer_peek(&session->out), SLICE("AUTH")) != SLICE_NONE)
			session->leaked = true;
	} while (n > 0);
	while (courant_engine_next(session->engine, &event))
		take_event(session, &event);
}

static void say(struct session *session, slice bytes)
{
	courant_engine_receive(session->engine, bytes.ptr, bytes.len, session->now_ms);
	run(session);
}

static void drop(struct session *session)
{
	courant_engine_lost(session->engine, NULL, session->now_ms);
	run(session);
}

/* Up to the deadline, and past it. */
static void wait(struct session *session)
{
	const int64_t deadline_ms = courant_engine_deadline(session->engine);

	CHECK(session->is_closed || deadline_ms <= session->now_ms + 600000);
	if (deadline_ms == INT64_MAX)
		return;
	courant_engine_tick(session->engine, deadline_ms - 1);
	run(session);
	session->now_ms = deadline_ms;
	courant_engine_tick(session->engine, session->now_ms);
	run(session);
}

static void misbehave(struct session *session, size_t deed)
{
	const slice bytes = slice_of(deeds[deed].bytes);

	switch (deeds[deed].deed) {
	case SAY:
		say(session, bytes);
		if (slice_ends(bytes, SLICE("no")))
			say(session, SLICE("\0\0\r\n"));
		break;
	case SAY_AND_DROP:
		say(session, bytes);
		drop(session);
		break;
	case SAY_AND_WAIT:
		say(session, bytes);
		wait(session);
		break;
	case DRIP:
		for (size_t i = 0; i < bytes.len && !session->is_closed; i++) {
			session->now_ms += 59000;
			courant_engine_tick(session->engine, session->now_ms);
			run(session);
			say(session, slice_part(bytes, i, 1));
		}
		break;
	case FLOOD:
		for (size_t i = 0; i < 100000 && !session->is_closed; i++)
			say(session, bytes);
		break;
	}
}

static void begin(struct session *session, courant_reader *message)
{
	static const struct courant_login login = {.user = "ops", .password = "secret"};
	const struct courant_engine_options options = {.hello = "client.example", .host = "mx", .login = &login};

	*session = (struct session){.out = BUFFER_LIMIT(100000), .now_ms = 1000, .outcome = -1};
	session->engine = courant_engine_new(&options, NULL);
	session->recipient.path.ascii = "b@y";
	session->mail = (struct courant_mail){
		.sender = {.ascii = "a@x"}, .recipients = &session->recipient, .n_recipients = 1, .message = message};
	CHECK_INT(courant_engine_send(session->engine, &session->mail, NULL), 0);
	courant_engine_connected(session->engine, session->now_ms);
	run(session);
}

/* What must have become of the mail. A refused EHLO or STARTTLS is a server without TLS, a refused login no refusal of the mail. */
static enum courant_outcome expected(size_t stage, enum meaning meaning)
{
	if (stage == QUIT)
		return COURANT_OUTCOME_ACCEPTED;
	if (meaning == BROKEN)
		return stage == FINAL ? COURANT_OUTCOME_UNKNOWN : COURANT_OUTCOME_DEFERRED;
	if (meaning == LATER || stage == EHLO || stage == STARTTLS || stage == AUTH)
		return COURANT_OUTCOME_DEFERRED;
	return COURANT_OUTCOME_REFUSED;
}

static void every_deed_in_every_phase(void)
{
	AUTO(reader) courant_reader *message = courant_reader_new_bytes("Hello\r\n", 7, NULL);
	unsigned n = 0;

	for (size_t deed = 0; deed < sizeof deeds / sizeof *deeds; deed++)
		for (size_t stage = 0; stage < STAGES; stage++, n++) {
			struct session session;
			char row[200];

			(void)snprintf(row, sizeof row, "%s: the server %s", stages[stage].name, deeds[deed].name);
			tap_row(row);
			begin(&session, message);
			for (size_t i = 0; i < stage; i++)
				say(&session, slice_of(stages[i].good));
			misbehave(&session, deed);
			/* Where the session may go on, the rest of the server is good; then it hangs up. */
			for (size_t i = stage + 1; i < STAGES && !session.is_closed; i++)
				say(&session, SLICE("221 bye\r\n"));
			drop(&session);
			CHECK(session.is_closed);
			CHECK(!session.leaked);
			CHECK_INT(session.n_results, 1);
			CHECK_INT(session.outcome, expected(stage, deeds[deed].meaning));
			if (stage == QUIT)
				CHECK_INT(session.code, 0);
			else if (deeds[deed].code)
				CHECK_INT(session.code, deeds[deed].code);
			courant_engine_free(session.engine);
			buffer_release(&session.out);
		}
	printf("# %u behaviours\n", n);
}

TESTS(TEST(every_deed_in_every_phase))
