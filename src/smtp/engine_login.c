/* SPDX-License-Identifier: MIT */
/* engine_login.c - AUTH (RFC 4954): one mechanism after the other, until one logs in or the
 * password is refused */
#include "base/alloc.h"
#include "base/secret.h"
#include "smtp/engine_state.h"

/* RFC 4954, 4: an initial response must not make the command longer than RFC 5321, 4.5.3.1.4
 * allows. */
#define COMMAND_LINE_MAX_BYTES 512

/* ---- the copy of who logs in ---- */

int login_copy(struct login_state *state, const struct courant_login *login, courant_error **err)
{
	if (sasl_check_login(login, err) < 0)
		return -1;
	login_release(state);
	state->first = state->answer =
		(struct buffer)BUFFER_LIMIT((size_t)2 * SASL_ANSWER_MAX_BYTES);

	struct courant_login *to = &state->login;
	const char *const *from[] = {&login->user,      &login->password,   &login->token,
				     &login->authorize, &login->mechanisms, &login->host};
	const char **const into[] = {&to->user,      &to->password,   &to->token,
				     &to->authorize, &to->mechanisms, &to->host};
	bool is_whole = true;

	*to = (struct courant_login){.port = login->port,
				     .salted_password = login->salted_password,
				     .ask_password = login->ask_password,
				     .ask_token = login->ask_token,
				     .context = login->context};
	for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
		*into[i] = mem_copy_text(*from[i]);
		is_whole = is_whole && (!*from[i] || *into[i]);
	}
	return is_whole ? 0 : fail_memory(err);
}

static void end_exchange(struct login_state *state)
{
	if (state->mechanism)
		state->mechanism->calls->free(state->session);
	state->session = NULL;
	secret_release(&state->first);
}

void login_release(struct login_state *state)
{
	const char *const texts[] = {state->login.user,       state->login.password,
				     state->login.token,      state->login.authorize,
				     state->login.mechanisms, state->login.host};

	end_exchange(state);
	secret_release(&state->answer);
	courant_error_free(state->error);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		secret_free((
			char *)(uintptr_t)texts[i]); /* our copies: const only for who reads them */
	*state = (struct login_state){.first = state->first, .answer = state->answer};
}

/* Shorter texts are in every reply. */
#define TELLING_BYTES 4

static bool is_in(slice text, slice secret)
{
	return secret.len >= TELLING_BYTES && slice_find_slice(text, secret) != SLICE_NONE;
}

bool login_is_repeated(const struct courant_engine *engine, slice text)
{
	const enum command_kind kind = engine->pending[engine->pending_head].kind;
	const bool is_login = engine->n_pending > 0 && (kind == COMMAND_AUTH || kind == COMMAND_AUTH_CANCEL);

	/* A password may be a word that replies to other commands are full of; an answer is not. */
	if (is_login && (is_in(text, slice_of(engine->login.login.password)) || is_in(text, slice_of(engine->login.login.token))))
		return true;
	return is_in(text, buffer_peek(&engine->login.answer));
}

/* ---- the exchange ---- */

static void fail_login(struct courant_engine *engine, courant_error *error,
		       const struct reply *reply)
{
	session_fail(engine, COURANT_EVENT_LOGIN, error, reply);
	end_exchange(&engine->login);
}

/* Sends one line whose bytes are secret; `shown` is what the trace sees. */
static void send_secret(struct courant_engine *engine, slice command, slice secret,
			const char *shown)
{
	/* Growing later would leave a copy behind. */
	(void)buffer_room(&engine->out, command.len + secret.len + sizeof "\r\n");
	buffer_append(&engine->out, command);
	buffer_append(&engine->out, secret);
	buffer_append(&engine->out, SLICE("\r\n"));
	engine->out_is_secret = true;
	engine_trace(engine, COURANT_FROM_CLIENT, slice_of(shown));
	engine_wait(engine, COMMAND_AUTH, NULL, 0);
}

/* The mechanism's answer, as base64, into state->answer. */
static int make_answer(struct login_state *state, slice challenge, courant_error **err)
{
	const struct sasl_calls *calls = state->mechanism->calls;
	AUTO(secret_buffer) struct buffer bytes = BUFFER_LIMIT(SASL_ANSWER_MAX_BYTES);

	secret_release(&state->answer);
	if (!buffer_room(&bytes, SASL_ANSWER_MAX_BYTES) ||
	    !buffer_room(&state->answer, (size_t)2 * SASL_ANSWER_MAX_BYTES))
		return fail_memory(err);
	if (calls->step(state->session, challenge, &bytes, &state->is_done, err) < 0)
		return -1;
	sasl_encode(buffer_peek(&bytes), &state->answer);
	return buffer_check(&state->answer, err);
}

