/* SPDX-License-Identifier: MIT */
/* proxy_test.c - src/net/proxy.c: what is said to a proxy (RFC 1928, RFC 1929, RFC 9110, 9.3.6), and what its answers mean */
#include "net/proxy.h"

#include "base/fail.h"
#include "tap.h"

static void urls_are_taken_apart(void)
{
	static const struct {
		const char *name, *url;
		enum proxy_kind kind;
		const char *host;
		uint16_t port;
		const char *user, *password;
	} rows[] = {
		{"SOCKS5", "socks5://p.example", PROXY_SOCKS5, "p.example", 1080, NULL, NULL},
		{"HTTP", "http://p.example", PROXY_HTTP, "p.example", 8080, NULL, NULL},
		{"with a port", "socks5://p.example:9050", PROXY_SOCKS5, "p.example", 9050, NULL, NULL},
		{"in capitals, with a slash", "HTTP://p.example:3128/", PROXY_HTTP, "p.example", 3128, NULL, NULL},
		{"IPv6", "http://[2001:db8::1]:3128", PROXY_HTTP, "2001:db8::1", 3128, NULL, NULL},
		{"with a login", "socks5://me:pw@p.example", PROXY_SOCKS5, "p.example", 1080, "me", "pw"},
		{"with a password full of signs", "http://me:a:b@c@p.example", PROXY_HTTP, "p.example", 8080, "me", "a:b@c"},
	};
	static const char *const wrong[] = {
		"", "p.example", "socks4://p", "https://p", "socks5://", "http://me@p", "http://:pw@p", "http://me:@p", "http://p:65536", "http://p:x"};

	EACH (row, rows) {
		AUTO(proxy) struct proxy proxy = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(proxy_parse(slice_of(row->url), &proxy, &err), 0);
		CHECK_NO_ERROR(err);
		CHECK_INT(proxy.kind, row->kind);
		CHECK_TEXT(proxy.host, row->host);
		CHECK_INT(proxy.port, row->port);
		CHECK_TEXT(proxy.user, row->user);
		CHECK_TEXT(proxy.password, row->password);
	}
	EACH (url, wrong) {
		AUTO(proxy) struct proxy proxy = {0};
		courant_error *err = NULL;

		tap_row(*url);
		CHECK_INT(proxy_parse(slice_of(*url), &proxy, &err), -1);
		CHECK_ERROR(err, COURANT_USAGE, "");
	}
}

/* Turns of a conversation: what we say, what the proxy answers, a piece of at most `piece` bytes at a time. */
struct turn {
	slice said, answer;
};

#define TURNS_MAX 3

static int talk_through(struct proxy_talk *talk, const struct turn *turns, size_t piece, courant_error **err)
{
	int status = 0;

	for (size_t i = 0; i < TURNS_MAX && turns[i].said.ptr && status == 0; i++) {
		slice rest = turns[i].answer;

		CHECK_SLICE(proxy_talk_output(talk), turns[i].said);
		proxy_talk_sent(talk, turns[i].said.len);
		while (rest.len > 0 && status == 0) {
			const size_t room = proxy_talk_room(talk);
			const slice part = slice_part(rest, 0, room < piece ? room : piece);

			CHECK(room > 0);
			status = proxy_talk_receive(talk, part, err);
			rest = slice_after(rest, part.len);
		}
		/* What is behind the proxy's last word is the server's, and was not read. */
		if (status == 1)
			CHECK_INT(rest.len, 0);
	}
	return status;
}

#define HELLO       SLICE_INIT("\x05\x01\x00")
#define HELLO_LOGIN SLICE_INIT("\x05\x02\x00\x02")
#define CHOSEN      SLICE_INIT("\x05\x00")
#define BY_NAME     SLICE_INIT("\x05\x01\x00\x03\x04" "mail\x02\x4b") /* port 587 */
#define BOUND       SLICE_INIT("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x19")
#define CONNECT     SLICE_INIT("CONNECT mail:587 HTTP/1.1\r\nHost: mail:587\r\n\r\n")

