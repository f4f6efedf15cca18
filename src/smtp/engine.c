/* SPDX-License-Identifier: MIT */
/* engine.c - the engine's life, and what the driver tells it: bytes, time, the connection's end */
#include "base/alloc.h"
#include "base/secret.h"
#include "smtp/engine_state.h"
#include "smtp/path.h"

#define SECONDS(n) ((int64_t)(n)*1000)

/* What has the time of the phase "message". */
#define TIMED_BYTES ((uint64_t)64 * 1024)

static const struct {
	const char *name;
	int64_t timeout_ms; /* 0: none */
} phases[] = {
	[COURANT_PHASE_CONNECT] = {"connection", 0},
	[COURANT_PHASE_GREETING] = {"greeting", SECONDS(300)},
	[COURANT_PHASE_HELLO] = {"EHLO", SECONDS(300)},
	[COURANT_PHASE_STARTTLS] = {"STARTTLS", SECONDS(300)},
	[COURANT_PHASE_TLS] = {"TLS handshake", SECONDS(60)},
	[COURANT_PHASE_LOGIN] = {"login", SECONDS(300)},
	[COURANT_PHASE_IDLE] = {"session", 0},
	[COURANT_PHASE_MAIL] = {"MAIL FROM", SECONDS(300)},
	[COURANT_PHASE_RCPT] = {"RCPT TO", SECONDS(300)},
	[COURANT_PHASE_DATA] = {"DATA", SECONDS(120)},
	[COURANT_PHASE_BODY] = {"message", SECONDS(180)},
	[COURANT_PHASE_FINAL] = {"end of the message", SECONDS(600)},
	[COURANT_PHASE_RESET] = {"RSET", SECONDS(300)},
	[COURANT_PHASE_COMMAND] = {"command", SECONDS(300)},
	[COURANT_PHASE_QUIT] = {"QUIT", SECONDS(2)},
	[COURANT_PHASE_CLOSED] = {"end", 0},
};

const char *courant_phase_name(enum courant_phase phase)
{
	return (size_t)phase < sizeof phases / sizeof *phases ? phases[phase].name : "session";
}

/* ---- life ---- */

/* Greeted, two answers to EHLO, STARTTLS, login, open, closed, and one to spare. */
#define SESSION_EVENTS 8

static int copy_options(struct courant_engine *engine, const struct courant_engine_options *options,
			courant_error **err)
{
	engine->options = *options;
	engine->options.login = NULL;
	if (engine->options.window == 0)
		engine->options.window = 1;
	if (engine->options.window > PENDING_MAX / 4) /* RSET, MAIL, RCPT, BDAT each */
		engine->options.window = PENDING_MAX / 4;
	engine->hello = mem_copy_text(options->hello ? options->hello : "[127.0.0.1]");
	engine->host = mem_copy_text(options->host ? options->host : "the server");
	if (!engine->hello || !engine->host)
		return fail_memory(err);
	if (path_check_hello(slice_of(engine->hello), err) < 0)
		return -1;
	engine->wants_login = options->login != NULL;
	return options->login ? login_copy(&engine->login, options->login, err) : 0;
}

static int make_room(struct courant_engine *engine, courant_error **err)
{
	/* The one after the window waits with its envelope already sent. */
	engine->n_mails = engine->options.window + 1;
	engine->mails = mem_array(engine->n_mails, sizeof *engine->mails);
	engine->queue = mem_array(engine->n_mails, sizeof(struct transaction *));
	if (!engine->mails || !engine->queue)
		return fail_memory(err);
	return event_reserve(engine, SESSION_EVENTS, err);
}

courant_engine *courant_engine_new(const struct courant_engine_options *options,
				   courant_error **err)
{
	struct courant_engine *engine = mem_alloc(sizeof *engine);

	if (!engine) {
		(void)fail_memory(err);
		return NULL;
	}
	engine->out = (struct buffer)BUFFER_LIMIT(OUTPUT_MAX_BYTES);
	engine->words = (struct buffer)BUFFER_LIMIT(WORDS_MAX_BYTES);
	engine->clock_ms = CLOCK_STOPPED;
	engine->chunk_header = sizeof "BDAT 1024 LAST\r\n" - 1;
	reply_reader_init(&engine->replies);
	extensions_init(&engine->offer);
	if (copy_options(engine, options, err) < 0 || make_room(engine, err) < 0) {
		courant_engine_free(engine);
		return NULL;
	}
	return engine;
}

void courant_engine_free(courant_engine *engine)
{
	if (!engine)
		return;
	login_release(&engine->login);
	for (size_t i = 0; engine->mails && i < engine->n_mails; i++)
		free(engine->mails[i].fates);
	free(engine->mails);
	free(engine->queue);
	free(engine->events);
	free(engine->block);
	free(engine->hello);
	free(engine->host);
	free(engine->tls_version);
	free(engine->tls_cipher);
	secret_release(&engine->out);
	buffer_release(&engine->words);
	reply_reader_release(&engine->replies);
	extensions_release(&engine->offer);
	courant_error_free(engine->error);
	courant_error_free(engine->step_error);
	free(engine);
}

