/* SPDX-License-Identifier: MIT */
/* tls_test.c - both ends of TLS in one thread, over a pair of sockets */
#include "net/tls.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/secret.h"
#include "net/tls_own.h"
#include "tap.h"

struct pair {
	struct tls_context *ours, *theirs;
	struct stream client, server;
};

/* A server's certificate that was made at this instant. */
static int pair_open(struct pair *pair, const struct tls_policy *policy, const char *name, slice certificate, slice key, courant_error **err)
{
	int fds[2];

	*pair = (struct pair){.client = STREAM_CLOSED, .server = STREAM_CLOSED};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
		return fail(err, COURANT_IO, "no sockets");
	stream_init(&pair->client, fds[0]);
	stream_init(&pair->server, fds[1]);
	pair->ours = tls_context_new_client(policy, err);
	pair->theirs = tls_context_new_server(certificate, key, err);
	if (!pair->ours || !pair->theirs)
		return -1;

	struct tls *client = tls_new_client(pair->ours, fds[0], name, err);
	struct tls *server = tls_new_server(pair->theirs, fds[1], err);

	stream_secure(&pair->client, client);
	stream_secure(&pair->server, server);
	return client && server ? 0 : -1;
}

static void pair_close(struct pair *pair)
{
	stream_release(&pair->client);
	stream_release(&pair->server);
	tls_context_free(pair->ours);
	tls_context_free(pair->theirs);
}

/* 0 when both are through; the client's error otherwise. */
static int pair_shake(struct pair *pair, courant_error **err)
{
	enum stream_status client = STREAM_WANT_READ, server = STREAM_WANT_READ;

	for (int round = 0; round < 20; round++) {
		if (client != STREAM_DONE)
			client = stream_try_handshake(&pair->client, err);
		if (server != STREAM_DONE)
			server = stream_try_handshake(&pair->server, NULL);
		if (client == STREAM_FAILED || client == STREAM_END)
			return -1;
		if (client == STREAM_DONE && server == STREAM_DONE)
			return 0;
	}
	return fail(err, COURANT_TIMEOUT, "the handshake does not end");
}

static void a_certificate_is_judged(void)
{
	const int64_t now_ms = clock_now_ms();
	static const struct {
		const char *name, *host;
		int age_days;
		bool is_trusted;
		const char *words; /* NULL: it is fine */
	} rows[] = {
		{"trusted, right name", "localhost", 0, true, NULL},
		{"trusted, right name with a final dot", "localhost.", 0, true, NULL},
		{"trusted, right IPv4 address", "127.0.0.1", 0, true, NULL},
		{"trusted, right IPv6 address", "::1", 0, true, NULL},
		{"trusted, right name in capitals", "LOCALHOST", 0, true, NULL},
		{"trusted, wrong name", "mail.example.com", 0, true, "was issued for localhost, 127.0.0.1, ::1, not for mail.example.com"},
		{"trusted, wrong address", "127.0.0.2", 0, true, "not for 127.0.0.2"},
		{"trusted, a part of the name", "ocalhost", 0, true, "not for ocalhost"},
		{"trusted, expired", "localhost", 40, true, "the certificate of localhost expired on "},
		{"trusted, of the future", "localhost", -40, true, "is not valid before "},
		{"self-signed", "localhost", 0, false, "is self-signed"},
	};
	EACH (row, rows) {
		AUTO(secret) char *certificate = NULL;
		AUTO(secret) char *key = NULL;
		courant_error *err = NULL;
		struct pair pair;

		tap_row(row->name);
		CHECK_INT(tls_make_certificate(now_ms - row->age_days * MS_PER_DAY, &certificate, &key, &err), 0);

		struct tls_policy policy = {.ca_pem = row->is_trusted ? slice_of(certificate) : SLICE("")};

		CHECK_INT(pair_open(&pair, &policy, row->host, slice_of(certificate), slice_of(key), &err), 0);
		CHECK_INT(pair_shake(&pair, &err), row->words ? -1 : 0);
		if (row->words) {
			CHECK_ERROR(err, COURANT_TLS, row->words);
		} else {
			CHECK_NO_ERROR(err);
			CHECK(tls_is_verified(pair.client.tls));
			CHECK_TEXT(tls_version(pair.client.tls), "TLSv1.3");
		}
		pair_close(&pair);
	}
}

