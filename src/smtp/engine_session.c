/* SPDX-License-Identifier: MIT */
/* engine_session.c - greeting, EHLO, STARTTLS, commands by hand, QUIT */
#include "base/alloc.h"
#include "base/utf8.h"
#include "smtp/engine_state.h"
#include "smtp/path.h"

void session_fail(struct courant_engine *engine, enum courant_event_kind step, courant_error *error,
		  const struct reply *reply)
{
	if (!engine->options.by_hand) {
		engine_leave(engine, error, reply);
		return;
	}
	courant_error_free(engine->step_error);
	engine->step_error = error;
	event_push_reply(engine, step, reply, error);
}

static void write_line(struct courant_engine *engine, enum command_kind kind, const char *verb,
		       const char *word)
{
	const size_t mark = engine->out.len;

	buffer_append(&engine->out, slice_of(verb));
	if (word) {
		buffer_append_byte(&engine->out, ' ');
		buffer_append(&engine->out, slice_of(word));
	}
	engine_command(engine, mark, kind, NULL, 0);
}

void session_write_hello(struct courant_engine *engine)
{
	write_line(engine, COMMAND_EHLO, engine->options.protocol == COURANT_LMTP ? "LHLO" : "EHLO",
		   engine->hello);
}

void session_write_quit(struct courant_engine *engine)
{
	write_line(engine, COMMAND_QUIT, "QUIT", NULL);
}

bool session_greeting(struct courant_engine *engine, const struct command *command,
		      const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	if (reply->code != 220) {
		(void)fail_reply(&error, 0, engine, reply, "refuses the session");
		engine_leave(engine, error, reply);
		return true;
	}
	event_push_reply(engine, COURANT_EVENT_GREETED, reply, NULL);
	if (!engine->options.by_hand)
		session_write_hello(engine);
	return true;
}

/* Whether a server that does not know EHLO may be spoken to with HELO: not when something is
 * wanted that only EHLO can offer. */
static bool may_use_helo(const struct courant_engine *engine, const struct reply *reply)
{
	const bool wants_tls = engine->options.tls == COURANT_TLS_STARTTLS && !engine->is_secured;

	return reply->code >= 500 && engine->options.protocol == COURANT_SMTP &&
	       !(engine->wants_login && !engine->options.by_hand) &&
	       !(wants_tls && !engine->options.by_hand);
}

static bool take_hello(struct courant_engine *engine, const struct reply *reply)
{
	event_push_reply(engine, COURANT_EVENT_HELLO, reply, NULL);
	engine->is_open = engine->options.by_hand;
	session_go_on(engine);
	return true;
}

bool session_ehlo(struct courant_engine *engine, const struct command *command,
		  const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	if (may_use_helo(engine, reply)) {
		write_line(engine, COMMAND_HELO, "HELO", engine->hello);
		return true;
	}
	if (reply->code != 250) {
		const bool wants_tls =
			engine->options.tls == COURANT_TLS_STARTTLS && !engine->is_secured;

		(void)fail_reply(
			&error, wants_tls && reply->code >= 500 ? COURANT_TLS : 0, engine, reply,
			wants_tls && reply->code >= 500 ? "refuses EHLO, so there is no STARTTLS"
							: "refuses EHLO");
		session_fail(engine, COURANT_EVENT_HELLO, error, reply);
		return true;
	}
	if (extensions_read(&engine->offer, reply, &error) < 0) {
		engine_close(engine, error, NULL);
		return true;
	}
	return take_hello(engine, reply);
}

bool session_helo(struct courant_engine *engine, const struct command *command,
		  const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	extensions_forget(&engine->offer);
	if (reply->code == 250)
		return take_hello(engine, reply);
	(void)fail_reply(&error, 0, engine, reply, "refuses HELO");
	session_fail(engine, COURANT_EVENT_HELLO, error, reply);
	return true;
}

