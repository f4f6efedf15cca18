/* SPDX-License-Identifier: MIT */
/* stream.c - bytes over a socket, in clear or through TLS */
#include "net/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/tls.h"

void stream_init(struct stream *stream, int fd)
{
	*stream = (struct stream){.fd = fd};
}

void stream_release(struct stream *stream)
{
	tls_free(stream->tls);
	if (stream->fd >= 0)
		(void)close(stream->fd);
	*stream = (struct stream)STREAM_CLOSED;
}

void stream_secure(struct stream *stream, struct tls *tls)
{
	stream->tls = tls;
}

enum stream_status stream_try_handshake(struct stream *stream, courant_error **err)
{
	return stream->tls ? tls_handshake(stream->tls, err) : STREAM_DONE;
}

/* What ends a connection without anybody having said so is an end like any other: the layer above knows whether it was due. */
static bool is_end(int error_number)
{
	return error_number == ECONNRESET || error_number == EPIPE || error_number == ENOTCONN;
}

static enum stream_status status_of_errno(int error_number, enum stream_status wish, courant_error **err)
{
	if (error_number == EAGAIN || error_number == EWOULDBLOCK)
		return wish;
	if (is_end(error_number))
		return STREAM_END;
	return fail_errno_as(err, COURANT_TEMPORARY, error_number, "the connection failed"), STREAM_FAILED;
}

/* What recv() has returned means. */
static enum stream_status status_of_read(struct stream *stream, ssize_t n, size_t size, size_t *ret_n, courant_error **err)
{
	if (n == 0)
		return STREAM_END;
	if (n < 0)
		return status_of_errno(errno, STREAM_WANT_READ, err);
	*ret_n = (size_t)n;
	stream->is_drained = *ret_n < size;
	return STREAM_DONE;
}

enum stream_status stream_try_read(struct stream *stream, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	if (stream->tls) {
		const enum stream_status status = tls_read(stream->tls, into, size, ret_n, err);

		stream->is_drained = tls_is_drained(stream->tls);
		return status;
	}

	for (;;) {
		const ssize_t n = recv(stream->fd, into, size, MSG_DONTWAIT);

		if (n >= 0 || errno != EINTR)
			return status_of_read(stream, n, size, ret_n, err);
	}
}

/* Longer than any command of SMTP may take. */
#define PATIENCE_MAX_MS INT64_C(3600000)

/* The socket may be less patient than is asked for, so its time is seldom set anew: phases that take turns have much the same. */
static bool set_patience(struct stream *stream, int64_t wait_ms)
{
	const bool is_first = stream->patience_ms == 0;

	if (wait_ms > PATIENCE_MAX_MS)
		wait_ms = PATIENCE_MAX_MS;
	if (!is_first && stream->patience_ms <= wait_ms && stream->patience_ms > wait_ms / 4)
		return true;

	const int64_t patience_ms = wait_ms - wait_ms / 4;
	const struct timeval limit = {.tv_sec = patience_ms / MS_PER_SECOND, .tv_usec = patience_ms % MS_PER_SECOND * 1000};
	const int flags = is_first ? fcntl(stream->fd, F_GETFL) : 0;

	if (setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0 ||
	    (is_first && (flags < 0 || fcntl(stream->fd, F_SETFL, flags & ~O_NONBLOCK) < 0)))
		return false;
	stream->patience_ms = patience_ms;
	return true;
}

enum stream_status stream_await(struct stream *stream, int64_t wait_ms, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	if (wait_ms <= 0)
		return STREAM_WANT_READ;
	if (!set_patience(stream, wait_ms))
		return fail_errno(err, errno, "cannot wait for the network"), STREAM_FAILED;

	const ssize_t n = recv(stream->fd, into, size, 0);

	return n < 0 && errno == EINTR ? STREAM_WANT_READ : status_of_read(stream, n, size, ret_n, err);
}

enum stream_status stream_try_write(struct stream *stream, const void *bytes, size_t size, size_t *ret_n, courant_error **err)
{
	if (stream->tls)
		return tls_write(stream->tls, bytes, size, ret_n, err);

	for (;;) {
		const ssize_t n = send(stream->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			*ret_n = (size_t)n;
			return STREAM_DONE;
		}
		if (errno != EINTR)
			return status_of_errno(errno, STREAM_WANT_WRITE, err);
	}
}

int stream_handshake(struct stream *stream, const struct wait *wait, courant_error **err)
{
	for (;;) {
		const enum stream_status status = stream_try_handshake(stream, err);

		if (status == STREAM_DONE)
			return 0;
		if (status == STREAM_FAILED)
			return -1;
		if (status == STREAM_END)
			return fail(err, COURANT_TLS, "the other side closed the connection during the TLS handshake");
		if (wait_fd(stream->fd, stream_event(status), wait, err) < 0)
			return -1;
	}
}

int stream_read(struct stream *stream, void *into, size_t size, size_t *ret_n, const struct wait *wait, courant_error **err)
{
	for (;;) {
		const enum stream_status status = stream_try_read(stream, into, size, ret_n, err);

		if (status == STREAM_DONE)
			return 0;
		if (status == STREAM_FAILED)
			return -1;
		if (status == STREAM_END) {
			*ret_n = 0;
			return 0;
		}
		if (wait_fd(stream->fd, stream_event(status), wait, err) < 0)
			return -1;
	}
}

int stream_write(struct stream *stream, slice bytes, const struct wait *wait, courant_error **err)
{
	while (bytes.len > 0) {
		size_t n = 0;
		const enum stream_status status = stream_try_write(stream, bytes.ptr, bytes.len, &n, err);

		if (status == STREAM_DONE)
			bytes = slice_after(bytes, n);
		else if (status == STREAM_FAILED)
			return -1;
		else if (status == STREAM_END)
			return fail(err, COURANT_TEMPORARY, "the other side closed the connection");
		else if (wait_fd(stream->fd, stream_event(status), wait, err) < 0)
			return -1;
	}
	return 0;
}
