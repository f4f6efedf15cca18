/* SPDX-License-Identifier: MIT */
/* null_server.c - a mail server that takes everything and keeps nothing: bench-null [--no-chunking] [--no-pipelining] [--tls] [--delay MS]
 *
 * A thread a connection, so that a client with several is measured and not the server. Prints "listening on 127.0.0.1:PORT". With --delay it speaks
 * through a relay of its own that holds every byte back for half of MS each way: a round trip of MS that neither side can hide. */
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/num.h"
#include "net/dial.h"
#include "net/listen.h"
#include "net/stream.h"
#include "net/tls.h"

#define READ_BYTES  65536
#define REPLY_BYTES ((size_t)1 << 20)

struct settings {
	bool no_chunking, no_pipelining;
	struct tls_context *tls;
	int64_t delay_ms;
	struct net_address relay_to;
};

static struct settings settings; /* set before the first thread */

static void give_up(courant_error *err)
{
	(void)fprintf(stderr, "bench-null: %s\n", courant_error_sentence(err));
	exit(1);
}

/* ---- the server ---- */

struct session {
	struct stream stream;
	struct buffer in, out;
	uint64_t chunk_left; /* of a BDAT */
	bool is_last, is_data, is_over, wants_tls;
	unsigned matched;    /* of CRLF.CRLF in a message */
};

static void say(struct session *session, slice text)
{
	buffer_append(&session->out, text);
}

static void hello(struct session *session)
{
	say(session, SLICE("250-null\r\n250-SIZE 1000000000\r\n250-8BITMIME\r\n"));
	if (!settings.no_pipelining)
		say(session, SLICE("250-PIPELINING\r\n"));
	if (!settings.no_chunking)
		say(session, SLICE("250-CHUNKING\r\n"));
	if (settings.tls && !session->stream.tls)
		say(session, SLICE("250-STARTTLS\r\n"));
	say(session, SLICE("250 ENHANCEDSTATUSCODES\r\n"));
}

static void command(struct session *session, slice line)
{
	const char letter = ascii_upper(line.len > 0 ? line.ptr[0] : ' ');

	switch (letter) {
	case 'E':
		hello(session);
		break;
	case 'B': {
		const slice words = slice_after(line, sizeof "BDAT " - 1);
		const size_t blank = slice_find(words, ' ');

		if (!num_parse_u64(slice_part(words, 0, blank), &session->chunk_left))
			session->is_over = true;
		session->is_last = blank != SLICE_NONE;
		break;
	}
	case 'D':
		session->is_data = true;
		session->matched = 2; /* the line end before the dot may be DATA's own */
		say(session, SLICE("354 go on\r\n"));
		break;
	case 'S':
		session->wants_tls = true;
		say(session, SLICE("220 go ahead\r\n"));
		break;
	case 'Q':
		session->is_over = true;
		say(session, SLICE("221 bye\r\n"));
		break;
	default:
		say(session, SLICE("250 2.0.0 ok\r\n"));
	}
}

static slice take_message(struct session *session, slice bytes)
{
	static const char end[] = "\r\n.\r\n";

	for (size_t i = 0; i < bytes.len; i++) {
		const char byte = bytes.ptr[i];

		session->matched = byte == end[session->matched] ? session->matched + 1 : byte == '\r';
		if (session->matched == 5) {
			session->is_data = false;
			say(session, SLICE("250 2.0.0 taken\r\n"));
			return slice_after(bytes, i + 1);
		}
	}
	return slice_after(bytes, bytes.len);
}

static slice take_chunk(struct session *session, slice bytes)
{
	const size_t n = bytes.len < session->chunk_left ? bytes.len : (size_t)session->chunk_left;

	session->chunk_left -= n;
	if (session->chunk_left == 0)
		say(session, SLICE("250 2.0.0 taken\r\n"));
	return slice_after(bytes, n);
}

static void take(struct session *session, slice bytes)
{
	buffer_append(&session->in, bytes);

	slice rest = buffer_peek(&session->in);

	while (rest.len > 0 && !session->is_over && !session->wants_tls) {
		if (session->chunk_left > 0) {
			rest = take_chunk(session, rest);
		} else if (session->is_data) {
			rest = take_message(session, rest);
		} else {
			const char *end = memchr(rest.ptr, '\n', rest.len);

			if (!end)
				break;

			const size_t len = (size_t)(end - rest.ptr);

			command(session, slice_part(rest, 0, len > 0 ? len - 1 : 0));
			rest = slice_after(rest, len + 1);
		}
	}
	buffer_drop(&session->in, session->in.len - rest.len);
}

static void *serve(void *context)
{
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = -1};
	struct session session = {.in = BUFFER_LIMIT(REPLY_BYTES), .out = BUFFER_LIMIT(REPLY_BYTES)};
	char bytes[READ_BYTES];
	size_t n;

	stream_init(&session.stream, (int)(intptr_t)context);
	say(&session, SLICE("220 null\r\n"));
	while (stream_write(&session.stream, buffer_peek(&session.out), &wait, NULL) == 0 && !session.is_over) {
		buffer_cut(&session.out, 0);
		if (session.wants_tls) {
			session.wants_tls = false;
			buffer_cut(&session.in, 0);
			stream_secure(&session.stream, tls_new_server(settings.tls, session.stream.fd, NULL));
			if (stream_handshake(&session.stream, &wait, NULL) < 0)
				break;
		}
		if (stream_read(&session.stream, bytes, sizeof bytes, &n, &wait, NULL) < 0 || n == 0)
			break;
		take(&session, slice_from(bytes, n));
	}
	stream_release(&session.stream);
	buffer_release(&session.in);
	buffer_release(&session.out);
	return NULL;
}

