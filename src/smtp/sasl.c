/* SPDX-License-Identifier: MIT */
/* sasl.c - choosing a mechanism, and base64 (sasl.h) */
#include "smtp/sasl.h"

#include "base/ascii.h"
#include "base/utf8.h"

#define WITH_PASSWORD (SASL_NEEDS_USER | SASL_NEEDS_PASSWORD)
#define SCRAM         (WITH_PASSWORD | SASL_HIDES_SECRET | SASL_SPEAKS_FIRST)

/* CRAM-MD5 and DIGEST-MD5 hide the password, but what they show can be guessed from quickly: not
 * in clear. */
const struct sasl_mechanism sasl_mechanisms[] = {
	{"SCRAM-SHA-256-PLUS", SCRAM | SASL_NEEDS_BINDING, &sasl_gnu},
	{"SCRAM-SHA-256", SCRAM, &sasl_gnu},
	{"SCRAM-SHA-1-PLUS", SCRAM | SASL_NEEDS_BINDING, &sasl_gnu},
	{"SCRAM-SHA-1", SCRAM, &sasl_gnu},
	{"OAUTHBEARER", SASL_NEEDS_USER | SASL_NEEDS_TOKEN | SASL_SPEAKS_FIRST, &sasl_oauth},
	{"XOAUTH2", SASL_NEEDS_USER | SASL_NEEDS_TOKEN | SASL_SPEAKS_FIRST, &sasl_oauth},
	{"CRAM-MD5", WITH_PASSWORD, &sasl_gnu},
	{"PLAIN", WITH_PASSWORD | SASL_SPEAKS_FIRST | SASL_IGNORES_CHALLENGE, &sasl_gnu},
	{"LOGIN", WITH_PASSWORD | SASL_IGNORES_CHALLENGE, &sasl_gnu},
	{"DIGEST-MD5", WITH_PASSWORD | SASL_BY_NAME, &sasl_gnu},
	{"GSSAPI", SASL_BY_NAME | SASL_HIDES_SECRET | SASL_SPEAKS_FIRST, &sasl_gnu},
	{"EXTERNAL", SASL_BY_NAME | SASL_HIDES_SECRET | SASL_SPEAKS_FIRST, &sasl_gnu},
	{"ANONYMOUS", SASL_BY_NAME | SASL_HIDES_SECRET | SASL_SPEAKS_FIRST, &sasl_gnu},
	{NULL, 0, NULL},
};

static bool is_text(const char *text)
{
	return text && *text;
}

/* Whether one of the words (separated by blanks or commas) is this. */
static bool has_word(slice words, slice wanted)
{
	while (words.len > 0) {
		size_t n = 0;

		while (n < words.len && words.ptr[n] != ' ' && words.ptr[n] != ',' &&
		       words.ptr[n] != '\t')
			n++;
		if (slice_equal_nocase(slice_part(words, 0, n), wanted))
			return true;
		words = slice_after(words, n + 1);
	}
	return false;
}

static bool has_binding(const struct courant_tls_facts *tls)
{
	unsigned char bytes[64];
	size_t size = 0;

	return tls && tls->channel_binding &&
	       tls->channel_binding(tls->context, "tls-exporter", bytes, &size) && size > 0;
}

/* Whether login and connection have what the mechanism needs, TLS left aside. */
static bool is_equipped(const struct sasl_choice *choice, const struct sasl_mechanism *mechanism)
{
	const struct courant_login *login = choice->login;
	const unsigned traits = mechanism->traits;

	return !((traits & SASL_NEEDS_USER) && !is_text(login->user)) &&
	       !((traits & SASL_NEEDS_PASSWORD) && !login->password && !login->ask_password) &&
	       !((traits & SASL_NEEDS_TOKEN) && !is_text(login->token) &&
		 (login->token || !login->ask_token)) &&
	       !((traits & SASL_NEEDS_BINDING) && !has_binding(choice->tls)) &&
	       has_word(choice->offered, slice_of(mechanism->name)) &&
	       mechanism->calls->has(mechanism->name);
}

static bool is_usable(const struct sasl_choice *choice, const struct sasl_mechanism *mechanism)
{
	const unsigned bit = 1u << (mechanism - sasl_mechanisms);

	return !(choice->tried & bit) &&
	       (choice->may_show_secret || (mechanism->traits & SASL_HIDES_SECRET)) &&
	       is_equipped(choice, mechanism);
}

