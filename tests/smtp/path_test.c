/* SPDX-License-Identifier: MIT */
/* path_test.c - src/smtp/path.c: nothing passes that could end a command early or mean another one */
#include "smtp/path.h"

#include "tap.h"

static const struct {
	const char *name, *path;
	unsigned flags;
	bool passes;
} paths[] = {
	{"a plain one", "ann@example.org", 0, true},
	{"dots and signs", "a.b+c_d-e=f/g@x-y.example", 0, true},
	{"an underscore in the domain", "a@my_host", 0, true},
	{"an address literal", "a@[192.0.2.1]", 0, true},
	{"an IPv6 literal", "a@[IPv6:2001:db8::1]", 0, true},
	{"a quoted local part", "\"a b\"@example.org", 0, true},
	{"a bracket in quotes", "\"@test.com> BODY=\"@example.org", 0, true},
	{"an escaped quote", "\"a\\\"b\"@example.org", 0, true},
	{"dots in a row, as some exist", "a..b.@example.org", 0, true},
	{"UTF-8 where it is allowed", "用户@例子.公司", PATH_UTF8, true},
	{"UTF-8 where it is not", "用户@例子.公司", 0, false},
	{"broken UTF-8", "\xff@x", PATH_UTF8, false},
	{"the empty sender", "", PATH_EMPTY, true},
	{"nothing", "", 0, false},
	{"postmaster", "Postmaster", PATH_LOCAL, true},
	{"a local part where a domain is needed", "ann", 0, false},
	{"CR LF", "a@x>\r\nDATA", 0, false},
	{"LF alone", "a@x\nRSET", 0, false},
	{"CR alone", "a@x\rRSET", 0, false},
	{"CR LF in quotes", "\"a\r\nb\"@x", 0, false},
	{"a tab", "a\t@x", 0, false},
	{"DEL", "a\x7f@x", 0, false},
	{"a bracket", "a@x> SIZE=1", 0, false},
	{"a bracket in the local part", "a>b@x", 0, false},
	{"a blank", "a b@x", 0, false},
	{"a blank behind", "a@x ", 0, false},
	{"two at-signs", "a@b@c", 0, false},
	{"no local part", "@x", 0, false},
	{"no domain", "a@", 0, false},
	{"an empty label", "a@x..y", 0, false},
	{"a final dot", "a@x.", 0, false},
	{"a hyphen at a label's begin", "a@-x", 0, false},
	{"an unended quote", "\"a@x", 0, false},
	{"text behind the quotes", "\"a\"b@x", 0, false},
	{"a source route", "@a,@b:c@d", 0, false},
	{"a bracket in the literal", "a@[1>2]", 0, false},
	{"an empty literal", "a@[]", 0, false},
	{"a comma", "a,b@x", 0, false},
	{"a display name", "Ann <ann@x>", 0, false},
};

static void paths_are_judged(void)
{
	EACH (row, paths) {
		courant_error *error = NULL;

		tap_row(row->name);
		CHECK_INT(path_check(slice_of(row->path), row->flags, "recipient", &error), row->passes ? 0 : -1);
		if (row->passes)
			CHECK_NO_ERROR(error);
		else
			CHECK_ERROR(error, COURANT_INVALID, "recipient");
	}
}

static void a_nul_is_refused(void)
{
	CHECK_INT(path_check(SLICE("a\0b@x"), 0, "sender", NULL), -1);
	CHECK_INT(path_check(SLICE("a@x\0"), 0, "sender", NULL), -1);
	CHECK_INT(path_check_hello(SLICE("x\0y"), NULL), -1);
}

static void long_paths_are_refused(void)
{
	char path[300];

	memset(path, 'a', sizeof path);
	path[5] = '@';
	CHECK_INT(path_check(slice_from(path, 254), 0, "sender", NULL), 0);
	CHECK_INT(path_check(slice_from(path, 255), 0, "sender", NULL), -1);
}

static const struct {
	const char *name, *hello;
	bool passes;
} hellos[] = {
	{"a host name", "mail.example.org", true},
	{"a short name", "localhost", true},
	{"a literal", "[127.0.0.1]", true},
	{"an IPv6 literal", "[IPv6:::1]", true},
	{"nothing", "", false},
	{"a blank", "a b", false},
	{"CR LF", "a\r\nMAIL FROM:<x@y>", false},
	{"UTF-8", "例子", false},
	{"a bare address is a domain of digits", "127.0.0.1", true},
};

static void hello_names_are_judged(void)
{
	EACH (row, hellos) {
		tap_row(row->name);
		CHECK_INT(path_check_hello(slice_of(row->hello), NULL), row->passes ? 0 : -1);
	}
}

static const struct {
	const char *name, *parameters;
	bool passes;
} parameters[] = {
	{"none", "", true},
	{"one", "BODY=8BITMIME", true},
	{"several", "RET=HDRS ENVID=QQ314159 SMTPUTF8", true},
	{"a keyword with a hyphen", "MT-PRIORITY=3", true},
	{"CR LF", "A=1\r\nRCPT TO:<x@y>", false},
	{"two equal signs", "A=B=C", false},
	{"no value", "A=", false},
	{"no keyword", "=A", false},
	{"a bracket as keyword", "> A", false},
	{"a tab", "A\tB", false},
};

static void parameters_are_judged(void)
{
	EACH (row, parameters) {
		tap_row(row->name);
		CHECK_INT(path_check_parameters(slice_of(row->parameters), NULL), row->passes ? 0 : -1);
	}
	CHECK(path_has_parameter(SLICE("a=1 Body=2"), SLICE("BODY")));
	CHECK(!path_has_parameter(SLICE("ABODY=2"), SLICE("BODY")));
}

/* RFC 3461, 4: "+" and "=" and what is not visible ASCII become +XX. */
static void xtext_is_written(void)
{
	AUTO(buffer) struct buffer out = BUFFER_LIMIT(1000);

	path_write_xtext(&out, SLICE("a+b=c d\x7f\xc3~!"));
	CHECK_SLICE(buffer_peek(&out), SLICE("a+2Bb+3Dc+20d+7F+C3~!"));
}

TESTS(TEST(paths_are_judged), TEST(a_nul_is_refused), TEST(long_paths_are_refused), TEST(hello_names_are_judged),
      TEST(parameters_are_judged), TEST(xtext_is_written))
