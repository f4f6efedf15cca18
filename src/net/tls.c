/* SPDX-License-Identifier: MIT */
/* tls.c - one TLS connection: handshake, bytes, facts */
#include "net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/alloc.h"
#include "net/address.h"
#include "net/tls_own.h"

static struct tls *session_new(struct tls_context *context, int fd, courant_error **err)
{
	AUTO(tls) struct tls *tls = mem_alloc(sizeof *tls);

	ERR_clear_error();
	if (tls) {
		tls->context = context;
		tls->socket.fd = fd;
		tls->ssl = SSL_new(context->ctx);
	}

	BIO *bio = tls && tls->ssl ? tls_bio_new(context->bio_method, &tls->socket) : NULL;

	if (!bio) {
		(void)fail_memory(err);
		return NULL;
	}
	SSL_set_bio(tls->ssl, bio, bio);
	(void)SSL_set_app_data(tls->ssl, tls);
	return STEAL(tls);
}

/* Whom the certificate must be for. An empty name would let every certificate of a known CA pass, and one that begins with a dot
 * every subdomain: both are refused before OpenSSL sees them. */
static int expect_name(struct tls *tls, const char *name, courant_error **err)
{
	X509_VERIFY_PARAM *check = SSL_get0_param(tls->ssl);
	slice bare = slice_of(name);

	if (slice_ends(bare, SLICE(".")))
		bare.len--;
	if (bare.len == 0 || bare.ptr[0] == '.')
		return fail(err, COURANT_USAGE, "no name to verify the certificate by: \"%s\"", name);
	tls->name = mem_copy(bare);
	if (!tls->name)
		return fail_memory(err);

	const bool is_address = address_is_numeric(bare);

	X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	if (is_address ? !X509_VERIFY_PARAM_set1_ip_asc(check, tls->name) : !X509_VERIFY_PARAM_set1_host(check, tls->name, 0))
		return fail(err, COURANT_USAGE, "not a name that a certificate can have: \"%s\"", name);
	if (!is_address && !SSL_set_tlsext_host_name(tls->ssl, tls->name))
		return fail(err, COURANT_USAGE, "not a name for TLS: \"%s\"", name);
	return 0;
}

/* A short handshake shows no certificate, so a ticket is only for the name that the certificate was checked for (RFC 8446, 4.6.1). One of TLS 1.3 is for one use
 * (C.4); an older session may be used again. */
static void offer_ticket(struct tls *tls)
{
	struct tls_context *context = tls->context;
	size_t i = context->n_tickets;

	while (i > 0 && strcmp(context->tickets[i - 1].name, tls->name) != 0)
		i--;
	if (i == 0)
		return;

	SSL_SESSION *session = context->tickets[i - 1].session;

	(void)SSL_set_session(tls->ssl, session);
	if (SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION)
		tls_drop_ticket(context, i - 1);
}

struct tls *tls_new_client(struct tls_context *context, int fd, const char *name, courant_error **err)
{
	AUTO(tls) struct tls *tls = session_new(context, fd, err);

	if (!tls || expect_name(tls, name, err) < 0)
		return NULL;
	SSL_set_verify(tls->ssl, SSL_VERIFY_PEER, tls_verify_callback);
	SSL_set_connect_state(tls->ssl);
	offer_ticket(tls);
	return STEAL(tls);
}

struct tls *tls_new_server(struct tls_context *context, int fd, courant_error **err)
{
	AUTO(tls) struct tls *tls = session_new(context, fd, err);

	if (!tls)
		return NULL;
	SSL_set_accept_state(tls->ssl);
	return STEAL(tls);
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	ERR_clear_error();
	if (tls->ssl && SSL_is_init_finished(tls->ssl))
		(void)SSL_shutdown(tls->ssl);
	ERR_clear_error();
	SSL_free(tls->ssl);
	free(tls->name);
	courant_error_free(tls->why);
	free(tls);
}

static int fail_handshake(struct tls *tls, courant_error **err)
{
	const int reason = ERR_GET_REASON(ERR_peek_error());
	const char *name = tls->name ? tls->name : "the client";

	if (tls->why)
		return fail_pass(err, STEAL(tls->why));
	switch (reason) {
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
	case SSL_R_PACKET_LENGTH_TOO_LONG:
		ERR_clear_error();
		return fail(err, COURANT_TLS, "%s does not speak TLS here", name);
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		ERR_clear_error();
		return fail(err, COURANT_TLS, "%s has no version of TLS that is safe enough", name);
	default:
		return fail(err, COURANT_TLS, "the TLS handshake with %s failed: %s", name, tls_library_words());
	}
}

