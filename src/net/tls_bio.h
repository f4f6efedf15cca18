/* SPDX-License-Identifier: MIT */
/* tls_bio.h - OpenSSL's way to the socket, without SIGPIPE
 *
 * OpenSSL's own socket BIO calls write(2), which ends the program when the other side has gone; this one calls send(2) with MSG_NOSIGNAL. */
#ifndef COURANT_NET_TLS_BIO_H
#define COURANT_NET_TLS_BIO_H
#include <openssl/bio.h>
#include <stdbool.h>

struct tls_socket {
	int fd;          /* the caller's */
	bool is_drained; /* the last read got less than there was room for: nothing is left before the next poll */
};

/* NULL without memory. The method must outlive the BIOs made of it. */
BIO_METHOD *tls_bio_method_new(void);

/* The socket must outlive it. */
BIO *tls_bio_new(const BIO_METHOD *, struct tls_socket *);
#endif
