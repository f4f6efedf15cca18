/* SPDX-License-Identifier: MIT */
/* tls_certificate.c - a self-signed certificate for trying things out */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/random.h"
#include "net/tls_own.h"

#define BACKDATED_S    3600
#define LIFE_S         (30 * 24 * 3600)
#define MS_PER_S       1000

static bool add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX names;

	X509V3_set_ctx_nodb(&names);
	X509V3_set_ctx(&names, certificate, certificate, NULL, NULL, 0);

	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &names, nid, value);
	const bool is_fine = extension && X509_add_ext(certificate, extension, -1) == 1;

	X509_EXTENSION_free(extension);
	return is_fine;
}

static bool set_name(X509 *certificate)
{
	X509_NAME *name = X509_get_subject_name(certificate);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"Courant test server", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, name) == 1;
}

static bool fill(X509 *certificate, EVP_PKEY *key, int64_t now_ms)
{
	const int64_t now_s = now_ms / MS_PER_S;
	/* A serial number is positive (RFC 5280, 4.1.2.2), and nobody who keeps an old one shall confuse the two. */
	const uint64_t serial = random_u64() >> 1 | 1;

	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
	       ASN1_TIME_set(X509_getm_notBefore(certificate), now_s - BACKDATED_S) &&
	       ASN1_TIME_set(X509_getm_notAfter(certificate), now_s + LIFE_S) && set_name(certificate) &&
	       X509_set_pubkey(certificate, key) == 1 && add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
	       add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
	       add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
	       add_extension(certificate, NID_subject_key_identifier, "hash") &&
	       add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
	       X509_sign(certificate, key, EVP_sha256()) > 0;
}

static char *take_text(BIO *bio)
{
	char *bytes = NULL;
	const long size = BIO_get_mem_data(bio, &bytes);

	return size > 0 ? mem_copy(slice_from(bytes, (size_t)size)) : NULL;
}

int tls_make_certificate(int64_t now_ms, char **ret_certificate_pem, char **ret_key_pem, courant_error **err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	BIO *certificate_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_mem());
	char *certificate_pem = NULL, *key_pem = NULL;

	if (key && certificate && certificate_text && key_text && fill(certificate, key, now_ms) &&
	    PEM_write_bio_X509(certificate_text, certificate) && PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL)) {
		certificate_pem = take_text(certificate_text);
		key_pem = take_text(key_text);
	}
	BIO_free(key_text);
	BIO_free(certificate_text);
	X509_free(certificate);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (!certificate_pem || !key_pem) {
		free(certificate_pem);
		free(key_pem);
		return fail(err, COURANT_TLS, "cannot make a certificate");
	}
	*ret_certificate_pem = certificate_pem;
	*ret_key_pem = key_pem;
	return 0;
}
