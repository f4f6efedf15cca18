/* SPDX-License-Identifier: MIT */
/* address.c - names with ports, and socket addresses as text */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "base/num.h"

/* What is wrong is not shown: where a port should be, a password stands sometimes. */
static int port_parse(slice text, uint16_t *ret, courant_error **err)
{
	uint64_t port;

	if (!num_parse_range(text, 0, UINT16_MAX, &port))
		return fail(err, COURANT_USAGE, "not a port behind the colon: a number up to %u", (unsigned)UINT16_MAX);
	*ret = (uint16_t)port;
	return 0;
}

static int split_brackets(slice text, slice *ret_host, uint16_t *ret_port, courant_error **err)
{
	const size_t end = slice_find(text, ']');
	const slice rest = slice_after(text, end == SLICE_NONE ? text.len : end + 1);

	if (end == SLICE_NONE || (rest.len > 0 && rest.ptr[0] != ':'))
		return fail(err, COURANT_USAGE, "not an address in brackets ([2001:db8::1] or, with a port, [2001:db8::1]:25)");
	if (rest.len > 0 && port_parse(slice_after(rest, 1), ret_port, err) < 0)
		return -1;
	*ret_host = slice_part(text, 1, end - 1);
	return 0;
}

int address_split(slice text, slice *ret_host, uint16_t *ret_port, courant_error **err)
{
	if (text.len > 0 && text.ptr[0] == '/') {
		*ret_host = text;
		return 0;
	}
	if (text.len > 0 && text.ptr[0] == '[')
		return split_brackets(text, ret_host, ret_port, err);

	const size_t colon = slice_find(text, ':');

	/* Several colons: an IPv6 address without brackets, which leaves no place for a port. */
	if (colon == SLICE_NONE || colon != slice_find_last(text, ':')) {
		*ret_host = text;
		return 0;
	}
	if (port_parse(slice_after(text, colon + 1), ret_port, err) < 0)
		return -1;
	*ret_host = slice_part(text, 0, colon);
	return 0;
}

/* inet_pton wants terminated text; what is longer than this is no address. */
static bool terminated(slice text, char into[INET6_ADDRSTRLEN])
{
	if (text.len == 0 || text.len >= INET6_ADDRSTRLEN || memchr(text.ptr, '\0', text.len))
		return false;
	memcpy(into, text.ptr, text.len);
	into[text.len] = '\0';
	return true;
}

static bool zone_index(slice zone, uint32_t *ret)
{
	char name[IF_NAMESIZE];
	uint64_t number;

	if (num_parse_range(zone, 1, UINT32_MAX, &number)) {
		*ret = (uint32_t)number;
		return true;
	}
	if (zone.len == 0 || zone.len >= sizeof name)
		return false;
	memcpy(name, zone.ptr, zone.len);
	name[zone.len] = '\0';
	*ret = if_nametoindex(name);
	return *ret != 0;
}

bool address_parse_numeric(slice host, uint16_t port, struct net_address *ret)
{
	char text[INET6_ADDRSTRLEN];
	const size_t percent = slice_find(host, '%');
	struct net_address made = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)&made.at;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&made.at;

	if (!terminated(slice_part(host, 0, percent), text))
		return false;
	if (percent == SLICE_NONE && inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		made.len = sizeof *v4;
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		if (percent != SLICE_NONE && !zone_index(slice_after(host, percent + 1), &v6->sin6_scope_id))
			return false;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		made.len = sizeof *v6;
	} else {
		return false;
	}
	*ret = made;
	return true;
}

bool address_is_numeric(slice host)
{
	struct net_address ignored;

	return address_parse_numeric(host, 0, &ignored);
}

int address_of_path(slice path, struct net_address *ret, courant_error **err)
{
	struct net_address made = {0};
	struct sockaddr_un *local = (struct sockaddr_un *)&made.at;

	if (path.len == 0 || path.len >= sizeof local->sun_path || memchr(path.ptr, '\0', path.len))
		return fail(err, COURANT_USAGE, "not a path that a unix socket can have: \"%.*s\"", SLICE_ARGS(path));
	local->sun_family = AF_UNIX;
	memcpy(local->sun_path, path.ptr, path.len);
	made.len = (socklen_t)sizeof *local;
	*ret = made;
	return 0;
}

void address_write_host(struct buffer *into, const struct net_address *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->at;
	char text[INET6_ADDRSTRLEN] = "";

	if (address->at.ss_family == AF_INET)
		(void)inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
	else if (address->at.ss_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
	buffer_append(into, slice_of(text));
}

void address_write(struct buffer *into, const struct net_address *address)
{
	const bool is_v6 = address->at.ss_family == AF_INET6;

	if (address->at.ss_family == AF_UNIX) {
		const char *path = ((const struct sockaddr_un *)&address->at)->sun_path;

		buffer_append(into, slice_of(path));
		return;
	}
	buffer_append(into, is_v6 ? SLICE("[") : SLICE(""));
	address_write_host(into, address);
	buffer_printf(into, "%s:%u", is_v6 ? "]" : "", (unsigned)address_port(address));
}

void address_write_literal(struct buffer *into, const struct net_address *address)
{
	const bool is_v6 = address->at.ss_family == AF_INET6;

	if (!is_v6 && address->at.ss_family != AF_INET) {
		buffer_append(into, SLICE("[127.0.0.1]"));
		return;
	}
	buffer_append(into, is_v6 ? SLICE("[IPv6:") : SLICE("["));
	address_write_host(into, address);
	buffer_append_byte(into, ']');
}

uint16_t address_port(const struct net_address *address)
{
	if (address->at.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&address->at)->sin_port);
	if (address->at.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address->at)->sin6_port);
	return 0;
}

bool address_is_loopback(const struct net_address *address)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->at;

	if (address->at.ss_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)&address->at)->sin_addr.s_addr) >> 24) == 127;
	if (address->at.ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	return address->at.ss_family == AF_UNIX;
}

void address_set_port(struct net_address *address, uint16_t port)
{
	if (address->at.ss_family == AF_INET)
		((struct sockaddr_in *)&address->at)->sin_port = htons(port);
	else if (address->at.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&address->at)->sin6_port = htons(port);
}
