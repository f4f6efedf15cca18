/* SPDX-License-Identifier: MIT */
/* tls_own.h - what the files of tls.h share */
#ifndef COURANT_NET_TLS_OWN_H
#define COURANT_NET_TLS_OWN_H
#include <openssl/ssl.h>

#include "net/tls.h"
#include "net/tls_bio.h"

#define TLS_PIN_BYTES   32 /* SHA-256 */
#define TLS_MAX_PINS    8
#define TLS_MAX_TICKETS 8 /* a server sends two a connection; more are of no use */

/* What a server gave to make the next handshake a short one. */
struct tls_ticket {
	SSL_SESSION *session;
	char *name; /* whom its certificate was checked for */
};

struct tls_context {
	SSL_CTX *ctx;
	BIO_METHOD *bio_method;
	bool is_opportunistic;
	bool has_no_authorities; /* of the system's: ca-certificates is not installed */
	unsigned char pins[TLS_MAX_PINS][TLS_PIN_BYTES];
	size_t n_pins;
	struct tls_ticket tickets[TLS_MAX_TICKETS]; /* the newest last */
	size_t n_tickets;
};

struct tls {
	SSL *ssl;
	struct tls_socket socket;
	struct tls_context *context;
	char *name;         /* the certificate must be for; NULL for a server's side */
	courant_error *why; /* what the verification found first */
};

/* Frees the ticket in this place, and closes the gap. */
void tls_drop_ticket(struct tls_context *, size_t i);

/* SSL_set_verify's callback; fills tls->why. */
int tls_verify_callback(int is_fine, X509_STORE_CTX *);

/* Whether the certificate's public key is one of the context's pins, if there are any. COURANT_TLS. */
int tls_check_pin(const struct tls *, courant_error **err);

/* The pins out of "sha256//BASE64;…". COURANT_CONFIG. */
int tls_parse_pins(struct tls_context *, slice text, courant_error **err);

/* The first sentence of OpenSSL's queue of errors, which is emptied. */
const char *tls_library_words(void);
#endif
