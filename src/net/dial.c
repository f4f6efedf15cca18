/* SPDX-License-Identifier: MIT */
/* dial.c - happy eyeballs over non-blocking sockets */
#include "net/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "net/stream.h"

struct dial {
	char *host;
	uint16_t port;
	bool has_source;
	struct net_address source;
	struct resolve *resolve; /* NULL: the addresses are there */

	struct net_address addresses[RESOLVE_MAX_ADDRESSES];
	size_t n_addresses;
	size_t n_tried;                  /* addresses whose turn has come */
	int attempts[RESOLVE_MAX_ADDRESSES]; /* descriptors that are connecting; -1: over */
	int64_t next_at_ms;              /* when the next address has its turn */
	int first_error;                 /* errno of the address that failed first */

	struct proxy_talk *talk;         /* NULL: no proxy */
	struct stream proxied;           /* connected to the proxy */
	short proxy_event;
};

struct dial *dial_new(const struct dial_options *options, courant_error **err)
{
	const struct proxy *proxy = options->proxy;
	const slice host = slice_of(proxy ? proxy->host : options->host);
	const uint16_t port = proxy ? proxy->port : options->port;
	AUTO(dial) struct dial *dial = mem_alloc(sizeof *dial);

	if (!dial) {
		(void)fail_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < RESOLVE_MAX_ADDRESSES; i++)
		dial->attempts[i] = -1;
	dial->proxied = (struct stream)STREAM_CLOSED;
	dial->port = port;
	dial->host = mem_copy(host);
	if (!dial->host) {
		(void)fail_memory(err);
		return NULL;
	}
	if (proxy && !(dial->talk = proxy_talk_new(proxy, options->host, options->port, err)))
		return NULL;
	dial->has_source = options->source != NULL;
	if (options->source && !address_parse_numeric(slice_of(options->source), 0, &dial->source)) {
		(void)fail(err, COURANT_USAGE, "not an IP address to connect from: \"%s\"", options->source);
		return NULL;
	}
	if (slice_starts(host, SLICE("/"))) {
		if (address_of_path(host, &dial->addresses[0], err) < 0)
			return NULL;
		dial->n_addresses = 1;
	} else if (address_parse_numeric(host, port, &dial->addresses[0])) {
		dial->n_addresses = 1;
	} else if (!(dial->resolve = resolve_new(dial->host, port, err))) {
		return NULL;
	}
	return STEAL(dial);
}

void dial_free(struct dial *dial)
{
	if (!dial)
		return;
	resolve_free(dial->resolve);
	proxy_talk_free(dial->talk);
	stream_release(&dial->proxied);
	for (size_t i = 0; i < RESOLVE_MAX_ADDRESSES; i++)
		auto_close(&dial->attempts[i]);
	free(dial->host);
	free(dial);
}

size_t dial_wishes(const struct dial *dial, struct pollfd fds[DIAL_MAX_FDS], int64_t *ret_at_ms)
{
	size_t n = 0;

	*ret_at_ms = WAIT_FOREVER;
	if (dial->proxied.fd >= 0) {
		fds[0] = (struct pollfd){.fd = dial->proxied.fd, .events = dial->proxy_event};
		return 1;
	}
	if (dial->resolve) {
		fds[0] = (struct pollfd){.fd = resolve_fd(dial->resolve), .events = POLLIN};
		return 1;
	}
	for (size_t i = 0; i < dial->n_tried; i++)
		if (dial->attempts[i] >= 0)
			fds[n++] = (struct pollfd){.fd = dial->attempts[i], .events = POLLOUT};
	if (dial->n_tried < dial->n_addresses)
		*ret_at_ms = dial->next_at_ms;
	return n;
}

static bool fits_source(const struct dial *dial, const struct net_address *address)
{
	return !dial->has_source || address->at.ss_family == AF_UNIX || address->at.ss_family == dial->source.at.ss_family;
}

