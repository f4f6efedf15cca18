/* SPDX-License-Identifier: MIT */
/* listen.c - a socket that waits for connections */
#include "net/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

/* Connections that may wait to be accepted; the system cuts it to its own limit. */
#define BACKLOG 1024
#define REST_MS 1000

static int parse_where(slice where, struct net_address *ret, courant_error **err)
{
	slice host = SLICE("");
	uint16_t port = 0;
	uint64_t number;
	slice whole;
	AUTO(buffer) struct buffer with_colon = BUFFER_LIMIT(512);

	if (slice_starts(where, SLICE("/")))
		return address_of_path(where, ret, err);
	/* "2525" alone is a port. */
	if (num_parse_u64(where, &number))
		buffer_append_byte(&with_colon, ':');
	buffer_append(&with_colon, where);
	if (buffer_slice(&with_colon, &whole, err) < 0 || address_split(whole, &host, &port, err) < 0)
		return -1;
	if (host.len == 0 || slice_equal_nocase(host, SLICE("localhost")))
		host = SLICE("127.0.0.1");
	if (!address_parse_numeric(host, port, ret))
		return fail(err, COURANT_USAGE, "not an address to listen at: \"%.*s\" (for instance 127.0.0.1:2525)", SLICE_ARGS(where));
	return 0;
}

static int fail_listen(slice where, courant_error **err)
{
	return fail_errno_as(err, COURANT_CANT_CREATE, errno, "cannot listen at %.*s", SLICE_ARGS(where));
}

int listen_open(slice where, int *ret_fd, struct net_address *ret, courant_error **err)
{
	struct net_address address;
	const int one = 1;

	if (parse_where(where, &address, err) < 0)
		return -1;

	AUTO(close) int fd = socket(address.at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return fail_listen(where, err);
	if (address.at.ss_family != AF_UNIX)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (const struct sockaddr *)&address.at, address.len) < 0 || listen(fd, BACKLOG) < 0)
		return fail_listen(where, err);
	address.len = sizeof address.at;
	if (getsockname(fd, (struct sockaddr *)&address.at, &address.len) < 0)
		return fail_listen(where, err);
	*ret = address;
	*ret_fd = STEAL_FD(fd);
	return 0;
}

int listen_accept(int fd, struct net_address *ret_peer)
{
	const int one = 1;

	*ret_peer = (struct net_address){.len = sizeof ret_peer->at};

	const int peer = accept4(fd, (struct sockaddr *)&ret_peer->at, &ret_peer->len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (peer >= 0 && ret_peer->at.ss_family != AF_UNIX)
		(void)setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	return peer;
}

int64_t listen_rest_until(int error_number, int64_t now_ms)
{
	const bool is_short = error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS || error_number == ENOMEM;

	return is_short ? now_ms + REST_MS : 0;
}
