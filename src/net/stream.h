/* SPDX-License-Identifier: MIT */
/* stream.h - a connected byte stream, in clear or through TLS: TCP or a unix socket
 *
 * stream_try_* do what can be done at once and say what to wait for: that is for event loops. stream_read and stream_write
 * wait, until a deadline. */
#ifndef COURANT_NET_STREAM_H
#define COURANT_NET_STREAM_H
#include "net/wait.h"

struct tls;

struct stream {
	int fd;          /* -1: closed */
	struct tls *tls; /* NULL: in clear */
	bool is_drained; /* the last read has taken all there was */
	int64_t patience_ms; /* how long the socket itself waits; 0: it was never asked to */
};

#define STREAM_CLOSED {.fd = -1}

enum stream_status {
	STREAM_FAILED = -1, /* the error is set */
	STREAM_DONE,
	STREAM_WANT_READ, /* wait for POLLIN, then call again */
	STREAM_WANT_WRITE,
	STREAM_END /* reading: the other side has closed, in the proper way or not */
};

/* Takes a connected, non-blocking descriptor. */
void stream_init(struct stream *, int fd);

/* Closes at once; with TLS a close notification goes out if that needs no waiting. Takes a closed one. */
void stream_release(struct stream *);
AUTO_DEFINE_VALUE(stream, struct stream, stream_release)

/* TLS from now on: takes `tls` (net/tls.h), in any case. stream_try_handshake() comes next. */
void stream_secure(struct stream *, struct tls *tls);

enum stream_status stream_try_handshake(struct stream *, courant_error **err);
/* After DONE, is_drained says whether another read is of no use before the socket is readable. */
enum stream_status stream_try_read(struct stream *, void *into, size_t size, size_t *ret_n, courant_error **err);
/* As much as goes out now: DONE with *ret_n > 0, or a wish. */
enum stream_status stream_try_write(struct stream *, const void *bytes, size_t size, size_t *ret_n, courant_error **err);

/* Waits for bytes, but no longer than wait_ms, and reads them: one call of the system instead of two, where there is nothing
 * else to wait for. In clear only. WANT_READ: none have come; a signal ends it, too, and so may the socket, early. */
enum stream_status stream_await(struct stream *, int64_t wait_ms, void *into, size_t size, size_t *ret_n, courant_error **err);

int stream_handshake(struct stream *, const struct wait *, courant_error **err);
/* *ret_n is 0 at the end. */
int stream_read(struct stream *, void *into, size_t size, size_t *ret_n, const struct wait *, courant_error **err);
/* All of it. */
int stream_write(struct stream *, slice bytes, const struct wait *, courant_error **err);

/* The event to poll for. */
static inline short stream_event(enum stream_status status)
{
	return status == STREAM_WANT_WRITE ? POLLOUT : POLLIN;
}
#endif
