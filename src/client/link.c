/* SPDX-License-Identifier: MIT */
/* link.c - dial, handshake, engine: one after the other over one socket */
#include "client/link.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/idn.h"
#include "base/utf8.h"
#include "net/stream.h"
#include "net/tls.h"

#define READ_BYTES       16384 /* one TLS record */
#define NAME_MAX_BYTES   512
#define WRITES_PER_STEP  16 /* then the other links of a pool have their turn */

enum link_state {
	LINK_DIALING,
	LINK_SHAKING_FIRST, /* TLS from the start: the engine has not begun */
	LINK_SHAKING,       /* after STARTTLS */
	LINK_RUNNING,
	LINK_CLOSED
};

struct link {
	enum link_state state;
	struct dial *dial;
	struct stream stream;
	struct tls_context *tls_context;
	courant_engine *engine;
	struct courant_engine_options engine_options;
	char *name, *verify_name, *hello; /* hello NULL: found out */
	char *peer;
	int64_t begun_ms, stepped_ms, connect_deadline_ms, connected_ms, secured_ms;
	short event;          /* what the handshake or the last write waits for */
	bool has_failed_tls;  /* the handshake after STARTTLS */
	bool is_drained;      /* nothing can be read before link_wake() */
	courant_error *why;   /* failed before there was an engine */
	bool is_over;         /* CLOSED has been shown */
};

struct link *link_new(const struct link_options *options, int64_t now_ms, courant_error **err)
{
	AUTO(link) struct link *link = mem_alloc(sizeof *link);

	if (!link) {
		(void)fail_memory(err);
		return NULL;
	}
	link->stream = (struct stream)STREAM_CLOSED;
	link->tls_context = options->tls;
	link->name = mem_copy_text(options->name);
	link->verify_name = mem_copy_text(options->verify_name);
	link->hello = mem_copy_text(options->engine.hello);
	if (!link->name || (options->verify_name && !link->verify_name) || (options->engine.hello && !link->hello)) {
		(void)fail_memory(err);
		return NULL;
	}
	link->engine_options = options->engine;
	link->begun_ms = now_ms;
	link->connect_deadline_ms = now_ms + (options->connect_timeout_ms > 0 ? options->connect_timeout_ms : LINK_CONNECT_TIMEOUT_MS);
	link->connected_ms = link->secured_ms = -1;
	link->dial = dial_new(&options->dial, err);
	return link->dial ? STEAL(link) : NULL;
}

/* What the engine still wants to say, if that needs no waiting. */
static void say_last_words(struct link *link)
{
	size_t size = 0, n;
	const void *bytes = courant_engine_output(link->engine, &size, link->stepped_ms);

	if (size > 0 && link->is_over)
		(void)stream_try_write(&link->stream, bytes, size, &n, NULL);
}

void link_free(struct link *link)
{
	if (!link)
		return;
	if (link->engine && link->stream.fd >= 0)
		say_last_words(link);
	/* The engine first: a login under way may ask TLS for a channel binding. */
	courant_engine_free(link->engine);
	stream_release(&link->stream);
	dial_free(link->dial);
	courant_error_free(link->why);
	free(link->name);
	free(link->verify_name);
	free(link->hello);
	free(link->peer);
	free(link);
}

static void note(const struct link *link, slice line)
{
	if (link->engine_options.trace)
		link->engine_options.trace(link->engine_options.trace_context, COURANT_NOTE, line.ptr, line.len);
}

/* The connection failed. With an engine it tells the story of what was under way; without one there is only the reason. */
void link_give_up(struct link *link, courant_error *why, int64_t now_ms)
{
	if (link->engine) {
		link->state = LINK_RUNNING;
		courant_engine_lost(link->engine, why, now_ms);
		return;
	}
	link->state = LINK_CLOSED;
	link->why = why;
}

/* The machine's own name when it looks like a full one; nothing is asked of the network (RFC 5321, 4.1.1.1). */
static bool write_host_name(struct buffer *into)
{
	char name[NAME_MAX_BYTES] = "";

	if (gethostname(name, sizeof name - 1) < 0)
		return false;

	const slice host = slice_of(name);

	return slice_find(host, '.') != SLICE_NONE && !slice_starts_nocase(host, SLICE("localhost.")) && utf8_is_ascii(host) &&
	       idn_to_ascii(host, into, NULL) == 0;
}

