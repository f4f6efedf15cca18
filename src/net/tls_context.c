/* SPDX-License-Identifier: MIT */
/* tls_context.c - what all connections to one server share: policy, authorities, own certificate, tickets */
#include <dirent.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/secret.h"
#include "net/tls_bio.h"
#include "net/tls_own.h"

#define PEM_MAX_BYTES ((size_t)16 << 20) /* the system's bundle has a quarter of a megabyte */

/* Where systems keep their authorities. A folder comes first: only the one certificate that is needed is read (0.01 ms against 20 ms). */
static const char *const system_folders[] = {"/etc/ssl/certs", "/etc/pki/tls/certs"};
static const char *const system_files[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
					   "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

const char *tls_library_words(void)
{
	const unsigned long number = ERR_peek_error();
	const char *words = number ? ERR_reason_error_string(number) : NULL;

	ERR_clear_error();
	return words ? words : "no reason given";
}

/* "1f9d8a37.0": what openssl rehash makes. */
static bool is_hashed_name(const char *name)
{
	for (int i = 0; i < 8; i++)
		if (ascii_hex_value(name[i]) < 0)
			return false;
	return name[8] == '.' && ascii_is_digit(name[9]);
}

static bool is_hashed_folder(const char *path)
{
	DIR *folder = opendir(path);
	bool is_hashed = false;

	if (!folder)
		return false;
	for (const struct dirent *entry; !is_hashed && (entry = readdir(folder));)
		is_hashed = is_hashed_name(entry->d_name);
	(void)closedir(folder);
	return is_hashed;
}

static int trust_system(struct tls_context *context, courant_error **err)
{
	for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++)
		if (is_hashed_folder(system_folders[i]))
			return SSL_CTX_load_verify_dir(context->ctx, system_folders[i]) == 1 ? 0 : fail_memory(err);
	for (size_t i = 0; i < sizeof system_files / sizeof *system_files; i++)
		if (SSL_CTX_load_verify_file(context->ctx, system_files[i]) == 1)
			return 0;
	ERR_clear_error();
	context->has_no_authorities = true;
	return 0;
}

/* Every certificate of a PEM text is trusted. `name` stands in errors. */
static int trust_pem(struct tls_context *context, slice pem, const char *name, courant_error **err)
{
	BIO *bio = pem.len <= INT32_MAX ? BIO_new_mem_buf(pem.len ? pem.ptr : "", (int)pem.len) : NULL;
	X509_STORE *store = SSL_CTX_get_cert_store(context->ctx);
	size_t n = 0;

	if (!bio)
		return fail_memory(err);
	for (X509 *one; (one = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL)); n++) {
		(void)X509_STORE_add_cert(store, one);
		X509_free(one);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (n == 0)
		return fail(err, COURANT_CONFIG, "%s holds no certificate in PEM form", name);
	return 0;
}

static int trust_file(struct tls_context *context, const char *path, courant_error **err)
{
	AUTO(buffer) struct buffer pem = BUFFER_LIMIT(PEM_MAX_BYTES);

	if (file_read(path, &pem, err) < 0)
		return fail_within(err, "the CA file");
	return trust_pem(context, buffer_peek(&pem), path, err);
}

static int trust_folder(struct tls_context *context, const char *path, courant_error **err)
{
	struct stat facts;

	if (stat(path, &facts) < 0)
		return fail_errno(err, errno, "cannot open the CA folder %s", path);
	if (!S_ISDIR(facts.st_mode))
		return fail(err, COURANT_NO_INPUT, "the CA folder %s is not a folder", path);
	return SSL_CTX_load_verify_dir(context->ctx, path) == 1 ? 0 : fail_memory(err);
}

static bool is_folder(const char *path)
{
	struct stat facts;

	return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static int trust_path(struct tls_context *context, const char *path, courant_error **err)
{
	return is_folder(path) ? trust_folder(context, path, err) : trust_file(context, path, err);
}

static int trust(struct tls_context *context, const struct tls_policy *policy, courant_error **err)
{
	if (!policy->ca_file && !policy->ca_folder && policy->ca_pem.len == 0)
		return trust_system(context, err);
	if (policy->ca_file && trust_path(context, policy->ca_file, err) < 0)
		return -1;
	if (policy->ca_folder && trust_folder(context, policy->ca_folder, err) < 0)
		return -1;
	return policy->ca_pem.len ? trust_pem(context, policy->ca_pem, "the CA text", err) : 0;
}

/* A question on the terminal has no place here: a key under a passphrase is refused. */
static int no_passphrase(char *into, int size, int is_writing, void *context)
{
	(void)into;
	(void)size;
	(void)is_writing;
	(void)context;
	return -1;
}

static int fail_identity(const char *what, const char *name, courant_error **err)
{
	return fail(err, COURANT_CONFIG, "cannot use the %s %s: %s", what, name, tls_library_words());
}

/* Our own certificate with what signs it, and its key. */
static int identify(SSL_CTX *ctx, slice certificate, const char *certificate_name, slice key, const char *key_name, courant_error **err)
{
	BIO *bio = BIO_new_mem_buf(certificate.len ? certificate.ptr : "", (int)certificate.len);
	X509 *own = bio ? PEM_read_bio_X509_AUX(bio, NULL, no_passphrase, NULL) : NULL;
	bool is_fine = own && SSL_CTX_use_certificate(ctx, own) == 1;

	X509_free(own);
	for (X509 *more; is_fine && (more = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL));)
		if (!SSL_CTX_add0_chain_cert(ctx, more))
			X509_free(more);
	BIO_free(bio);
	if (!is_fine)
		return fail_identity("certificate", certificate_name, err);
	ERR_clear_error();

	bio = BIO_new_mem_buf(key.len ? key.ptr : "", (int)key.len);

	EVP_PKEY *private = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	is_fine = private && SSL_CTX_use_PrivateKey(ctx, private) == 1 && SSL_CTX_check_private_key(ctx) == 1;
	EVP_PKEY_free(private);
	BIO_free(bio);
	return is_fine ? 0 : fail_identity("key", key_name, err);
}

