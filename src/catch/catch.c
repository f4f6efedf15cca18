/* SPDX-License-Identifier: MIT */
/* catch.c - accepts connections, drives a server session over each, writes mails into a maildir */
#include "catch/catch.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/printable.h"
#include "client/maildir.h"
#include "mime/date.h"
#include "net/listen.h"
#include "net/stream.h"
#include "net/tls.h"
#include "net/wait.h"
#include "smtp/server.h"

#define CONNECTIONS_MAX    500 /* further ones wait to be accepted */
#define READ_BYTES         16384
#define HANDSHAKE_MS       (60 * MS_PER_SECOND)
#define LAST_WORDS_MS      (5 * MS_PER_SECOND) /* for a client to take them when we have nothing more to say */
#define SUMMARY_MAX_BYTES  4096
#define HEADER_MAX_BYTES   ((size_t)2 << 20)   /* a thousand recipients of 1,000 bytes */

struct visitor {
	struct catch *catch;
	struct stream stream;
	struct server *server;
	struct net_address peer;
	struct maildir_mail mail;
	struct buffer summary; /* of the mail: from whom to whom */
	bool is_shaking, is_secured, is_over;
	short event;         /* what a handshake or a write waits for besides input */
	int64_t give_up_ms;  /* for a handshake, or for our last words */
};

struct catch {
	struct catch_options options;
	int listen_fd;
	struct net_address address;
	struct maildir *maildir;
	struct tls_context *tls;
	struct visitor *visitors[CONNECTIONS_MAX];
	size_t n_visitors;
	int64_t rest_until_ms; /* without descriptors nobody is let in until then; 0: there are some */
	uint64_t n_mails;
	struct pollfd fds[CONNECTIONS_MAX + 2];
};

/* ---- what the session asks ---- */

/* In a time that does not tell how much of it was right. */
static bool is_same_secret(slice a, const char *b)
{
	const size_t len = strlen(b);
	unsigned char difference = a.len != len;

	for (size_t i = 0; i < a.len; i++)
		difference |= (unsigned char)(a.ptr[i] ^ b[len ? i % len : 0]);
	return difference == 0;
}

static bool on_login(void *context, slice user, slice password)
{
	const struct visitor *visitor = context;
	const struct catch_options *options = &visitor->catch->options;
	const bool is_user = slice_equal(user, slice_of(options->user));

	return is_same_secret(password, options->password) && is_user;
}

/* The lines in front of the mail (RFC 5321, 4.4). Bytes of the envelope cannot break a line: control characters were refused by the session, and are escaped here
 * all the same. */
static void write_trace(const struct visitor *visitor, const struct server_envelope *envelope, struct buffer *into)
{
	buffer_append(into, SLICE("Return-Path: <"));
	printable_write(into, envelope->sender);
	buffer_append(into, SLICE(">\r\n"));
	for (size_t i = 0; i < envelope->n_recipients; i++) {
		buffer_append(into, SLICE("X-Envelope-To: <"));
		printable_write(into, envelope->recipients[i]);
		buffer_append(into, SLICE(">\r\n"));
	}
	buffer_append(into, SLICE("Received: from "));
	printable_write(into, envelope->hello);
	buffer_append(into, SLICE(" ("));
	address_write_literal(into, &visitor->peer);
	buffer_append(into, SLICE(")\r\n\tby localhost with "));
	buffer_printf(into, "%sSMTP%s%s", envelope->is_utf8 ? "UTF8" : "E", envelope->is_tls ? "S" : "", envelope->user.len ? "A" : "");
	if (envelope->is_tls && visitor->stream.tls)
		buffer_printf(into, " (%s)", tls_version(visitor->stream.tls));
	buffer_append(into, SLICE(";\r\n\t"));
	date_write(into, clock_now_ms(), 0);
	buffer_append(into, SLICE("\r\n"));
}