static int open_engine(struct link *link, courant_error **err)
{
	struct net_address local = {.len = sizeof local.at}, peer = {.len = sizeof peer.at};
	AUTO(buffer) struct buffer hello = BUFFER_LIMIT(NAME_MAX_BYTES);
	AUTO(buffer) struct buffer where = BUFFER_LIMIT(NAME_MAX_BYTES);
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(2 * NAME_MAX_BYTES);

	(void)getsockname(link->stream.fd, (struct sockaddr *)&local.at, &local.len);
	(void)getpeername(link->stream.fd, (struct sockaddr *)&peer.at, &peer.len);
	if (!link->hello && !write_host_name(&hello)) {
		buffer_cut(&hello, 0);
		address_write_literal(&hello, &local);
	}
	address_write(&where, &peer);
	buffer_append(&words, SLICE("connected to "));
	buffer_append(&words, buffer_peek(&where));
	note(link, buffer_peek(&words));

	slice own;

	if (buffer_take(&where, &link->peer, NULL, err) < 0 || buffer_slice(&hello, &own, err) < 0)
		return -1;
	link->engine_options.hello = link->hello ? link->hello : own.ptr;
	link->engine_options.host = link->name;
	link->engine = courant_engine_new(&link->engine_options, err);
	link->engine_options.hello = link->engine_options.host = NULL; /* were copied */
	return link->engine ? 0 : -1;
}

static int begin_tls(struct link *link, courant_error **err)
{
	struct tls *tls = tls_new_client(link->tls_context, link->stream.fd, link->verify_name, err);

	if (!tls)
		return -1;
	stream_secure(&link->stream, tls);
	link->event = POLLOUT;
	return 0;
}

static bool step_dialing(struct link *link, int64_t now_ms)
{
	courant_error *err = NULL;
	int fd = -1;

	if (now_ms >= link->connect_deadline_ms) {
		AUTO(buffer) struct buffer words = BUFFER_LIMIT(64);

		wait_write_duration(&words, now_ms - link->begun_ms);
		(void)fail(&err, COURANT_TIMEOUT, "no connection to %s after %.*s", link->name, SLICE_ARGS(buffer_peek(&words)));
		link_give_up(link, err, now_ms);
		return true;
	}
	switch (dial_step(link->dial, now_ms, &fd, &err)) {
	case DIAL_GOES_ON:
		return false;
	case DIAL_FAILED:
		link_give_up(link, err, now_ms);
		return true;
	case DIAL_CONNECTED:
		break;
	}
	stream_init(&link->stream, fd);
	dial_free(STEAL(link->dial));
	link->connected_ms = now_ms;
	if (open_engine(link, &err) < 0 || (link->engine_options.tls == COURANT_TLS_IMPLICIT && begin_tls(link, &err) < 0)) {
		link_give_up(link, err, now_ms);
	} else if (link->engine_options.tls == COURANT_TLS_IMPLICIT) {
		link->state = LINK_SHAKING_FIRST;
	} else {
		link->state = LINK_RUNNING;
		courant_engine_connected(link->engine, now_ms);
	}
	return true;
}

static bool channel_binding(void *context, const char *name, unsigned char into[64], size_t *ret_size)
{
	return tls_channel_binding(context, name, into, ret_size);
}

static void tell_secured(struct link *link, int64_t now_ms)
{
	struct tls *tls = link->stream.tls;
	const struct courant_tls_facts facts = {.verified = tls_is_verified(tls), .version = tls_version(tls), .cipher = tls_cipher(tls),
						.channel_binding = channel_binding, .context = tls};
	AUTO(buffer) struct buffer words = BUFFER_LIMIT(2 * NAME_MAX_BYTES);

	buffer_printf(&words, "%s with %s, %s%s%s", facts.version, facts.cipher,
		      facts.verified ? "the certificate is good for " : "the certificate was not verified", facts.verified ? link->verify_name : "",
		      tls_is_resumed(tls) ? ", resumed" : "");
	note(link, buffer_peek(&words));
	link->secured_ms = now_ms;
	courant_engine_secured(link->engine, &facts, now_ms);
}

