/* SPDX-License-Identifier: MIT */
/* resolve.h - a host's addresses, looked up beside us
 *
 * getaddrinfo(3) knows no deadline, so it runs in a thread of its own; whoever loses patience leaves it behind, and
 * the thread frees what it made. */
#ifndef COURANT_NET_RESOLVE_H
#define COURANT_NET_RESOLVE_H
#include "net/address.h"

/* A name with more addresses than this has enough of them. */
#define RESOLVE_MAX_ADDRESSES 16

struct resolve;

/* Begins. The host is a domain in ASCII (base/idn.h) or an address. */
struct resolve *resolve_new(const char *host, uint16_t port, courant_error **err);
void resolve_free(struct resolve *);
AUTO_DEFINE(resolve, struct resolve, resolve_free)

/* Becomes readable when the answer is there. */
int resolve_fd(const struct resolve *);

/* The answer: addresses in the order of preference (RFC 6724), IPv6 and IPv4 in turn (RFC 8305, 4). Call it only when the descriptor is readable.
 * COURANT_HOST_UNKNOWN when there is none, COURANT_TEMPORARY when no name server answers. */
int resolve_take(struct resolve *, struct net_address ret[RESOLVE_MAX_ADDRESSES], size_t *ret_n, courant_error **err);

/* Puts the families in turn, beginning with that of the first; the order within each stays. */
void resolve_interleave(struct net_address *addresses, size_t n);
#endif