/* For the eye: beyond its limit it ends. */
static void summarise(struct visitor *visitor, const struct server_envelope *envelope)
{
	buffer_cut(&visitor->summary, 0);
	buffer_append(&visitor->summary, SLICE("from <"));
	printable_write(&visitor->summary, envelope->sender);
	buffer_append(&visitor->summary, SLICE("> to <"));
	printable_write(&visitor->summary, envelope->recipients[0]);
	buffer_append_byte(&visitor->summary, '>');
	if (envelope->n_recipients > 1)
		buffer_printf(&visitor->summary, " and %zu more", envelope->n_recipients - 1);
}

static int on_begin(void *context, const struct server_envelope *envelope, courant_error **err)
{
	struct visitor *visitor = context;
	AUTO(buffer) struct buffer trace = BUFFER_LIMIT(HEADER_MAX_BYTES);
	slice lines;

	write_trace(visitor, envelope, &trace);
	summarise(visitor, envelope);
	if (buffer_slice(&trace, &lines, err) < 0 || maildir_begin(visitor->catch->maildir, &visitor->mail, err) < 0)
		return -1;
	return maildir_write(&visitor->mail, lines, err);
}

static int on_write(void *context, slice bytes, courant_error **err)
{
	struct visitor *visitor = context;

	return maildir_write(&visitor->mail, bytes, err);
}

static int on_finish(void *context, struct buffer *ret_words, courant_error **err)
{
	struct visitor *visitor = context;
	struct catch *catch = visitor->catch;

	if (maildir_finish(catch->maildir, &visitor->mail, err) < 0)
		return -1;
	catch->n_mails++;
	buffer_printf(ret_words, "queued as %s", visitor->mail.name);
	if (catch->options.caught)
		catch->options.caught(catch->options.context, visitor->mail.name, buffer_peek(&visitor->summary));
	return 0;
}

static void on_abandon(void *context)
{
	struct visitor *visitor = context;

	maildir_abandon(visitor->catch->maildir, &visitor->mail);
}

/* ---- visitors ---- */

static void visitor_free(struct visitor *visitor)
{
	if (!visitor)
		return;
	/* Before the maildir goes: a mail that was begun is taken back. */
	server_free(visitor->server);
	maildir_abandon(visitor->catch->maildir, &visitor->mail);
	stream_release(&visitor->stream);
	buffer_release(&visitor->summary);
	free(visitor);
}
AUTO_DEFINE(visitor, struct visitor, visitor_free)

static int begin_tls(struct visitor *visitor)
{
	struct tls *tls = tls_new_server(visitor->catch->tls, visitor->stream.fd, NULL);

	if (!tls)
		return -1;
	stream_secure(&visitor->stream, tls);
	visitor->is_shaking = true;
	visitor->event = 0;
	visitor->give_up_ms = clock_monotonic_ms() + HANDSHAKE_MS;
	return 0;
}

static struct visitor *visitor_new(struct catch *catch, int fd, const struct net_address *peer)
{
	const struct catch_options *options = &catch->options;
	const struct server_options session = {
		.offer_tls = options->tls == CATCH_TLS_STARTTLS,
		.is_tls = options->tls == CATCH_TLS_FIRST,
		.require_login = options->user != NULL,
		.login_in_clear = options->tls == CATCH_TLS_NONE,
		.size_max_bytes = options->size_max_bytes,
	};
	const struct server_calls calls = {.login = options->user ? on_login : NULL, .begin = on_begin, .write = on_write, .finish = on_finish,
					   .abandon = on_abandon};
	AUTO(visitor) struct visitor *visitor = mem_alloc(sizeof *visitor);