/* ---- the relay ---- */

struct held {
	struct held *next;
	int64_t due_ms;
	size_t len;
	char bytes[];
};

struct direction {
	int from, to;
	struct held *first, **last;
	bool is_ended;
};

static void read_and_hold(struct direction *way, int64_t now_ms)
{
	char bytes[READ_BYTES];
	const ssize_t n = read(way->from, bytes, sizeof bytes);
	struct held *held = n > 0 ? mem_alloc(sizeof *held + (size_t)n) : NULL;

	if (n == 0)
		way->is_ended = true;
	if (!held)
		return;
	held->due_ms = now_ms + settings.delay_ms / 2;
	held->len = (size_t)n;
	memcpy(held->bytes, bytes, (size_t)n);
	*way->last = held;
	way->last = &held->next;
}

/* False when the other side is gone. */
static bool pass_what_is_due(struct direction *way, int64_t now_ms)
{
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = -1};
	struct stream out;

	stream_init(&out, way->to);
	while (way->first && way->first->due_ms <= now_ms) {
		struct held *held = way->first;
		const int status = stream_write(&out, slice_from(held->bytes, held->len), &wait, NULL);

		way->first = held->next;
		if (!way->first)
			way->last = &way->first;
		free(held);
		if (status < 0)
			return false;
	}
	return true;
}

static int reach(const struct net_address *where)
{
	AUTO(buffer) struct buffer host = BUFFER_LIMIT(100);
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = -1};
	int fd = -1;

	address_write_host(&host, where);

	AUTO(dial) struct dial *dial = dial_new(&(struct dial_options){.host = host.bytes, .port = address_port(where)}, NULL);

	return dial && dial_wait(dial, &wait, &fd, NULL) == 0 ? fd : -1;
}

static int64_t sooner(const struct direction *way, int64_t than_ms)
{
	return way->first && way->first->due_ms < than_ms ? way->first->due_ms : than_ms;
}

static void *relay(void *context)
{
	const int client = (int)(intptr_t)context, server = reach(&settings.relay_to);
	struct direction ways[2] = {{.from = client, .to = server}, {.from = server, .to = client}};
	bool is_alive = server >= 0;

	for (int i = 0; i < 2; i++)
		ways[i].last = &ways[i].first;
	while (is_alive && !(ways[0].is_ended && !ways[0].first) && !(ways[1].is_ended && !ways[1].first)) {
		struct pollfd fds[3] = {{.fd = ways[0].is_ended ? -1 : client, .events = POLLIN}, {.fd = ways[1].is_ended ? -1 : server, .events = POLLIN}};
		const int64_t until_ms = sooner(&ways[1], sooner(&ways[0], WAIT_FOREVER));

		if (wait_poll_many(fds, 2, until_ms, -1, NULL) < 0)
			break;

		const int64_t now_ms = clock_monotonic_ms();

		for (int i = 0; i < 2; i++) {
			if (fds[i].revents)
				read_and_hold(&ways[i], now_ms);
			is_alive = pass_what_is_due(&ways[i], now_ms) && is_alive;
		}
	}
	(void)close(client);
	if (server >= 0)
		(void)close(server);
	return NULL;
}

/* ---- both ---- */

static void start(void *(*run)(void *), int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, (void *)(intptr_t)fd) == 0)
		(void)pthread_detach(thread);
	else
		(void)close(fd);
}

static void *accept_all(void *context)
{
	const int listening = ((int *)context)[0];
	void *(*const run)(void *) = ((int *)context)[1] ? relay : serve;
	struct net_address peer;
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = -1};

	while (wait_fd(listening, POLLIN, &wait, NULL) == 0) {
		const int fd = listen_accept(listening, &peer);

		if (fd >= 0)
			start(run, fd);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int own[2] = {-1, 0}, shown[2] = {-1, 1};
	struct net_address address;
	courant_error *err = NULL;
	char *certificate, *key;
	uint64_t delay_ms = 0;

	for (int i = 1; i < argc; i++) {
		settings.no_chunking = settings.no_chunking || strcmp(argv[i], "--no-chunking") == 0;
		settings.no_pipelining = settings.no_pipelining || strcmp(argv[i], "--no-pipelining") == 0;
		if (strcmp(argv[i], "--tls") == 0 && (tls_make_certificate(clock_now_ms(), &certificate, &key, &err) < 0 ||
						      !(settings.tls = tls_context_new_server(slice_of(certificate), slice_of(key), &err))))
			give_up(err);
		if (strcmp(argv[i], "--delay") == 0 && i + 1 < argc)
			(void)num_parse_range(slice_of(argv[++i]), 0, 10000, &delay_ms);
	}
	if (listen_open(SLICE("127.0.0.1:0"), &own[0], &address, &err) < 0)
		give_up(err);
	settings.delay_ms = (int64_t)delay_ms;
	settings.relay_to = address;
	if (delay_ms > 0) {
		pthread_t thread;

		if (listen_open(SLICE("127.0.0.1:0"), &shown[0], &address, &err) < 0 || pthread_create(&thread, NULL, accept_all, own) != 0)
			give_up(err);
	}
	(void)printf("listening on 127.0.0.1:%u\n", (unsigned)address_port(&address));
	(void)fflush(stdout);
	(void)accept_all(delay_ms > 0 ? shown : own);
	return 0;
}
