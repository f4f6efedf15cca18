/* SPDX-License-Identifier: MIT */
/* line_test.c - which lines are hits, and why the others are not */
#include "weblog/line.h"

#include "tap.h"

#define TIME "[10/Oct/2000:13:55:36 -0700]"
#define HEAD "192.0.2.1 - - " TIME " "

static const struct {
	const char *name, *line;
	unsigned parts;
	enum line_fault fault;
} faults[] = {
	{"common", HEAD "\"GET / HTTP/1.0\" 200 2326", 0, LINE_FINE},
	{"combined", HEAD "\"GET / HTTP/1.0\" 200 2326 \"http://example.com/\" \"Mozilla\"", LINE_AGENT, LINE_FINE},
	{"combined, where common is enough", HEAD "\"GET / HTTP/1.0\" 200 2326 \"-\" \"Mozilla\"", 0, LINE_FINE},
	{"common, where combined is wanted", HEAD "\"GET / HTTP/1.0\" 200 2326", LINE_AGENT, LINE_NO_REFERRER},
	{"a virtual host in front", "www.example.com:443 " HEAD "\"GET / HTTP/1.0\" 200 1", LINE_HOST, LINE_FINE},
	{"no virtual host where one is wanted", HEAD "\"GET / HTTP/1.0\" 200 1", LINE_HOST, LINE_NO_TIME},
	{"more fields behind", HEAD "\"GET / HTTP/1.0\" 200 1 \"-\" \"-\" 0.003 - \"x", LINE_AGENT, LINE_FINE},
	{"an address of IPv6", "2001:db8::1 - - " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_FINE},
	{"a user with blanks", "192.0.2.1 - John Begood " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_FINE},
	{"a user with brackets", "192.0.2.1 - a [b] " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_FINE},
	{"a user that looks like a time", "192.0.2.1 - " TIME " " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_FINE},
	{"an empty user", "192.0.2.1 -  " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_FINE},
	{"an empty user in quotes", "192.0.2.1 - \"\" " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_FINE},
	{"an empty request", HEAD "\"\" 400 0", 0, LINE_FINE},
	{"a request of rubbish", HEAD "\"\\x16\\x03\\x01\" 400 150", 0, LINE_FINE},
	{"escaped quotes in all fields", HEAD "\"GET /\\\" HTTP/1.0\" 200 1 \"a\\\"b\" \"c\\\\\"", LINE_AGENT, LINE_FINE},
	{"no size", HEAD "\"GET / HTTP/1.0\" 304 -", 0, LINE_FINE},
	{"any three digits are a status", HEAD "\"GET / HTTP/1.0\" 000 0", 0, LINE_FINE},

	{"nothing but blanks", "   ", 0, LINE_NO_ADDRESS},
	{"one word", "hello", 0, LINE_NO_ADDRESS},
	{"two words", "hello world", 0, LINE_NO_IDENTITY},
	{"no user", "192.0.2.1 - " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_NO_TIME},
	{"neither identity nor user", "192.0.2.1 " TIME " \"GET / HTTP/1.0\" 200 1", 0, LINE_NO_TIME},
	{"a time without brackets", "192.0.2.1 - - 10/Oct/2000:13:55:36 -0700 \"GET / HTTP/1.0\" 200 1", 0, LINE_NO_TIME},
	{"a time without an offset", "192.0.2.1 - - [10/Oct/2000:13:55:36] \"GET / HTTP/1.0\" 200 1", 0, LINE_NO_TIME},
	{"the 31st of February", "192.0.2.1 - - [31/Feb/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1", 0, LINE_IMPOSSIBLE_TIME},
	{"a month nobody has", "192.0.2.1 - - [10/Okt/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1", 0, LINE_IMPOSSIBLE_TIME},
	{"24 o'clock", "192.0.2.1 - - [10/Oct/2000:24:00:00 -0700] \"GET / HTTP/1.0\" 200 1", 0, LINE_IMPOSSIBLE_TIME},
	{"second 60", "192.0.2.1 - - [10/Oct/2000:23:59:60 +0000] \"GET / HTTP/1.0\" 200 1", 0, LINE_IMPOSSIBLE_TIME},
	{"an offset of a day", "192.0.2.1 - - [10/Oct/2000:23:59:59 +2400] \"GET / HTTP/1.0\" 200 1", 0, LINE_IMPOSSIBLE_TIME},
	{"nothing after the time", "192.0.2.1 - - " TIME, 0, LINE_NO_REQUEST},
	{"no quotes around the request", HEAD "GET / HTTP/1.0 200 1", 0, LINE_NO_REQUEST},
	{"a request without an end", HEAD "\"GET / HTTP/1.0 200 1", 0, LINE_OPEN_REQUEST},
	{"a request whose end is escaped", HEAD "\"GET /\\\" 200 1", 0, LINE_OPEN_REQUEST},
	{"a bare quote in the request", HEAD "\"GET /\"x HTTP/1.0\" 200 1", 0, LINE_OPEN_REQUEST},
	{"two digits of status", HEAD "\"GET / HTTP/1.0\" 20 1", 0, LINE_NO_STATUS},
	{"four digits of status", HEAD "\"GET / HTTP/1.0\" 2000 1", 0, LINE_NO_STATUS},
	{"cut after the status", HEAD "\"GET / HTTP/1.0\" 200", 0, LINE_NO_STATUS},
	{"a size below nothing", HEAD "\"GET / HTTP/1.0\" 200 -1", 0, LINE_NO_SIZE},
	{"a size with letters", HEAD "\"GET / HTTP/1.0\" 200 1k", 0, LINE_NO_SIZE},
	{"more than a petabyte", HEAD "\"GET / HTTP/1.0\" 200 1000000000000000", 0, LINE_NO_SIZE},
	{"a referrer without quotes", HEAD "\"GET / HTTP/1.0\" 200 1 - \"x\"", LINE_AGENT, LINE_NO_REFERRER},
	{"no agent", HEAD "\"GET / HTTP/1.0\" 200 1 \"-\"", LINE_AGENT, LINE_NO_AGENT},
	{"an agent without an end", HEAD "\"GET / HTTP/1.0\" 200 1 \"-\" \"Mozil", LINE_AGENT, LINE_NO_AGENT},
	{"an agent with something at its end", HEAD "\"GET / HTTP/1.0\" 200 1 \"-\" \"Mozilla\"x", LINE_AGENT, LINE_NO_AGENT},
};