	if (!visitor) {
		(void)close(fd);
		return NULL;
	}
	visitor->catch = catch;
	visitor->mail = (struct maildir_mail)MAILDIR_NO_MAIL;
	visitor->peer = *peer;
	visitor->summary = (struct buffer)BUFFER_LIMIT(SUMMARY_MAX_BYTES);
	visitor->give_up_ms = INT64_MAX;
	stream_init(&visitor->stream, fd);
	visitor->server = server_new(&session, &calls, visitor, NULL);
	if (!visitor->server || (session.is_tls && begin_tls(visitor) < 0))
		return NULL;
	if (!session.is_tls)
		server_connected(visitor->server, clock_monotonic_ms());
	return STEAL(visitor);
}

/* Whether anything moved. */
static bool shake(struct visitor *visitor, int64_t now_ms)
{
	const enum stream_status status = stream_try_handshake(&visitor->stream, NULL);

	if (status == STREAM_WANT_READ || status == STREAM_WANT_WRITE) {
		visitor->event = stream_event(status);
		visitor->is_over = now_ms >= visitor->give_up_ms;
		return false;
	}
	visitor->is_shaking = false;
	visitor->event = 0;
	visitor->give_up_ms = INT64_MAX;
	if (status != STREAM_DONE) {
		visitor->is_over = true;
	} else if (visitor->catch->options.tls == CATCH_TLS_FIRST) {
		server_connected(visitor->server, now_ms);
	} else {
		server_secured(visitor->server, now_ms);
	}
	return true;
}

/* Whether all of the output is out. */
static bool write_out(struct visitor *visitor)
{
	visitor->event = 0;
	for (;;) {
		const slice output = server_output(visitor->server);
		size_t n = 0;

		if (output.len == 0)
			return true;

		const enum stream_status status = stream_try_write(&visitor->stream, output.ptr, output.len, &n, NULL);

		if (status == STREAM_WANT_READ || status == STREAM_WANT_WRITE) {
			visitor->event = stream_event(status);
			return false;
		}
		if (status != STREAM_DONE) {
			visitor->is_over = true;
			return false;
		}
		server_sent(visitor->server, n);
	}
}

static bool read_in(struct visitor *visitor, int64_t now_ms)
{
	char bytes[READ_BYTES];
	size_t n = 0;
	const enum stream_status status = stream_try_read(&visitor->stream, bytes, sizeof bytes, &n, NULL);

	if (status == STREAM_WANT_READ || status == STREAM_WANT_WRITE)
		return false;
	if (status == STREAM_DONE)
		server_receive(visitor->server, slice_from(bytes, n), now_ms);
	else
		visitor->is_over = true;
	return true;
}

/* Goes on as far as it can without waiting. */
static void serve(struct visitor *visitor, int64_t now_ms)
{
	bool progress = true;

	server_tick(visitor->server, now_ms);
	while (progress && !visitor->is_over) {
		if (visitor->is_shaking) {
			progress = shake(visitor, now_ms);
			continue;
		}

		const bool is_out = write_out(visitor);

		switch (server_wish(visitor->server)) {
		case SERVER_WANTS_BYTES:
			/* One who does not read our replies is not listened to. */
			progress = is_out && read_in(visitor, now_ms);
			break;
		case SERVER_WANTS_TLS:
			progress = is_out;
			if (is_out && begin_tls(visitor) < 0)
				visitor->is_over = true;
			break;
		case SERVER_WANTS_CLOSE:
			if (visitor->give_up_ms == INT64_MAX)
				visitor->give_up_ms = now_ms + LAST_WORDS_MS;
			visitor->is_over = is_out || now_ms >= visitor->give_up_ms;
			progress = false;
			break;
		}
	}
}

/* ---- the loop ---- */

static bool has_enough(const struct catch *catch)
{
	return catch->options.mails_max > 0 && catch->n_mails >= catch->options.mails_max;
}

