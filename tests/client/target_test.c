/* SPDX-License-Identifier: MIT */
/* target_test.c - servers' URLs */
#include "client/target.h"

#include "tap.h"

static void urls_are_taken_apart(void)
{
	static const struct {
		const char *name, *url, *where, *user;
		enum courant_tls tls;
	} rows[] = {
		{"a host alone", "smtp://mail.example.com", "mail.example.com:25", NULL, COURANT_TLS_STARTTLS},
		{"with a user the port is another", "smtp://ops@mail.example.com", "mail.example.com:587", "ops", COURANT_TLS_STARTTLS},
		{"a port that is said", "smtp://ops@mail.example.com:2525", "mail.example.com:2525", "ops", COURANT_TLS_STARTTLS},
		{"TLS from the start", "smtps://ops@mail.example.com", "mail.example.com:465", "ops", COURANT_TLS_IMPLICIT},
		{"TLS from the start, as a parameter", "smtp://mail.example.com?tls=tls", "mail.example.com:465", NULL, COURANT_TLS_IMPLICIT},
		{"no TLS", "smtp://mail.example.com?tls=none", "mail.example.com:25", NULL, COURANT_TLS_NONE},
		{"TLS if there is any", "smtp://mail.example.com?tls=opportunistic", "mail.example.com:25", NULL, COURANT_TLS_OPPORTUNISTIC},
		{"a user that is an address", "smtp://ops@example.com@mail.example.com", "mail.example.com:587", "ops@example.com", COURANT_TLS_STARTTLS},
		{"the same, encoded", "smtp://ops%40example.com@mail.example.com", "mail.example.com:587", "ops@example.com", COURANT_TLS_STARTTLS},
		{"IPv6", "smtp://[2001:db8::1]:25", "[2001:db8::1]:25", NULL, COURANT_TLS_STARTTLS},
		{"straight to the domains' servers", "mx:", "the domain's server", NULL, COURANT_TLS_OPPORTUNISTIC},
		{"the same, with TLS or not at all", "mx:?tls=starttls", "the domain's server", NULL, COURANT_TLS_STARTTLS},
		{"a slash at the end", "smtp://mail.example.com/", "mail.example.com:25", NULL, COURANT_TLS_STARTTLS},
		{"capitals", "SMTP://Mail.Example.COM", "mail.example.com:25", NULL, COURANT_TLS_STARTTLS},
		{"a name in UTF-8", "smtp://例子.example", "xn--fsqu00a.example:25", NULL, COURANT_TLS_STARTTLS},
	};
	EACH (row, rows) {
		AUTO(target) struct target target = {0};
		AUTO(buffer) struct buffer where = BUFFER_LIMIT(1000);
		courant_error *err = NULL;

		tap_row(row->name);
		CHECK_INT(target_parse(slice_of(row->url), &target, &err), 0);
		CHECK_INT(target_finish(&target, &err), 0);
		CHECK_NO_ERROR(err);
		if (!target.host && target.kind != TARGET_MX)
			continue;
		target_write(&where, &target);
		CHECK_SLICE(buffer_peek(&where), slice_of(row->where));
		CHECK_INT(target.tls, row->tls);
		CHECK_TEXT(target.user ? target.user : "(none)", row->user ? row->user : "(none)");
	}
}

static void parameters_are_read(void)
{
	AUTO(target) struct target target = {0};
	courant_error *err = NULL;

	CHECK_INT(target_parse(SLICE("smtp://h?ca_file=/a%20b&verify_name=n&cert=c&key=k&pin=sha256//x&tls_min=1.3&auth=PLAIN,LOGIN&hello=me&source=127.0.0.2&timeout=1.5"),
			       &target, &err),
		  0);
	CHECK_NO_ERROR(err);
	CHECK_TEXT(target.ca_file, "/a b");
	CHECK_TEXT(target.verify_name, "n");
	CHECK_TEXT(target.certificate, "c");
	CHECK_TEXT(target.key, "k");
	CHECK_TEXT(target.pin, "sha256//x");
	CHECK_TEXT(target.mechanisms, "PLAIN,LOGIN");
	CHECK_TEXT(target.hello, "me");
	CHECK_TEXT(target.source, "127.0.0.2");
	CHECK_INT(target.tls_minimum, 13);
	CHECK_INT(target.timeout_ms, 1500);
	tap_row("the last one wins");
	CHECK_INT(target_set(&target, SLICE("auth"), SLICE("off"), &err), 0);
	CHECK(target.no_login && !target.mechanisms);
}