/* A socket that is connected or on its way; -1 with errno. */
static int attempt(const struct dial *dial, const struct net_address *address)
{
	const int one = 1;
	AUTO(close) int fd = socket(address->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (address->at.ss_family != AF_UNIX) {
		/* Small writes are gathered by us: waiting for more would only add a delayed acknowledgement's 40 ms. */
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
		if (dial->has_source && bind(fd, (const struct sockaddr *)&dial->source.at, dial->source.len) < 0)
			return -1;
	}
	if (connect(fd, (const struct sockaddr *)&address->at, address->len) < 0 && errno != EINPROGRESS)
		return -1;
	return STEAL_FD(fd);
}

static bool is_under_way(const struct dial *dial)
{
	for (size_t i = 0; i < dial->n_tried; i++)
		if (dial->attempts[i] >= 0)
			return true;
	return false;
}

static void note_failure(struct dial *dial, int error_number)
{
	if (!dial->first_error)
		dial->first_error = error_number;
}

/* Gives addresses their turn: one a quarter of a second, at once when nothing else is under way. */
static void begin_attempts(struct dial *dial, int64_t now_ms)
{
	while (dial->n_tried < dial->n_addresses && (now_ms >= dial->next_at_ms || !is_under_way(dial))) {
		const size_t i = dial->n_tried++;

		if (!fits_source(dial, &dial->addresses[i])) {
			note_failure(dial, EADDRNOTAVAIL);
			continue;
		}
		dial->attempts[i] = attempt(dial, &dial->addresses[i]);
		if (dial->attempts[i] < 0)
			note_failure(dial, errno);
		dial->next_at_ms = now_ms + DIAL_NEXT_ADDRESS_MS;
	}
}

/* The index of an attempt that is through, or SIZE_MAX; those that failed are closed. */
static size_t find_connected(struct dial *dial)
{
	for (size_t i = 0; i < dial->n_tried; i++) {
		struct pollfd one = {.fd = dial->attempts[i], .events = POLLOUT};
		int error_number = 0;
		socklen_t size = sizeof error_number;

		if (one.fd < 0 || poll(&one, 1, 0) != 1)
			continue;
		if (getsockopt(one.fd, SOL_SOCKET, SO_ERROR, &error_number, &size) < 0)
			error_number = errno;
		if (error_number == 0)
			return i;
		note_failure(dial, error_number);
		auto_close(&dial->attempts[i]);
		dial->attempts[i] = -1;
	}
	return SIZE_MAX;
}

static int fail_all(const struct dial *dial, courant_error **err)
{
	if (slice_starts(slice_of(dial->host), SLICE("/")))
		return fail_errno_as(err, COURANT_TEMPORARY, dial->first_error, "cannot connect to the socket %s", dial->host);

	const bool is_v6 = strchr(dial->host, ':') != NULL;

	return fail_errno_as(err, COURANT_TEMPORARY, dial->first_error, "cannot connect to %s%s%s:%u", is_v6 ? "[" : "", dial->host,
			     is_v6 ? "]" : "", (unsigned)dial->port);
}

/* Talks to the proxy as far as that needs no waiting. */
static enum dial_status step_proxy(struct dial *dial, int *ret_fd, courant_error **err)
{
	for (;;) {
		const slice output = proxy_talk_output(dial->talk);
		const size_t room = proxy_talk_room(dial->talk);
		char bytes[512];
		size_t n = 0;
		const enum stream_status status =
			output.len > 0 ? stream_try_write(&dial->proxied, output.ptr, output.len, &n, err)
				       : stream_try_read(&dial->proxied, bytes, room < sizeof bytes ? room : sizeof bytes, &n, err);

		dial->proxy_event = stream_event(status);
		if (status == STREAM_WANT_READ || status == STREAM_WANT_WRITE)
			return DIAL_GOES_ON;
		if (status == STREAM_FAILED)
			return DIAL_FAILED;
		if (status == STREAM_END) {
			(void)fail(err, COURANT_TEMPORARY, "the proxy %s closed the connection", dial->host);
			return DIAL_FAILED;
		}
		if (output.len > 0) {
			proxy_talk_sent(dial->talk, n);
			continue;
		}
		switch (proxy_talk_receive(dial->talk, slice_from(bytes, n), err)) {
		case 0:
			break;
		case 1:
			*ret_fd = STEAL_FD(dial->proxied.fd);
			return DIAL_CONNECTED;
		default:
			return DIAL_FAILED;
		}
	}
}

enum dial_status dial_step(struct dial *dial, int64_t now_ms, int *ret_fd, courant_error **err)
{
	if (dial->proxied.fd >= 0)
		return step_proxy(dial, ret_fd, err);
	if (dial->resolve) {
		struct pollfd answer = {.fd = resolve_fd(dial->resolve), .events = POLLIN};

		if (poll(&answer, 1, 0) != 1)
			return DIAL_GOES_ON;
		if (resolve_take(dial->resolve, dial->addresses, &dial->n_addresses, err) < 0)
			return DIAL_FAILED;
		resolve_free(STEAL(dial->resolve));
	}

	size_t through = find_connected(dial);

	/* A socket of this machine is through at once: no need to wait for the next round. */
	if (through == SIZE_MAX) {
		begin_attempts(dial, now_ms);
		through = find_connected(dial);
	}
	if (through != SIZE_MAX && dial->talk) {
		stream_init(&dial->proxied, STEAL_FD(dial->attempts[through]));
		return step_proxy(dial, ret_fd, err);
	}
	if (through != SIZE_MAX) {
		*ret_fd = STEAL_FD(dial->attempts[through]);
		return DIAL_CONNECTED;
	}
	if (dial->n_tried < dial->n_addresses || is_under_way(dial))
		return DIAL_GOES_ON;
	(void)fail_all(dial, err);
	return DIAL_FAILED;
}

int dial_wait(struct dial *dial, const struct wait *wait, int *ret_fd, courant_error **err)
{
	for (;;) {
		struct pollfd fds[DIAL_MAX_FDS];
		int64_t at_ms;

		switch (dial_step(dial, clock_monotonic_ms(), ret_fd, err)) {
		case DIAL_FAILED:
			return -1;
		case DIAL_CONNECTED:
			return 0;
		case DIAL_GOES_ON:
			break;
		}

		const size_t n = dial_wishes(dial, fds, &at_ms);

		if (wait_poll(fds, n, at_ms, wait, err) < 0)
			return -1;
	}
}
