/* SPDX-License-Identifier: MIT */
/* peer.c - a mail server in a thread of the test */
#include "peer.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/listen.h"
#include "net/stream.h"
#include "net/tls.h"

#define MESSAGE_MAX_BYTES ((size_t)1 << 20)

struct peer {
	struct peer_options options;
	pthread_t thread;
	int listen_fd, stop_fd;
	struct net_address address;
	char *certificate, *key;
	struct tls_context *tls;
	struct buffer message;
	size_t n_recipients;
	size_t n_here; /* mails on this connection */
	atomic_size_t n_mails, n_connections;
};

static bool on_login(void *context, slice user, slice password)
{
	(void)context;
	return slice_equal(user, SLICE("ops")) && slice_equal(password, SLICE("secret"));
}

static bool on_recipient(void *context, slice address)
{
	(void)context;
	return !slice_ends(address, SLICE("@refused.example"));
}

static int on_begin(void *context, const struct server_envelope *envelope, courant_error **err)
{
	struct peer *peer = context;

	(void)err;
	buffer_cut(&peer->message, 0);
	peer->n_recipients = envelope->n_recipients;
	return 0;
}

static int on_write(void *context, slice bytes, courant_error **err)
{
	struct peer *peer = context;

	buffer_append(&peer->message, bytes);
	return buffer_check(&peer->message, err);
}

static int on_finish(void *context, struct buffer *ret_words, courant_error **err)
{
	struct peer *peer = context;

	(void)err;
	buffer_append(ret_words, SLICE("kept"));
	peer->n_here++;
	atomic_fetch_add(&peer->n_mails, 1);
	return 0;
}

static void on_abandon(void *context)
{
	(void)context;
}

/* One connection, to its end. */
static void converse(struct peer *peer, int fd)
{
	const struct server_calls calls = {.login = peer->options.server.require_login ? on_login : NULL, .recipient = on_recipient, .begin = on_begin,
					   .write = on_write, .finish = on_finish, .abandon = on_abandon};
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = peer->stop_fd};
	AUTO(stream) struct stream stream = STREAM_CLOSED;
	AUTO(server) struct server *server = server_new(&peer->options.server, &calls, peer, NULL);
	char bytes[4096];
	size_t n;

	stream_init(&stream, fd);
	peer->n_here = 0;
	if (peer->options.greets > 0 && peer_connections(peer) > peer->options.greets) {
		(void)wait_fd(fd, POLLIN, &wait, NULL);
		return;
	}
	if (peer->options.server.is_tls) {
		stream_secure(&stream, tls_new_server(peer->tls, fd, NULL));
		if (stream_handshake(&stream, &wait, NULL) < 0)
			return;
	}
	server_connected(server, clock_monotonic_ms());
	for (;;) {
		const slice output = server_output(server);

		if (stream_write(&stream, output, &wait, NULL) < 0)
			return;
		server_sent(server, output.len);
		if (peer->options.mails_a_connection > 0 && peer->n_here >= peer->options.mails_a_connection)
			return;
		switch (server_wish(server)) {
		case SERVER_WANTS_BYTES:
			if (stream_read(&stream, bytes, sizeof bytes, &n, &wait, NULL) < 0 || n == 0)
				return;
			server_receive(server, slice_from(bytes, n), clock_monotonic_ms());
			break;
		case SERVER_WANTS_TLS:
			if (peer->options.breaks_tls)
				return;
			stream_secure(&stream, tls_new_server(peer->tls, fd, NULL));
			if (stream_handshake(&stream, &wait, NULL) < 0)
				return;
			server_secured(server, clock_monotonic_ms());
			break;
		case SERVER_WANTS_CLOSE:
			return;
		}
	}
}

static void *serve(void *context)
{
	struct peer *peer = context;
	const struct wait wait = {.deadline_ms = WAIT_FOREVER, .cancel_fd = peer->stop_fd};
	struct net_address from;

	while (wait_fd(peer->listen_fd, POLLIN, &wait, NULL) == 0) {
		const int fd = listen_accept(peer->listen_fd, &from);

		if (fd < 0)
			continue;
		atomic_fetch_add(&peer->n_connections, 1);
		converse(peer, fd);
	}
	return NULL;
}

static void give_up(const char *what)
{
	(void)fprintf(stderr, "the test's mail server cannot start: %s\n", what);
	exit(1);
}

struct peer *peer_start(const struct peer_options *options)
{
	struct peer *peer = calloc(1, sizeof *peer);
	courant_error *err = NULL;

	if (!peer)
		give_up("no memory");
	peer->options = *options;
	peer->message = (struct buffer)BUFFER_LIMIT(MESSAGE_MAX_BYTES);
	peer->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (tls_make_certificate(clock_now_ms(), &peer->certificate, &peer->key, &err) < 0 ||
	    !(peer->tls = tls_context_new_server(slice_of(peer->certificate), slice_of(peer->key), &err)) ||
	    listen_open(SLICE("127.0.0.1:0"), &peer->listen_fd, &peer->address, &err) < 0)
		give_up(courant_error_sentence(err));
	if (pthread_create(&peer->thread, NULL, serve, peer))
		give_up("no thread");
	return peer;
}

void peer_stop(struct peer *peer)
{
	const uint64_t one = 1;

	if (write(peer->stop_fd, &one, sizeof one) < 0)
		give_up("it does not stop");
	(void)pthread_join(peer->thread, NULL);
	auto_close(&peer->listen_fd);
	auto_close(&peer->stop_fd);
	tls_context_free(peer->tls);
	buffer_release(&peer->message);
	free(peer->certificate);
	free(peer->key);
	free(peer);
}

uint16_t peer_port(const struct peer *peer)
{
	return address_port(&peer->address);
}

const char *peer_certificate(const struct peer *peer)
{
	return peer->certificate;
}

size_t peer_mails(const struct peer *peer)
{
	return atomic_load(&peer->n_mails);
}

size_t peer_connections(const struct peer *peer)
{
	return atomic_load(&peer->n_connections);
}

slice peer_message(const struct peer *peer)
{
	return buffer_peek(&peer->message);
}

size_t peer_recipients(const struct peer *peer)
{
	return peer->n_recipients;
}
