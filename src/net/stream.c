/* SPDX-License-Identifier: MIT */
/* stream.c - bytes over a socket, in clear or through TLS */
#include "net/stream.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

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

enum stream_status stream_try_read(struct stream *stream, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	if (stream->tls) {
		const enum stream_status status = tls_read(stream->tls, into, size, ret_n, err);

		stream->is_drained = tls_is_drained(stream->tls);
		return status;
	}

	for (;;) {
		const ssize_t n = recv(stream->fd, into, size, 0);

		if (n == 0)
			return STREAM_END;
		if (n > 0) {
			*ret_n = (size_t)n;
			stream->is_drained = *ret_n < size;
			return STREAM_DONE;
		}
		if (errno != EINTR)
			return status_of_errno(errno, STREAM_WANT_READ, err);
	}
}

enum stream_status stream_try_write(struct stream *stream, const void *bytes, size_t size, size_t *ret_n, courant_error **err)
{
	if (stream->tls)
		return tls_write(stream->tls, bytes, size, ret_n, err);

	for (;;) {
		const ssize_t n = send(stream->fd, bytes, size, MSG_NOSIGNAL);

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
