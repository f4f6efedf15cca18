/* SPDX-License-Identifier: MIT */
/* engine_reply.c - the ring of commands that wait, whose reply is whose, and how a session ends */
#include "base/secret.h"
#include "smtp/engine_state.h"

static const struct {
	enum courant_phase phase;
	on_reply *take; /* NULL: whatever the reply says */
} kinds[COMMAND_KINDS] = {
	[COMMAND_GREETING] = {COURANT_PHASE_GREETING, session_greeting},
	[COMMAND_EHLO] = {COURANT_PHASE_HELLO, session_ehlo},
	[COMMAND_HELO] = {COURANT_PHASE_HELLO, session_helo},
	[COMMAND_STARTTLS] = {COURANT_PHASE_STARTTLS, session_starttls},
	[COMMAND_AUTH] = {COURANT_PHASE_LOGIN, login_reply},
	[COMMAND_AUTH_CANCEL] = {COURANT_PHASE_LOGIN, login_cancelled},
	[COMMAND_MAIL] = {COURANT_PHASE_MAIL, mail_reply_mail},
	[COMMAND_RCPT] = {COURANT_PHASE_RCPT, mail_reply_rcpt},
	[COMMAND_DATA] = {COURANT_PHASE_DATA, mail_reply_data},
	[COMMAND_DOT] = {COURANT_PHASE_FINAL, mail_reply_final},
	[COMMAND_EMPTY_DOT] = {COURANT_PHASE_DATA, NULL}, /* an empty mail to nobody */
	[COMMAND_BDAT] = {COURANT_PHASE_BODY, mail_reply_chunk},
	[COMMAND_BDAT_LAST] = {COURANT_PHASE_FINAL, mail_reply_final},
	[COMMAND_RESET] = {COURANT_PHASE_RESET, session_reset},
	[COMMAND_BY_HAND] = {COURANT_PHASE_COMMAND, session_by_hand},
	[COMMAND_QUIT] = {COURANT_PHASE_QUIT, session_quit},
};

enum courant_phase command_phase(enum command_kind kind)
{
	return kinds[kind].phase;
}

/* ---- commands ---- */

void engine_trace(struct courant_engine *engine, enum courant_direction direction, slice line)
{
	if (engine->options.trace)
		engine->options.trace(engine->options.trace_context, direction,
				      line.ptr ? line.ptr : "", line.len);
}

void engine_wait(struct courant_engine *engine, enum command_kind kind, struct transaction *mail,
		 size_t recipient)
{
	engine->pending[(engine->pending_head + engine->n_pending++) % PENDING_MAX] =
		(struct command){.kind = kind,
				 .mail = mail,
				 .recipient = recipient,
				 .end_at = engine->out_dropped + engine->out.len};
	if (mail)
		mail->outstanding++;
}

void engine_command(struct courant_engine *engine, size_t mark, enum command_kind kind,
		    struct transaction *mail, size_t recipient)
{
	engine_trace(engine, COURANT_FROM_CLIENT, slice_after(buffer_peek(&engine->out), mark));
	buffer_append(&engine->out, SLICE("\r\n"));
	engine_wait(engine, kind, mail, recipient);
}

/* ---- replies ---- */

enum courant_code reply_error_code(int reply_code)
{
	if (reply_code >= 500)
		return COURANT_REFUSED;
	return reply_code >= 400 ? COURANT_TEMPORARY : COURANT_PROTOCOL;
}

int fail_reply(courant_error **err, enum courant_code code, const struct courant_engine *engine,
	       const struct reply *reply, const char *what)
{
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(2 * RESULT_TEXT_MAX_BYTES);
	slice rest = slice_part(reply->raw, 0, RESULT_TEXT_MAX_BYTES);

	if (login_is_repeated(engine, reply->raw))
		rest = LOGIN_REPEATED;
	for (slice line; slice_next(&rest, '\n', &line);) {
		buffer_append_byte(&words, ' ');
		buffer_append(&words, slice_trim_space(line));
	}
	return fail_reply_code(err, code ? code : reply_error_code(reply->code), reply->code,
			       "%s %s: %d%.*s", engine->host, what, reply->code,
			       SLICE_ARGS(buffer_peek(&words)));
}