void session_go_on(struct courant_engine *engine)
{
	const enum courant_tls policy = engine->options.tls;
	courant_error *error = NULL;

	if (engine->options.by_hand)
		return;
	if (!engine->is_secured &&
	    (policy == COURANT_TLS_STARTTLS || policy == COURANT_TLS_OPPORTUNISTIC)) {
		if (OFFERS(engine, STARTTLS) && !(engine->options.no_starttls && policy == COURANT_TLS_OPPORTUNISTIC)) {
			write_line(engine, COMMAND_STARTTLS, "STARTTLS", NULL);
			return;
		}
		if (policy == COURANT_TLS_STARTTLS) {
			(void)fail(&error, COURANT_TLS, "%s offers no STARTTLS: nothing was sent",
				   engine->host);
			engine_leave(engine, error, NULL);
			return;
		}
	}
	if (engine->wants_login && !engine->is_logged_in) {
		login_begin(engine);
		return;
	}
	engine->is_open = true;
	event_push_reply(engine, COURANT_EVENT_OPEN, NULL, NULL);
}

/* Opportunistic, and refused after it was offered: the session goes on in clear. */
static void go_on_in_clear(struct courant_engine *engine)
{
	engine->offer.bits &= ~(unsigned)COURANT_EXTENSION_STARTTLS;
	session_go_on(engine);
}

bool session_starttls(struct courant_engine *engine, const struct command *command,
		      const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	if (reply->code == 220) {
		engine->awaits_tls = true;
		engine->is_open = false;
		event_push_reply(engine, COURANT_EVENT_START_TLS, reply, NULL);
		return true;
	}
	if (reply->code < 400) {
		(void)fail_reply(&error, COURANT_PROTOCOL, engine, reply,
				 "answers STARTTLS with nonsense");
		engine_close(engine, error, NULL);
		return true;
	}
	if (engine->options.tls == COURANT_TLS_OPPORTUNISTIC && !engine->options.by_hand) {
		go_on_in_clear(engine);
		return true;
	}
	(void)fail_reply(&error, COURANT_TLS, engine, reply, "refuses STARTTLS");
	session_fail(engine, COURANT_EVENT_REPLY, error, reply);
	return true;
}

bool session_reset(struct courant_engine *engine, const struct command *command,
		   const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	if (reply->code == 250)
		return true;
	/* A server that keeps the old transaction would mix it with the next. */
	(void)fail_reply(&error, reply->code >= 400 ? COURANT_TEMPORARY : COURANT_PROTOCOL, engine,
			 reply, "refuses RSET");
	engine_close(engine, error, NULL);
	return true;
}

bool session_by_hand(struct courant_engine *engine, const struct command *command,
		     const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	if (reply->code >= 300 && reply->code < 400) {
		/* The next command would be taken for what it asks for. */
		(void)fail_reply(&error, COURANT_PROTOCOL, engine, reply,
				 "asks for more after a command that has no more");
		engine_close(engine, error, NULL);
		return true;
	}
	event_push_reply(engine, COURANT_EVENT_REPLY, reply, NULL);
	return true;
}

bool session_quit(struct courant_engine *engine, const struct command *command,
		  const struct reply *reply)
{
	(void)command;
	(void)reply;
	engine_close(engine, NULL, NULL);
	return true;
}

/* ---- by hand ---- */

/* Whether a command by hand may go now, and room for its event. */
static int prepare_step(struct courant_engine *engine, bool needs_hello, courant_error **err)
{
	if (engine->is_closed || engine->awaits_tls || !engine->is_connected || engine->wants_quit)
		return fail(err, COURANT_USAGE, "there is no session for this command");
	if (engine->n_pending > 0 || engine->n_active > 0)
		return fail(err, COURANT_USAGE, "a command must wait for the ones before it");
	if (needs_hello && !engine->is_open)
		return fail(err, COURANT_USAGE, "EHLO comes first");
	return event_reserve(engine, 1, err);
}

static int set_hello(struct courant_engine *engine, const char *name, courant_error **err)
{
	if (path_check_hello(slice_of(name), err) < 0)
		return -1;

	char *copy = mem_copy_text(name);

	if (!copy)
		return fail_memory(err);
	free(engine->hello);
	engine->hello = copy;
	return 0;
}