/* Takes what is there. Without descriptors left, the rest waits until a visitor leaves, or for a moment. */
static void accept_all(struct catch *catch)
{
	catch->rest_until_ms = 0;
	while (catch->n_visitors < CONNECTIONS_MAX && !has_enough(catch)) {
		struct net_address peer;
		const int fd = listen_accept(catch->listen_fd, &peer);

		if (fd < 0) {
			catch->rest_until_ms = listen_rest_until(errno, clock_monotonic_ms());
			return;
		}

		struct visitor *visitor = visitor_new(catch, fd, &peer);

		if (!visitor)
			return;
		catch->visitors[catch->n_visitors++] = visitor;
		serve(visitor, clock_monotonic_ms());
	}
}

static void see_off(struct catch *catch)
{
	size_t n = 0;

	for (size_t i = 0; i < catch->n_visitors; i++) {
		if (catch->visitors[i]->is_over)
			visitor_free(catch->visitors[i]);
		else
			catch->visitors[n++] = catch->visitors[i];
	}
	catch->n_visitors = n;
}

/* The descriptors: every visitor's, then the one that listens. */
static size_t list_wishes(struct catch *catch, int64_t *ret_until_ms)
{
	size_t n = 0;

	*ret_until_ms = catch->rest_until_ms ? catch->rest_until_ms : WAIT_FOREVER;
	for (; n < catch->n_visitors; n++) {
		const struct visitor *visitor = catch->visitors[n];
		const int64_t deadline_ms = server_deadline(visitor->server);
		const int64_t own_ms = deadline_ms < visitor->give_up_ms ? deadline_ms : visitor->give_up_ms;
		const bool is_listened_to = !visitor->is_shaking && !visitor->event;

		catch->fds[n] = (struct pollfd){.fd = visitor->stream.fd, .events = (short)((is_listened_to ? POLLIN : 0) | visitor->event)};
		*ret_until_ms = own_ms < *ret_until_ms ? own_ms : *ret_until_ms;
	}
	if (n < CONNECTIONS_MAX && !has_enough(catch) && !catch->rest_until_ms)
		catch->fds[n++] = (struct pollfd){.fd = catch->listen_fd, .events = POLLIN};
	return n;
}

int catch_serve(struct catch *catch, courant_error **err)
{
	/* After the last mail its sender still hears 250 and may say goodbye. */
	while (!has_enough(catch) || catch->n_visitors > 0) {
		AUTO(error) courant_error *why = NULL;
		int64_t until_ms;
		const size_t n = list_wishes(catch, &until_ms);

		if (wait_poll_many(catch->fds, n, until_ms, catch->options.stop_fd, &why) < 0)
			return courant_error_code(why) == COURANT_CANCELLED ? 0 : fail_pass(err, STEAL(why));

		const int64_t now_ms = clock_monotonic_ms();

		for (size_t i = 0; i < catch->n_visitors; i++)
			serve(catch->visitors[i], now_ms);
		see_off(catch);
		accept_all(catch);
		see_off(catch);
	}
	return 0;
}

struct catch *catch_new(const struct catch_options *options, slice where, courant_error **err)
{
	AUTO(catch) struct catch *catch = mem_alloc(sizeof *catch);

	if (!catch) {
		(void)fail_memory(err);
		return NULL;
	}
	catch->options = *options;
	catch->listen_fd = -1;
	catch->maildir = maildir_open(options->maildir, err);
	if (!catch->maildir)
		return NULL;
	if (options->tls != CATCH_TLS_NONE) {
		catch->tls = tls_context_new_server(options->certificate_pem, options->key_pem, err);
		if (!catch->tls)
			return NULL;
	}
	return listen_open(where, &catch->listen_fd, &catch->address, err) < 0 ? NULL : STEAL(catch);
}

void catch_free(struct catch *catch)
{
	if (!catch)
		return;
	for (size_t i = 0; i < catch->n_visitors; i++)
		visitor_free(catch->visitors[i]);
	auto_close(&catch->listen_fd);
	tls_context_free(catch->tls);
	maildir_close(catch->maildir);
	free(catch);
}

const struct net_address *catch_address(const struct catch *catch)
{
	return &catch->address;
}