static const struct sasl_mechanism *find_mechanism(slice name)
{
	for (const struct sasl_mechanism *m = sasl_mechanisms; m->name; m++)
		if (slice_equal_nocase(slice_of(m->name), name))
			return m;
	return NULL;
}

const struct sasl_mechanism *sasl_choose(const struct sasl_choice *choice)
{
	if (!is_text(choice->login->mechanisms)) {
		for (const struct sasl_mechanism *m = sasl_mechanisms; m->name; m++)
			if (!(m->traits & SASL_BY_NAME) && is_usable(choice, m))
				return m;
		return NULL;
	}
	for (slice name, rest = slice_of(choice->login->mechanisms);
	     slice_next(&rest, ',', &name);) {
		const struct sasl_mechanism *m = find_mechanism(slice_trim(name));

		if (m && is_usable(choice, m))
			return m;
	}
	return NULL;
}

int sasl_fail_choice(const struct sasl_choice *choice, const char *host, courant_error **err)
{
	struct sasl_choice secure = *choice;

	secure.may_show_secret = true;
	if (!choice->may_show_secret && sasl_choose(&secure))
		return fail(
			err, COURANT_INSECURE,
			"the password would travel in clear to %s: no login without verified TLS",
			host);
	if (choice->tried)
		return fail(err, COURANT_LOGIN,
			    "%s accepts none of the ways to log in that it offers (%.*s)", host,
			    SLICE_ARGS(choice->offered));
	if (choice->offered.len == 0)
		return fail(err, COURANT_LOGIN, "%s offers no login (AUTH)", host);
	return fail(err, COURANT_LOGIN,
		    "%s offers no way to log in that can be used here (it offers %.*s)", host,
		    SLICE_ARGS(choice->offered));
}

/* A secret never stands in the sentence. */
static int check_text(const char *text, bool is_secret, const char *what, courant_error **err)
{
	if (!text)
		return 0;
	for (const char *at = text; *at; at++)
		if (ascii_is_control(*at))
			return fail(err, COURANT_INVALID, "the %s%s%s holds a control character",
				    what, is_secret ? "" : " ", is_secret ? "" : text);
	if (!utf8_is_valid(slice_of(text)))
		return fail(err, COURANT_INVALID, "the %s is not UTF-8", what);
	return 0;
}

int sasl_check_login(const struct courant_login *login, courant_error **err)
{
	for (slice name, rest = slice_of(login->mechanisms); slice_next(&rest, ',', &name);) {
		name = slice_trim(name);
		if (name.len > 0 && !find_mechanism(name))
			return fail(err, COURANT_USAGE, "unknown login mechanism %.*s",
				    SLICE_ARGS(name));
	}
	if (check_text(login->user, false, "user name", err) < 0 ||
	    check_text(login->authorize, false, "authorization identity", err) < 0 ||
	    check_text(login->password, true, "password", err) < 0)
		return -1;
	return check_text(login->token, true, "token", err);
}

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void sasl_encode(slice bytes, struct buffer *ret)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		const size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		unsigned long group = 0;
		char four[4] = "====";

		for (size_t j = 0; j < 3; j++)
			group = group << 8 | (j < n ? (unsigned char)bytes.ptr[i + j] : 0);
		for (size_t j = 0; j <= n; j++)
			four[j] = alphabet[group >> (18 - 6 * j) & 63];
		buffer_append(ret, slice_from(four, sizeof four));
	}
}

static int digit_value(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

/* Four digits, of which the last two may be '='. Bits that must be zero are not looked at:
 * challenges are not compared. */
static bool decode_four(const char *four, struct buffer *ret)
{
	const size_t n = four[3] != '=' ? 4 : four[2] != '=' ? 3 : 2;
	unsigned long group = 0;

	for (size_t i = 0; i < 4; i++) {
		const int value = i < n ? digit_value(four[i]) : 0;

		if (value < 0)
			return false;
		group = group << 6 | (unsigned)value;
	}

	const char three[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};

	buffer_append(ret, slice_from(three, n - 1));
	return true;
}

bool sasl_decode(slice base64, struct buffer *ret)
{
	if (slice_equal(base64, SLICE("=")))
		return true;
	if (base64.len % 4 != 0)
		return false;
	for (size_t i = 0; i < base64.len; i += 4) {
		const bool is_last = i + 4 == base64.len;

		if (!is_last && slice_find(slice_part(base64, i, 4), '=') != SLICE_NONE)
			return false;
		if (!decode_four(base64.ptr + i, ret))
			return false;
	}
	return true;
}
