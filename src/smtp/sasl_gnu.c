/* SPDX-License-Identifier: MIT */
/* sasl_gnu.c - the mechanisms of GNU SASL behind struct sasl_calls (sasl.h)
 *
 * GNU SASL asks for what it needs by a callback. SCRAM's iteration count is looked at there,
 * before anything is computed from it. */
#include <gsasl.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/num.h"
#include "base/secret.h"
#include "smtp/sasl.h"

/* The version whose header this is: 1.x and 2.x differ in the name of the file alone. */
#if GSASL_VERSION_MAJOR >= 2
#define LIBRARY_FILE "libgsasl.so.18"
#else
#define LIBRARY_FILE "libgsasl.so.7"
#endif

#define FUNCTIONS(X) \
	X(gsasl_, base64_from) X(gsasl_, base64_to) X(gsasl_, callback_set) X(gsasl_, client_start) \
	X(gsasl_, client_support_p) X(gsasl_, done) X(gsasl_, finish) X(gsasl_, free) \
	X(gsasl_, hex_to) X(gsasl_, init) X(gsasl_, property_fast) X(gsasl_, property_set) \
	X(gsasl_, saslprep) X(gsasl_, session_hook_get) X(gsasl_, session_hook_set) \
	X(gsasl_, step) X(gsasl_, strerror)

static struct {
	FUNCTIONS(LIBRARY_MEMBER)
} gnu;
static const char *const names[] = {FUNCTIONS(LIBRARY_NAME)};
static struct library library = {LIBRARY_FILE, "logging in", names, sizeof names / sizeof *names, &gnu};

struct sasl_session {
	Gsasl *context;
	Gsasl_session *session;
	const char *mechanism;
	const struct courant_login *login;
	const struct courant_tls_facts *tls;
	courant_error *refusal; /* why the callback gave no answer */
};

/* Without the library every one: gnu_start() then says what is missing. */
static bool gnu_has(const char *mechanism)
{
	Gsasl *context;
	bool has;

	if (library_load(&library, NULL) < 0)
		return true;
	if (gnu.init(&context) != GSASL_OK)
		return false;
	has = gnu.client_support_p(context, mechanism) != 0;
	gnu.done(context);
	return has;
}

static int give(Gsasl_session *session, Gsasl_property property, const char *text, int if_missing)
{
	return text ? gnu.property_set(session, property, text) : if_missing;
}

/* Only asked by mechanisms with -PLUS: to the others a binding is a contradiction, and GNU SASL
 * fails on it. */
static int give_binding(struct sasl_session *ours, Gsasl_session *session)
{
	unsigned char bytes[64];
	size_t size = 0;
	char *base64 = NULL;

	if (!slice_ends(slice_of(ours->mechanism), SLICE("-PLUS")) || !ours->tls ||
	    !ours->tls->channel_binding ||
	    !ours->tls->channel_binding(ours->tls->context, "tls-exporter", bytes, &size))
		return GSASL_NO_CB_TLS_EXPORTER;

	int status = gnu.base64_to((const char *)bytes, size, &base64, NULL);

	if (status == GSASL_OK)
		status = gnu.property_set(session, GSASL_CB_TLS_EXPORTER, base64);
	gnu.free(base64);
	return status;
}

/* Whether the count is one that we compute with; the reason is remembered, for GNU SASL would
 * only say "no password". */
static bool check_iterations(struct sasl_session *ours, Gsasl_session *session, unsigned *ret)
{
	const char *text = gnu.property_fast(session, GSASL_SCRAM_ITER);
	uint64_t count;

	if (text &&
	    num_parse_range(slice_of(text), SASL_ITERATIONS_MIN, SASL_ITERATIONS_MAX, &count)) {
		*ret = (unsigned)count;
		return true;
	}
	(void)fail(&ours->refusal, COURANT_LOGIN,
		   "the server asks for %s rounds of SCRAM; %d to %d are accepted",
		   text ? text : "no", SASL_ITERATIONS_MIN, SASL_ITERATIONS_MAX);
	return false;
}

static int compute_salted(struct sasl_session *ours, const char *salt, size_t salt_size,
			  unsigned iterations, Gsasl_session *session)
{
	const bool is_sha1 = strstr(ours->mechanism, "SHA-1") != NULL;
	const size_t size = is_sha1 ? 20 : 32;
	unsigned char key[32];
	char *prepared = NULL, *hex = NULL;
	size_t hex_size = 0; /* a NULL pointer for it crashes gsasl_hex_to */

	if (gnu.saslprep(ours->login->password, GSASL_ALLOW_UNASSIGNED, &prepared, NULL) !=
	    GSASL_OK)
		return GSASL_SASLPREP_ERROR;

	const bool made =
		ours->login->salted_password(ours->login->context, is_sha1 ? "SHA-1" : "SHA-256",
					     prepared, salt, salt_size, iterations, key, size);
	int status =
		made ? gnu.hex_to((const char *)key, size, &hex, &hex_size) : GSASL_CRYPTO_ERROR;

	if (status == GSASL_OK)
		status = gnu.property_set(session, GSASL_SCRAM_SALTED_PASSWORD, hex);
	secret_clear(key, sizeof key);
	secret_free(prepared);
	if (hex)
		secret_clear(hex, hex_size);
	gnu.free(hex);
	return status;
}