static bool step_shaking(struct link *link, int64_t now_ms)
{
	courant_error *err = NULL;
	const enum stream_status status = stream_try_handshake(&link->stream, &err);

	switch (status) {
	case STREAM_WANT_READ:
	case STREAM_WANT_WRITE:
		link->event = stream_event(status);
		if (link->state == LINK_SHAKING_FIRST && now_ms >= link->connect_deadline_ms) {
			(void)fail(&err, COURANT_TIMEOUT, "%s does not answer the TLS handshake", link->name);
			link_give_up(link, err, now_ms);
			return true;
		}
		return false;
	case STREAM_END:
		(void)fail(&err, COURANT_TLS, "%s closed the connection during the TLS handshake", link->name);
		break;
	case STREAM_FAILED:
	case STREAM_DONE:
		break;
	}
	if (status != STREAM_DONE) {
		link->has_failed_tls = link->state == LINK_SHAKING;
		if (link_may_go_in_clear(link))
			note(link, slice_of(courant_error_sentence(err)));
		link_give_up(link, err, now_ms);
		return true;
	}

	const bool was_first = link->state == LINK_SHAKING_FIRST;

	link->state = LINK_RUNNING;
	link->event = 0;
	link->is_drained = false; /* the first record may have come with the handshake's last */
	tell_secured(link, now_ms);
	if (was_first)
		courant_engine_connected(link->engine, now_ms);
	return true;
}

/* Whether bytes have left. */
static bool step_writing(struct link *link, int64_t now_ms)
{
	bool has_sent = false;

	link->event = 0;
	for (int i = 0; i < WRITES_PER_STEP; i++) {
		courant_error *err = NULL;
		size_t size = 0, n = 0;
		const void *bytes = courant_engine_output(link->engine, &size, now_ms);

		if (size == 0)
			return has_sent;

		const enum stream_status status = stream_try_write(&link->stream, bytes, size, &n, &err);

		if (status == STREAM_WANT_READ || status == STREAM_WANT_WRITE) {
			link->event = stream_event(status);
			return has_sent;
		}
		if (status == STREAM_END) {
			/* What the server said before it closed may still be there to be read: reading finds the end. */
			return has_sent;
		}
		if (status == STREAM_FAILED) {
			courant_engine_lost(link->engine, err, now_ms);
			return true;
		}
		courant_engine_sent(link->engine, n, now_ms);
		has_sent = true;
	}
	/* A long message: the server may have said something that ends it. Nobody waits for it while writing goes on. */
	link->is_drained = false;
	return has_sent;
}

/* What reading has brought. Whether bytes, or the end, have come. */
static bool take_read(struct link *link, enum stream_status status, slice bytes, courant_error *err, int64_t now_ms)
{
	link->is_drained = status == STREAM_WANT_READ || (status == STREAM_DONE && link->stream.is_drained);
	if (status == STREAM_WANT_READ || status == STREAM_WANT_WRITE)
		return false;
	if (status == STREAM_DONE)
		courant_engine_receive(link->engine, bytes.ptr, bytes.len, now_ms);
	else
		courant_engine_lost(link->engine, err, now_ms);
	return true;
}

/* One piece at a time: an event in it may be the beginning of TLS. */
static bool step_reading(struct link *link, int64_t now_ms)
{
	char bytes[READ_BYTES];
	courant_error *err = NULL;
	size_t n = 0;

	if (link->is_drained)
		return false;

	const enum stream_status status = stream_try_read(&link->stream, bytes, sizeof bytes, &n, &err);

	return take_read(link, status, slice_from(bytes, n), err, now_ms);
}

bool link_await(struct link *link, int64_t at_ms)
{
	char bytes[READ_BYTES];
	courant_error *err = NULL;
	size_t n = 0;

	if (link->is_over || link->state != LINK_RUNNING || link->stream.tls || link->event)
		return false;

	const enum stream_status status = stream_await(&link->stream, at_ms - clock_monotonic_ms(), bytes, sizeof bytes, &n, &err);

	(void)take_read(link, status, slice_from(bytes, n), err, clock_monotonic_ms());
	return true;
}

