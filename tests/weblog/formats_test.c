/* SPDX-License-Identifier: MIT */
/* formats_test.c - lines of all formats: recognised, and read into the same fields */
#include "weblog/formats.h"

#include "base/alloc.h"
#include "tap.h"
#include "weblog/lines.h"

#define WHEN 1538294400 /* 2018-09-30T08:00:00Z */

static const struct {
	const char *name, *asked, *lines, *format;
	const char *address, *method, *path, *agent, *referrer, *host;
	unsigned status;
	int64_t size, duration_us;
} rows[] = {
	{"W3C of IIS", NULL,
	 "#Software: IIS\n#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) sc-status sc-bytes time-taken\n"
	 "2018-09-30 08:00:00 GET /a x=y 192.0.2.1 Mozilla/5.0+(X11) - 200 77 15\n",
	 "W3C extended", "192.0.2.1", "GET", "/a", "Mozilla/5.0 (X11)", "-", NULL, 200, 77, 15000},
	{"W3C of CloudFront", NULL,
	 "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) time-taken\n"
	 "2018-09-30\t08:00:00\tSEA4\t77\t2001:db8::1\tGET\td1.example\t/a\t304\t-\tMozilla/5.0%20(X11;%20x)\t0.015\n",
	 "W3C extended", "2001:db8::1", "GET", "/a", "Mozilla/5.0 (X11; x)", "-", "d1.example", 304, 77, 15000},
	{"W3C with the date above", NULL, "#Date: 2018-09-30 00:00:00\n#Fields: time c-ip cs-method cs-uri-stem sc-status\n08:00:00 192.0.2.1 GET /a 404\n",
	 "W3C extended", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 404, 0, -1},
	{"W3C with other fields in the middle", NULL,
	 "#Fields: date time c-ip sc-status cs-uri-stem\n#Fields: sc-status cs-uri-stem c-ip time date\n200 /a 192.0.2.1 08:00:00 2018-09-30\n",
	 "W3C extended", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 0, -1},
	{"Caddy", NULL,
	 "{\"level\":\"info\",\"ts\":1538294400.5,\"request\":{\"remote_ip\":\"192.0.2.9\",\"client_ip\":\"192.0.2.1\",\"method\":\"GET\",\"host\":\"a.example\","
	 "\"uri\":\"/a?b\",\"headers\":{\"User-Agent\":[\"Mozilla \\\"x\\\" \\u4e2d\"],\"Referer\":[\"http://r/\"],\"Te\":[]}},\"duration\":0.015,\"size\":77,\"status\":200}\n",
	 "JSON", "192.0.2.1", "GET", "/a", "Mozilla \"x\" 中", "http://r/", "a.example", 200, 77, 15000},
	{"Traefik as JSON", NULL,
	 "{\"ClientHost\":\"192.0.2.1\",\"StartUTC\":\"2018-09-30T08:00:00.5Z\",\"RequestMethod\":\"GET\",\"RequestPath\":\"/a\",\"DownstreamStatus\":200,"
	 "\"DownstreamContentSize\":77,\"Duration\":15000000,\"request_User-Agent\":\"x\"}\n",
	 "JSON", "192.0.2.1", "GET", "/a", "x", NULL, NULL, 200, 77, 15000},
	{"nginx as JSON", NULL,
	 "{\"remote_addr\":\"192.0.2.1\",\"time_local\":\"30/Sep/2018:16:00:00 +0800\",\"request\":\"GET /a?b HTTP/1.1\",\"status\":\"200\",\"body_bytes_sent\":\"77\","
	 "\"http_user_agent\":\"x\",\"request_time\":\"0.015\"}\n",
	 "JSON", "192.0.2.1", "GET", "/a", "x", NULL, NULL, 200, 77, 15000},
	{"JSON with keys of one's own", "json:address=who,time=at.ms,status=code,uri=what",
	 "{\"who\":\"192.0.2.1\",\"at\":{\"ms\":1538294400123},\"code\":200,\"what\":\"/a\",\"ip\":\"192.0.2.9\"}\n", "JSON", "192.0.2.1", "GET", "/a", NULL, NULL,
	 NULL, 200, 0, -1},
	{"JSON behind a proxy", "json:address=http_x_forwarded_for", "{\"http_x_forwarded_for\":\"192.0.2.1, 198.51.100.7\",\"time\":1538294400,\"status\":200}\n", "JSON",
	 "192.0.2.1", NULL, NULL, NULL, NULL, NULL, 200, 0, -1},
	{"JSON with an offset without a colon", NULL, "{\"remote_addr\":\"192.0.2.1\",\"@timestamp\":\"2018-09-30T13:30:00+0530\",\"status\":200}\n", "JSON", "192.0.2.1",
	 NULL, NULL, NULL, NULL, NULL, 200, 0, -1},
	{"JSON with a fraction and an offset without a colon", NULL, "{\"remote_addr\":\"192.0.2.1\",\"time\":\"2018-09-30T08:00:00.123+0000\",\"status\":200}\n", "JSON",
	 "192.0.2.1", NULL, NULL, NULL, NULL, NULL, 200, 0, -1},
	{"Traefik", NULL,
	 "192.0.2.1 - - [30/Sep/2018:08:00:00 +0000] \"GET /a HTTP/1.1\" 200 77 \"-\" \"x\" 12 \"r@docker\" \"http://10.0.0.1:80\" 15ms\n", "Traefik",
	 "192.0.2.1", "GET", "/a", "x", "-", NULL, 200, 77, 15000},
	{"an AWS load balancer", NULL,
	 "https 2018-09-30T08:00:00.127531Z app/lb/1 192.0.2.1:2817 10.0.0.1:80 0.001 0.014 0.000 200 200 225 77 \"GET https://a.example:443/a?b HTTP/1.1\" \"x y\" "
	 "ECDHE TLSv1.2 arn:aws\n",
	 "AWS load balancer (ALB)", "192.0.2.1", "GET", "/a", "x y", NULL, NULL, 200, 77, 15000},
	{"an AWS load balancer without an answer", NULL,
	 "http 2018-09-30T08:00:00.127531Z app/lb/1 192.0.2.1:2817 - -1 -1 -1 502 - 225 77 \"GET http://a.example:80/ HTTP/1.1\" \"-\" - -\n",
	 "AWS load balancer (ALB)", "192.0.2.1", "GET", "/", "-", NULL, NULL, 502, 77, -1},
	{"an AWS load balancer, and IPv6", NULL,
	 "https 2018-09-30T08:00:00.127531Z app/lb/1 [2001:db8::1]:2817 10.0.0.1:80 0.001 0.014 0.000 200 200 225 77 \"GET https://a.example:443/a HTTP/1.1\" \"x\" "
	 "ECDHE TLSv1.2 arn:aws\n",
	 "AWS load balancer (ALB)", "2001:db8::1", "GET", "/a", "x", NULL, NULL, 200, 77, 15000},
	{"HAProxy, and IPv6 without brackets", NULL,
	 "2001:db8::1:33317 [30/Sep/2018:08:00:00.655] http-in static/srv1 10/0/30/69/15 200 77 - - ---- 1/1/1/1/0 0/0 \"GET /a HTTP/2.0\"\n",
	 "HAProxy without syslog", "2001:db8::1", "GET", "/a", NULL, NULL, NULL, 200, 77, 15000},
	{"AWS S3", NULL,
	 "79a5 bucket [30/Sep/2018:08:00:00 +0000] 192.0.2.1 arn:x 3E57 REST.GET.OBJECT a \"GET /a?b HTTP/1.1\" 200 - 77 - 15 7 \"-\" \"S3Console/0.4\" -\n",
	 "AWS S3", "192.0.2.1", "GET", "/a", "S3Console/0.4", "-", NULL, 200, 77, 15000},
	{"HAProxy", NULL,
	 "Sep 30 08:00:00 lb haproxy[6801]: 192.0.2.1:55008 [30/Sep/2018:08:00:00.584] ft_https~ bk/abc 0/0/0/14/15 200 77 - - ---- 5/4/0/1/0 0/0 \"POST /a HTTP/1.1\"\n",
	 "HAProxy", "192.0.2.1", "POST", "/a", NULL, NULL, NULL, 200, 77, 15000},
	{"HAProxy, while it goes on, with captured headers", NULL,
	 "Sep 30 08:00:00 lb  haproxy[6801]: 192.0.2.1:33317 [30/Sep/2018:08:00:00.655] http-in  static/srv1 10/0/30/69/+15 200 +77 - - ---- 1/1/1/1/0 0/0 {a.example} {} "
	 "\"GET /a HTTP/1.1\"\n",
	 "HAProxy", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 77, 15000},
	{"HAProxy without syslog", NULL,
	 "192.0.2.1:33317 [30/Sep/2018:08:00:00.655] http-in static/srv1 10/0/30/69/15 200 77 - - ---- 1/1/1/1/0 0/0 \"GET /a HTTP/2.0\"\n",
	 "HAProxy without syslog", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 77, 15000},
	{"AWS S3 with dashes instead of quoted texts", NULL,
	 "79a59df9 bucket [30/Sep/2018:08:00:00 +0000] 192.0.2.1 - E REST.COPY.OBJECT_GET a/b.jpg - 200 - 77 77 15 4 - - - x SigV4 - AuthHeader h TLSv1.2\n",
	 "AWS S3", "192.0.2.1", NULL, NULL, "-", "-", NULL, 200, 77, 15000},
	{"CloudFront's real-time columns", NULL,
	 "1538294400.123\t192.0.2.1\t0.012\t200\t77\tGET\thttps\td1.cloudfront.net\t/a?b\t231\tIAD89-C1\tabc==\ta.example\t0.015\tHTTP/2.0\tIPv4\t"
	 "Mozilla/5.0%20(X11)\thttp://r/\t-\tb\tHit\t-\tTLSv1.3\n",
	 "CloudFront real-time", "192.0.2.1", "GET", "/a", "Mozilla/5.0 (X11)", "http://r/", "a.example", 200, 77, 15000},
	{"CloudFront's real-time columns with their names", NULL,
	 "#Fields: timestamp c-ip cs-method cs-uri-stem sc-status sc-bytes time-taken cs-user-agent cs-referer x-host-header\n"
	 "1538294400.123\t192.0.2.1\tGET\t/a\t200\t77\t0.015\tMozilla/5.0%20(X11)\thttp://r/\ta.example\n",
	 "W3C extended", "192.0.2.1", "GET", "/a", "Mozilla/5.0 (X11)", "http://r/", "a.example", 200, 77, 15000},
	{"Squid", NULL, "1538294400.603     15 192.0.2.1 TCP_MISS/200 77 GET http://a.example/a - DIRECT/10.0.0.1 text/html\n", "Squid", "192.0.2.1", "GET",
	 "http://a.example/a", NULL, NULL, NULL, 200, 77, 15000},
	{"nginx's words", "$http_x_real_ip|$remote_addr [$time_iso8601] \"$request\" $status ${body_bytes_sent}B $request_time",
	 "-|192.0.2.1 [2018-09-30T16:00:00+08:00] \"GET /a\\\"b HTTP/1.1\" 200 77B 0.015\n", "as given", "192.0.2.1", "GET", "/a\\\"b", NULL, NULL, NULL, 200,
	 77, 15000},
	{"Apache's words", "%v:%p %h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \\\"%{User-Agent}i\\\" %D",
	 "a.example:80 192.0.2.1 - John Doe [30/Sep/2018:08:00:00 +0000] \"GET /a HTTP/1.1\" 200 77 \"-\" \"x\" 15000\n", "as given", "192.0.2.1", "GET", "/a",
	 "x", "-", "a.example", 200, 77, 15000},
	{"Apache's words with both units of time", "%h %l %u %t \\\"%r\\\" %>s %b %T/%D", "192.0.2.1 - a [b] [30/Sep/2018:08:00:00 +0000] \"GET /a HTTP/1.1\" 200 77 1/15000\n",
	 "as given", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 77, 15000},
	{"Apache's words with sizes without and with the head", "%a %h %t %s %O %b %I", "192.0.2.1 192.0.2.2 [30/Sep/2018:08:00:00 +0000] 200 300 77 50\n", "as given",
	 "192.0.2.1", NULL, NULL, NULL, NULL, NULL, 200, 77, -1},
	{"Apache's words behind a proxy", "%{X-Forwarded-For}i %l %u %t \\\"%m %U%q %H\\\" %>s %b",
	 "192.0.2.1, 198.51.100.7 - - [30/Sep/2018:08:00:00 +0000] \"GET /a?b=c HTTP/1.1\" 200 77\n", "as given", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 77,
	 -1},
	{"Apache's words with a time of strftime", "%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] \\\"%r\\\" %>s %b",
	 "192.0.2.1 [30/Sep/2018 13:30:00.123 +0530] \"GET /a HTTP/1.1\" 200 77\n", "as given", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 77, -1},
	{"Apache's words with a short time", "%{end:%a %e.%m.%y %R:%S}t %h %s %b", "Sun 30.09.18 08:00:00 192.0.2.1 200 77\n", "as given", "192.0.2.1", NULL, NULL, NULL,
	 NULL, NULL, 200, 77, -1},
	{"Apache's words with a time without anything between", "%{%Y%m%d%H%M%S}t %h %s %b", "20180930080000 192.0.2.1 200 77\n", "as given", "192.0.2.1", NULL, NULL,
	 NULL, NULL, NULL, 200, 77, -1},
	{"nginx's words with a whole URL", "$remote_addr \"$http_x_forwarded_for\" $msec $request_method $scheme://$host$request_uri $status $body_bytes_sent $bytes_sent",
	 "192.0.2.1 \"192.0.2.2, 192.0.2.3\" 1538294400.5 GET https://a.example/a?b 200 77 300\n", "as given", "192.0.2.1", "GET", "/a", NULL, NULL, "a.example", 200, 77,
	 -1},
	{"nginx's words with a normalised URI", "$http_x_forwarded_for [$time_local] $request_method $uri$is_args$args $status $bytes_sent",
	 "192.0.2.1 [30/Sep/2018:08:00:00 +0000] GET /a?b 200 77\n", "as given", "192.0.2.1", "GET", "/a", NULL, NULL, NULL, 200, 77, -1},
	{"Apache's words with another time", "%{sec}t %a %m %U %s %B", "1538294400 192.0.2.1 GET /a 200 77\n", "as given", "192.0.2.1", "GET", "/a", NULL, NULL,
	 NULL, 200, 77, -1},
};

