/* SPDX-License-Identifier: MIT */
/* sasl_test.c - src/smtp/sasl*.c: choices, base64, and whole exchanges with GNU SASL's server side */
#include "smtp/sasl.h"

#include <gsasl.h>
#include <openssl/evp.h>

#include "tap.h"

/* ---- choices ---- */

static bool exporter(void *context, const char *name, unsigned char into[64], size_t *ret_size)
{
	if (strcmp(name, "tls-exporter") != 0)
		return false;
	memset(into, *(const char *)context, 32);
	*ret_size = 32;
	return true;
}

static char binding_byte = 'b';
static const struct courant_tls_facts bound = {.verified = true, .channel_binding = exporter, .context = &binding_byte};
static const struct courant_tls_facts unbound = {.verified = true};

#define EVERYTHING "ANONYMOUS EXTERNAL LOGIN PLAIN CRAM-MD5 DIGEST-MD5 XOAUTH2 OAUTHBEARER SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS"

static const struct {
	const char *name, *offered, *mechanisms;
	bool has_password, has_token, has_binding, may_show;
	const char *order;
} choices[] = {
	{"everything, bound", EVERYTHING, NULL, true, true, true, true,
	 "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS SCRAM-SHA-1 OAUTHBEARER XOAUTH2 CRAM-MD5 PLAIN LOGIN "},
	{"without a binding no PLUS", EVERYTHING, NULL, true, false, false, true, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN "},
	{"a token alone", EVERYTHING, NULL, false, true, false, true, "OAUTHBEARER XOAUTH2 "},
	{"in clear only what hides the password", EVERYTHING, NULL, true, true, false, false, "SCRAM-SHA-256 SCRAM-SHA-1 "},
	{"by name, in that order", EVERYTHING, "plain, DIGEST-MD5,EXTERNAL", true, false, false, true, "PLAIN DIGEST-MD5 EXTERNAL "},
	{"by name, in clear", EVERYTHING, "PLAIN,CRAM-MD5", true, false, false, false, ""},
	{"commas, tabs and case of the server's", "plain,\tlogin", NULL, true, false, false, true, "PLAIN LOGIN "},
	{"nothing known", "NTLM X-Y", NULL, true, false, false, true, ""},
	{"nothing offered", "", NULL, true, false, false, true, ""},
	{"no part of a name", "XPLAIN PLAINX", NULL, true, false, false, true, ""},
};

static void mechanisms_are_tried_in_order(void)
{
	EACH (row, choices) {
		AUTO(buffer) struct buffer order = BUFFER_LIMIT(1000);
		const struct courant_login login = {
			.user = "ops",
			.password = row->has_password ? "secret" : NULL,
			.token = row->has_token ? "token" : NULL,
			.mechanisms = row->mechanisms,
		};
		struct sasl_choice choice = {.offered = slice_of(row->offered),
					     .login = &login,
					     .tls = row->has_binding ? &bound : &unbound,
					     .may_show_secret = row->may_show};

		tap_row(row->name);
		for (const struct sasl_mechanism *m; (m = sasl_choose(&choice));) {
			buffer_printf(&order, "%s ", m->name);
			choice.tried |= 1u << (m - sasl_mechanisms);
		}
		CHECK_SLICE(order.len ? buffer_peek(&order) : SLICE(""), slice_of(row->order));
	}
}

static void unfit_logins_are_refused(void)
{
	static const struct {
		const char *name;
		struct courant_login login;
		int code;
	} rows[] = {
		{"a line break in the user", {.user = "a\r\nb"}, COURANT_INVALID},
		{"a control character in the password", {.user = "a", .password = "b\1c"}, COURANT_INVALID},
		{"a control character in the token", {.user = "a", .token = "b\1auth=x"}, COURANT_INVALID},
		{"a password that is not UTF-8", {.user = "a", .password = "\xff"}, COURANT_INVALID},
		{"an unknown mechanism", {.user = "a", .mechanisms = "PLAIN,PLIAN"}, COURANT_USAGE},
	};

	EACH (row, rows) {
		courant_error *error = NULL;

		tap_row(row->name);
		CHECK_INT(sasl_check_login(&row->login, &error), -1);
		CHECK(!strstr(courant_error_sentence(error), "auth="));
		CHECK_ERROR(error, row->code, "");
	}
}

/* ---- base64: RFC 4648, 10 ---- */

static const struct {
	const char *bytes, *base64;
} vectors[] = {{"", ""},         {"f", "Zg=="},       {"fo", "Zm8="},        {"foo", "Zm9v"},
	       {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

static void base64_goes_both_ways(void)
{
	static const char *const wrong[] = {"Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9v!m9v", "Zm9v Zm8=", "Z=8=", "Zm9v\n"};

	EACH (row, vectors) {
		AUTO(buffer) struct buffer encoded = BUFFER_LIMIT(100);
		AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(100);

		tap_row(row->base64);
		sasl_encode(slice_of(row->bytes), &encoded);
		CHECK_SLICE(encoded.len ? buffer_peek(&encoded) : SLICE(""), slice_of(row->base64));
		CHECK(sasl_decode(slice_of(row->base64), &decoded));
		CHECK_SLICE(decoded.len ? buffer_peek(&decoded) : SLICE(""), slice_of(row->bytes));
	}
	EACH (text, wrong) {
		AUTO(buffer) struct buffer decoded = BUFFER_LIMIT(100);

		tap_row(*text);
		CHECK(!sasl_decode(slice_of(*text), &decoded));
	}
}

/* ---- exchanges ---- */

struct peer {
	const char *iterations; /* what the server asks for */
	const char *salted_hex; /* or NULL: it knows the password */
	char binding;
};

static int serve(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
	const struct peer *peer = gsasl_callback_hook_get(library);
	char bytes[32], *base64 = NULL;
	int status;

	switch (property) {
	case GSASL_PASSWORD:
		return gsasl_property_set(session, property, "secr\xc3\xa9t");
	case GSASL_SCRAM_ITER:
		return gsasl_property_set(session, property, peer->iterations);
	case GSASL_SERVICE:
		return gsasl_property_set(session, property, "smtp");
	case GSASL_HOSTNAME:
		return gsasl_property_set(session, property, "mx");
	case GSASL_CB_TLS_EXPORTER:
		if (!peer->binding)
			return GSASL_NO_CB_TLS_EXPORTER;
		memset(bytes, peer->binding, sizeof bytes);
		if (gsasl_base64_to(bytes, sizeof bytes, &base64, NULL) != GSASL_OK)
			return GSASL_MALLOC_ERROR;
		status = gsasl_property_set(session, property, base64);
		gsasl_free(base64);
		return status;
	case GSASL_VALIDATE_SIMPLE:
		return strcmp(gsasl_property_fast(session, GSASL_PASSWORD), "secr\xc3\xa9t") == 0 ? GSASL_OK : GSASL_AUTHENTICATION_ERROR;
	case GSASL_VALIDATE_ANONYMOUS:
	case GSASL_VALIDATE_EXTERNAL:
		return GSASL_OK;
	default: /* the library's enum, with more questions than we have answers */
		return GSASL_NO_CALLBACK;
	}
}

static bool salt_password(void *context, const char *hash, const char *password, const void *salt, size_t salt_size,
			  unsigned iterations, unsigned char *into, size_t size)
{
	const EVP_MD *digest = strcmp(hash, "SHA-1") == 0 ? EVP_sha1() : EVP_sha256();

	++*(int *)context;
	return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, (int)salt_size, (int)iterations, digest, (int)size, into) == 1;
}

enum spoil { SPOIL_NOTHING, SPOIL_SIGNATURE, SPOIL_NONCE };

static const struct sasl_mechanism *find(const char *name)
{
	const struct sasl_mechanism *m = sasl_mechanisms;

	while (strcmp(m->name, name) != 0)
		m++;
	return m;
}

/* Changes one character of what the server says. */
static void spoil(char *bytes, size_t n, enum spoil what)
{
	if (what == SPOIL_SIGNATURE && n > 5 && bytes[0] == 'v')
		bytes[4] = bytes[4] == 'A' ? 'B' : 'A';
	if (what == SPOIL_NONCE && n > 5 && bytes[0] == 'r')
		bytes[3] = bytes[3] == 'A' ? 'B' : 'A';
}

/* Plays the mechanism to its end: 0 when both sides are content. */
static int exchange(const char *name, const struct courant_login *login, const struct courant_tls_facts *tls,
		    const struct peer *peer, enum spoil what, courant_error **err)
{
	const struct sasl_mechanism *mechanism = find(name);
	struct sasl_session *client = mechanism->calls->start(mechanism->name, login, tls, err);
	AUTO(buffer) struct buffer answer = BUFFER_LIMIT(SASL_ANSWER_MAX_BYTES);
	Gsasl *library = NULL;
	Gsasl_session *server = NULL;
	bool is_done = false;
	int status, result = client ? 0 : -1;
	bool status_ends = false;
	bool speaks = mechanism->traits & SASL_SPEAKS_FIRST;
	char *bytes = NULL;
	size_t n = 0;

	gsasl_init(&library);
	gsasl_callback_set(library, serve);
	gsasl_callback_hook_set(library, (void *)(uintptr_t)peer);
	status = gsasl_server_start(library, name, &server);
	if (status == GSASL_OK && !speaks && gsasl_step(server, NULL, 0, &bytes, &n) != GSASL_NEEDS_MORE)
		result = fail(err, COURANT_LOGIN, "the server does not begin");
	for (bool is_over = false; result == 0 && !is_over; speaks = false) {
		buffer_cut(&answer, 0);
		if (bytes)
			spoil(bytes, n, what);
		result = mechanism->calls->step(client, speaks ? SLICE("") : slice_from(bytes, n), &answer, &is_done, err);
		gsasl_free(bytes);
		bytes = NULL;
		if (result < 0 || status_ends)
			break;
		status = gsasl_step(server, answer.bytes, answer.len, &bytes, &n);
		status_ends = status != GSASL_NEEDS_MORE;
		/* The server's last word may need to be heard. */
		is_over = status_ends && (status != GSASL_OK || n == 0);
	}
	gsasl_free(bytes);
	if (result == 0 && status != GSASL_OK)
		result = fail(err, COURANT_LOGIN, "the server says: %s", gsasl_strerror(status));
	if (result == 0 && !is_done)
		result = fail(err, COURANT_LOGIN, "the client wants more");
	mechanism->calls->free(client);
	if (server)
		gsasl_finish(server);
	gsasl_done(library);
	return result;
}

static int salted_calls;

static const struct {
	const char *name, *mechanism, *password, *iterations;
	char binding;
	bool is_bound, computes;
	enum spoil what;
	const char *fault; /* NULL: both are content */
} exchanges[] = {
	{"PLAIN", "PLAIN", "secr\xc3\xa9t", "4096", 0, false, false, 0, NULL},
	{"PLAIN with a wrong password", "PLAIN", "wrong", "4096", 0, false, false, 0, "server says"},
	{"PLAIN with a combining accent, prepared", "PLAIN", "secre\xcc\x81t", "4096", 0, false, false, 0, NULL},
	{"LOGIN", "LOGIN", "secr\xc3\xa9t", "4096", 0, false, false, 0, NULL},
	{"CRAM-MD5", "CRAM-MD5", "secr\xc3\xa9t", "4096", 0, false, false, 0, NULL},
	{"CRAM-MD5 with a wrong password", "CRAM-MD5", "wrong", "4096", 0, false, false, 0, "server says"},
	{"DIGEST-MD5", "DIGEST-MD5", "secr\xc3\xa9t", "4096", 0, false, false, 0, NULL},
	{"ANONYMOUS", "ANONYMOUS", NULL, "4096", 0, false, false, 0, NULL},
	{"EXTERNAL", "EXTERNAL", NULL, "4096", 0, false, false, 0, NULL},
	{"SCRAM-SHA-1", "SCRAM-SHA-1", "secr\xc3\xa9t", "4096", 0, false, false, 0, NULL},
	{"SCRAM-SHA-256", "SCRAM-SHA-256", "secr\xc3\xa9t", "4096", 0, false, false, 0, NULL},
	{"SCRAM-SHA-1, salted by us", "SCRAM-SHA-1", "secr\xc3\xa9t", "4096", 0, false, true, 0, NULL},
	{"SCRAM-SHA-256, salted by us", "SCRAM-SHA-256", "secr\xc3\xa9t", "5000", 0, false, true, 0, NULL},
	{"SASLprep: a password with a combining accent", "SCRAM-SHA-256", "secre\xcc\x81t", "4096", 0, false, true, 0, NULL},
	{"SCRAM with a wrong password", "SCRAM-SHA-256", "wrong", "4096", 0, false, false, 0, "server says"},
	{"SCRAM with a binding at hand but without PLUS", "SCRAM-SHA-256", "secr\xc3\xa9t", "4096", 'b', true, false, 0, NULL},
	{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS", "secr\xc3\xa9t", "4096", 'b', true, false, 0, NULL},
	{"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1-PLUS", "secr\xc3\xa9t", "4096", 'b', true, false, 0, NULL},
	{"PLUS over somebody else's TLS", "SCRAM-SHA-256-PLUS", "secr\xc3\xa9t", "4096", 'x', true, false, 0, "server says"},
	{"PLUS without a binding", "SCRAM-SHA-256-PLUS", "secr\xc3\xa9t", "4096", 'b', false, false, 0, "SCRAM-SHA-256-PLUS"},
	{"a wrong server signature", "SCRAM-SHA-256", "secr\xc3\xa9t", "4096", 0, false, false, SPOIL_SIGNATURE, "SCRAM-SHA-256"},
	{"a wrong server signature, salted by us", "SCRAM-SHA-1", "secr\xc3\xa9t", "4096", 0, false, true, SPOIL_SIGNATURE, "SCRAM-SHA-1"},
	{"another nonce than ours", "SCRAM-SHA-256", "secr\xc3\xa9t", "4096", 0, false, false, SPOIL_NONCE, "SCRAM-SHA-256"},
	{"one round", "SCRAM-SHA-256", "secr\xc3\xa9t", "1", 0, false, false, 0, "asks for 1 rounds"},
	{"4,095 rounds", "SCRAM-SHA-256", "secr\xc3\xa9t", "4095", 0, false, true, 0, "asks for 4095 rounds"},
	{"a million and one rounds", "SCRAM-SHA-256", "secr\xc3\xa9t", "1000001", 0, false, true, 0, "asks for 1000001 rounds"},
};

static void exchanges_end_as_they_should(void)
{
	EACH (row, exchanges) {
		AUTO(error) courant_error *error = NULL;
		const struct courant_login login = {
			.user = "ops",
			.password = row->password,
			.host = "mx",
			.salted_password = row->computes ? salt_password : NULL,
			.context = &salted_calls,
		};
		const struct peer peer = {.iterations = row->iterations, .binding = row->binding};

		tap_row(row->name);
		salted_calls = 0;

		const int result = exchange(row->mechanism, &login, row->is_bound ? &bound : &unbound, &peer, row->what, &error);

		CHECK_INT(result, row->fault ? -1 : 0);
		if (row->fault)
			CHECK_ERROR(error, COURANT_LOGIN, row->fault);
		else
			CHECK_NO_ERROR(error);
		CHECK_INT(salted_calls > 0, row->computes && (!row->fault || row->what));
	}
}

/* The first message of a server that wants to keep us busy; nothing is computed. */
static void endless_rounds_are_not_computed(void)
{
	static const char *const counts[] = {"2000000000", "1000001", "4095", "0", "-1", "99999999999999999999", "x"};

	EACH (count, counts) {
		AUTO(buffer) struct buffer first = BUFFER_LIMIT(1000);
		AUTO(buffer) struct buffer challenge = BUFFER_LIMIT(1000);
		AUTO(error) courant_error *error = NULL;
		const struct courant_login login = {.user = "ops", .password = "secret"};
		struct sasl_session *client = sasl_gnu.start("SCRAM-SHA-1", &login, NULL, NULL);
		bool is_done;

		tap_row(*count);
		CHECK_INT(sasl_gnu.step(client, SLICE(""), &first, &is_done, NULL), 0);
		buffer_printf(&challenge, "r=%.*sserver,s=QSXCR+Q6sek8bf92,i=%s",
			      SLICE_ARGS(slice_after(buffer_peek(&first), slice_find_slice(buffer_peek(&first), SLICE("r=")) + 2)), *count);
		CHECK_INT(sasl_gnu.step(client, buffer_peek(&challenge), &first, &is_done, &error), -1);
		CHECK_ERROR(error, COURANT_LOGIN, "");
		sasl_gnu.free(client);
	}
}

/* ---- the same through the engine, in SMTP's clothes ---- */

static void say(courant_engine *engine, const char *code, slice challenge)
{
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(100000);

	buffer_printf(&line, "%s ", code);
	sasl_encode(challenge, &line);
	buffer_append(&line, SLICE("\r\n"));
	courant_engine_receive(engine, line.bytes, line.len, 0);
}

/* What the client says, without its CRLF; the event that came last. */
static void hear(courant_engine *engine, struct buffer *ret, int *ret_event, int *ret_code)
{
	struct courant_event event;
	size_t n;
	const void *bytes = courant_engine_output(engine, &n, 0);

	buffer_cut(ret, 0);
	buffer_append(ret, slice_from(bytes, n > 2 ? n - 2 : 0));
	courant_engine_sent(engine, n, 0);
	while (courant_engine_next(engine, &event)) {
		*ret_event = (int)event.kind;
		*ret_code = (int)courant_error_code(event.error);
	}
}

/* COURANT_EVENT_OPEN, or the code of the error that closed the session, negative. `skips_proof`: 235 comes without the server's signature. */
static int log_in(const char *mechanism, const char *password, enum spoil what, bool skips_proof)
{
	const struct peer peer = {.iterations = "4096", .binding = 'b'};
	const struct courant_login login = {.user = "ops", .password = password, .mechanisms = mechanism};
	const struct courant_engine_options options = {.tls = COURANT_TLS_IMPLICIT, .hello = "me", .host = "mx", .login = &login};
	courant_engine *engine = courant_engine_new(&options, NULL);
	AUTO(buffer) struct buffer line = BUFFER_LIMIT(100000);
	Gsasl *library = NULL;
	Gsasl_session *server = NULL;
	int event = 0, code = 0, status = GSASL_NEEDS_MORE;

	gsasl_init(&library);
	gsasl_callback_set(library, serve);
	gsasl_callback_hook_set(library, (void *)(uintptr_t)&peer);
	(void)gsasl_server_start(library, mechanism, &server);
	courant_engine_secured(engine, &bound, 0);
	courant_engine_connected(engine, 0);
	courant_engine_receive(engine, "220 mx\r\n", 8, 0);
	hear(engine, &line, &event, &code);
	buffer_cut(&line, 0);
	buffer_printf(&line, "250-mx\r\n250 AUTH %s\r\n", mechanism);
	courant_engine_receive(engine, line.bytes, line.len, 0);
	for (int round = 0; round < 8 && event != COURANT_EVENT_OPEN && event != COURANT_EVENT_CLOSED; round++) {
		AUTO(buffer) struct buffer answer = BUFFER_LIMIT(100000);
		char *bytes = NULL;
		size_t n = 0;
		slice said;

		hear(engine, &line, &event, &code);
		said = buffer_peek(&line);
		if (slice_equal(said, SLICE("*"))) {
			courant_engine_receive(engine, "501 ok\r\n", 8, 0);
			continue;
		}
		if (event == COURANT_EVENT_CLOSED || event == COURANT_EVENT_OPEN)
			break;
		if (slice_starts(said, SLICE("AUTH ")))
			said = slice_after(said, slice_find_last(said, ' ') + 1);
		CHECK(sasl_decode(said, &answer));
		if (status == GSASL_NEEDS_MORE)
			status = gsasl_step(server, answer.bytes, answer.len, &bytes, &n);
		if (bytes)
			spoil(bytes, n, what);
		if (status == GSASL_OK && (n == 0 || skips_proof))
			courant_engine_receive(engine, "235 2.7.0 ok\r\n", 14, 0);
		else if (status == GSASL_OK || status == GSASL_NEEDS_MORE)
			say(engine, "334", slice_from(bytes, n));
		else
			courant_engine_receive(engine, "535 5.7.8 no\r\n", 14, 0);
		gsasl_free(bytes);
	}
	hear(engine, &line, &event, &code);
	gsasl_finish(server);
	gsasl_done(library);
	courant_engine_free(engine);
	return event == COURANT_EVENT_OPEN ? event : -code;
}

static void the_engine_logs_in(void)
{
	static const struct {
		const char *name, *mechanism, *password;
		enum spoil what;
		bool skips_proof;
		int result;
	} rows[] = {
		{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256-PLUS", "secr\xc3\xa9t", 0, false, COURANT_EVENT_OPEN},
		{"SCRAM-SHA-256", "SCRAM-SHA-256", "secr\xc3\xa9t", 0, false, COURANT_EVENT_OPEN},
		{"SCRAM-SHA-1", "SCRAM-SHA-1", "secr\xc3\xa9t", 0, false, COURANT_EVENT_OPEN},
		{"PLAIN", "PLAIN", "secr\xc3\xa9t", 0, false, COURANT_EVENT_OPEN},
		{"a wrong password", "SCRAM-SHA-256", "wrong", 0, false, -COURANT_LOGIN},
		{"a wrong signature", "SCRAM-SHA-256", "secr\xc3\xa9t", SPOIL_SIGNATURE, false, -COURANT_LOGIN},
		{"a wrong nonce", "SCRAM-SHA-1", "secr\xc3\xa9t", SPOIL_NONCE, false, -COURANT_LOGIN},
		{"235 without the signature", "SCRAM-SHA-256", "secr\xc3\xa9t", 0, true, -COURANT_LOGIN},
	};

	EACH (row, rows) {
		tap_row(row->name);
		CHECK_INT(log_in(row->mechanism, row->password, row->what, row->skips_proof), row->result);
	}
}

TESTS(TEST(the_engine_logs_in), TEST(mechanisms_are_tried_in_order), TEST(unfit_logins_are_refused), TEST(base64_goes_both_ways),
      TEST(exchanges_end_as_they_should), TEST(endless_rounds_are_not_computed))