static const struct {
	const char *name, *url, *host;
	struct turn turns[TURNS_MAX];
	int status;
	enum courant_code code;
	const char *words;
} talks[] = {
	{"SOCKS5 to a name", "socks5://p", "mail", {{HELLO, CHOSEN}, {BY_NAME, BOUND}}, 1, 0, NULL},
	{"to an IPv4 address", "socks5://p", "192.0.2.1", {{HELLO, CHOSEN}, {SLICE_INIT("\x05\x01\x00\x01\xc0\x00\x02\x01\x02\x4b"), BOUND}}, 1, 0, NULL},
	{"to an IPv6 address", "socks5://p", "2001:db8::1",
	 {{HELLO, CHOSEN}, {SLICE_INIT("\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x4b"), BOUND}}, 1, 0, NULL},
	{"bound to a name", "socks5://p", "mail", {{HELLO, CHOSEN}, {BY_NAME, SLICE_INIT("\x05\x00\x00\x03\x03" "abc\x00\x19")}}, 1, 0, NULL},
	{"bound to an IPv6 address", "socks5://p", "mail", {{HELLO, CHOSEN}, {BY_NAME, SLICE_INIT("\x05\x00\x00\x04" "0123456789abcdef\x00\x19")}}, 1, 0, NULL},
	{"with a login", "socks5://me:pw@p", "mail",
	 {{HELLO_LOGIN, SLICE_INIT("\x05\x02")}, {SLICE_INIT("\x01\x02" "me\x02" "pw"), SLICE_INIT("\x01\x00")}, {BY_NAME, BOUND}}, 1, 0, NULL},
	{"a login that is not asked for", "socks5://me:pw@p", "mail", {{HELLO_LOGIN, CHOSEN}, {BY_NAME, BOUND}}, 1, 0, NULL},
	{"a login that is refused", "socks5://me:pw@p", "mail",
	 {{HELLO_LOGIN, SLICE_INIT("\x05\x02")}, {SLICE_INIT("\x01\x02" "me\x02" "pw"), SLICE_INIT("\x01\x01")}}, -1, COURANT_LOGIN, "p refuses the login"},
	{"a login that we have not", "socks5://p", "mail", {{HELLO, SLICE_INIT("\x05\xff")}}, -1, COURANT_LOGIN, "p wants a login"},
	{"unreachable", "socks5://p", "mail", {{HELLO, CHOSEN}, {BY_NAME, SLICE_INIT("\x05\x05\x00\x01\0")}}, -1, COURANT_TEMPORARY, "cannot reach mail:587: connection refused"},
	{"no such host", "socks5://p", "mail", {{HELLO, CHOSEN}, {BY_NAME, SLICE_INIT("\x05\x04\x00\x01\0")}}, -1, COURANT_HOST_UNKNOWN, "host unreachable"},
	{"a reason of the future", "socks5://p", "mail", {{HELLO, CHOSEN}, {BY_NAME, SLICE_INIT("\x05\x63\x00\x01\0")}}, -1, COURANT_TEMPORARY, "no reason given"},
	{"SOCKS4", "socks5://p", "mail", {{HELLO, SLICE_INIT("\x04\x00")}}, -1, COURANT_PROTOCOL, "p is not a proxy of this kind"},
	{"HTTP", "http://p", "mail", {{CONNECT, SLICE_INIT("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")}}, 1, 0, NULL},
	{"HTTP with bare LFs", "http://p", "mail", {{CONNECT, SLICE_INIT("HTTP/1.0 200 ok\n\n")}}, 1, 0, NULL},
	/* RFC 7617, 2: "Aladdin" with "open sesame" */
	{"HTTP with a login", "http://Aladdin:open sesame@p", "2001:db8::1",
	 {{SLICE_INIT("CONNECT [2001:db8::1]:587 HTTP/1.1\r\nHost: [2001:db8::1]:587\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"),
	   SLICE_INIT("HTTP/1.1 200 ok\r\n\r\n")}}, 1, 0, NULL},
	{"HTTP: 407", "http://p", "mail", {{CONNECT, SLICE_INIT("HTTP/1.1 407 who\r\n\r\n")}}, -1, COURANT_LOGIN, "p wants a login"},
	{"HTTP: 503", "http://p", "mail", {{CONNECT, SLICE_INIT("HTTP/1.1 503 full\r\n\r\n")}}, -1, COURANT_TEMPORARY, "does not connect to mail:587: HTTP/1.1 503 full"},
	{"a web server", "http://p", "mail", {{CONNECT, SLICE_INIT("<html>\r\n\r\n")}}, -1, COURANT_PROTOCOL, "not a proxy"},
};

static void proxies_are_talked_to(void)
{
	EACH (row, talks)
		for (size_t piece = 1; piece < 1000; piece *= 10) {
			AUTO(proxy) struct proxy proxy = {0};
			courant_error *err = NULL;

			tap_row(row->name);
			CHECK_INT(proxy_parse(slice_of(row->url), &proxy, &err), 0);

			AUTO(proxy_talk) struct proxy_talk *talk = proxy_talk_new(&proxy, row->host, 587, &err);

			CHECK_INT(talk_through(talk, row->turns, piece, &err), row->status);
			if (row->words)
				CHECK_ERROR(err, row->code, row->words);
			CHECK_NO_ERROR(err);
		}
}

static void a_header_without_end_is_none(void)
{
	AUTO(proxy) struct proxy proxy = {0};
	courant_error *err = NULL;

	CHECK_INT(proxy_parse(SLICE("http://p"), &proxy, &err), 0);

	AUTO(proxy_talk) struct proxy_talk *talk = proxy_talk_new(&proxy, "mail", 587, &err);
	int status = 0;
	unsigned n = 0;

	for (; status == 0 && n < 100000; n++)
		status = proxy_talk_receive(talk, SLICE("x"), &err);
	CHECK_INT(status, -1);
	CHECK(n < 20000);
	CHECK_ERROR(err, COURANT_PROTOCOL, "not a proxy");
}

static void names_that_do_not_fit_are_refused(void)
{
	AUTO(proxy) struct proxy proxy = {0};
	courant_error *err = NULL;
	char name[257];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	CHECK_INT(proxy_parse(SLICE("socks5://p"), &proxy, &err), 0);
	CHECK(!proxy_talk_new(&proxy, name, 25, &err));
	CHECK_ERROR(err, COURANT_USAGE, "too long");
}

static void each_allocation_may_fail(void)
{
	EACH_ALLOCATION {
		AUTO(proxy) struct proxy proxy = {0};
		courant_error *err = NULL;

		if (proxy_parse(SLICE("http://me:pw@p"), &proxy, &err) == 0) {
			AUTO(proxy_talk) struct proxy_talk *talk = proxy_talk_new(&proxy, "mail", 587, &err);

			CHECK((talk != NULL) == (err == NULL));
		}
		courant_error_free(err);
	}
}

TESTS(TEST(urls_are_taken_apart), TEST(proxies_are_talked_to), TEST(a_header_without_end_is_none), TEST(names_that_do_not_fit_are_refused),
      TEST(each_allocation_may_fail))