static void every_fault_has_its_reason(void)
{
	EACH (row, faults) {
		struct stamp_cache stamps = {0};
		struct log_line line;

		tap_row(row->name);
		CHECK_INT(line_parse(row->parts, &stamps, slice_of(row->line), &line), row->fault);
		CHECK(row->fault == LINE_FINE || line_fault_text(row->fault)[0]);
	}
}

static void fields_are_told_apart(void)
{
	static const char text[] = "host.example:80 2001:db8::1 - John Doe " TIME
				   " \"GET /a\\\"b?c=\\\"d HTTP/1.1\" 404 77 \"http://x/\\\"\" \"agent \\\\\" 0.003 -";
	struct stamp_cache stamps = {0};
	struct log_line line;

	CHECK_INT(line_parse(LINE_HOST | LINE_AGENT, &stamps, slice_of(text), &line), LINE_FINE);
	CHECK_SLICE(line.host, SLICE("host.example"));
	CHECK_SLICE(line.address, SLICE("2001:db8::1"));
	CHECK_SLICE(line.method, SLICE("GET"));
	CHECK_SLICE(line.path, SLICE("/a\\\"b"));
	CHECK_SLICE(line.referrer, SLICE("http://x/\\\""));
	CHECK_SLICE(line.agent, SLICE("agent \\\\"));
	CHECK_SLICE(line.rest, SLICE("0.003 -"));
	CHECK_INT(line.status, 404);
	CHECK_INT(line.size_bytes, 77);
	CHECK_INT(line.time_s, 971211336); /* date -d '2000-10-10 13:55:36 -0700' +%s */
	CHECK_INT(line.offset_s, -7 * 3600);
}

static void the_first_of_a_list_is_the_address(void)
{
	struct stamp_cache stamps = {0};
	struct log_line line;

	CHECK_INT(line_parse(0, &stamps, SLICE("192.0.2.1, 198.51.100.7, 10.0.0.1 - - " TIME " \"GET / HTTP/1.0\" 200 1"), &line), LINE_FINE);
	CHECK_SLICE(line.address, SLICE("192.0.2.1"));
	CHECK_INT(line_parse(LINE_HOST, &stamps, SLICE("host.example 192.0.2.1, 198.51.100.7 - - " TIME " \"GET / HTTP/1.0\" 200 1"), &line), LINE_FINE);
	CHECK_SLICE(line.host, SLICE("host.example"));
	CHECK_SLICE(line.address, SLICE("192.0.2.1"));
}

static void requests_have_three_words_or_none(void)
{
	static const struct {
		const char *request, *method, *path; /* NULL: none */
	} rows[] = {
		{"GET / HTTP/1.1", "GET", "/"},
		{"GET  /two  blanks", "GET", "/two"},
		{"  GET /a?b?c HTTP/2.0 ", "GET", "/a"},
		{"GET ?x HTTP/1.1", "GET", ""},
		{"get\t/tab / x", "get\t/tab", "/"},
		{"", NULL, NULL},
		{"-", NULL, NULL},
		{"GET /", NULL, NULL},
		{"GET /a b HTTP/1.1", NULL, NULL},
		{"   ", NULL, NULL},
	};

	EACH (row, rows) {
		slice method, path;

		tap_row(row->request);
		line_split_request(slice_of(row->request), &method, &path);
		CHECK_SLICE(method, slice_of(row->method));
		CHECK_SLICE(path, slice_of(row->path));
	}
}

TESTS(TEST(every_fault_has_its_reason), TEST(fields_are_told_apart), TEST(the_first_of_a_list_is_the_address), TEST(requests_have_three_words_or_none))