static void send_auth(struct courant_engine *engine, const struct sasl_mechanism *mechanism)
{
	struct login_state *state = &engine->login;
	AUTO(buffer) struct buffer command = BUFFER_LIMIT(COMMAND_LINE_MAX_BYTES);
	AUTO(buffer) struct buffer shown = BUFFER_LIMIT(COMMAND_LINE_MAX_BYTES);
	const bool speaks = mechanism->traits & SASL_SPEAKS_FIRST;
	slice first = speaks ? buffer_peek(&state->answer) : SLICE("");

	buffer_printf(&command, "AUTH %s", mechanism->name);
	if (speaks && first.len == 0)
		first = SLICE("="); /* RFC 4954, 4: an empty response is not a missing one */
	if (!speaks || command.len + 1 + first.len + 2 > COMMAND_LINE_MAX_BYTES) {
		buffer_append(&state->first, first); /* goes with the first 334 */
		first = SLICE("");
	} else {
		buffer_append_byte(&command, ' ');
	}
	buffer_printf(&shown, "%.*s%s", SLICE_ARGS(buffer_peek(&command)),
		      first.len > 0 ? "***" : "");
	if (!command.bytes || !shown.bytes) {
		engine->out.failure = BUFFER_NO_MEMORY;
		return;
	}
	send_secret(engine, buffer_peek(&command), first, shown.bytes);
}

/* Asks for one secret that was not given. */
static int ask(const struct courant_login *login, bool (*function)(void *, char *, size_t),
	       const char **into, const char *what, courant_error **err)
{
	AUTO(secret_buffer) struct buffer answer = BUFFER_LIMIT(SASL_ANSWER_MAX_BYTES);
	char *room = buffer_room(&answer, SASL_ANSWER_MAX_BYTES - 1);

	if (!room)
		return fail_memory(err);
	room[0] = '\0';
	if (!function(login->context, room, SASL_ANSWER_MAX_BYTES - 1))
		return fail(err, COURANT_LOGIN, "there is no %s", what);
	room[SASL_ANSWER_MAX_BYTES - 2] = '\0';
	*into = mem_copy_text(room);
	return *into ? 0 : fail_memory(err);
}

static int ask_what_lacks(struct courant_login *login, unsigned traits, courant_error **err)
{
	if ((traits & SASL_NEEDS_PASSWORD) && !login->password &&
	    ask(login, login->ask_password, &login->password, "password", err) < 0)
		return -1;
	if ((traits & SASL_NEEDS_TOKEN) && !login->token &&
	    ask(login, login->ask_token, &login->token, "token", err) < 0)
		return -1;
	return sasl_check_login(login, err);
}

/* Starts the exchange of one mechanism. */
static int try_mechanism(struct courant_engine *engine, const struct sasl_mechanism *mechanism,
			 courant_error **err)
{
	struct login_state *state = &engine->login;

	end_exchange(state);
	state->mechanism = mechanism;
	state->tried |= 1u << (mechanism - sasl_mechanisms);
	state->rounds = 0;
	state->is_done = false;
	if (ask_what_lacks(&state->login, mechanism->traits, err) < 0)
		return -1;
	if (!state->login.host)
		state->login.host = mem_copy_text(engine->host);
	state->session = mechanism->calls->start(mechanism->name, &state->login,
						 engine->is_secured ? &engine->tls : NULL, err);
	if (!state->session)
		return -1;
	if ((mechanism->traits & SASL_SPEAKS_FIRST) && make_answer(state, SLICE(""), err) < 0)
		return -1;
	send_auth(engine, mechanism);
	return 0;
}

/* The next mechanism, or the end. */
static void go_on(struct courant_engine *engine, const struct reply *reply)
{
	const struct sasl_choice choice = {
		.offered = slice_trim(buffer_peek(&engine->offer.logins)),
		.login = &engine->login.login,
		.tls = engine->is_secured ? &engine->tls : NULL,
		.may_show_secret = engine->options.tls == COURANT_TLS_NONE ||
				   (engine->is_secured && engine->tls.verified),
		.tried = engine->login.tried,
	};
	const struct sasl_mechanism *mechanism = sasl_choose(&choice);
	courant_error *error = NULL;

	if (mechanism && try_mechanism(engine, mechanism, &error) == 0)
		return;
	if (!mechanism && reply)
		(void)fail_reply(&error, COURANT_LOGIN, engine, reply,
				 "refuses every way to log in, the last with");
	else if (!mechanism)
		(void)sasl_fail_choice(&choice, engine->host, &error);
	else
		(void)fail_within(&error, "%s, login", engine->host);
	fail_login(engine, error, reply);
}