static void check_text(slice got, const char *want)
{
	CHECK_SLICE(got, slice_of(want));
}

/* The first line that is read. */
static bool read_first(const struct log_format *format, slice lines, struct line_reader *reader, struct log_line *ret)
{
	bool is_directive = true;
	slice line;

	while (is_directive && slice_next_line(&lines, &line)) {
		const enum line_fault fault = formats_read(format, reader, line, ret, &is_directive);

		CHECK_TEXT(line_fault_text(fault), "");
	}
	return !is_directive;
}

static void lines_of_all_formats_are_read(void)
{
	AUTO(free) char *scratch = mem_array(LINES_MAX, 1);

	EACH (row, rows) {
		courant_error *err = NULL;
		AUTO(formats) struct formats *formats = formats_new(row->asked, &err);
		struct line_reader reader = {.parts = {.scratch = scratch}};
		struct log_line line;

		tap_row(row->name);
		CHECK_NO_ERROR(err);

		const struct log_format *format = formats ? formats_choose(formats, slice_of(row->lines)) : NULL;

		CHECK_TEXT(format ? format->name : NULL, row->format);
		if (!format || !CHECK(read_first(format, slice_of(row->lines), &reader, &line)))
			continue;
		CHECK_INT(line.time_s, WHEN);
		check_text(line.address, row->address);
		check_text(line.method, row->method);
		check_text(line.path, row->path);
		check_text(line.agent, row->agent);
		check_text(line.referrer, row->referrer);
		check_text(line.host, row->host);
		CHECK_INT(line.status, row->status);
		CHECK_INT(line.size_bytes, row->size);
		CHECK_INT(line.duration_us, row->duration_us);
	}
}

