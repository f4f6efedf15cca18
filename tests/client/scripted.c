/* SPDX-License-Identifier: MIT */
/* scripted.c - a server that only speaks */
#include "scripted.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/listen.h"
#include "net/stream.h"

#define PATIENCE_MS INT64_C(20000)

struct scripted {
	const char *const *says;
	size_t n_connections;
	atomic_size_t n_served;
	pthread_t thread;
	bool is_joined;
	int listen_fd;
	struct net_address address;
	struct buffer heard;
};

static bool serve_one(struct scripted *scripted)
{
	const struct wait wait = {.deadline_ms = clock_monotonic_ms() + PATIENCE_MS, .cancel_fd = -1};
	struct stream stream = STREAM_CLOSED;
	struct net_address peer;
	char byte = 0;
	size_t n = 1;

	if (wait_fd(scripted->listen_fd, POLLIN, &wait, NULL) < 0)
		return false;
	stream_init(&stream, listen_accept(scripted->listen_fd, &peer));
	if (stream.fd >= 0)
		atomic_fetch_add(&scripted->n_served, 1);
	for (const char *const *say = scripted->says; *say && n > 0; say++) {
		if (stream_write(&stream, slice_of(*say), &wait, NULL) < 0)
			break;
		do {
			if (stream_read(&stream, &byte, 1, &n, &wait, NULL) < 0)
				n = 0;
			if (n > 0)
				buffer_append_byte(&scripted->heard, byte);
		} while (n > 0 && byte != '\n');
	}
	stream_release(&stream);
	return true;
}

static void *serve(void *context)
{
	struct scripted *scripted = context;

	for (size_t i = 0; i < scripted->n_connections && serve_one(scripted); i++) {
	}
	return NULL;
}

struct scripted *scripted_start(const char *const *says)
{
	return scripted_start_many(says, 1);
}

struct scripted *scripted_start_many(const char *const *says, size_t n)
{
	struct scripted *scripted = calloc(1, sizeof *scripted);

	if (scripted) {
		scripted->says = says;
		scripted->n_connections = n;
		scripted->heard = (struct buffer)BUFFER_LIMIT(1 << 20);
	}
	if (!scripted || listen_open(SLICE("127.0.0.1:0"), &scripted->listen_fd, &scripted->address, NULL) < 0 ||
	    pthread_create(&scripted->thread, NULL, serve, scripted) != 0) {
		printf("Bail out! cannot start a server\n");
		exit(1);
	}
	return scripted;
}

uint16_t scripted_port(const struct scripted *scripted)
{
	return address_port(&scripted->address);
}

size_t scripted_connections(const struct scripted *scripted)
{
	return atomic_load(&scripted->n_served);
}

slice scripted_heard(struct scripted *scripted)
{
	if (!scripted->is_joined)
		(void)pthread_join(scripted->thread, NULL);
	scripted->is_joined = true;
	return buffer_peek(&scripted->heard);
}

void scripted_stop(struct scripted *scripted)
{
	(void)shutdown(scripted->listen_fd, SHUT_RDWR);
	(void)scripted_heard(scripted);
	(void)close(scripted->listen_fd);
	buffer_release(&scripted->heard);
	free(scripted);
}
