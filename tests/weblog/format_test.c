/* SPDX-License-Identifier: MIT */
/* format_test.c - formats are recognised from lines */
#include "weblog/format.h"

#include "tap.h"

#define HEAD   "- - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326"
#define AGENT  " \"-\" \"Mozilla/5.0\""
#define COMMON "192.0.2.1 " HEAD

static const struct {
	const char *name, *lines, *format; /* NULL: none */
} rows[] = {
	{"common", COMMON "\n", "common"},
	{"combined", COMMON AGENT "\n", "combined"},
	{"no line end", COMMON AGENT, "combined"},
	{"line ends of CR and LF", COMMON AGENT "\r\n" COMMON AGENT "\r\n", "combined"},
	{"a host in front", "www.example.com 192.0.2.1 " HEAD "\n", "common with virtual host"},
	{"a host with its port in front", "www.example.com:80 192.0.2.1 " HEAD AGENT, "combined with virtual host"},
	{"a host in front of a host name", "www.example.com:80 client.example.net " HEAD AGENT, "combined with virtual host"},
	{"a host in front of IPv6", "www.example.com ::1 " HEAD AGENT, "combined with virtual host"},
	{"a user with blanks is no host", "192.0.2.1 - John Doe [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1", "common"},
	{"an identity is no host", "192.0.2.1 www.example.com - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 1", "common"},
	{"a list of proxies is no host", "192.0.2.1, 198.51.100.7 " HEAD "\n", "common"},
	{"a list of three is none either", "192.0.2.1, 198.51.100.7, 203.0.113.9 " HEAD AGENT "\n", "combined"},
	{"a list of IPv6", "2001:db8::1, 2001:db8::2 " HEAD AGENT "\n", "combined"},
	{"a list that begins with no address", "unknown, 198.51.100.7 " HEAD AGENT "\n", "combined"},
	{"a host in front of a list", "www.example.com:80 192.0.2.1, 198.51.100.7 " HEAD AGENT "\n", "combined with virtual host"},
	{"an address as a host", "203.0.113.9 192.0.2.1 " HEAD AGENT "\n", "combined with virtual host"},
	{"a request time", COMMON AGENT " 0.003", "combined with request time"},
	{"a request time and an upstream time", COMMON AGENT " 0.003 0.001\n" COMMON AGENT " 0.003 -\n",
	 "combined with request and upstream time"},
	{"named times in quotes", COMMON AGENT " rt=0.003 urt=\"0.001\"", "combined with request and upstream time"},
	{"microseconds", COMMON AGENT " 3044", "combined with request time in microseconds"},
	{"microseconds of a fast server", COMMON AGENT " 55\n" COMMON AGENT " 99\n" COMMON AGENT " 109\n", "combined with request time in microseconds"},
	{"microseconds, and a refusal at once", COMMON AGENT " 1\n" COMMON AGENT " 30\n" COMMON AGENT " 31\n", "combined with request time in microseconds"},
	{"whole seconds", COMMON AGENT " 0\n" COMMON AGENT " 2\n" COMMON AGENT " 30\n", "combined with request time"},
	{"what is no time", COMMON AGENT " \"192.0.2.7\"", "combined"},
	{"only - where a time could stand", COMMON AGENT " \"-\"", "combined"},
	{"most lines decide", COMMON "\n" COMMON AGENT "\n" COMMON AGENT "\n", "combined"},
	{"other lines do not", "# comment\n\n" COMMON AGENT "\n# another\nrubbish\n", "combined"},
	{"text", "hello world\n", NULL},
	{"nothing", "", NULL},
	{"empty lines", "\n\n\r\n", NULL},
};

static void formats_are_recognised(void)
{
	EACH (row, rows) {
		const struct log_format *format = format_recognise(slice_of(row->lines));

		tap_row(row->name);
		CHECK_TEXT(format ? format->name : NULL, row->format);
	}
}

TESTS(TEST(formats_are_recognised))
