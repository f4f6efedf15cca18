/* SPDX-License-Identifier: MIT */
/* tls_verify.c - what is wrong with a certificate, in words; pinned keys */
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "net/tls_own.h"

#define WORDS_MAX_BYTES 2048
#define MAX_NAMES_SAID  5

static void write_date(struct buffer *into, const ASN1_TIME *when)
{
	struct tm date;

	if (ASN1_TIME_to_tm(when, &date))
		buffer_printf(into, "%04d-%02d-%02d %02d:%02d UTC", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour,
			      date.tm_min);
	else
		buffer_append(into, SLICE("an unreadable date"));
}

/* The most telling part of a distinguished name: its common name, else its organisation. */
static void write_subject(struct buffer *into, const X509_NAME *name)
{
	char words[256] = "";

	if (X509_NAME_get_text_by_NID((X509_NAME *)name, NID_commonName, words, sizeof words) <= 0 &&
	    X509_NAME_get_text_by_NID((X509_NAME *)name, NID_organizationName, words, sizeof words) <= 0)
		buffer_append(into, SLICE("somebody without a name"));
	else
		buffer_printf(into, "\"%s\"", words);
}

static void write_alternative(struct buffer *into, const GENERAL_NAME *name)
{
	char address[INET6_ADDRSTRLEN];

	if (name->type == GEN_DNS) {
		buffer_append(into, slice_from((const char *)ASN1_STRING_get0_data(name->d.dNSName),
					       (size_t)ASN1_STRING_length(name->d.dNSName)));
		return;
	}

	const int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;

	if ((family == AF_INET || ASN1_STRING_length(name->d.iPAddress) == 16) &&
	    inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), address, sizeof address))
		buffer_append(into, slice_of(address));
}

static void write_names(struct buffer *into, X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	int n = 0;

	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_DNS && name->type != GEN_IPADD)
			continue;
		if (n++ == MAX_NAMES_SAID) {
			buffer_append(into, SLICE(" and others"));
			break;
		}
		if (n > 1)
			buffer_append(into, SLICE(", "));
		write_alternative(into, name);
	}
	GENERAL_NAMES_free(names);
	if (n == 0)
		buffer_append(into, SLICE("no host at all (it has no subject alternative name)"));
}

static void write_fault(struct buffer *into, int fault, X509 *certificate, const struct tls *tls)
{
	switch (fault) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		buffer_append(into, SLICE("expired on "));
		write_date(into, X509_get0_notAfter(certificate));
		break;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		buffer_append(into, SLICE("is not valid before "));
		write_date(into, X509_get0_notBefore(certificate));
		break;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		buffer_append(into, SLICE("is self-signed; if it is the right one, it can be given as CA file"));
		break;
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		buffer_append(into, SLICE("is signed by an unknown CA, "));
		write_subject(into, X509_get_issuer_name(certificate));
		break;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		buffer_append(into, SLICE("was issued for "));
		write_names(into, certificate);
		buffer_printf(into, ", not for %s", tls->name);
		break;
	case X509_V_ERR_INVALID_PURPOSE:
		buffer_append(into, SLICE("was not made for a server"));
		break;
	default:
		buffer_printf(into, "cannot be trusted: %s", X509_verify_cert_error_string(fault));
	}
}

int tls_verify_callback(int is_fine, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = SSL_get_app_data(ssl);
	X509 *certificate = X509_STORE_CTX_get_current_cert(store);

	if (is_fine || tls->why)
		return is_fine || tls->context->is_opportunistic;

	AUTO(buffer) struct buffer words = BUFFER_LIMIT(WORDS_MAX_BYTES);
	const int depth = X509_STORE_CTX_get_error_depth(store);

	if (depth == 0) {
		buffer_printf(&words, "the certificate of %s ", tls->name);
	} else {
		buffer_printf(&words, "the certificate of %s rests on that of ", tls->name);
		write_subject(&words, certificate ? X509_get_subject_name(certificate) : NULL);
		buffer_append(&words, SLICE(", which "));
	}
	if (certificate)
		write_fault(&words, X509_STORE_CTX_get_error(store), certificate, tls);
	else
		buffer_append(&words, slice_of(X509_verify_cert_error_string(X509_STORE_CTX_get_error(store))));
	if (tls->context->has_no_authorities)
		buffer_append(&words, SLICE(" (this machine knows no CA at all: install ca-certificates, or give a CA file)"));
	(void)fail(&tls->why, COURANT_TLS, "%.*s", SLICE_ARGS(buffer_peek(&words)));
	return tls->context->is_opportunistic;
}

int tls_parse_pins(struct tls_context *context, slice text, courant_error **err)
{
	const slice whole = text;

	for (slice pin; slice_next(&text, ';', &pin);) {
		unsigned char bytes[TLS_PIN_BYTES + 3];
		const slice code = slice_after(pin, strlen("sha256//"));

		/* 32 bytes are 43 digits and one '='; EVP_DecodeBlock counts the padding as a byte. */
		if (!slice_starts(pin, SLICE("sha256//")) || code.len != 44 || code.ptr[43] != '=' ||
		    EVP_DecodeBlock(bytes, (const unsigned char *)code.ptr, 44) != TLS_PIN_BYTES + 1)
			return fail(err, COURANT_CONFIG, "not a pin: \"%.*s\" (sha256// and 44 base64 digits)", SLICE_ARGS(whole));
		if (context->n_pins == TLS_MAX_PINS)
			return fail(err, COURANT_CONFIG, "more than %d pins", TLS_MAX_PINS);
		memcpy(context->pins[context->n_pins++], bytes, TLS_PIN_BYTES);
	}
	return 0;
}

int tls_check_pin(const struct tls *tls, courant_error **err)
{
	unsigned char digest[EVP_MAX_MD_SIZE], text[TLS_PIN_BYTES * 2];
	unsigned size = 0;
	X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
	unsigned char *key = NULL;
	const int key_size = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key) : -1;

	if (tls->context->n_pins == 0) {
		OPENSSL_free(key);
		return 0;
	}
	if (key_size > 0)
		(void)EVP_Digest(key, (size_t)key_size, digest, &size, EVP_sha256(), NULL);
	OPENSSL_free(key);
	if (size != TLS_PIN_BYTES)
		return fail(err, COURANT_TLS, "%s shows no public key to compare with the pin", tls->name);
	for (size_t i = 0; i < tls->context->n_pins; i++)
		if (memcmp(tls->context->pins[i], digest, TLS_PIN_BYTES) == 0)
			return 0;
	(void)EVP_EncodeBlock(text, digest, TLS_PIN_BYTES);
	return fail(err, COURANT_TLS, "the public key of %s is not the pinned one, but sha256//%s", tls->name, text);
}