static int give_salted_password(struct sasl_session *ours, Gsasl_session *session)
{
	unsigned iterations;
	const char *text = gnu.property_fast(session, GSASL_SCRAM_SALT);
	char *salt = NULL;
	size_t salt_size = 0;

	if (!check_iterations(ours, session, &iterations) || !ours->login->salted_password || !text)
		return GSASL_NO_CALLBACK;
	if (gnu.base64_from(text, strlen(text), &salt, &salt_size) != GSASL_OK)
		return GSASL_MECHANISM_PARSE_ERROR;

	const int status = compute_salted(ours, salt, salt_size, iterations, session);

	gnu.free(salt);
	return status;
}

/* RFC 4616, 2: user name and password are prepared; what SASLprep refuses goes as it is, for the
 * server may know it so. */
static int give_prepared(struct sasl_session *ours, Gsasl_session *session, Gsasl_property property,
			 const char *text, int if_missing)
{
	char *prepared = NULL;
	int status;

	if (!text || !slice_equal(slice_of(ours->mechanism), SLICE("PLAIN")) ||
	    gnu.saslprep(text, GSASL_ALLOW_UNASSIGNED, &prepared, NULL) != GSASL_OK)
		return give(session, property, text, if_missing);
	status = gnu.property_set(session, property, prepared);
	secret_free(prepared);
	return status;
}

static int give_password(struct sasl_session *ours, Gsasl_session *session)
{
	unsigned iterations;

	/* A refusal at the salted password is followed by this question. */
	if (slice_starts(slice_of(ours->mechanism), SLICE("SCRAM-")) &&
	    !check_iterations(ours, session, &iterations))
		return GSASL_NO_PASSWORD;
	return give_prepared(ours, session, GSASL_PASSWORD, ours->login->password,
			     GSASL_NO_PASSWORD);
}

static int answer(Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
	struct sasl_session *ours = gnu.session_hook_get(session);

	(void)context;
	switch (property) {
	case GSASL_AUTHID:
		return give_prepared(ours, session, property, ours->login->user, GSASL_NO_AUTHID);
	case GSASL_AUTHZID:
		return give(session, property, ours->login->authorize, GSASL_NO_AUTHZID);
	case GSASL_PASSWORD:
		return give_password(ours, session);
	case GSASL_SCRAM_SALTED_PASSWORD:
		return give_salted_password(ours, session);
	case GSASL_CB_TLS_EXPORTER:
		return give_binding(ours, session);
	case GSASL_ANONYMOUS_TOKEN:
		return give(session, property, ours->login->user ? ours->login->user : "anonymous",
			    GSASL_NO_ANONYMOUS_TOKEN);
	case GSASL_SERVICE:
		return give(session, property, "smtp", GSASL_NO_SERVICE);
	case GSASL_HOSTNAME:
		return give(session, property, ours->login->host, GSASL_NO_HOSTNAME);
	default: /* the library's enum, with more questions than we have answers */
		return GSASL_NO_CALLBACK;
	}
}

static void gnu_free(struct sasl_session *ours)
{
	if (!ours)
		return;
	if (ours->session)
		gnu.finish(ours->session);
	if (ours->context)
		gnu.done(ours->context);
	courant_error_free(ours->refusal);
	free(ours);
}
AUTO_DEFINE(sasl_session, struct sasl_session, gnu_free)

static int fail_status(struct sasl_session *ours, int status, courant_error **err)
{
	if (ours->refusal)
		return fail_pass(err, STEAL(ours->refusal));
	if (status == GSASL_MALLOC_ERROR)
		return fail_memory(err);
	if (status == GSASL_AUTHENTICATION_ERROR) /* a client checks nobody but the server */
		return fail(err, COURANT_LOGIN, "%s: the server does not prove that it knows the password",
			    ours->mechanism);
	return fail(err, COURANT_LOGIN, "%s: %s", ours->mechanism, gnu.strerror(status));
}

static struct sasl_session *gnu_start(const char *mechanism, const struct courant_login *login,
				      const struct courant_tls_facts *tls, courant_error **err)
{
	if (library_load(&library, err) < 0)
		return NULL;

	AUTO(sasl_session) struct sasl_session *ours = mem_alloc(sizeof *ours);
	int status;

	if (!ours) {
		(void)fail_memory(err);
		return NULL;
	}
	*ours = (struct sasl_session){.mechanism = mechanism, .login = login, .tls = tls};
	status = gnu.init(&ours->context);
	if (status == GSASL_OK)
		status = gnu.client_start(ours->context, mechanism, &ours->session);
	if (status != GSASL_OK) {
		(void)fail_status(ours, status, err);
		return NULL;
	}
	gnu.callback_set(ours->context, answer);
	gnu.session_hook_set(ours->session, ours);
	return STEAL(ours);
}

static int gnu_step(struct sasl_session *ours, slice challenge, struct buffer *ret, bool *ret_done,
		    courant_error **err)
{
	char *bytes = NULL;
	size_t n = 0;
	const int status = gnu.step(ours->session, challenge.ptr ? challenge.ptr : "",
				      challenge.len, &bytes, &n);

	if (bytes) {
		buffer_append(ret, slice_from(bytes, n));
		secret_clear(bytes, n);
		gnu.free(bytes);
	}
	if (status != GSASL_OK && status != GSASL_NEEDS_MORE)
		return fail_status(ours, status, err);
	*ret_done = status == GSASL_OK;
	return buffer_check(ret, err);
}

const struct sasl_calls sasl_gnu = {gnu_has, gnu_start, gnu_step, gnu_free};
