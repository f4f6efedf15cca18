/* SPDX-License-Identifier: MIT */
/* pages_test.c - a few pages by HTTP: what is answered, and what is refused */
#include "serve/pages.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "tap.h"

static bool page(void *context, slice path, struct page *ret)
{
	(void)context;
	if (!slice_equal(path, SLICE("/health")))
		return false;
	buffer_append(ret->body, SLICE("fine\n"));
	return true;
}

static uint16_t port_of(const struct pages *pages)
{
	AUTO(buffer) struct buffer name = BUFFER_LIMIT(100);
	uint64_t port = 0;

	CHECK_INT(pages_write_address(pages, &name, NULL), 0);
	CHECK(num_parse_range(slice_after(buffer_peek(&name), slice_find_last(buffer_peek(&name), ':') + 1), 1, 65535, &port));
	return (uint16_t)port;
}

static int dial(const struct pages *pages)
{
	const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port_of(pages)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CHECK_INT(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
	return fd;
}

/* Turns until the other side has closed; what came in between. */
static void serve(struct pages *pages, int fd, struct buffer *ret, int64_t now_ms)
{
	for (;;) {
		struct pollfd fds[PAGES_FDS_MAX + 1];
		const size_t n = pages_fds(pages, fds);
		char bytes[1000];

		fds[n] = (struct pollfd){.fd = fd, .events = POLLIN};
		if (poll(fds, n + 1, 5000) <= 0)
			return;
		pages_turn(pages, now_ms);
		if (!(fds[n].revents & (POLLIN | POLLHUP)))
			continue;

		const ssize_t got = recv(fd, bytes, sizeof bytes, 0);

		if (got <= 0)
			return;
		buffer_append(ret, slice_from(bytes, (size_t)got));
	}
}

#define HOST "Host: localhost:9925\r\n"

static void requests_are_answered(void)
{
	static const struct {
		const char *name, *request, *status, *body;
	} rows[] = {
		{"a page", "GET /health HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200 OK\r\n", "fine\n"},
		{"with a question", "GET /health?x=1 HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200 OK\r\n", "fine\n"},
		{"its head alone", "HEAD /health HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200 OK\r\n", ""},
		{"by an address", "GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", "fine\n"},
		{"by an address of IPv6", "GET /health HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "HTTP/1.1 200 OK\r\n", "fine\n"},
		{"no such page", "GET / HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404 Not Found\r\n", "Not Found\n"},
		{"another method", "POST /health HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 405 Method Not Allowed\r\n", "Method Not Allowed\n"},
		{"somebody else's name", "GET /health HTTP/1.1\r\nHost: evil.example.com\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n", "Forbidden\n"},
		{"a name that begins like ours", "GET /health HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n", "Forbidden\n"},
		{"no name", "GET /health HTTP/1.1\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n", "Forbidden\n"},
		{"two names", "GET /health HTTP/1.1\r\n" HOST "Host: evil.example.com\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n", "Forbidden\n"},
		{"a bad bracket", "GET /health HTTP/1.1\r\nHost: [\r\n\r\n", "HTTP/1.1 403 Forbidden\r\n", "Forbidden\n"},
		{"no version", "GET /health\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "Bad Request\n"},
		{"a proxy's request", "GET http://localhost/health HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 400 Bad Request\r\n", "Bad Request\n"},
		{"rubbish", "\x16\x03\x01\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n", "Bad Request\n"},
	};
	AUTO(pages) struct pages *pages = pages_new(SLICE("127.0.0.1:0"), page, NULL, NULL);

	EACH (row, rows) {
		AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);
		const int fd = dial(pages);

		tap_row(row->name);
		CHECK_INT(send(fd, row->request, strlen(row->request), 0), (ssize_t)strlen(row->request));
		serve(pages, fd, &got, clock_monotonic_ms());
		CHECK(slice_starts(buffer_peek(&got), slice_of(row->status)));

		const size_t end = slice_find_slice(buffer_peek(&got), SLICE("\r\n\r\n"));

		CHECK_SLICE(slice_after(buffer_peek(&got), end == SLICE_NONE ? 0 : end + 4), slice_of(row->body));
		(void)close(fd);
	}
}

static void a_request_without_end_is_refused(void)
{
	AUTO(pages) struct pages *pages = pages_new(SLICE("127.0.0.1:0"), page, NULL, NULL);
	AUTO(buffer) struct buffer got = BUFFER_LIMIT(10000);
	const int fd = dial(pages);
	char much[9000];

	memset(much, 'a', sizeof much);
	CHECK_INT(send(fd, much, sizeof much, 0), (ssize_t)sizeof much);
	serve(pages, fd, &got, clock_monotonic_ms());
	CHECK(slice_starts(buffer_peek(&got), SLICE("HTTP/1.1 431 ")));
	(void)close(fd);
}

static void who_says_nothing_is_hung_up_on(void)
{
	AUTO(pages) struct pages *pages = pages_new(SLICE("127.0.0.1:0"), page, NULL, NULL);
	AUTO(buffer) struct buffer got = BUFFER_LIMIT(100);
	const int64_t now_ms = clock_monotonic_ms();
	const int fd = dial(pages);

	CHECK_INT(pages_deadline_ms(pages), INT64_MAX);
	pages_turn(pages, now_ms);
	CHECK(pages_deadline_ms(pages) > now_ms && pages_deadline_ms(pages) <= now_ms + 10000);
	pages_turn(pages, pages_deadline_ms(pages));
	CHECK_INT(pages_deadline_ms(pages), INT64_MAX);
	serve(pages, fd, &got, now_ms);
	CHECK_INT(got.len, 0);
	(void)close(fd);
}

static void many_at_once_do_not_keep_it_busy(void)
{
	AUTO(pages) struct pages *pages = pages_new(SLICE("127.0.0.1:0"), page, NULL, NULL);
	struct pollfd fds[PAGES_FDS_MAX];
	int connections[PAGES_CONNECTIONS_MAX + 4];
	const int64_t now_ms = clock_monotonic_ms();

	EACH (fd, connections)
		*fd = dial(pages);
	pages_turn(pages, now_ms);
	/* All places are taken: it does not listen, and so does not turn in vain. */
	CHECK_INT(pages_fds(pages, fds), PAGES_CONNECTIONS_MAX);
	pages_turn(pages, now_ms + 60000);
	CHECK(pages_fds(pages, fds) <= PAGES_FDS_MAX);
	EACH (fd, connections)
		(void)close(*fd);
}

static void without_descriptors_it_rests(void)
{
	AUTO(pages) struct pages *pages = pages_new(SLICE("127.0.0.1:0"), page, NULL, NULL);
	const int64_t now_ms = clock_monotonic_ms();
	const int fd = dial(pages);
	struct pollfd fds[PAGES_FDS_MAX];
	struct rlimit before, none;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
	pages_turn(pages, now_ms);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &before), 0);
	CHECK_INT(pages_fds(pages, fds), 0);
	CHECK_INT(pages_deadline_ms(pages), now_ms + 1000);
	pages_turn(pages, now_ms + 1000);
	CHECK_INT(pages_fds(pages, fds), 2);
	(void)close(fd);
}

static void only_loopback_is_served(void)
{
	courant_error *err = NULL;

	CHECK(!pages_new(SLICE("0.0.0.0:0"), page, NULL, &err));
	CHECK_ERROR(err, COURANT_USAGE, "is not loopback");
}

TESTS(TEST(requests_are_answered), TEST(a_request_without_end_is_refused), TEST(who_says_nothing_is_hung_up_on), TEST(many_at_once_do_not_keep_it_busy),
      TEST(without_descriptors_it_rests), TEST(only_loopback_is_served))