/* A new connection of the same two contexts. 0 when its handshake is through. */
static int pair_again(struct pair *pair, const char *name, courant_error **err)
{
	int fds[2];

	stream_release(&pair->client);
	stream_release(&pair->server);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
		return fail(err, COURANT_IO, "no sockets");
	stream_init(&pair->client, fds[0]);
	stream_init(&pair->server, fds[1]);
	stream_secure(&pair->client, tls_new_client(pair->ours, fds[0], name, err));
	stream_secure(&pair->server, tls_new_server(pair->theirs, fds[1], err));
	return pair_shake(pair, err);
}

/* With TLS 1.3 tickets come behind the handshake: OpenSSL's server sends two. */
static void take_tickets(struct pair *pair)
{
	char got[1];
	size_t n;

	CHECK_INT(stream_try_read(&pair->client, got, 1, &n, NULL), STREAM_WANT_READ);
}

/* However many faults there are, and when a ticket spares the second look. */
static void opportunistic_takes_any_certificate_and_says_so(void)
{
	static const struct {
		const char *name, *host;
		int age_days;
		bool is_trusted;
	} rows[] = {
		{"self-signed", "localhost", 0, false},
		{"another name", "mail.example.com", 0, true},
		{"expired", "localhost", 40, true},
		{"all of them", "mail.example.com", 40, false},
	};
	EACH (row, rows) {
		AUTO(secret) char *certificate = NULL;
		AUTO(secret) char *key = NULL;
		courant_error *err = NULL;
		struct pair pair;

		tap_row(row->name);
		CHECK_INT(tls_make_certificate(clock_now_ms() - row->age_days * MS_PER_DAY, &certificate, &key, &err), 0);

		const struct tls_policy policy = {.is_opportunistic = true, .ca_pem = row->is_trusted ? slice_of(certificate) : SLICE("")};

		CHECK_INT(pair_open(&pair, &policy, row->host, slice_of(certificate), slice_of(key), &err), 0);
		CHECK_INT(pair_shake(&pair, &err), 0);
		CHECK(!tls_is_verified(pair.client.tls));
		take_tickets(&pair);
		CHECK_INT(pair_again(&pair, row->host, &err), 0);
		CHECK(tls_is_resumed(pair.client.tls) && !tls_is_verified(pair.client.tls));
		CHECK_NO_ERROR(err);
		pair_close(&pair);
	}
}

static void names_that_would_match_anything_are_refused(void)
{
	static const char *const names[] = {"", ".", ".example.com"};
	AUTO(tls_context) struct tls_context *context = tls_context_new_client(&(struct tls_policy){0}, NULL);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		courant_error *err = NULL;

		tap_row(names[i]);
		CHECK(!tls_new_client(context, -1, names[i], &err));
		CHECK_ERROR(err, COURANT_USAGE, "no name to verify");
	}
}

static void bytes_pass_both_ways_and_the_end_is_seen(void)
{
	AUTO(secret) char *certificate = NULL;
	AUTO(secret) char *key = NULL;
	courant_error *err = NULL;
	struct pair pair;
	char got[64];
	size_t n = 0;
	static unsigned char binding_ours[64], binding_theirs[64];
	size_t size_ours = 0, size_theirs = 0;

	CHECK_INT(tls_make_certificate(clock_now_ms(), &certificate, &key, &err), 0);
	CHECK_INT(pair_open(&pair, &(struct tls_policy){.ca_pem = slice_of(certificate)}, "localhost", slice_of(certificate), slice_of(key), &err), 0);
	CHECK_INT(pair_shake(&pair, &err), 0);
	CHECK_INT(stream_try_write(&pair.client, "EHLO me\r\n", 9, &n, &err), STREAM_DONE);
	CHECK_INT(n, 9);
	CHECK_INT(stream_try_read(&pair.server, got, sizeof got, &n, &err), STREAM_DONE);
	CHECK_SLICE(slice_from(got, n), SLICE("EHLO me\r\n"));
	CHECK_INT(stream_try_read(&pair.client, got, sizeof got, &n, &err), STREAM_WANT_READ);

	CHECK(tls_channel_binding(pair.client.tls, "tls-exporter", binding_ours, &size_ours));
	CHECK(tls_channel_binding(pair.server.tls, "tls-exporter", binding_theirs, &size_theirs));
	CHECK_SLICE(slice_from((const char *)binding_ours, size_ours), slice_from((const char *)binding_theirs, size_theirs));
	CHECK(tls_channel_binding(pair.client.tls, "tls-server-end-point", binding_ours, &size_ours));
	CHECK_INT(size_ours, 32);
	CHECK(!tls_channel_binding(pair.client.tls, "tls-unique", binding_ours, &size_ours));

	stream_release(&pair.server);
	CHECK_INT(stream_try_read(&pair.client, got, sizeof got, &n, &err), STREAM_END);
	/* Writing to one who is gone: an end, and no signal. */
	enum stream_status status = STREAM_DONE;
	for (int i = 0; i < 3 && status == STREAM_DONE; i++)
		status = stream_try_write(&pair.client, "x", 1, &n, &err);
	CHECK_INT(status, STREAM_END);
	CHECK_NO_ERROR(err);
	pair_close(&pair);
}