/* ---- what the driver tells ---- */

static bool has_output(const struct courant_engine *engine)
{
	return engine->out.len > engine->out_at;
}

/* The clock runs while something is waited for. */
static void mind_clock(struct courant_engine *engine, int64_t now_ms)
{
	const bool is_busy = engine->n_pending > 0 || has_output(engine) || engine->awaits_tls;

	if (engine->is_closed || !is_busy) {
		engine->clock_ms = CLOCK_STOPPED;
	} else if (engine->clock_ms == CLOCK_STOPPED) {
		engine->clock_ms = now_ms;
		engine->clock_at = engine->out_dropped + engine->out_at;
	}
}

/* A sticky failure of the output ends the session: half a command must not leave. */
static void mind_output(struct courant_engine *engine)
{
	courant_error *error = NULL;

	if (!engine->is_closed && buffer_check(&engine->out, &error) < 0)
		engine_close(engine, error, NULL);
}

void courant_engine_connected(courant_engine *engine, int64_t now_ms)
{
	courant_error *error = NULL;

	if (engine->is_connected || engine->is_closed)
		return;
	if (engine->options.tls == COURANT_TLS_IMPLICIT && !engine->is_secured) {
		(void)fail(&error, COURANT_TLS,
			   "%s: TLS from the start is wanted, and there is none", engine->host);
		engine_close(engine, error, NULL);
		return;
	}
	engine->is_connected = true;
	engine_wait(engine, COMMAND_GREETING, NULL, 0);
	mind_clock(engine, now_ms);
}

/* Copies what is kept of the facts. */
static int keep_facts(struct courant_engine *engine, const struct courant_tls_facts *facts,
		      courant_error **err)
{
	free(engine->tls_version);
	free(engine->tls_cipher);
	engine->tls_version = mem_copy_text(facts->version);
	engine->tls_cipher = mem_copy_text(facts->cipher);
	engine->tls = *facts;
	engine->tls.version = engine->tls_version;
	engine->tls.cipher = engine->tls_cipher;
	if ((facts->version && !engine->tls_version) || (facts->cipher && !engine->tls_cipher))
		return fail_memory(err);
	if (!facts->verified && engine->options.tls != COURANT_TLS_OPPORTUNISTIC)
		return fail(err, COURANT_TLS, "%s: its certificate was not verified", engine->host);
	return 0;
}

void courant_engine_secured(courant_engine *engine, const struct courant_tls_facts *facts,
			    int64_t now_ms)
{
	courant_error *error = NULL;
	const bool is_due = engine->awaits_tls || !engine->is_connected;

	if (engine->is_closed || engine->is_secured || !is_due)
		return;
	if (keep_facts(engine, facts, &error) < 0) {
		engine_close(engine, error, NULL);
		return;
	}
	engine->is_secured = true;
	if (!engine->awaits_tls)
		return;
	engine->awaits_tls = false;
	/* RFC 3207, 4.2: nothing that was said in clear counts any more. */
	extensions_forget(&engine->offer);
	if (!engine->options.by_hand)
		session_write_hello(engine);
	engine->clock_ms = CLOCK_STOPPED;
	mind_output(engine);
	mind_clock(engine, now_ms);
}

/* Bytes behind the reply to STARTTLS, or during the handshake, were not protected by it:
 * somebody may have put them there. */
static void refuse_injection(struct courant_engine *engine)
{
	courant_error *error = NULL;

	(void)fail(&error, COURANT_TLS,
		   "%s sent bytes in clear after STARTTLS: perhaps somebody injects them",
		   engine->host);
	engine_close(engine, error, NULL);
}

void courant_engine_receive(courant_engine *engine, const void *bytes, size_t n, int64_t now_ms)
{
	slice in = slice_from(bytes, n);

	while (in.len > 0 && !engine->is_closed) {
		courant_error *error = NULL;
		struct reply reply;

		if (engine->awaits_tls) {
			refuse_injection(engine);
			break;
		}
		if (!engine->is_connected)
			break;

		const int done = reply_read(&engine->replies, &in, &reply, &error);

		if (done == 0)
			break;
		if (done < 0 && courant_engine_phase(engine) == COURANT_PHASE_QUIT) {
			courant_error_free(error);
			engine_close(engine, NULL, NULL);
			break;
		}
		if (done < 0) {
			(void)fail_within(&error, "%s, %s", engine->host,
					  courant_phase_name(courant_engine_phase(engine)));
			engine_close(engine, error, NULL);
			break;
		}
		engine_read_reply(engine, &reply);
		mind_output(engine);
		engine->clock_ms = CLOCK_STOPPED; /* a whole reply: the next phase's time begins */
		mind_clock(engine, now_ms);
	}
	mind_clock(engine, now_ms);
}