static int identify_client(SSL_CTX *ctx, const struct tls_policy *policy, courant_error **err)
{
	const char *key_path = policy->key_file ? policy->key_file : policy->certificate_file;
	AUTO(buffer) struct buffer certificate = BUFFER_LIMIT(PEM_MAX_BYTES);
	AUTO(secret_buffer) struct buffer key = BUFFER_LIMIT(PEM_MAX_BYTES);

	if (policy->certificate_pem.len > 0)
		return identify(ctx, policy->certificate_pem, "in memory", policy->key_pem.len ? policy->key_pem : policy->certificate_pem,
				"in memory", err);
	if (!policy->certificate_file)
		return policy->key_file || policy->key_pem.len ? fail(err, COURANT_CONFIG, "a client key without a certificate is of no use") : 0;
	if (file_read(policy->certificate_file, &certificate, err) < 0)
		return fail_within(err, "the client certificate");
	if (file_read(key_path, &key, err) < 0)
		return fail_within(err, "the client key");
	return identify(ctx, buffer_peek(&certificate), policy->certificate_file, buffer_peek(&key), key_path, err);
}

void tls_drop_ticket(struct tls_context *context, size_t i)
{
	SSL_SESSION_free(context->tickets[i].session);
	free(context->tickets[i].name);
	context->n_tickets--;
	memmove(context->tickets + i, context->tickets + i + 1, (context->n_tickets - i) * sizeof *context->tickets);
}

/* A server sends its tickets with the first bytes; the newest ones are kept. 1: it is ours now. */
static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
	const struct tls *tls = SSL_get_app_data(ssl);
	struct tls_context *context = tls->context;
	char *name = mem_copy_text(tls->name);

	if (!name)
		return 0;
	if (context->n_tickets == TLS_MAX_TICKETS)
		tls_drop_ticket(context, 0);
	context->tickets[context->n_tickets++] = (struct tls_ticket){.session = session, .name = name};
	return 1;
}

static struct tls_context *context_new(const SSL_METHOD *method, courant_error **err)
{
	AUTO(tls_context) struct tls_context *context = mem_alloc(sizeof *context);

	ERR_clear_error();
	if (context) {
		context->ctx = SSL_CTX_new(method);
		context->bio_method = tls_bio_method_new();
	}
	if (!context || !context->ctx || !context->bio_method) {
		(void)fail_memory(err);
		return NULL;
	}
	(void)SSL_CTX_set_min_proto_version(context->ctx, TLS1_2_VERSION);
	(void)SSL_CTX_set_mode(context->ctx,
			       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* One read for a record, not one for its header and one for the rest. */
	SSL_CTX_set_read_ahead(context->ctx, 1);
	(void)SSL_CTX_set_options(context->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	return STEAL(context);
}

struct tls_context *tls_context_new_client(const struct tls_policy *policy, courant_error **err)
{
	AUTO(tls_context) struct tls_context *context = context_new(TLS_client_method(), err);

	if (!context)
		return NULL;
	context->is_opportunistic = policy->is_opportunistic;
	if (policy->minimum >= 13)
		(void)SSL_CTX_set_min_proto_version(context->ctx, TLS1_3_VERSION);
	if (trust(context, policy, err) < 0 || identify_client(context->ctx, policy, err) < 0 ||
	    (policy->pin && tls_parse_pins(context, slice_of(policy->pin), err) < 0))
		return NULL;
	(void)SSL_CTX_set_session_cache_mode(context->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context->ctx, keep_ticket);
	return STEAL(context);
}

struct tls_context *tls_context_new_server(slice certificate_pem, slice key_pem, courant_error **err)
{
	static const unsigned char session_scope[] = "courant";
	AUTO(tls_context) struct tls_context *context = context_new(TLS_server_method(), err);

	if (!context || identify(context->ctx, certificate_pem, "given", key_pem, "given", err) < 0)
		return NULL;
	(void)SSL_CTX_set_session_id_context(context->ctx, session_scope, sizeof session_scope - 1);
	return STEAL(context);
}

bool tls_context_is_pinned(const struct tls_context *context)
{
	return context->n_pins > 0;
}

void tls_context_free(struct tls_context *context)
{
	if (!context)
		return;
	while (context->n_tickets > 0)
		tls_drop_ticket(context, context->n_tickets - 1);
	SSL_CTX_free(context->ctx);
	BIO_meth_free(context->bio_method);
	free(context);
}