static void what_is_wrong_is_told(void)
{
	static const struct {
		const char *name, *url, *words;
	} rows[] = {
		{"mx: with a host", "mx:mail.example.com", "mx: names no host"},
		{"a port parameter elsewhere", "smtp://h?port=26", "port is a parameter of mx: only"},
		{"a resolver by its name", "mx:?resolver=dns.example.com", "not an IPv4 address"},
		{"another scheme", "http://h", "not a mail server's URL"},
		{"no scheme", "mail.example.com", "not a mail server's URL"},
		{"no host", "smtp://", "names no host"},
		{"no host behind a user", "smtp://ops@", "names no host"},
		{"no user", "smtp://@h", "user's name is empty"},
		{"a password", "smtp://ops:secret@h", "a password has no place"},
		{"a password without a scheme", "ops:secret@h", "a password has no place"},
		{"a password behind a wrong scheme", "smpt://ops:secret@h", "a password has no place"},
		{"a password behind half a scheme", "smtp:ops:secret@h", "a password has no place"},
		{"a password for a provider", "ops:secret@example.com@gmail", "a password has no place"},
		{"a password for nobody", "mx:ops:secret@h", "a password has no place"},
		{"a password for a socket", "lmtp+unix://ops:secret@h", "a password has no place"},
		{"a password with a slash", "smtp://ops:secret/secret@h", "a password has no place"},
		{"a password with a question mark", "smtp://ops:secret?secret@h", "a password has no place"},
		{"a password like a port and a parameter", "smtp://ops:25?secret@h", "a password has no place"},
		{"a password with an ampersand", "smtp://h?secret=1&ops:secret&secret@h", "a password has no place"},
		{"a password with a percent sign", "smtp://ops:secret%zz@h", "a password has no place"},
		{"a password and no host", "smtp://ops:secret", "not a port"},
		{"a password with a colon and no host", "smtp://ops:secret:secret", "not an IPv6 address"},
		{"a proxy's password with a percent sign", "smtp://h?proxy=socks5://u:secret%zz@p", "two hexadecimal digits"},
		{"a proxy's password with an ampersand", "smtp://h?proxy=socks5://u:secret&secret@p", "a password has no place"},
		{"a proxy's password and no proxy", "smtp://h?proxy=socks5://u:secret", "not a port"},
		{"a proxy's password in the wrong place", "smtp://h?proxy=socks5://[p:secret", "not an address in brackets"},
		{"a proxy with a password, and something else that is wrong", "smtp://h:25?proxy=socks5://u:secret@p&timeout=0", "not a number of seconds"},
		{"a path", "smtp://h/x", "has no path"},
		{"a port that is none", "smtp://h:x", "not a port"},
		{"a host that is none", "smtp://a..b", "not a host name"},
		{"an unknown parameter", "smtp://h?ca_fil=x", "did you mean ca_file?"},
		{"an unknown parameter like no other", "smtp://h?zzzzzzzz=x", "unknown server parameter \"zzzzzzzz\""},
		{"a parameter without a value", "smtp://h?tls", "NAME=VALUE"},
		{"an empty parameter", "smtp://h?hello=", "is empty"},
		{"a wrong way of TLS", "smtp://h?tls=ssl", "not starttls, tls, none or opportunistic"},
		{"a wrong version", "smtp://h?tls_min=1.1", "not 1.2 or 1.3"},
		{"no time", "smtp://h?timeout=0", "not a number of seconds"},
		{"half a percent", "smtp://h?hello=%4", "two hexadecimal digits"},
		{"CR LF", "smtp://h?hello=a%0d%0aQUIT", "control characters"},
		{"CR LF in the user", "smtp://a%0ab@h", "control characters"},
		{"NUL", "smtp://h?hello=a%00", "control characters"},
		{"smtps in clear", "smtps://h?tls=none", "TLS from the start"},
		{"a key alone", "smtp://h?key=k", "without its certificate"},
	};
	EACH (row, rows) {
		AUTO(target) struct target target = {0};
		courant_error *err = NULL;

		tap_row(row->name);
		if (target_parse(slice_of(row->url), &target, &err) == 0)
			(void)target_finish(&target, &err);
		CHECK(slice_find_slice(slice_of(courant_error_sentence(err)), SLICE("secret")) == SLICE_NONE);
		CHECK_ERROR(err, COURANT_USAGE, row->words);
	}
}

static void each_allocation_may_fail(void)
{
	EACH_ALLOCATION {
		AUTO(target) struct target target = {0};
		courant_error *err = NULL;

		if (target_parse(SLICE("smtp://ops@h:1?ca_file=a&hello=b&auth=PLAIN"), &target, &err) < 0)
			CHECK_INT(courant_error_code(err), COURANT_NO_MEMORY);
		courant_error_free(err);
	}
}

TESTS(TEST(urls_are_taken_apart), TEST(parameters_are_read), TEST(what_is_wrong_is_told), TEST(each_allocation_may_fail))
