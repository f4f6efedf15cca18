/* SPDX-License-Identifier: MIT */
/* tls_bio.h - OpenSSL's way to the socket, without SIGPIPE
 *
 * OpenSSL's own socket BIO calls write(2), which ends the program when the other side has gone; this one calls send(2) with MSG_NOSIGNAL. */
#ifndef COURANT_NET_TLS_BIO_H
#define COURANT_NET_TLS_BIO_H
#include <openssl/bio.h>

/* NULL without memory. The method must outlive the BIOs made of it. */
BIO_METHOD *tls_bio_method_new(void);

/* fd stays the caller's. */
BIO *tls_bio_new(const BIO_METHOD *, int fd);
#endif