/* What a failed call of OpenSSL means. An end of file without a goodbye is an error for OpenSSL; for us it is an end. */
static enum stream_status status_of(struct tls *tls, int result, int error_number)
{
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return STREAM_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return STREAM_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return STREAM_END;
	case SSL_ERROR_SYSCALL:
		return error_number == 0 || error_number == ECONNRESET || error_number == EPIPE ? STREAM_END : STREAM_FAILED;
	default:
		return ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? STREAM_END : STREAM_FAILED;
	}
}

enum stream_status tls_handshake(struct tls *tls, courant_error **err)
{
	ERR_clear_error();
	errno = 0;

	const int result = SSL_do_handshake(tls->ssl);

	if (result == 1)
		return tls_check_pin(tls, err) < 0 ? STREAM_FAILED : STREAM_DONE;

	const enum stream_status status = status_of(tls, result, errno);

	if (status == STREAM_FAILED || (status == STREAM_END && tls->why)) {
		(void)fail_handshake(tls, err);
		return STREAM_FAILED;
	}
	return status;
}

static enum stream_status finish(struct tls *tls, int result, courant_error **err)
{
	const int error_number = errno;
	const enum stream_status status = status_of(tls, result, error_number);

	if (status == STREAM_FAILED && ERR_peek_error() == 0)
		(void)fail_errno_as(err, COURANT_TEMPORARY, error_number, "the connection failed");
	else if (status == STREAM_FAILED)
		(void)fail(err, COURANT_TLS, "TLS failed: %s", tls_library_words());
	return status;
}

enum stream_status tls_read(struct tls *tls, void *into, size_t size, size_t *ret_n, courant_error **err)
{
	ERR_clear_error();
	errno = 0;

	const int result = SSL_read_ex(tls->ssl, into, size, ret_n);

	return result == 1 ? STREAM_DONE : finish(tls, result, err);
}

enum stream_status tls_write(struct tls *tls, const void *bytes, size_t size, size_t *ret_n, courant_error **err)
{
	ERR_clear_error();
	errno = 0;

	const int result = SSL_write_ex(tls->ssl, bytes, size, ret_n);

	return result == 1 ? STREAM_DONE : finish(tls, result, err);
}

bool tls_is_drained(const struct tls *tls)
{
	return tls->socket.is_drained && !SSL_has_pending(tls->ssl);
}

const char *tls_version(const struct tls *tls)
{
	return SSL_get_version(tls->ssl);
}

const char *tls_cipher(const struct tls *tls)
{
	return SSL_get_cipher_name(tls->ssl);
}

bool tls_is_verified(const struct tls *tls)
{
	/* The result is the last fault that was found, and stays with a ticket. */
	return tls->name && SSL_is_init_finished(tls->ssl) && SSL_get_verify_result(tls->ssl) == X509_V_OK && SSL_get0_peer_certificate(tls->ssl);
}

bool tls_is_resumed(const struct tls *tls)
{
	return SSL_session_reused(tls->ssl) == 1;
}

/* RFC 5929, 4.1: the certificate's digest by the hash of its signature; MD5 and SHA-1 become SHA-256. */
static bool end_point_binding(const struct tls *tls, unsigned char into[64], size_t *ret_size)
{
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	int hash = NID_undef;
	unsigned size = 0;

	if (!certificate || !X509_get_signature_info(certificate, &hash, NULL, NULL, NULL) || hash == NID_undef)
		return false;

	const EVP_MD *digest = hash == NID_md5 || hash == NID_sha1 ? EVP_sha256() : EVP_get_digestbynid(hash);

	if (!digest || EVP_MD_get_size(digest) > 64 || !X509_digest(certificate, digest, into, &size))
		return false;
	*ret_size = size;
	return true;
}

bool tls_channel_binding(const struct tls *tls, const char *name, unsigned char into[64], size_t *ret_size)
{
	static const char label[] = "EXPORTER-Channel-Binding";

	if (strcmp(name, "tls-server-end-point") == 0)
		return end_point_binding(tls, into, ret_size);
	/* Below TLS 1.3 it needs the extended master secret: without it two sessions may share what is exported (RFC 9266, 4; RFC 7627). */
	if (strcmp(name, "tls-exporter") != 0 || (SSL_version(tls->ssl) < TLS1_3_VERSION && SSL_get_extms_support(tls->ssl) != 1) ||
	    SSL_export_keying_material(tls->ssl, into, 32, label, sizeof label - 1, (const unsigned char *)"", 0, 1) != 1)
		return false;
	*ret_size = 32;
	return true;
}