void courant_engine_lost(courant_engine *engine, courant_error *why, int64_t now_ms)
{
	AUTO(error) courant_error *cause = why;
	const enum courant_phase phase = courant_engine_phase(engine);
	courant_error *error = NULL;

	(void)now_ms;
	if (engine->is_closed)
		return;
	if (phase == COURANT_PHASE_QUIT) {
		engine_close(engine, NULL, NULL);
		return;
	}
	if (cause)
		error = STEAL(cause);
	else
		(void)fail(&error, COURANT_TEMPORARY, "%s closed the connection (%s)", engine->host,
			   courant_phase_name(phase));
	engine_close(engine, error, NULL);
}

static bool may_quit(const struct courant_engine *engine)
{
	return engine->wants_quit && engine->is_connected && !engine->is_closed &&
	       !engine->awaits_tls && engine->n_active == 0 && engine->n_pending == 0;
}

const void *courant_engine_output(courant_engine *engine, size_t *ret_n, int64_t now_ms)
{
	if (engine->is_open)
		write_mails(engine);
	if (may_quit(engine))
		session_write_quit(engine);
	mind_output(engine);
	mind_clock(engine, now_ms);
	*ret_n = engine->out.len - engine->out_at;
	return engine->out.bytes ? engine->out.bytes + engine->out_at : "";
}

static void drop_sent(struct courant_engine *engine)
{
	if (engine->out_is_secret) {
		secret_clear(engine->out.bytes, engine->out.len);
		engine->out_is_secret = false;
	}
	engine->out_dropped += engine->out_at;
	engine->out_at = engine->body_until = 0;
	buffer_cut(&engine->out, 0);
}

void courant_engine_sent(courant_engine *engine, size_t n, int64_t now_ms)
{
	const size_t left = engine->out.len - engine->out_at;

	engine->out_at += n < left ? n : left;
	if (n > 0 && engine->out_at == engine->out.len) {
		drop_sent(engine);
		engine->clock_ms = CLOCK_STOPPED;
	}
	/* A block has gone: the next has its own time (RFC 5321, 4.5.3.2.5). The output of a large
	 * message is filled again before all of it is gone. */
	if (engine->out_dropped + engine->out_at - engine->clock_at >= TIMED_BYTES)
		engine->clock_ms = CLOCK_STOPPED;
	mind_clock(engine, now_ms);
}

enum courant_phase courant_engine_phase(const courant_engine *engine)
{
	if (engine->is_closed)
		return COURANT_PHASE_CLOSED;
	if (!engine->is_connected)
		return COURANT_PHASE_CONNECT;
	if (engine->awaits_tls)
		return COURANT_PHASE_TLS;
	if (engine->out_at < engine->body_until)
		return COURANT_PHASE_BODY;
	if (engine->n_pending > 0)
		return command_phase(engine->pending[engine->pending_head].kind);
	if (engine->current && engine->current->stage == STAGE_BODY)
		return COURANT_PHASE_BODY;
	return COURANT_PHASE_IDLE;
}

static int64_t phase_deadline(const struct courant_engine *engine)
{
	const enum courant_phase phase = courant_engine_phase(engine);
	uint64_t timeout_ms = (uint64_t)phases[phase].timeout_ms;

	if (engine->clock_ms == CLOCK_STOPPED || timeout_ms == 0)
		return INT64_MAX;
	if (engine->options.timeout_ms > 0 && engine->options.timeout_ms < timeout_ms)
		timeout_ms = engine->options.timeout_ms;
	return engine->clock_ms + (int64_t)timeout_ms;
}

int64_t courant_engine_deadline(const courant_engine *engine)
{
	return engine->n_events > 0 ? 0 : phase_deadline(engine);
}

void courant_engine_tick(courant_engine *engine, int64_t now_ms)
{
	const enum courant_phase phase = courant_engine_phase(engine);
	courant_error *error = NULL;

	if (now_ms < phase_deadline(engine))
		return;
	if (phase != COURANT_PHASE_QUIT)
		(void)fail(&error, COURANT_TIMEOUT, "%s: no answer in time (%s)", engine->host,
			   courant_phase_name(phase));
	engine_close(engine, error, NULL);
}

/* ---- what is known ---- */

unsigned courant_engine_extensions(const courant_engine *engine)
{
	return engine->offer.bits;
}

const char *courant_engine_parameters(const courant_engine *engine, const char *keyword)
{
	return extensions_find(&engine->offer, slice_of(keyword));
}

const char *courant_engine_mechanism(const courant_engine *engine)
{
	return engine->is_logged_in ? engine->login.mechanism->name : NULL;
}