static void a_session_is_exported_when_it_is_the_only_one_with_its_secret(void)
{
	static const struct {
		const char *name;
		int version;
		uint64_t options;
		bool has_binding;
	} rows[] = {
		{"TLS 1.3", TLS1_3_VERSION, 0, true},
		{"TLS 1.2", TLS1_2_VERSION, 0, true},
		{"TLS 1.2 without the extended master secret", TLS1_2_VERSION, SSL_OP_NO_EXTENDED_MASTER_SECRET, false},
	};
	EACH (row, rows) {
		AUTO(secret) char *certificate = NULL;
		AUTO(secret) char *key = NULL;
		courant_error *err = NULL;
		struct pair pair;
		unsigned char binding[64];
		size_t size;

		tap_row(row->name);
		CHECK_INT(tls_make_certificate(clock_now_ms(), &certificate, &key, &err), 0);
		CHECK_INT(pair_open(&pair, &(struct tls_policy){.ca_pem = slice_of(certificate)}, "localhost", slice_of(certificate), slice_of(key), &err), 0);
		(void)SSL_set_max_proto_version(pair.client.tls->ssl, row->version);
		(void)SSL_set_options(pair.client.tls->ssl, row->options);
		CHECK_INT(pair_shake(&pair, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_INT(tls_channel_binding(pair.client.tls, "tls-exporter", binding, &size), row->has_binding);
		CHECK(tls_channel_binding(pair.client.tls, "tls-server-end-point", binding, &size));
		pair_close(&pair);
	}
}

static void the_second_handshake_is_a_short_one(void)
{
	AUTO(secret) char *certificate = NULL;
	AUTO(secret) char *key = NULL;
	courant_error *err = NULL;
	struct pair pair;

	CHECK_INT(tls_make_certificate(clock_now_ms(), &certificate, &key, &err), 0);
	CHECK_INT(pair_open(&pair, &(struct tls_policy){.ca_pem = slice_of(certificate)}, "localhost", slice_of(certificate), slice_of(key), &err), 0);
	CHECK_INT(pair_shake(&pair, &err), 0);
	CHECK(!tls_is_resumed(pair.client.tls));
	take_tickets(&pair);
	/* Each ticket is for one use (RFC 8446, C.4). */
	for (int i = 0; i < 3; i++) {
		CHECK_INT(pair_again(&pair, "localhost", &err), 0);
		CHECK_INT(tls_is_resumed(pair.client.tls), i < 2);
		CHECK(tls_is_verified(pair.client.tls));
		CHECK_NO_ERROR(err);
	}
	pair_close(&pair);
}

/* A short handshake shows no certificate, so that nobody would see that it is for another name (RFC 8446, 4.6.1). */
static void a_ticket_is_for_the_name_that_was_verified(void)
{
	AUTO(secret) char *certificate = NULL;
	AUTO(secret) char *key = NULL;
	courant_error *err = NULL;
	struct pair pair;

	CHECK_INT(tls_make_certificate(clock_now_ms(), &certificate, &key, &err), 0);
	CHECK_INT(pair_open(&pair, &(struct tls_policy){.ca_pem = slice_of(certificate)}, "localhost", slice_of(certificate), slice_of(key), &err), 0);
	CHECK_INT(pair_shake(&pair, &err), 0);
	take_tickets(&pair);
	CHECK_INT(pair_again(&pair, "mail.example.com", &err), -1);
	CHECK_ERROR(err, COURANT_TLS, "was issued for localhost, 127.0.0.1, ::1, not for mail.example.com");
	tap_row("another name of the same certificate");
	CHECK_INT(pair_again(&pair, "127.0.0.1", &err), 0);
	CHECK(!tls_is_resumed(pair.client.tls) && tls_is_verified(pair.client.tls));
	take_tickets(&pair);
	tap_row("the first one has still its tickets, among those of the second");
	CHECK_INT(pair_again(&pair, "localhost", &err), 0);
	CHECK(tls_is_resumed(pair.client.tls) && tls_is_verified(pair.client.tls));
	CHECK_NO_ERROR(err);
	pair_close(&pair);
}

static void a_pinned_key_must_be_the_server_s(void)
{
	AUTO(secret) char *certificate = NULL;
	AUTO(secret) char *key = NULL;
	AUTO(buffer) struct buffer pin = BUFFER_LIMIT(200);
	courant_error *err = NULL;
	struct pair pair;
	struct tls_policy policy = {.pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};

	CHECK_INT(tls_make_certificate(clock_now_ms(), &certificate, &key, &err), 0);
	policy.ca_pem = slice_of(certificate);
	CHECK_INT(pair_open(&pair, &policy, "localhost", slice_of(certificate), slice_of(key), &err), 0);
	CHECK_INT(pair_shake(&pair, &err), -1);
	/* The sentence tells the key that is there, for the user to compare. */
	const char *shown = strstr(courant_error_sentence(err), "but sha256//");
	if (CHECK(shown))
		buffer_append(&pin, slice_of(shown + 4));
	CHECK_ERROR(err, COURANT_TLS, "is not the pinned one");
	pair_close(&pair);

	buffer_append(&pin, SLICE(";sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
	policy.pin = pin.bytes;
	CHECK_INT(pair_open(&pair, &policy, "localhost", slice_of(certificate), slice_of(key), &err), 0);
	CHECK_INT(pair_shake(&pair, &err), 0);
	CHECK_NO_ERROR(err);
	pair_close(&pair);
}

static void a_policy_that_makes_no_sense_is_said(void)
{
	static const struct {
		const char *name;
		struct tls_policy policy;
		int code;
		const char *words;
	} rows[] = {
		{"a CA file that is not there", {.ca_file = "/nowhere/ca.pem"}, COURANT_NO_INPUT, "CA file"},
		{"a CA file that is none", {.ca_file = "/etc/passwd"}, COURANT_CONFIG, "holds no certificate"},
		{"a CA folder that is not there", {.ca_folder = "/nowhere"}, COURANT_NO_INPUT, "CA folder"},
		{"a CA folder that is a file", {.ca_folder = "/etc/passwd"}, COURANT_NO_INPUT, "not a folder"},
		{"a pin of another hash", {.pin = "sha1//AAAA"}, COURANT_CONFIG, "not a pin"},
		{"a pin that is too short", {.pin = "sha256//AAAA"}, COURANT_CONFIG, "not a pin"},
		{"a certificate that is none", {.certificate_file = "/etc/passwd"}, COURANT_CONFIG, "cannot use the certificate"},
		{"a key alone", {.key_file = "/etc/passwd"}, COURANT_CONFIG, "without a certificate"},
	};
	EACH (row, rows) {
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK(!tls_context_new_client(&row->policy, &err));
		CHECK_ERROR(err, row->code, row->words);
	}
}

static void a_server_without_tls_is_told_from_one_with_bad_tls(void)
{
	AUTO(secret) char *certificate = NULL;
	AUTO(secret) char *key = NULL;
	courant_error *err = NULL;
	struct pair pair;
	size_t n;

	CHECK_INT(tls_make_certificate(clock_now_ms(), &certificate, &key, &err), 0);
	CHECK_INT(pair_open(&pair, &(struct tls_policy){.ca_pem = slice_of(certificate)}, "localhost", slice_of(certificate), slice_of(key), &err), 0);
	tls_free(STEAL(pair.server.tls));
	CHECK_INT(stream_try_write(&pair.server, "220 mail.example.com\r\n", 22, &n, &err), STREAM_DONE);
	CHECK_INT(stream_try_handshake(&pair.client, &err), STREAM_FAILED);
	CHECK_ERROR(err, COURANT_TLS, "localhost does not speak TLS here");
	pair_close(&pair);
}

TESTS(TEST(a_certificate_is_judged), TEST(opportunistic_takes_any_certificate_and_says_so), TEST(names_that_would_match_anything_are_refused),
      TEST(bytes_pass_both_ways_and_the_end_is_seen), TEST(the_second_handshake_is_a_short_one), TEST(a_session_is_exported_when_it_is_the_only_one_with_its_secret), TEST(a_ticket_is_for_the_name_that_was_verified),
      TEST(a_pinned_key_must_be_the_server_s),
      TEST(a_policy_that_makes_no_sense_is_said), TEST(a_server_without_tls_is_told_from_one_with_bad_tls))
