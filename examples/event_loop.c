/* SPDX-License-Identifier: MIT */
/* event_loop.c - a mail in one's own event loop: the engine says what to send, poll(2) when
 *
 *     event_loop HOST PORT FROM TO... < MESSAGE
 *
 * In clear, as to a relay on the same machine. For TLS, do the handshake at COURANT_EVENT_START_TLS, call
 * courant_engine_secured(), and let the bytes pass through it from then on. */
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <courant/courant.h>

struct session {
	courant_engine *engine;
	const struct courant_mail *mail;
	int fd;
	int status;
	bool is_over;
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int dial(const char *host, const char *port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list) != 0)
		return -1;
	for (const struct addrinfo *at = list; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) < 0) {
			(void)close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

/* What has happened. */
static void take_event(struct session *session, const struct courant_event *event)
{
	static const char *const words[] = {"accepted", "refused", "deferred", "perhaps delivered"};
	courant_error *error = NULL;

	switch (event->kind) {
	case COURANT_EVENT_OPEN:
		if (courant_engine_send(session->engine, session->mail, &error) < 0) {
			fprintf(stderr, "%s\n", courant_error_sentence(error));
			courant_error_free(error);
			session->status = EXIT_FAILURE;
		}
		courant_engine_quit(session->engine, now_ms());
		break;
	case COURANT_EVENT_RECIPIENT:
		printf("%s: %s: %d %s\n", event->mail->recipients[event->recipient].path.ascii,
		       words[event->result.outcome], event->result.code, event->result.text);
		if (event->result.outcome != COURANT_OUTCOME_ACCEPTED)
			session->status = EXIT_FAILURE;
		break;
	case COURANT_EVENT_CLOSED:
		if (event->error) {
			fprintf(stderr, "%s\n", courant_error_sentence(event->error));
			session->status = EXIT_FAILURE;
		}
		session->is_over = true;
		break;
	case COURANT_EVENT_START_TLS: /* not asked for here */
	case COURANT_EVENT_GREETED:
	case COURANT_EVENT_HELLO:
	case COURANT_EVENT_LOGIN:
	case COURANT_EVENT_MESSAGE:
	case COURANT_EVENT_REPLY:
		break;
	}
}

static void receive_some(struct session *session)
{
	char bytes[16384];
	const ssize_t n = recv(session->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n > 0)
		courant_engine_receive(session->engine, bytes, (size_t)n, now_ms());
	else if (n == 0)
		courant_engine_lost(session->engine, NULL, now_ms());
}

/* One turn: events, bytes out, bytes in, time. */
static void turn(struct session *session)
{
	struct courant_event event;
	size_t n;

	while (courant_engine_next(session->engine, &event))
		take_event(session, &event);

	const void *bytes = courant_engine_output(session->engine, &n, now_ms());
	const int64_t deadline = courant_engine_deadline(session->engine);
	const int64_t left = deadline - now_ms();
	const int patience = deadline == INT64_MAX ? -1 : left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
	struct pollfd ready = {.fd = session->fd, .events = (short)(n > 0 ? POLLIN | POLLOUT : POLLIN)};

	if (session->is_over)
		return;
	(void)poll(&ready, 1, patience);
	if (ready.revents & POLLOUT) {
		const ssize_t sent = send(session->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0)
			courant_engine_sent(session->engine, (size_t)sent, now_ms());
	}
	if (ready.revents & (POLLIN | POLLHUP | POLLERR))
		receive_some(session);
	courant_engine_tick(session->engine, now_ms());
}

int main(int argc, char **argv)
{
	if (argc < 5) {
		fprintf(stderr, "usage: event_loop HOST PORT FROM TO... < MESSAGE\n");
		return EXIT_FAILURE;
	}

	const struct courant_engine_options options = {
		.tls = COURANT_TLS_NONE,
		.hello = "localhost",
		.host = argv[1],
	};
	struct courant_recipient *recipients = calloc((size_t)argc - 4, sizeof *recipients);
	courant_error *error = NULL;
	courant_reader *message = courant_reader_new_descriptor(STDIN_FILENO, "standard input", &error);
	struct session session = {.fd = dial(argv[1], argv[2]), .engine = courant_engine_new(&options, &error)};

	for (int i = 4; recipients && i < argc; i++)
		recipients[i - 4].path.ascii = argv[i];

	const struct courant_mail mail = {
		.sender = {.ascii = argv[3]},
		.recipients = recipients,
		.n_recipients = (size_t)argc - 4,
		.message = message,
	};

	session.mail = &mail;
	if (!recipients || !message || !session.engine || session.fd < 0) {
		fprintf(stderr, "%s\n", error ? courant_error_sentence(error) : "no connection");
		return EXIT_FAILURE;
	}
	courant_engine_connected(session.engine, now_ms());
	while (!session.is_over)
		turn(&session);
	(void)close(session.fd);
	courant_engine_free(session.engine);
	courant_reader_free(message);
	courant_error_free(error);
	free(recipients);
	return session.status;
}