void login_begin(struct courant_engine *engine)
{
	engine->login.tried = 0;
	go_on(engine, NULL);
}

/* RFC 4954, 4: "*" cancels the exchange; its reply is waited for. Takes the error. */
static void cancel(struct courant_engine *engine, courant_error *error)
{
	const size_t mark = engine->out.len;

	courant_error_free(engine->login.error);
	engine->login.error = error;
	buffer_append(&engine->out, SLICE("*"));
	engine_command(engine, mark, COMMAND_AUTH_CANCEL, NULL, 0);
}

/* Where the first response was too long for the command, its turn is now. */
static void send_first(struct courant_engine *engine)
{
	struct login_state *state = &engine->login;
	const slice first = buffer_peek(&state->first);
	const bool is_empty = slice_equal(first, SLICE("="));

	send_secret(engine, SLICE(""), is_empty ? SLICE("") : first, "***");
	secret_release(&state->first);
}

static void answer_challenge(struct courant_engine *engine, const struct reply *reply)
{
	struct login_state *state = &engine->login;
	AUTO(buffer) struct buffer challenge = BUFFER_LIMIT(REPLY_MAX_BYTES);
	courant_error *error = NULL;

	/* A refused token is explained in a challenge after the last word (sasl_oauth.c);
	 * nothing else is. */
	if (++state->rounds > SASL_ROUNDS_MAX || (state->is_done && state->first.len == 0 &&
						  !(state->mechanism->traits & SASL_NEEDS_TOKEN))) {
		(void)fail(&error, COURANT_LOGIN, "%s never stops asking during the login",
			   engine->host);
		cancel(engine, error);
		return;
	}
	if (state->first.len > 0) {
		send_first(engine);
		return;
	}
	if (!sasl_decode(slice_trim(reply->raw), &challenge)) {
		buffer_cut(&challenge, 0);
		if (!(state->mechanism->traits & SASL_IGNORES_CHALLENGE)) {
			(void)fail(&error, COURANT_LOGIN, "%s sends a challenge that is not base64",
				   engine->host);
			cancel(engine, error);
			return;
		}
	}
	if (make_answer(state, buffer_peek(&challenge), &error) < 0) {
		(void)fail_within(&error, "%s, login", engine->host);
		cancel(engine, error);
		return;
	}
	send_secret(engine, SLICE(""), buffer_peek(&state->answer), "***");
}

/* Whether it is the mechanism that is refused, not who logs in: another one may do. */
static bool is_mechanism_refused(int code)
{
	return code == 504 || code == 534 || code == 538 || (code >= 500 && code <= 503);
}

static void take_success(struct courant_engine *engine, const struct reply *reply)
{
	courant_error *error = NULL;

	if (!engine->login.is_done) {
		/* In SCRAM the server has to prove that it knows the password; without that
		 * proof it may be anybody. */
		(void)fail(&error, COURANT_LOGIN,
			   "%s accepts the login (%s) without proving who it is", engine->host,
			   engine->login.mechanism->name);
		fail_login(engine, error, NULL);
		return;
	}
	engine->is_logged_in = true;
	event_push_reply(engine, COURANT_EVENT_LOGIN, reply, NULL);
	end_exchange(&engine->login);
	session_go_on(engine);
}

bool login_reply(struct courant_engine *engine, const struct command *command,
		 const struct reply *reply)
{
	courant_error *error = NULL;

	(void)command;
	if (reply->code == 334) {
		answer_challenge(engine, reply);
	} else if (reply->code == 235) {
		take_success(engine, reply);
	} else if (is_mechanism_refused(reply->code)) {
		go_on(engine, reply);
	} else {
		const enum courant_code code = reply->code >= 500 ? COURANT_LOGIN : 0;

		(void)fail_reply(&error, code, engine, reply, "refuses the login");
		fail_login(engine, error, reply->code >= 400 ? reply : NULL);
	}
	return true;
}

bool login_cancelled(struct courant_engine *engine, const struct command *command,
		     const struct reply *reply)
{
	(void)command;
	(void)reply; /* 501, whatever it says: this login has failed */
	fail_login(engine, STEAL(engine->login.error), NULL);
	return true;
}
