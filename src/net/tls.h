/* SPDX-License-Identifier: MIT */
/* tls.h - TLS by OpenSSL over a non-blocking socket, verified unless somebody asked for less
 *
 * A tls_context is made once for a policy; the connections made of it share its session tickets, so that the second handshake with a server of
 * the same name is a short one. It may not be used by two threads at once. At least TLS 1.2; names are looked for among the subject alternative
 * names only; nothing is asked of the network (no OCSP, no CRL). */
#ifndef COURANT_NET_TLS_H
#define COURANT_NET_TLS_H
#include "net/stream.h"

struct tls_context;
struct tls;

/* What the client asks of a server. {0} is the safe default; texts are looked at during the call only. */
struct tls_policy {
	const char *ca_file, *ca_folder; /* NULL, NULL, {0}: the system's; ca_file may be a folder, too */
	slice ca_pem;
	const char *pin; /* "sha256//BASE64[;sha256//BASE64…]": besides everything else */
	const char *certificate_file, *key_file;
	slice certificate_pem, key_pem;
	int minimum;           /* 0 and 12: TLS 1.2; 13: TLS 1.3 */
	bool is_opportunistic; /* any certificate will do; tls_is_verified() says what it was worth */
};

/* COURANT_CONFIG or COURANT_NO_INPUT when a file or a pin is no good. */
struct tls_context *tls_context_new_client(const struct tls_policy *, courant_error **err);

/* For a server: certificate (with its chain) and key in PEM. */
struct tls_context *tls_context_new_server(slice certificate_pem, slice key_pem, courant_error **err);

/* Whether the policy names public keys. */
bool tls_context_is_pinned(const struct tls_context *);

void tls_context_free(struct tls_context *);
AUTO_DEFINE(tls_context, struct tls_context, tls_context_free)

/* One connection over fd, which stays the caller's. `name` (a client's): the domain in ASCII or the IP address that the certificate must be
 * for; never empty, never beginning with a dot. The context must outlive it. */
struct tls *tls_new_client(struct tls_context *, int fd, const char *name, courant_error **err);
struct tls *tls_new_server(struct tls_context *, int fd, courant_error **err);

/* Says goodbye if that needs no waiting. */
void tls_free(struct tls *);
AUTO_DEFINE(tls, struct tls, tls_free)

/* COURANT_TLS with a sentence that says what is wrong with the certificate: expired on DATE, issued for NAMES … */
enum stream_status tls_handshake(struct tls *, courant_error **err);
enum stream_status tls_read(struct tls *, void *into, size_t size, size_t *ret_n, courant_error **err);
enum stream_status tls_write(struct tls *, const void *bytes, size_t size, size_t *ret_n, courant_error **err);
/* Whether reading again is of no use before the socket is readable: the last read has taken all there was. */
bool tls_is_drained(const struct tls *);

/* After the handshake. */
const char *tls_version(const struct tls *); /* "TLSv1.3" */
const char *tls_cipher(const struct tls *);
bool tls_is_verified(const struct tls *);
bool tls_is_resumed(const struct tls *);

/* The channel binding of this name, "tls-exporter" (RFC 9266) or "tls-server-end-point" (RFC 5929). False when there is none. */
bool tls_channel_binding(const struct tls *, const char *name, unsigned char into[64], size_t *ret_size);

/* A certificate for trying things out, made on the spot: self-signed, for localhost, 127.0.0.1 and ::1, good from an hour before now for 30 days. */
int tls_make_certificate(int64_t now_ms, char **ret_certificate_pem, char **ret_key_pem, courant_error **err);
#endif