static void trace_reply(struct courant_engine *engine, const struct reply *reply)
{
	if (!engine->options.trace)
		return;

	AUTO(buffer) struct buffer line = BUFFER_LIMIT(REPLY_LINE_MAX_BYTES + 16);
	slice rest = login_is_repeated(engine, reply->raw) ? SLICE("***") : reply->raw;

	if (!rest.ptr)
		rest = SLICE("");
	for (slice text; slice_next(&rest, '\n', &text);) {
		buffer_cut(&line, 0);
		buffer_append_u64(&line, (uint64_t)reply->code);
		if (rest.ptr || text.len > 0)
			buffer_append_byte(&line, rest.ptr ? '-' : ' ');
		buffer_append(&line, text);
		engine_trace(engine, COURANT_FROM_SERVER, buffer_peek(&line));
	}
}

/* The reply to the command that waits longest. */
static void take_reply(struct courant_engine *engine, const struct reply *reply)
{
	const struct command command = engine->pending[engine->pending_head];
	on_reply *take = kinds[command.kind].take;
	const bool is_answered = take ? take(engine, &command, reply) : true;

	if (engine->is_closed || !is_answered)
		return;
	engine->pending_head = (engine->pending_head + 1) % PENDING_MAX;
	engine->n_pending--;
	if (command.mail) {
		command.mail->outstanding--;
		mail_finish(engine, command.mail);
	}
}

/* Whether the command that waits longest has left as a whole: nobody can answer what was not
 * asked. */
static bool has_asked(const struct courant_engine *engine)
{
	return engine->n_pending > 0 &&
	       engine->pending[engine->pending_head].end_at <= engine->out_dropped + engine->out_at;
}

void engine_read_reply(struct courant_engine *engine, const struct reply *reply)
{
	courant_error *error = NULL;
	const bool is_due = has_asked(engine);

	trace_reply(engine, reply);
	if (reply->code == 421 && courant_engine_phase(engine) != COURANT_PHASE_QUIT) {
		engine->said_421 = true;
		(void)fail_reply(&error, COURANT_TEMPORARY, engine, reply, "closes the connection");
		engine_close(engine, error, reply);
		return;
	}
	if (!is_due && reply->code >= 400 && courant_engine_phase(engine) == COURANT_PHASE_BODY) {
		mail_reply_early(engine, reply);
		return;
	}
	if (!is_due) {
		(void)fail_reply(&error, COURANT_PROTOCOL, engine, reply,
				 "replies to nothing that was asked");
		engine_close(engine, error, NULL);
		return;
	}
	take_reply(engine, reply);
}

/* ---- the end ---- */

static void close_with(struct courant_engine *engine, courant_error *error,
		       const struct reply *reply)
{
	const bool is_refused = courant_error_code(error) == COURANT_REFUSED;
	struct courant_result result = {
		.outcome = is_refused ? COURANT_OUTCOME_REFUSED : COURANT_OUTCOME_DEFERRED,
		.code = reply ? reply->code : 0,
	};

	if (reply)
		memcpy(result.enhanced, reply->enhanced, sizeof result.enhanced);
	mail_settle_all(engine, &result,
			reply ? reply->text : slice_of(courant_error_sentence(error)));
	/* While it is known whose reply it is: that to a login may repeat it. */
	event_push_reply(engine, COURANT_EVENT_CLOSED, reply, error);
	engine->is_closed = true;
	engine->is_open = engine->awaits_tls = false;
	engine->current = NULL;
	engine->n_pending = engine->n_queue = 0;
	engine->clock_ms = CLOCK_STOPPED;
	engine->error = error;
	/* What has not left must not: a message is cut off before its end. */
	secret_release(&engine->out);
	engine->out_at = engine->body_until = 0;
}

/* Whether a login is being given up for a reason of ours. */
static bool is_cancelling(const struct courant_engine *engine)
{
	return engine->n_pending > 0 && engine->login.error &&
	       engine->pending[engine->pending_head].kind == COMMAND_AUTH_CANCEL;
}

void engine_close(struct courant_engine *engine, courant_error *error, const struct reply *reply)
{
	if (engine->is_closed) {
		courant_error_free(error);
		return;
	}
	if (is_cancelling(engine)) {
		/* How the server takes it, hanging up or not, is not what went wrong. */
		courant_error_free(error);
		close_with(engine, STEAL(engine->login.error), NULL);
		return;
	}
	close_with(engine, error, reply);
}

void engine_leave(struct courant_engine *engine, courant_error *error, const struct reply *reply)
{
	if (engine->is_closed) {
		courant_error_free(error);
		return;
	}
	close_with(engine, error, reply);
	engine_trace(engine, COURANT_FROM_CLIENT, SLICE("QUIT"));
	buffer_append(&engine->out, SLICE("QUIT\r\n"));
}
