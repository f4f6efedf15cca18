/* SPDX-License-Identifier: MIT */
/* address.h - where something listens: names with ports, and socket addresses as text */
#ifndef COURANT_NET_ADDRESS_H
#define COURANT_NET_ADDRESS_H
#include <stdint.h>
#include <sys/socket.h>

#include "base/buffer.h"

struct net_address {
	struct sockaddr_storage at;
	socklen_t len;
};

/* Splits "host", "host:port", "[v6]:port", "v6" (no port then) or "/path"; the brackets go. `*ret_port` stays when there is no port.
 * COURANT_USAGE when the port is none or the brackets do not match. */
int address_split(slice text, slice *ret_host, uint16_t *ret_port, courant_error **err);

/* A numeric IPv4 or IPv6 address (a %zone may follow the latter). False when it is none. */
bool address_parse_numeric(slice host, uint16_t port, struct net_address *ret);

/* The address of a unix socket. COURANT_USAGE when the path is too long for one. */
int address_of_path(slice path, struct net_address *ret, courant_error **err);

/* Whether it is an IP address, v4 or v6: what certificates and EHLO write differently from names. */
bool address_is_numeric(slice host);

/* "192.0.2.1:25", "[2001:db8::1]:25", "/run/lmtp". */
void address_write(struct buffer *, const struct net_address *);

/* "192.0.2.1", "2001:db8::1", "" for others. */
void address_write_host(struct buffer *, const struct net_address *);

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321, 4.1.3); "[127.0.0.1]" for what has no IP address. */
void address_write_literal(struct buffer *, const struct net_address *);

uint16_t address_port(const struct net_address *); /* 0 for a unix socket */
void address_set_port(struct net_address *, uint16_t port);
bool address_is_loopback(const struct net_address *);
#endif
