/* SPDX-License-Identifier: MIT */
/* pages.c - one request, one answer, close (pages.h; RFC 9112) */
#include "serve/pages.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/address.h"
#include "net/listen.h"

#define REQUEST_MAX_BYTES ((size_t)8 << 10)
#define ANSWER_MAX_BYTES  ((size_t)1 << 20)
#define PATIENCE_MS       INT64_C(5000) /* for the whole of it */

struct connection {
	int fd; /* -1: none */
	struct buffer request, answer;
	size_t n_sent;
	bool is_answered;
	int64_t until_ms;
};

struct pages {
	int fd;
	struct net_address address;
	page_fn *page;
	void *context;
	int64_t rest_until_ms; /* without descriptors nobody is let in until then; 0: there are some */
	struct connection connections[PAGES_CONNECTIONS_MAX];
};

struct pages *pages_new(slice where, page_fn *page, void *context, courant_error **err)
{
	AUTO(pages) struct pages *pages = mem_alloc(sizeof *pages);

	if (!pages) {
		(void)fail_memory(err);
		return NULL;
	}
	pages->fd = -1;
	pages->page = page;
	pages->context = context;
	for (size_t i = 0; i < PAGES_CONNECTIONS_MAX; i++)
		pages->connections[i].fd = -1;
	if (listen_open(where, &pages->fd, &pages->address, err) < 0)
		return NULL;
	if (!address_is_loopback(&pages->address)) {
		(void)fail(err, COURANT_USAGE, "\"%.*s\" is not loopback: what is told by HTTP is for this machine alone", SLICE_ARGS(where));
		return NULL;
	}
	return STEAL(pages);
}

static void hang_up(struct connection *connection)
{
	auto_close(&connection->fd);
	buffer_release(&connection->request);
	buffer_release(&connection->answer);
	*connection = (struct connection){.fd = -1};
}

void pages_free(struct pages *pages)
{
	if (!pages)
		return;
	for (size_t i = 0; i < PAGES_CONNECTIONS_MAX; i++)
		hang_up(&pages->connections[i]);
	auto_close(&pages->fd);
	free(pages);
}

int pages_write_address(const struct pages *pages, struct buffer *into, courant_error **err)
{
	address_write(into, &pages->address);
	return buffer_check(into, err);
}

size_t pages_fds(const struct pages *pages, struct pollfd *ret)
{
	size_t n = 0, n_free = 0;

	for (size_t i = 0; i < PAGES_CONNECTIONS_MAX; i++) {
		const struct connection *connection = &pages->connections[i];

		if (connection->fd < 0)
			n_free++;
		else
			ret[n++] = (struct pollfd){.fd = connection->fd, .events = connection->is_answered ? POLLOUT : POLLIN};
	}
	/* Whoever comes when all are taken waits in the system's queue. */
	if (n_free > 0 && !pages->rest_until_ms)
		ret[n++] = (struct pollfd){.fd = pages->fd, .events = POLLIN};
	return n;
}

int64_t pages_deadline_ms(const struct pages *pages)
{
	int64_t first_ms = pages->rest_until_ms ? pages->rest_until_ms : INT64_MAX;

	for (size_t i = 0; i < PAGES_CONNECTIONS_MAX; i++)
		if (pages->connections[i].fd >= 0 && pages->connections[i].until_ms < first_ms)
			first_ms = pages->connections[i].until_ms;
	return first_ms;
}

/* ---- the answer ---- */

static const char *reason(int status)
{
	static const struct {
		int status;
		const char *words;
	} rows[] = {{200, "OK"}, {400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"}, {431, "Request Header Fields Too Large"},
		    {503, "Service Unavailable"}};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].status == status)
			return rows[i].words;
	return "Error";
}

static void write_answer(struct buffer *out, const struct page *page, bool has_body)
{
	buffer_printf(out,
		      "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
		      "Connection: close\r\n%s\r\n",
		      page->status, reason(page->status), page->type, page->body->len, page->status == 405 ? "Allow: GET, HEAD\r\n" : "");
	if (has_body)
		buffer_append(out, buffer_peek(page->body));
}

static void write_error(struct buffer *out, int status)
{
	AUTO(buffer) struct buffer body = BUFFER_LIMIT(100);

	buffer_printf(&body, "%s\n", reason(status));
	write_answer(out, &(struct page){.status = status, .type = "text/plain; charset=utf-8", .body = &body}, true);
}

