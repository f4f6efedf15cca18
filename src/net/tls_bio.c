/* SPDX-License-Identifier: MIT */
/* tls_bio.c - a BIO over send(2) and recv(2) */
#include "net/tls_bio.h"

#include <errno.h>
#include <sys/socket.h>

static bool wants_again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int bio_write(BIO *bio, const char *bytes, size_t size, size_t *ret_n)
{
	const struct tls_socket *socket = BIO_get_data(bio);
	const ssize_t n = send(socket->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

	BIO_clear_retry_flags(bio);
	if (n < 0) {
		if (wants_again())
			BIO_set_retry_write(bio);
		return 0;
	}
	*ret_n = (size_t)n;
	return 1;
}

static int bio_read(BIO *bio, char *into, size_t size, size_t *ret_n)
{
	struct tls_socket *socket = BIO_get_data(bio);
	const ssize_t n = recv(socket->fd, into, size, MSG_DONTWAIT);

	socket->is_drained = n < (ssize_t)size && n != 0;
	BIO_clear_retry_flags(bio);
	if (n == 0)
		BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
	if (n <= 0) {
		if (n < 0 && wants_again())
			BIO_set_retry_read(bio);
		return 0;
	}
	*ret_n = (size_t)n;
	return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
	(void)number;
	(void)pointer;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_EOF:
		return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
	default:
		return 0;
	}
}

BIO_METHOD *tls_bio_method_new(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "courant socket");

	if (!method || !BIO_meth_set_write_ex(method, bio_write) || !BIO_meth_set_read_ex(method, bio_read) ||
	    !BIO_meth_set_ctrl(method, bio_control)) {
		BIO_meth_free(method);
		return NULL;
	}
	return method;
}

BIO *tls_bio_new(const BIO_METHOD *method, struct tls_socket *socket)
{
	BIO *bio = BIO_new(method);

	if (bio) {
		BIO_set_data(bio, socket);
		BIO_set_init(bio, 1);
	}
	return bio;
}