int courant_engine_hello(courant_engine *engine, enum courant_greeting how, const char *name,
			 courant_error **err)
{
	if (how == COURANT_HELO && engine->options.protocol == COURANT_LMTP)
		return fail(err, COURANT_USAGE, "LMTP has no HELO");
	if ((name && set_hello(engine, name, err) < 0) || prepare_step(engine, false, err) < 0)
		return -1;
	if (how == COURANT_LHLO)
		engine->options.protocol = COURANT_LMTP;
	if (how == COURANT_HELO)
		write_line(engine, COMMAND_HELO, "HELO", engine->hello);
	else
		session_write_hello(engine);
	return buffer_check(&engine->out, err);
}

int courant_engine_starttls(courant_engine *engine, courant_error **err)
{
	if (engine->is_secured)
		return fail(err, COURANT_USAGE, "the session has TLS already");
	if (!OFFERS(engine, STARTTLS))
		return fail(err, COURANT_TLS, "%s offers no STARTTLS", engine->host);
	if (prepare_step(engine, true, err) < 0)
		return -1;
	write_line(engine, COMMAND_STARTTLS, "STARTTLS", NULL);
	return buffer_check(&engine->out, err);
}

int courant_engine_login(courant_engine *engine, const struct courant_login *login,
			 courant_error **err)
{
	if (engine->is_logged_in)
		return fail(err, COURANT_USAGE, "the session is logged in already");
	if (!login && !engine->wants_login)
		return fail(err, COURANT_USAGE, "nobody to log in");
	if (prepare_step(engine, true, err) < 0 ||
	    (login && login_copy(&engine->login, login, err) < 0))
		return -1;
	engine->wants_login = true;
	login_begin(engine);
	return buffer_check(&engine->out, err);
}

int courant_engine_reset(courant_engine *engine, courant_error **err)
{
	if (prepare_step(engine, true, err) < 0)
		return -1;
	write_line(engine, COMMAND_BY_HAND, "RSET", NULL);
	return buffer_check(&engine->out, err);
}

int courant_engine_noop(courant_engine *engine, courant_error **err)
{
	if (prepare_step(engine, true, err) < 0)
		return -1;
	write_line(engine, COMMAND_BY_HAND, "NOOP", NULL);
	return buffer_check(&engine->out, err);
}

/* VRFY or EXPN. */
static int ask_about(courant_engine *engine, const char *verb, const char *word,
		     courant_error **err)
{
	const slice name = slice_of(word);
	const size_t mark = engine->out.len;

	if (path_check_word(verb, name, OFFERS(engine, SMTPUTF8), err) < 0 ||
	    prepare_step(engine, true, err) < 0)
		return -1;
	buffer_append(&engine->out, slice_of(verb));
	buffer_append_byte(&engine->out, ' ');
	buffer_append(&engine->out, name);
	if (!utf8_is_ascii(name)) /* RFC 6531, 3.7.4.2 */
		buffer_append(&engine->out, SLICE(" SMTPUTF8"));
	engine_command(engine, mark, COMMAND_BY_HAND, NULL, 0);
	return buffer_check(&engine->out, err);
}

int courant_engine_verify(courant_engine *engine, const char *word, courant_error **err)
{
	return ask_about(engine, "VRFY", word, err);
}

int courant_engine_expand(courant_engine *engine, const char *word, courant_error **err)
{
	return ask_about(engine, "EXPN", word, err);
}

/* What these do to the session must be known. */
static const char *const own_commands[] = {"AUTH", "BDAT", "BURL", "DATA", "EHLO", "HELO",    "LHLO",
					   "MAIL", "QUIT", "RCPT", "RSET", "SAML", "SEND", "SOML",
					   "STARTTLS", "TURN"};

int courant_engine_command(courant_engine *engine, const char *line, courant_error **err)
{
	const slice whole = slice_of(line), verb = slice_part(whole, 0, slice_find(whole, ' '));

	if (path_check_command(whole, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof own_commands / sizeof *own_commands; i++)
		if (slice_equal_nocase(verb, slice_of(own_commands[i])))
			return fail(err, COURANT_USAGE, "%s is no command to be sent by hand",
				    own_commands[i]);
	if (prepare_step(engine, false, err) < 0)
		return -1;
	write_line(engine, COMMAND_BY_HAND, line, NULL);
	return buffer_check(&engine->out, err);
}

void courant_engine_quit(courant_engine *engine, int64_t now_ms)
{
	(void)now_ms; /* the clock starts when the command goes out */
	engine->wants_quit = true;
}