static void wrong_formats_are_told(void)
{
	static const struct {
		const char *asked, *words;
	} wrong[] = {
		{"combine", "did you mean combined?"},
		{"$remote_addr $status", "no time"},
		{"$time_local $status", "no address"},
		{"$remote_addr [$time_local]", "no status"},
		{"$remote_addr$time_local $status", "nothing between them"},
		{"$remote_addr $ $time_local", "without a name"},
		{"%h %t %>s %{Referer", "without its }"},
		{"%h %{%c}t %>s", "%{%c}t"},
		{"%h %t %>s %", "ends with a %"},
		{"json:adress=x", "is not like address=KEY"},
	};

	EACH (row, wrong) {
		courant_error *err = NULL;

		tap_row(row->asked);
		CHECK(formats_new(row->asked, &err) == NULL);
		CHECK_ERROR(err, COURANT_USAGE, row->words);
	}
}

static void lines_that_do_not_fit_are_rejected(void)
{
	static const struct {
		const char *asked, *line;
	} wrong[] = {
		{"json", "{\"remote_addr\":\"192.0.2.1\",\"time\":1538294400,\"status\":200"},
		{"json", "{\"remote_addr\":\"192.0.2.1\",\"time\":1538294400,\"status\":200} x"},
		{"json", "{\"remote_addr\":\"192.0.2.1\",\"time\":1538294400}"},
		{"json", "{\"remote_addr\":\"192.0.2.1\",\"time\":\"2018-02-31T00:00:00Z\",\"status\":200}"},
		{"json", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}}}}}}}}}}"},
		{"json", "no brace"},
		{"w3c", "2018-09-30 08:00:00 192.0.2.1"},
		{"squid", "1538294400.603 15 192.0.2.1 TCP_MISS/2000 77 GET http://a.example/a - DIRECT/10.0.0.1 text/html"},
		{"haproxy", "Sep 30 08:00:00 lb haproxy[6801]: Proxy started."},
		{"$remote_addr \"$request\" $time_local $status", "192.0.2.1 \"open 30/Sep/2018:08:00:00 +0000 200"},
	};
	AUTO(free) char *scratch = mem_array(LINES_MAX, 1);

	EACH (row, wrong) {
		AUTO(formats) struct formats *formats = formats_new(row->asked, NULL);
		struct line_reader reader = {.parts = {.scratch = scratch}};
		struct log_line line;
		bool is_directive;

		tap_row(row->line);
		CHECK(formats && formats_read(formats_choose(formats, SLICE("")), &reader, slice_of(row->line), &line, &is_directive) != LINE_FINE);
	}
}

TESTS(TEST(lines_of_all_formats_are_read), TEST(wrong_formats_are_told), TEST(lines_that_do_not_fit_are_rejected))