/* "localhost", "127.0.0.1", "[::1]", with or without a port. */
static bool is_own_name(slice host)
{
	const bool is_v6 = slice_starts(host, SLICE("["));
	const size_t end = is_v6 ? slice_find(host, ']') : slice_find(host, ':');
	const slice name = is_v6 ? slice_part(host, 1, end == SLICE_NONE ? 0 : end - 1) : slice_part(host, 0, end);
	struct net_address address;

	return slice_equal_nocase(name, SLICE("localhost")) || (address_parse_numeric(name, 0, &address) && address_is_loopback(&address));
}

/* Exactly one Host, and it is ours. */
static bool is_for_us(slice headers)
{
	size_t n = 0;
	bool is_own = false;

	for (slice line; slice_next_line(&headers, &line);) {
		if (!slice_starts_nocase(line, SLICE("Host:")))
			continue;
		n++;
		is_own = is_own_name(slice_trim(slice_after(line, 5)));
	}
	return n == 1 && is_own;
}

void pages_answer(page_fn *find, void *context, slice request, struct buffer *ret)
{
	AUTO(buffer) struct buffer body = BUFFER_LIMIT(ANSWER_MAX_BYTES);
	struct page page = {.status = 200, .type = "text/plain; charset=utf-8", .body = &body};
	slice rest = request, line, method, target, version;

	if (!slice_next_line(&rest, &line) || !slice_next(&line, ' ', &method) || !slice_next(&line, ' ', &target) || !slice_next(&line, ' ', &version) ||
	    line.ptr || !slice_starts(version, SLICE("HTTP/1.")) || !slice_starts(target, SLICE("/"))) {
		write_error(ret, 400);
		return;
	}

	const bool is_head = slice_equal(method, SLICE("HEAD"));

	if (!is_for_us(rest))
		write_error(ret, 403);
	else if (!is_head && !slice_equal(method, SLICE("GET")))
		write_error(ret, 405);
	else if (!find(context, slice_part(target, 0, slice_find(target, '?')), &page))
		write_error(ret, 404);
	else if (buffer_check(&body, NULL) < 0)
		write_error(ret, 503);
	else
		write_answer(ret, &page, !is_head);
}

/* ---- the connections ---- */

static void read_request(const struct pages *pages, struct connection *connection)
{
	char bytes[2048];
	const ssize_t n = recv(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(connection);
		return;
	}
	buffer_append(&connection->request, slice_from(bytes, (size_t)n));
	if (slice_find_slice(buffer_peek(&connection->request), SLICE("\r\n\r\n")) != SLICE_NONE)
		pages_answer(pages->page, pages->context, buffer_peek(&connection->request), &connection->answer);
	else if (buffer_check(&connection->request, NULL) < 0)
		write_error(&connection->answer, 431);
	connection->is_answered = connection->answer.len > 0;
}

static void send_answer(struct connection *connection)
{
	const slice rest = slice_after(buffer_peek(&connection->answer), connection->n_sent);
	const ssize_t n = send(connection->fd, rest.ptr, rest.len, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n > 0)
		connection->n_sent += (size_t)n;
	if ((n < 0 && errno != EAGAIN && errno != EINTR) || connection->n_sent == connection->answer.len)
		hang_up(connection);
}

static void accept_new(struct pages *pages, int64_t now_ms)
{
	pages->rest_until_ms = 0;
	for (size_t i = 0; i < PAGES_CONNECTIONS_MAX; i++) {
		struct connection *connection = &pages->connections[i];
		struct net_address peer;

		if (connection->fd >= 0)
			continue;

		const int fd = listen_accept(pages->fd, &peer);

		if (fd < 0) {
			pages->rest_until_ms = listen_rest_until(errno, now_ms);
			return;
		}
		*connection = (struct connection){.fd = fd, .request = BUFFER_LIMIT(REQUEST_MAX_BYTES), .answer = BUFFER_LIMIT(2 * ANSWER_MAX_BYTES),
						  .until_ms = now_ms + PATIENCE_MS};
	}
}

void pages_turn(struct pages *pages, int64_t now_ms)
{
	accept_new(pages, now_ms);
	for (size_t i = 0; i < PAGES_CONNECTIONS_MAX; i++) {
		struct connection *connection = &pages->connections[i];

		if (connection->fd >= 0 && !connection->is_answered)
			read_request(pages, connection);
		if (connection->fd >= 0 && connection->is_answered)
			send_answer(connection);
		if (connection->fd >= 0 && now_ms >= connection->until_ms)
			hang_up(connection);
	}
}