bool link_step(struct link *link, int64_t now_ms)
{
	link->stepped_ms = now_ms;
	if (link->is_over)
		return false;
	if (link->engine)
		courant_engine_tick(link->engine, now_ms);
	switch (link->state) {
	case LINK_DIALING:
		return step_dialing(link, now_ms);
	case LINK_SHAKING_FIRST:
	case LINK_SHAKING:
		return courant_engine_phase(link->engine) != COURANT_PHASE_CLOSED && step_shaking(link, now_ms);
	case LINK_RUNNING:
		if (courant_engine_phase(link->engine) == COURANT_PHASE_CLOSED)
			return false;
		/* Both, always: neither a long message nor a long reply keeps the other waiting. */
		return (int)step_writing(link, now_ms) | (int)step_reading(link, now_ms);
	case LINK_CLOSED:
		return false;
	}
	return false;
}

static bool show_failure(struct link *link, struct courant_event *ret)
{
	if (link->state != LINK_CLOSED || link->is_over)
		return false;
	link->is_over = true;
	*ret = (struct courant_event){.kind = COURANT_EVENT_CLOSED, .error = link->why};
	return true;
}

bool link_next(struct link *link, struct courant_event *ret)
{
	if (!link->engine)
		return show_failure(link, ret);
	while (!link->is_over && courant_engine_next(link->engine, ret)) {
		link->is_over = ret->kind == COURANT_EVENT_CLOSED;
		if (ret->kind != COURANT_EVENT_START_TLS)
			return true;

		courant_error *err = NULL;

		link->state = LINK_SHAKING;
		if (begin_tls(link, &err) < 0)
			link_give_up(link, err, link->stepped_ms);
	}
	return false;
}

size_t link_wishes(const struct link *link, struct pollfd fds[DIAL_MAX_FDS], int64_t *ret_at_ms)
{
	int64_t engine_ms = link->engine ? courant_engine_deadline(link->engine) : WAIT_FOREVER;

	*ret_at_ms = WAIT_FOREVER;
	if (link->is_over)
		return 0;
	switch (link->state) {
	case LINK_DIALING: {
		const size_t n = dial_wishes(link->dial, fds, ret_at_ms);

		if (*ret_at_ms > link->connect_deadline_ms)
			*ret_at_ms = link->connect_deadline_ms;
		return n;
	}
	case LINK_SHAKING_FIRST:
		engine_ms = link->connect_deadline_ms;
		/* fall through */
	case LINK_SHAKING:
		fds[0] = (struct pollfd){.fd = link->stream.fd, .events = link->event};
		break;
	case LINK_RUNNING:
		fds[0] = (struct pollfd){.fd = link->stream.fd, .events = (short)(POLLIN | link->event)};
		break;
	case LINK_CLOSED:
		return 0;
	}
	*ret_at_ms = engine_ms;
	return 1;
}

int link_set_tls(struct link *link, struct tls_context *tls, const char *verify_name, courant_error **err)
{
	char *name = mem_copy_text(verify_name);

	if (!name)
		return fail_memory(err);
	free(link->verify_name);
	link->verify_name = name;
	link->tls_context = tls;
	return 0;
}

void link_wake(struct link *link)
{
	link->is_drained = false;
}

courant_engine *link_engine(struct link *link)
{
	return link->engine;
}

bool link_may_go_in_clear(const struct link *link)
{
	return link->has_failed_tls && link->engine_options.tls == COURANT_TLS_OPPORTUNISTIC && !tls_context_is_pinned(link->tls_context);
}

const struct tls *link_tls(const struct link *link)
{
	return link->secured_ms >= 0 ? link->stream.tls : NULL;
}

int64_t link_connected_after_ms(const struct link *link)
{
	return link->connected_ms < 0 ? -1 : link->connected_ms - link->begun_ms;
}

int64_t link_secured_after_ms(const struct link *link)
{
	return link->secured_ms < 0 ? -1 : link->secured_ms - link->begun_ms;
}

const char *link_peer(const struct link *link)
{
	return link->peer ? link->peer : "";
}
